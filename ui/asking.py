"""Answers one question in the terminal: streamed for a person, or as one object for a program."""

from __future__ import annotations

import sys
from dataclasses import asdict

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from rag.values import Answer, Citation
from ui.answer_json import answer_object
from ui.batch import timed_answers
from ui.printing import print_json
from ui.settings import Settings
from ui.wiring import load_model, open_library

__all__ = ["ask_once"]


def ask_once(settings: Settings, question: str, *, draft: bool, as_json: bool) -> None:
    """Print the answer to a question: the quotes as soon as they are found, then the prose."""
    from rag.assistant import Assistant

    console = Console(highlight=False)
    with open_library(settings) as index:
        quotes = Assistant(index).ask(question)
        wants_prose = not draft and quotes.refusal is None and quotes.kind != "list"
        if wants_prose and not as_json:
            _print_draft(quotes, console)
        model = load_model(settings) if wants_prose else None
        written = 0
        stream = Assistant(index, model).stream(question, draft=draft)
        final = None
        for final in timed_answers(stream):
            if not as_json:
                written = _print_new(final[0], written)
    assert final is not None
    answer, timings = final
    if as_json:
        print_json(answer_object(answer, timings, asdict(model.device) if model else None))
        return
    console.print("\n" if written else "", end="\n" if written else "")
    _print_references(answer, console)


def _print_draft(answer: Answer, console: Console) -> None:
    for statement in answer.draft:
        console.print(Text(f"“{statement.text}” [{statement.citations[0]}]", style="dim"))
    console.print()


def _print_new(answer: Answer, written: int) -> int:
    """Write the checked sentences that are not on the screen yet; return how many are."""
    for statement in answer.statements[written:]:
        if statement.support == "quoted":
            continue
        marks = "".join(f"[{number}]" for number in statement.citations)
        sys.stdout.write(f"{statement.text} {marks} ")
        sys.stdout.flush()
    return len(answer.statements)


def _print_references(answer: Answer, console: Console) -> None:
    if answer.refusal:
        console.print(Text(answer.refusal.text))
    if answer.note:
        console.print(Text(answer.note, style="yellow"))
    for citation in answer.citations:
        console.print(_reference(citation))


def _reference(citation: Citation) -> Panel:
    quotes = "\n".join(f"“{span.quote}”" for span in citation.spans)
    title = Text(f"[{citation.number}] {citation.paper.title}")
    return Panel(Text(quotes), title=title, title_align="left", border_style="dim")
