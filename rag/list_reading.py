"""Has the model read the papers that come nearest to what a list asks for: which of them belong to it?

In: a query plan, what was found, the paper index and the model. Out: paper by paper what speaks for it, and
then the list. What the model makes of the best sentences of a paper counts beside how far its words stand
out; both are weighed as bench/fit_lists.py found. It writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.evidence import LISTED_SENTENCES, Found, number_evidence
from rag.lists import PLAIN_SHARE, longest_list, proving_first
from rag.probe import read_weights
from rag.prompt import BELONGS
from rag.scoring import rank_sentences
from rag.support import how_unsupported
from rag.values import QueryPlan, Span

if TYPE_CHECKING:
    from llama_index.core.llms.llm import LLM

__all__ = ["Candidate", "ListWeights", "list_candidates", "list_weights", "read_candidates", "reads_lists"]

SENTENCES_READ = 3
"""Of each paper, those that come nearest to the question: five or all tell no better, and take longer."""


@dataclass(frozen=True, slots=True)
class ListWeights:
    """What a paper's log odds to belong to a list are made of: what each standard deviation counts by which
    it stands out, and each unit of the log odds that its sentences support it. From `least` on it does."""

    standing_out: float
    supported: float
    bias: float
    least: float

    def odds(self, candidate: Candidate) -> float:
        """Return the log odds of a paper that was read."""
        return self.standing_out * candidate.standing_out + self.supported * candidate.supported + self.bias


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that was read: its sentences, best first, the standard deviations by which it stands out, and
    the log odds that the sentences support that it belongs to the list."""

    paper: Paper
    spans: Sequence[Span]
    standing_out: float
    supported: float


@cache
def list_weights(model: str) -> ListWeights | None:
    """Return the weights for a model by its name, or None where there are none."""
    read = read_weights("lists", model)
    return ListWeights(*(read[name] for name in ListWeights.__slots__)) if read else None


def reads_lists(model: LLM) -> bool:
    """Whether a model can be looked into, and it is known what that tells of lists."""
    from rag.streamed_model import StreamedModel

    can = isinstance(model, StreamedModel) and model.shows_states
    return can and list_weights(model.metadata.model_name) is not None


def read_candidates(plan: QueryPlan, found: Found, index: PaperIndex, model: LLM) -> Iterator[Candidate]:
    """Yield the papers that may belong to a list as they are read; none where the model cannot be looked
    into, or fails."""
    papers = [paper for paper, _ in found.to_read]
    ranked = rank_sentences(plan.focus, papers, index, plain_share=PLAIN_SHARE)
    statement = BELONGS.format(question=plan.standalone_question)
    for paper, standing_out in found.to_read:
        spans = proving_first(plan, ranked[paper.id].spans)
        unsupported = how_unsupported(statement, number_evidence([spans[:SENTENCES_READ]]), model)
        if unsupported is None:
            return
        yield Candidate(paper, spans, standing_out, -unsupported)


def list_candidates(
    plan: QueryPlan, found: Found, read: Sequence[Candidate], weights: ListWeights
) -> Found:
    """Return what was found with those papers as the list that belong to it, surest first; as it was where
    none does."""
    best_first = sorted(read, key=lambda one: (-weights.odds(one), one.paper.id))
    belonging = [one for one in best_first if weights.odds(one) >= weights.least]
    if not belonging:
        return found
    listed = belonging[: longest_list(plan)]
    evidence = number_evidence([one.spans[:LISTED_SENTENCES] for one in listed])
    return replace(found, evidence=evidence, matching=len(belonging))
