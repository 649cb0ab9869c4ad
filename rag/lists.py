"""Answers which papers of a library have something: every one of a small library is looked at.

In: a query plan, what came near, and how well each paper's best sentence fits. Out: the papers to look at,
and those of them that are the answer. Where the question asks for a name, the papers that hold it are; else
those that stand out among all that were looked at; a name that they hold, and a term of two words, counts.
Where neither a name nor a kind settles it, a model may read those that come nearest
(`rag.probing.list_reading`). How often this is right, docs/quality-log.md says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from statistics import fmean, pstdev

from index_store.lexical import tokens
from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.absence import absent_names
from rag.checking.borrowed import pairs_of
from rag.linking.capitals import names_in_capitals, read_texts
from rag.linking.initials import is_initials, stands_in
from rag.linking.names import capital_names
from rag.linking.plain_words import is_asking
from rag.linking.subjects import SAYS_NOTHING, SMALL_LIBRARY
from rag.question.kinds import asked_kind, asks_for_kind_alone, asks_for_new_data, papers_of_kind
from rag.question.several import read_several
from rag.values import QueryPlan, Span

__all__ = [
    "PLAIN_SHARE",
    "Matching",
    "holding_names_alone",
    "holds_a_name",
    "longest_list",
    "matching_papers",
    "papers_to_examine",
    "proving_first",
]

LONGEST_LIST = 10
LONGEST_NAMED = 30
"""Papers in a list of those that hold a name: each of them is right."""
STANDS_OUT = 1.6
"""Standard deviations above the mean of all that were examined. Found on the development set and on 36 list
questions of our own, as was the next."""
NEARLY_BEST = 0.85
"""Share of the best score from which a paper is in the list, too: in a library of a few none stands out."""
HOLDS_NAME = 0.2
"""What it adds to the score of a paper that it holds the names in the question, or brings the dataset that
is asked for."""
HOLDS_TERM = 0.15
"""What it adds at most that a paper holds two words of the question side by side: the rarer the term, the
more. Found on the same 36 questions, as was the next."""
PLAIN_SHARE = 0.5
"""How much a word of asking and reporting counts of what a term would."""
ANY_VERSION = re.compile(
    r"\?\s+any version\b.*|\s*\([vV]\d\b[^()]*\bor\b[^()]*\)|"
    r"\s*(?:\([vV]\d(?:,? or [vV]\d)+[^()]*\)|\b[vV]\d(?:,? or [vV]\d)+\b)"
)
USES = frozenset(
    tokens(
        """make use build on compare with against evaluate test report results score figure themselves
        give state provide list contain
        still also any number full complete list whichever whose summary mention"""
    )
)
"""Words, stemmed, that say of a name only that a paper has to do with it."""
MOST_READ = 28
"""Papers, in turns the best by their sentences and by their passages: of those that belong to a list 92 to
98 in 100 are among them, and 87 to 94 among twenty (docs/quality-log.md)."""


@dataclass(frozen=True, slots=True)
class Matching:
    """The papers of a list as far as words tell, best first; and those to read where that does not settle
    it, best first, with the standard deviations by which each stands out."""

    papers: Sequence[Paper]
    to_read: Sequence[tuple[Paper, float]] = ()


def papers_to_examine(near: Sequence[Paper], index: PaperIndex) -> list[Paper]:
    """Return the papers that are looked at: all of a small library, else those that came near."""
    papers = index.papers() if index.count_papers() <= SMALL_LIBRARY else near
    return [paper for paper in papers if paper.abstract]


def matching_papers(
    plan: QueryPlan, examined: Sequence[Paper], scores: Mapping[str, float], near: Sequence[Paper]
) -> Matching:
    """Return the papers of a list; `near` are those with the nearest passages, in order.

    Those that hold the names in the question are the answer where it asks for nothing else ("who uses
    BLIP-2?"); else the papers that stand out from all that were examined.
    """
    question = plan.standalone_question
    holding = _holding_names(question, examined)
    bringing = papers_of_kind("dataset", examined) if asks_for_new_data(question) else []
    terms = _terms_held(plan.focus, examined)
    marks = {
        p.id: scores[p.id] + HOLDS_NAME * (p in holding or p in bringing) + HOLDS_TERM * terms[p.id]
        for p in examined
    }
    ranked = sorted(examined, key=lambda paper: (-marks[paper.id], paper.id))
    if holding and _asks_for_names_alone(plan):
        return Matching([paper for paper in ranked if paper in holding])
    kind = asked_kind(question)
    fitting = (papers_of_kind(kind, ranked) if kind else ranked) or ranked
    if _asks_for_all(question) or (fitting != ranked and asks_for_kind_alone(question)):
        return Matching(fitting)
    mean, deviation = fmean(marks.values()), pstdev(marks.values())
    least = min(mean + STANDS_OUT * deviation, NEARLY_BEST * marks[fitting[0].id])
    matching = [paper for paper in fitting if marks[paper.id] >= least] or fitting[:1]
    in_turns = (paper for turn in zip_longest(fitting, near) for paper in turn if paper in fitting)
    nearest = list(dict.fromkeys(in_turns))[:MOST_READ]
    return Matching(matching, [(paper, (marks[paper.id] - mean) / (deviation or 1.0)) for paper in nearest])


def proving_first(plan: QueryPlan, spans: Sequence[Span]) -> list[Span]:
    """Return the sentences of a paper in a list with those first that hold the names in the question."""
    question = plan.standalone_question
    if not capital_names(question):
        return list(spans)
    capitals = names_in_capitals(question, [span.quote for span in spans])
    return sorted(spans, key=lambda span: not _holds_names(question, span.quote, capitals))


def holds_a_name(question: str) -> Callable[[str], bool]:
    """Return what tells whether a text holds one of the names in a question, in any form that proves it."""
    asked = [f"about {name}" for name in capital_names(question)]
    return lambda text: any(_holds_names(one, text, ()) for one in asked)


def longest_list(plan: QueryPlan) -> int:
    """Return how many papers a list may have."""
    named = capital_names(plan.standalone_question) and _asks_for_names_alone(plan)
    return LONGEST_NAMED if named else LONGEST_LIST


def holding_names_alone(plan: QueryPlan, papers: Sequence[Paper]) -> list[Paper]:
    """Return the papers that hold the names in a question which asks for nothing else; none if it does. One
    that asks for all papers gets all."""
    if _asks_for_all(plan.standalone_question):
        return list(papers)
    return _holding_names(plan.standalone_question, papers) if _asks_for_names_alone(plan) else []


def _asks_for_all(question: str) -> bool:
    asked = read_several(question)
    return asked is not None and not asked.wanted


def _holding_names(question: str, papers: Sequence[Paper]) -> list[Paper]:
    """Return the papers that hold all the names in a question, or one of two that "or" joins."""
    if not capital_names(question):
        return []
    texts = read_texts(papers)
    capitals = names_in_capitals(question, texts)
    asked = _alternatives(question)
    return [
        paper
        for paper, text in zip(papers, texts, strict=True)
        if any(_holds_names(one, f"{paper.title}. {text}", capitals) for one in asked)
    ]


def _alternatives(question: str) -> list[str]:
    """Return a question once with each of two names that "or" joins, and without versions that it joins."""
    question = ANY_VERSION.sub("", question)
    for one, other in pairwise(sorted(capital_names(question), key=question.find)):
        if (both := f"{one} or {other}") in question:
            return [question.replace(both, one), question.replace(both, other)]
    return [question]


def _holds_names(question: str, text: str, capitals: Sequence[str]) -> bool:
    """Whether a text holds the names in a question, one of a few letters as it is or written in full."""
    absent = absent_names(question, [text], in_capitals=capitals)
    short = [name for name in capital_names(question) if is_initials(name)]
    return all(stands_in(name, text) for name in {*absent, *short})


def _terms_held(focus: str, papers: Sequence[Paper]) -> dict[str, float]:
    """Return for each paper, by id, how rare the rarest term of two words is that it shares with a
    question: from 0 for none to 1 for one that no other paper has."""
    parts = re.split(r"[^\w\s-]|\b(?:and|or)\b", focus)
    asked = {pair for part in parts for pair in pairwise(tokens(part)) if not all(map(is_asking, pair))}
    held = {paper.id: asked & pairs_of(paper) for paper in papers}
    most = math.log1p(len(papers))
    rare = {
        pair: math.log1p(len(papers) / sum(pair in own for own in held.values())) / most
        for pair in set[tuple[str, str]]().union(*held.values())
    }
    return {id: max((rare[pair] for pair in own), default=0.0) for id, own in held.items()}


def _asks_for_names_alone(plan: QueryPlan) -> bool:
    """Whether a question asks for nothing but that papers have to do with the names in it."""
    rest = ANY_VERSION.sub("", plan.focus)
    for name in capital_names(plan.standalone_question):
        rest = rest.replace(name, " ")
    return not set(tokens(rest)) - SAYS_NOTHING - USES
