"""Finds the title and the abstract among the lines of the first pages of a paper.

In: a page of pypdf, or its lines. Out: texts as they would be written on one line, and what is doubtful
about them. It knows nothing of files or papers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import hypot
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PageObject

__all__ = ["Found", "Line", "find_abstract", "find_title", "lines_of", "squash"]

FEWEST_LETTERS = 8
"""In a title; less in large type is an ornament or a number."""
LONGEST_TITLE = 300
TOP = 0.4
"""The part of a page's height above which a title stands."""
SAME_SIZE = 0.6
"""Points."""
LIGATURES = re.compile("[\ufb00-\ufb06]")
HYPHEN = re.compile(r"([^\W\d_][\w-]*)([-\u2010\u00ad])$")
LONGEST_WORD = 60
KEPT = frozenset("self zero few cross well large real".split())
"""Before a word of its own these keep their hyphen, before an ending ("fewer") they had none."""
LONGEST_ENDING = 4
MARKS = re.compile(r"[\s*∗†‡§¶⋆★]+$")
"""What leads from a title to a footnote."""


def _spaced(words: str) -> str:
    """Return a pattern for a heading that begins with a capital, however it is spaced."""
    letters = [rf"\s?[{letter}{letter.upper()}]" for letter in words[1:] if letter != " "]
    return words[0].upper() + "".join(letters)


NUMBER = r"(?:(?:\d{1,2}|[IVX]{1,4})\s*[.:)]?\s*)?"
STARTS = (
    re.compile(rf"{NUMBER}{_spaced('abstract')}(?:\s*[.:—–*-]+\s*|$)(.*)"),
    re.compile(rf"{_spaced('abstract')}\s+([A-Z\d“\"'(].*)"),
)
"""The heading by itself or with a mark behind it; else in bold type before the first sentence."""
NAMES = "keywords", "index terms", "ccs concepts", "key words and phrases"
ENDS = (
    rf"{NUMBER}{_spaced('introduction')}(?:$|(?!\s*:)\W.{{0,40}}$)",
    rf"(?:{'|'.join(map(_spaced, NAMES))})\b",
    r"(?:Additional Key ?[Ww]ords|Author [Kk]eywords|ACM Reference Format|Categories and Subject)",
    r"(?:General Terms|(?:2\d{3} )?Mathematics Subject|MSC|PACS|JEL)\b",
    r"(?:©|Copyright\b|Permission to make digital|Preprint\. |Correspondence to:)",
    r"\W?\s?(?:Equal contribution|Corresponding author)",
    r"(?:1|I)\.?(?:\s+[A-Z]\S*(?:\s+\S+){0,5})?$",
)
END = re.compile("|".join(f"(?:{end})" for end in ENDS))
INTRODUCTION = re.compile(ENDS[0])
KEYWORDS = re.compile(r"\s(?:Key\s?[Ww]ords|KEYWORDS|Index Terms)\s*[:—–-]")
FEWEST_WORDS = 6
"""In a line of running text; less is a name, an address or a heading."""
SHORTEST_UNNAMED = 200
"""Characters of a text before the introduction that may be an abstract without a heading."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: its text, the size of its largest type in points, and where it stands.

    `height` is 0 at the bottom of the page and 1 on top; a stamp in the margin is not upright.
    """

    text: str
    size: float
    height: float
    upright: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An abstract, and what speaks against it."""

    text: str
    doubt: str = ""


def squash(text: str) -> str:
    """Return the letters and digits of a text in lower case, to compare what was spaced in other ways."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def lines_of(page: PageObject) -> list[Line]:
    """Return the lines of a page in the order in which they were set."""
    top, bottom = float(page.mediabox.top), float(page.mediabox.bottom)
    runs: list[tuple[str, float, float, bool]] = []

    def visit(text: str, outer: list[float], matrix: list[float], _font: Any, size: float) -> None:
        height = matrix[4] * outer[1] + matrix[5] * outer[3] + outer[5]
        along = matrix[0] * outer[0] + matrix[1] * outer[2], matrix[0] * outer[1] + matrix[1] * outer[3]
        scale = hypot(matrix[2], matrix[3]) * hypot(outer[2], outer[3])
        upright = abs(along[1]) < abs(along[0]) / 10
        runs.append((text, size * scale, (height - bottom) / ((top - bottom) or 1), upright))

    page.extract_text(visitor_text=visit)
    pieces = [(piece, *run[1:]) for run in runs for piece in re.findall(r"\n|[^\n]+", run[0])]
    lines: list[Line] = []
    for ended, group in groupby(pieces, key=lambda piece: piece[0] == "\n"):
        if not ended:
            lines += _line([*group])
    return lines


