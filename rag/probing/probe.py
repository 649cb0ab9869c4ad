"""Linear probes: what the hidden state of a model tells of what it has read (Alain & Bengio, 2016).

In: messages, a model, and what to tell. Out: log odds, or None where the model cannot be looked into or has
no probe. The weights lie in `probes/`, in a folder for each thing that is told and a file for each model;
the scripts in bench/ that fit them say on what.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from index_store.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.llms.llm import LLM
    from numpy.typing import NDArray

    from rag.models.streamed_model import Seen, Sought

__all__ = ["Direction", "read_weights", "seen_behind", "state_behind"]


@dataclass(frozen=True, slots=True)
class Direction:
    """Weights for a hidden state, shape (hidden size,), with their bias: log odds against what is hoped.

    Above `rare` lies little of what is as it should be.
    """

    weights: tuple[float, ...]
    bias: float
    rare: float

    @staticmethod
    def read(fields: dict[str, Any]) -> Direction:
        """Return the direction that a file holds."""
        return Direction(tuple(fields["weights"]), fields["bias"], fields["rare"])

    def odds(self, state: NDArray[np.float32]) -> float:
        """Return the log odds for a hidden state."""
        import numpy as np

        return float(state @ np.array(self.weights)) + self.bias


def read_weights(what: str, model: str) -> dict[str, Any] | None:
    """Return what the file of a model for one thing to tell holds, or None where there is none."""
    file = files("rag.probing").joinpath("probes", what, f"{model}.json")
    if "/" in model or not file.is_file():
        return None
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read


def state_behind(
    messages: Sequence[ChatMessage], model: LLM, *, layer: int, size: int
) -> NDArray[np.float32] | None:
    """Return the hidden state of the last token of messages after a layer, counted from 0: shape (size,).
    None where the model cannot be looked into, is of another size, or fails: then it will say so when it
    has to write."""
    seen = seen_behind(messages, model, layer=layer, size=size)
    return seen.state if seen else None


def seen_behind(
    messages: Sequence[ChatMessage], model: LLM, *, layer: int, size: int, sought: Sought | None = None
) -> Seen | None:
    """Return the hidden state as `state_behind` does, and the attention that is sought in the messages."""
    from rag.models.streamed_model import StreamedModel

    if not isinstance(model, StreamedModel):
        return None
    try:
        seen = model.look(messages, layer, sought=sought)
    except ModelError:
        return None
    return seen if seen is not None and len(seen.state) == size else None
