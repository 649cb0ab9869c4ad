"""Escapes words for the page, and names the places in an answer that marks lead to."""

from __future__ import annotations

from rag.values import Citation, Span

__all__ = ["mark_id", "text"]

MARKUP = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>\"'\\`*_{}[]()#+-.!|~$:@/"})
"""Signs that HTML or Markdown could read as their own, written so that neither can."""


def text(words: str) -> str:
    """Return words as they are to be seen, whatever signs of HTML or Markdown they hold."""
    return " ".join(words.split()).translate(MARKUP)


def mark_id(span: Span, citation: Citation, turn: int | str) -> str:
    """Return the name of the place of a span in its abstract, under the answer of this turn."""
    return f"mark-{turn}-{citation.number}-{span.start}"
