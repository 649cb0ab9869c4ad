"""The SQLite catalog of a library: the truth from which every index can be rebuilt.

In: papers with their sentences, chunks and vectors. Out: the same. It keeps a generation, a number
that grows with every change, by which an index knows whether it has seen that change. It knows
neither Chroma nor embedders.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from index_store.errors import LibraryError, LibraryFullError
from index_store.values import Chunk, Paper

__all__ = ["Catalog", "Vector", "storage_error"]

Vector = NDArray[np.float32]

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE papers (
    position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    abstract TEXT NOT NULL, authors TEXT NOT NULL, year INTEGER, venue TEXT, url TEXT,
    identifiers TEXT NOT NULL);
CREATE TABLE sentences (
    paper TEXT NOT NULL REFERENCES papers(id) ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, PRIMARY KEY (paper, ordinal)) WITHOUT ROWID;
CREATE TABLE chunks (
    id TEXT PRIMARY KEY, paper TEXT NOT NULL REFERENCES papers(id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX chunks_of_paper ON chunks(paper);
CREATE TABLE vectors (
    embedder TEXT NOT NULL, text_hash TEXT NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (embedder, text_hash)) WITHOUT ROWID;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE journal (
    generation INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')), event TEXT NOT NULL);
"""
PAPER_COLUMNS = "id, title, abstract, authors, year, venue, url, identifiers"
LEAST_FREE = 1 << 25
"""Bytes, a few batches. With less, an error of SQLite or Chroma is a full disk by another name."""
LARGEST_IN = 500
"""Values in one SQL `IN`, well below SQLite's limit."""


