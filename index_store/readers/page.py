"""Reads the saved text of a web page that lists papers: a title line, then the line of its abstract.

Whatever stands above the first pair is page furniture and is passed over in silence. Below it, a
title that no abstract follows is reported, so that no paper is lost unnoticed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from index_store.errors import FileError
from index_store.readers.fields import clean
from index_store.readers.source import Source
from index_store.values import Paper, Rejection, slug

__all__ = ["read_page"]

SHORTEST_ABSTRACT = 200
"""Characters. No title is as long, hardly an abstract is shorter."""
SHORTEST_TITLE = 4
"""Words. A shorter line without an abstract is a button or a date rather than a paper."""

HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
XML = re.compile(rb"\s*<\?xml\b")


def read_page(source: Source) -> Iterator[Paper | Rejection]:
    """Yield the papers of a saved page in their order. A long line after an abstract continues it.

    Raises:
        FileError: it is HTML or XML, of which nothing would be read right.
    """
    _refuse_markup(source)
    title: tuple[int, str] | None = None
    abstract: list[str] = []
    begun = False
    for number, raw in source.lines():
        if not (line := clean(raw)):
            continue
        if len(line) >= SHORTEST_ABSTRACT and (title or abstract):
            abstract.append(line)
            continue
        if title and abstract:
            yield _paper(title[1], abstract)
            begun = True
        elif title and begun and len(title[1].split()) >= SHORTEST_TITLE:
            yield Rejection(
                f"{source.name}, line {title[0]}", f'no abstract follows the title "{title[1]}".'
            )
        title, abstract = (number, line), []
    if title and abstract:
        yield _paper(title[1], abstract)
    elif title and begun and len(title[1].split()) >= SHORTEST_TITLE:
        yield Rejection(f"{source.name}, line {title[0]}", f'no abstract follows the title "{title[1]}".')


def _refuse_markup(source: Source) -> None:
    head = source.head.removeprefix(codecs.BOM_UTF8).removeprefix(codecs.BOM_UTF16_LE).replace(b"\0", b"")
    if HTML.match(head):
        raise FileError(f"{source.path}: this is HTML; save the page as text, and name that file.")
    if XML.match(head):
        raise FileError(
            f"{source.path}: this is XML but no feed of papers; export it as BibTeX, RIS or JSON."
        )


def _paper(title: str, abstract: list[str]) -> Paper:
    return Paper(id=slug(title), title=title, abstract=" ".join(abstract))
