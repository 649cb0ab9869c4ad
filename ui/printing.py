"""What the commands print: progress bars for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

__all__ = ["Report", "print_json", "show_progress"]


class Report(Protocol):
    """Draws how far a step has come."""

    def __call__(self, what: str, done: int, total: int, *, note: str = "") -> None:
        """Say what is being done, how much of how much is done, and a word beside the bar."""


@contextmanager
def show_progress() -> Iterator[Report]:
    """Give a function that draws a bar for each step, on stderr."""
    tasks: dict[str, TaskID] = {}
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%")
    ends = TextColumn("{task.fields[note]}"), TimeRemainingColumn()
    with Progress(*columns, *ends, console=Console(stderr=True)) as bars:

        def report(what: str, done: int, total: int, *, note: str = "") -> None:
            label = what.capitalize()
            if label not in tasks:
                tasks[label] = bars.add_task(label, total=total, note=note)
            bars.update(tasks[label], completed=done, total=total, note=note)

        yield report


def print_json(value: Any) -> None:
    """Print plain data for a program, as one line."""
    sys.stdout.write(json.dumps(value) + "\n")
