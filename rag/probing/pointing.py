"""Has the model point at the sentences that answer what is asked, and puts those first.

In: a query plan, what was found, and the model. Out: what was found, the sentences of each paper in another
order, and with them the cells of a table that were asked for in words of the question's own; as it was
where the model cannot be looked into. What it would point at is read off the probabilities of the numbers
before it writes one, and off the attention that it pays to the sentences while it reads the question. How
much this is worth, docs/quality-log.md says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, zip_longest
from math import log
from typing import TYPE_CHECKING

from index_store.errors import ModelError
from index_store.values import Paper
from rag.comparison import parts_to_compare, with_cells
from rag.evidence import Found
from rag.linking.plain_words import telling_stems
from rag.overview import asks_what_it_is
from rag.probing.retrieval_heads import RetrievalHeads, read_heads
from rag.prompt import build_points, read_to_point
from rag.scoring import parts_of
from rag.speakers import subjects_of
from rag.values import Evidence, QueryPlan, Span

if TYPE_CHECKING:
    from llama_index.core.llms.llm import LLM

    from rag.models.streamed_model import Weighed

__all__ = ["asked_parts", "point_out", "pointed_at"]

RANK_SHARE = 0.6
"""How much the log of a sentence's rank by its words counts beside the log probability, of a model whose
heads are not known: on questions of every kind from 0.3 to 0.8 do, and neither alone does as well."""
GOES_ON = re.compile(
    r"(?:(?:This|These|Such)(?! (?:paper|work|study|article|thesis|survey|report|methods|models|approaches|"
    r"works|techniques)\b)|Thus|Therefore|Hence|Consequently|In this way|As a result|By doing so)\b"
)
"""How a sentence begins that says more of the one before: what that is good for, as a rule."""
GOING_ON = 0.6
"""How much that counts behind the best sentence. On 125 answers to questions, 0.3 to 1.5 do the same."""
LOOKED_AT = 3
"""Best sentences among which one that speaks of the paper itself fills a cell."""
ASKING = (
    r"(?i:(?:(?:and|so|in|on|for|by|at|to|with|from|of) )?"
    r"(?:what|which|how|why|who|whose|where|when|is|are|was|were|do|does|did|can|could|has|have)\b)"
)
"""How a question begins behind a colon, which also stands in titles."""
LEAST_TOLD = 2
"""Telling words of a sentence that asks something by itself."""


def point_out(plan: QueryPlan, found: Found, model: LLM) -> Found:
    """Return what was found with the sentences first that the model points at, those for each thing that is
    asked in turns. Of an answer the first paper is read, of a comparison each, unless its papers were
    picked one by one: many of them, and of aspects, would take long."""
    if plan.subjects or asks_what_it_is(plan):
        return found
    evidence: list[Evidence] = []
    best: dict[str, list[Span]] = {}
    for paper, group in groupby(found.evidence, key=lambda item: item.span.paper):
        own = list(group)
        if plan.kind == "comparison" or not best:
            orders = _orders(plan, own, model)
            if orders is None:
                return found
            best[paper.id] = [_of_itself(order) for order in orders]
            own = _in_turns(own, orders)
        evidence += own
    table = with_cells(found.comparison, plan, best) if found.comparison else None
    return replace(found, evidence=tuple(evidence), comparison=table)


def _orders(plan: QueryPlan, own: Sequence[Evidence], model: LLM) -> list[list[Evidence]] | None:
    """Return the evidence of one paper, best first, for each thing that is asked; None where the model
    cannot be looked into, or fails at one of them."""
    orders: list[list[Evidence]] = []
    for part in asked_parts(plan, own[0].span.paper):
        scores = _scores(part, own, model)
        if scores is None:
            return None
        scored = zip(_with_what_goes_on(scores, own), own, strict=True)
        orders.append([item for _, item in sorted(scored, key=lambda pair: -pair[0])])
    return orders


def asked_parts(plan: QueryPlan, paper: Paper) -> list[str]:
    """Return the things that are asked, each as the model is asked to point at it in a paper."""
    if plan.kind == "comparison":
        return parts_to_compare(plan, paper)
    parts = parts_of(plan.focus)
    return [_asked(plan.standalone_question)] if len(parts) == 1 else parts


def _scores(part: str, own: Sequence[Evidence], model: LLM) -> Sequence[float] | None:
    """Return for each sentence how much speaks for it as an answer, or None where the model cannot tell."""
    heads = read_heads(model.metadata.model_name)
    weighed = pointed_at(part, own, model, heads)
    if weighed is None:
        return None
    if heads and weighed.attention is not None:
        scores: list[float] = heads.scores(weighed, [item.score for item in own]).tolist()
        return scores
    return [odds + RANK_SHARE * log(item.score) for odds, item in zip(weighed.odds, own, strict=True)]


def _with_what_goes_on(scores: Sequence[float], own: Sequence[Evidence]) -> list[float]:
    """Return the scores of sentences, in the order of their abstract, with more for the one behind the best
    if it goes on from there."""
    raised = list(scores)
    best = max(range(len(own)), key=raised.__getitem__)
    if best + 1 < len(own):
        told, behind = own[best].span, own[best + 1].span
        if GOES_ON.match(behind.quote) and not told.paper.abstract[told.end : behind.start].strip():
            raised[best + 1] += GOING_ON
    return raised


def _of_itself(order: Sequence[Evidence]) -> Span:
    """Return the first of the best sentences that does not speak of others alone, or the first of all."""
    near = (item.span for item in order[:LOOKED_AT])
    return next((span for span in near if subjects_of(span) != {"others"}), order[0].span)


def _asked(question: str) -> str:
    """Return what the last sentence of a question asks, without what it says before, if that can stand by
    itself."""
    *_, last = re.split(rf"(?<=[.?!])\s+|(?<=:)\s+(?={ASKING})", question.strip())
    return last if last.endswith("?") and len(telling_stems(last)) >= LEAST_TOLD else question


def _in_turns(own: Sequence[Evidence], orders: Sequence[Sequence[Evidence]]) -> list[Evidence]:
    """Return the evidence as it stands, with 1 / rank where the best of each order take turns."""
    turns = list(dict.fromkeys(item for turn in zip_longest(*orders) for item in turn if item))
    return [replace(item, score=1 / (turns.index(item) + 1)) for item in own]


def pointed_at(
    question: str, evidence: Sequence[Evidence], model: LLM, heads: RetrievalHeads | None = None
) -> Weighed | None:
    """Return for each sentence the log probability that the model names its number when it is asked which
    one answers a question, and the attention that these heads pay to it while they read the question. None
    where it cannot be looked into, or fails: it will say so when it writes."""
    from rag.models.streamed_model import Sought, StreamedModel

    if not isinstance(model, StreamedModel):
        return None
    numbers = [str(number) for number in range(1, len(evidence) + 1)]
    endings = [f"{own}]" if _begins_another(own, numbers) else own for own in numbers]
    sought = Sought(*read_to_point(question, evidence), heads.heads) if heads else None
    try:
        return model.weigh(build_points(question, evidence), "[", endings, sought=sought)
    except ModelError:
        return None


def _begins_another(number: str, numbers: Sequence[str]) -> bool:
    return any(other != number and other.startswith(number) for other in numbers)
