"""Has the model read the papers that come nearest to what a list asks for: which of them belong to it?

In: a query plan, what was found, the paper index and the model. Out: paper by paper what speaks for it, and
then the list. It is a linear probe on the hidden state behind the best sentences of a paper and "This paper
is a right answer to the question", with how far its words stand out, and how much more attention the
question pays to it than to the others; bench/fit_lists.py fits it. It writes nothing.
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
from rag.probing.probe import read_weights, seen_behind
from rag.probing.retrieval_heads import LEAST_SHARE
from rag.prompt import BELONGS, build_is_supported, read_to_list
from rag.scoring import rank_sentences
from rag.values import QueryPlan, Span

if TYPE_CHECKING:
    import numpy as np
    from llama_index.core.llms.llm import LLM
    from numpy.typing import NDArray

__all__ = [
    "Belonging",
    "Candidate",
    "ListProbe",
    "Signs",
    "centred_attention",
    "list_candidates",
    "probe_of",
    "read_candidates",
    "read_probe",
]

SENTENCES_READ = 3
"""Of each paper, those that come nearest to the question: five or all tell no better, and take longer."""

LEAST_POSSIBLE = -2.2
"""Log odds from which a paper that is not listed is named beside the list: of ten such one belongs."""
MOST_POSSIBLE = 3
MOST_UNQUOTED = 5
"""Papers that belong to a list as well and are named beside it."""
SURE = 0.0
"""Log odds that the surest paper has of nearly every list that some paper belongs to."""
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Signs:
    """What is looked at in a model while it reads: the hidden state of this size after a layer, counted
    from 0, and the attention of heads, each a layer with its place there."""

    layer: int
    size: int
    heads: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Belonging:
    """What the log odds that a paper belongs to a list are made of: a direction in the hidden state; for
    each head, or for none, the log of the attention that the question pays to the paper, above its mean
    over all that were read; and each standard deviation by which it stands out."""

    weights: tuple[float, ...]
    head_weights: tuple[float, ...]
    standing_out: float
    bias: float

    def odds(self, read: Sequence[Candidate]) -> list[float]:
        """Return the log odds of the papers that were read for one list."""
        import numpy as np

        told = np.stack([one.state for one in read]) @ np.array(self.weights)
        told += self.standing_out * np.array([one.standing_out for one in read])
        if self.head_weights:
            told += centred_attention(read) @ np.array(self.head_weights)
        odds: list[float] = (told + self.bias).tolist()
        return odds


@dataclass(frozen=True, slots=True)
class ListProbe:
    """What tells which papers belong to a list: whether any does is told by each `alone`, which of them do
    by each `beside` the others, whose attention some paper always has most of. From `least` on one does."""

    signs: Signs
    alone: Belonging
    beside: Belonging
    least: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that was read: its sentences, best first, the standard deviations by which it stands out, the
    hidden state behind the best sentences, shape (hidden size,), and the share of its attention that each
    head pays to the title and these sentences while the question is read, shape (heads,): None where the
    model cannot be watched."""

    paper: Paper
    spans: Sequence[Span]
    standing_out: float
    state: NDArray[np.float32]
    attention: NDArray[np.float32] | None = None


def centred_attention(read: Sequence[Candidate]) -> NDArray[np.float64]:
    """Return the logs of the attention to papers, all of them watched, above their mean: shape (papers,
    heads)."""
    import numpy as np

    paid = [one.attention for one in read if one.attention is not None]
    logs = np.log(np.stack(paid).astype(np.float64) + LEAST_SHARE)
    centred: NDArray[np.float64] = logs - logs.mean(axis=0)
    return centred


@cache
def read_probe(model: str) -> ListProbe | None:
    """Return the probe for a model by its name, or None where there is none."""
    read = read_weights("lists", model)
    if read is None:
        return None
    heads = tuple((layer, place) for layer, place in read["heads"])
    alone, beside = (
        Belonging(tuple(told["weights"]), tuple(told["head_weights"]), told["standing_out"], told["bias"])
        for told in (read["alone"], read["beside"])
    )
    return ListProbe(Signs(read["layer"], len(alone.weights), heads), alone, beside, read["least"])


def probe_of(model: LLM) -> ListProbe | None:
    """Return the probe with which a model reads lists; None where it has none or cannot be looked into."""
    from rag.models.streamed_model import StreamedModel

    can = isinstance(model, StreamedModel) and model.shows_states
    return read_probe(model.metadata.model_name) if can else None


def read_candidates(
    plan: QueryPlan, found: Found, index: PaperIndex, model: LLM, signs: Signs
) -> Iterator[Candidate]:
    """Yield the papers that may belong to a list as they are read, no further than to where the model
    fails; none where it cannot be looked into."""
    from rag.models.streamed_model import Sought

    papers = [paper for paper, _ in found.to_read]
    ranked = rank_sentences(plan.focus, papers, index, plain_share=PLAIN_SHARE)
    question = plan.standalone_question
    for paper, standing_out in found.to_read:
        spans = proving_first(plan, ranked[paper.id].spans)
        evidence = number_evidence([spans[:SENTENCES_READ]])
        messages = build_is_supported(BELONGS.format(question=question), evidence)
        sought = Sought(*read_to_list(question, evidence), signs.heads)
        seen = seen_behind(messages, model, layer=signs.layer, size=signs.size, sought=sought)
        if seen is None:
            return
        paid = None if seen.attention is None else seen.attention.sum(axis=1)
        yield Candidate(paper, spans, standing_out, seen.state, paid)


def list_candidates(
    plan: QueryPlan, found: Found, read: Sequence[Candidate], probe: ListProbe, *, is_far: bool = False
) -> Found:
    """Return what was found with those papers as the list that belong to it, surest first.

    Where none does by itself, none matches, and the evidence is of the surest three; so it is where no
    sentence came near to begin with (`is_far`) and none surely belongs.
    """
    is_watched = all(one.attention is not None for one in read)
    belonging_of = probe.beside if is_watched else probe.alone
    odds = dict(zip((one.paper.id for one in read), belonging_of.odds(read), strict=True))
    best_first = sorted(read, key=lambda one: (-odds[one.paper.id], one.paper.id))
    belonging = [one for one in best_first if odds[one.paper.id] >= probe.least]
    if max(probe.alone.odds(read)) < (SURE if is_far else probe.least):
        belonging = []
    listed = belonging[: longest_list(plan)] or best_first[:NEAREST]
    others = best_first[len(belonging) :] if belonging else []
    possible = [one.paper for one in others if odds[one.paper.id] >= LEAST_POSSIBLE]
    return replace(
        found,
        evidence=number_evidence([one.spans[:LISTED_SENTENCES] for one in listed]),
        nearest=tuple(one.paper for one in best_first[:NEAREST]),
        matching=len(belonging),
        unquoted=[one.paper for one in belonging[len(listed) :][:MOST_UNQUOTED]],
        less_sure=possible[:MOST_POSSIBLE],
    )
