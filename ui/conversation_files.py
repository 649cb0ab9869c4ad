"""Makes files of a conversation: the whole of it as Markdown, and the papers it cites for other tools.

In: questions with their answers. Out: texts by the names of their files. An answer stands there as it is
copied (`ui.copied`), with its formulas; nothing is loaded or run. How a page offers them is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex

from index_store.values import Paper
from index_store.writers import EXPORTS
from rag.linking.names import distinct
from rag.values import Answer
from ui.copied import plain_words, render_copied

__all__ = ["FILES", "cited_papers", "render_conversation", "write_files"]

FILES = {
    "markdown": ("paperchat-conversation.md", "Conversation (Markdown)"),
    "bibtex": ("paperchat-papers.bib", "Papers (BibTeX)"),
    "ris": ("paperchat-papers.ris", "Papers (RIS)"),
    "csl": ("paperchat-papers.json", "Papers (CSL-JSON)"),
}
"""By format: the name of its file, and what to call it."""


def cited_papers(answers: Sequence[Answer]) -> list[Paper]:
    """Return all papers that answers cite, in the order in which they were cited first."""
    return distinct(citation.paper for answer in answers for citation in answer.citations)


def render_conversation(answers: Sequence[Answer]) -> str:
    """Return a conversation as Markdown: each question with its answer, its quotes and its references."""
    return "\n".join(["# A conversation with papers\n", *map(_turn, answers)])


def _turn(answer: Answer) -> str:
    parts = [
        f"## {_line(answer.question)}",
        f"Searched for: {_line(answer.standalone_question)}"
        if answer.standalone_question != answer.question
        else "",
        render_copied(answer).rstrip(),
        f"Note: {_line(answer.note)}" if answer.note else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _line(words: str) -> str:
    return plain_words(" ".join(words.split()))


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
