"""Holds words of degree against the spans: "larger", "only", "A is better than B".

In: a sentence, the question, and spans. Out: whether the sentence takes such a word from the question
alone, or compares two things the other way round. Asked which of two is larger, a small model says of each
that it is; whether the sentence is right otherwise is for other guards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index_store.lexical import tokens
from rag.checking.opposites import Sides, other_sides, sides_of
from rag.values import Span

__all__ = ["compares_the_other_way", "echoed_degrees", "without_degrees"]

WORD = re.compile(r"[^\W\d_]+")
COMPARES = re.compile(
    r"more|most|less|least|fewer|better|best|worse|worst|"
    r"(?!(?:after|under|upper|later|earlier|latest)\b)[a-z]{2,}(?:er|est)",
    re.I,
)
"""The form of a comparison. Only words that have an opposite count, so that "transformer" does not."""
MAKES = re.compile(r"\bmak(?:e|es|ing)\b[^,.;?]*$", re.I)
"""What is to be made cheaper is a purpose: nobody is said to be."""
LIMITS = frozenset("only solely exclusively purely just alone merely single sole one nothing".split())
ASKS_LIMIT = frozenset("only solely exclusively purely alone".split())
PLAIN_DEGREES = frozenset(
    """high low larg small mani few fast quick slow long short brief strong weak cheap expens easi simpl
    hard difficult complex deep shallow wide broad narrow rich poor scarc dens spars befor earli prior
    previous after late subsequ abov below first last""".split()
)
"""Stems of words that have a comparison and are none: what is large need not be larger."""
CLAUSES = re.compile(r"[.;:!?]\s|,\s|\b(?:because|while|whereas|but|since|although)\b", re.I)


@dataclass(frozen=True, slots=True)
class Compared:
    """A clause with "than": the stems before it, the first ones after it, and the sides of its words."""

    one: frozenset[str]
    other: tuple[str, ...]
    sides: Sides


def without_degrees(text: str) -> str:
    """Return a text without its comparisons: asking for them does not tell them."""
    return WORD.sub(lambda word: "" if _is_degree(word[0]) else word[0], text)


def _is_degree(word: str) -> bool:
    """Whether a word is a comparison by its form, and has an opposite."""
    return bool(COMPARES.fullmatch(word) and _sides(word))


def echoed_degrees(sentence: str, question: str, spans: Sequence[Span]) -> list[str]:
    """Return the comparisons and limits that a sentence has with the question and not with the spans."""
    quotes = " ".join(span.quote for span in spans)
    asked, held = _degrees(question), _changes(quotes)
    echoed = [
        word
        for word in WORD.findall(sentence)
        if _is_degree(word) and _sides(word) & asked and not _sides(word) & held
    ]
    limits = ASKS_LIMIT & _words(sentence) & _words(question)
    return [*echoed, *sorted(limits)] if not LIMITS & _words(quotes) else echoed


def _degrees(text: str) -> Sides:
    words = (m for m in WORD.finditer(text) if _is_degree(m[0]) and not MAKES.search(text[: m.start()]))
    return frozenset().union(*(_sides(word[0]) for word in words))


def _changes(text: str) -> Sides:
    """Return the sides of all words of a text that say more than how something is by itself."""
    words = (word for word in WORD.findall(text) if _stem(word) not in PLAIN_DEGREES)
    return frozenset().union(*map(_sides, words))


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in WORD.findall(text))


def _stem(word: str) -> str:
    return next(iter(tokens(word)), word.casefold())


def _sides(word: str) -> Sides:
    return sides_of(_stem(word))


def compares_the_other_way(sentence: str, spans: Sequence[Span]) -> bool:
    """Whether a sentence sets one thing over another that a span sets over the first."""
    source = [compared for span in spans for compared in _comparisons(span.quote)]
    return any(_is_swapped(said, held) for said in _comparisons(sentence) for held in source)


def _is_swapped(said: Compared, held: Compared) -> bool:
    first, second = said.other[0], held.other[0]
    is_turned = (
        first in held.one and second in said.one and first not in said.one and second not in held.one
    )
    return is_turned and not other_sides(said.sides) & held.sides


def _comparisons(text: str) -> Iterator[Compared]:
    for clause in CLAUSES.split(text):
        before, than, after = clause.partition(" than ")
        other = tuple(tokens(after))[:2]
        if than and other:
            yield Compared(frozenset(tokens(before)), other, _degrees(before))
