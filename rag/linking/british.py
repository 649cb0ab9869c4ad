"""Spells a question as the library does: "customised" in one whose abstracts write "customized".

In: a text and the paper index. Out: the text with those of its words in American spelling that the library
holds in that alone. People write as they learnt it, and abstracts mostly the American way.
"""

from __future__ import annotations

import re

from index_store.lexical import tokens
from index_store.paper_index import PaperIndex

__all__ = ["as_held", "is_known"]

NO_WORD = "\0"

WORD = re.compile(r"(?<!\w)[a-z]{6,}(?!\w)")
AMERICAN = (
    (re.compile(r"(?<=..)is(?=(?:e|ed|es|ing|ers?|able|ations?)$)"), "iz"),
    (re.compile(r"(?<=..)ys(?=(?:e|ed|es|ing|ers?)$)"), "yz"),
    (re.compile(r"(?<=..)our(?=(?:s|ed|ing|al|ful|able|hoods?)?$)"), "or"),
    (re.compile(r"(?<=[aeiou][^aeiou][aeiou])ll(?=(?:ed|ing|ers?|ation)$)"), "l"),
    (re.compile(r"(?<=..)tre(?=s?$)"), "ter"),
    (re.compile(r"(?<=..)ence(?=s?$)"), "ense"),
)
"""Endings as they are written in British English and, alike for all words that have them, in American."""


def as_held(text: str, index: PaperIndex) -> str:
    """Return a text with every word in small letters spelled the American way of which the library holds
    only that."""

    def spelled(match: re.Match[str]) -> str:
        word = match.group()
        other = next((new for old, put in AMERICAN if (new := old.sub(put, word)) != word), word)
        return other if other != word and not _holds(word, index) and _holds(other, index) else word

    return WORD.sub(spelled, text)


def is_known(word: str, index: PaperIndex) -> bool:
    """Whether a stemmed word occurs in the library: then it weighs less than one that does not."""
    return index.word_weight(word) < index.word_weight(NO_WORD)


def _holds(word: str, index: PaperIndex) -> bool:
    return all(is_known(stem, index) for stem in tokens(word))
