"""A sentence is not larger, better or alone only because the question asks for it."""

from __future__ import annotations

import pytest
from conftest import make_paper

from rag.checking.degrees import compares_the_other_way, echoed_degrees, without_degrees
from rag.values import Span


def span(text: str) -> Span:
    return Span(make_paper("HERON: Songs", text), 0, len(text))


@pytest.mark.parametrize(
    ("sentence", "question", "source", "echoed"),
    [
        ("A brings the larger set.", "Which brings the larger set?", "A has a large set.", ["larger"]),
        ("A is the better drug.", "Is A better than B?", "A was given to 12 patients.", ["better"]),
        ("A is faster.", "Which one is faster?", "A takes 2 seconds.", ["faster"]),
        ("A uses only images.", "Why does A use only images?", "A uses images and text.", ["only"]),
        ("A has lower prices.", "Who has lower prices?", "A has low prices.", ["lower"]),
        ("A brings the larger set.", "Which brings the larger set?", "A has a larger set than any.", []),
        ("A is the better drug.", "Is A better than B?", "A outperforms B.", []),
        ("A needs fewer patients.", "Which needs fewer?", "A reduces the number of patients.", []),
        ("A uses only images.", "Why does A use only images?", "A is trained on images alone.", []),
        ("A is larger.", "What is A?", "A is large.", []),
        ("A is a transformer.", "Is A a transformer?", "A is a network.", []),
        ("It makes inference cheaper.", "What makes inference cheaper?", "It prunes weights.", []),
        ("It rose after the war.", "When did it rise, before or after the war?", "It rose in 1946.", []),
    ],
)  # fmt: skip
def test_comparison_that_only_the_question_has_is_found(
    sentence: str, question: str, source: str, echoed: list[str]
) -> None:
    assert echoed_degrees(sentence, question, [span(source)]) == echoed


@pytest.mark.parametrize(
    ("sentence", "source", "swapped"),
    [
        ("Quantity matters more than quality.", "Quality is more important than quantity.", True),
        ("Wages rose faster than prices.", "In 1920 prices rose faster than wages.", True),
        ("Iron is heavier than lead.", "Lead is heavier than iron, as is known.", True),
        ("Quality matters more than quantity.", "Quality is more important than quantity.", False),
        ("Quantity is less important than quality.", "Quality is more important than quantity.", False),
        ("Wages rose faster than rents.", "In 1920 prices rose faster than wages.", False),
        ("Lead is heavy.", "Lead is heavier than iron.", False),
    ],
)
def test_sides_that_are_swapped_are_found(sentence: str, source: str, swapped: bool) -> None:
    assert compares_the_other_way(sentence, [span(source)]) is swapped


def test_question_without_its_comparisons_keeps_the_rest() -> None:
    assert without_degrees("Which has the wider range?").split() == "Which has the range?".split()
