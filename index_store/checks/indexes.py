"""Checks that the two indexes of a library hold exactly the chunks of its catalog.

In: an open catalog, the folder of an index, and the mark that the index should bear. Out: a finding. An
index that the next start builds again anyway is a warning. It knows nothing of what the chunks say.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from index_store.checks.finding import Finding

__all__ = ["check_chroma", "check_lexical"]

CHROMA_PAGE = 5000
"""Ids asked of Chroma at a time; it refuses more than 32,766."""
LARGEST_IN = 500
"""Values in one SQL `IN`."""
REBUILT = "Nothing is lost: it is rebuilt from the catalog at the next start."


def check_chroma(db: sqlite3.Connection, folder: Path, mark: Mapping[str, object]) -> Finding:
    """Return how the Chroma collection in `folder` stands. No other process may have it open."""
    from index_store.dense import ChromaIndex

    name = "Chroma"
    if not ChromaIndex.is_current(folder, mark):
        text = f"The collection in {folder} is not there, or does not agree with the catalog."
        return Finding(name, "warning", text, REBUILT)
    discard = (
        f"Remove {folder} while no paperchat is running; it is rebuilt from the catalog at the next start."
    )
    with _marked_as_open(folder) as unclean:
        if not ChromaIndex.is_sound(folder, int(str(mark["dimension"]))):
            text = f"The collection in {folder} is damaged: it cannot be opened and searched."
            return (
                Finding(name, "warning", text, REBUILT)
                if unclean
                else Finding(name, "broken", text, discard)
            )
        total, known = _count_known(db, _chroma_ids(folder))
    if total != mark["chunks"]:
        text = f"The collection in {folder} holds {total} chunks, the catalog {mark['chunks']}."
        return Finding(name, "warning", text, REBUILT)
    if known != total:
        text = f"{total - known} of the {total} chunks in {folder} are not those of the catalog."
        return Finding(name, "broken", text, discard)
    return Finding(name, "ok", f"The collection holds the {total} chunks of the catalog.")


@contextmanager
def _marked_as_open(folder: Path) -> Iterator[bool]:
    """Leave the mark of whoever has the collection open, so that being killed here is noticed later."""
    marker = folder.with_suffix(".open")
    unclean = marker.exists()
    marker.touch()
    try:
        yield unclean
    finally:
        if not unclean:
            marker.unlink()


def _chroma_ids(folder: Path) -> Iterator[str]:
    """Yield the id of every chunk that Chroma holds, page by page. The collection must be sound."""
    import chromadb
    from chromadb.config import Settings

    from index_store.dense import COLLECTION

    client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    try:
        collection = client.get_collection(COLLECTION, embedding_function=None)
        for start in range(0, collection.count(), CHROMA_PAGE):
            yield from collection.get(limit=CHROMA_PAGE, offset=start, include=[])["ids"]
    finally:
        client.close()


def _count_known(db: sqlite3.Connection, ids: Iterable[str]) -> tuple[int, int]:
    """Return how many different ids there are, and how many of them are chunks of the catalog."""
    total = known = 0
    rest = iter(ids)
    while block := list(islice(rest, LARGEST_IN)):
        total += len(block)
        known += db.execute(
            f"SELECT count(*) FROM chunks WHERE id IN ({', '.join('?' * len(block))})", block
        ).fetchone()[0]
    return total, known


def check_lexical(db: sqlite3.Connection, folder: Path, mark: Mapping[str, object]) -> Finding:
    """Return how the lexical index in `folder` stands."""
    from index_store.lexical import LexicalIndex

    name = "lexical index"
    index = LexicalIndex.load(folder, int(str(mark["generation"])))
    if index is None:
        text = f"The index in {folder} is not there, is damaged, or does not agree with the catalog."
        return Finding(name, "warning", text, REBUILT)
    ids: Sequence[str] = json.loads((folder / "chunks.json").read_text())["ids"]
    if not ids and not _has_words(db):
        return Finding(name, "ok", "There is no word to be searched in the chunks of the catalog.")
    total, known = _count_known(db, set(ids))
    if {len(ids), total, known} != {mark["chunks"]}:
        text = (
            f"The index in {folder} lists {len(ids)} chunks; {known} of them are among the "
            f"{mark['chunks']} of the catalog."
        )
        mend = f"Remove {folder}; it is rebuilt from the catalog at the next start."
        return Finding(name, "broken", text, mend)
    return Finding(name, "ok", f"It holds the {total} chunks of the catalog.")


def _has_words(db: sqlite3.Connection) -> bool:
    """Whether any chunk has a word that is no stop word. An index of none holds no ids."""
    from index_store.lexical import tokens

    sql = "SELECT title, abstract FROM papers WHERE id IN (SELECT paper FROM chunks)"
    return any(tokens(f"{title}\n{abstract}") for title, abstract in db.execute(sql))
