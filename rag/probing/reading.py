"""Has the model read the evidence before it writes: does it answer the question, and if not, which does?

In: a query plan, what was found, the paper index and the model. Out: what to write from, and how it stands
to the question. Where no title is named, the next papers are read before it is given up: the nearest one is
not always the one that was meant. It writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index_store.paper_index import PaperIndex
from rag.evidence import Found, choose_evidence, names_held
from rag.linking.mentions import is_named_by_title
from rag.linking.names import capital_names
from rag.probing.answerability import Answerability, how_answerable
from rag.values import QueryPlan

if TYPE_CHECKING:
    from llama_index.core.llms.llm import LLM

__all__ = ["Read", "read_evidence"]


SURELY_STATED = -1.0
"""Log odds that the evidence does not state what is asked; up to these no other paper is read."""
SCORE_WEIGHT = 8.0
"""Log odds that one more in the score of the best sentence is worth."""


@dataclass(frozen=True, slots=True)
class Read:
    """What to write from, for which plan, and what reading it came to."""

    plan: QueryPlan
    found: Found
    answerability: Answerability

    @property
    def is_unsure(self) -> bool:
        """Whether the evidence does not surely state what is asked."""
        return self.answerability.not_stated > SURELY_STATED

    @property
    def is_unlikely(self) -> bool:
        """Whether it is likelier that the evidence does not state what is asked than that it does."""
        return self.answerability.not_stated > 0


def read_evidence(plan: QueryPlan, found: Found, index: PaperIndex, model: LLM) -> Read | None:
    """Return the evidence of the paper that promises most to answer a question, else what was found; None
    where the model cannot be looked into.

    The next papers are read where the question leaves open which one is meant and the nearest is not sure
    to answer. One that only mentions what is named gives way only if it does not answer.
    """
    first = _read(plan, found, model)
    if first is None or _is_sure_of_paper(plan):
        return first
    if not first.answerability.not_stated > (0 if plan.papers else SURELY_STATED):
        return first
    free = replace(plan, papers=(), focus=plan.standalone_question)
    others = (_read(free, other, model) for other in _others(free, found, index))
    answering = [read for read in others if read and _answers(read)]
    if _answers(first):
        answering.insert(0, first)
    return max(answering, key=_promise, default=replace(first, plan=free))


def _answers(read: Read) -> bool:
    return not (read.answerability.is_doubtful or read.answerability.is_denied)


def _promise(read: Read) -> float:
    """Return how much speaks for a paper: that it states what is asked, and that it is near."""
    return SCORE_WEIGHT * read.found.best_score - read.answerability.not_stated


def _read(plan: QueryPlan, found: Found, model: LLM) -> Read | None:
    paper = found.evidence[0].span.paper
    own = [item for item in found.evidence if item.span.paper == paper]
    answerability = how_answerable(plan.standalone_question, own, model)
    return Read(plan, found, answerability) if answerability else None


def _is_sure_of_paper(plan: QueryPlan) -> bool:
    """Whether a question names its paper as the title does, and not by what an abstract also mentions."""
    return any(is_named_by_title(plan.standalone_question, paper) for paper in plan.papers)


def _others(plan: QueryPlan, found: Found, index: PaperIndex) -> Iterator[Found]:
    """Yield the evidence of each of the nearest papers but the first that was found, and those that lack a
    name which the question and that one have."""
    first, nearest = found.evidence[0].span.paper, choose_evidence(plan, index).nearest
    names = capital_names(plan.standalone_question)
    held = names_held(names, first, nearest) if names else set[str]()
    for paper in nearest:
        if paper != first and (not held or held <= names_held(names, paper, nearest)):
            other = choose_evidence(replace(plan, papers=(paper,)), index)
            if other.evidence:
                yield other
