"""Reads feeds: what arXiv's API answers, arXiv's and journals' feeds of new papers, in Atom or RSS.

In: a source that holds the whole feed. Out: papers, and a rejection for each entry that is none. Nothing is
fetched, and a feed that declares entities of its own is refused: none needs them, and they can be made to
fill a memory.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from index_store.errors import FileError
from index_store.identifiers import find_arxiv_id
from index_store.readers.fields import author_names, build_paper, clean, read_year
from index_store.readers.source import Source
from index_store.values import Paper, Rejection

if TYPE_CHECKING:
    Entry = Mapping[str, Any]

__all__ = ["read_atom"]

LARGEST_FEED = 64 << 20
"""Bytes. The API answers with at most 2,000 papers at once, some 5 MB."""
LONGEST_END = 4096
"""Characters from the end in which the feed's last tag stands."""
DECLARATION = re.compile(r"<!\s*ENTITY", re.I)
PROLOG = re.compile(r"\A\s*<\?xml[^>]*\?>")
"""It may name an encoding, which a text no longer has."""
ENDED = re.compile(r"</(?:\w+:)?(?:feed|rss|RDF)\s*>\s*(?:<!--.*-->\s*)?\Z", re.S)
ANNOUNCED = re.compile(r"\AarXiv:\S+\s+Announce Type: [\w-]+\s+(?:Abstract:\s*)?")
"""What arXiv's feeds of new papers put before an abstract."""
ERROR = "arxiv.org/api/errors"
VENUES = ("arxiv_journal_ref", "arxiv_journal_reference", "prism_publicationname")
DOIS = ("arxiv_doi", "prism_doi", "dc_identifier")


def read_atom(source: Source) -> Iterator[Paper | Rejection]:
    """Yield a paper for each entry of a feed. Of one that breaks off, the last entry is rejected.

    Raises:
        FileError: it is no text, too large, or declares entities.
    """
    text = source.text(LARGEST_FEED)
    if DECLARATION.search(text):
        raise FileError(f"{source.path}: this feed declares entities, as no list of papers has to.")
    entries = _entries(text, source.path)
    broken = not ENDED.search(text[-LONGEST_END:])
    for number, entry in enumerate(entries, start=1):
        where = f"{source.name}, entry {number}"
        if broken and number == len(entries):
            yield Rejection(where, "the feed breaks off here; get the file once more.")
            return
        try:
            yield _paper(entry)
        except ValueError as error:
            yield Rejection(where, str(error))


def _entries(text: str, path: str) -> list[Entry]:
    import feedparser

    data = PROLOG.sub("", text).encode()
    try:
        feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # its parser for feeds that are no XML raises whatever it stumbles over
        raise FileError(f"{path}: this feed is damaged ({clean(str(error))}).") from error
    entries: list[Entry] = feed.entries
    return entries


def _paper(entry: Entry) -> Paper:
    abstract = _text(entry, "summary")
    if ERROR in _text(entry, "id"):
        raise ValueError(f"arXiv answered with an error: {clean(abstract)}.")
    link = _text(entry, "link")
    arxiv_id = find_arxiv_id(_text(entry, "id")) or find_arxiv_id(link)
    return build_paper(
        title=_text(entry, "title"),
        abstract=ANNOUNCED.sub("", abstract),
        authors=_authors(entry),
        year=read_year(_text(entry, "published", "updated")),
        venue=_text(entry, *VENUES),
        url="" if arxiv_id else link,
        ids={"arxiv_id": arxiv_id, "doi": _text(entry, *DOIS)},
    )


def _text(entry: Entry, *names: str) -> str:
    """Return the first of the named fields that is there; what a broken feed leaves of one is no text."""
    return next((value for name in names if isinstance(value := entry.get(name), str) and value), "")


def _authors(entry: Entry) -> tuple[str, ...]:
    names = [name for author in entry.get("authors", []) if (name := author.get("name"))]
    return author_names(names[0] if len(names) == 1 else names)
