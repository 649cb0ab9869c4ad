"""Tells whether some sentences answer a question, from what the model makes of reading both.

In: a question, evidence of one paper, and the model. Out: how much speaks for it that they do not say what
is asked, and that they deny what it takes for granted; None where the model cannot be looked into. Both are
linear probes on the hidden state behind the question, fitted by bench/fit_answerability.py. What the model
itself would say to the question is worth much less (docs/quality-log.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rag.probing.probe import Direction, read_weights, state_behind
from rag.prompt import build_is_answered
from rag.values import Evidence

if TYPE_CHECKING:
    from llama_index.core.llms.llm import LLM

__all__ = ["Answerability", "AnswerabilityProbe", "how_answerable", "read_probe"]


@dataclass(frozen=True, slots=True)
class AnswerabilityProbe:
    """The two directions in the hidden state after a layer, counted from 0. Above `alien`, in the first,
    lies next to no question that is answered."""

    layer: int
    not_stated: Direction
    false_premise: Direction
    alien: float


@dataclass(frozen=True, slots=True)
class Answerability:
    """The log odds, against an answer, of each way in which sentences give none, and what follows: whether
    what is asked is surely not stated, whether that may be, and whether it is likelier than an answer that
    its premise is denied."""

    not_stated: float
    false_premise: float
    is_excluded: bool
    is_doubtful: bool
    is_denied: bool


@cache
def read_probe(model: str) -> AnswerabilityProbe | None:
    """Return the probe for a model by its name, or None where there is none."""
    read = read_weights("answerability", model)
    if read is None:
        return None
    silent, denied = Direction.read(read["not_stated"]), Direction.read(read["false_premise"])
    return AnswerabilityProbe(read["layer"], silent, denied, read["alien"])


def how_answerable(question: str, evidence: Sequence[Evidence], model: LLM) -> Answerability | None:
    """Return how the evidence stands to a question."""
    probe = read_probe(model.metadata.model_name)
    if probe is None:
        return None
    messages, size = build_is_answered(question, evidence), len(probe.not_stated.weights)
    state = state_behind(messages, model, layer=probe.layer, size=size)
    if state is None:
        return None
    silent, denied = probe.not_stated.odds(state), probe.false_premise.odds(state)
    return Answerability(
        silent,
        denied,
        is_excluded=silent > max(probe.alien, denied),
        is_doubtful=silent > max(probe.not_stated.rare, denied),
        is_denied=denied > max(silent, 0.0),
    )
