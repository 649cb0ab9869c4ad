"""Answers which papers of a library are like one of them.

In: a question, or a paper and the paper index. Out: whether similar papers are asked for, and the papers
whose abstracts come nearest, each with the sentence in which it does.
"""

from __future__ import annotations

import re

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.names import distinct

__all__ = ["asks_for_similar", "similar_papers"]

PAPERS = r"(?:papers?|works?|studies|study|research|articles?|approaches|methods?|models?|systems?)"
IN_LIBRARY = r"(?:here|there|in (?:this|the|my) library)"
SIMILAR = re.compile(
    rf"\b(?:{PAPERS}|anything|something|what(?: else)?)(?: {IN_LIBRARY})?"
    rf"(?: (?:that |which )?(?:is|are|come|look))? (?:most |very |closely )?"
    rf"(?:similar|related|comparable|close)(?:\W*$| to\b)|"
    rf"\b(?:similar|related|comparable) (?:{PAPERS}|ones?)\b(?:\W*$| to\b| {IN_LIBRARY})|"
    rf"\b(?:{PAPERS}|more|anything|something|others?)(?: {IN_LIBRARY})? like\b",
    re.I,
)
MOST = 5
PASSAGES = 40
LONGEST = 2000
"""Characters of an abstract that are searched for."""


def asks_for_similar(question: str) -> bool:
    """Whether a question asks for papers that are like another one."""
    return SIMILAR.search(question) is not None


def similar_papers(paper: Paper, index: PaperIndex) -> list[Paper]:
    """Return the papers that come nearest to a paper, nearest first, without it."""
    passages = index.search(f"{paper.title}. {paper.abstract[:LONGEST]}", limit=PASSAGES)
    near = distinct(passage.chunk.paper for passage in passages)
    return [other for other in near if other != paper and other.abstract][:MOST]
