"""What a question asks for stays in its focus; only names that stand for a whole paper are cut out."""

from __future__ import annotations

import pytest
from conftest import HERON, make_paper

from rag.linking.focus import data_called, focus_of, without_manner, without_mentions

GULLS = make_paper(
    "Learning to Count Gulls from Web Clips",
    "We generate GullSet69M, a set of clips. GullSet69M has 69M clips. We introduce gQA, a small test. "
    "We present a counting loss (CL) for it.",
)


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("what is gQA and what was it made for", "what is gQA and what was it made for"),
        ("Explain gQA", "Explain gQA"),
        ("What do the letters CL stand for?", "What do the letters CL stand for?"),
        ("How many clips has GullSet69M?", "How many clips has ?"),
    ],
)
def test_part_of_a_paper_stays_in_the_focus(question: str, focus: str) -> None:
    assert focus_of(question, [GULLS]) == focus


@pytest.mark.parametrize("question", ["Explain HERON", "What is HERON?", "What does HERON mean?"])
def test_question_for_a_name_alone_keeps_it(question: str) -> None:
    assert focus_of(question, [HERON]) == question


def test_name_of_a_whole_paper_is_cut_out() -> None:
    assert focus_of("How many hours does HERON hear?", [HERON]) == "How many hours does hear?"
    asked = "Which is larger, HERON or “Learning to Count Gulls from Web Clips”?"
    assert focus_of(asked, [HERON, GULLS]) == "Which is larger, or ?"
    assert without_mentions("HERON", [HERON]) == "HERON"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Say in two or three short sentences how it hears", "Say how it hears"),
        ("in plain English, no jargon: how does it hear?", ", : how does it hear?"),
        ("TL;DR", "TL;DR"),
        ("in two stages", "in two stages"),
    ],
)
def test_how_to_answer_is_not_what_is_asked(text: str, rest: str) -> None:
    assert without_manner(text) == rest


@pytest.mark.parametrize(
    ("abstract", "is_data"),
    [
        ("We introduce the dataset TernSet.", True),
        ("We introduce new datasets, TernSet and GooseSet.", True),
        ("We introduce TernSet, a large-scale video dataset.", True),
        ("TernSet is a benchmark that we introduce.", True),
        ("We introduce TernSet, which outperforms two benchmarks.", False),
        ("We use benchmarks. TernSet is what we introduce.", False),
    ],
)
def test_dataset_of_a_paper_is_compared_as_one(abstract: str, is_data: bool) -> None:
    terns = make_paper("Terns: Learning Calls", abstract)
    question = "How do TernSet and GullSet-5M differ?"
    gulls = make_paper("Gulls: Learning Cries", "We introduce the dataset GullSet-5M.")
    assert data_called(question, [terns, gulls]) == (
        {terns.id: "TernSet", gulls.id: "GullSet-5M"} if is_data else {}
    )
    assert ("TernSet" in focus_of(question, [terns, gulls])) == is_data
    assert not data_called("How do Terns and GullSet-5M differ?", [terns, gulls])
