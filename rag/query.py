"""Turns a question and the turns before it into a query plan: what is asked, about which papers.

It searches the library for the papers that the question may name, and reads follow-up questions
against the papers of the turns before. It writes no answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index_store.lexical import tokens
from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.absence import absent_names
from rag.names import (
    distinct,
    find_mentions,
    name_like,
    papers_spoken_of,
    short_name,
    without_mentions,
)
from rag.values import PlanKind, QueryPlan, Turn

__all__ = ["COMPARES", "plan_query"]

COMPARES = re.compile(
    r"\b(?:compar\w+|differ\w*|versus|vs\.?|contrast\w*|both|respectively|than|or|each|"
    r"in common|similar\w*|better|larger|faster|smaller|higher|lower|cheaper)\b",
    re.I,
)
LISTS = re.compile(
    r"\b(?:which|what|list|name|find|show|give)\b[^?.]{0,40}\b(?:papers|works|studies|abstracts|articles)\b|"
    r"^\W*(?:which|what|list|name)(?: me)?(?: all| the| of the)* (?:methods|models|approaches)\b|"
    r"\bhow many (?:of (?:the|these) )?(?:papers|works|studies)\b|^\W*who (?:uses|introduces|proposes)\b",
    re.I,
)
REFERS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|these|those|that|this|both|former|latter|first|second|third|one|ones|same|"
    r"else|other|another|there|he|she)\b|^(?:and|but|so|also|what about|how about|why|yes|no|ok)\b",
    re.I,
)
CHANGES_TOPIC = re.compile(r"\b(?:different|new|another|other) (?:topic|question|subject|matter)\b", re.I)
DESCRIBES = re.compile(
    r"\bthe ((?:[\w-]+ ){1,5}?)(?:foundation )?(?:paper|study|work|method|model|approach)\b", re.I
)
SHORT_QUESTION = 7
"""Words. A shorter question without a name rarely stands alone after another one."""
ORDINALS = {"former": 0, "first": 0, "second": 1, "latter": -1, "last": -1, "third": 2}
ORDINAL = re.compile(rf"\bthe ({'|'.join(ORDINALS)})(?: (?:one|paper|model|method))?\b", re.I)
CANDIDATE_PASSAGES = 40
LONGEST_SEARCH = 2000
"""Characters of a text that are searched for papers it may name."""
MOST_NAMES = 8
"""Name-like words of a text that are searched for by themselves."""


def plan_query(question: str, turns: Sequence[Turn], index: PaperIndex) -> QueryPlan:
    """Return the plan for a question.

    The papers that the question names are found among those that a search for it, and for each
    name-like word in it, brings up; so this works alike for ten papers and for a million.
    """
    named, standalone = named_papers(question, index), question
    if named and COMPARES.search(question):
        named = distinct([*named, *_described_papers(question, index)])
    if not named and turns and _refers_back(question):
        named = _papers_referred_to(question, turns, index)
        if REFERS_BACK.search(question) or not _speaks_of_another(question, named):
            standalone = _stand_alone(question, turns, named)
        else:
            named = []
    focus = (
        without_mentions(ORDINAL.sub("", question) if turns else question, named) if named else standalone
    )
    return QueryPlan(question, standalone, _kind(question, named), tuple(named), focus)


def named_papers(text: str, index: PaperIndex) -> list[Paper]:
    """Return the papers of the library that a text names, in the order in which it does.

    Where papers share a name, the one that the rest of the text is about is meant, unless the text
    compares and names nothing else.
    """
    if not text.strip():
        return []
    queries = list(dict.fromkeys([text[:LONGEST_SEARCH], *name_like(text)]))[: MOST_NAMES + 1]
    passages = [p for query in queries for p in index.search(query, limit=CANDIDATE_PASSAGES)]
    mentions = find_mentions(text, distinct(passage.chunk.paper for passage in passages))
    places = list(dict.fromkeys(mention.start for mention in mentions))
    alternatives = [[m.paper for m in mentions if m.start == place] for place in places]
    if len(alternatives) == 1 and COMPARES.search(text):
        return distinct(alternatives[0])
    return distinct(_meant(text, papers, index) for papers in alternatives)


def _meant(text: str, papers: Sequence[Paper], index: PaperIndex) -> Paper:
    if len(papers) == 1:
        return papers[0]
    found = index.search(text, limit=1, papers={paper.id for paper in papers})
    return found[0].chunk.paper if found else papers[0]


def _stand_alone(question: str, turns: Sequence[Turn], named: Sequence[Paper]) -> str:
    """Return the question with what it refers to: the papers, and what was asked of them before."""
    if not named:
        return f"{turns[-1].question} {question}"
    names = " and ".join(map(short_name, named))
    if ORDINAL.search(question) and len(named) == 1:
        return ORDINAL.sub(lambda _: names, question)
    return f"{question} (about {names})"


def _kind(question: str, named: Sequence[Paper]) -> PlanKind:
    if not named and LISTS.search(question):
        return "list"
    return "comparison" if len(named) > 1 else "answer"


def _described_papers(question: str, index: PaperIndex) -> list[Paper]:
    """Return the papers that a comparison describes, as "the position prediction paper" does.

    A description of two words or more counts when the first passage that it brings up holds them all.
    """
    descriptions = [d for d in DESCRIBES.findall(question) if len(set(tokens(d))) > 1]
    return [
        passage.chunk.paper
        for description in descriptions
        for passage in index.search(description, limit=1)
        if set(tokens(description)) <= set(tokens(passage.chunk.indexed_text))
    ]


def _refers_back(question: str) -> bool:
    if CHANGES_TOPIC.search(question):
        return False
    if papers_spoken_of(question):
        return False
    return bool(REFERS_BACK.search(question)) or len(question.split()) < SHORT_QUESTION


def _speaks_of_another(question: str, papers: Sequence[Paper]) -> bool:
    """Whether a question that only its shortness ties to `papers` names what they do not speak of."""
    return bool(absent_names(question, [f"{paper.title}. {paper.abstract}" for paper in papers]))


def _papers_referred_to(question: str, turns: Sequence[Turn], index: PaperIndex) -> list[Paper]:
    """Return the papers of the last turn that speaks of any; "the latter" and the like choose one."""
    for turn in reversed(turns):
        asked = named_papers(turn.question, index)
        papers = distinct([*asked, *(turn.papers or named_papers(turn.answer, index))])
        if papers:
            return _chosen(question, papers)
    return []


def _chosen(question: str, papers: list[Paper]) -> list[Paper]:
    match = ORDINAL.search(question)
    place = ORDINALS[match[1].casefold()] if match else len(papers)
    return papers[place : place + 1 or None] if place < len(papers) else papers
