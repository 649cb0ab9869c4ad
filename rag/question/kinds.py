"""Tells what kind of work a paper is, and which kind a question asks for: surveys, datasets, or methods.

In: a question, or a paper. Out: a kind. It goes by the title, and by what the abstract says that it brings;
a paper that says neither of a survey nor of a dataset is a method.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from index_store.lexical import tokens
from index_store.values import Paper
from rag.linking.subjects import SAYS_NOTHING
from rag.question.several import read_several

__all__ = ["Kind", "asked_kind", "asks_for_kind_alone", "asks_for_new_data", "papers_of_kind"]

Kind = Literal["survey", "dataset", "method"]
NOUNS: dict[Kind, frozenset[str]] = {
    "survey": frozenset("surveys reviews overviews tutorials survey review".split()),
    "dataset": frozenset("datasets benchmarks corpora dataset benchmark".split()),
    "method": frozenset("methods models approaches architectures techniques algorithms frameworks".split()),
}
"""What a question calls the papers of each kind, the singular as in "survey papers"."""
SURVEYS = re.compile(
    r"\b(?:this|our|present) (?:survey|review|overview|tutorial)\b|\bwe (?:survey|review)\b|"
    r"\b(?:paper|article|work) (?:surveys|reviews)\b",
    re.I,
)
SURVEY_TITLE = re.compile(r"\b(?:survey|review|overview|tutorial)\b", re.I)
DATA_TITLE = re.compile(
    r"(?<!on )(?<!from )(?<!with )\b(?:data ?set|benchmark|corpus|test suite)s?\b"
    r"(?! (?:distill|condens|prun))",
    re.I,
)
BRINGS_DATA = re.compile(
    r"\b(?:introduc|present|propos|construct|collect|curat|build|built|releas|creat|establish|contribut|"
    r"provid)\w*\s(?:(?!(?:on|for|from|with|using)\b)[\w-]+,?\s){0,7}?(?:data ?set|benchmark|corpus)\b|"
    r"\b(?:new|novel) (?:[\w-]+ ){0,3}(?:data ?set|benchmark|corpus)\b",
    re.I,
)
ASKS_NEW_DATA = re.compile(
    r"\b(?:introduc|present|propos|construct|collect|curat|build|releas|creat|contribut|provid|come)\w* "
    r"(?:up )?(?:with )?(?:(?:an?|the|their|own|new|novel|large|[\w-]+) ){0,4}?"
    r"(?:data ?sets?|benchmarks?|corpus|corpora)\b",
    re.I,
)


def asked_kind(question: str) -> Kind | None:
    """Return the kind of papers that a question asks for, None when any will do."""
    asked = read_several(question)
    if asked is None:
        return None
    are = re.match(r"\W*(?:(?:that|which) )?are (\w+)", asked.rest)
    called = {asked.noun, *asked.adjectives.casefold().split()[-1:], *(are.groups() if are else ())}
    return next((kind for kind, nouns in NOUNS.items() if nouns & called), None)


def asks_for_kind_alone(question: str) -> bool:
    """Whether a question asks for surveys or datasets and for nothing about them."""
    asked, kind = read_several(question), asked_kind(question)
    if asked is None or kind is None or kind == "method":
        return False
    said = set(asked.wanted.casefold().split()) - NOUNS[kind] - {"library", "exist", "available"}
    return not set(tokens(" ".join(said))) - SAYS_NOTHING


def asks_for_new_data(question: str) -> bool:
    """Whether a question asks for papers that bring a dataset or a benchmark."""
    return ASKS_NEW_DATA.search(question) is not None


def papers_of_kind(kind: Kind, papers: Sequence[Paper]) -> list[Paper]:
    """Return the papers of a kind. One that brings a dataset beside its method is of both."""
    return [paper for paper in papers if kind in _kinds(paper)]


@lru_cache(maxsize=512)
def _kinds(paper: Paper) -> frozenset[Kind]:
    if SURVEY_TITLE.search(paper.title) or SURVEYS.search(paper.abstract):
        return frozenset({"survey"})
    if DATA_TITLE.search(paper.title):
        return frozenset({"dataset"})
    return frozenset({"method", "dataset"}) if BRINGS_DATA.search(paper.abstract) else frozenset({"method"})
