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
from rag.answerability import Answerability, how_answerable
from rag.evidence import Found, choose_evidence, names_held
from rag.mentions import is_named_by_title
from rag.names import capital_names
from rag.values import QueryPlan

if TYPE_CHECKING:
    from llama_index.core.llms.llm import LLM

__all__ = ["Read", "read_evidence"]


@dataclass(frozen=True, slots=True)
class Read:
    """What to write from, for which plan, and what reading it came to."""

    plan: QueryPlan
    found: Found
    answerability: Answerability


def read_evidence(plan: QueryPlan, found: Found, index: PaperIndex, model: LLM) -> Read | None:
    """Return the evidence of the first paper that answers a question, else what was found; None where the
    model cannot be looked into."""
    first = _read(plan, found, model)
    if first is None or not first.answerability.not_stated > 0 or _is_sure_of_paper(plan):
        return first
    free = replace(plan, papers=(), focus=plan.standalone_question)
    for other in _others(free, found, index):
        read = _read(free, other, model)
        if read and not (read.answerability.is_doubtful or read.answerability.is_denied):
            return read
    return replace(first, plan=free)


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
    first = found.evidence[0].span.paper
    names = capital_names(plan.standalone_question)
    held = names_held(names, first) if names else set[str]()
    for paper in choose_evidence(plan, index).nearest:
        if paper != first and (not held or held <= names_held(names, paper)):
            other = choose_evidence(replace(plan, papers=(paper,)), index)
            if other.evidence:
                yield other
