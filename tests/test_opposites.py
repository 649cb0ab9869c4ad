"""Words that turn a statement around."""

from __future__ import annotations

import pytest

from index_store.lexical import tokens
from rag.checking.opposites import SIDES, other_sides, sides_of, turned_around


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("higher", "lower"),
        ("many", "few"),
        ("increases", "reduces"),
        ("promotes", "inhibits"),
        ("outperforms", "underperforms"),
        ("before", "after"),
        ("improves", "degrades"),
        ("trained", "tested"),
    ],
)
def test_opposites_are_on_other_sides(one: str, other: str) -> None:
    [first], [second] = tokens(one), tokens(other)
    assert sides_of(first) & other_sides(sides_of(second))
    assert not sides_of(first) & sides_of(second)


def test_word_without_an_opposite_has_no_side() -> None:
    assert sides_of("heron") == frozenset()
    assert other_sides(frozenset()) == frozenset()


def test_stems_are_those_of_the_lexical_index() -> None:
    assert {stem for stem in SIDES if stem not in {"more", "below"} and tokens(stem) == []} == set()
    for words in ("larger many fewest quickly earliest", "deteriorates diminishes halves worsens relieves"):
        assert all(sides_of(stem) for stem in tokens(words) if stem not in ("quick", "earliest"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("supervised", "unsupervised"),
        ("like", "unlike"),
        ("consistent", "inconsistent"),
        ("able", "disable"),
    ],
)
def test_prefix_turns_a_word_around_either_way(one: str, other: str) -> None:
    [first], [second] = tokens(one), tokens(other)
    assert second.rstrip("e") in turned_around(first)
    assert first.rstrip("e") in turned_around(second)
