"""Reads the saved text of a web page that lists papers: a title line, then the line of its abstract.

Whatever stands above the first pair is page furniture and is passed over in silence. Below it, a
title that no abstract follows is reported, so that no paper is lost unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index_store.readers.record import clean
from index_store.values import Paper, Rejection, slug

__all__ = ["read_page"]

LINE_END = re.compile(r"\r\n?|\n")
"""What editors count as the end of a line; `str.splitlines` knows others, which stand in abstracts."""
SHORTEST_ABSTRACT = 200
"""Characters. No title is as long, hardly an abstract is shorter."""
SHORTEST_TITLE = 4
"""Words. A shorter line without an abstract is a button or a date rather than a paper."""


def read_page(text: str, name: str) -> Iterator[Paper | Rejection]:
    """Yield the papers of a saved page in their order. A long line after an abstract continues it."""
    title: tuple[int, str] | None = None
    abstract: list[str] = []
    begun = False
    for number, line in enumerate(map(clean, LINE_END.split(text)), 1):
        if not line:
            continue
        if len(line) >= SHORTEST_ABSTRACT and (title or abstract):
            abstract.append(line)
            continue
        if title and abstract:
            yield _paper(title[1], abstract)
            begun = True
        elif title and begun and len(title[1].split()) >= SHORTEST_TITLE:
            yield Rejection(f"{name}, line {title[0]}", f'no abstract follows the title "{title[1]}".')
        title, abstract = (number, line), []
    if title and abstract:
        yield _paper(title[1], abstract)
    elif title and begun and len(title[1].split()) >= SHORTEST_TITLE:
        yield Rejection(f"{name}, line {title[0]}", f'no abstract follows the title "{title[1]}".')


def _paper(title: str, abstract: list[str]) -> Paper:
    return Paper(id=slug(title), title=title, abstract=" ".join(abstract))
