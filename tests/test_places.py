"""Where spans say what a sentence says, by the words around it."""

from __future__ import annotations

import pytest
from conftest import make_paper

from rag.checking.places import Place, Source, equal_weight, places_in
from rag.checking.signs import read_signs
from rag.values import Span


def source(*sentences: str) -> Source:
    paper = make_paper("HERON: Songs", " ".join(sentences))
    starts = [paper.abstract.index(sentence) for sentence in sentences]
    return Source(
        [Span(paper, start, start + len(s)) for start, s in zip(starts, sentences, strict=True)],
        equal_weight,
    )


def place(text: str, key: str) -> Place:
    [found] = [place for place in places_in(read_signs(text)) if place.sign.key == key]
    return found


TEXT = "It reaches 91.3% accuracy on BirdBench."


def test_place_is_most_like_itself() -> None:
    held = source(TEXT)
    for here in places_in(read_signs(TEXT)):
        assert held.best(here, here.sign.is_like) == pytest.approx(1.0)


def test_place_is_less_like_where_words_are_missing_far_away_or_on_the_other_side() -> None:
    held = source(TEXT)
    there = place(TEXT, "91.3")
    near = [
        "It reaches 91.3% accuracy on FrogBench.",
        "It reaches 91.3% of the best possible songs.",
        "Accuracy reaches 91.3% for birds.",
    ]
    for text in near:
        assert 0.1 < held.likeness(place(text, "91.3"), there) < 0.9
    assert held.likeness(place("The phone costs 91.3% more.", "91.3"), there) == 0.0


def test_number_belongs_to_the_name_beside_it() -> None:
    held = source("On UCF101 it scores 99.05%, on HMDB51 as much as 86.08%.")
    here = place("On HMDB51 it has 86.08% and on UCF101 more.", "86.08")
    right, wrong = (
        held.best(here, lambda sign, key=key: sign.key == key)  # type: ignore[misc]
        for key in ("86.08", "99.05")
    )
    assert right > wrong


def test_likeness_weighs_words() -> None:
    heavy = {"birdbench": 5.0}
    paper = make_paper("t", TEXT)
    weighed = Source([Span(paper, 0, len(TEXT))], lambda word: heavy.get(word, 0.1))
    there = place(TEXT, "91.3")
    here = place("It has 91.3% error on BirdBench.", "91.3")
    assert weighed.likeness(here, there) > source(TEXT).likeness(here, there)


def test_shares_say_which_span_holds_the_words_around_a_place() -> None:
    held = source("HERON hides 60% of a spectrogram.", "EgretNet uses convolutions only.")
    here = place("EgretNet hides 60% of a spectrogram.", "60")
    first, second = held.shares(here)
    assert first > second > 0.0
    assert held.shares(place("42", "42")) == [0.0, 0.0]