class Catalog:
    """Papers, sentences, chunks, vectors and a journal of changes, in one SQLite file (WAL).

    Safe to use from several threads; several processes may read while one writes.
    """

    def __init__(self, path: Path) -> None:
        """Open the catalog at `path`, and make an empty one if there is none.

        Raises:
            LibraryError: the file is no catalog, is damaged, or was made by a newer paperchat.
        """
        self.path = path
        self._lock = RLock()
        with ExitStack() as undo, self._translated():
            self._db = sqlite3.connect(path, check_same_thread=False, timeout=30)
            undo.callback(self._db.close)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA foreign_keys=ON")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                self._db.executescript(f"BEGIN;{SCHEMA}PRAGMA user_version={SCHEMA_VERSION};COMMIT;")
            if version > SCHEMA_VERSION:
                raise LibraryError(f"{path} was written by a newer paperchat; update it to open this.")
            undo.pop_all()

    def close(self) -> None:
        """Close the file. The catalog cannot be used afterwards."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise storage_error(self.path, error) from error

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        with self._translated():
            return self._db.execute(sql, values).fetchall()

    # Facts and generations

    def read_fact(self, name: str) -> str | None:
        """Return what `write_fact` kept under `name`."""
        rows = self._rows("SELECT value FROM facts WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def write_fact(self, name: str, value: str) -> None:
        """Keep a word about the whole library, such as its embedder."""
        with self._translated(), self._db:
            self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    @property
    def generation(self) -> int:
        """The number of changes made so far."""
        return int(str(self._rows("SELECT coalesce(max(generation), 0) FROM journal")[0][0]))

    # Papers

    def write_papers(
        self,
        papers: Sequence[Paper],
        *,
        sentences: Mapping[str, Sequence[tuple[int, int]]],
        chunks: Sequence[Chunk],
        vectors: Mapping[str, Vector],
        embedder: str,
    ) -> None:
        """Write papers with all that belongs to them in one transaction.

        A paper that is there already is replaced and keeps its place. `sentences` is by paper id;
        `vectors` (float32, one dimension) by text hash.
        """
        ids = [paper.id for paper in papers]
        with self._translated(), self._db:
            self._db.executemany("DELETE FROM sentences WHERE paper = ?", [(id,) for id in ids])
            self._db.executemany("DELETE FROM chunks WHERE paper = ?", [(id,) for id in ids])
            self._db.executemany(
                f"INSERT INTO papers ({PAPER_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET title = excluded.title, abstract = excluded.abstract, "
                "authors = excluded.authors, year = excluded.year, venue = excluded.venue, "
                "url = excluded.url, identifiers = excluded.identifiers",
                [_paper_row(paper) for paper in papers],
            )
            self._db.executemany(
                "INSERT INTO sentences VALUES (?, ?, ?, ?)",
                [(id, n, *span) for id in ids for n, span in enumerate(sentences[id])],
            )
            self._db.executemany(
                "INSERT INTO chunks VALUES (?, ?, ?, ?, ?)",
                [(c.id, c.paper.id, c.ordinal, c.start, c.end) for c in chunks],
            )
            self._write_vectors(embedder, vectors)
            self._db.execute("INSERT INTO journal (event) VALUES (?)", (f"wrote {len(papers)} papers",))

    def papers(self, ids: Sequence[str] | None = None) -> list[Paper]:
        """Return all papers in the order in which they came, or those of `ids` in that order."""
        if ids is None:
            rows = self._rows(f"SELECT {PAPER_COLUMNS} FROM papers ORDER BY position")
            return [_paper(row) for row in rows]
        found = {
            paper.id: paper
            for block in _blocks(ids)
            for paper in map(
                _paper,
                self._rows(f"SELECT {PAPER_COLUMNS} FROM papers WHERE id IN ({_marks(block)})", block),
            )
        }
        return [found[id] for id in ids if id in found]

    def count_papers(self) -> int:
        """Return how many papers there are."""
        return int(str(self._rows("SELECT count(*) FROM papers")[0][0]))

    def sentences(self, ids: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
        """Return the [start, end) of every sentence of each paper, in order, by paper id."""
        found: dict[str, list[tuple[int, int]]] = {id: [] for id in ids}
        for block in _blocks(ids):
            for paper, start, end in self._rows(
                f'SELECT paper, start, "end" FROM sentences WHERE paper IN ({_marks(block)}) '
                "ORDER BY paper, ordinal",
                block,
            ):
                found[str(paper)].append((int(str(start)), int(str(end))))
        return found

    # Chunks

    def chunks(self, ids: Sequence[str] | None = None) -> list[Chunk]:
        """Return all chunks in the order of their papers, or those of `ids` in that order."""
        sql = (
            'SELECT c.id, c.ordinal, c.start, c."end", p.id, title, abstract, authors, year, venue, '
            "url, identifiers FROM chunks c JOIN papers p ON p.id = c.paper "
        )
        if ids is None:
            return [
                Chunk(_paper(row[4:]), *_numbers(row[1:4]))
                for row in self._rows(sql + "ORDER BY p.position, c.ordinal")
            ]
        found = {
            str(row[0]): Chunk(_paper(row[4:]), *_numbers(row[1:4]))
            for block in _blocks(ids)
            for row in self._rows(sql + f"WHERE c.id IN ({_marks(block)})", block)
        }
        return [found[id] for id in ids if id in found]

    def chunk_ids(self, papers: Sequence[str]) -> list[str]:
        """Return the ids of all chunks of some papers."""
        return [
            str(row[0])
            for block in _blocks(papers)
            for row in self._rows(f"SELECT id FROM chunks WHERE paper IN ({_marks(block)})", block)
        ]

    def count_chunks(self) -> int:
        """Return how many chunks there are."""
        return int(str(self._rows("SELECT count(*) FROM chunks")[0][0]))

    def remove_papers(self, ids: Sequence[str]) -> None:
        """Remove papers, with their sentences and chunks, in one transaction."""
        with self._translated(), self._db:
            self._db.executemany("DELETE FROM papers WHERE id = ?", [(id,) for id in ids])
            self._db.execute("INSERT INTO journal (event) VALUES (?)", (f"removed {len(ids)} papers",))

    # Vectors

    def vectors(self, embedder: str, text_hashes: Iterable[str]) -> dict[str, Vector]:
        """Return those of the wanted vectors that are known, by text hash."""
        found: dict[str, Vector] = {}
        for block in _blocks(list(text_hashes)):
            for text_hash, blob in self._rows(
                f"SELECT text_hash, vector FROM vectors WHERE embedder = ? AND text_hash IN "
                f"({_marks(block)})",
                (embedder, *block),
            ):
                found[str(text_hash)] = np.frombuffer(blob, dtype=np.float32)  # type: ignore[call-overload]
        return found

    def write_vectors(self, embedder: str, vectors: Mapping[str, Vector]) -> None:
        """Keep vectors (float32, one dimension) by the hash of the text that was embedded."""
        with self._translated(), self._db:
            self._write_vectors(embedder, vectors)

    def _write_vectors(self, embedder: str, vectors: Mapping[str, Vector]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
            [(embedder, text_hash, vector.tobytes()) for text_hash, vector in vectors.items()],
        )


def storage_error(path: Path, error: Exception) -> LibraryError:
    """Return what to tell the user about an error of the store at `path`: is the disk full?"""
    folder = path.parent
    if "full" in str(error) or (folder.exists() and shutil.disk_usage(folder).free < LEAST_FREE):
        return LibraryFullError(
            f"The disk that holds {folder} is full; nothing that was added before is lost. "
            "Make room and run the same command again."
        )
    return LibraryError(f"{path} cannot be used: {error}.")


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _blocks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), LARGEST_IN):
        yield values[start : start + LARGEST_IN]


def _numbers(row: Sequence[object]) -> tuple[int, int, int]:
    ordinal, start, end = (int(str(value)) for value in row)
    return ordinal, start, end


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
