"""The dense index: LlamaIndex's vector store over a persistent Chroma collection, cosine distance.

In: chunks with their vectors. Out: chunk ids, nearest first. Chroma's batches are atomic but its
graph files are not safe against a killed process, so nothing lives here alone: the collection is
thrown away and built again from the catalog whenever its mark is not the catalog's generation.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores.types import VectorStoreQuery
from llama_index.vector_stores.chroma import ChromaVectorStore

from index_store.catalog import Vector, storage_error
from index_store.errors import LibraryError
from index_store.values import Chunk

__all__ = ["ChromaIndex", "ExactIndex"]

COLLECTION = "chunks"
BLOCK = 2000
"""Chunks in one write; Chroma refuses more than 5,461."""
IN_MEMORY_CHUNKS = 20_000
"""Up to here Chroma keeps its graph in its crash-safe log only; replaying it takes at most 10 s."""
KEPT_IN_LOG = 10**7
DEFAULT_THRESHOLD = 1000
PROBE = (
    "import sys; from index_store.dense import ChromaIndex, Path; "
    "ChromaIndex(Path(sys.argv[1])).search([0.1] * int(sys.argv[2]), 1)"
)


class ChromaIndex:
    """One Chroma collection in a folder of its own. Only one process may have it open."""

    def __init__(self, folder: Path, *, size: int = 0) -> None:
        """Open the collection in `folder`, and make it if it is not there; `size` is expected chunks."""
        self.folder = folder
        threshold = KEPT_IN_LOG if size <= IN_MEMORY_CHUNKS else DEFAULT_THRESHOLD
        with _translated(folder):
            self._client = _open_client(folder)
            self._collection = self._client.get_or_create_collection(
                COLLECTION,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_search": 200, "sync_threshold": threshold}},
            )
        self._store = ChromaVectorStore(chroma_collection=self._collection)

    @classmethod
    def open_current(
        cls,
        folder: Path,
        mark: Mapping[str, object],
        rows: Callable[[], tuple[Sequence[Chunk], Sequence[Vector]]],
    ) -> ChromaIndex:
        """Open the collection that `mark` describes; if it is another or damaged, build it from `rows`.

        Raises:
            LibraryError: Chroma cannot write to the folder, or the disk is full.
        """
        size = int(str(mark["chunks"]))
        if cls.is_current(folder, mark) and (
            not _marker(folder).exists() or cls.is_sound(folder, int(str(mark["dimension"])))
        ):
            with suppress(LibraryError), cls._undone_on_error(folder, size) as index:
                if index.count() == size:
                    return index
                index.close()
        cls.discard(folder)
        chunks, vectors = rows()
        with cls._undone_on_error(folder, size) as index:
            index.add(chunks, vectors)
            index.write_mark(mark)
            return index

    @classmethod
    @contextmanager
    def _undone_on_error(cls, folder: Path, size: int) -> Iterator[ChromaIndex]:
        """Open the collection, with a file beside it that outlives a killed process."""
        with _translated(folder):
            _marker(folder).touch()
        index = cls(folder, size=size)
        try:
            yield index
        except LibraryError:
            index.close()
            raise

    @staticmethod
    def is_current(folder: Path, mark: Mapping[str, object]) -> bool:
        """Whether the folder holds the collection that `mark` describes. Chroma is not opened."""
        try:
            return bool(json.loads((folder / "mark.json").read_text()) == dict(mark))
        except (OSError, ValueError):
            return False

    @staticmethod
    def is_sound(folder: Path, dimension: int) -> bool:
        """Whether another process can open and query the folder: a damaged one kills who tries."""
        command = [sys.executable, "-c", PROBE, str(folder), str(dimension)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def write_mark(self, mark: Mapping[str, object]) -> None:
        """Say that the collection agrees with the catalog: generation, count, embedder, dimension."""
        with _translated(self.folder):
            (self.folder / "mark.json").write_text(json.dumps(dict(mark)))

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
            with _translated(self.folder):
                self._store.add(nodes)

    def remove(self, ids: Sequence[str]) -> None:
        """Remove chunks by id; those that are not there are passed over."""
        for start in range(0, len(ids), BLOCK):
            with _translated(self.folder):
                self._collection.delete(ids=list(ids[start : start + BLOCK]))

    def count(self) -> int:
        """Return how many chunks the collection holds."""
        with _translated(self.folder):
            return int(self._collection.count())

    def search(
        self, vector: Sequence[float], limit: int, *, papers: Collection[str] | None = None
    ) -> list[str]:
        """Return the ids of the `limit` chunks nearest to a query vector, of `papers` if given."""
        if self.count() == 0 or (papers is not None and not papers):
            return []
        where = {"paper": {"$in": sorted(papers)}} if papers else None
        query = VectorStoreQuery(query_embedding=list(vector), similarity_top_k=min(limit, self.count()))
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


def _marker(folder: Path) -> Path:
    return folder.with_suffix(".open")


def _open_client(folder: Path) -> ClientAPI:
    try:
        return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    except Exception:
        SharedSystemClient.clear_system_cache()  # else Chroma gives out the broken client again
        raise


class ExactIndex:
    """The same search without Chroma, for a reader beside the process that has the collection open."""

    def __init__(self, chunks: Sequence[Chunk], vectors: Sequence[Vector]) -> None:
        self._ids = [chunk.id for chunk in chunks]
        self._papers = [chunk.paper.id for chunk in chunks]
        matrix = np.stack(vectors) if vectors else np.zeros((0, 1), dtype=np.float32)
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
        self._matrix = matrix / np.where(lengths == 0, 1, lengths)

    def search(
        self, vector: Sequence[float], limit: int, *, papers: Collection[str] | None = None
    ) -> list[str]:
        """Return the ids of the `limit` chunks nearest to a query vector, of `papers` if given."""
        if not self._ids:
            return []
        order = np.argsort(-(self._matrix @ np.asarray(vector, dtype=np.float32)), kind="stable")
        wanted = (i for i in order if papers is None or self._papers[i] in papers)
        return [self._ids[i] for _, i in zip(range(limit), wanted, strict=False)]
