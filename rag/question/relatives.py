"""Finds the papers that a question means by how they are related to others: "its successor", "V2", "the
other UniFormer".

In: a question, what it names, what the turn before was about, and the paper index. Out: the question with
the name or title of the paper that is meant, and the papers it is about then, or None where there is no
such paper or word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.linking.mentions import find_mentions
from rag.linking.names import distinct, key, short_name
from rag.linking.subjects import Named, find_named, meant_by

__all__ = ["THE_OTHER", "by_version", "relative_meant", "with_other_version"]

VERSION = r"(?:v|version )?[2-9]|\+\+|plus"
LATER = re.compile(
    rf"\b(?:its|the) (?:(?:{VERSION}|direct|own|later|improved|more recent) )?"
    rf"(?:successor|follow-?up(?: paper| work| model)?|sequel|second version|(?:newer|later|next) version"
    rf"|v[2-9])(?=[\s,;:?!.)]|$)",
    re.I,
)
EARLIER = re.compile(
    r"\b(?:its|the) (?:(?:direct|own|original) )?"
    r"(?:predecessor|(?:first|original|earlier|previous) version|v1)\b",
    re.I,
)
BARE = re.compile(
    r"(?P<lead>^\W*(?:(?:and|but|what about|how about|in|no|sorry|actually|i (?:mean|meant|was after)|the)"
    r"\W+)*)v[2-9](?=\W*$|[.,;:?]\s)",
    re.I,
)
NUMBERED = re.compile(r"\bv\d\b", re.I)
OF = re.compile(r"\s+(?:of|to|for|in)\s+", re.I)
OF_IT = re.compile(
    rf"{OF.pattern}(?:it\b|(?:that|this)"
    r"(?: (?:one|paper|model|work|method|approach|network)\b|(?=\W*$|[.,;:?!])))",
    re.I,
)
MARKS = ("V2", "2", "++", "Plus", "V3", "3", "4")
"""What is written behind the name of a work for a later version of it."""
THE_OTHER = re.compile(r"\bthe other (?=[\w“\"'])", re.I)
TURNED_DOWN = re.compile(
    r"^\W*(?:(?:no|nope|sorry|actually|i mean|i meant|not (?:this|that)(?: (?:one|paper))?)\b[\s,;:.–-]*)+",
    re.I,
)
THAN_IT = re.compile(r"(?<=\bthan )(?:it|that one|this one|the first(?: one)?)\b", re.I)


def with_other_version(named: Named, index: PaperIndex) -> Named:
    """Return what a question names, and with it the later or earlier version of the paper that it names
    before it speaks of one: "UniFormer against its V2 successor"."""
    match = LATER.search(named.text) or EARLIER.search(named.text)
    mentions = find_mentions(named.text, named.papers) if match else []
    before = [mention.paper for mention in mentions if match and mention.end <= match.start()]
    behind = OF.match(named.text, match.end()) if match else None
    of_it = [mention for mention in mentions if behind and mention.start == behind.end()]
    if not match or (behind and not of_it):
        return named
    works = [of_it[0].paper] if of_it else before[-1:]
    version = _other_version(works, later=match.re is LATER, text=named.text, index=index)
    if not version or version in named.papers:
        return named
    end = of_it[0].end if of_it else match.end()
    text = f"{named.text[: match.start()]}{short_name(version)}{named.text[end:]}"
    papers = distinct([*before, version, *(m.paper for m in mentions if m.start >= end)])
    return Named(text, tuple(papers), passed_over=tuple(p for p in named.passed_over if p not in papers))


def relative_meant(named: Named, papers: Sequence[Paper], asked: str, index: PaperIndex) -> Named | None:
    """Return a question about a paper that is related to those of the turn, with its name or title. `asked`
    is the question of the turn: "and V2?" after one about a V1 means that."""
    return _version_of_turn(named, papers, asked, index) or _namesake(named, papers, index)


def by_version(papers: Sequence[Paper]) -> list[Paper]:
    """Return papers from the oldest to the newest: by their years, or as versions of one work; nothing
    where neither tells them apart."""
    years = [paper.year for paper in papers if paper.year]
    if len(set(years)) == len(papers):
        return sorted(papers, key=lambda paper: paper.year or 0)
    works = [re.fullmatch(r"(.+?)(?:v?([2-9]))?", key(short_name(paper))) for paper in papers]
    numbers = [int(work[2] or 1) for work in works if work]
    if len({work[1] for work in works if work}) != 1 or len(set(numbers)) != len(papers):
        return []
    return [paper for _, paper in sorted(zip(numbers, papers, strict=True), key=lambda pair: pair[0])]


def _version_of_turn(named: Named, papers: Sequence[Paper], asked: str, index: PaperIndex) -> Named | None:
    bare = None if NUMBERED.search(asked) else BARE.search(named.text)
    match = bare or LATER.search(named.text) or EARLIER.search(named.text)
    of_it = OF_IT.match(named.text, match.end()) if match else None
    if not match or (OF.match(named.text, match.end()) and not of_it):
        return None
    mentions = find_mentions(named.text, named.papers)
    if any(mention.end <= match.start() for mention in mentions):
        return None  # the version is one of that
    version = _other_version(papers, later=match.re is not EARLIER, text=named.text, index=index)
    if not version:
        return None
    before = bare["lead"] if bare else named.text[: match.start()]
    text = f"{before}{short_name(version)}{named.text[(of_it or match).end() :]}"
    return Named(text, tuple(distinct([version, *named.papers])))


def _other_version(papers: Sequence[Paper], *, later: bool, text: str, index: PaperIndex) -> Paper | None:
    """Return the later or the earlier version of the one work that papers are called by."""
    names = {key(short_name(paper)) for paper in papers}
    if len(names) != 1:
        return None
    called = short_name(papers[0])
    names_of_it = [re.sub(rf"[\s-]*(?:{VERSION})$", "", called, flags=re.I)]
    if later:
        names_of_it = [f"{called}{gap}{mark}" for mark in MARKS for gap in ("", " ")]
    wanted = set(map(key, names_of_it)) - names
    found = find_named(" ; ".join(names_of_it), index)
    own = [p for p in (*found.papers, *found.choices, *found.passed_over) if key(short_name(p)) in wanted]
    return meant_by(text, distinct(own), index) if own else None


def _namesake(named: Named, papers: Sequence[Paper], index: PaperIndex) -> Named | None:
    """Return a question about the other paper of a name that one of the turn has, too, with its title."""
    text, said = named.text, THE_OTHER.search(named.text)
    mentions = find_mentions(text, distinct([*named.papers, *named.choices, *named.passed_over]))
    bearers = [mention.paper for mention in mentions if said and mention.start == said.end()]
    others = [paper for paper in bearers if paper not in papers]
    if not said or not others or len(others) == len(bearers):
        return None
    paper = meant_by(text, others, index)
    known = next(paper for paper in bearers if paper in papers)
    end = next(mention.end for mention in mentions if mention.start == said.end())
    beside = [mention for mention in mentions if mention.start != said.end()]
    again = sorted({(m.start, m.end) for m in beside if m.paper in bearers}, reverse=True)
    rest = text[end:]
    if than := THAN_IT.search(rest):
        rest = f"{rest[: than.start()]}“{known.title}”{rest[than.end() :]}"
    text = f"{text[: said.start()]}“{paper.title}”{rest}"
    for start, stop in again:
        if stop <= said.start():
            text = f"{text[:start]}“{known.title}”{text[stop:]}"
    is_compared = bool(again or than)
    rest_of_them = [m.paper for m in beside if m.paper in named.papers and m.paper not in bearers]
    meant = distinct([*([known] if is_compared else []), paper, *rest_of_them])
    return Named(TURNED_DOWN.sub("", text), tuple(meant))
