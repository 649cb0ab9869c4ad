"""Listens to a model: what it was asked, what it said, and how long it took, for the other benchmarks."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from llama_index.core.base.llms.types import ChatMessage
from pydantic import Field

from rag.models.streamed_model import StreamedModel

__all__ = ["Heard", "ListenedModel"]


@dataclass(slots=True)
class Heard:
    """One answer, and the seconds to its first piece (0 if it has none) and to its last."""

    asked: Sequence[ChatMessage]
    said: str = ""
    first: float = 0.0
    whole: float = 0.0


class ListenedModel(StreamedModel):
    """Asks `inner`, and keeps what was heard, oldest first, also of an answer that was broken off."""

    inner: StreamedModel
    heard: list[Heard] = Field(default_factory=list)

    def __init__(self, inner: StreamedModel) -> None:
        super().__init__(inner=inner, name=inner.name, device=inner.device, context=inner.context)

    def _stream(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        heard, begun = Heard(messages), time.perf_counter()
        self.heard.append(heard)
        for response in self.inner.stream_chat(messages):
            heard.whole = time.perf_counter() - begun
            if response.delta:
                heard.first = heard.first or heard.whole
                heard.said += response.delta
            yield response.delta or ""
        heard.whole = time.perf_counter() - begun
