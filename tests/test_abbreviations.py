"""What letters stand for is read from abstracts; those of a whole field name no single paper."""

from __future__ import annotations

import pytest
from conftest import make_paper

from rag.evidence import names_held
from rag.linking.abbreviations import speaks_of, written_out
from rag.linking.mentions import find_mentions


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("We use self-supervised learning (SSL) of songs.", {"ssl": "self supervised learning"}),
        ("It is built on Masked Autoencoders (MAE).", {"mae": "masked autoencoder"}),
        ("Unlike other Vision Transformers (ViTs), it sings.", {"vit": "vision transformer"}),
        ("Songs of the heron (XYZ) are loud, and (SSL) is not.", {}),
        ("a " * 200 + "(AB)", {}),
        ("", {}),
    ],
)
def test_words_behind_letters_in_brackets(sentence: str, words: dict[str, str]) -> None:
    assert written_out(make_paper("A Study", sentence)) == words


def test_paper_speaks_of_words_in_the_plural_and_with_hyphens() -> None:
    paper = make_paper("A Study of Songs", "Masked autoencoders hear self-supervised nets.")
    assert speaks_of(paper, "masked autoencoder")
    assert speaks_of(paper, "self supervised net")
    assert not speaks_of(paper, "asked autoencoder")


def test_letters_of_what_the_library_speaks_of_name_no_paper() -> None:
    birds = make_paper("Hearing Birds", "We propose masked bird models (MBM) for songs.")
    others = [make_paper(f"Study {n}", "A masked bird model hears more.") for n in range(2)]
    assert find_mentions("How do MBMs train?", [birds, *others]) == []
    assert [m.paper for m in find_mentions("How do MBMs train?", [birds, others[0]])] == [birds]


def test_title_that_begins_with_letters_keeps_its_name() -> None:
    birds = make_paper("MBM: Hearing Birds", "We propose masked bird models (MBM) for songs.")
    others = [make_paper(f"Study {n}", "A masked bird model hears more.") for n in range(3)]
    assert [m.paper for m in find_mentions("How does MBM train?", [birds, *others])] == [birds]


def test_paper_holds_letters_whose_words_it_has() -> None:
    birds = make_paper("Hearing Birds", "Vision Transformers (ViTs) hear songs.")
    plain = make_paper("A Study", "We train a vision transformer.")
    deaf = make_paper("Another Study", "We train a network.")
    papers = [birds, plain, deaf]
    assert [names_held(["ViT", "SSL"], paper, papers) for paper in papers] == [{"ViT"}, {"ViT"}, set()]
    assert names_held(["ViT"], plain, [plain, deaf]) == set()
