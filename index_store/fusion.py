"""Reciprocal rank fusion: several rankings of the same things made into one."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["fuse"]

K = 60
"""The constant of Cormack, Clarke and Buettcher (SIGIR 2009)."""


def fuse(rankings: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
    """Return (id, score) for every id of the rankings, best first; the score adds up 1 / (K + rank).

    Equal scores are ordered by id, so that the same rankings always give the same result.
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, id in enumerate(ranking, 1):
            scores[id] = scores.get(id, 0.0) + 1 / (K + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
