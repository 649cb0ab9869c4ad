"""The values: slugs that recognise a title however it is spelt, chunks that name what they hold."""

from __future__ import annotations

import string
from dataclasses import FrozenInstanceError, replace

import pytest
from conftest import HERON
from hypothesis import given
from hypothesis import strategies as st

from index_store.values import SLUG_LENGTH, Chunk, Rejection, slug


def test_slug_ignores_case_accents_and_punctuation() -> None:
    assert slug("Café: A Survey!") == slug("cafe\u0301 — a SURVEY") == "cafe-a-survey"


def test_long_titles_with_the_same_beginning_have_different_slugs() -> None:
    first, second = (slug("word " * 40 + end) for end in ("one", "two"))
    assert first != second
    assert max(len(first), len(second)) <= SLUG_LENGTH


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_title_has_a_slug_that_is_short_and_its_own_slug(title: str) -> None:
    words = slug(title)
    assert 0 < len(words) <= SLUG_LENGTH
    assert slug(title) == words


@given(st.text(string.ascii_letters + " ", min_size=1).filter(str.strip))
def test_slug_of_a_slug_is_itself(title: str) -> None:
    assert slug(slug(title)) == slug(title)


def test_chunk_is_a_slice_and_is_indexed_with_its_title() -> None:
    chunk = Chunk(HERON, 0, 0, 30)
    assert chunk.text == HERON.abstract[:30]
    assert chunk.indexed_text == f"{HERON.title}\n{HERON.abstract[:30]}"


def test_chunk_is_named_by_what_is_indexed_of_it() -> None:
    chunk = Chunk(HERON, 0, 0, 30)
    assert chunk.id == Chunk(replace(HERON, year=1999), 7, 0, 30).id
    others = [
        Chunk(replace(HERON, title="Another"), 0, 0, 30),
        Chunk(replace(HERON, id="another"), 0, 0, 30),
        Chunk(HERON, 0, 0, 31),
        Chunk(replace(HERON, abstract="x" + HERON.abstract), 0, 1, 31),
    ]
    assert len({chunk.id, *(other.id for other in others)}) == 5


def test_values_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        HERON.title = "Another"  # type: ignore[misc]


def test_rejection_reads_as_one_line() -> None:
    assert str(Rejection("a.jsonl, line 3", "no title.")) == "a.jsonl, line 3: no title."
