"""Compares papers in the terminal: a table for a person, an object for a program, or text to paste."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from rag.values import Answer
from ui.answer_json import answer_object
from ui.printing import print_json, show_progress
from ui.receipt_file import machine_of
from ui.settings import Settings
from ui.tables import NOT_STATED, Table, render_table, table_of
from ui.timing import timed_answers
from ui.wiring import load_model, open_assistant

__all__ = ["compare_once"]


def compare_once(
    settings: Settings,
    subjects: Sequence[str],
    aspects: Sequence[str],
    *,
    draft: bool,
    as_json: bool,
    format: str | None,
) -> None:
    """Print a comparison of papers that are named by title, short name or id.

    With `format` the table alone is printed, as text to paste; it is made without the model.

    Raises:
        QuestionError: there are too few names for a comparison, or too many for one table.
    """
    with show_progress() as report:
        assistant = open_assistant(settings, draft=True, progress=report)
        with assistant.index:
            if not draft and not format:
                assistant.model = load_model(settings, progress=report)
            states = list(timed_answers(assistant.compare(subjects, aspects, draft=draft or bool(format))))
    answer, timings = states[-1]
    if as_json:
        device = assistant.model and asdict(assistant.model.device)
        print_json(answer_object(answer, timings, device, machine=machine_of(settings, device)))
    elif format and (table := table_of(answer)):
        sys.stdout.write(render_table(table, format))
    else:
        _print_answer(answer, Console(highlight=False, emoji=False))


def _print_answer(answer: Answer, console: Console) -> None:
    prose = [statement.marked for statement in answer.prose]
    for line in [answer.refusal.text if answer.refusal else "", " ".join(prose)]:
        if line:
            console.print(Text(line), "")
    if answer.comparison and (table := table_of(answer)):
        console.print(_grid(table))
        for warning in answer.comparison.warnings:
            console.print(Text(warning, style="yellow"))
    if answer.note:
        console.print(Text(answer.note, style="yellow"))


def _grid(table: Table) -> Grid:
    grid = Grid("", box=box.SIMPLE_HEAVY, show_lines=True, expand=True, header_style="bold")
    for title in table.headers[1:]:
        grid.add_column(Text(title), ratio=1)
    for aspect, *cells in table.rows:
        drawn = [Text(cell, style="dim" if cell == NOT_STATED else "") for cell in cells]
        grid.add_row(Text(aspect, style="bold"), *drawn)
    return grid
