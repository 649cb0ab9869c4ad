"""The SQLite file of a library: its connection, its tables, and what its errors mean to a person.

In: SQL. Out: rows. It knows the tables and how older libraries become today's, and no papers beyond that.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import RLock

from index_store.errors import LibraryError, LibraryFullError

__all__ = ["SCHEMA_VERSION", "Database", "storage_error"]

Row = tuple[object, ...]

SCHEMA_VERSION = 2
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
IDENTITIES = """
CREATE TABLE keys (
    key TEXT NOT NULL, paper TEXT NOT NULL REFERENCES papers(id) ON DELETE CASCADE,
    PRIMARY KEY (key, paper)) WITHOUT ROWID;
CREATE INDEX keys_of_paper ON keys(paper);
CREATE TABLE records (
    key TEXT NOT NULL, hash TEXT NOT NULL, paper TEXT NOT NULL REFERENCES papers(id) ON DELETE CASCADE,
    PRIMARY KEY (key, hash)) WITHOUT ROWID;
CREATE INDEX records_of_paper ON records(paper);
"""
"""Since version 2: by what a paper is known (identifiers, title), and which records it was read from."""
LEAST_FREE = 1 << 25
"""Bytes, a few batches. With less, an error of SQLite or Chroma is a full disk by another name."""
LARGEST_IN = 500
"""Values in one SQL `IN`, well below SQLite's limit."""


class Database:
    """One SQLite file (WAL). Safe to use from several threads; many processes read while one writes."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`, and make it with all its tables if there is none.

        Raises:
            LibraryError: the file is no catalog, is damaged, or was made by a newer paperchat.
        """
        self.path = path
        self._lock = RLock()
        if path.exists() and path.stat().st_size == 0 and path.with_name("chroma").exists():
            raise LibraryError(f"{path} is empty: what it held is gone. Restore it, or remove the library.")
        with ExitStack() as undo, self._translated():
            self._connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
            undo.callback(self._connection.close)
            self._connection.create_function("casefold", 1, str.casefold, deterministic=True)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("PRAGMA foreign_keys=ON")
            self.found_version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
            if self.found_version > SCHEMA_VERSION:
                raise LibraryError(f"{path} was written by a newer paperchat; update it to open this.")
            undo.pop_all()

    def upgrade(self, statements: Iterable[tuple[str, Sequence[Row]]] = ()) -> None:
        """Bring the tables to today's version in one transaction; `statements` fill the new ones."""
        if self.found_version == SCHEMA_VERSION:
            return
        tables = (SCHEMA if self.found_version == 0 else "") + IDENTITIES
        with self.transaction():
            for statement in filter(str.strip, tables.split(";")):
                self._connection.execute(statement)
            for sql, rows in statements:
                self._connection.executemany(sql, rows)
            self._connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        self.found_version = SCHEMA_VERSION

    def close(self) -> None:
        """Close the file. The database cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise storage_error(self.path, error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything that is written inside, or nothing of it."""
        with self._translated(), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield

    def write(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of values. Call it inside of a `transaction`."""
        self._connection.executemany(sql, rows)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Return the rows that a query gives."""
        with self._translated():
            return self._connection.execute(sql, values).fetchall()

    def rows_in(self, sql: str, values: Sequence[str], first: str | None = None) -> Iterator[Row]:
        """Yield the rows of a query in which `IN (?)` stands for a list of any length.

        `first` is the value of a placeholder that stands before it.
        """
        before = [] if first is None else [first]
        for start in range(0, len(values), LARGEST_IN):
            block = values[start : start + LARGEST_IN]
            marks = ", ".join("?" * len(block))
            yield from self.rows(sql.replace("IN (?)", f"IN ({marks})"), [*before, *block])

    def number(self, sql: str) -> int:
        """Return the one number that a query gives."""
        return int(str(self.rows(sql)[0][0]))


def storage_error(path: Path, error: Exception) -> LibraryError:
    """Return what to tell the user about an error of the store at `path`: is the disk full?"""
    folder = path.parent
    if "full" in str(error) or (folder.exists() and shutil.disk_usage(folder).free < LEAST_FREE):
        return LibraryFullError(
            f"The disk that holds {folder} is full; nothing that was added before is lost. "
            "Make room and run the same command again."
        )
    return LibraryError(f"{path} cannot be used: {error}.")
