"""The benchmark of languages: it counts what is taken for another one, and its questions are foreign."""

from __future__ import annotations

from bench.languages import english_of, mistaken, read_foreign, render_mistaken


def test_text_that_is_taken_for_another_language_is_shown() -> None:
    texts = [("How does HERON hear?", "English"), ("Welche Daten verwendet HERON?", "Dutch")]
    assert list(mistaken(texts)) == [("Welche Daten verwendet HERON?", "Dutch", "German")]
    assert render_mistaken("texts", texts).splitlines() == [
        "texts: 1 of 2",
        "  German, not Dutch: Welche Daten verwendet HERON?",
    ]


def test_titles_and_questions_with_their_names_count_as_english() -> None:
    assert english_of(["HERON: Bird Songs"]) == [
        ("HERON: Bird Songs", "English"),
        ("What is HERON?", "English"),
    ]


def test_most_of_the_foreign_questions_are_taken_for_what_they_are() -> None:
    questions = read_foreign()
    assert len(questions) >= 60
    assert "English" not in {language for _, language in questions}
    assert len(list(mistaken(questions))) <= len(questions) / 4
