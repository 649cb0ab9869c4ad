"""Puts the value of a BibTeX field together from its pieces, and takes lists apart outside of braces.

It knows nothing of entries, and leaves LaTeX as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["join_pieces", "split_outside_braces"]

QUOTED = re.compile(r'"(.*?)(?<!\\)"\s*(?=#|\Z)', re.S)
BARE = re.compile(r"[^\s#{}\",=]+")
BRACE = re.compile(r"(?<!\\)[{}]")
"""As bibtexparser counts them, which has told where the value ends."""
BRACE_OR_COMMA = re.compile(r"(?<!\\)[{},]")
JOIN = re.compile(r"\s*(?:#\s*)?")
LONGEST_JOINED = 10_000
"""Characters. Abbreviations that are made of abbreviations can grow beyond any memory."""


def join_pieces(value: str, strings: Mapping[str, str]) -> str:
    """Return the text of a value: `{text}`, `"text"`, a number, an abbreviation, or several joined by "#".

    An abbreviation that nobody defined stands for itself.

    Raises:
        ValueError: it is none of these, or it grows without end.
    """
    pieces: list[str] = []
    length, position = 0, 0
    while position < len(value):
        piece, position = _piece(value, position, strings)
        pieces.append(piece)
        length += len(piece)
        if len(pieces) > 1 and length > LONGEST_JOINED:
            raise ValueError(f"its pieces make more than {LONGEST_JOINED:,} characters.")
        join = JOIN.match(value, position)
        if join is None or (join.end() < len(value) and "#" not in join[0]):
            raise ValueError("there is something behind its end; is a comma missing there?")
        position = join.end()
    return pieces[0] if len(pieces) == 1 else "".join(pieces)


def _piece(value: str, start: int, strings: Mapping[str, str]) -> tuple[str, int]:
    """Return the piece that begins at `start`, and where it ends."""
    if value[start] == "{":
        end = _closing_brace(value, start)
        return value[start + 1 : end - 1], end
    match = QUOTED.match(value, start) if value[start] == '"' else BARE.match(value, start)
    if match is None:
        raise ValueError("it is neither in braces nor in quotation marks.")
    if value[start] == '"':
        return match[1], match.end()
    return strings.get(match[0].casefold(), match[0]), match.end()


def _closing_brace(value: str, start: int) -> int:
    depth = 0
    for brace in BRACE.finditer(value, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.end()
    raise ValueError("a closing brace is missing.")


def split_outside_braces(text: str) -> list[str]:
    """Return the parts of a text between the commas that stand in no braces."""
    parts: list[str] = []
    depth = start = 0
    for mark in BRACE_OR_COMMA.finditer(text):
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if mark[0] == "," and depth <= 0:
            parts.append(text[start : mark.start()])
            start = mark.end()
    return [*parts, text[start:]]
