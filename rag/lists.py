"""Answers which papers of a library have something: every one of a small library is looked at.

In: a query plan, what came near, and how well each paper's best sentence fits. Out: the papers to look at,
and those of them that are the answer. Where the question holds a name, the papers that hold it are; else
those that stand out among all that were looked at. How often this is right, docs/quality-log.md says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import fmean, pstdev

from index_store.lexical import tokens
from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.absence import absent_names
from rag.names import capital_names
from rag.subjects import SAYS_NOTHING, SMALL_LIBRARY
from rag.values import QueryPlan

__all__ = ["asks_for_list", "asks_for_papers", "matching_papers", "papers_to_examine", "what_is_listed"]

NEAREST = 60
"""Papers of a large library that are examined."""
LONGEST_LIST = 10
STANDS_OUT = 1.6
"""Standard deviations above the mean of all that were examined. Found on the development set and on 36 list
questions of our own, as was the next."""
NEARLY_BEST = 0.85
"""Share of the best score from which a paper is in the list, too: in a library of a few none stands out."""
HOLDS_NAME = 0.2
"""What it adds to the score of a paper that it holds the names in the question."""
PAPERS = r"(?:papers|works?(?! (?:best|better|well))|studies|abstracts|articles|publications|surveys)"
THINGS = rf"(?:{PAPERS}|methods|models|approaches)"
LEADS = r"^\W*(?:(?:please|can you|could you|and|but|so)\W+)*"
ASKS_WITH = (
    r"(?:(?:which|what|list|name|find|show|give)\b(?: me)?(?: all)?(?: of)?(?: the| these| my)?"
    r"(?: (?!two|three|both)[\w-]+){{0,2}}? {0}\b|which (?:ones|of (?:them|these|those))\b|"
    r"how many (?:of (?:the |these |my )?)?(?:[\w-]+ ){{0,2}}?(?:{0}\b)?|"
    r"who (?:uses?|used|introduces?|proposes?|evaluates?|reports?|compares?|builds?|trains?|tests?|deals?|"
    r"works)\b|(?:are there|do you have)(?: any)?(?: [\w-]+){{0,2}}? {0}\b|"
    r"{0} (?:about|on|that|which|for|with|using)\b|(?:list|show|find) (?:me )?(?:all )?(?:the )?)"
)
ASKS = re.compile(LEADS + ASKS_WITH.format(THINGS), re.I)
"""What a question begins with that asks for a list; what is listed comes after it."""
ASKS_PAPERS = re.compile(LEADS + ASKS_WITH.format(PAPERS), re.I)
COUNTS = re.compile(
    rf"^\W*how many (?!(?:of )?(?:the |these |my )?(?:[\w-]+ ){{0,2}}?{THINGS}\b|of these\b)", re.I
)
ENDS = re.compile(r"^\W*[\w -]{3,50} papers(?:\s*\([^)]*\))?\W*$", re.I)
JOINS = re.compile(
    r"^(?:\W|\b(?:that|which|who|here|there|in this library|are|do|does|is|any|of|the)\b)+", re.I
)


USES = frozenset(
    tokens("make use build on compare with against evaluate test report results score figure themselves")
)
"""Words, stemmed, that say of a name only that a paper has to do with it."""


def asks_for_list(question: str) -> bool:
    """Whether a question asks for all papers that have something, or how many there are."""
    return bool(ASKS.match(question) or ENDS.match(question)) and not COUNTS.match(question)


def asks_for_papers(question: str) -> bool:
    """Whether it asks for papers by that word, so that a paper it names is not the one it is about."""
    return asks_for_list(question) and bool(ASKS_PAPERS.match(question) or ENDS.match(question))


def what_is_listed(question: str) -> str:
    """Return what the papers of a list are to have: the question without "which papers" and the like."""
    rest = ASKS.sub("", question, count=1) if ASKS.match(question) else question
    return JOINS.sub("", rest).strip(" ?.!") or question


def papers_to_examine(near: Sequence[Paper], index: PaperIndex) -> list[Paper]:
    """Return the papers whose sentences are read: all of a small library, else the nearest."""
    papers = index.papers() if index.count_papers() <= SMALL_LIBRARY else near[:NEAREST]
    return [paper for paper in papers if paper.abstract]


def matching_papers(plan: QueryPlan, examined: Sequence[Paper], scores: Mapping[str, float]) -> list[Paper]:
    """Return the papers of a list, best first.

    Those that hold the names in the question are the answer where it asks for nothing else ("who uses
    BLIP-2?"); else the papers that stand out from all that were examined.
    """
    holding = _holding_names(plan.standalone_question, examined)
    marks = {p.id: scores[p.id] + HOLDS_NAME * (p in holding) for p in examined}
    ranked = sorted(examined, key=lambda paper: (-marks[paper.id], paper.id))
    if holding and _asks_for_names_alone(plan):
        return [paper for paper in ranked if paper in holding][:LONGEST_LIST]
    outstanding = fmean(marks.values()) + STANDS_OUT * pstdev(marks.values())
    least = min(outstanding, NEARLY_BEST * marks[ranked[0].id])
    return [paper for paper in ranked if marks[paper.id] >= least][:LONGEST_LIST] or ranked[:1]


def _holding_names(question: str, papers: Sequence[Paper]) -> list[Paper]:
    if not capital_names(question):
        return []
    return [p for p in papers if not absent_names(question, [f"{p.title}. {p.abstract}"])]


def _asks_for_names_alone(plan: QueryPlan) -> bool:
    """Whether a question asks for nothing but that papers have to do with the names in it."""
    rest = plan.focus
    for name in capital_names(plan.standalone_question):
        rest = rest.replace(name, " ")
    return not set(tokens(rest)) - SAYS_NOTHING - USES
