"""A side of a comparison that the library does not hold is found, and what is no side is not."""

from __future__ import annotations

import pytest
from conftest import EGRET, HERON

from rag.missing import missing_sides


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("How do HERON and OspreyNet differ?", ("OspreyNet",)),
        ("Compare OspreyNet with HERON.", ("OspreyNet",)),
        ("Is OspreyNet better than HERON?", ("OspreyNet",)),
        (
            "Compare the backbones of HERON, OspreyNet and the larger KittiwakeFormer.",
            ("OspreyNet", "KittiwakeFormer"),
        ),
        ("How does HERON differ from the gull counting paper?", ("the gull counting paper",)),
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
    ],
)
def test_what_is_no_paper_is_no_side(question: str) -> None:
    assert missing_sides(question, [HERON, EGRET]) == ()


def test_question_about_no_paper_misses_none() -> None:
    assert missing_sides("How do OspreyNet and KittiwakeFormer differ?", []) == ()
