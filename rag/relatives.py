"""Finds the papers that a follow-up means by how they are related to those of the turn before: "its
successor", "V2", "the other UniFormer".

In: a question, what it names, the papers of the turn, and the paper index. Out: the question with the name
of the one paper that is meant, and that paper, or None where there is no such paper or word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.mentions import find_mentions
from rag.names import distinct, key, short_name
from rag.subjects import Named, find_named, meant_by

__all__ = ["THE_OTHER", "relative_meant"]

VERSION = r"(?:v|version )?[2-9]|\+\+|plus"
LATER = re.compile(
    rf"\b(?:its|the|their) (?:(?:{VERSION}|direct|own|later|improved|more recent) )?"
    rf"(?:successor|follow-?up(?: paper| work| model)?|sequel|second version|(?:newer|later|next) version"
    rf"|v[2-9])(?=[\s,;:?!.)]|$)|^\W*(?:(?:and|but|what about|how about|in)\s+)*v[2-9](?=\W*$)",
    re.I,
)
EARLIER = re.compile(
    r"\b(?:its|the|their) (?:(?:direct|own|original) )?"
    r"(?:predecessor|(?:first|original|earlier|previous) version|v1)\b",
    re.I,
)
MARKS = tuple("2 V2 3 V3 4 ++ Plus".split())
"""What is written behind the name of a work for a later version of it."""
THE_OTHER = re.compile(r"\bthe other (?=[\w“\"'])", re.I)
TURNED_DOWN = re.compile(
    r"^\W*(?:(?:no|nope|sorry|actually|i mean|i meant|not (?:this|that)(?: (?:one|paper))?)\b[\s,;:.–-]*)+",
    re.I,
)


def with_other_version(named: Named, index: PaperIndex) -> Named:
    """Return what a question names, and with it the later or earlier version of the last paper that it
    names, where it speaks of one: "UniFormer against its V2 successor"."""
    found = _another_version(named.text, named.papers[-1:], index)
    if not found:
        return named
    papers = tuple(distinct([*named.papers, *found.papers]))
    return Named(found.text, papers, passed_over=tuple(p for p in named.passed_over if p not in papers))


def relative_meant(named: Named, papers: Sequence[Paper], index: PaperIndex) -> Named | None:
    """Return a question about a paper that is related to those of the turn, with its name or title, and
    that paper."""
    return _another_version(named.text, papers, index) or _namesake(named, papers, index)


def _another_version(question: str, papers: Sequence[Paper], index: PaperIndex) -> Named | None:
    """Return a question about a later or an earlier version of the one work that the papers of the turn
    are called by, with its name."""
    names = {key(short_name(paper)) for paper in papers}
    match = LATER.search(question) or EARLIER.search(question)
    if len(names) != 1 or not match:
        return None
    called = short_name(papers[0])
    names_of_it = [re.sub(rf"[\s-]*(?:{VERSION})$", "", called, flags=re.I)]
    if match.re is LATER:
        names_of_it = [f"{called}{gap}{mark}" for mark in MARKS for gap in ("", " ", "-")]
    found = find_named(" ; ".join(names_of_it), index)
    wanted = set(map(key, names_of_it)) - names
    own = [p for p in (*found.papers, *found.choices, *found.passed_over) if key(short_name(p)) in wanted]
    if not own:
        return None
    paper = meant_by(question, distinct(own), index)
    return Named(f"{question[: match.start()]}{short_name(paper)}{question[match.end() :]}", (paper,))


def _namesake(named: Named, papers: Sequence[Paper], index: PaperIndex) -> Named | None:
    """Return a question about the other paper of a name that one of the turn has, too, with its title."""
    bearers = distinct([*named.papers, *named.choices, *named.passed_over])
    others = [paper for paper in bearers if paper not in papers]
    said = THE_OTHER.search(named.text)
    if not said or not others or len(others) == len(bearers):
        return None
    name = next((m for m in find_mentions(named.text, bearers) if m.start == said.end()), None)
    if name is None:
        return None
    paper = meant_by(named.text, others, index)
    rest = f"{named.text[: said.start()]}“{paper.title}”{named.text[name.end :]}"
    return Named(TURNED_DOWN.sub("", rest), (paper,))
