"""Tells whether some sentences support a statement, from what the model makes of reading both.

In: a statement, the evidence that it was written from, and the model. Out: the log odds that it is not
supported, or None where the model cannot be looked into. It is a linear probe on the hidden state behind
the statement, fitted by bench/fit_support.py and measured by bench/support.py on sets of others. It sees
what no comparison of words can: a sentence made of the right words that says another thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from index_store.lexical import tokens
from rag.probing.probe import Direction, read_weights, state_behind
from rag.prompt import build_is_supported
from rag.values import Evidence, Span
from rag.writing import MayStand

if TYPE_CHECKING:
    from llama_index.core.llms.llm import LLM

__all__ = ["SupportProbe", "how_unsupported", "is_nearly_quoted", "read_probe", "support_check"]

NEARLY = 0.85
"""Share of the words of a statement."""


@dataclass(frozen=True, slots=True)
class SupportProbe:
    """The direction in the hidden state after a layer, counted from 0."""

    layer: int
    unsupported: Direction


@cache
def read_probe(model: str) -> SupportProbe | None:
    """Return the probe for a model by its name, or None where there is none."""
    read = read_weights("support", model)
    return SupportProbe(read["layer"], Direction.read(read["unsupported"])) if read else None


def how_unsupported(statement: str, evidence: Sequence[Evidence], model: LLM) -> float | None:
    """Return the log odds that the evidence does not support a statement of one sentence."""
    probe = read_probe(model.metadata.model_name)
    if probe is None:
        return None
    messages, size = build_is_supported(statement, evidence), len(probe.unsupported.weights)
    state = state_behind(messages, model, layer=probe.layer, size=size)
    return None if state is None else probe.unsupported.odds(state)


def support_check(model: LLM) -> MayStand | None:
    """Return what says of a statement whether it may stand; None for a model without a probe, or one that
    cannot be looked into."""
    from rag.models.streamed_model import StreamedModel

    probe = read_probe(model.metadata.model_name)
    if probe is None or not isinstance(model, StreamedModel) or not model.shows_states:
        return None

    def may_stand(statement: str, evidence: Sequence[Evidence]) -> bool:
        if is_nearly_quoted(statement, [item.span for item in evidence]):
            return True
        odds = how_unsupported(statement, evidence, model)
        return odds is None or odds <= probe.unsupported.rare

    return may_stand


def is_nearly_quoted(statement: str, spans: Sequence[Span]) -> bool:
    """Whether one of the spans says a statement in nearly the same words and order, but for those of its
    title: to read that back would be time lost."""
    return any(_share_in_order(statement, span) >= NEARLY for span in spans)


def _share_in_order(statement: str, span: Span) -> float:
    title, quoted = set(tokens(span.paper.title)), tokens(span.quote)
    words = [word for word in tokens(statement) if word not in title]
    held = at = 0
    for word in words:
        if word in quoted[at:]:
            at = quoted.index(word, at) + 1
            held += 1
    return held / len(words) if words else 0.0
