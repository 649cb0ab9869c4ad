"""Adds papers to the library from the terminal, with progress and a summary of what happened."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, takewhile
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console

from index_store.errors import FileError
from index_store.readers import read_papers
from index_store.readers.archive import size_of
from index_store.values import AddSummary, Doubt, Paper, Rejection
from ui.printing import Report, show_progress
from ui.settings import Settings
from ui.wiring import open_library

if TYPE_CHECKING:
    from index_store.paper_index import PaperIndex

__all__ = ["Reading", "add_files", "is_there", "summary_lines"]

SHOWN = 20
"""Lines of one kind that a summary shows."""
INTERRUPTED = 130
"""The exit status of a command that Ctrl-C stopped, as shells have it."""


class Reading:
    """Papers from files and addresses, one by one; it knows how far it is and what could not be read."""

    def __init__(self, sources: Sequence[str], *, format: str | None = None, online: bool = False) -> None:
        """Take files, folders, zips and, when `online`, addresses such as `arxiv:2303.12345`."""
        self._sources, self._format, self._online = sources, format, online
        self.total = sum(size_of(Path(source)) for source in sources)
        self.done = 0
        self.errors: list[FileError] = []

    def __iter__(self) -> Iterator[Paper | Doubt | Rejection]:
        before = 0
        for source in self._sources:

            def report(done: int, before: int = before) -> None:
                self.done = before + done

            try:
                yield from self._read(source, report)
            except FileError as error:
                self.errors.append(error)
            before += size_of(Path(source))
            self.done = before

    def _read(self, source: str, report: Callable[[int], None]) -> Iterable[Paper | Doubt | Rejection]:
        from index_store.web import is_online_reference, read_online

        if is_there(source):
            return read_papers(Path(source), format=self._format, report=report)
        if not is_online_reference(source):
            raise FileError(f"{source}: there is no such file.")
        if not self._online:
            raise FileError(f"{source} needs the internet, and paperchat is set to stay offline.")
        return read_online(source)


def is_there(source: str | Path) -> bool:
    """Whether there is a file or folder of this name; not so for a text that is too long to be one."""
    try:
        return Path(source).exists()
    except OSError:
        return False


def add_files(
    settings: Settings, sources: Sequence[str], *, format: str | None = None, console: Console
) -> bool:
    """Add the papers of files and addresses and print what came of it; false when one could not be read.

    The first paper is read before the library is opened, so a file that is no list of papers costs nothing.
    """
    reading = Reading(sources, format=format, online=not settings.offline)
    items = iter(reading)
    first = next(items, None)
    summary = AddSummary()
    if first is not None:
        with show_progress() as report, open_library(settings, progress=report) as index:
            summary = _add(index, reading, chain([first], items), report, console)
    for error in reading.errors:
        console.print(str(error), style="red", markup=False, emoji=False, soft_wrap=True)
    if first is not None:
        head, *rest = summary_lines(summary)
        console.print(head)
        for line in rest:
            console.print(line, style="yellow", markup=False, emoji=False, soft_wrap=True)
    return not reading.errors and summary.done > 0


def _add(
    index: PaperIndex,
    reading: Reading,
    items: Iterator[Paper | Doubt | Rejection],
    report: Report,
    console: Console,
) -> AddSummary:
    begun = monotonic()

    def progress(done: int) -> None:
        rate = done / max(monotonic() - begun, 1e-9)
        report("Papers", reading.done, max(reading.total, 1), note=f"{done:,} papers, {rate:,.0f}/s")

    with _interrupt() as interrupted:
        summary = index.add(takewhile(lambda _: not interrupted.is_set(), items), progress=progress)
    if interrupted.is_set():
        console.print(
            f"Stopped. The library holds {index.count_papers():,} papers; run the same command again to "
            "add the rest.",
            soft_wrap=True,
        )
        raise SystemExit(INTERRUPTED)
    return summary


@contextmanager
def _interrupt() -> Iterator[Event]:
    """Let the first Ctrl-C set an event, so that the batch at hand is ended; the second one breaks off.

    An exception raised in the middle of a library's code may be lost there.
    """
    interrupted = Event()

    def note(_signal: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        interrupted.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


def summary_lines(summary: AddSummary) -> list[str]:
    """Return what came of adding, in words: the counts, then what a person should look at."""
    counts = [
        (summary.new, "new"),
        (summary.updated, "updated"),
        (summary.unchanged, "unchanged"),
        (summary.merged, "merged with a paper that is here"),
        (len(summary.rejected), "rejected"),
    ]
    lines = ["Papers: " + (", ".join(f"{count} {what}" for count, what in counts if count) or "none")]
    lines += _some("rejected", list(map(str, summary.rejected)))
    lines += _some("to look at", list(map(str, summary.doubts)))
    lines += _some("merged with a paper of another title", list(summary.merged_titles))
    bare = list(summary.without_abstract)
    return lines + _some("without an abstract: kept, but there is nothing to quote", bare)


def _some(what: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    more = [f"  and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return [f"{len(lines)} {what}:", *(f"  {line}" for line in lines[:SHOWN]), *more]
