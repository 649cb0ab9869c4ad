"""Escapes words for the page, and draws the marks in an answer with the places that they lead to."""

from __future__ import annotations

from rag.linking.names import short_name
from rag.values import Citation, Span

__all__ = ["escaped", "mark_id", "reference_id", "render_mark", "text"]

MARKUP = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>\"'\\`*_{}[]()#+-.!|~$:@/"})
"""Signs that HTML or Markdown could read as their own, written so that neither can."""
LONGEST_NAME = 80
"""Characters of a paper's name that a screen reader says at every mark."""


def text(words: str) -> str:
    """Return words as they are to be seen, whatever signs of HTML or Markdown they hold."""
    return escaped(" ".join(words.split()))


def escaped(words: str) -> str:
    """Return words as `text` does, with their white space as it is: they must be of one line."""
    return words.translate(MARKUP)


def render_mark(citation: Citation, place: str) -> str:
    """Return the mark of a citation, which leads to a place on the page; its name is not seen, but said."""
    name = text(short_name(citation.paper)[:LONGEST_NAME])
    return (
        f'<a class="cite" href="#{place}"><span class="unseen">citation </span>{citation.number}'
        f'<span class="unseen">, {name}</span></a>'
    )


def reference_id(citation: Citation, turn: int | str) -> str:
    """Return the name of the place of a reference under the answer of this turn."""
    return f"ref-{turn}-{citation.number}"


def mark_id(span: Span, citation: Citation, turn: int | str) -> str:
    """Return the name of the place of a span in its abstract, under the answer of this turn."""
    return f"mark-{turn}-{citation.number}-{span.start}"
