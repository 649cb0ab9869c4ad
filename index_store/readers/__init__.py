"""Reads files into papers. A format is chosen by what a file contains; its name is never trusted.

In: a path. Out: papers and rejections, one by one. It knows nothing of libraries or indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from index_store.errors import FileError
from index_store.readers.jsonl import looks_like_jsonl, read_jsonl
from index_store.readers.page import read_page
from index_store.readers.text import read_text
from index_store.values import Paper, Rejection

__all__ = ["FORMATS", "read_papers"]

Reader = Callable[[str, str], Iterator[Paper | Rejection]]

FORMATS: dict[str, Reader] = {"page": read_page, "jsonl": read_jsonl}
"""What `--format` accepts, and the function that reads it: (text, file name) to papers."""


def read_papers(path: Path, *, format: str | None = None) -> Iterator[Paper | Rejection]:
    """Yield each paper of a file, and a rejection for each entry that could not be read.

    Raises:
        FileError: there is no such file, it is not text, it is empty, or nothing in it is a paper.
    """
    if format is not None and format not in FORMATS:
        raise FileError(f'There is no format "{format}"; choose one of: {", ".join(sorted(FORMATS))}.')
    text = read_text(path)
    chosen = format or ("jsonl" if looks_like_jsonl(text) else "page")
    found = False
    for item in FORMATS[chosen](text, path.name):
        found = True
        yield item
    if not found:
        raise FileError(
            f"{path}: no papers found; it was read as a saved page, where a title line is followed by "
            'the line of its abstract. JSON lines with "title" and "abstract" are read as well.'
            if chosen == "page"
            else f"{path}: no papers found; it holds no JSON lines."
        )
