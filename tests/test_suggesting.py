"""What could be asked instead: what an abstract answers, and words of it that are really there."""

from __future__ import annotations

import pytest
from conftest import EGRET, HERON, PAPERS, TIDE, make_paper

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.suggesting import (
    LINE,
    name_among,
    question_for,
    questions_after,
    quoted,
    reason_for,
    shortened,
)
from rag.values import Evidence, Span


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.id)
def test_suggested_question_is_answered_from_its_paper(index: PaperIndex, paper: object) -> None:
    answer = Assistant(index).ask(question_for(paper, PAPERS), draft=True)  # type: ignore[arg-type]
    assert answer.refusal is None
    assert [citation.paper for citation in answer.citations] == [paper]


def test_question_is_made_of_what_the_abstract_gives() -> None:
    assert question_for(EGRET, PAPERS) == "How many parameters does EgretNet have?"
    songs = make_paper("SongSet: Recordings", "We present a new dataset of songs.")
    assert question_for(songs, PAPERS) == "Which dataset does SongSet introduce?"
    best = make_paper("LarkNet: Larks", "It outperforms all others.")
    assert question_for(best, PAPERS) == "What results does LarkNet report?"
    assert question_for(TIDE, PAPERS) == "What is TideCast about?"


def test_paper_is_called_by_its_title_where_another_has_its_name() -> None:
    other = make_paper("HERON: Routing", "We route.")
    assert name_among(HERON, PAPERS) == "HERON"
    assert name_among(HERON, [other, *PAPERS]) == f"“{HERON.title}”"
    assert question_for(other, [HERON]) == "What is “HERON: Routing” about?"


def test_reason_is_the_best_sentence_or_the_first_that_speaks_of_the_paper() -> None:
    start = HERON.abstract.index("It reaches")
    best = Evidence(1, Span(HERON, start, HERON.abstract.index("HERON does not")), 1.0)
    assert reason_for(HERON, [best]).startswith("It reaches 91.3%")
    assert reason_for(HERON, []).startswith("We present HERON")
    assert reason_for(make_paper("Nothing", ""), []) == ""


def test_line_is_cut_between_words_and_is_a_literal_slice() -> None:
    line = shortened(HERON.abstract)
    assert len(line) <= LINE
    assert HERON.abstract.startswith(line)
    assert HERON.abstract[len(line)] == " "
    assert shortened("x" * 200) == "x" * LINE
    assert shortened("Short.") == "Short."
    assert quoted("Short.") == "“Short.”"
    assert quoted("It breaks") == "“It breaks …”"


def test_next_questions_ask_for_what_the_abstract_states_and_the_answer_does_not(index: PaperIndex) -> None:
    answer = Assistant(index).ask("How is HERON trained?", draft=True)
    asked = [suggestion.question for suggestion in questions_after(answer, index)]
    assert asked[0] == "Is the code of HERON available?"
    assert asked[1] in ("How do HERON and EgretNet differ?", "How do HERON and TideCast differ?")
    assert "What is HERON trained on?" not in asked
    assert "What are the limitations of HERON?" not in asked


@pytest.mark.parametrize(
    "question",
    ["How is HERON trained?", "What is TideCast about?", "How do HERON and EgretNet differ in code?",
     "Which papers evaluate on BirdBench?"],
)  # fmt: skip
def test_next_questions_are_answered_from_the_papers_that_they_name(
    index: PaperIndex, question: str
) -> None:
    suggestions = list(questions_after(Assistant(index).ask(question, draft=True), index))
    assert len({suggestion.question for suggestion in suggestions}) == len(suggestions) > 0
    for suggestion in suggestions:
        answer = Assistant(index).ask(suggestion.question, draft=True)
        assert not answer.abstains, suggestion
        assert set(suggestion.papers) <= {citation.paper for citation in answer.citations}, suggestion


def test_nothing_is_suggested_after_a_refusal_nor_a_comparison_after_one(index: PaperIndex) -> None:
    refused = Assistant(index).ask("How does AnimateDiff recognise bird songs?", draft=True)
    assert list(questions_after(refused, index)) == []
    compared = Assistant(index).ask("How do HERON and EgretNet differ in code?", draft=True)
    assert not any("differ" in suggestion.question for suggestion in questions_after(compared, index))
