"""Checks that a library is whole and that its indexes agree with its catalog; mends nothing.

In: the folder of a library. Out: findings, each with what mends it. The catalog is read by SQL of its
own, read-only and a page at a time, so that a damaged one can be described too. It knows no settings
and no terminal.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from shlex import quote

from filelock import FileLock, Timeout

from index_store.checks.finding import Finding
from index_store.checks.indexes import check_chroma, check_lexical
from index_store.checks.papers import PapersCheck
from index_store.database import SCHEMA_VERSION

__all__ = ["check_library"]

TABLES = {"papers", "sentences", "chunks", "vectors", "facts", "journal"}
SAID = 3
"""Complaints of SQLite that are passed on."""


def check_library(folder: Path, *, embedder: str) -> Iterator[Finding]:
    """Yield what is found in a library that is to be used with `embedder`.

    While another process has the library, its indexes are not looked at. Chroma's own files note every
    opening, and SQLite puts its `-wal` and `-shm` beside the catalog; nothing else is written to.
    """
    path = folder / "catalog.sqlite"
    found = _check_folder(folder, path)
    if found is not None or not path.exists():
        yield found or Finding(
            "library", "ok", f"There is no library in {folder} yet; the first add makes it."
        )
        return
    with ExitStack() as held:
        found = _take(folder, held)
        yield found
        try:
            with closing(
                sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)
            ) as db:
                yield from _check_opened(db, folder, embedder, free=found.state == "ok")
        except sqlite3.Error as error:
            yield Finding("catalog", "broken", f"{path} cannot be read: {error}.", _restore(path))


def _restore(path: Path) -> str:
    return (
        f"Keep a copy of it, then restore it from a backup. Without one, remove {path.parent} and add your "
        "files again."
    )


def _check_folder(folder: Path, path: Path) -> Finding | None:
    """Return what ends the check before the catalog is opened, if anything is wrong."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        text = f"{there} is no folder that can be read and written."
        mend = "Give yourself the right to write there, or name another folder with --library DIR."
        return Finding("library", "broken", text, mend)
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        text = f"{path} cannot be read and written."
        return Finding("catalog", "broken", text, "Give yourself the right to read and write it.")
    indexed = (folder / "chroma").exists() or (folder / "lexical").exists()
    if indexed and (not path.exists() or path.stat().st_size == 0):
        what = "is empty" if path.exists() else "is missing"
        return Finding("catalog", "broken", f"{path} {what}: the papers it held are gone.", _restore(path))
    return None


def _take(folder: Path, held: ExitStack) -> Finding:
    """Keep other processes from writing until `held` is closed, if none has the library now."""
    try:
        held.enter_context(FileLock(folder / "writer.lock", timeout=0, thread_local=False))
    except Timeout:
        text = f"Another paperchat uses {folder}: its catalog was only read, its indexes were left out."
        mend = "Nothing is wrong with that; close it and run this again to check the indexes too."
        return Finding("library", "warning", text, mend)
    except OSError as error:
        text = f"{folder / 'writer.lock'} cannot be locked: {error.strerror}."
        return Finding("library", "broken", text, "Remove that file while no paperchat is running.")
    return Finding("library", "ok", f"{folder} can be read and written, and no other process uses it.")


def _check_opened(db: sqlite3.Connection, folder: Path, embedder: str, *, free: bool) -> Iterator[Finding]:
    db.execute("BEGIN")  # one state of the catalog, whatever another process writes meanwhile
    if not _number(db, "SELECT count(*) FROM sqlite_master"):
        yield Finding("catalog", "ok", "There is nothing in it yet; the first add fills it.")
        return
    found = _check_catalog(db, folder / "catalog.sqlite")
    yield found
    if found.state != "ok":
        return
    facts = {str(name): str(value) for name, value in db.execute("SELECT name, value FROM facts")}
    known, digits = facts.get("embedder"), facts.get("dimension", "")
    dimension = int(digits) if digits.isdecimal() else 0
    count = _number(db, "SELECT count(*) FROM chunks")
    yield _check_embedder(folder, known if dimension else None, embedder, chunks=count)
    check = PapersCheck(known or embedder, dimension)
    check.read(db)
    yield check.found_in_papers(folder)
    yield check.found_in_vectors(folder)
    if free:
        mark = {
            "generation": _number(db, "SELECT coalesce(max(generation), 0) FROM journal"),
            "chunks": count,
            "embedder": known or embedder,
            "dimension": dimension,
        }
        yield check_chroma(db, folder / "chroma", mark)
        yield check_lexical(db, folder / "lexical", mark)


def _number(db: sqlite3.Connection, sql: str) -> int:
    return int(db.execute(sql).fetchone()[0])


def _check_catalog(db: sqlite3.Connection, path: Path) -> Finding:
    version = _number(db, "PRAGMA user_version")
    if version > SCHEMA_VERSION:
        text, mend = f"{path} was written by a newer paperchat.", "Update paperchat."
        return Finding("catalog", "broken", text, mend)
    tables = {str(row[0]) for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if version == 0 or not tables >= TABLES:
        mend = "Name another folder with --library DIR, or restore the catalog from a backup."
        return Finding("catalog", "broken", f"{path} is no catalog of paperchat.", mend)
    said = [str(row[0]) for row in db.execute(f"PRAGMA integrity_check({SAID})")]
    if said != ["ok"]:
        text = f"{path} is damaged: {'; '.join(' '.join(line.split()) for line in said)}."
        return Finding("catalog", "broken", text, _restore(path))
    loose = {str(row[0]) for row in db.execute("PRAGMA foreign_key_check")}
    if loose:
        text = f"{path} has rows that belong to no paper, in: {', '.join(sorted(loose))}."
        return Finding("catalog", "broken", text, _restore(path))
    later = "" if version == SCHEMA_VERSION else "; the next start brings them up to date"
    return Finding("catalog", "ok", f"{path} is whole; its tables are of version {version}{later}.")


def _check_embedder(folder: Path, known: str | None, wanted: str, *, chunks: int) -> Finding:
    name, place = "library's embedder", quote(str(folder))
    reindex = f"paperchat reindex --library {place} --embedder {quote(wanted)}"
    if known is None and chunks:
        text = f"The library in {folder} does not say with which embedder it was indexed."
        return Finding(name, "broken", text, f"Run: {reindex}")
    if known not in (None, wanted):
        text = f"The library in {folder} was indexed with {known}, not with {wanted}."
        return Finding(name, "broken", text, f"Open it with --embedder {known}, or run: {reindex}")
    return Finding(name, "ok", f"It is indexed with {wanted}." if known else "Nothing is indexed yet.")
