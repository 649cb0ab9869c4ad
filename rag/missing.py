"""Finds the sides of a comparison that a library does not hold.

In: a question and the papers of it that were found. Out: the names, or the descriptions, of the others. A
name that is joined to that of a paper ("A and X", "A, X or B", "X compared with A") stands for a paper as
well, even where other abstracts speak of it. It looks nothing up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index_store.lexical import tokens
from index_store.values import Paper
from rag.names import capital_names, find_mentions, key, short_name, title_names
from rag.subjects import COMPARES, DESCRIBES, SAYS_NOTHING

__all__ = ["missing_sides"]

JOINED = (
    r"(?:\s*,\s*(?:and |or )?|\s+(?:and|or|vs\.?|versus|(?:[a-z]+er |(?:more|less) [\w-]+ )?than|with|"
    r"to|(?:differs?|different) from|"
    r"(?:compares?|compared|relative) (?:with|to)|against)\s+)(?:(?:in|of|by|that of|both)\s+)*"
    r"(?:the\s+(?:[a-z][\w-]*\s+){0,3})?"
)


def missing_sides(question: str, papers: Sequence[Paper]) -> tuple[str, ...]:
    """Return what a question calls the papers beside `papers` that it is about, in its order."""
    if not papers:
        return ()
    names = _joined_names(question, papers)
    described = _described(question, papers) if COMPARES.search(question) else []
    return tuple(dict.fromkeys([*names, *described]))


def _joined_names(question: str, papers: Sequence[Paper]) -> list[str]:
    """Return the names that are joined to one by which a paper is called: in its title, or, where papers
    are compared, in its abstract."""
    mentions = find_mentions(question, papers)
    compares = len(papers) > 1 or bool(COMPARES.search(question))
    called = {
        question[m.start : m.end]
        for m in mentions
        if compares or key(question[m.start : m.end]) in title_names(m.paper)
    }
    if compares:
        called.update(match[0] for match in DESCRIBES.finditer(question))
    taken = [(m.start, m.end) for m in mentions]
    others = [name for name in capital_names(question) if not _is_within(name, question, taken)]
    missing: list[str] = []
    known = set(called)
    while known:
        sides = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
        found = [
            name
            for name in others
            if name not in missing
            and re.search(
                rf"(?:{sides})(?:['’]s)?{JOINED}{re.escape(name)}(?![\w-])|"
                rf"(?<![\w-]){re.escape(name)}{JOINED}(?:{sides})",
                question,
            )
        ]
        missing += found
        known = set(found)
    return missing


def _is_within(name: str, question: str, taken: Sequence[tuple[int, int]]) -> bool:
    """Whether every occurrence of a name is a part of what names a paper that was found."""
    places = [match.span() for match in re.finditer(re.escape(name), question)]
    return all(any(start < last and first < end for first, last in taken) for start, end in places)


def _described(question: str, papers: Sequence[Paper]) -> list[str]:
    """Return the descriptions ("the position prediction paper") that fit none of the papers. Those with a
    name in them are left to who looks for names."""
    held = [set(tokens(f"{paper.title} {paper.abstract}")) for paper in papers]
    described = [
        match
        for match in DESCRIBES.finditer(question)
        if len(set(tokens(match[1])) - SAYS_NOTHING) > 1 and not capital_names(match[0])
    ]
    names = {key(short_name(paper)) for paper in papers}
    return [
        match[0]
        for match in described
        if key(match[1]) not in names and not any(set(tokens(match[1])) <= words for words in held)
    ]
