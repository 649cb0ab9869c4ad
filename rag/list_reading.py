"""Has the model read the papers that come nearest to what a list asks for: which of them belong to it?

In: a query plan, what was found, the paper index and the model. Out: paper by paper what speaks for it, and
then the list. It is a linear probe on the hidden state behind the best sentences of a paper and "This paper
is a right answer to the question", with how far its words stand out; bench/fit_lists.py fits it. It writes
nothing.
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
from rag.probe import read_weights, state_behind
from rag.prompt import BELONGS, build_is_supported
from rag.scoring import rank_sentences
from rag.values import QueryPlan, Span

if TYPE_CHECKING:
    import numpy as np
    from llama_index.core.llms.llm import LLM
    from numpy.typing import NDArray

__all__ = ["Candidate", "ListProbe", "list_candidates", "probe_of", "read_candidates", "read_probe"]

SENTENCES_READ = 3
"""Of each paper, those that come nearest to the question: five or all tell no better, and take longer."""

LEAST_POSSIBLE = -2.2
"""Log odds from which a paper that is not listed is named beside the list: of ten such one belongs."""
MOST_POSSIBLE = 3
SURE = 0.0
"""Log odds that the surest paper has of nearly every list that some paper belongs to."""
NEAREST = 3


@dataclass(frozen=True, slots=True)
class ListProbe:
    """What the log odds that a paper belongs to a list are made of: a direction in the hidden state after a
    layer, counted from 0, and each standard deviation by which it stands out. From `least` on it does."""

    layer: int
    weights: tuple[float, ...]
    standing_out: float
    bias: float
    least: float

    def odds(self, candidate: Candidate) -> float:
        """Return the log odds of a paper that was read."""
        import numpy as np

        told = float(candidate.state @ np.array(self.weights))
        return told + self.standing_out * candidate.standing_out + self.bias


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that was read: its sentences, best first, the standard deviations by which it stands out, and
    the hidden state behind the best sentences, shape (hidden size,)."""

    paper: Paper
    spans: Sequence[Span]
    standing_out: float
    state: NDArray[np.float32]


@cache
def read_probe(model: str) -> ListProbe | None:
    """Return the probe for a model by its name, or None where there is none."""
    read = read_weights("lists", model)
    if read is None:
        return None
    return ListProbe(
        read["layer"], tuple(read["weights"]), read["standing_out"], read["bias"], read["least"]
    )


def probe_of(model: LLM) -> ListProbe | None:
    """Return the probe with which a model reads lists; None where it has none or cannot be looked into."""
    from rag.streamed_model import StreamedModel

    can = isinstance(model, StreamedModel) and model.shows_states
    return read_probe(model.metadata.model_name) if can else None


def read_candidates(
    plan: QueryPlan, found: Found, index: PaperIndex, model: LLM, *, layer: int, size: int
) -> Iterator[Candidate]:
    """Yield the papers that may belong to a list as they are read, with the states after a layer, counted
    from 0, no further than to where the model fails; none where it cannot be looked into."""
    papers = [paper for paper, _ in found.to_read]
    ranked = rank_sentences(plan.focus, papers, index, plain_share=PLAIN_SHARE)
    statement = BELONGS.format(question=plan.standalone_question)
    for paper, standing_out in found.to_read:
        spans = proving_first(plan, ranked[paper.id].spans)
        messages = build_is_supported(statement, number_evidence([spans[:SENTENCES_READ]]))
        state = state_behind(messages, model, layer=layer, size=size)
        if state is None:
            return
        yield Candidate(paper, spans, standing_out, state)


def list_candidates(
    plan: QueryPlan, found: Found, read: Sequence[Candidate], probe: ListProbe, *, is_far: bool = False
) -> Found:
    """Return what was found with those papers as the list that belong to it, surest first.

    Where none does, none matches, and the evidence is of the surest three; so it is where no sentence came
    near to begin with (`is_far`) and none surely belongs.
    """
    odds = {one.paper.id: probe.odds(one) for one in read}
    best_first = sorted(read, key=lambda one: (-odds[one.paper.id], one.paper.id))
    belonging = [one for one in best_first if odds[one.paper.id] >= probe.least]
    if is_far and odds[best_first[0].paper.id] < SURE:
        belonging = []
    listed = belonging[: longest_list(plan)] or best_first[:NEAREST]
    others = best_first[len(belonging) :] if belonging else []
    possible = [one.paper for one in others if odds[one.paper.id] >= LEAST_POSSIBLE]
    return replace(
        found,
        evidence=number_evidence([one.spans[:LISTED_SENTENCES] for one in listed]),
        nearest=tuple(one.paper for one in best_first[:NEAREST]),
        matching=len(belonging),
        less_sure=possible[:MOST_POSSIBLE],
    )
