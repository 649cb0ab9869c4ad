"""Finds the names of papers that are words: those that an abstract introduces before their letters, "we
propose group masked model learning (GMML)", and those that it calls its own. People ask by them.

In: a sentence. Out: the full names. Only what the sentence itself brings in counts: "masked
autoencoder (MAE)" is in most abstracts no more than a thing that is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index_store.lexical import tokens

__all__ = ["FEWEST_WORDS", "brought_in", "is_short_for", "spelled_out"]

BRACKETED = re.compile(r"\(([A-Z][\w-]*[A-Z]\w*)(?<![A-Z]s)\)")
BRINGS_IN = re.compile(
    r"\b(?:propos\w+|present(?:s|ed)?|introduc\w+|dubbed|called|termed|named|namely|coined)\b"
    r"(?:(?!\b(?:for|with|of|in|on|by|to|from|that|which|using|into|via)\b)[^.;()]){0,60}$",
    re.I,
)
CALLED = re.compile(
    r"\b(?:we|our|new|novel|propos\w+|introduc\w+|present\w*)\b[^.;:]{0,60}(?<!-)\b"
    r"(?:called|dubbed|termed|named|coined)\s+"
    r"((?:(?!and\b|or\b)[\w-]+ ){1,4}(?!and\b|or\b)[\w-]+)(?=\s?[,.;:()]|$)",
    re.I,
)
SEEN_BEFORE = 240
"""Characters before a bracket that are looked at."""
FEWEST_WORDS, MOST_WORDS = 3, 8


def spelled_out(sentence: str) -> Iterator[str]:
    """Yield the full names that a sentence introduces: with their letters in brackets behind them, or by
    saying what a thing is called."""
    yield from (match[1] for match in CALLED.finditer(sentence))
    yield from brought_in(sentence).values()


def brought_in(sentence: str) -> dict[str, str]:
    """Return the full names that a sentence introduces with their letters in brackets, by the letters."""
    found: dict[str, str] = {}
    for match in BRACKETED.finditer(sentence):
        letters = "".join(filter(str.isupper, match[1])).casefold()
        before = sentence[max(0, match.start() - SEEN_BEFORE) : match.start()]
        words = list(re.finditer(r"\S+", before))
        for first in reversed(words[-MOST_WORDS:]):
            name = before[first.start() :].strip()
            if "(" in name:
                break
            if len(name.split()) < FEWEST_WORDS or not tokens(first.group()):
                continue
            if is_short_for(letters, name) and BRINGS_IN.search(before[: first.start()]):
                found[match[1]] = name
                break
    return found


def is_short_for(letters: str, name: str) -> bool:
    """Whether letters are initials of the words of a name, in order, with that of the first word."""
    initials = [part[0].casefold() for part in re.split(r"[\s-]+", name) if part]
    rest = iter(initials)
    return initials[0] == letters[0] and all(letter in rest for letter in letters)
