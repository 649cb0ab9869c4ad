"""Two papers that a question sets side by side without naming both of them."""

from __future__ import annotations

import pytest
from conftest import EGRET, HERON, TIDE

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.question.pairs import two_sides
from rag.question.query import plan_query


@pytest.mark.parametrize(
    ("question", "named", "pair"),
    [
        (
            "Two papers here: one hides a spectrogram and predicts it, one represents gauges as a graph.",
            [],
            (HERON, TIDE),
        ),
        (
            "Compare graph networks for sea levels with convolutions for bird song recognition on a phone",
            [],
            (TIDE, EGRET),
        ),
        (
            "How does the one that passes messages between neighbours differ from HERON?",
            [HERON],
            (TIDE, HERON),
        ),
        (
            "There is one gauge paper and one spectrogram paper. What does each predict?",
            [],
            (TIDE, HERON),
        ),
        (
            "Two papers predict something, one with a spectrogram and the other with gauges. How?",
            [],
            (HERON, TIDE),
        ),
        (
            "Two networks since HERON: the one that represents gauges as a graph of sea levels and the one "
            "that uses convolutions only, in real time on a phone. What is each for?",
            [HERON],
            (TIDE, EGRET),
        ),
        (
            "The work that hides a spectrogram, and the one on phones: what is each trained on?",
            [],
            (HERON, EGRET),
        ),
        (
            "HERON needs no labels, while another paper is trained with labels on SongSet-50k. Why?",
            [HERON],
            (HERON, EGRET),
        ),
    ],
)
def test_two_papers_are_found_by_what_is_told_of_each(
    index: PaperIndex, question: str, named: list[Paper], pair: tuple[Paper, Paper]
) -> None:
    assert two_sides(question, named, index) == pair


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("How many parameters does the convolutional one have?", []),
        ("Does the paper that hides a spectrogram, and the one whose spectrogram it is, use both?", []),
        ("By how much does the paper on gauges lower its error against a convolutional one?", []),
        ("Does the paper on gauges lower its error compared with the convolutional one?", []),
        ("Both the graph and its gauges: how are sea levels forecast?", []),
        ("Two papers here: one on protein folding, one on crop yields.", []),
        ("Not the one that represents gauges as a graph, the other one that hides a spectrogram.", []),
        ("Compare HERON and EgretNet.", [HERON, EGRET]),
        ("both", []),
    ],
)
def test_question_about_one_paper_or_none_sets_none_side_by_side(
    index: PaperIndex, question: str, named: list[Paper]
) -> None:
    assert two_sides(question, named, index) is None


def test_two_described_papers_are_compared(index: PaperIndex) -> None:
    question = "Two works: one hides a spectrogram and predicts it, one represents gauges as a graph. Why?"
    plan = plan_query(question, [], index)
    assert (plan.kind, plan.papers, plan.missing) == ("comparison", (HERON, TIDE), ())


@pytest.mark.parametrize(
    "question",
    [
        "Compare OwlFormer, which hides a spectrogram, with the graph that passes messages",
        "How does HERON differ from OwlFormer, which represents gauges as a graph?",
        "Compare HERON with Petrel on real time use of a phone",
    ],
)
def test_name_that_neither_paper_speaks_of_is_no_side(index: PaperIndex, question: str) -> None:
    assert plan_query(question, [], index).kind == "answer"
