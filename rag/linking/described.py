"""Finds the papers that a question describes instead of naming them: "the drone paper", "the survey".

In: a text, the papers that it names, and the paper index. Out: the text with the names of papers for the
descriptions that fit them. One rare word is enough where it fits one paper alone; what fits several is left
as it is. It knows nothing of what is asked about them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from math import exp

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.linking.descriptions import KIND, Description, find_descriptions, stemmed_words, telling_words
from rag.linking.initials import stands_in
from rag.linking.mentions import find_mentions
from rag.linking.names import distinct, name_like, short_name

__all__ = ["SMALL_LIBRARY", "described_paper", "name_described", "speaks_of_all"]

SMALL_LIBRARY = 300
"""Papers that are all looked at: it is quicker than to search, and nothing mistyped is missed, and no
paper of a list."""
DESCRIBED_PASSAGES = 40
UNTIL = r"(?=\s*(?:[:,;?!()—–]|\.(?:\s|$)|$))"
SIDE = r"(?!(?:does|do|did|is|are|was|can|how|what|which|why|who|when|where|if)\b)[^:;?!(),—–§]{3,90}?"
COMPARE = (
    rf"(?:please )?(?:compare|contrast) (?P<a>{SIDE}) (?:with|to|and|against|vs\.?|versus) "
    rf"(?P<b>{SIDE}){UNTIL}"
)
BESIDE = (
    rf"^\W*{COMPARE}",
    rf"\b(?:differences?|comparison|contrast) between (?P<a>{SIDE}) and (?P<b>{SIDE}){UNTIL}",
    rf"\bhow (?:do|does|is|are) (?P<a>{SIDE}) (?:differ(?:ent)? from|compared? (?:with|to|against)) "
    rf"(?P<b>{SIDE}){UNTIL}",
    rf"\bhow (?:do|are) (?P<a>{SIDE}) and (?P<b>{SIDE}) (?:differ|compare)\w*",
    rf"^(?P<a>{SIDE})(?: \([^()]*\))? (?:versus|vs\.?|as opposed to|compared (?:with|to)) "
    rf"(?P<b>{SIDE}){UNTIL}",
    rf"[?.!:]\s\W*{COMPARE}",
)
"""Questions that put two things side by side, which need not be called papers."""
KINDS = frozenset(stemmed_words("survey thesis dissertation tutorial report"))
"""Stemmed words for what a paper is, which it has to say itself."""
JOINT = re.compile(r"\s+(?:and|or|in|of|for|with|on|by|to|from|at|when|while|that|which)\s", re.I)
JOINED = 6
"""Characters between a description and a name that is a part of it: "the paper that builds on HERON"."""
BEFORE_SIDE = re.compile(r"\b(?:compare|contrast|between|with|to|from|than|versus|vs\.?|unlike)\s+$", re.I)
LEAST_BARE = 2
"""Words that describe a side which is not called a paper; one at least is an ordinary word, no name."""
IN_ABSTRACT = 0.7
"""What a word counts that stands in the abstract alone; one of the title counts 1."""
IN_A_ROW = 0.2
MARGIN = 0.1
"""By how much a description fits a paper better than the next."""
COMMON = 0.4
"""Share of the passages from which a word says nothing of which paper is meant."""
MAY_LACK = 4
"""Words of a description of which one may be nowhere in the paper."""
CAPITALS = re.compile(r"\b[A-Z]{3,5}s?\b")
"""Letters that may stand for words of a title: GAN."""


def name_described(
    text: str, named: Sequence[Paper], candidates: Sequence[Paper], index: PaperIndex, *, compares: bool
) -> tuple[str, list[Paper]]:
    """Return a text with the names of papers for what describes them, and those papers. `candidates` may
    share a name with one.

    `named` are the papers that it names already. Where it neither compares nor names any, it stays as it
    is: then the search finds what is described. A loose description that fits one of `named` means that.
    """
    if not (compares or named):
        return text, []
    taken = [(mention.start, mention.end) for mention in find_mentions(text, named)]
    found: list[tuple[int, int, Paper]] = []
    for one in find_descriptions(text, taken):
        if one.loose and not (compares and _may_be_side(text, one, named)):
            continue
        if one.said_last and not compares and any(0 <= start - one.end <= JOINED for start, _ in taken):
            continue  # the name belongs to what describes the paper
        found += _longest_fitting(one, index)
    if compares:
        found += _beside(text, [*taken, *((start, end) for start, end, _ in found)], index)
    for start, end, paper in sorted(found, key=lambda item: -item[0]):
        if paper not in named:
            text = f"{text[:start]}{_called(paper, candidates)}{text[end:]}"
    return text, [paper for _, _, paper in found]


def described_paper(said: str, index: PaperIndex, *, beside: str = "") -> Paper | None:
    """Return the one paper that a description fits, or None where none or several do. What stands `beside`
    the description may be a part of it, and has to go with the paper."""
    words = telling_words(said)
    if not words:
        return None
    near = distinct(passage.chunk.paper for passage in index.search(said, limit=DESCRIBED_PASSAGES))
    small = index.count_papers() <= SMALL_LIBRARY
    papers = distinct([*near, *index.papers()]) if small else near
    papers = [paper for paper in papers if _may_go_with(paper, telling_words(beside))]
    rare = [word for word in words if exp(-index.word_weight(word)) < COMMON] or words
    fits = sorted(((_fit(words, rare, p, said), -at) for at, p in enumerate(papers)), reverse=True)
    if not fits or not fits[0][0]:
        return None
    (best, place), second = fits[0], fits[1][0] if len(fits) > 1 else 0.0
    is_nearest = place == 0 and len(rare) > 1 and best > second
    paper = papers[-place]
    return paper if (best >= second + MARGIN or is_nearest) and _is_about(paper, rare, said) else None


def _is_about(paper: Paper, words: Sequence[str], said: str) -> bool:
    """Whether a paper is about what it holds: it is in the title, or said more than once, or is a name, or
    says what the paper is."""
    if not said.islower() or re.search(KIND, said) or any(_held(word, _title(paper)) for word in words):
        return True
    text = stemmed_words(paper.abstract)
    return all(sum(_held(word, [one]) for one in text) > 1 for word in words)


def _may_go_with(paper: Paper, words: Sequence[str]) -> bool:
    """Whether a paper has half of some words in its title, or all of them somewhere."""
    if 2 * sum(_held(word, _title(paper)) for word in words) >= len(words):
        return True
    held = _title(paper) | set(stemmed_words(paper.abstract))
    return all(_held(word, held) for word in words)


def speaks_of_all(said: str, paper: Paper) -> bool:
    """Whether a paper has every word of a description that tells anything."""
    held = _title(paper) | set(stemmed_words(paper.abstract))
    return all(_held(word, held) for word in telling_words(said))


def _title(paper: Paper, said: str = "") -> set[str]:
    """Return the stemmed words of a title, and the letters in `said` for which it has the words."""
    letters = (name for name in CAPITALS.findall(said) if stands_in(name, paper.title))
    return set(stemmed_words(paper.title)).union(*map(stemmed_words, letters))


def _held(word: str, held: Collection[str]) -> bool:
    if word in held:
        return True
    return len(word) >= 5 and any(
        len(other) >= 5 and (word.startswith(other) or other.startswith(word)) for other in held
    )


def _fit(words: Sequence[str], rare: Sequence[str], paper: Paper, said: str) -> float:
    """Return how well a description fits a paper: 0 where it does not, 1 where the title has all of it, and
    more where it stands there in a row. Two ordinary words have to, if the title lacks one; where the name
    of a thing is among them they need not."""
    title, text = _title(paper, said), stemmed_words(f"{paper.title} . {paper.abstract}")
    held = title.union(text)
    lacking = [word for word in words if not _held(word, held)]
    if len(lacking) > (len(words) >= MAY_LACK) or KINDS.intersection(lacking):
        return 0.0
    in_title = [word for word in rare if _held(word, title)]
    in_a_row = len(words) > 1 and any(text[at : at + len(words)] == list(words) for at in range(len(text)))
    if len(rare) == 2 and len(in_title) < 2 and not (in_a_row or name_like(said)):
        return 0.0
    score = sum(1.0 if word in in_title else IN_ABSTRACT * _held(word, held) for word in rare) / len(rare)
    return score + IN_A_ROW * in_a_row


def _longest_fitting(one: Description, index: PaperIndex) -> list[tuple[int, int, Paper]]:
    """Return the place and the paper of a description: what stands behind the word "paper" is cut at its
    joints, from the end, until it fits one."""
    is_behind = one.said_last
    for said in _cuts(one.said) if is_behind else [one.said]:
        paper = described_paper(said, index, beside=one.said.removeprefix(said) if is_behind else "")
        if paper and not (one.loose and _is_vague(said, paper)):
            return [(one.start, one.end - len(one.said) + len(said) if is_behind else one.end, paper)]
    return []


def _cuts(said: str) -> list[str]:
    """Return some words, and less and less of them: without what the last preposition joins to them."""
    return [said, *(said[: joint.start()] for joint in reversed(list(JOINT.finditer(said))))]


def _may_be_side(text: str, one: Description, named: Sequence[Paper]) -> bool:
    """Whether what may be a part of another paper is a side: none of `named` speaks of it, and one ordinary
    word describes it only where a side stands."""
    if any(speaks_of_all(one.said, paper) for paper in named):
        return False
    if one.is_telling or not one.said.islower():
        return True
    return not text[one.start : one.end].endswith("one") and bool(BEFORE_SIDE.search(text[: one.start]))


def _is_vague(said: str, paper: Paper) -> bool:
    """Whether one ordinary word of the abstract alone describes what may be a part of another paper."""
    words = telling_words(said)
    return len(words) == 1 and said.islower() and not _held(words[0], _title(paper))


def _beside(text: str, taken: Sequence[tuple[int, int]], index: PaperIndex) -> list[tuple[int, int, Paper]]:
    """Return the sides of a comparison that are not called papers, with the paper that each fits; nothing
    where the other side is none."""
    match = next(filter(None, (re.search(pattern, text, re.I) for pattern in BESIDE)), None)
    if not match:
        return []
    found = []
    for side in ("a", "b"):
        start, end = match.span(side)
        if _overlaps(start, match.start("b") if side == "a" else end, taken):
            continue  # it is named, or its name stands behind it in brackets
        fitting = _plain_side(match[side], index)
        if not fitting:
            return []
        said, paper = fitting
        found.append((start, start + len(said), paper))
    return found


def _plain_side(said: str, index: PaperIndex) -> tuple[str, Paper] | None:
    """Return as much of a side as describes a paper, and that paper."""
    for part in _cuts(said):
        plain = " ".join(word for word in part.split() if word.islower())
        tells = telling_words(plain) and len(telling_words(part)) >= LEAST_BARE
        if tells and (paper := described_paper(part, index)) and _is_plainly(paper, part):
            return part, paper
    return None


def _is_plainly(paper: Paper, said: str) -> bool:
    """Whether a paper has most words of a description in its title: one that is not called a paper may well
    be of something that the library does not hold."""
    words = telling_words(said)
    return 2 * sum(_held(word, _title(paper, said)) for word in words) >= len(words)


def _overlaps(start: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in taken)


def _called(paper: Paper, candidates: Sequence[Paper]) -> str:
    """Return the name to put for a description: the short one if it names this paper alone."""
    short = short_name(paper)
    named = {mention.paper.id for mention in find_mentions(short, distinct([*candidates, paper]))}
    return short if named == {paper.id} else f"“{paper.title}”"
