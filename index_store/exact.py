"""The search of the dense index without Chroma, for a reader beside the process that has it open.

In: chunks with their vectors. Out: chunk ids, nearest first, by exact cosine. It keeps nothing on disk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from index_store.catalog import Vector
from index_store.values import Chunk

__all__ = ["ExactIndex"]


class ExactIndex:
    """All vectors of a library in memory, each of unit length."""

    def __init__(self, pages: Iterable[tuple[Sequence[Chunk], Sequence[Vector]]]) -> None:
        self._ids, self._papers = list[str](), list[str]()
        rows = [np.zeros((0, 1), dtype=np.float32)]
        for chunks, vectors in pages:
            self._ids += [chunk.id for chunk in chunks]
            self._papers += [chunk.paper.id for chunk in chunks]
            rows += [np.stack(vectors)] if vectors else []
        self._matrix = np.concatenate(rows[1:] or rows)
        lengths = np.linalg.norm(self._matrix, axis=1, keepdims=True)
        self._matrix /= np.where(lengths == 0, 1, lengths)

    def search(
        self, vector: Sequence[float], limit: int, *, papers: Collection[str] | None = None
    ) -> list[str]:
        """Return the ids of the `limit` chunks nearest to a query vector, of `papers` if given."""
        if not self._ids:
            return []
        order = np.argsort(-(self._matrix @ np.asarray(vector, dtype=np.float32)), kind="stable")
        wanted = (i for i in order if papers is None or self._papers[i] in papers)
        return [self._ids[i] for _, i in zip(range(limit), wanted, strict=False)]
