"""Mistyped names are put right; other words and other names are left as they are."""

from __future__ import annotations

import pytest
from conftest import make_paper

from index_store.lexical import tokens
from rag.linking.spelling import correct_names, name_most_like

PAPERS = [
    make_paper("UniFormer: Convolution and Attention", "We unify both."),
    make_paper("VideoMAE V2: Scaling Masked Autoencoders", "We scale them."),
    make_paper("SwinBERT: Captions from Pixels", "It captions videos with LLaVA and others."),
    make_paper("Video-LLaMA: Hearing and Seeing", "It hears."),
    make_paper("VIOLET: Masked Tokens", "It masks tokens."),
    make_paper("Phenaki: Long Videos", "It makes long videos."),
    make_paper("CustomVideoX: Reference Attention", "It customises."),
    make_paper("Hallo3: Moving Portraits", "It moves portraits."),
    make_paper("LaVie: Cascaded Videos", "It cascades."),
    make_paper("Still-Moving: Customised Videos", "It moves what stood still."),
    make_paper("VDT: Video Transformers", "It diffuses."),
    make_paper("MARLIN: Fish One", "Fish."),
    make_paper("MERLIN: Fish Two", "Fish."),
]
WORDS = {word for paper in PAPERS for word in tokens(f"{paper.title} {paper.abstract}")}


def corrected(text: str) -> str:
    return correct_names(text, PAPERS, WORDS.__contains__)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("What is VideoMEA V2?", "What is VideoMAE V2?"),
        ("How good is UniFromer's accuracy?", "How good is UniFormer's accuracy?"),
        ("SwinBRT or UniFormer", "SwinBERT or UniFormer"),
        ("what is unifromer", "what is UniFormer"),
        ("videomea v2 on kinetics", "VideoMAE V2 on kinetics"),
        ("how does phenkai work", "how does Phenaki work"),
        ("Is Phenake better?", "Is Phenaki better?"),
        ("Vidoe-LLaMA hears", "Video-LLaMA hears"),
        ("wich sound dose vido-lama hear", "wich sound dose Video-LLaMA hear"),
        ("lavei dataset size?", "LaVie dataset size?"),
        ("Compare UniFromer and SwinBRT.", "Compare UniFormer and SwinBERT."),
    ],
)
def test_mistyped_name_is_put_right(typed: str, right: str) -> None:
    assert corrected(typed) == right


@pytest.mark.parametrize(
    "text",
    [
        "What is UniFormer?",
        "what is uniformer v2",
        "Is violent content found?",
        "VideoMAE V3",
        "Hallo2 and Hallo4",
        "LaVie vs Still-Moving: which needs zzz?",
        "lavas and laves",
        "VDD and VTD",
        "VideoLLaVA",
        "Video-LLaVA",
        "CustomVideo",
        "VideoBERT",
        "a recipe for banana bread",
        "Wie funktioniert das?",
        "MORLIN",
    ],
)
def test_other_words_and_other_names_are_left_alone(text: str) -> None:
    assert corrected(text) == text


@pytest.mark.parametrize(
    ("name", "like"),
    [("uniform-er2", "UniFormer"), ("VidoeLLaMA", "Video-LLaMA"), ("t5", ""), ("BERT", "")],
)
def test_name_that_may_have_been_meant_is_found_and_none_that_is_far(name: str, like: str) -> None:
    assert name_most_like(name, PAPERS) == like


def test_word_that_some_abstract_holds_is_no_mistake() -> None:
    user = make_paper("A Study", "We compare with UniFromer, a rival.")
    known = WORDS | set(tokens(user.abstract))
    assert correct_names("What is UniFromer?", [*PAPERS, user], known.__contains__) == "What is UniFromer?"
