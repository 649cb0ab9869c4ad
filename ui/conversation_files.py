"""Makes files of a conversation: the whole of it as Markdown, and the papers it cites for other tools.

In: questions with their answers. Out: texts by the names of their files. Every word is shown as it stands:
none becomes markup, HTML or a link. How a page offers them is not known here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex

from index_store.values import Paper
from index_store.writers import EXPORTS
from rag.names import distinct
from rag.values import Answer
from ui.tables import render_table, table_of

__all__ = ["FILES", "cited_papers", "render_conversation", "write_files"]

FILES = {
    "markdown": ("paperchat-conversation.md", "Conversation (Markdown)"),
    "bibtex": ("paperchat-papers.bib", "Papers (BibTeX)"),
    "ris": ("paperchat-papers.ris", "Papers (RIS)"),
    "csl": ("paperchat-papers.json", "Papers (CSL-JSON)"),
}
"""By format: the name of its file, and what to call it."""
SIGNS = re.compile(r"[\\`*_{}\[\]|~$^#@]|(?<=:)//|(?<=www)\.")


def cited_papers(answers: Sequence[Answer]) -> list[Paper]:
    """Return all papers that answers cite, in the order in which they were cited first."""
    return distinct(citation.paper for answer in answers for citation in answer.citations)


def render_conversation(answers: Sequence[Answer]) -> str:
    """Return a conversation as Markdown: each question with its answer, its quotes and its references."""
    return "\n".join(["# A conversation with papers\n", *map(_turn, answers)])


def _turn(answer: Answer) -> str:
    table = table_of(answer)
    parts = [
        f"## {_plain(answer.question)}\n",
        f"Searched for: {_plain(answer.standalone_question)}\n"
        if answer.standalone_question != answer.question
        else "",
        *(f"{_plain(line)}\n" for line in (answer.refusal.text.splitlines() if answer.refusal else ())),
        _prose(answer),
        f"*{_plain(answer.note)}*\n" if answer.note else "",
        render_table(table, "markdown") if table else "",
        _references(answer),
    ]
    return "\n".join(part for part in parts if part)


def _prose(answer: Answer) -> str:
    """Return the sentences with their numbers; an answer in quotes has them under its references."""
    said = [
        " ".join([_plain(statement.text), *(f"[{number}]" for number in statement.citations)])
        for statement in answer.statements
        if statement.support != "quoted"
    ]
    return f"{' '.join(said)}\n" if said else ""


def _references(answer: Answer) -> str:
    """Return the cited papers with the words that the answer rests on."""
    lines = []
    for citation in answer.citations:
        reference = EXPORTS["markdown"]([citation.paper]).removeprefix("1. ").strip()
        lines += [
            f"- [{citation.number}] {reference}",
            *(f"  > {_plain(s.quote)}\n" for s in citation.spans),
        ]
    return "\n".join([*lines, ""]) if lines else ""


def _plain(words: str) -> str:
    """Return words so that Markdown shows them as they stand in the middle of a line."""
    return html.escape(SIGNS.sub(lambda sign: f"\\{sign[0]}", " ".join(words.split())), quote=False)


def write_files(answers: Sequence[Answer], folder: Path) -> dict[str, Path]:
    """Write every file of a conversation into a new folder under `folder`; return them by format.

    The folder has a name that nobody guesses, for what is written can be fetched by whoever knows it.

    Raises:
        OSError: it cannot be written.
    """
    papers = cited_papers(answers)
    place = folder / token_hex(16)
    place.mkdir(parents=True, mode=0o700)
    written = {}
    for format, (name, _) in FILES.items():
        text = render_conversation(answers) if format == "markdown" else EXPORTS[format](papers)
        written[format] = place / name
        written[format].write_bytes(text.encode())
    return written
