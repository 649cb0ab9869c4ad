"""Finds the two papers that a question sets side by side without naming both of them.

In: a question, the paper that it names if any, and the paper index. Out: two papers, or None. Where it is
plain which words describe which ("the paper on owls and the one on tides"), each is the paper nearest to
them. Else, what such a question tells is told by no paper alone, and by two together: each of its parts is
held against the papers near it, and the two that come nearest to all parts between them are meant, if they
come nearer than one does. So nothing has to say where the description of the one ends and that of the other
begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.linking.mentions import find_mentions
from rag.linking.names import distinct
from rag.linking.plain_words import telling_stems
from rag.scoring import score_passages

__all__ = ["two_sides"]

PAPERS = (
    r"(?:papers|works|studies|methods|models|approaches|systems|networks|datasets|collections|generators|"
    r"architectures|articles|frameworks|efforts)"
)
PAPER = r"(?:paper|one|work|study|model|method|approach|article|thesis|survey|system|dataset|network)"
SIDE_BY_SIDE = re.compile(
    rf"\b(?:two|both) (?:(?!of\b)[\w-]+ ){{0,3}}{PAPERS}\b|"
    r"\bone\b[^.?!]{3,}?"
    r"(?:\banother\b|\bthe other\b|(?:\band|[,;]|\bwhile|\bwhereas|\bversus|\bvs\.?) one\b)|"
    rf"\b(?:another|other) {PAPER}\b|\bsomeone else\b|\balso one\b|"
    rf"\b{PAPER}\b[^.?!]*\b(?:and|or|with|from|than) the (?:[\w'’-]+ ){{0,4}}{PAPER}\b|"
    rf"\bor the (?:[\w'’-]+ ){{0,4}}{PAPER}\b|"
    r"\b(?:versus|vs\.?|as opposed to|compared? (?:with|to|against)|against|in contrast (?:to|with)|"
    r"on the contrary|side by side|compare|contrast|comparison|differ|differences?|differs from|"
    r"(?:dis)?agree|in common|both|each)\b",
    re.I,
)
"""May set two papers side by side, or two things of one paper; the papers decide which."""
AND_ANOTHER = re.compile(
    r"\band (?:what|why|how|which|where) (?:does|do|is|are|did|in|with|for|by|of) "
    r"(?!(?:it|they|its|their)\b)",
    re.I,
)
"""Asks a second thing: beside a paper that is named it may be of another."""
TURNED_DOWN = re.compile(r"\bnot the\b[^.?!]*\bother\b", re.I)
"""Asks for one of two alone: "not the one on X, the other one"."""
JOINTS = re.compile(
    r"\s*(?:[,;:.?!()—–]|\s-\s|\b(?:and|or|with|from|versus|vs\.?|while|whereas|but|than|rather|against|"
    r"as opposed to|compared to)\b)\s*",
    re.I,
)
MOST_PARTS = 12
PASSAGES = 40
"""Nearest to the question, and to each part of it, whose papers are looked at."""
PLAIN_SHARE = 0.25
"""How much a word of asking counts of what a term would."""
WHOLE_SHARE = 0.6
"""How much the whole question counts beside all its parts."""
LEAST_GAIN = 0.03
"""By how much two papers come nearer to the parts of a question than one does, where both are meant."""
LEAST_NEAR = 0.55
"""Score of a part to which a paper that is not named comes nearer than the other one."""

DESCRIBED = re.compile(
    r"\b(?:(?:the|an?|one|that|another)\s+(?:(?!(?:and|or)\b)[\w'’-]+\s+){0,7}?"
    r"(?:paper|study|article|preprint|thesis|survey|work)\b|"
    r"(?P<short>(?:the|that) one (?:on|about|that|which|whose|with|for|from|by)\b))",
    re.I,
)
"""Begins the description of a paper; a short one has to follow another ("and the one that ...")."""
JOINED = re.compile(
    r"(?:\b(?:and|or|versus|vs\.?|with|from|than|to|against|while|whereas|but)|[,;])\s*$", re.I
)
"""What stands before the second of two papers that are described one after the other."""
DESCRIBED_UNTIL = re.compile(r"[:?!;]|\.(?:\s|$)|,\s*(?:which|what|how|where|who|why)\b|$", re.I)
ONE_THE_OTHER = re.compile(
    rf"\b(?:two|both) (?:[\w-]+ ){{0,3}}?{PAPERS}\b(?P<shared>[^.?!]*?)[,:;–-]\s*(?:the )?one\b"
    r"(?P<one>[^.?!;]+?)[,;]?\s+(?:(?:and|while|whereas|but) )?(?:the other|another|(?:the )?one)\b"
    r"(?P<other>[^.?!;]+)",
    re.I,
)
"""Tells two papers apart, maybe behind what they share."""
Scores = NDArray[np.float64]


def two_sides(question: str, named: Sequence[Paper], index: PaperIndex) -> tuple[Paper, Paper] | None:
    """Return the two papers that a question sets side by side which names at most one of them, in its
    order; None where it is about one, or about none."""
    asks_of_two = SIDE_BY_SIDE.search(question) or (named and AND_ANOTHER.search(question))
    if len(named) > 1 or not asks_of_two or TURNED_DOWN.search(question):
        return None
    apart = _described_apart(question, index)
    if apart and (set(named) <= set(apart) or _is_named_before(question, named)):
        return apart
    return _nearest_together(question, named, index)


def _nearest_together(
    question: str, named: Sequence[Paper], index: PaperIndex
) -> tuple[Paper, Paper] | None:
    """Return the two papers that come nearest to all parts of a question between them, or None where one
    comes about as near."""
    parts = [part for part in JOINTS.split(question) if telling_stems(part)][:MOST_PARTS]
    if len(parts) < 2:
        return None
    papers, scores = _near([question, *parts], index)
    known = [at for at, paper in enumerate(papers) if paper in named]
    if len(papers) < 2 or len(known) < len(named):
        return None
    told = np.array([sum(map(index.word_weight, sorted(telling_stems(part)))) for part in parts])
    whole, each = WHOLE_SHARE * scores[:, 0], scores[:, 1:] * (told / told.sum())
    together = np.maximum(each[:, None], each[None]).sum(axis=2) + (whole[:, None] + whole[None]) / 2
    alone = together.diagonal().copy()
    np.fill_diagonal(together, -np.inf)
    ones = known or list(range(len(papers)))
    row, other = np.unravel_index(together[ones].argmax(), together[ones].shape)
    one = ones[row]
    if together[one, other] < alone[ones].max() + LEAST_GAIN:
        return None
    ahead = {one: each[one] - each[other], int(other): each[other] - each[one]}
    for at, by in ahead.items():
        if at not in known and scores[at, 1:][by > 0].max(initial=0.0) < LEAST_NEAR:
            return None
    first, second = sorted(ahead, key=lambda at: int(ahead[at].argmax()))
    return papers[first], papers[second]


def _described_apart(question: str, index: PaperIndex) -> tuple[Paper, Paper] | None:
    """Return the papers nearest to two descriptions that are plainly of one each, or None. Where it says
    that they are two, the nearest two are taken, though one be nearest to both."""
    if two := ONE_THE_OTHER.search(question):
        said = [f"{two['shared']} {two[side]}" for side in ("one", "other")]
    else:
        said = _descriptions_in_turn(question)
    if not said:
        return None
    papers, scores = _near(said, index)
    if len(papers) < 2:
        return None
    together = scores[:, :1] + scores[:, 1]
    if two:
        np.fill_diagonal(together, -np.inf)
    first, second = np.unravel_index(together.argmax(), together.shape)
    near = min(scores[first, 0], scores[second, 1]) >= LEAST_NEAR
    return (papers[first], papers[second]) if near and first != second else None


def _is_named_before(question: str, named: Sequence[Paper]) -> bool:
    """Whether a question names a paper only in what it says of two before it tells them apart."""
    two = ONE_THE_OTHER.search(question)
    return two is not None and not find_mentions(f"{two['one']} , {two['other']}", named)


def _descriptions_in_turn(question: str) -> list[str]:
    """Return what a question says of each of two papers that it describes in turn, or nothing."""
    found = list(DESCRIBED.finditer(question))
    if len(found) != 2 or found[0]["short"] or not JOINED.search(question[: found[1].start()]):
        return []
    begin, middle = (one.start() for one in found)
    until = DESCRIBED_UNTIL.search(question, found[1].end())
    return [question[begin:middle], question[middle : until.start() if until else None]]


def _near(texts: Sequence[str], index: PaperIndex) -> tuple[list[Paper], Scores]:
    """Return the papers near any of some texts, and how near each comes to each: shape (papers, texts)."""
    passages = list({p.chunk: p for text in texts for p in index.search(text, limit=PASSAGES)}.values())
    papers = distinct(passage.chunk.paper for passage in passages)
    by_text = score_passages(texts, passages, index, plain_share=PLAIN_SHARE)
    return papers, np.array([[scores[paper.id] for scores in by_text] for paper in papers])
