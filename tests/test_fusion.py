"""Fusion of scores: what is high by both measures comes first, whatever their scales."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store.fusion import LEXICAL_SHARE, fuse

NUMBERS = st.integers(-1000, 1000).map(float)
MEASURES = st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(NUMBERS, NUMBERS))


def both(scores: dict[str, tuple[float, float]]) -> tuple[dict[str, float], dict[str, float]]:
    first, second = ({id: pair[side] for id, pair in scores.items()} for side in (0, 1))
    return first, second


def test_score_is_made_of_the_stretched_scores_by_share() -> None:
    share = LEXICAL_SHARE
    assert fuse({"a": 0.9, "b": 0.7, "c": 0.5}, {"a": 0.0, "b": 12.0, "c": 3.0}) == [
        ("b", pytest.approx((1 - share) * 0.5 + share)),
        ("a", pytest.approx(1 - share)),
        ("c", pytest.approx(share * 0.25)),
    ]


def test_agreement_of_two_measures_beats_the_top_of_one() -> None:
    fused = fuse({"a": 1.0, "b": 0.9, "c": 0.0}, {"a": 0.0, "b": 0.9, "c": 1.0})
    assert next(id for id, _ in fused) == "b"


def test_measure_that_tells_nothing_apart_leaves_the_order_to_the_other() -> None:
    assert [id for id, _ in fuse({"a": 0.1, "b": 0.4, "c": 0.2}, dict.fromkeys("abc", 0.0))] == [
        "b",
        "c",
        "a",
    ]


def test_equal_scores_are_ordered_by_id() -> None:
    assert [id for id, _ in fuse({"b": 1.0, "a": 1.0, "c": 2.0}, dict.fromkeys("bac", 0.0))] == [
        "c",
        "a",
        "b",
    ]


def test_nothing_is_fused_to_nothing() -> None:
    assert fuse({}, {}) == []


@given(MEASURES)
def test_every_id_comes_once_best_first_from_one_down_to_zero(
    scores: dict[str, tuple[float, float]],
) -> None:
    fused = fuse(*both(scores))
    assert sorted(id for id, _ in fused) == sorted(scores)
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)
    assert all(0 <= score <= 1 for _, score in fused)


@given(MEASURES, st.sampled_from([0.25, 2.0, 64.0]))
def test_scale_of_a_measure_and_the_order_of_ids_do_not_count(
    scores: dict[str, tuple[float, float]], scale: float
) -> None:
    first, second = both(dict(reversed(scores.items())))
    assert fuse({id: scale * score for id, score in first.items()}, second) == fuse(*both(scores))
