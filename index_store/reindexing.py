"""Indexes a library anew with another embedder, beside the old index, which serves until the end.

In: a library's folder and the new embedder. Out: the library, indexed with it. It can be killed at any
moment: before the end the library is what it was, and the vectors made so far are kept for the next try.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from index_store.catalog import Catalog
from index_store.dense import ChromaIndex
from index_store.errors import LibraryBusyError, LibraryError
from index_store.lexical import LexicalIndex
from index_store.vectors import TextVectors

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

__all__ = ["reindex"]


def reindex(
    folder: Path, embedder: BaseEmbedding, *, progress: Callable[[int, int], None] | None = None
) -> int:
    """Index every paper of the library in `folder` with `embedder`; return how many papers there are.

    `progress` is called with the number of chunks done and of all.

    Raises:
        LibraryBusyError: another process is using this library.
        LibraryError: there is no library in `folder`, or it cannot be used.
    """
    if not (folder / "catalog.sqlite").exists():
        raise LibraryError(f"There is no library in {folder}.")
    lock = FileLock(folder / "writer.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LibraryBusyError(
            f"Another paperchat is using the library in {folder}; close it and run this again."
        ) from None
    catalog = Catalog(folder / "catalog.sqlite")
    try:
        _rebuild(folder, catalog, embedder, progress)
        return catalog.count_papers()
    finally:
        catalog.close()
        lock.release()


def _rebuild(
    folder: Path, catalog: Catalog, embedder: BaseEmbedding, progress: Callable[[int, int], None] | None
) -> None:
    vectors, name, dimension = TextVectors(catalog, embedder), str(embedder.model_name), 0
    for _, made in vectors.pages(progress):
        dimension = len(made[0]) if made else dimension
    mark = {
        "generation": catalog.generation + 1,
        "chunks": catalog.count_chunks(),
        "embedder": name,
        "dimension": dimension,
    }
    beside = folder / "chroma.next"
    ChromaIndex.discard(beside)
    ChromaIndex.open_current(beside, mark, catalog.chunk_pages, vectors.of_chunks).close()
    catalog.change_embedder(name, dimension)
    ChromaIndex.discard(folder / "chroma")
    beside.rename(folder / "chroma")
    lexical = LexicalIndex.build(chain.from_iterable(catalog.chunk_pages()))
    lexical.save(folder / "lexical", catalog.generation)
