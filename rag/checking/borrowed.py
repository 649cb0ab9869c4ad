"""Tells which words of a question a sentence may repeat without support.

In: a sentence of the model, the question, and the papers that the sentence cites. Out: the words that it
took from the question and that none of those papers holds. A small model likes to agree with what it is
asked: "how does A use B?" becomes "A uses B to ...", whether or not the paper knows of B. What a question
may bring into an answer is the language of asking and reporting; its terms must be the paper's own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import pairwise

from index_store.lexical import tokens
from index_store.values import Paper
from rag.checking.guards import NEGATION
from rag.linking.plain_words import plain_stems

__all__ = ["borrowed_terms", "holds_terms", "pairs_of", "share_held", "unmentioned_terms"]

WORD = re.compile(r"[^\W_]+")
LEAST_SHARED = 5
"""Letters in which one word must begin like another to be a part of it: spatio, spatiotemporal."""


def borrowed_terms(sentence: str, question: str, papers: Iterable[Paper]) -> list[str]:
    """Return the stems of a sentence that stand in the question and in none of the papers' texts."""
    held = frozenset[str]().union(*map(_stems, papers))
    asked = set(tokens(question)) - plain_stems()
    return [
        stem
        for stem in dict.fromkeys(tokens(NEGATION.sub(" ", sentence)))
        if stem in asked and len(stem) > 1 and not stem[0].isdigit() and not _is_held(stem, held)
    ]


def holds_terms(words: str, paper: Paper) -> bool:
    """Whether a paper holds one of the terms in some words of a question, or they have none."""
    terms = {term for term in _in_either_form(words) if not term[0].isdigit()} - plain_stems()
    return not terms or any(_is_held(term, _stems(paper)) for term in terms)


def share_held(stems: Collection[str], paper: Paper) -> float:
    """Return the share of some stems that a paper holds, as they are or as a part of a longer word."""
    return sum(_is_held(stem, _stems(paper)) for stem in stems) / (len(stems) or 1)


def unmentioned_terms(question: str, paper: Paper, others: Iterable[Paper]) -> list[str]:
    """Return the terms of two words in a question that others know and a paper does not hold."""
    rest = (pairs_of(other) for other in others if other.id != paper.id)
    known = frozenset[tuple[str, str]]().union(*rest)
    held, words = _stems(paper), WORD.findall(question)
    return [
        f"{one} {two}"
        for one, two in pairwise(words)
        if (pair := tuple(tokens(f"{one} {two}"))) in known
        and not plain_stems() & set(pair)
        and not all(_is_held(stem, held) for stem in pair)
        and not {*tokens(f"{one}{two}")} & held
    ]


def _is_held(stem: str, held: frozenset[str]) -> bool:
    return stem in held or any(
        min(len(stem), len(other)) >= LEAST_SHARED and (stem.startswith(other) or other.startswith(stem))
        for other in held
    )


@lru_cache(maxsize=512)
def pairs_of(paper: Paper) -> frozenset[tuple[str, str]]:
    """Return the stems that stand side by side in a paper, stop words left out."""
    return frozenset(pairwise(tokens(f"{paper.title} {paper.abstract}")))


@lru_cache(maxsize=256)
def _stems(paper: Paper) -> frozenset[str]:
    return frozenset(_in_either_form(f"{paper.title} {paper.abstract}"))


def _in_either_form(text: str) -> set[str]:
    """Return the stems of a text, those of a word with a hyphen also as one: fine-tuning, finetuning."""
    return {*tokens(text), *tokens(re.sub(r"(?<=\w)-(?=\w)", "", text))}
