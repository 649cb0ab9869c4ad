"""The vectors of texts: each is embedded once and then comes from the catalog.

In: texts or chunks. Out: float32 vectors. It knows the embedder only as LlamaIndex's `BaseEmbedding`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from index_store.catalog import Catalog, Vector
from index_store.values import Chunk

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

__all__ = ["TextVectors", "text_hash"]


def text_hash(text: str) -> str:
    """Return the name under which the vector of a text is kept."""
    return sha256(text.encode()).hexdigest()[:32]


class TextVectors:
    """An embedder with a memory."""

    def __init__(self, catalog: Catalog, embedder: BaseEmbedding) -> None:
        self._catalog, self._embedder = catalog, embedder

    def of_texts(self, texts: Sequence[str]) -> list[Vector]:
        """Return the vector of each text; one that was embedded before comes from the catalog."""
        name = str(self._embedder.model_name)
        hashes = [text_hash(text) for text in texts]
        found = self._catalog.vectors(name, set(hashes))
        missing = {h: text for h, text in zip(hashes, texts, strict=True) if h not in found}
        if missing:
            vectors = self._embedder.get_text_embedding_batch(list(missing.values()))
            fresh = {
                h: np.asarray(vector, dtype=np.float32) for h, vector in zip(missing, vectors, strict=True)
            }
            self._catalog.write_vectors(name, fresh)
            found |= fresh
        return [found[h] for h in hashes]

    def of_chunks(self, chunks: Sequence[Chunk]) -> list[Vector]:
        """Return the vector of each chunk, as it is indexed: with the title before its words."""
        return self.of_texts([chunk.indexed_text for chunk in chunks])

    def cosines(self, query: Sequence[float], chunks: Mapping[str, Chunk]) -> dict[str, float]:
        """Return the cosine of each chunk to `query`; chunks come by id and so do cosines.

        Each is compared alone and in float64: it is the same whichever index found the chunks, in
        whichever order they were added, on however many threads.
        """
        wanted = np.asarray(query, dtype=np.float64)
        found: dict[str, float] = {}
        for id, vector in zip(chunks, self.of_chunks(list(chunks.values())), strict=True):
            own = vector.astype(np.float64)
            length = np.sqrt((own * own).sum())
            found[id] = float((own * wanted).sum() / (length or 1.0))
        return found

    def pages(
        self, progress: Callable[[int, int], None] | None = None
    ) -> Iterator[tuple[list[Chunk], list[Vector]]]:
        """Yield every chunk of the catalog with its vector, a few hundred papers at a time.

        `progress` is called with the number of chunks done and of all.
        """
        done, total = 0, self._catalog.count_chunks()
        for chunks in self._catalog.chunk_pages():
            yield chunks, self.of_chunks(chunks)
            done += len(chunks)
            if progress is not None:
                progress(done, total)
