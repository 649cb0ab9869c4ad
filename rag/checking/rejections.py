"""Finds what a text says that is not used: "instead of leads", "without labels", "no longer needs a nurse".

In: an abstract, or a sentence or a question about it. Out: what is turned down there, and whether the
sentence, or the question, has such a thing all the same. It goes by the words that stand before what is
turned down and by the words that begin something else; it knows no grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index_store.lexical import tokens
from rag.speakers import Clause

__all__ = ["has_what_is_rejected", "rejected_in"]

NEEDS = (
    r"(?:requir\w+|need\w*|us(?:e|es|ed|ing)|rel(?:y|ies|ied|ying) (?:up)?on|depend\w* (?:up)?on|employ\w*|"
    r"involv\w+|adopt\w*|leverag\w+|utili[sz]\w+|exploit\w*|resort\w* to|call\w* for|tak(?:e|es|ing)|"
    r"build\w* (?:up)?on)"
)
REJECTS = re.compile(
    rf"\b(?:instead of|rather than|as opposed to|in (?:place|lieu) of|in contrast (?:to|with)|unlike|"
    rf"free (?:of|from)|without|no longer {NEEDS}|"
    rf"(?:(?:not|never|cannot|nor)|n['’]t) (?:(?!only\b)\w+ )?{NEEDS}|"
    rf"needs? no|requires? no|uses? no|with no|bypass(?:es|ed|ing)?|"
    rf"(?:obviat|eliminat|dispens|remov|forg)(?:es?|ed|ing|oing|oes)(?: (?:with|the need (?:for|of|to)))|"
    rf"(?:obviat|eliminat)(?:es?|ed|ing)|avoid(?:s|ed|ing)?)(?:\s+|$)",
    re.I,
)
"""What follows is what others do or what is not needed. "Not only" turns nothing down."""
LEADS_IN = re.compile(
    rf"\s*(?:(?:the|an?|any|all|our|its|their|such|multiple|several|many|need|for|of|to|seeing|having|being|"
    rf"{NEEDS})\s+)+",
    re.I,
)
"""Words between it and the thing. "Extra" and "conventional" are no such words: what is turned down there
is not all of its kind."""
ONE = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[,;:.!?()/]")
ENDS = frozenset(
    """, ; : . ! ? ( ) to in by with which that who when while whereas where if our we it its they is are
    was were be can could may during after before within at on from using via as for because since
    but than so thus through under over between of into throughout entirely altogether has have does
    do such""".split()
)
JOINS = frozenset("or and nor /".split())
LONGEST = 3
"""Words of a thing that are looked at: its name and what stands right before."""
HAS = re.compile(
    rf"\b(?:{NEEDS}|with|on|from|of|by|as|through|via|has|have|contains?|includes?|provides?|"
    rf"both|either|and|or)\s+(?:(?:an?|the|any|some|its|their|several|many|multiple|only|more)\s+)*"
    rf"(?P<more>(?:[\w-]+[\s/]+){{0,2}})$",
    re.I,
)
"""What stands before a thing where it is had or used; before one of a single word there is no `more`."""
DENIES = re.compile(r"\b(?:not|zero|no|never|nor|neither|none|cannot|lacks?|hardly)\b|n['’]t\b", re.I)
SPARES = re.compile(
    r"\b(?:avoid|bypass|eliminat|remov|obviat|replac|reduc|dispens|outperform|beat|beyond|exceed|surpass|"
    r"against|than|compar|differ|contrast|overcom|deal|cop|handl|tackl|address|solv|alleviat|mitigat|lower|drop|skip|omit|"
    r"other|others|existing|previous|prior|earlier|conventional|traditional|usual|current)\w*\b",
    re.I,
)
"""A thing after such a word is spoken of, and neither had nor used."""
WORKS = frozenset(tokens("study work paper method approach model author system"))
"""Stemmed. "The study" is the paper, and "previous studies" are others: such a word tells nothing."""
AFTERWARDS = re.compile(
    r"\s*(?:\w+\s+){0,1}(?:is|are|was|were|be|has been) (?:\w+ )?(?:un|not|no\b|avoid|elimin|remov|"
    r"replac|omit)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Thing:
    """Some words of a text at [start, end), stemmed."""

    stems: tuple[str, ...]
    start: int
    end: int


@lru_cache(maxsize=1024)
def rejected_in(text: str) -> tuple[Thing, ...]:
    """Return what a text turns down, in order; of "labels or masks" each."""
    return tuple(thing for match in REJECTS.finditer(text) for thing in _things_after(text, match.end()))


def _things_after(text: str, start: int) -> Iterator[Thing]:
    lead = LEADS_IN.match(text, start)
    words: list[Thing] = []
    for match in ONE.finditer(text, lead.end() if lead else start):
        word = match.group().casefold()
        if word in ENDS:
            break
        if word in JOINS:
            if words and word != "/":
                yield _joined(words)
                words = []
            continue
        if stem := "-".join(tokens(word)):
            words.append(Thing((stem,), *match.span()))
    if words:
        yield _joined(words)


def _joined(words: Sequence[Thing]) -> Thing:
    last = words[-LONGEST:]
    return Thing(tuple(stem for word in last for stem in word.stems), last[0].start, last[-1].end)


def has_what_is_rejected(statement: str, clauses: Sequence[Clause]) -> bool:
    """Whether a statement has a thing that some clauses turn down and that none has of the paper itself,
    nor of those others of whom the statement speaks."""
    rejected = [thing for clause in clauses for thing in rejected_in(clause.text)]
    return any(
        not any(_is_had(clause.text, thing) and _is_meant(clause, before) for clause in clauses)
        for thing in dict.fromkeys(rejected)
        if (before := _before(statement, thing)) is not None
    )


def _is_meant(clause: Clause, before: str) -> bool:
    """Whether a clause speaks of what a statement does that begins with the words `before`."""
    if clause.subject != "others":
        return True
    begins = set(tokens(before)) - WORKS
    return bool(begins) and begins <= set(tokens(clause.text))


def _is_had(text: str, thing: Thing) -> bool:
    """Whether a text has the thing at some place where it is not turned down."""
    places = [(other.start, other.end) for other in rejected_in(text)]
    return any(
        not any(start <= found.start < end for start, end in places) for found in _found(text, thing)
    )


def _before(statement: str, thing: Thing) -> str | None:
    """Return what stands before a thing that a statement has; None when it has none, or says no to it."""
    places = [(other.start, other.end) for other in rejected_in(statement)]
    for found in _found(statement, thing):
        before = re.split(
            r"[.;:!?]|, (?!and|or)|\b(?:because|but|while|whereas)\b", statement[: found.start]
        )
        clause = before[-1]
        spared = DENIES.search(clause) or SPARES.search(clause) or AFTERWARDS.match(statement, found.end)
        has = HAS.search(clause)
        is_had = has and (len(thing.stems) > 1 or not has["more"])
        if is_had and not spared and not any(start <= found.start < end for start, end in places):
            return statement[: found.start]
    return None


def _found(text: str, thing: Thing) -> Iterator[Thing]:
    """Yield where a text has the words of a thing side by side."""
    words, size = _words(text), len(thing.stems)
    for first in range(len(words) - size + 1):
        run = words[first : first + size]
        if thing.stems == tuple(word.stems[0] for word in run):
            yield Thing(thing.stems, run[0].start, run[-1].end)


@lru_cache(maxsize=2048)
def _words(text: str) -> tuple[Thing, ...]:
    found = ((match, "-".join(tokens(match.group()))) for match in ONE.finditer(text))
    return tuple(Thing((stem,), *match.span()) for match, stem in found if stem)
