"""Scores sentences by what attention heads look at when a model reads a question behind them.

In: what a model made of numbered sentences and a question, and the ranks of the sentences by their words.
Out: a score for each. Some heads of any model find in what was read what the words at hand ask for (Wu et
al., 2024). Which ones of a model, and how much each counts beside the number that it would name and the
rank, bench/fit_pointing.py fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rag.probing.probe import read_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.models.streamed_model import Weighed

    Scores = NDArray[np.float64]

__all__ = ["LEAST_SHARE", "RetrievalHeads", "read_heads", "traits_of"]

LEAST_SHARE = 1e-5
"""Of attention: below it one share is like another."""


@dataclass(frozen=True, slots=True)
class RetrievalHeads:
    """Heads, each a layer with its place there, both from 0, and what each trait of a sentence weighs: its
    rank, the odds of its number, and the attention of each head."""

    heads: tuple[tuple[int, int], ...]
    weights: tuple[float, ...]

    def scores(self, weighed: Weighed, ranked: Sequence[float]) -> Scores:
        """Return the score of each sentence, given 1 / rank; shape (sentences,)."""
        import numpy as np

        scores: Scores = np.array(self.weights) @ traits_of(weighed, ranked)
        return scores


@cache
def read_heads(model: str) -> RetrievalHeads | None:
    """Return the heads of a model by its name, or None where they are not known."""
    read = read_weights("pointing", model)
    if read is None:
        return None
    return RetrievalHeads(tuple((layer, place) for layer, place in read["heads"]), tuple(read["weights"]))


def traits_of(weighed: Weighed, ranked: Sequence[float]) -> Scores:
    """Return the logs of 1 / rank, of the odds and of the attention of each head, each standardised over
    the sentences: shape (2 + heads, sentences)."""
    import numpy as np

    assert weighed.attention is not None
    traits = np.vstack([np.log(ranked), weighed.odds, np.log(weighed.attention + LEAST_SHARE)])
    spread = traits.std(axis=1, keepdims=True)
    standard: Scores = (traits - traits.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-6)
    return standard
