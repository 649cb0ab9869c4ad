"""Answers one question in the terminal: streamed for a person, or as one object for a program."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from rag.assistant import Assistant
from rag.linking.languages import ENGLISH, language_of
from rag.linking.names import titled
from rag.values import Answer, Citation
from ui.answer_json import answer_object
from ui.printing import print_json, show_progress
from ui.receipt_file import machine_of, write_receipt
from ui.settings import Settings
from ui.timing import Timings, timed_answers
from ui.wiring import load_model, open_assistant

__all__ = ["ask_once"]


def ask_once(
    settings: Settings, question: str, *, draft: bool, as_json: bool, receipt: Path | None = None
) -> None:
    """Print the answer to a question: the quotes as soon as they are found, then the prose.

    What it was made from is written to the file `receipt`, if one is named.

    Raises:
        FileError: that file cannot be written; the answer is printed all the same.
    """
    console = Console(highlight=False, emoji=False)
    with show_progress() as report:
        assistant = open_assistant(settings, draft=True, progress=report)
    _load_translator(assistant, settings, "" if draft else question)
    states: list[tuple[Answer, Timings]] = []
    written = 0
    with assistant.index:
        for answer, timings in timed_answers(assistant.stream(question, draft=draft)):
            states = [(answer, timings)]
            if answer.stage == "draft":
                if not as_json:
                    _print_draft(answer, console)
                _load_model(assistant, settings)
            elif not as_json:
                written = _print_new(answer, written)
    [(answer, timings)] = states
    device = assistant.model and asdict(assistant.model.device)
    machine = machine_of(settings, device)
    if as_json:
        print_json(answer_object(answer, timings, device, machine=machine))
    else:
        if written:
            console.print("\n")
        _print_references(answer, console)
    if receipt and answer.receipt:
        write_receipt(receipt, answer.receipt, machine)


def _load_translator(assistant: Assistant, settings: Settings, question: str) -> None:
    """Load the model ahead of a question that it has to put into English first."""
    if language_of(question) != ENGLISH:
        _load_model(assistant, settings)


def _load_model(assistant: Assistant, settings: Settings) -> None:
    if assistant.model is None:
        with show_progress() as report:
            assistant.model = load_model(settings, progress=report)


def _print_draft(answer: Answer, console: Console) -> None:
    if answer.kind == "list":
        console.print(Text("Before the papers are read closely:", style="dim"))
    for statement in answer.draft:
        console.print(Text(f"“{statement.text}” [{statement.citations[0]}]", style="dim"))
    console.print()


def _print_new(answer: Answer, written: int) -> int:
    """Write the checked sentences that are not on the screen yet; return how many are."""
    for statement in answer.prose[written:]:
        sys.stdout.write(f"{statement.marked} ")
        sys.stdout.flush()
    return len(answer.prose)


def _print_references(answer: Answer, console: Console) -> None:
    if answer.refusal:
        console.print(Text(answer.refusal.text))
    if answer.standalone_question != answer.question:
        console.print(Text(f"Searched for: {answer.standalone_question}", style="dim"))
    if answer.note:
        console.print(Text(answer.note, style="yellow"))
    for citation in answer.citations:
        console.print(_reference(citation))


def _reference(citation: Citation) -> Panel:
    quotes = "\n".join(f"“{span.quote}”" for span in citation.spans)
    title = Text(f"[{citation.number}] {titled(citation.paper)}")
    return Panel(Text(quotes), title=title, title_align="left", border_style="dim")
