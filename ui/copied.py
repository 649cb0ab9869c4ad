"""What is copied from an answer: all of it as Markdown, and its papers as reference managers take them.

In: an answer. Out: texts. The words are those of the answer and the abstracts as they were written, also
formulas; only what Markdown would load or run elsewhere is made plain.
"""

from __future__ import annotations

import re
from dataclasses import replace

from index_store.writers import EXPORTS
from rag.values import Answer, Citation
from ui.tables import render_table, table_of

__all__ = ["CITED_FORMATS", "plain_words", "render_cited", "render_copied"]

CITED_FORMATS = {"bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON"}
"""What the papers of an answer can be copied as, and what people call it."""
ACTIVE = re.compile(r"(?<!\\)(\\*+)(<(?=[A-Za-z/!?])|!(?=\[)|(?<=\])[(\[])")
"""Where an HTML tag, an image or the target of a link begins, and the backslashes before it: one more
than an odd number of them would set it free."""


def render_copied(answer: Answer) -> str:
    """Return an answer as Markdown: what it says with [n], its table, its references with their quotes."""
    said = [statement.marked for statement in answer.prose]
    table = table_of(answer)
    parts = [
        plain_words(answer.refusal.text) if answer.refusal else "",
        plain_words(" ".join(said)),
        render_table(table, "markdown").rstrip() if table else "",
        _references(answer),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def render_cited(answer: Answer, format: str) -> str:
    """Return the papers that an answer cites in one of `CITED_FORMATS`, without their abstracts."""
    return EXPORTS[format]([replace(citation.paper, abstract="") for citation in answer.citations])


def _references(answer: Answer) -> str:
    lines = EXPORTS["markdown"]([citation.paper for citation in answer.citations]).splitlines()
    quotes = [_quotes(citation) for citation in answer.citations]
    return "\n".join(f"{line}{quoted}" for line, quoted in zip(lines, quotes, strict=True))


def _quotes(citation: Citation) -> str:
    """Return the quotes of a reference, each on a line that belongs to its item of the list."""
    return "".join(f"\n   > {plain_words(' '.join(span.quote.split()))}\n" for span in citation.spans)


def plain_words(words: str) -> str:
    """Return words as they were written; what Markdown would load or run shows as it stands."""
    return ACTIVE.sub(lambda sign: f"{sign[1] * 2}\\{sign[2]}", words)
