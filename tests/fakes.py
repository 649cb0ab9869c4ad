"""The two stand-ins of the tests, written by hand: a model that says what it is told to, and an embedder
that puts texts with the same words close together."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.llms.types import ChatMessage
from numpy.typing import NDArray
from pydantic import PrivateAttr

from index_store.errors import ModelError
from rag.models.streamed_model import Device, Sought, StreamedModel, Weighed
from ui.model_loader import ModelLoader

DIMENSION = 128


class HashingEmbedding(BaseEmbedding):
    """Each word adds a direction of its own, so texts that share words are near each other."""

    calls: int = 0

    def __init__(self, name: str = "hashing") -> None:
        super().__init__(model_name=name)

    def _embed(self, text: str) -> list[float]:
        self.calls += 1
        vector = np.zeros(DIMENSION)
        for word in re.findall(r"\w+", text.lower()):
            vector[crc32(word.encode()) % DIMENSION] += 1
        return list(map(float, vector / (np.linalg.norm(vector) or 1.0)))

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embed(text)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._embed(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._embed(query)


class ScriptedModel(StreamedModel):
    """A model that answers what was enqueued, a few characters at a time, and keeps what it was asked.

    `fail_after` makes it break after so many pieces; `delay` is seconds between pieces.
    """

    name: str = "scripted"
    device: Device = Device("cpu", "float32")
    piece: int = 5
    delay: float = 0.0
    fail_after: int | None = None
    _answers: list[str] = PrivateAttr(default_factory=list)
    _history: list[list[ChatMessage]] = PrivateAttr(default_factory=list)
    _written: int = PrivateAttr(default=0)
    _states: list[NDArray[np.float32]] = PrivateAttr(default_factory=list)
    _texts_read: list[str] = PrivateAttr(default_factory=list)
    _pointed_at: list[int] = PrivateAttr(default_factory=list)
    _attended_to: list[int] = PrivateAttr(default_factory=list)
    _asked_to_point: list[str] = PrivateAttr(default_factory=list)

    def enqueue(self, *answers: str) -> ScriptedModel:
        self._answers += answers
        return self

    def forget(self) -> None:
        """Drop what is left to say, and what it was asked."""
        self._answers.clear()
        self._history.clear()

    @property
    def history(self) -> list[list[ChatMessage]]:
        return self._history

    @property
    def written(self) -> int:
        """Pieces handed out so far, over all answers."""
        return self._written

    def read_as(self, *states: NDArray[np.float32]) -> ScriptedModel:
        """Give out these hidden states, one for each text that is read, as the model of that name would."""
        self._states += states
        return self

    def state_of(self, messages: Sequence[ChatMessage], layer: int) -> NDArray[np.float32] | None:
        self._texts_read.append(messages[-1].content or "")
        return self._states.pop(0) if self._states else None

    def pointing_at(self, *numbers: int) -> ScriptedModel:
        """Point at these sentences, one for each time that it is asked which one answers."""
        self._pointed_at += numbers
        return self

    def attending_to(self, *numbers: int) -> ScriptedModel:
        """Pay attention to these sentences, one for each time that attention is sought."""
        self._attended_to += numbers
        return self

    def weigh(
        self,
        messages: Sequence[ChatMessage],
        begin: str,
        endings: Sequence[str],
        *,
        sought: Sought | None = None,
    ) -> Weighed | None:
        self._asked_to_point.append(messages[-1].content or "")
        if not self._pointed_at:
            return None
        number = self._pointed_at.pop(0)
        odds = [0.0 if ending.strip("]") == str(number) else -20.0 for ending in endings]
        if not sought or not self._attended_to:
            return Weighed(odds)
        shares = np.full((len(sought.heads), len(endings)), 0.01, dtype=np.float32)
        shares[:, self._attended_to.pop(0) - 1] = 0.5
        return Weighed(odds, shares)

    @property
    def asked_to_point(self) -> list[str]:
        """What it was asked to point for."""
        return self._asked_to_point

    @property
    def texts_read(self) -> list[str]:
        """What it was asked for the state of."""
        return self._texts_read

    def _stream(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        self._history.append(list(messages))
        answer = self._answers.pop(0)

        def pieces() -> Iterator[str]:
            for number, start in enumerate(range(0, len(answer), self.piece)):
                if self.fail_after is not None and number >= self.fail_after:
                    raise ModelError("The model stopped in the middle of its answer: out of memory")
                time.sleep(self.delay)
                self._written += 1
                yield answer[start : start + self.piece]

        return pieces()


def loaded(model: ScriptedModel) -> ModelLoader:
    """The loader of a model, once it is there."""
    return settled(ModelLoader(lambda progress: model))


def settled(loader: ModelLoader) -> ModelLoader:
    """The loader, once its model is there or cannot be had."""
    loader.start()
    while not loader.is_settled:
        time.sleep(0.01)
    return loader
