"""The paper index: papers go in, passages come out. One object for a whole library.

It keeps the catalog, the Chroma collection and the lexical index in step: the catalog is written
first, and an index whose generation is not the catalog's is thrown away and built again, without
embedding anything twice. It knows nothing of questions, models or browsers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import ExitStack, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from index_store.adding import Batch, Counts
from index_store.catalog import Catalog, Vector
from index_store.dense import LONGEST_RUN, ChromaIndex
from index_store.errors import EmbedderMismatchError, LibraryBusyError, LibraryError
from index_store.exact import ExactIndex
from index_store.fusion import fuse
from index_store.identifiers import find_arxiv_id, find_doi
from index_store.lexical import LexicalIndex
from index_store.merging import Identities
from index_store.sentences import group_sentences, split_sentences
from index_store.values import (
    TITLE_ALONE,
    AddSummary,
    Chunk,
    Doubt,
    Paper,
    Passage,
    Rejection,
    fingerprint,
    slug,
)
from index_store.vectors import TextVectors

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

__all__ = ["PaperIndex"]

BATCH = 64
"""Papers in one transaction: what a killed process loses at most."""
CANDIDATES = 50
"""Chunks that each index puts forward for a query, or as many as are asked for."""
SPARE = 14
"""Some more, so that the last of those with one score do not depend on which index found them."""


class PaperIndex:
    """A library: its papers, and the passages of them that answer a query."""

    def __init__(self, folder: Path, embedder: BaseEmbedding, *, read_only: bool = False) -> None:
        """Open the library in `folder`, and make an empty one if there is none.

        The first process that opens a library may write; one that comes later reads.

        Raises:
            EmbedderMismatchError: the library was indexed with another embedder.
            LibraryError: the library cannot be opened or made.
        """
        self.folder, self.embedder, self.read_only = folder, embedder, read_only
        self._fingerprint = (-1, "")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(folder / "writer.lock", thread_local=False)
            with suppress(Timeout):
                self._lock.acquire(timeout=0)
        except OSError as error:
            raise LibraryError(f"No library can be kept in {folder}: {error.strerror}.") from error
        with ExitStack() as undo:
            undo.callback(self._lock.release)
            self._catalog = Catalog(folder / "catalog.sqlite")
            undo.callback(self._catalog.close)
            self._check_embedder()
            self._vectors = TextVectors(self._catalog, embedder)
            self._open_indexes()
            undo.pop_all()

    def close(self) -> None:
        """Close every file of the library."""
        if isinstance(self._dense, ChromaIndex):
            self._dense.close()
        self._catalog.close()
        self._lock.release()

    def __enter__(self) -> PaperIndex:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def _name(self) -> str:
        return str(self.embedder.model_name)

    def _check_embedder(self) -> None:
        known = self._catalog.read_fact("embedder")
        if known not in (None, self._name):
            raise EmbedderMismatchError(
                f"The library in {self.folder} was indexed with {known}, not with {self._name}; open it "
                f"with --embedder {known}, or run: paperchat reindex --library {self.folder} "
                f"--embedder {self._name}"
            )

    def _mark(self) -> dict[str, object]:
        return {
            "generation": self._catalog.generation,
            "chunks": self._catalog.count_chunks(),
            "embedder": self._name,
            "dimension": int(self._catalog.read_fact("dimension") or 0),
        }

    def _open_indexes(self) -> None:
        """Open both indexes, each rebuilt from the catalog when it does not agree with it."""
        self._dense: ChromaIndex | ExactIndex
        if self._lock.is_locked:
            self._dense = ChromaIndex.open_current(
                self.folder / "chroma", self._mark(), self._catalog.chunk_pages, self._vectors.of_chunks
            )
        else:
            self._dense = ExactIndex(self._vectors.pages())
        self._refresh_lexical()

    def _refresh_lexical(self) -> None:
        generation = self._catalog.generation
        kept = LexicalIndex.load(self.folder / "lexical", generation)
        self._lexical = kept or LexicalIndex.build(chain.from_iterable(self._catalog.chunk_pages()))
        if kept is None and self._lock.is_locked:
            with suppress(OSError):  # it can always be built again
                self._lexical.save(self.folder / "lexical", generation)

    def add(
        self, items: Iterable[Paper | Doubt | Rejection], *, progress: Callable[[int], None] | None = None
    ) -> AddSummary:
        """Add papers, batch by batch; a paper that is here already is merged or renewed (see `adding`).

        `progress` is called with the number of papers done so far.

        Raises:
            LibraryBusyError: another process is writing to this library.
            LibraryFullError: the disk is full; the batches that were reported are safe.
        """
        self._check_writable()
        counts, batch, bare = Counts(), list[Paper](), dict[str, None]()
        try:
            for item in items:
                if isinstance(item, Paper):
                    batch.append(item)
                else:
                    counts.note(item)
                if len(batch) == BATCH:
                    bare |= self._add_batch(batch, counts, progress)
                    batch = []
            if batch:
                bare |= self._add_batch(batch, counts, progress)
        except Exception:
            with suppress(LibraryError):  # the first error is the one to tell
                self._refresh_lexical()
            raise
        self._settle()
        return counts.summary(self.papers(list(bare)))

    def _add_batch(
        self, papers: Sequence[Paper], counts: Counts, progress: Callable[[int], None] | None
    ) -> dict[str, None]:
        """Add some papers in one transaction; return the ids of those that may have no abstract."""
        batch = Batch(papers, self._catalog, counts)
        if batch.changed:
            self._write(batch.changed, batch.identities)
        elif batch.identities.records:
            self._catalog.write_identities(batch.identities)
        if progress is not None:
            progress(counts.done)
        return {} if all(paper.abstract for paper in papers) else batch.ids

    def _write(self, papers: Sequence[Paper], identities: Identities) -> None:
        sentences = {paper.id: split_sentences(paper.abstract) for paper in papers}
        chunks = [
            Chunk(paper, ordinal, start, end)
            for paper in papers
            for ordinal, (start, end) in enumerate(group_sentences(sentences[paper.id]) or TITLE_ALONE)
        ]
        vectors = dict(zip((c.id for c in chunks), self._vectors.of_chunks(chunks), strict=True))
        if vectors and not int(self._catalog.read_fact("dimension") or 0):
            self._catalog.write_facts(embedder=self._name, dimension=str(len(next(iter(vectors.values())))))
        old = set(self._catalog.chunk_ids([*(paper.id for paper in papers), *identities.replaced]))
        self._catalog.write_papers(papers, sentences=sentences, chunks=chunks, identities=identities)
        new = [chunk for chunk in chunks if chunk.id not in old]
        self._update_dense(sorted(old - set(vectors)), new, vectors)

    def _update_dense(self, gone: Sequence[str], new: Sequence[Chunk], vectors: dict[str, Vector]) -> None:
        assert isinstance(self._dense, ChromaIndex)
        self._dense.remove(gone)
        self._dense.add(new, [vectors[chunk.id] for chunk in new])
        self._dense.settle(LONGEST_RUN)
        self._dense.write_mark(self._mark())

    def _settle(self) -> None:
        """Do once after a run of changes what need not be done after each of them."""
        assert isinstance(self._dense, ChromaIndex)
        self._dense.settle()
        self._refresh_lexical()

    def remove(self, ids: Sequence[str]) -> int:
        """Remove papers by id. Returns how many there were.

        Raises:
            LibraryBusyError: another process is writing to this library.
        """
        self._check_writable()
        there = [paper.id for paper in self._catalog.papers(ids)]
        if there:
            gone = self._catalog.chunk_ids(there)
            self._catalog.remove_papers(there)
            self._update_dense(gone, [], {})
            self._settle()
        return len(there)

    def _check_writable(self) -> None:
        if self.read_only:
            raise LibraryError(
                "The sample library is read-only; name a library of your own with --library DIR."
            )
        if not self._lock.is_locked:
            raise LibraryBusyError(
                f"Another paperchat is using the library in {self.folder}; close it, or try again when "
                "it is done. Questions can be asked meanwhile."
            )
        assert isinstance(self._dense, ChromaIndex)
        if not self._dense.is_current(self._dense.folder, self._mark()):  # an earlier write broke off
            self._dense.close()
            self._open_indexes()

    def papers(self, ids: Sequence[str] | None = None, *, limit: int = -1) -> list[Paper]:
        """Return the papers as they came, at most `limit`, or those of `ids` in that order."""
        return self._catalog.papers(ids, limit=limit)

    def find(self, text: str, *, nearest: int = 0) -> list[Paper]:
        """Return the papers that `text` names by id, DOI, arXiv id or title, or those with all its words.

        If there are none, return those of the `nearest` passages.
        """
        arxiv_id, doi = find_arxiv_id(text, bare=True), find_doi(text)
        names = [f"id:{text}", f"arxiv_id:{arxiv_id}", f"doi:{doi}", f"title:{slug(text)}"]
        known = self._catalog.known_by(names).values()
        ids = list(dict.fromkeys(id for ids in known for id in ids))
        papers = self.papers(ids) or self._catalog.matching(text.split())
        hits = self.search(text, limit=nearest) if nearest and not papers else []
        return papers or list({hit.chunk.paper.id: hit.chunk.paper for hit in hits}.values())

    def count_papers(self) -> int:
        """Return how many papers the library holds."""
        return self._catalog.count_papers()

    def search(
        self, query: str, *, limit: int = 20, papers: Collection[str] | None = None
    ) -> list[Passage]:
        """Return at most `limit` passages, best first; only of `papers` (ids) if these are given.

        Each index puts candidates forward; all of them are scored by cosine and by BM25, and fused.
        """
        if self.count_papers() == 0:
            return []
        vector = self.embedder.get_query_embedding(query)
        among = None if papers is None else set(self._catalog.chunk_ids(sorted(papers)))
        depth = max(CANDIDATES, limit)
        near = self._dense.search(vector, depth + SPARE, papers=papers)
        alike = self._lexical.search(query, depth, among=among)
        chunks = {chunk.id: chunk for chunk in self._catalog.chunks(list({*near, *alike}))}
        cosines = self._vectors.cosines(vector, chunks)
        nearest = [id for _, id in sorted((-cosines[id], id) for id in near if id in chunks)][:depth]
        known = {id: cosines[id] for id in (*nearest, *alike) if id in chunks}
        fused = fuse(known, self._lexical.scores(query, list(known)))[:limit]
        return [Passage(chunks[id], score, rank) for rank, (id, score) in enumerate(fused, 1)]

    def sentences(self, ids: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
        """Return the [start, end) of every sentence of each paper, in order, by paper id."""
        return self._catalog.sentences(ids)

    def word_weight(self, word: str) -> float:
        """Return how much a stemmed word tells apart: its inverse document frequency over chunks."""
        return self._lexical.weight(word)

    def vectors(self, texts: Sequence[str]) -> list[Vector]:
        """Return the vector of each text; one that was embedded before comes from the catalog."""
        return self._vectors.of_texts(texts)

    @property
    def fingerprint(self) -> str:
        """A SHA-256 of what the library holds and how it is indexed; equal libraries have equal ones."""
        generation = self._catalog.generation
        if self._fingerprint[0] != generation:
            papers = chain.from_iterable(self._catalog.pages_by_id())
            self._fingerprint = (generation, fingerprint(papers, self._name))
        return self._fingerprint[1]
