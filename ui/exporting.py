"""Exports papers of the library from the terminal: all of them, or those that ids and words name.

In: settings and what was asked for. Out: text on the screen, or a file that is there whole or not at all.
How a format looks is not known here.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from index_store.errors import FileError, PaperchatError
from index_store.values import Paper
from index_store.writers import EXPORTS
from ui.settings import Settings
from ui.upkeep import NEAREST
from ui.wiring import open_library

if TYPE_CHECKING:
    from index_store.paper_index import PaperIndex

__all__ = ["export_papers", "write_whole"]


def export_papers(
    settings: Settings, wanted: Sequence[str], *, format: str, out: Path | None, console: Console
) -> None:
    """Print the papers that are `wanted`, or all, in a format of `EXPORTS`; write them to `out` if given.

    Raises:
        PaperchatError: nothing here is found by one of the words.
        FileError: the file cannot be written.
    """
    with open_library(settings) as index:
        papers = _chosen(index, wanted) if wanted else index.papers()
    text = EXPORTS[format](papers)
    if out is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    write_whole(out, text)
    console.print(f"{len(papers)} papers written to {out}", markup=False, emoji=False, soft_wrap=True)


def _chosen(index: PaperIndex, wanted: Sequence[str]) -> list[Paper]:
    """Return the papers that each argument names, in the order of the arguments, none twice."""
    chosen: dict[str, Paper] = {}
    for words in wanted:
        found = index.find(words, nearest=NEAREST)
        if not found:
            raise PaperchatError(f'No paper here is found by "{words}"; nothing was exported.')
        chosen |= {paper.id: paper for paper in found}
    return list(chosen.values())


def write_whole(out: Path, text: str) -> None:
    """Write a file so that it takes its name when all of it is there; a pipe is written straight.

    Raises:
        FileError: the file cannot be written.
    """
    try:
        if out.exists() and not out.is_file():
            out.write_bytes(text.encode())
            return
        target = out.resolve()
        partial = target.with_name(f"{target.name}.partial")
        try:
            partial.write_bytes(text.encode())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"{out}: cannot be written ({error.strerror}).") from error
