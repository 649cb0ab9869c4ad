"""Fusion: the scores of one set of chunks by two measures made into one score for each.

In: scores by id. Out: ids with their fused score, best first. It knows neither words nor vectors.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["LEXICAL_SHARE", "fuse"]

LEXICAL_SHARE = 0.4
"""The train splits of SciFact and SciTLDR rank alike from 0.35 to 0.55; recall likes less."""


def fuse(dense: Mapping[str, float], lexical: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return (id, score) for every id of both, best first; `lexical` has a score for each id of `dense`.

    The scores of each measure are stretched to the range from 0, the least, to 1, and added by share: the
    convex combination of Bruch, Gai and Ingber (TOIS 2023). A measure that tells nothing apart adds 0.
    Equal scores are ordered by id.
    """
    near, alike = _stretched(dense), _stretched(lexical)
    fused = ((id, (1 - LEXICAL_SHARE) * near[id] + LEXICAL_SHARE * alike[id]) for id in dense)
    return sorted(fused, key=lambda item: (-item[1], item[0]))


def _stretched(scores: Mapping[str, float]) -> dict[str, float]:
    least = min(scores.values(), default=0.0)
    width = max(scores.values(), default=0.0) - least
    return {id: (score - least) / (width or 1.0) for id, score in scores.items()}
