"""The dense index: LlamaIndex's vector store over a persistent Chroma collection, cosine distance.

In: chunks with their vectors. Out: chunk ids, nearest first. Chroma's batches are atomic but its
graph files are not safe against a killed process, so nothing lives here alone: the collection is
caught up with the catalog whenever its mark is not the catalog's generation, and built again when it is
damaged.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

import chromadb
from chromadb.api import ClientAPI
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores.types import VectorStoreQuery
from llama_index.vector_stores.chroma import ChromaVectorStore

from index_store.catalog import Vector
from index_store.database import storage_error
from index_store.errors import LibraryError
from index_store.memory import give_back
from index_store.values import Chunk

__all__ = ["ChromaIndex"]

COLLECTION = "chunks"
BLOCK = 2000
"""Chunks in one write; Chroma refuses more than 5,461."""
KEPT_IN_LOG = 10**7
"""With this threshold Chroma writes to its log alone, which is safe against a killed process."""
WRITTEN_AT_ONCE = 2
LONGEST_LOG = 2000
"""Changes. Replaying them at the next start takes half a second; more go into the files of the graph."""
LONGEST_RUN = 10_000
"""Changes after which that is done in the middle of a run too: the log takes more memory than the graph."""
PROBE = (
    "import sys; from index_store.dense import ChromaIndex, Path; "
    "ChromaIndex(Path(sys.argv[1])).search([0.1] * int(sys.argv[2]), 1)"
)
PROBE_SECONDS = 120.0
"""Many times what opening and searching the largest collection takes on a busy machine."""


class ChromaIndex:
    """One Chroma collection in a folder of its own. Only one process may have it open."""

    def __init__(self, folder: Path) -> None:
        """Open the collection in `folder`, and make it if it is not there."""
        self.folder = folder
        self._pending = _read_mark(folder).get("pending", 0)
        self._size: int | None = None
        self._lock = RLock()
        self._open()

    def _open(self) -> None:
        with _translated(self.folder):
            self._client = _open_client(self.folder)
            self._collection = self._client.get_or_create_collection(
                COLLECTION,
                embedding_function=None,
                configuration={
                    "hnsw": {"space": "cosine", "ef_search": 200, "sync_threshold": KEPT_IN_LOG}
                },
            )
        self._store = ChromaVectorStore(chroma_collection=self._collection)

    @classmethod
    def open_current(
        cls,
        folder: Path,
        mark: Mapping[str, object],
        pages: Callable[[], Iterable[Sequence[Chunk]]],
        vectors_of: Callable[[Sequence[Chunk]], Sequence[Vector]],
    ) -> ChromaIndex:
        """Open the collection that `mark` describes, made so if it is not: `pages` gives every chunk.

        One that fell behind is caught up; one that is damaged or of another embedder is built again.

        Raises:
            LibraryError: Chroma cannot write to the folder, or the disk is full.
        """
        found, size = _read_mark(folder), mark["chunks"]
        kept = all(found.get(name) == mark[name] for name in ("embedder", "dimension"))
        if kept and (not _marker(folder).exists() or cls.is_sound(folder, int(str(mark["dimension"])))):
            with suppress(LibraryError), cls._undone_on_error(folder) as index:
                if not cls.is_current(folder, mark) or index.count() != size:
                    index._catch_up(pages, vectors_of)
                    index.write_mark(mark)
                if index.count() == size:
                    return index
                index.close()
        cls.discard(folder)
        with cls._undone_on_error(folder) as index:
            index._catch_up(pages, vectors_of)
            index.write_mark(mark)
            return index

    def _catch_up(
        self,
        pages: Callable[[], Iterable[Sequence[Chunk]]],
        vectors_of: Callable[[Sequence[Chunk]], Sequence[Vector]],
    ) -> None:
        """Add the chunks that are missing and remove those that are too many."""
        extra = set(self.ids())
        for chunks in pages():
            missing = [chunk for chunk in chunks if chunk.id not in extra]
            extra.difference_update(chunk.id for chunk in chunks)
            self.add(missing, vectors_of(missing))
            self.settle(LONGEST_RUN)
        self.remove(sorted(extra))
        self.settle()

    def ids(self) -> Iterator[str]:
        """Yield the id of every chunk that the collection holds."""
        for offset in range(0, self.count(), BLOCK):
            with _translated(self.folder), self._lock:
                found = self._collection.get(limit=BLOCK, offset=offset, include=[])["ids"]
            yield from found

    @classmethod
    @contextmanager
    def _undone_on_error(cls, folder: Path) -> Iterator[ChromaIndex]:
        """Open the collection, with a file beside it that outlives a killed process."""
        with _translated(folder):
            _marker(folder).touch()
        index = cls(folder)
        try:
            yield index
        except LibraryError:
            index.close()
            raise

    @staticmethod
    def is_current(folder: Path, mark: Mapping[str, object]) -> bool:
        """Whether the folder holds the collection that `mark` describes. Chroma is not opened."""
        return mark.items() <= _read_mark(folder).items()

    @staticmethod
    def is_sound(folder: Path, dimension: int, *, seconds: float = PROBE_SECONDS) -> bool:
        """Whether another process can open and query the folder: a damaged one kills or hangs who tries."""
        command = [sys.executable, "-c", PROBE, str(folder), str(dimension)]
        try:
            done = subprocess.run(command, check=False, capture_output=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def write_mark(self, mark: Mapping[str, object]) -> None:
        """Say that the collection agrees with the catalog: generation, count, embedder, dimension."""
        with _translated(self.folder):
            (self.folder / "mark.json").write_text(json.dumps({**mark, "pending": self._pending}))

    def add(self, chunks: Sequence[Chunk], vectors: Sequence[Vector]) -> None:
        """Write chunks that are not there yet."""
        for start in range(0, len(chunks), BLOCK):
            nodes = [
                TextNode(
                    id_=chunk.id,
                    text=chunk.text,
                    embedding=vector.tolist(),
                    metadata={"paper": chunk.paper.id, "title": chunk.paper.title},
                )
                for chunk, vector in zip(
                    chunks[start : start + BLOCK], vectors[start : start + BLOCK], strict=True
                )
            ]
            with _translated(self.folder), self._lock:
                self._size = None
                self._store.add(nodes)
            self._pending += len(nodes)

    def remove(self, ids: Sequence[str]) -> None:
        """Remove chunks by id; those that are not there are passed over."""
        for start in range(0, len(ids), BLOCK):
            block = list(ids[start : start + BLOCK])
            with _translated(self.folder), self._lock:
                self._size = None
                self._collection.delete(ids=block)
            self._pending += len(block)

    def settle(self, longest: int = LONGEST_LOG) -> None:
        """Write a log of more than `longest` changes into the files of the graph, and let go of its memory.

        The next start need not replay what is written there.

        A process that is killed meanwhile leaves files that the next one finds damaged and builds again.
        """
        if self._pending <= longest:
            return
        with self._lock, _translated(self.folder):
            self._reopen(WRITTEN_AT_ONCE)
            some = self._collection.get(
                limit=WRITTEN_AT_ONCE, include=["embeddings", "documents", "metadatas"]
            )
            if some["ids"]:
                self._collection.upsert(
                    some["ids"], some["embeddings"], some["metadatas"], some["documents"]
                )  # what Chroma needs to look at its threshold
            self._reopen(KEPT_IN_LOG)
            self._pending = 0
        give_back()

    def _reopen(self, threshold: int) -> None:
        """Open the collection again with another threshold, which takes effect only then."""
        with warnings.catch_warnings():  # Chroma warns of a configuration that it wrote itself
            warnings.filterwarnings("ignore", "legacy embedding function", DeprecationWarning)
            self._collection.modify(configuration={"hnsw": {"sync_threshold": threshold}})
        self._client.close()
        self._open()

    def count(self) -> int:
        """Return how many chunks the collection holds. Chroma counts them one by one: it is asked once."""
        with _translated(self.folder), self._lock:
            if self._size is None:
                self._size = int(self._collection.count())
            return self._size

    def search(
        self, vector: Sequence[float], limit: int, *, papers: Collection[str] | None = None
    ) -> list[str]:
        """Return the ids of the `limit` chunks nearest to a query vector, of `papers` if given."""
        count = self.count()
        if count == 0 or (papers is not None and not papers):
            return []
        where = {"paper": {"$in": sorted(papers)}} if papers else None
        query = VectorStoreQuery(query_embedding=list(vector), similarity_top_k=min(limit, count))
        with self._lock:
            return list(self._store.query(query, **({"where": where} if where else {})).ids or [])

    def close(self) -> None:
        """Let go of the files, so that they can be moved or opened again."""
        self._client.close()
        _marker(self.folder).unlink(missing_ok=True)

    @staticmethod
    def discard(folder: Path) -> None:
        """Remove a collection that is damaged or out of date."""
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise storage_error(folder, error) from error


def _read_mark(folder: Path) -> dict[str, Any]:
    try:
        mark = json.loads((folder / "mark.json").read_text())
    except (OSError, ValueError):
        return {}
    return mark if isinstance(mark, dict) else {}


def _marker(folder: Path) -> Path:
    return folder.with_suffix(".open")


def _open_client(folder: Path) -> ClientAPI:
    try:
        return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    except Exception:
        SharedSystemClient.clear_system_cache()  # else Chroma gives out the broken client again
        raise
