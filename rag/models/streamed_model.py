"""What our models have in common: a LlamaIndex `LLM` whose answers come piece by piece and can be stopped.

In: the pieces of an answer, whoever writes it. Out: LlamaIndex's four ways of asking for one. It stands for
the seam, `CustomLLM`: each of our models derives from it, and none from another. It knows neither PyTorch
nor endpoints.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms.custom import CustomLLM
from numpy.typing import NDArray

__all__ = [
    "CONTEXT",
    "HEARTBEAT",
    "LONGEST_ANSWER",
    "Device",
    "Seen",
    "Sought",
    "StreamedModel",
    "Weighed",
]

CONTEXT = 8192
"""Tokens that any model of today takes; ours are asked about fewer than a thousand."""
HEARTBEAT = 0.25
"""Seconds after which a reader who waits for words gets an empty piece, and can turn away."""
LONGEST_ANSWER = 220
"""Tokens."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What attention is looked for: of a text in messages, paid to other texts before it, by some heads,
    each a layer with its place there, both from 0. The texts are in the order in which they are read."""

    text: str
    among: Sequence[str]
    heads: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """The log probability of each ending of an answer, and the attention that was sought, a share of all of
    it: shape (heads, texts). None where a model cannot be watched."""

    odds: list[float]
    attention: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The hidden state of the last token of messages, shape (hidden size,), and the attention that was
    sought in them, a share of all of it: shape (heads, texts). None where a model cannot be watched."""

    state: NDArray[np.float32]
    attention: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """Where the model runs and in what precision; `warning` says what a person should know of it."""

    name: str
    dtype: str
    warning: str = ""


class StreamedModel(CustomLLM):  # type: ignore[misc]
    """A chat model that writes up to `width` answers at once, of prompts of up to `context` tokens."""

    name: str
    device: Device
    width: int = 1
    context: int = CONTEXT

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex wants to know of a model."""
        return LLMMetadata(
            context_window=self.context, num_output=LONGEST_ANSWER, is_chat_model=True, model_name=self.name
        )

    @abstractmethod
    def _stream(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        """Yield an answer in pieces, with an empty one at every heartbeat. Closing the iterator ends it."""

    def state_of(self, messages: Sequence[ChatMessage], layer: int) -> NDArray[np.float32] | None:
        """Return the hidden state of the last token of messages after a layer, counted from 0: shape
        (hidden size,). None where a model cannot be looked into."""
        return None

    def look(
        self, messages: Sequence[ChatMessage], layer: int, *, sought: Sought | None = None
    ) -> Seen | None:
        """Return the hidden state as `state_of` does, and the attention that is sought in the messages.
        None where a model cannot be looked into."""
        state = self.state_of(messages, layer)
        return None if state is None else Seen(state)

    def weigh(
        self,
        messages: Sequence[ChatMessage],
        begin: str,
        endings: Sequence[str],
        *,
        sought: Sought | None = None,
    ) -> Weighed | None:
        """Return for each ending the log probability with which an answer that begins with `begin` goes on
        with it, and the attention that is sought in the messages. None where a model cannot be looked
        into."""
        return None

    @property
    def shows_states(self) -> bool:
        """Whether it can be looked into at all."""
        return type(self).state_of is not StreamedModel.state_of

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> Iterator[ChatResponse]:
        """Yield the growing answer. Closing the iterator ends the writing of it.

        Raises:
            ModelError: the model failed; what was yielded before stands.
        """
        text = ""
        for delta in self._stream(messages):
            text += delta
            message = ChatMessage(role=MessageRole.ASSISTANT, content=text)
            yield ChatResponse(message=message, delta=delta)

    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Return the whole answer at once."""
        text = "".join(self._stream(messages))
        return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text))

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Return the answer to a single message."""
        pieces = self._stream([ChatMessage(role=MessageRole.USER, content=prompt)])
        return CompletionResponse(text="".join(pieces))

    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> Iterator[CompletionResponse]:
        """Yield the growing answer to a single message."""
        for response in self.stream_chat([ChatMessage(role=MessageRole.USER, content=prompt)]):
            yield CompletionResponse(text=response.message.content or "", delta=response.delta)
