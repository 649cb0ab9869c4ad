"""A local language model that writes many answers at once: Transformers' own continuous batching.

In: chat messages, from several threads. Out: text, piece by piece, for each of them. A step of the model
reads its weights once for all answers that are being written, and an answer joins or leaves between two
steps. Decoding is greedy, as in `rag.models.transformers_model`. Who asks, and in what order, is not known
here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from threading import Event, Lock, Thread, main_thread
from time import sleep
from typing import Any

import torch
from llama_index.core.base.llms.types import ChatMessage
from pydantic import PrivateAttr
from transformers import ContinuousBatchingConfig, GenerationConfig
from transformers.generation.continuous_batching.utils import get_device_and_memory_breakdown

from index_store.errors import ModelError
from rag.models.streamed_model import HEARTBEAT, LONGEST_ANSWER, Device, StreamedModel
from rag.models.transformers_model import CausalModel, load_causal_model

__all__ = ["MOST_AT_ONCE", "BatchedModel"]

MOST_AT_ONCE = 128
"""Answers that are written at once; more than these wait for a place."""
CACHE_BYTES = 8 * 2**30
"""The most memory for what the answers are written from: 128 of 2,000 tokens each with 1.5B parameters."""
CACHE_SHARE = 0.6
"""Of the memory that the weights leave free; the embedder and other programs need some of it."""
PAGE_TOKENS = 256
STEP_TOKENS = 2048
"""Tokens read in one step: many enough to keep a GPU busy, few enough not to hold up those who write."""
PIECE_SECONDS = 0.1
"""Between two pieces of one answer: nobody draws faster, and a hundred readers leave time for the model."""
LOOK_SECONDS = 0.25
"""How often it is looked whether the program ends."""
TRIES = 20
"""How often an answer is begun while the model is started anew after an error."""


class _Written:
    """An answer that is being written: its tokens so far, and signs that there are more, or all."""

    def __init__(self) -> None:
        self.tokens: list[int] = []
        self.error = ""
        self.has_more, self.is_done = Event(), Event()

    def take(self, tokens: list[int]) -> None:
        self.tokens = tokens
        self.has_more.set()

    def end(self, error: str = "") -> None:
        if not self.is_done.is_set():
            self.error = error
            self.is_done.set()
            self.has_more.set()


class _Batch:
    """The answers that are written together, in a thread of Transformers' own.

    That thread ends at the first error, and all its answers with it, and is started anew. So nothing may
    reach it that is known to fail.
    """

    def __init__(self, model: Any, generation: GenerationConfig, *, share: float) -> None:
        """Set the memory aside. `share` is the part of the free memory that may be used."""
        self._manager = model.init_continuous_batching(
            generation,
            ContinuousBatchingConfig(
                page_size=PAGE_TOKENS,
                max_batch_tokens=STEP_TOKENS,
                max_memory_percent=share,
                max_requests_per_batch=MOST_AT_ONCE,
                # with it a request that is cancelled in the middle of a step can end the thread (5.23)
                allow_block_sharing=False,
                auto_switch_to_flash=_can_flash(model),
            ),
        )
        self._manager.warmup()
        self._known_tokens = model.get_input_embeddings().num_embeddings
        self._room = self._manager.continuous_batching_config.num_blocks * PAGE_TOKENS
        self._open: dict[str, _Written] = {}
        self._names = map(str, count())
        self._beginning, self._is_stopped = Lock(), Event()
        self._manager.start()
        Thread(target=self._deliver).start()

    def begin(self, tokens: list[int]) -> tuple[str, _Written]:
        """Have an answer to these tokens written; return its name and where its tokens come.

        Raises:
            ModelError: the model cannot read them, or does not run any more.
        """
        if len(tokens) + LONGEST_ANSWER > self._room:
            raise ModelError(
                f"The question with its evidence has {len(tokens):,} tokens; there is memory for "
                f"{max(self._room - LONGEST_ANSWER, 0):,}."
            )
        if max(tokens) >= self._known_tokens:
            raise ModelError(
                f"The tokenizer does not belong to the model: there is no token {max(tokens)}."
            )
        name, written = next(self._names), _Written()
        for _ in range(TRIES):
            with self._beginning:
                self._open[name] = written
                if self._manager.add_request(tokens, name, streaming=True) is not None:
                    return name, written
                del self._open[name]
            sleep(LOOK_SECONDS)  # it has just ended at an error
        raise ModelError("The model broke off and does not begin again; start paperchat anew.")

    def end(self, name: str) -> None:
        """Forget an answer; if it is still being written, that ends with the next step."""
        if not self._open.pop(name).is_done.is_set():
            self._manager.cancel_request(name)

    def stop(self) -> None:
        """End all answers, and that thread."""
        self._is_stopped.set()

    def _deliver(self) -> None:
        """Give each answer its tokens, until the program ends: it would wait for that thread for ever."""
        while main_thread().is_alive() and not self._is_stopped.is_set():
            if not self._deliver_next(LOOK_SECONDS) and not self._manager.is_running():
                sleep(LOOK_SECONDS)
                with self._beginning:
                    self._end_all()
                    self._manager.start()
        self._manager.stop(hard_stop=True)
        self._end_all()

    def _end_all(self) -> None:
        while self._deliver_next(0):
            pass
        error = self._manager.background_thread_status.fatal_error or "it was ended"
        for written in list(self._open.values()):
            written.end(str(error))

    def _deliver_next(self, seconds: float) -> bool:
        result = self._manager.get_result(timeout=seconds)
        written = self._open.get(result.request_id) if result else None
        if written:
            written.take(result.generated_tokens)
            if result.is_finished():
                written.end(result.error or "")
        return result is not None


class BatchedModel(StreamedModel):
    """A chat model of Transformers that writes up to `width` answers at once. Closing a stream stops it."""

    width: int = MOST_AT_ONCE
    _loaded: CausalModel = PrivateAttr()
    _batch: _Batch = PrivateAttr()

    def __init__(
        self, folder: Path | str, *, name: str, device: Device | None = None, memory: int = CACHE_BYTES
    ) -> None:
        """Load the model and set memory aside: at most `memory` bytes beside its weights.

        Raises:
            ModelError: the model cannot be loaded, or there is too little memory.
        """
        loaded = load_causal_model(folder, name=name, device=device)
        super().__init__(name=name, device=loaded.device, context=loaded.context)
        self._loaded = loaded
        generation = GenerationConfig(
            do_sample=False,
            max_new_tokens=LONGEST_ANSWER,
            eos_token_id=sorted(loaded.ends) or None,
            pad_token_id=loaded.tokenizer.pad_token_id,
        )
        _, total, reserved, allocated = get_device_and_memory_breakdown()
        free = max(total - max(reserved, allocated), 1)
        try:
            self._batch = _Batch(loaded.model, generation, share=min(CACHE_SHARE, memory / free))
        except (MemoryError, ValueError, torch.OutOfMemoryError) as error:
            raise ModelError(
                f"{self.device.name} has too little memory left beside {name}: {free >> 20:,} MiB."
            ) from error

    def close(self) -> None:
        """End all answers; the memory is given back with the model."""
        self._batch.stop()

    def _stream(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        try:
            tokens = self._loaded.tokens_of(messages)
        except Exception as error:  # a chat template is a program of its own, with errors of its own
            raise ModelError(f"The model cannot be asked this: {error}") from error
        name, written = self._batch.begin(tokens)
        said = 0
        try:
            is_done = False
            while not is_done:
                written.has_more.wait(HEARTBEAT)
                written.has_more.clear()
                is_done = written.is_done.is_set()  # before the tokens: they are the last ones then
                text = self._loaded.tokenizer.decode(written.tokens, skip_special_tokens=True)
                if not is_done:
                    text = text.rstrip("\N{REPLACEMENT CHARACTER}")  # half a character
                yield text[said:]
                said = max(said, len(text))
                written.is_done.wait(PIECE_SECONDS)
        finally:
            self._batch.end(name)
        if written.error:
            raise ModelError(f"The model stopped in the middle of its answer: {written.error}")


def _can_flash(model: Any) -> bool:
    """Whether flash attention, where it is installed, can run this model here."""
    half = model.dtype in (torch.bfloat16, torch.float16)
    return half and model.device.type == "cuda" and torch.cuda.get_device_capability() >= (8, 0)
