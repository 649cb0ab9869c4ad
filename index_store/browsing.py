"""Looking through a library: which papers hold some words, of which years and venues, in which order.

In: the folder of a library and what is looked for. Out: ids of papers, and counts. Every look opens the
catalog for itself, so that it neither waits for questions nor makes them wait, and no paper is read that is
not shown. It knows nothing of browsers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index_store.catalog import ALL_TEXT
from index_store.database import LARGEST_IN, Database
from index_store.identifiers import find_arxiv_id, find_doi
from index_store.values import Chunk, Paper

if TYPE_CHECKING:
    from index_store.paper_index import PaperIndex

__all__ = ["ORDERS", "Browsing", "Found", "Look", "Order", "find_papers"]

Order = Literal["relevance", "title", "newest", "oldest", "added"]
ORDERS: dict[Order, str] = {
    "relevance": "position",
    "title": "casefold(title), position",
    "newest": "year IS NULL, year DESC, position DESC",
    "oldest": "year IS NULL, year, position",
    "added": "position DESC",
}
"""How papers can be ordered. A paper without a year comes last by year."""
MOST_WORDS = 12
"""Words of what is typed that are looked for; a whole abstract pasted into the box is no search."""
NEAREST = 100
"""Passages that the library's own search puts first, or stands in with where no paper holds the words."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked for: papers with all `words`, of some years (both ends included) and venues."""

    words: str = ""
    first_year: int | None = None
    last_year: int | None = None
    venues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of papers in order. `by_meaning` says that none of them holds all the words looked for."""

    ids: list[str]
    by_meaning: bool = False


class Browsing:
    """The papers of one library, to be looked through. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Look at the library in `folder`, which is there."""
        self._path = folder / "catalog.sqlite"

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        database = Database(self._path)
        try:
            yield database
        finally:
            database.close()

    @property
    def generation(self) -> int:
        """The number of changes made to the library so far."""
        with self._opened() as database:
            return database.number("SELECT coalesce(max(generation), 0) FROM journal")

    def ids(self, look: Look, order: Order = "added") -> list[str]:
        """Return the ids of the papers looked for, in order; one that is named by its id, DOI or arXiv id
        comes first. By relevance, papers with the words in title and authors come before the others.

        Raises:
            LibraryError: the catalog cannot be read.
        """
        words = [word.casefold() for word in look.words.split()][:MOST_WORDS]
        by_head = " + ".join(["(instr(casefold(title || ' ' || authors), ?) > 0)"] * len(words))
        with self._opened() as database:
            named = _named(database, look.words) if words else []
            found = _ids(database, look, ("id", named)) if named else []
            tests = [f"instr(casefold({ALL_TEXT}), ?) > 0"] * len(words)
            if words and order == "relevance":
                sort = (f"{by_head} DESC, {ORDERS[order]}", words)
                found += _ids(database, look, tests=tests, values=words, sort=sort)
            else:
                found += _ids(database, look, tests=tests, values=words, sort=(ORDERS[order], []))
        return list(dict.fromkeys(found))

    def narrow(self, ids: Sequence[str], look: Look) -> list[str]:
        """Return those of some ids (at most 500) whose papers have the years and venues looked for."""
        with self._opened() as database:
            kept = set(_ids(database, look, ("id", ids[:LARGEST_IN])))
        return [id for id in ids if id in kept]

    def years(self) -> list[tuple[int, int]]:
        """Return (year, how many papers), the oldest first; papers without a year are left out."""
        with self._opened() as database:
            sql = "SELECT year, count(*) FROM papers WHERE year IS NOT NULL GROUP BY year ORDER BY year"
            return [(int(str(year)), int(str(count))) for year, count in database.rows(sql)]

    def venues(self) -> list[tuple[str, int]]:
        """Return (venue, how many papers), the most frequent first; papers without one are left out."""
        with self._opened() as database:
            sql = (
                "SELECT venue, count(*) FROM papers WHERE coalesce(venue, '') <> '' "
                "GROUP BY venue ORDER BY count(*) DESC, venue"
            )
            return [(str(venue), int(str(count))) for venue, count in database.rows(sql)]

    def chunks(self, papers: Sequence[Paper]) -> list[list[Chunk]]:
        """Return the chunks of each paper, in order."""
        found: dict[str, list[Chunk]] = {paper.id: [] for paper in papers}
        own = {paper.id: paper for paper in papers}
        sql = 'SELECT paper, ordinal, start, "end" FROM chunks WHERE paper IN (?) ORDER BY paper, ordinal'
        with self._opened() as database:
            for id, *numbers in database.rows_in(sql, list(own)):
                ordinal, start, end = (int(str(number)) for number in numbers)
                found[str(id)].append(Chunk(own[str(id)], ordinal, start, end))
        return list(found.values())


def _named(database: Database, words: str) -> list[str]:
    """Return the ids of the papers that are known by `words`: their id, DOI or arXiv id."""
    names = [f"id:{words.strip()}"]
    names += [f"arxiv_id:{id}" for id in [find_arxiv_id(words, bare=True)] if id]
    names += [f"doi:{doi}" for doi in [find_doi(words)] if doi]
    return [str(row[0]) for row in database.rows_in("SELECT paper FROM keys WHERE key IN (?)", names)]


def _ids(
    database: Database,
    look: Look,
    allowed: tuple[str, Sequence[str]] | None = None,
    *,
    tests: Sequence[str] = (),
    values: Sequence[object] = (),
    sort: tuple[str, Sequence[object]] = ("position", ()),
) -> list[str]:
    """Return the ids of the papers for which all tests hold, and those of the years and venues."""
    holds, given = ["1", *tests], [*values]
    for test, year in (("year >= ?", look.first_year), ("year <= ?", look.last_year)):
        if year is not None:
            holds.append(test)
            given.append(year)
    for column, kept in [("venue", look.venues), *([allowed] if allowed else [])]:
        if kept or column == "id":
            holds.append(f"{column} IN ({', '.join('?' * len(kept))})")
            given += kept
    order, last = sort
    sql = f"SELECT id FROM papers WHERE {' AND '.join(holds)} ORDER BY {order}"
    return [str(row[0]) for row in database.rows(sql, [*given, *last])]


def find_papers(index: PaperIndex, look: Look, order: Order = "relevance") -> Found:
    """Return the papers with all the words looked for; if there are none, those nearest in meaning.

    By relevance, those that the library's own search finds come first, as it ranks them.

    Raises:
        LibraryError: the library cannot be read.
    """
    browsing = Browsing(index.folder)
    found = browsing.ids(look, order)
    if not look.words.strip() or (found and order != "relevance"):
        return Found(found)
    hits = index.search(look.words, limit=NEAREST)
    nearest = browsing.narrow(list(dict.fromkeys(hit.chunk.paper.id for hit in hits)), look)
    if not found:
        return Found(nearest, by_meaning=True)
    holding = set(found)
    return Found(list(dict.fromkeys([*(id for id in nearest if id in holding), *found])))
