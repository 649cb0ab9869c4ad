"""Reads files into papers. A format is chosen by what a file contains; its name is never trusted.

In: a path. Out: papers, doubts and rejections, one by one. It knows nothing of libraries or indexes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from index_store.errors import FileError
from index_store.readers.archive import Item, Reader, read_file, read_folder, size_of
from index_store.readers.atom import read_atom
from index_store.readers.bibtex import read_bibtex
from index_store.readers.csv_table import read_csv
from index_store.readers.detect import detect_format
from index_store.readers.json_document import read_json
from index_store.readers.jsonl import read_jsonl
from index_store.readers.nbib import read_nbib
from index_store.readers.page import read_page
from index_store.readers.pdf import read_pdf
from index_store.readers.ris import read_ris
from index_store.readers.source import BROKEN, Source
from index_store.values import Rejection

__all__ = ["FORMATS", "Item", "read_papers", "size_of"]

FORMATS: dict[str, Reader] = {
    "page": read_page,
    "jsonl": read_jsonl,
    "json": read_json,
    "csv": read_csv,
    "bibtex": read_bibtex,
    "ris": read_ris,
    "nbib": read_nbib,
    "atom": read_atom,
    "pdf": read_pdf,
}
"""What `--format` accepts, and the function that reads it."""
KINDS = {
    "page": "a saved page, where a title line is followed by the line of its abstract",
    "jsonl": "JSON lines, one record a line",
    "json": "a JSON document that holds a list of records",
    "csv": "a table whose first line names its columns",
    "bibtex": "BibTeX",
    "ris": "RIS",
    "nbib": "PubMed's format",
    "atom": "a feed with an entry for each paper",
    "pdf": "a PDF",
}
"""What each is called in a message."""


PAGE_NAME = re.compile(r"(?:\.te?xt|/[^./]+)(?:\.gz)?$", re.I)
"""What a saved page is called: beside it in a folder lie notes, code and LaTeX, which look like one."""


def read_papers(
    path: Path, *, format: str | None = None, report: Callable[[int], None] | None = None
) -> Iterator[Item]:
    """Yield each paper of a file, a folder or a zip archive, and a rejection for whatever is not read.

    A doubt comes right after the paper that it is about. `report` is called with the bytes read so far,
    which grow to `size_of(path)`.

    Raises:
        FileError: there is no such file, it cannot be read, or nothing in it is a paper.
    """
    if format is not None and format not in FORMATS:
        raise FileError(f'There is no format "{format}"; choose one of: {", ".join(sorted(FORMATS))}.')
    read = partial(read_source, format=format)
    yield from read_folder(path, read, report) if path.is_dir() else read_file(path, read, report)


def read_source(source: Source, format: str | None = None) -> Iterator[Item]:
    """Yield what a source holds. Where it is damaged, what came before is kept.

    Raises:
        FileError: nothing in it is a paper.
    """
    chosen = format or detect_format(source.head)
    if chosen not in FORMATS:
        raise FileError(
            f"{source.path}: this is an archive in an archive; unpack it and name what is in it."
        )
    if chosen == "page" and format is None and "/" in source.name and not PAGE_NAME.search(source.name):
        next(source.lines(), None)  # what is no text at all says so
        raise FileError(
            f"{source.path}: no format is recognised; add it by itself to read it as a saved page."
        )
    found = False
    try:
        for item in FORMATS[chosen](source):
            found = True
            yield item
    except (FileError, *BROKEN) as error:
        reason = str(error).removeprefix(f"{source.path}: ")
        if not isinstance(error, FileError):
            reason = f"the file is damaged ({reason or type(error).__name__})."
        if not found:
            raise FileError(f"{source.path}: {reason}") from error
        yield Rejection(source.name, f"from here on nothing was read: {reason}")
        return
    if not found:
        raise FileError(
            f"{source.path}: no papers found; it was read as {KINDS[chosen]}. To read it as another, name "
            f"its format: {', '.join(FORMATS)}."
        )
