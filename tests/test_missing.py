"""A side of a comparison that the library does not hold is found, and what is no side is not."""

from __future__ import annotations

import pytest
from conftest import EGRET, HERON, TIDE

from rag.question.missing import missing_sides, say_missing


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("How do HERON and OspreyNet differ?", ("OspreyNet",)),
        ("Compare OspreyNet with HERON.", ("OspreyNet",)),
        ("Is OspreyNet better than HERON?", ("OspreyNet",)),
        ("Is HERON better than OspreyNet?", ("OspreyNet",)),
        ("Which is better OspreyNet or HERON?", ("OspreyNet",)),
        ("How does HERON compare with OspreyNet's extension to video?", ("OspreyNet",)),
        (
            "Compare the backbones of HERON, OspreyNet and the larger KittiwakeFormer.",
            ("OspreyNet", "KittiwakeFormer"),
        ),
        ("How does HERON differ from the gull counting paper?", ("the gull counting paper",)),
        ("What is trained with HERON, and what with OspreyNet?", ("OspreyNet",)),
        ("Which problem does HERON go after, and which one does OspreyNet?", ("OspreyNet",)),
        ("gull counting nets vs HERON, training data", ("gull counting nets",)),
        ("the HERON encoder vs gull counting nets", ("gull counting nets",)),
    ],
)
def test_name_joined_to_that_of_a_paper_is_a_side(question: str, missing: tuple[str, ...]) -> None:
    assert missing_sides(question, [HERON]) == missing


@pytest.mark.parametrize(
    "question",
    [
        "How do HERON and EgretNet differ?",
        "How do HERON and EgretNet differ on BirdBench and SongSet-50k?",
        "What accuracy does HERON reach on BirdBench and on SongSet?",
        "How do HERON and EgretNet differ in the approach and the underlying model?",
        "How does HERON compare with the paper on bird songs by EgretNet?",
        "HERON vs the CNN-based method EgretNet: which data?",
        "Which one needs fewer FLOPs, HERON or EgretNet?",
        "Which reaches a higher mean AP, HERON or EgretNet?",
    ],
)
def test_what_is_no_paper_is_no_side(question: str) -> None:
    assert missing_sides(question, [HERON, EGRET]) == ()


def test_question_about_no_paper_misses_none() -> None:
    assert missing_sides("How do OspreyNet and KittiwakeFormer differ?", []) == ()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Compare HERON with OspreyNet.", "No paper in this library is about OspreyNet. The nearest"),
        ("Compare HERON with TideCast.", "on TideCast itself; “TideCast: Forecasting Sea Levels"),
        ("Compare HERON with the protein paper.", "fits “the protein paper”. The nearest"),
        ("Compare HERON with the graph paper.", "plainly “the graph paper”; “TideCast"),
        ("Is HERON better than EgretNet?", ""),  # its own abstract speaks of it
        ("How do HERON and EgretNet differ?", "on EgretNet itself; “HERON"),
    ],
)
def test_of_a_missing_side_only_what_is_true_is_said(question: str, said: str) -> None:
    note = say_missing(question, missing_sides(question, [HERON]), [HERON], [HERON, TIDE, EGRET])
    assert said in note
    assert bool(said) == bool(note)


def test_what_a_question_only_puts_beside_a_name_is_no_side() -> None:
    assert missing_sides("Does the net that arms ViTs with HERON need labels?", [HERON]) == ()
