"""Orders the sentences of papers by how much they decide a question.

In: a question without the names in it, and papers. Out: for each paper its sentences, best first, and
the score of the best. Every constant was found on the development set; docs/quality-log.md has the figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

import numpy as np
from numpy.typing import NDArray

from index_store.catalog import Vector
from index_store.lexical import tokens
from index_store.paper_index import PaperIndex
from index_store.values import Chunk, Paper, Passage
from rag.linking.british import as_held
from rag.linking.plain_words import is_asking
from rag.priors import prior_of
from rag.values import Span

__all__ = ["ASKS", "Ranked", "lying_in", "parts_of", "rank_sentences", "score_passages", "titled_sentence"]

WORD_SHARE = 0.6
"""How much the share of the question's words counts beside the cosine."""
NEIGHBOUR_SHARE = 0.3
"""How much the better neighbour adds: a mechanism is told in sentences that follow one another."""

ASKS = r"(?:for |of |on |in |by |to |with )?(?:what|which|how|where|who|when|why|is|does|did|do)\b"
"""How a thing that is asked begins."""
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The sentences of one paper, best first, with the best score and the best cosine of any of them.

    `parts` are the same for each thing that is asked, with the score of the best for that alone.
    """

    spans: tuple[Span, ...]
    best_score: float
    best_cosine: float
    parts: tuple[tuple[tuple[Span, ...], float], ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question, or a part of one, as sentences are held against it: its vector, its words by weight."""

    vector: Vector
    words: dict[str, float]


def parts_of(question: str) -> list[str]:
    """Split a question into the things it asks: at "and what", "and for how long", ", including the", and
    semicolons. One without any word is left whole."""
    also = r",\s+(?:including|along with|as well as|plus)\s+(?=(?:the|their|its|any)\b)"
    parts = re.split(rf";|\?\s|{also}|,?\s+and\s+(?={ASKS})", question)
    return [part for part in parts if re.search(r"\w", part)] or [question]


def titled_sentence(span: Span) -> str:
    """Return what is embedded for a sentence: many say "we" and "it", so its title goes with it."""
    return f"{span.paper.title}: {span.quote}"


def rank_sentences(
    question: str,
    papers: Sequence[Paper],
    index: PaperIndex,
    *,
    parts: Sequence[str] = (),
    plain_share: float = 1.0,
    is_read: Callable[[Span], bool] | None = None,
) -> dict[str, Ranked]:
    """Return the ranked sentences of each paper, by paper id: all of them, or those that are read.

    Where a question asks several things, the best sentences for each of them take turns. These `parts`
    are read from the question where they are not given. The best score is that of the words alone.
    `plain_share` is how much a word of asking and reporting counts of what it would as a term.
    """
    parts = parts or parts_of(question)
    asked = [question, *parts] if len(parts) > 1 else [question]
    wanted = [_wanted(text, index, plain_share) for text in asked]
    sentences = index.sentences([paper.id for paper in papers])
    spans_of = {p.id: [Span(p, start, end) for start, end in sentences[p.id]] for p in papers}
    places = {
        id: [n for n, span in enumerate(own) if not is_read or is_read(span)]
        for id, own in spans_of.items()
    }
    spans_of = {id: [own[n] for n in places[id]] for id, own in spans_of.items()}
    vectors = iter(index.vectors([titled_sentence(s) for spans in spans_of.values() for s in spans]))
    ranked: dict[str, Ranked] = {}
    for paper in papers:
        spans = spans_of[paper.id]
        alone, cosine = _scores(wanted, [s.quote for s in spans], list(islice(vectors, len(spans))))
        priors = np.array([prior_of(span, question) for span in spans])
        whole = [_with_neighbours(scores, places[paper.id]) + priors for scores in alone]
        orders = [_order(part + whole[0]) for part in whole[1:]] or [_order(whole[0])]
        turns = dict.fromkeys(n for turn in zip_longest(*orders) for n in turn if n is not None)
        best = [float(scores.max(initial=0.0)) for scores in alone]
        each = zip(orders, best[1:] or best, strict=True)
        ranked[paper.id] = Ranked(
            tuple(spans[n] for n in turns),
            best[0],
            cosine,
            tuple((tuple(spans[n] for n in order), score) for order, score in each),
        )
    return ranked


def lying_in(passages: Sequence[Passage]) -> Callable[[Span], bool]:
    """Return what tells whether a sentence lies in some passages."""
    chunks: dict[str, list[Chunk]] = {}
    for passage in passages:
        chunks.setdefault(passage.chunk.paper.id, []).append(passage.chunk)

    def lies(span: Span) -> bool:
        own = chunks.get(span.paper.id, [])
        return any(chunk.start <= span.start and span.end <= chunk.end for chunk in own)

    return lies


def score_passages(
    questions: Sequence[str], passages: Sequence[Passage], index: PaperIndex, *, plain_share: float = 1.0
) -> list[dict[str, float]]:
    """Return for each question the score of the best passage of each paper, by paper id, as a sentence is
    scored by itself.

    Nothing is embedded but the questions, so that many papers can be looked at.
    """
    texts = [passage.chunk.text for passage in passages]
    vectors = index.vectors([passage.chunk.indexed_text for passage in passages])
    wanted = [_wanted(question, index, plain_share) for question in questions]
    best: list[dict[str, float]] = []
    for scores in _scores(wanted, texts, vectors)[0]:
        own: dict[str, float] = {}
        for passage, score in zip(passages, scores, strict=True):
            id = passage.chunk.paper.id
            own[id] = max(float(score), own.get(id, 0.0))
        best.append(own)
    return best


def _wanted(question: str, index: PaperIndex, plain_share: float) -> Wanted:
    question = as_held(question, index)
    vector = np.asarray(index.embedder.get_query_embedding(question), dtype=np.float32)
    words = {w: index.word_weight(w) * (plain_share if is_asking(w) else 1.0) for w in tokens(question)}
    return Wanted(vector, words)


def _scores(
    wanted: Sequence[Wanted], texts: Sequence[str], vectors: Sequence[Vector]
) -> tuple[list[Scores], float]:
    """Return for each question the score of each text: its cosine, and the share of the question's words,
    by weight, that it holds. Also the best cosine with the first question."""
    if not texts:
        return [np.zeros(0) for _ in wanted], 0.0
    own = np.stack(vectors)
    held = [set(tokens(text)) for text in texts]
    scores, cosines = [], []
    for question in wanted:
        cosines.append(own @ question.vector)
        total = sum(question.words.values()) or 1.0
        shares = [sum(question.words[w] for w in question.words if w in words) / total for words in held]
        scores.append(cosines[-1] + WORD_SHARE * np.array(shares))
    return scores, float(cosines[0].max())


def _with_neighbours(scores: Scores, places: Sequence[int]) -> Scores:
    """Return the scores of the sentences at some places of an abstract, each with a share of that of its
    better neighbour, if it has one that is read."""
    own = np.array(places, dtype=int) + 1
    all_places: Scores = np.full(own.max(initial=0) + 2, -np.inf)
    all_places[own] = scores
    better = np.maximum(all_places[own - 1], all_places[own + 1])
    return scores + NEIGHBOUR_SHARE * np.where(np.isfinite(better), better, 0.0)


def _order(scores: Scores) -> list[int]:
    return [int(n) for n in np.argsort(-scores, kind="stable")]
