"""Tells whether some sentences answer a question, from what the model makes of reading both.

In: a question, evidence of one paper, and the model. Out: how much speaks for it that they do not say what
is asked, and that they deny what it takes for granted; None where the model cannot be looked into. Both are
linear probes (Alain & Bengio, 2016) on the hidden state behind the question, fitted by
bench/fit_answerability.py for the models of which `probes/` has a file. What the model itself would say to
the question is worth much less (docs/quality-log.md).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from rag.prompt import build_is_answered
from rag.values import Evidence

if TYPE_CHECKING:
    import numpy as np
    from llama_index.core.llms.llm import LLM
    from numpy.typing import NDArray

__all__ = ["Answerability", "Direction", "Probe", "how_answerable", "read_probe"]


@dataclass(frozen=True, slots=True)
class Direction:
    """Weights for a hidden state, shape (hidden size,), with their bias: log odds against an answer.

    Above `rare` lie few of the questions that are answered.
    """

    weights: tuple[float, ...]
    bias: float
    rare: float

    def odds(self, state: NDArray[np.float32]) -> float:
        """Return the log odds for a hidden state."""
        import numpy as np

        return float(state @ np.array(self.weights)) + self.bias


@dataclass(frozen=True, slots=True)
class Probe:
    """The two directions in the hidden state after a layer, counted from 0. Above `alien`, in the first,
    lies next to no question that is answered."""

    layer: int
    not_stated: Direction
    false_premise: Direction
    alien: float


@dataclass(frozen=True, slots=True)
class Answerability:
    """The log odds, against an answer, of each way in which sentences give none, and what follows: whether
    what is asked is surely not stated, whether that may be, and whether its premise may be denied."""

    not_stated: float
    false_premise: float
    is_excluded: bool
    is_doubtful: bool
    is_denied: bool


@cache
def read_probe(model: str) -> Probe | None:
    """Return the probe for a model by its name, or None where there is none."""
    file = files("rag").joinpath("probes", f"{model}.json")
    if "/" in model or not file.is_file():
        return None
    read = json.loads(file.read_text(encoding="utf-8"))
    ways = (read[way] for way in ("not_stated", "false_premise"))
    silent, denied = (Direction(tuple(way["weights"]), way["bias"], way["rare"]) for way in ways)
    return Probe(read["layer"], silent, denied, read["alien"])


def how_answerable(question: str, evidence: Sequence[Evidence], model: LLM) -> Answerability | None:
    """Return how the evidence stands to a question."""
    from rag.streamed_model import StreamedModel

    probe = read_probe(model.metadata.model_name)
    if probe is None or not isinstance(model, StreamedModel):
        return None
    state = model.state_of(build_is_answered(question, evidence), probe.layer)
    if state is None or len(state) != len(probe.not_stated.weights):
        return None
    silent, denied = probe.not_stated.odds(state), probe.false_premise.odds(state)
    return Answerability(
        silent,
        denied,
        is_excluded=silent > max(probe.alien, denied),
        is_doubtful=silent > max(probe.not_stated.rare, denied),
        is_denied=denied > max(probe.false_premise.rare, silent),
    )
