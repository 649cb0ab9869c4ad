"""When the answer is no, and which kind of no it is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import EGRET, HERON, PAPERS, make_paper
from fakes import HashingEmbedding

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.evidence import Found, choose_evidence
from rag.premises import correct_premise
from rag.question.query import plan_query
from rag.refusals import LONGEST_QUESTION, refuse_before_search, refuse_for_evidence
from rag.thresholds import LEAST_SCORE
from rag.values import Evidence, QueryPlan, Refusal, Span


def refusal_of(question: str, index: PaperIndex) -> Refusal | None:
    plan = plan_query(question, [], index)
    return refuse_for_evidence(plan, choose_evidence(plan, index))


@pytest.mark.parametrize("text", ["", " \n\t", "?!", "…", "Hello", "hi there!", "Thank you so much.", "OK"])
def test_nothing_and_greetings_are_no_questions(text: str) -> None:
    refusal = refuse_before_search(text)
    assert refusal is not None
    assert (refusal.reason, refusal.nearest) == ("not_a_question", ())
    assert "Ask" in refusal.text


@pytest.mark.parametrize(
    "text", ["HERON", "Hi, what is HERON?", "Thanks, and EgretNet?", "test accuracy of HERON", "为什么?"]
)
def test_question_is_searched_even_when_it_is_polite_or_short(text: str) -> None:
    assert refuse_before_search(text) is None


def test_text_that_is_too_long_is_asked_back_for_with_both_lengths() -> None:
    assert refuse_before_search("a" * LONGEST_QUESTION) is None
    refusal = refuse_before_search("a" * (LONGEST_QUESTION + 1))
    assert refusal is not None
    assert refusal.reason == "unclear"
    assert "2,001" in refusal.text
    assert "2,000" in refusal.text


def test_empty_library_says_so(tmp_path: Path) -> None:
    with PaperIndex(tmp_path / "empty", HashingEmbedding()) as index:
        refusal = refusal_of("How is HERON trained?", index)
    assert refusal is not None
    assert (refusal.reason, refusal.nearest) == ("not_in_library", ())
    assert "no papers yet" in refusal.text


def test_question_about_something_else_names_the_nearest_papers(index: PaperIndex) -> None:
    refusal = refusal_of("Who won yesterday's football match?", index)
    assert refusal is not None
    assert refusal.reason == "not_in_library"
    assert 0 < len(refusal.nearest) <= 3
    assert all(paper in PAPERS and paper.title in refusal.text for paper in refusal.nearest)


def test_question_that_the_library_speaks_of_is_answered(index: PaperIndex) -> None:
    assert refusal_of("How are sea levels forecast with graph networks?", index) is None


def test_paper_called_by_a_part_of_its_title_is_in_the_library(index: PaperIndex) -> None:
    index.add([make_paper("Song-by-Song Nets Hear Bitterns", "Song-by-Song nets hear bitterns at night.")])
    assert refusal_of("At night, what do nets of the Song-by-Song paper hear?", index) is None


def test_question_that_names_a_paper_is_never_called_outside_the_library(index: PaperIndex) -> None:
    assert refusal_of("Who won yesterday's football match, HERON?", index) is None


def test_what_the_library_knows_of_a_paper_is_said_though_no_abstract_gives_it(tmp_path: Path) -> None:
    known = replace(HERON, authors=("Ann Auk", "Bo Brant"))
    with PaperIndex(tmp_path / "known", HashingEmbedding()) as index:
        index.add([known, EGRET])
        wrote = Assistant(index).ask("Who wrote HERON, and at which venue?", draft=True).refusal
        unknown = Assistant(index).ask("Who wrote EgretNet?", draft=True).refusal
        where = Assistant(index).ask("What university is EgretNet from?", draft=True).refusal
    assert wrote is not None and unknown is not None
    assert "The library has it as: Ann Auk and Bo Brant, ICASSP 2024." in wrote.text
    assert "does not give the authors" in wrote.text
    assert "The library has it" not in unknown.text
    assert where is None or "The library has it" not in where.text


def test_detail_of_a_described_paper_is_looked_for_in_all_that_are_near(
    tmp_path: Path,
) -> None:
    free = make_paper("Birds at Night", "We film birds in the reeds at night. The clips come under CC BY.")
    bare = make_paper("Birds of Reeds", "Birds in the reeds at night are filmed by a camera in the reeds.")
    asked = "Somebody filmed birds in the reeds at night by a camera. Which licence is on it?"
    with PaperIndex(tmp_path / "near", HashingEmbedding()) as index:
        index.add([bare])
        assert Assistant(index).ask(asked, draft=True).refusal is not None
        index.add([free])
        assert Assistant(index).ask(asked, draft=True).refusal is None


def test_score_of_the_best_sentence_decides(index: PaperIndex) -> None:
    plan = plan_query("How are sea levels forecast?", [], index)
    evidence = choose_evidence(plan, index).evidence
    assert refuse_for_evidence(plan, Found(evidence, (), (), LEAST_SCORE)) is None
    assert refuse_for_evidence(plan, Found(evidence, (), (), LEAST_SCORE - 0.01)) is not None


def test_premise_is_denied_wherever_the_paper_turns_it_down_and_the_denial_is_quoted() -> None:
    told = "Pulse waves tell of the heart. We use pulse waves instead of electrical leads."
    paper = make_paper("CardioSense: Sensors", told)
    ends = told.index(" We")
    spans = [Span(paper, 0, ends), Span(paper, ends + 1, len(told))]
    found = Found(
        tuple(Evidence(n, span, 1 / n) for n, span in enumerate(spans, 1)), (paper,), (paper,), 1.0
    )

    def corrected(question: str) -> Refusal | None:
        return correct_premise(QueryPlan(question, question, "answer", (paper,), question), found)

    refusal = corrected("Why does CardioSense use electrical leads?")
    assert refusal is not None
    assert refusal.reason == "false_premise"
    assert spans[1].quote in refusal.text
    assert corrected("Why does CardioSense use pulse waves?") is None
    assert corrected("How does CardioSense differ from electrical leads?") is None


@pytest.mark.parametrize(
    ("question", "is_refused"),
    [
        (
            "Somebody hides a spectrogram and trains an encoder for bird songs on recordings of a wetland, "
            "to use it on WKPQ audio. How much of the spectrogram is hidden?",
            False,
        ),
        ("How does WKPQ hide a spectrogram?", True),
        ("What is the Bird Spectrogram WKPQ about?", True),
    ],
)
def test_unknown_name_beside_a_long_description_is_no_reason_to_refuse(
    index: PaperIndex, question: str, is_refused: bool
) -> None:
    answer = Assistant(index).ask(question)
    assert (answer.refusal is not None) == is_refused
    said = answer.refusal.text if answer.refusal else answer.note
    assert re.match(r"No paper in this library is about .*WKPQ|No abstract here mentions WKPQ\.", said)


@pytest.mark.parametrize(
    ("question", "is_refused"),
    [
        ("Which paper is tested on SongSet-50k?", False),
        ("what paper mentions SongSet-50k?", False),
        ("Which paper flies to SongSet-50k by night?", True),
        ("What is SongSet-50k?", True),
    ],
)
def test_paper_that_has_the_name_that_alone_is_asked_for_is_near(
    index: PaperIndex, question: str, is_refused: bool
) -> None:
    plan = plan_query(question, [], index)
    found = replace(choose_evidence(plan, index), best_cosine=0.0, best_score=0.0)
    assert (refuse_for_evidence(plan, found) is not None) == is_refused
