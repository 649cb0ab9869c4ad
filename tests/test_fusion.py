"""Reciprocal rank fusion: what several rankings agree on comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store.fusion import fuse

RANKINGS = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=4)


def test_score_is_the_sum_of_reciprocal_ranks() -> None:
    assert fuse([["a", "b"], ["b"]]) == [
        ("b", pytest.approx(1 / 62 + 1 / 61)),
        ("a", pytest.approx(1 / 61)),
    ]


def test_agreement_of_two_rankings_beats_the_top_of_one() -> None:
    assert next(id for id, _ in fuse([["a", "b"], ["c", "b"]])) == "b"


def test_equal_scores_are_ordered_by_id() -> None:
    assert [id for id, _ in fuse([["b", "a"], ["a", "b"]])] == ["a", "b"]


@given(RANKINGS)
def test_every_id_comes_once_best_first_whatever_the_order_of_the_rankings(
    rankings: list[list[str]],
) -> None:
    fused = fuse(rankings)
    assert sorted(id for id, _ in fused) == sorted({id for ranking in rankings for id in ranking})
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)
    assert [id for id, _ in fused] == [id for id, _ in fuse(rankings[::-1])]
