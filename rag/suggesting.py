"""Says what could be asked instead, and in which words a paper comes near.

In: papers of the library. Out: a question that one of them answers, and a line of another's abstract. The
question is made of what an abstract really gives, so that asking it is no second disappointment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from index_store.paper_index import PaperIndex
from index_store.sentences import split_sentences
from index_store.values import Paper
from rag.aspects import ASPECTS, best_span
from rag.linking.names import key, short_name, title_names
from rag.values import Answer, Evidence, Span

__all__ = [
    "SENTENCE",
    "Suggestion",
    "name_among",
    "question_for",
    "questions_after",
    "quoted",
    "reason_for",
    "shortened",
]

LINE = 90
"""Characters of an abstract that are shown of a paper that is only near."""
SENTENCE = 320
"""Characters that are shown of the paper that was asked about: what its nearest sentence says may help."""
GIVES = (
    (r"\b\d[\d.,]*\s?(?:[KMB]|million|billion)?\s+param(?:eter)?s?\b", "How many parameters does {} have?"),
    (
        r"\b(?:introduc|present|construct|collect|curat|releas|propos)\w*\s(?:[\w-]+\s){0,6}(?:dataset|corpus)\b",
        "Which dataset does {} introduce?",
    ),
    (r"\b(?:outperform|surpass|exceed|state[- ]of[- ]the[- ]art)", "What results does {} report?"),
)
"""What an abstract may give, and the question that asks for it."""
SPEAKS_OF_ITSELF = re.compile(
    r"\b(?:we|our|this (?:paper|work|study)|propos\w+|introduc\w+|present\w*)\b", re.I
)
OTHERWISE = "What is {} about?"
ASKS = {
    "results": "What results does {} report?",
    "training data": "What is {} trained on?",
    "core idea": "What is the core idea of {}?",
    "limitations": "What are the limitations of {}?",
    "efficiency": "How efficient is {}?",
    "architecture": "What is the architecture of {}?",
    "code": "Is the code of {} available?",
}
"""A question for each aspect that an abstract may state, the ones that people ask most often first."""
FOLLOWED = 3
"""Papers of an answer about which something more is suggested."""
NEIGHBOURS = 8
"""Passages among which the nearest other paper is looked for."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that could be asked next, and the papers that its answer has to cite."""

    question: str
    papers: tuple[Paper, ...]


def question_for(paper: Paper, others: Sequence[Paper]) -> str:
    """Return a question that the abstract of a paper answers. `others` may share its name."""
    asks = (ask for gives, ask in GIVES if re.search(gives, paper.abstract, re.I))
    return next(asks, OTHERWISE).format(name_among(paper, others))


def questions_after(answer: Answer, index: PaperIndex) -> Iterator[Suggestion]:
    """Yield what could be asked after a complete answer: what the abstracts that it cites state
    besides, one paper after the other, and how a paper differs from the nearest one.

    Nothing is suggested that was just asked or quoted, and nothing after a refusal.
    """
    cited = [citation.paper for citation in answer.citations]
    if answer.abstains or not cited:
        return
    near = _nearest_other(cited[0], index) if len(cited) == 1 else None
    others = [*cited, near] if near else cited
    about = [_asks_about(paper, answer, others) for paper in cited[:FOLLOWED]]
    in_turn = (found for found in chain.from_iterable(zip_longest(*about)) if found)
    pair = others[:2] if answer.kind != "comparison" and len(others) > 1 else []
    if first := next(in_turn, None):
        yield first
    if pair:
        names = [name_among(paper, others) for paper in pair]
        yield Suggestion(f"How do {names[0]} and {names[1]} differ?", tuple(pair))
    yield from in_turn


def _asks_about(paper: Paper, answer: Answer, others: Sequence[Paper]) -> Iterator[Suggestion]:
    """Yield questions for what an abstract states and the answer does not say already."""
    spans = [Span(paper, start, end) for start, end in split_sentences(paper.abstract)]
    said = {span for citation in answer.citations for span in citation.spans}
    aspects = {aspect.name: aspect for aspect in ASPECTS}
    for name, ask in ASKS.items():
        if re.search(aspects[name].asks, answer.standalone_question, re.I):
            continue
        stated = best_span(aspects[name], spans)
        if stated and stated not in said:
            yield Suggestion(ask.format(name_among(paper, others)), (paper,))


def _nearest_other(paper: Paper, index: PaperIndex) -> Paper | None:
    """Return the paper whose abstract comes nearest to what another one is called and begins with; one
    with a short name goes before one that has to be called by its title.
    """
    text = f"{paper.title}. {shortened(paper.abstract, 300)}"
    hits = (hit.chunk.paper for hit in index.search(text, limit=NEIGHBOURS))
    near = [hit for hit in hits if hit.id != paper.id]
    return min(near, key=lambda hit: short_name(hit).startswith("“"), default=None)


def name_among(paper: Paper, others: Sequence[Paper]) -> str:
    """Return the short name of a paper, or its title where one of `others` has the same name."""
    short = short_name(paper)
    shared = any(key(short) in title_names(other) for other in others if other.id != paper.id)
    return f"“{paper.title}”" if shared else short


def reason_for(paper: Paper, evidence: Sequence[Evidence], *, length: int = LINE) -> str:
    """Return the words of an abstract that say why it is near, as many as fit into `length` characters: its
    best sentence, else the first one that speaks of the paper itself.
    """
    own = [item for item in evidence if item.span.paper == paper]
    if own:
        return shortened(max(own, key=lambda item: item.score).span.quote, length)
    sentences = [paper.abstract[start:end] for start, end in split_sentences(paper.abstract)]
    speaks = (s for s in sentences if SPEAKS_OF_ITSELF.search(s) or key(short_name(paper)) in key(s))
    return shortened(next(speaks, sentences[0] if sentences else ""), length)


def quoted(line: str) -> str:
    """Return a line in quotation marks, with dots where it breaks off."""
    return f"“{line}”" if re.search(r"[.!?]$", line) else f"“{line} …”"


def shortened(text: str, length: int = LINE) -> str:
    """Return the beginning of a text, as many whole words as fit into `length` characters."""
    if len(text) <= length:
        return text
    cut = text[: length + 1]
    return (cut[: cut.rfind(" ")] if " " in cut else text[:length]).rstrip(" ,;:(–-")
