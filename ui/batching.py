"""Runs a file of questions through the assistant: predictions to a file, or scores to the screen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table

from index_store.errors import FileError
from ui.evaluate import COLUMNS, Score, mean_words, score_prediction, summarise
from ui.predictions import Question, predict, read_questions
from ui.printing import print_json, show_progress
from ui.settings import Settings
from ui.wiring import open_assistant

__all__ = ["print_scores", "write_predictions"]


def _predictions(settings: Settings, questions: list[Question], *, draft: bool) -> Iterator[dict[str, Any]]:
    with show_progress() as report:
        assistant = open_assistant(settings, draft=draft, progress=report)
        with assistant.index:
            for done, question in enumerate(questions):
                report("Questions", done, len(questions))
                yield predict(assistant, question, draft=draft)
            report("Questions", len(questions), len(questions))


def write_predictions(settings: Settings, questions: Path, out: Path, *, draft: bool) -> None:
    """Write one prediction a line; the file takes its name when the last one is there."""
    rows = read_questions(questions)
    partial = out.with_name(f"{out.name}.partial")
    with _writable(partial) as stream:
        for prediction in _predictions(settings, rows, draft=draft):
            stream.write(json.dumps(prediction) + "\n")
            stream.flush()
    partial.replace(out)


def _writable(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise FileError(f"{path}: cannot be written ({error.strerror}).") from error


def print_scores(settings: Settings, questions: Path, *, draft: bool, as_json: bool) -> None:
    """Answer the questions, and print a table of scores by type, lengths and times.

    Raises:
        FileError: a question has no right answer to be scored against.
    """
    rows = read_questions(questions)
    for question in rows:
        if missing := {"type", "gold_papers", "must"} - set(question.row):
            raise FileError(f"{questions.name}, {question.id}: {', '.join(sorted(missing))} missing.")
        _check_patterns(questions, question)
    predictions = list(_predictions(settings, rows, draft=draft))
    scores = [score_prediction(q.row, p) for q, p in zip(rows, predictions, strict=True)]
    types = dict.fromkeys(score.type for score in scores)
    table = {type: summarise([s for s in scores if s.type == type]) for type in types}
    table["all"] = summarise(scores)
    if as_json:
        print_json(table)
        return
    _print_table(table, scores)
    prose, quotes = mean_words(predictions)
    seconds = median(p["seconds"] for p in predictions)
    first = median(p["first_citation_seconds"] for p in predictions)
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Words in an answer, mean: {prose:.0f} of prose, {quotes:.0f} of quotes and titles.")
    console.print(f"Seconds, median: {first:.2f} to the first citation, {seconds:.2f} in all.")


def _check_patterns(path: Path, question: Question) -> None:
    """Fail before the first question is answered when a pattern of any cannot be used."""
    groups = [*question.row["must"], question.row.get("must_not", [])]
    try:
        for pattern in (pattern for group in groups for pattern in group):
            re.compile(pattern)
    except (re.error, TypeError) as error:
        raise FileError(f"{path.name}, {question.id}: a pattern cannot be used ({error}).") from error


def _print_table(table: dict[str, dict[str, float | None]], scores: list[Score]) -> None:
    grid = Table("percent", "n", *COLUMNS.values(), box=None, header_style="dim")
    for type, summary in table.items():
        count = len(scores) if type == "all" else sum(score.type == type for score in scores)
        cells = ["-" if summary[name] is None else f"{summary[name]:.1f}" for name in COLUMNS]
        grid.add_row(type, str(count), *cells)
    Console(highlight=False, width=120).print(grid)
