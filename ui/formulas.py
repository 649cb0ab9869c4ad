r"""Draws words that may hold formulas ($x^2$) and code (`pip`): MathML and <code>, all else escaped.

In: words of a paper, a model or a person, none of them trusted. Out: HTML in one line. What a formula is
made of is read by latex2mathml, whose output is not safe as it stands (\text lets tags through, \href
scripts): only elements and attributes named here are written, and every letter is escaped. Whatever is no
whole formula stays as its text: two prices in dollars, an unknown command, a missing brace. The source of
each formula stands beside it, unseen, so that what is copied is what was written.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ui.markup import escaped

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["rich_text"]

WIDE = 60
"""Characters of a formula that may be too wide for a narrow page: browsers break no formula into lines."""
DEEPEST = 60
"""Levels of elements inside each other."""
PIECE = re.compile(
    r"""(?<![\\$]) \$\$ (?P<display> (?:[^$\\`]|\\.){1,400} ) \$\$ (?!\$)
      | (?<![\\$]) (?: (?<![^\W\d]) | (?=\$[_^\\]) )
        \$ (?!\d[^$]{0,400}\$\d) (?P<inline> (?![\s$]) (?:[^$\\`]|\\.){1,400} ) (?<!\s) \$ (?!\$)
      | \\\( (?P<round> (?:[^$\\`]|\\[^()]){1,400} ) \\\)
      | (?<!`) ` (?P<code> (?!\s) [^`]{1,200} (?<!\s) ) ` (?!`)""",
    re.X,
)
"""A formula of more than 400 characters is shown as its source. A letter before a dollar makes it a
currency (US$), unless an index follows (CO$_2$); a digit behind each of two dollars makes them prices."""
BEGINS = re.compile(r"[$`]|\\\(")
WORDS_INSIDE = re.compile(r"\\(?:text|mathrm|textrm|textit|textbf|mbox|operatorname)\*?\{[^{}]*\}")
PROSE = re.compile(r"\s[^\W\d_]{2,}\s")
"""A word between two dollars: they are prices."""
ENTITY = re.compile(r"&#x([0-9A-Fa-f]{2,6});")
"""How latex2mathml writes a sign."""
FUNCTION = re.compile(r"[a-z]{2,6}")
"""A name as log or min, which stands a little apart from its neighbours."""
CHILDREN = {
    **dict.fromkeys(("mi", "mn", "mo", "mtext", "mspace"), 0),
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
    **dict.fromkeys(("math", "mrow", "mstyle", "mpadded", "msqrt", "mtable", "mtr", "mtd"), None),
}
"""The elements that may be written, and how many children each has (None: any number)."""
ATTRIBUTES = {
    "mathvariant": r"normal|bold|italic|bold-italic|sans-serif|monospace",
    "stretchy": r"true|false",
    "fence": r"true|false",
    "form": r"prefix|postfix",
    "accent": r"true",
    "movablelimits": r"true|false",
    "displaystyle": r"true|false",
    "linethickness": r"0",
    "columnalign": r"(?:left|right|center)(?: (?:left|right|center)){0,9}",
    "width": r"[01](?:\.\d+)?em|2em",
}
"""The attributes that may be written, and their values: none makes a formula much wider or higher than its
signs, covers anything, or leads anywhere. Others are left out."""


def rich_text(words: str) -> str:
    """Return words as they are to be seen, with their formulas and code drawn."""
    line = " ".join(words.split())
    if not BEGINS.search(line):  # so it is with most abstracts, and a growing answer is drawn over and over
        return escaped(line)
    parts, done = [], 0
    for found in PIECE.finditer(line):
        parts += [escaped(line[done : found.start()]), _piece(found)]
        done = found.end()
    return "".join([*parts, escaped(line[done:])])


def _piece(found: re.Match[str]) -> str:
    tick = '<span class="source">&#96;</span>'
    if found["code"]:
        return f"<code>{tick}{escaped(found['code'])}{tick}</code>"
    source = escaped(found[0])
    drawn = _formula(found["display"] or found["inline"] or found["round"])
    kind = "formula wide" if len(found[0]) > WIDE else "formula"
    return f'<span class="{kind}"><span class="source">{source}</span>{drawn}</span>' if drawn else source


@lru_cache(maxsize=1024)
def _formula(latex: str) -> str:
    """Return a formula as MathML, or nothing where it cannot be drawn whole."""
    from latex2mathml.converter import convert_to_element

    if not _is_whole(latex):
        return ""
    try:
        drawn = _element(convert_to_element(re.sub(r"(?<!\\)%", r"\\%", latex)), DEEPEST)
    except Exception:  # the parser raises whatever it trips over; the source is shown in its place
        return ""
    return drawn


def _is_whole(latex: str) -> bool:
    """Whether this is a formula whose braces close, rather than prose between two prices."""
    if PROSE.search(WORDS_INSIDE.sub("", latex)):
        return False
    depth = 0
    for sign in re.sub(r"\\.", "", latex):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _element(element: Element, deepest: int) -> str:
    """Return an element of MathML as HTML.

    Raises:
        ValueError: it is not one that may be written, or something in it is missing or not understood.
    """
    tag, words = element.tag, ENTITY.sub(lambda sign: chr(int(sign[1], 16)), element.text or "")
    if tag not in CHILDREN or not deepest:
        raise ValueError(f"{tag} is not drawn.")
    if CHILDREN[tag] not in (None, len(element)):
        raise ValueError(f"{tag} lacks a part.")
    if words.startswith("\\") and tag != "mtext":
        raise ValueError(f"{words} is not known.")
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if name in ATTRIBUTES and tag != "mpadded" and re.fullmatch(ATTRIBUTES[name], value)
    )
    if FUNCTION.fullmatch(words) and tag == "mi" and not element.attrib:
        return f'<mo lspace="0.1em" rspace="0.1em">{words}</mo>'
    inside = "".join(_element(child, deepest - 1) for child in element)
    return f"<{tag}{attributes}>{escaped(words)}{inside}</{tag}>"
