"""The SQLite catalog of a library: the truth from which every index can be rebuilt.

In: papers with their sentences, chunks and vectors. Out: the same. It keeps a generation, a number
that grows with every change, by which an index knows whether it has seen that change. It knows
neither Chroma nor embedders.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index_store.database import Database
from index_store.merging import Identities, keys, record_hash, record_key
from index_store.values import Chunk, Paper

__all__ = ["Catalog", "Vector"]

Vector = NDArray[np.float32]

PAPER_COLUMNS = "id, title, abstract, authors, year, venue, url, identifiers"
CHUNKS = (
    'SELECT c.id, c.ordinal, c.start, c."end", p.id, title, abstract, authors, year, venue, url, '
    "identifiers FROM chunks c JOIN papers p ON p.id = c.paper "
)
ALL_TEXT = (
    "id || ' ' || title || ' ' || abstract || ' ' || authors || ' ' || coalesce(venue, '') || ' ' || "
    "coalesce(year, '')"
)
PAGE = 500
"""Papers that are in memory at a time, with their chunks, when all are gone through."""
KEYS = "INSERT OR IGNORE INTO keys VALUES (?, ?)"
RECORDS = "INSERT OR REPLACE INTO records VALUES (?, ?, ?)"
JOURNAL = "INSERT INTO journal (event) VALUES (?)"


class Catalog:
    """Papers, sentences, chunks, vectors and a journal of changes, in one SQLite file.

    Safe to use from several threads; several processes may read while one writes.
    """

    def __init__(self, path: Path) -> None:
        """Open the catalog at `path`, and make an empty one if there is none.

        Raises:
            LibraryError: the file is no catalog, is damaged, or was made by a newer paperchat.
        """
        self._db = Database(path)
        try:
            papers = self.papers() if self._db.found_version == 1 else []
            self._db.upgrade(
                [
                    (KEYS, [(key, paper.id) for paper in papers for key in keys(paper)]),
                    (RECORDS, [(record_key(paper), record_hash(paper), paper.id) for paper in papers]),
                ]
            )
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file. The catalog cannot be used afterwards."""
        self._db.close()

    # Facts and generations

    def read_fact(self, name: str) -> str | None:
        """Return what `write_facts` kept under `name`."""
        rows = self._db.rows("SELECT value FROM facts WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def write_facts(self, **facts: str) -> None:
        """Keep words about the whole library, such as its embedder."""
        with self._db.transaction():
            self._db.write("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    @property
    def generation(self) -> int:
        """The number of changes made so far."""
        return self._db.number("SELECT coalesce(max(generation), 0) FROM journal")

    # Papers

    def write_papers(
        self,
        papers: Sequence[Paper],
        *,
        sentences: Mapping[str, Sequence[tuple[int, int]]],
        chunks: Sequence[Chunk],
        identities: Identities,
    ) -> None:
        """Write papers with all that belongs to them in one transaction.

        A paper that is there already is replaced and keeps its place. `sentences` is by paper id. The
        vectors of the chunks are kept apart, by `write_vectors`.
        """
        ids = [(paper.id,) for paper in papers]
        with self._db.transaction():
            self._db.write("DELETE FROM sentences WHERE paper = ?", ids)
            self._db.write("DELETE FROM chunks WHERE paper = ?", ids)
            self._db.write(
                f"INSERT INTO papers ({PAPER_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET title = excluded.title, abstract = excluded.abstract, "
                "authors = excluded.authors, year = excluded.year, venue = excluded.venue, "
                "url = excluded.url, identifiers = excluded.identifiers",
                map(_paper_row, papers),
            )
            self._db.write(
                "INSERT INTO sentences VALUES (?, ?, ?, ?)",
                ((id, n, *span) for (id,) in ids for n, span in enumerate(sentences[id])),
            )
            self._db.write(
                "INSERT INTO chunks VALUES (?, ?, ?, ?, ?)",
                ((c.id, c.paper.id, c.ordinal, c.start, c.end) for c in chunks),
            )
            self._db.write(KEYS, ((key, paper.id) for paper in papers for key in keys(paper)))
            self._write_identities(identities)
            self._db.write(JOURNAL, [(f"wrote {len(papers)} papers",)])

    def _write_identities(self, identities: Identities) -> None:
        replaced = [(kept, gone) for gone, kept in identities.replaced.items()]
        self._db.write("UPDATE records SET paper = ? WHERE paper = ?", replaced)
        self._db.write("INSERT OR IGNORE INTO keys SELECT key, ? FROM keys WHERE paper = ?", replaced)
        self._db.write("DELETE FROM papers WHERE id = ?", ((gone,) for gone in identities.replaced))
        self._db.write(KEYS, identities.keys)
        self._db.write(RECORDS, identities.records)

    def write_identities(self, identities: Identities) -> None:
        """Remember who is who, where no paper changed."""
        with self._db.transaction():
            self._write_identities(identities)

    def records(self, record_keys: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return the papers' ids by the hash with which each of these records was read, by its key."""
        found: dict[str, dict[str, str]] = {}
        sql = "SELECT key, hash, paper FROM records WHERE key IN (?)"
        for key, hash, paper in self._db.rows_in(sql, record_keys):
            found.setdefault(str(key), {})[str(hash)] = str(paper)
        return found

    def known_by(self, paper_keys: Sequence[str]) -> dict[str, list[str]]:
        """Return the ids of the papers that are known by each of these keys, the oldest first."""
        sql = (
            "SELECT key, paper FROM keys k JOIN papers p ON p.id = k.paper WHERE key IN (?) "
            "ORDER BY position"
        )
        found: dict[str, list[str]] = {}
        for key, paper in self._db.rows_in(sql, paper_keys):
            found.setdefault(str(key), []).append(str(paper))
        return found

    def papers(self, ids: Sequence[str] | None = None, *, limit: int = -1) -> list[Paper]:
        """Return the papers as they came, at most `limit`, or those of `ids` in that order."""
        if ids is None:
            sql = f"SELECT {PAPER_COLUMNS} FROM papers ORDER BY position LIMIT ?"
            return list(map(_paper, self._db.rows(sql, (limit,))))
        sql = f"SELECT {PAPER_COLUMNS} FROM papers WHERE id IN (?)"
        found = {paper.id: paper for paper in map(_paper, self._db.rows_in(sql, ids))}
        return [found[id] for id in ids if id in found]

    def pages_by_id(self) -> Iterator[list[Paper]]:
        """Yield all papers in the order of their ids, a few hundred at a time."""
        sql, last = f"SELECT {PAPER_COLUMNS} FROM papers WHERE id > ? ORDER BY id LIMIT ?", ""
        while papers := list(map(_paper, self._db.rows(sql, (last, PAGE)))):
            yield papers
            last = papers[-1].id

    def matching(self, words: Sequence[str]) -> list[Paper]:
        """Return the papers in which every word occurs, in title, abstract, authors, venue, year or id."""
        if not words:
            return []
        tests = " AND ".join([f"instr(casefold({ALL_TEXT}), ?)"] * len(words))
        sql = f"SELECT {PAPER_COLUMNS} FROM papers WHERE {tests} ORDER BY position"
        return list(map(_paper, self._db.rows(sql, [word.casefold() for word in words])))

    def count_papers(self) -> int:
        """Return how many papers there are."""
        return self._db.number("SELECT count(*) FROM papers")

    def remove_papers(self, ids: Sequence[str]) -> None:
        """Remove papers, with their sentences and chunks, in one transaction."""
        with self._db.transaction():
            self._db.write("DELETE FROM papers WHERE id = ?", ((id,) for id in ids))
            self._db.write(JOURNAL, [(f"removed {len(ids)} papers",)])

    def sentences(self, ids: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
        """Return the [start, end) of every sentence of each paper, in order, by paper id."""
        found: dict[str, list[tuple[int, int]]] = {id: [] for id in ids}
        sql = 'SELECT paper, start, "end" FROM sentences WHERE paper IN (?) ORDER BY paper, ordinal'
        for paper, start, end in self._db.rows_in(sql, ids):
            found[str(paper)].append((int(str(start)), int(str(end))))
        return found

    # Chunks

    def chunk_pages(self) -> Iterator[list[Chunk]]:
        """Yield all chunks in the order of their papers, a few hundred papers at a time."""
        last = 0
        while True:
            edge = self._db.rows(
                "SELECT max(position) FROM (SELECT position FROM papers WHERE position > ? "
                "ORDER BY position LIMIT ?)",
                (last, PAGE),
            )[0][0]
            if edge is None:
                return
            rows = self._db.rows(
                CHUNKS + "WHERE p.position > ? AND p.position <= ? ORDER BY p.position, c.ordinal",
                (last, edge),
            )
            yield [_chunk(row) for row in rows]
            last = int(str(edge))

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """Return the chunks of `ids` in that order."""
        found = {str(row[0]): _chunk(row) for row in self._db.rows_in(CHUNKS + "WHERE c.id IN (?)", ids)}
        return [found[id] for id in ids if id in found]

    def chunk_ids(self, papers: Sequence[str]) -> list[str]:
        """Return the ids of all chunks of some papers."""
        return [str(row[0]) for row in self._db.rows_in("SELECT id FROM chunks WHERE paper IN (?)", papers)]

    def count_chunks(self) -> int:
        """Return how many chunks there are."""
        return self._db.number("SELECT count(*) FROM chunks")

    # Vectors

    def vectors(self, embedder: str, text_hashes: Iterable[str]) -> dict[str, Vector]:
        """Return those of the wanted vectors that are known, by text hash."""
        sql = "SELECT text_hash, vector FROM vectors WHERE embedder = ? AND text_hash IN (?)"
        return {
            str(text_hash): np.frombuffer(blob, dtype=np.float32)  # type: ignore[call-overload]
            for text_hash, blob in self._db.rows_in(sql, list(text_hashes), first=embedder)
        }

    def write_vectors(self, embedder: str, vectors: Mapping[str, Vector]) -> None:
        """Keep vectors (float32, one dimension) by the hash of the text that was embedded."""
        with self._db.transaction():
            rows = ((embedder, text_hash, vector.tobytes()) for text_hash, vector in vectors.items())
            self._db.write("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def change_embedder(self, embedder: str, dimension: int) -> None:
        """Say that the library is indexed with another embedder now, and forget all other vectors."""
        with self._db.transaction():
            facts = [("embedder", embedder), ("dimension", str(dimension))]
            self._db.write("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts)
            self._db.write("DELETE FROM vectors WHERE embedder <> ?", [(embedder,)])
            self._db.write(JOURNAL, [(f"indexed with {embedder}",)])


def _chunk(row: Sequence[object]) -> Chunk:
    ordinal, start, end = (int(str(value)) for value in row[1:4])
    return Chunk(_paper(row[4:]), ordinal, start, end)


def _paper_row(paper: Paper) -> tuple[object, ...]:
    return (
        paper.id,
        paper.title,
        paper.abstract,
        json.dumps(paper.authors, ensure_ascii=False),
        paper.year,
        paper.venue,
        paper.url,
        json.dumps(dict(paper.identifiers), ensure_ascii=False),
    )


def _paper(row: Sequence[object]) -> Paper:
    id, title, abstract, authors, year, venue, url, identifiers = row
    return Paper(
        id=str(id),
        title=str(title),
        abstract=str(abstract),
        authors=tuple(json.loads(str(authors))),
        year=None if year is None else int(str(year)),
        venue=None if venue is None else str(venue),
        url=None if url is None else str(url),
        identifiers=json.loads(str(identifiers)),
    )
