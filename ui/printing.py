"""What the commands print: progress bars for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

__all__ = ["print_json", "show_progress"]


@contextmanager
def show_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that is called with (what, done, total) and draws a bar for each, on stderr."""
    tasks: dict[str, TaskID] = {}
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%")
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bars:

        def report(what: str, done: int, total: int) -> None:
            label = what.capitalize()
            if label not in tasks:
                tasks[label] = bars.add_task(label, total=total)
            bars.update(tasks[label], completed=done, total=total)

        yield report


def print_json(value: Any) -> None:
    """Print plain data for a program, as one line."""
    sys.stdout.write(json.dumps(value) + "\n")
