"""Reads what abbreviations stand for: a field's own are no names of the one paper that writes them out.

In: papers, whose abstracts say "self-supervised learning (SSL)". Out: the words behind the letters, and
whether a paper speaks of them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index_store.values import Paper
from rag.linking.names import KEPT, MUCH, key
from rag.linking.spelled_out import is_short_for

__all__ = ["speaks_of", "written_out"]

IN_BRACKETS = re.compile(r"((?:[\w-]{1,40}\s){1,8})\(([A-Z][A-Za-z]{0,6}[A-Z])s?\)")


@lru_cache(maxsize=KEPT)
def written_out(paper: Paper) -> dict[str, str]:
    """Return the words that a paper's abbreviations stand for, by the key of the letters."""
    found = IN_BRACKETS.findall(_text(paper))
    return {key(letters): full for before, letters in found if (full := _words_behind(letters, before))}


def speaks_of(paper: Paper, words: str) -> bool:
    """Whether a paper has words as `written_out` gives them, in the singular or the plural."""
    return f" {words}" in _plain_text(paper)


def _words_behind(letters: str, before: str) -> str:
    """Return the shortest end of a text whose words begin with the capitals of an abbreviation, or at least
    have its letters in order, without its plural; "" if there is none."""
    words = _plain(before).split()
    ends = [" ".join(words[first:]) for first in reversed(range(len(words)))]
    capitals = "".join(filter(str.isupper, letters)).casefold()
    in_order = "".join(f"[^{letter}]*{letter}" for letter in letters.casefold())
    spread = re.compile(in_order.partition("*")[2])
    by_initials = (end for end in ends if is_short_for(capitals, end))
    by_letters = (end for end in ends if spread.match(end))
    return next(by_initials, next(by_letters, "")).removesuffix("s")


@lru_cache(maxsize=KEPT)
def _plain_text(paper: Paper) -> str:
    return f" {_plain(_text(paper))}"


def _text(paper: Paper) -> str:
    return f"{paper.title}. {paper.abstract[:MUCH]}"


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
