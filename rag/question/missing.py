"""Finds the sides of a comparison that a library does not hold, and says so.

In: a question, the papers of it that were found, and those near it. Out: the names, or the descriptions, of
the others, and a sentence about each. A name that is joined to that of a paper ("A and X", "A, X or B", "X
compared with A") stands for a paper as well, even where other abstracts speak of it. A baseline of which
the abstract that is asked about tells itself is not missed. It looks nothing up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index_store.values import Paper
from rag.absence import absent_names
from rag.linking.described import speaks_of_all
from rag.linking.descriptions import find_descriptions
from rag.linking.focus import without_mentions
from rag.linking.mentions import find_mentions
from rag.linking.names import capital_names, key, listed, title_names
from rag.linking.subjects import COMPARES

__all__ = ["EXTENDED", "missing_sides", "say_missing"]

PUTS_BESIDE = re.compile(
    r"\b(?:differ\w*|compare|comparison|contrast|versus|vs|both|each|between|or)\b|^\W*rank\b", re.I
)
"""Asks about two things alike; of what a paper is only held against, its own abstract may tell."""
OF_KIND = re.compile(r"-(?:based|style|like|trained|pretrained|free|aware|driven|guided)$", re.I)
"""Ends what a method is like, which is no other side: "the DINO-based one"."""
EXTENDED = r"(?:['’]s)? (?:extension|variant|adaptation|application|modification|descendant|offspring)\b"
"""Stands behind what another paper extends: "the VICReg extension"."""
MEASURED = (
    r"\b(?:fewer|less|more|lower|higher|better|many|much|most|least|fewest) "
    r"(?:(?!(?:than|like|with|as|to)\b)[a-z]+ )?"
)
"""Stands before what sides are measured in: "fewer FLOPs, A or B?"."""
NAMES_PAPERS = "; "
"""Stands before the papers that a sentence about a missing side names."""
MOST_NEAR = 2
"""Papers that are named as nearest to a missing side, or that speak of it."""

JOINED = (
    r"(?:\s*,\s*(?:and |or )?|\s+(?:and|or|vs\.?|versus|(?:[a-z]+er |(?:more|less) [\w-]+ )?than|with|"
    r"to|(?:differs?|different) from|"
    r"(?:compares?|compared|relative) (?:with|to)|against)\s+)(?:(?:in|of|by|that of|both)\s+)*"
    r"(?:the\s+(?:[a-z][\w-]*\s+){0,3})?"
)

AND_WHAT = (
    r"\b(?P<by>with|in|by|for|of|does|do|is) (?:the )?{one}(?: [a-z-]+){{0,4}},? "
    r"and (?:what|which|how)(?: one)? (?P=by) (?:the )?{other}"
)
"""Asks of two things alike: "what is trained with A, and what with B"."""
VERSUS = re.compile(
    r"^\W*(?:(?:please )?compare )?(?P<one>[^,;:?!]{3,60}?) (?:vs\.?|versus) (?P<other>[^,;:?!]{3,60}?)"
    r"(?= (?:on|in terms of|for|regarding|when|with)\b|[,;:?!]|$)",
    re.I,
)
ENUMERATED = r"(?:\s*,\s*(?:and |or )?|\s+(?:and|or)\s+)(?:the\s+)?"
"""Joins two things that a question asks about alike, without comparing them."""


def missing_sides(question: str, papers: Sequence[Paper]) -> tuple[str, ...]:
    """Return what a question calls the papers beside `papers` that it is about, in its order."""
    if not papers:
        return ()
    names = _joined_names(question, papers)
    described = _described(question, papers)
    return tuple(dict.fromkeys([*names, *described])) or _opposite(question, papers)


def _opposite(question: str, papers: Sequence[Paper]) -> tuple[str, ...]:
    """Return what stands on the other side of a "versus" from a paper and names none, whatever it is."""
    match = VERSUS.match(question)
    if not match:
        return ()
    starts = [mention.start for mention in find_mentions(question, papers)]
    sides = ("one", "other")
    named = [any(match.start(side) <= start < match.end(side) for start in starts) for side in sides]
    return (
        tuple(match[side] for side, has in zip(sides, named, strict=True) if not has) if any(named) else ()
    )


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
        called.update(question[one.start : one.end] for one in find_descriptions(question))
    taken = [(m.start, m.end) for m in mentions]
    others = [
        name
        for name in capital_names(question)
        if not (
            OF_KIND.search(name)
            or (len(papers) > 1 and re.search(rf"{re.escape(name)}{EXTENDED}", question))
            or re.search(rf"{MEASURED}{re.escape(name)}(?![\w-]| or\b)", question)
            or _is_within(name, question, taken)
        )
    ]
    joined = JOINED if compares else ENUMERATED
    missing: list[str] = []
    known = set(called)
    while known:
        sides = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
        found = [
            name
            for name in others
            if name not in missing and _is_joined(question, sides, re.escape(name), joined)
        ]
        missing += found
        known = set(found)
    return missing


def _is_joined(question: str, sides: str, name: str, joined: str) -> bool:
    """Whether a question joins a name to one of the sides that are known."""
    known = rf"[“\"]?(?:{sides})[”\"]?"
    patterns = (
        rf"{known}(?:['’]s)?{joined}{name}(?![\w-])",
        rf"(?<![\w-]){name}{joined}{known}",
        AND_WHAT.format(one=known, other=rf"{name}(?![\w-])"),
        AND_WHAT.format(one=name, other=known),
    )
    return any(re.search(pattern, question) for pattern in patterns)


def _is_within(name: str, question: str, taken: Sequence[tuple[int, int]]) -> bool:
    """Whether every occurrence of a name is a part of what names a paper that was found."""
    places = [match.span() for match in re.finditer(re.escape(name), question)]
    return all(any(start < last and first < end for first, last in taken) for start, end in places)


def _described(question: str, papers: Sequence[Paper]) -> list[str]:
    """Return the descriptions ("the position prediction paper") that fit none of the papers. Those with a
    name in them are left to who looks for names."""
    compares = COMPARES.search(question) is not None
    named = [(mention.start, mention.end) for mention in find_mentions(question, papers)]
    missing = []
    for one in find_descriptions(question, named):
        called = question[one.start : one.end]
        if one.loose and not (compares and one.is_telling):
            continue
        if not capital_names(called) and not any(speaks_of_all(one.said, paper) for paper in papers):
            missing.append(called)
    return missing


def say_missing(
    question: str, missing: Sequence[str], papers: Sequence[Paper], candidates: Sequence[Paper]
) -> str:
    """Return what to say of the sides that are `missing`, and of names in a comparison that none of the
    `candidates`, the papers near the question, holds; nothing if every side is here."""
    described = [name for name in missing if find_descriptions(name)]
    asked = without_mentions(question, papers, blank=" it ")
    unknown = absent_names(asked, _texts([*papers, *candidates]))
    here = [name for name in missing if name not in [*described, *unknown]]
    others = [paper for paper in candidates if paper not in papers]
    absent = list(dict.fromkeys([*(name for name in missing if name in unknown), *unknown]))
    if not PUTS_BESIDE.search(question):
        here = [name for name in here if absent_names(_asking(name), _texts(papers))]
    said = [_mentioned(name, [*papers, *others]) for name in here]
    said += [_several(name, others) for name in described]
    if absent:
        said.append(f"No paper in this library is about {' or '.join(absent)}.")
    if missing and others and not any(NAMES_PAPERS in one for one in said) and said:
        said.append(f"The nearest are {', '.join(_titles(others))}.")
    return " ".join(said)


def _asking(name: str) -> str:
    return f"What is {name}?"


def _texts(papers: Sequence[Paper]) -> list[str]:
    return [f"{paper.title}. {paper.abstract}" for paper in papers]


def _titles(papers: Sequence[Paper]) -> list[str]:
    return [f"“{paper.title}”" for paper in papers[:MOST_NEAR]]


def _mentioned(name: str, others: Sequence[Paper]) -> str:
    """Say of a name that abstracts mention, that no paper is on it."""
    speaking = [paper for paper in others if not absent_names(_asking(name), _texts([paper]))]
    verb = "mentions" if len(speaking) == 1 else "mention"
    by = f"{NAMES_PAPERS}{listed(_titles(speaking))} {verb} it" if speaking else ""
    return f"No paper in this library is on {name} itself{by}."


def _several(called: str, others: Sequence[Paper]) -> str:
    """Say of a description that no paper fits it, or that several might."""
    one = find_descriptions(called)[0]
    fitting = [paper for paper in others if speaks_of_all(one.said, paper)]
    fitting.sort(key=lambda paper: not speaks_of_all(one.said, replace(paper, abstract="")))
    if not fitting:
        return f"No paper in this library fits “{called}”."
    which = " or ".join(_titles(fitting))
    return f"No paper in this library is plainly “{called}”{NAMES_PAPERS}{which} might be meant."
