"""Draws the buttons that copy or download texts, with the texts that they take.

In: labels and texts. Out: HTML in one line, with every word escaped. A page may strip attributes that it
does not know, so what a button does is in its class; page/table.js does it.
"""

from __future__ import annotations

from collections.abc import Mapping

from ui.markup import text

__all__ = ["render_button", "render_buttons", "render_taking"]

LINE_BREAK = "&#10;"


def render_button(verb: str, format: str, label: str) -> str:
    """Return the button that does `verb` ("copy" or "download") with the text of a format."""
    return f'<button class="take {verb} {format}">{text(label)}</button>'


def render_buttons(verb: str, formats: Mapping[str, str], *, label: str = "") -> str:
    """Return the buttons of several formats, each with its name for people, and a label before them."""
    drawn = "".join(render_button(verb, format, name) for format, name in formats.items())
    return f'<span class="group">{f"<span>{text(label)}</span>" if label else ""}{drawn}</span>'


def render_taking(buttons: str, texts: Mapping[str, str]) -> str:
    """Return a row of drawn buttons, and the text of each format beside them, unseen."""
    words = "".join(
        f'<span class="words {name}">{_lines_kept(said)}</span>' for name, said in texts.items()
    )
    return f'<p class="taking">{buttons}{words}</p>'


def _lines_kept(words: str) -> str:
    """Return words with their spaces and line breaks, in one line of HTML."""
    return LINE_BREAK.join(_spaces_kept(line) for line in words.replace("\r\n", "\n").split("\n"))


def _spaces_kept(line: str) -> str:
    return " ".join(text(word) for word in line.split(" "))
