"""Finds the papers that a text names, and what it calls them.

In: a text and some papers. Out: the places where it names one of them, in the order of the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index_store.values import Paper
from rag.details import METRICS
from rag.linking.abbreviations import speaks_of, written_out
from rag.linking.names import (
    GENERIC,
    JOINED,
    KEPT,
    UNSPACED,
    is_name_like,
    key,
    name_like,
    names_of,
    short_name,
    title_names,
)

__all__ = ["Mention", "called_in", "find_mentions", "is_named_by_title", "runs_of_words"]

WORD = re.compile(rf"[^\s,;:?!()\[\]\"“”„«»‹›/—–{UNSPACED}]+")
SHORTEST_CALLED = 3
"""Letters and digits by which a paper is called in a sentence: "QA" is in a title what it is elsewhere."""
SEEN_BEFORE = 60
"""Characters before a word in small letters that say whether it is a name."""
VERBS = frozenset(
    """sit act fit run map lift blend fuse mix adapt align prompt learn see look hear move track cut paste
    match read write draw drop dream imagine think talk speak walk beat lead grow flow focus sample
    edit""".split()
)
"""Words that names of papers are made of: in small letters they may be verbs."""
VERB_BEHIND = re.compile(
    r"\b(?:it|they|we|you|i|not|(?:ha[sd]|have|needs?|wants?|able|supposed) to|"
    r"(?:do|does|did|can|should|must|will) (?:the )?"
    r"(?!(?:the|both|either|all|and|or|not|with|from|of|paper|model|method|network|approach)\b)[\w-]{3,})\s+$",
    re.I,
)
SITS = re.compile(r"\s+(?:between|behind|within|inside|on top|next to|right|under|above|below)\b", re.I)
"""What follows a verb of place: "which parts sit between them?"."""
ONE_OF_A_KIND = re.compile(r"\b(?:an?|any|every|another)\s+$", re.I)
ASKED_FOR = re.compile(r"\b(?:what|which)\s+$", re.I)
LEAST_IN_A_ROW = 3
"""Words of a title that name it in the plural or the singular as well."""
COMMON_AFTER = 3
"""Papers. What so many candidates speak of is a thing they use, not the name of one of them."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text that names a paper: [start, end) in characters."""

    paper: Paper
    start: int
    end: int


def called_in(paper: Paper, *texts: str) -> str:
    """Return what the first of `texts` to name a paper calls it, if that looks like a name: people want to
    read of ConsisID if they asked for ConsisID. Otherwise it is the short name."""
    short = short_name(paper)
    for text in texts:
        names = [_without_possessive(text[m.start : m.end]) for m in find_mentions(text, [paper])]
        names = [name for name in names if key(name) not in GENERIC and not JOINED.search(name)]
        like = [n for n in names if name_like(n) and SHORTEST_CALLED <= len(key(n)) <= len(short)]
        by_title = any(key(name) == key(short) for name in names)
        if by_title and not (like and key(short) == key(paper.title)):
            return short
        if like:
            return like[0]
    return short


def is_named_by_title(text: str, paper: Paper) -> bool:
    """Whether a text calls a paper by a name that its title holds, and not by one of its abstract alone."""
    names = (_without_possessive(text[m.start : m.end]) for m in find_mentions(text, [paper]))
    return any(key(name) in title_names(paper) for name in names)


def find_mentions(text: str, papers: Sequence[Paper]) -> list[Mention]:
    """Return where `text` names one of `papers`, in order; at one place the longest name wins. One that
    several papers share gives a mention of each, one that is common among them none."""
    owners: dict[str, list[Paper]] = {}
    for paper in papers:
        for name in names_of(paper):
            owners.setdefault(name, []).append(paper)
    prefixes = {key(paper.title.partition(":")[0]) for paper in papers if ":" in paper.title}
    spoken = Counter(name for paper in papers for name in _spoken_names(paper))
    found: list[Mention] = []
    end_of_last = 0
    for start, end, run in runs_of_words(text):
        name = _known_as(run, text[start:end], owners)
        if start < end_of_last or not name or _is_common(text, start, end):
            continue
        if (
            name not in prefixes
            and max(spoken[name], _writing_out(name, owners[name], papers)) >= COMMON_AFTER
        ):
            continue
        if name in prefixes:
            named = [p for p in owners[name] if key(p.title.partition(":")[0]) == name]
        else:
            named = owners[name]
        found.extend(Mention(paper, start, end) for paper in named)
        end_of_last = end
    asked = [mention for mention in found if _is_asked_measure(text, mention)]
    others = [mention for mention in found if mention not in asked]
    return others or found


def _is_asked_measure(text: str, mention: Mention) -> bool:
    """Whether what names a paper is the measure that is asked for: "what FID does it get?" """
    before = text[max(0, mention.start - SEEN_BEFORE) : mention.start]
    return text[mention.start : mention.end] in METRICS and ASKED_FOR.search(before) is not None


def _is_common(text: str, start: int, end: int) -> bool:
    """Whether what is spelled like a name is a verb, as in "where does it sit?", or one of a kind, as in "a
    video diffusion transformer"."""
    spelled = text[start:end]
    if not spelled.islower():
        return False
    before = text[max(0, start - SEEN_BEFORE) : start]
    if " " in spelled:
        return ONE_OF_A_KIND.search(before) is not None
    return spelled in VERBS and bool(VERB_BEHIND.search(before) or SITS.match(text, end))


def _writing_out(letters: str, owners: Sequence[Paper], papers: Sequence[Paper]) -> int:
    """Return how many papers speak of what letters stand for where they name one: SSL is a field's."""
    words = {written_out(paper).get(letters) for paper in owners}
    return max((sum(speaks_of(paper, own) for paper in papers) for own in words if own), default=0)


@lru_cache(maxsize=KEPT)
def _spoken_names(paper: Paper) -> frozenset[str]:
    return frozenset(map(key, name_like(f"{paper.title} {paper.abstract}")))


def _known_as(run: str, spelled: str, names: Collection[str]) -> str:
    """Return the name that a run of words is, or that it is the plural or the singular of; "" if none.

    An ordinary word has its own plural, herons are no HERON, but not three of them in a row. A version may
    stand with its "v" or without.
    """
    if version := re.fullmatch(r"(.*?[a-z]{2})(v?)(\d)", run):
        other = f"{version[1]}{'' if version[2] else 'v'}{version[3]}"
        if run not in names and other in names:
            return other
    in_a_row = spelled.count(" ") >= LEAST_IN_A_ROW - 1
    if run in names or not (in_a_row or is_name_like(_without_possessive(spelled))):
        return run if run in names else ""
    return next((name for name in (run.removesuffix("s"), f"{run}s") if name in names), "")


def runs_of_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, key) of runs of words, by start, the longest first."""
    words = [match.span() for match in WORD.finditer(text)]
    for first in range(len(words)):
        for last in reversed(range(first, min(first + 20, len(words)))):
            start = words[first][0]
            end = start + len(text[start : words[last][1]].rstrip("."))
            yield start, end, key(_without_possessive(text[start:end]))


def _without_possessive(words: str) -> str:
    return re.sub(r"['’]s?$", "", words)
