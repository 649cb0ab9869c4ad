"""Names are told from the ordinary words with the same letters, whichever way they were typed."""

from __future__ import annotations

import pytest
from conftest import make_paper

from rag.linking.capitals import names_in_capitals, read_texts, with_capitals, writes_in_capitals

PAPERS = [
    make_paper(
        "Seeing Birds with Words", "We start from CLIP and cut videos into clips. A clip has ten seconds."
    ),
    make_paper("Rings", "LoRA and BLIP-2 are trained on ImageNet. The SAM of others is used, with GANs."),
    make_paper("WE SET THE ATTENTION", "Attention is set by hand. Each clip is short."),
    make_paper("Motion", "Tested on Kinetics-400."),
]


def test_name_that_some_text_has_in_capitals_must_stand_so() -> None:
    texts = read_texts(PAPERS)
    assert names_in_capitals("Which papers use CLIP or ImageNet?", texts) == ["CLIP"]
    assert names_in_capitals("Which papers do NOT use a CLIP?", texts[2:]) == []


@pytest.mark.parametrize(
    ("name", "text", "has"),
    [
        ("CLIP", "CLIP-based features", True),
        ("CLIPs", "we use CLIP", True),
        ("CLIP", "Clips are cut", False),
        ("CLIP", "an eclipse", False),
        ("GAN", "two GANs", True),
        ("LoRA", "lora and flora", False),
    ],
)
def test_name_in_capitals_is_found_in_any_form(name: str, text: str, has: bool) -> None:
    assert writes_in_capitals(name, text) == has


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("who uses blip-2?", "who uses BLIP-2?"),
        ("papers using loras", "papers using LoRAs"),
        ("how many papers test on imagenet", "how many papers test on ImageNet"),
        ("papers with a gan", "papers with a GAN"),
        ("which papers use clip?", "which papers use CLIP?"),
        ("which papers use clip or sam", "which papers use CLIP or SAM"),
        ("kinetics-600 numbers: who has any?", "Kinetics-600 numbers: who has any?"),
        ("who tests on blop-600?", "who tests on blop-600?"),
    ],
)
def test_name_typed_in_small_letters_gets_its_capitals(typed: str, meant: str) -> None:
    assert with_capitals(typed, PAPERS) == meant


@pytest.mark.parametrize(
    "text",
    [
        "which papers are about video clips?",
        "which papers cut a clip into parts?",
        "papers that use clips",
        "who works with clip length?",
        "which papers set the attention?",
        "Which papers use CLIP?",
    ],
)
def test_ordinary_word_stays_one(text: str) -> None:
    assert with_capitals(text, PAPERS) == text


def test_word_that_one_paper_writes_as_an_acronym_is_no_name() -> None:
    paper = make_paper("VIOLA", "VIOLA is VIdeO with LAbels. " + "A video is a video. " * 3)
    assert with_capitals("which papers use video?", [paper]) == "which papers use video?"