def _line(pieces: Sequence[tuple[str, float, float, bool]]) -> list[Line]:
    text = "".join(piece[0] for piece in pieces)
    text = LIGATURES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    if not text.strip():
        return []
    large = max((piece for piece in pieces if piece[0].strip()), key=lambda piece: piece[1])
    return [Line(" ".join(text.split()), large[1], large[2], large[3])]


def find_title(page: list[Line]) -> str:
    """Return what is set in the largest type in the upper part of a page; "" if nothing is."""
    best, best_size = "", 0.0
    block: list[Line] = []
    for line in [*page, Line("", 0, 0, upright=True)]:
        if block and abs(line.size - block[0].size) <= SAME_SIZE and line.upright:
            block.append(line)
            continue
        text = _title_of(block)
        if text and block[0].size > best_size + SAME_SIZE:
            best, best_size = text, block[0].size
        block = [line] if line.upright and line.height > TOP else []
    return best


def _title_of(block: list[Line]) -> str:
    text = MARKS.sub("", join_lines([line.text for line in block]))
    return text if len(squash(text)) >= FEWEST_LETTERS and len(text) <= LONGEST_TITLE else ""


def find_abstract(lines: list[Line], title: str, longest: int) -> Found:
    """Return the text from the heading "Abstract" to the next; without a next one, `longest` characters."""
    names = squash(title)
    upright = [(line.text, squash(line.text)) for line in lines if line.upright]
    texts = [text for text, letters in upright if len(letters) <= FEWEST_LETTERS or letters not in names]
    for pattern in STARTS:
        for at, text in enumerate(texts):
            if start := pattern.match(text):
                return _from_heading([start[1], *texts[at + 1 :]], longest)
    end = next((at for at, text in enumerate(texts) if INTRODUCTION.match(text)), 0)
    begin = max(end - 1, 0)  # its last line may be short
    while begin and len(texts[begin - 1].split()) >= FEWEST_WORDS:
        begin -= 1
    text = join_lines(texts[begin:end], texts)
    if len(text) >= SHORTEST_UNNAMED:
        doubt = 'no heading "Abstract" was found; the text before the introduction is it'
        return Found(text, doubt)
    return Found("", "no abstract was found on its first pages")


def _from_heading(texts: list[str], longest: int) -> Found:
    end = next((at for at, text in enumerate(texts) if at and END.match(text)), None)
    if end is None:
        text = join_lines(texts)
        cut = text[: longest + 1]
        if len(cut) > longest:
            cut = cut[: cut.rfind(". ") + 1] or cut
        return Found(cut, "it was not seen where its abstract ends")
    text = join_lines(texts[:end], texts)
    keywords = KEYWORDS.search(text)
    return Found(text[: keywords.start()] if keywords else text)


def join_lines(lines: Sequence[str], among: Sequence[str] = ()) -> str:
    """Return lines as one. A word that a line end parts is joined, with a hyphen if it has one `among`."""
    known = " ".join(among)
    pieces: list[str] = []
    for line in lines:
        parted = HYPHEN.search(pieces[-1][-LONGEST_WORD:]) if pieces else None
        if parted and (rest := re.match(r"\w+", line)) and line[:1].islower():
            if not _keeps_hyphen(parted, rest[0], known):
                pieces[-1] = pieces[-1][:-1]
            pieces[-1] += line
        else:
            pieces.append(line)
    return " ".join(pieces)


def _keeps_hyphen(parted: re.Match[str], rest: str, known: str) -> bool:
    if parted[2] == "\u00ad":  # a soft hyphen is there for the line end only
        return False
    compound = parted[1].casefold() in KEPT and len(rest) > LONGEST_ENDING
    return compound or "-" in parted[1] or f"{parted[1]}-{rest}" in known
