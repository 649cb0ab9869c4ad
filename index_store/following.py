"""A library that is only read, while other processes write to it.

In: the folder of a library and its embedder. Out: the library as it is now, whenever somebody reads it. It
never keeps others from writing, and it does not know who reads or why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from index_store.paper_index import PaperIndex

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

__all__ = ["FollowedLibrary"]


class FollowedLibrary:
    """Opens a library to read it, and opens it again after it was changed. Safe to use from threads."""

    def __init__(self, folder: Path, embedder: BaseEmbedding) -> None:
        """Open the library in `folder`, and make an empty one if there is none.

        Raises:
            EmbedderMismatchError: the library was indexed with another embedder.
            LibraryError: the library cannot be opened or made.
        """
        self._folder, self._embedder = folder, embedder
        self._lock = Lock()
        self._readers: Counter[PaperIndex] = Counter()
        self._index: PaperIndex | None = None
        self._known = ""
        with self.reading():
            pass

    @contextmanager
    def reading(self) -> Iterator[PaperIndex]:
        """Give the library as it is now. It stays so, and open, until the end of the block.

        Raises:
            LibraryError: it was changed meanwhile, and cannot be opened any more.
        """
        with self._lock:
            index = self._newest()
            self._readers[index] += 1
        try:
            yield index
        finally:
            with self._lock:
                self._readers[index] -= 1
                self._close_unread()

    def close(self) -> None:
        """Close the library; who is still reading it keeps it until they are done."""
        with self._lock:
            self._index = None
            self._close_unread()

    def __enter__(self) -> FollowedLibrary:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _newest(self) -> PaperIndex:
        if self._index is None or self._index.fingerprint != self._known:
            index = _open_to_read(self._folder, self._embedder)
            self._index, self._known = index, index.fingerprint
            self._readers[index] = 0
            self._close_unread()
        return self._index

    def _close_unread(self) -> None:
        for index in [index for index, count in self._readers.items() if not count]:
            if index is not self._index:
                del self._readers[index]
                index.close()


def _open_to_read(folder: Path, embedder: BaseEmbedding) -> PaperIndex:
    """Open a library as whoever comes second: while its writer's lock is held, it opens for reading."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "writer.lock", thread_local=False)
    with suppress(Timeout):
        lock.acquire(timeout=0)
    try:
        return PaperIndex(folder, embedder)
    finally:
        lock.release()
