"""Answers which papers of a library are like one of them.

In: a question, or a paper and the paper index. Out: whether similar papers are asked for, and the papers
whose abstracts come nearest, each with the sentence in which it does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.linking.focus import without_mentions
from rag.linking.names import distinct

__all__ = ["asks_for_similar", "similar_papers"]

PAPERS = r"(?:papers?|works?|studies|study|research|articles?|approaches|methods?|models?|systems?)"
PLACE = r"(?: (?:here|there|in (?:this|the|my) (?:library|collection)))?"
IT = r"(?:it|this|that|(?:this|that) (?:one|paper|work|study|model|method))"
"""The paper that is meant; a name in the question is put as "it"."""
ALIKE = r"(?:(?:most |very |closely |more )?(?:similar|related|comparable|close))"
SIMILAR = re.compile(
    r"\W*(?:(?:and|please|can|could|you|show|find|list|give|get|me|us|are|is|there|do|have|we|i|need|want|tell|"
    r"which|what|other|others|any|some|more|further|the|all|also|else|name|suggest|recommend|see)\W+)*"
    rf"(?:(?:(?:{PAPERS}|anything|something|more|others?|what|which|else|is|are)\W+)?{PLACE}\W*"
    rf"(?:(?:that |which )?(?:is |are |come |look ))?(?:{ALIKE}(?: to {IT})?|like {IT})|"
    rf"{ALIKE} (?:{PAPERS}|ones?)(?: to {IT})?)"
    rf"{PLACE}(?:\W+please)?\W*",
    re.I,
)
MOST = 5
PASSAGES = 40
LONGEST = 2000
"""Characters of an abstract that are searched for."""


def asks_for_similar(question: str, named: Sequence[Paper]) -> bool:
    """Whether a question asks for papers that are like the one it names or means, and for nothing else."""
    return SIMILAR.fullmatch(without_mentions(question, named, blank="it")) is not None


def similar_papers(paper: Paper, index: PaperIndex) -> list[Paper]:
    """Return the papers that come nearest to a paper, nearest first, without it."""
    passages = index.search(f"{paper.title}. {paper.abstract[:LONGEST]}", limit=PASSAGES)
    near = distinct(passage.chunk.paper for passage in passages)
    return [other for other in near if other != paper and other.abstract][:MOST]
