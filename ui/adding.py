"""Adds files to the library from the terminal, with progress and a summary of what happened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from index_store.errors import FileError
from index_store.readers import read_papers
from index_store.values import AddSummary, Paper, Rejection
from ui.printing import show_progress
from ui.settings import Settings
from ui.wiring import open_library

__all__ = ["add_files"]

SHOWN_REJECTIONS = 20


def add_files(settings: Settings, paths: Sequence[Path], *, format: str | None, console: Console) -> bool:
    """Add the papers of some files and print what came of it; false when a file could not be read.

    The files are read before the library is opened, so a file that is no list of papers costs nothing.
    """
    items: list[Paper | Rejection] = []
    failed = False
    for path in paths:
        try:
            items += read_papers(path, format=format)
        except FileError as error:
            failed = True
            console.print(str(error), style="red", markup=False, emoji=False, soft_wrap=True)
    count = sum(isinstance(item, Paper) for item in items)
    if items:
        with show_progress() as report, open_library(settings, progress=report) as index:
            summary = index.add(items, progress=lambda done: report("Papers", done, count))
        _print_summary(summary, console)
    return not failed and count > 0


def _print_summary(summary: AddSummary, console: Console) -> None:
    parts = [
        f"{count} {what}"
        for count, what in (
            (summary.new, "new"),
            (summary.updated, "updated"),
            (summary.unchanged, "unchanged"),
            (len(summary.rejected), "rejected"),
        )
        if count
    ]
    console.print("Papers: " + (", ".join(parts) or "none"))
    for rejection in summary.rejected[:SHOWN_REJECTIONS]:
        console.print(f"  {rejection}", style="yellow", markup=False, emoji=False, soft_wrap=True)
    if (more := len(summary.rejected) - SHOWN_REJECTIONS) > 0:
        console.print(f"  and {more} more")
