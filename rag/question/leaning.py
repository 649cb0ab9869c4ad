"""Tells whether a question leans on the turn before it, or asks the library something new.

In: a question, and the papers of the turn before. Out: yes or no. Words that refer decide where there are
any; a question without them leans when the papers of that turn hold what it asks about, or come near. What
it means then, `rag.question.turns` says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index_store.lexical import tokens
from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.absence import absent_names
from rag.linking.names import capital_names, distinct
from rag.linking.subjects import SAYS_NOTHING
from rag.question.rephrasing import EXPLETIVE
from rag.question.several import read_several
from rag.scoring import parts_of

__all__ = ["asks_anew", "leans", "refers", "searches_anew", "unknown_names"]

CERTAIN = (
    r"it|its|they|them|their|these|those|that|this(?! (?:library|collection))|both|former|latter|same|"
    r"there|he|she|the (?:two|three)"
)
REFERS_FOR_CERTAIN = re.compile(
    rf"\b(?:{CERTAIN})\b|\b(?:the|which) (?:[\w-]+ ){{0,3}}?ones?\b|"
    r"^\W*(?:(?:and|but|so) )?(?:(?:what|how) about|what if(?! (?:I|my|we|our)\b))\b|\bthen\W*$|"
    r"\bthe (?:first|second|third|fourth|last|[1-6](?:st|nd|rd|th)?)\b",
    re.I,
)
REFERS_BACK = re.compile(
    rf"\b(?:{CERTAIN}|first|second|third|last|one|ones|else|other|another)\b|"
    r"\bthen\W*$|^(?:and|but|so|also|what about|how about|why|how so|yes|no|ok)\b|"
    r"^what if\b(?! (?:I|my|we|our)\b)",
    re.I,
)
"""The words that refer, and those that may: an ordinal, "other" or an "and" may stand in any question."""
OF_ONE = re.compile(r"\b(?:it|its|that|this(?! (?:library|collection))|the same|there)\b", re.I)
OF_SEVERAL = re.compile(rf"{OF_ONE.pattern}|\b(?:them|these|those|ones)\b", re.I)
BEGINS_WITH_SOME = re.compile(r"\W*(?:[\w'’]+\W+){1,4}of (?:them|these|those)\b", re.I)
"""Begins a question for some of what was spoken of: "and which of them", "do any of those"."""
VERB = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|might)\b|"
    r"\bwh(?:ich|at) (?:paper|work|study)\b",
    re.I,
)
"""Makes a question of what would be a part of one: "which languages?"."""
SEEKS_PAPER = re.compile(
    r"\b(?:which|what) (?:[\w-]+ ){0,2}?(?:paper|work|study|article|thesis)\b|"
    r"\b(?:is|s) there (?:an?|another) (?:[\w-]+ ){0,3}?"
    r"(?:paper|work|study|article|thesis|survey|report)\b",
    re.I,
)
OVER_ALL = re.compile(
    r"\bthe (?:best|worst|most|least|newest|latest|\w{3,}est)\b[^?,;]*"
    r"\b(?:models?|methods?|papers?|approach(?:es)?|networks?|datasets?|benchmarks?|works?)\b",
    re.I,
)
"""Asks for one of all there are, as "the best text-to-video model" does after several papers."""
MOST_MEANT = 3
"""Papers. A short question without a word that refers is not asked of more than these."""
SHORT_QUESTION = 7
"""Words. A shorter question without a name rarely stands alone after another one."""
NEAR = 10
"""Passages of the library, with one of the papers of the turn among them if a question is about it."""


def leans(question: str) -> bool:
    """Whether a question may refer to something before it, or is too short to stand. What its first part
    names the other parts may refer to: "which tricks help, and how much do they save?" """
    first, *_ = parts_of(question)
    return refers(REFERS_BACK, first) is not None or len(first.split()) < SHORT_QUESTION


def refers(words: re.Pattern[str], question: str) -> re.Match[str] | None:
    """Return the first of `words` in a question that is no empty "it", as in "what does it cost to"."""
    empty = [match.span() for match in EXPLETIVE.finditer(question)]
    return next(
        (m for m in words.finditer(question) if not any(a <= m.start() < b for a, b in empty)), None
    )


def searches_anew(question: str, sides: Sequence[object]) -> bool:
    """Whether a question asks the library for several papers, and not for what has to do with the paper of
    the turn ("which papers use it?") or for some of those it had ("which of them", however many it found).
    "Their" is of the papers asked for."""
    several = read_several(question)
    if several is None or (several.noun == "them" and BEGINS_WITH_SOME.match(question)):
        return False
    return refers(OF_SEVERAL if len(sides) > 1 else OF_ONE, question) is None


def asks_anew(question: str, papers: Sequence[Paper], index: PaperIndex) -> bool:
    """Whether a question that may lean is about more than the papers of the turn, or about others."""
    if not refers(REFERS_BACK, question) and _goes_beyond(question, papers):
        return True
    if refers(REFERS_FOR_CERTAIN, question) or not VERB.search(question):
        return False
    seeks = len(papers) == 1 and SEEKS_PAPER.search(question) is not None
    return seeks or _is_of_others(question, papers, index)


def unknown_names(question: str, papers: Sequence[Paper]) -> list[str]:
    """Return the names in a question that papers do not speak of."""
    names = absent_names(question, [f"{paper.title}. {paper.abstract}" for paper in papers])
    return names if capital_names(question) else []


def _goes_beyond(question: str, papers: Sequence[Paper]) -> bool:
    """Whether a question without a word that refers is about more than the papers of the turn."""
    many = len(papers) > MOST_MEANT or (len(papers) > 1 and OVER_ALL.search(question) is not None)
    return many or bool(unknown_names(question, papers))


def _is_of_others(question: str, papers: Sequence[Paper], index: PaperIndex) -> bool:
    """Whether another paper holds what a question asks about, and the papers of the turn neither hold it
    nor come near: "what is masked modeling?" after a paper that masks nothing."""
    asked = set(tokens(question)) - SAYS_NOTHING
    if not asked or asked.issubset(word for paper in papers for word in _words(paper)):
        return False
    near = distinct(passage.chunk.paper for passage in index.search(question, limit=NEAR))
    return not set(near) & set(papers) and any(asked <= _words(paper) for paper in near)


def _words(paper: Paper) -> set[str]:
    return set(tokens(f"{paper.title} {paper.abstract}"))
