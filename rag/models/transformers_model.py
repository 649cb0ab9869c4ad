"""The local language model: a LlamaIndex `LLM` over Transformers that can be stopped.

In: chat messages. Out: text, piece by piece. Decoding is greedy, so the same messages give the same
words. It knows nothing of papers.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Lock, Thread
from typing import Any

import numpy as np
import torch
from llama_index.core.base.llms.types import ChatMessage
from numpy.typing import NDArray
from pydantic import PrivateAttr
from transformers import AutoModelForCausalLM, AutoTokenizer, TextIteratorStreamer

from index_store.errors import ModelError
from index_store.memory import give_back
from rag.models.attention import Watch, make_watchable
from rag.models.decoding import GreedyDecoder
from rag.models.int8 import can_run_int8, is_all_linear, make_int8
from rag.models.streamed_model import (
    CONTEXT,
    HEARTBEAT,
    LONGEST_ANSWER,
    Device,
    Seen,
    Sought,
    StreamedModel,
    Weighed,
)

__all__ = ["AUTO", "CausalModel", "TransformersModel", "choose_device", "load_causal_model"]

ROUNDING = {"bfloat16": 0.5, "float16": 0.1}
"""By how much a logit differs between matrices of nine rows and of one, which are added up otherwise."""
AUTO = "auto"


def choose_device(precision: str = AUTO) -> Device:
    """Return the best device here: CUDA, else Apple's MPS, else the CPU, in int8 where that is exact.

    `precision` is the one to use on the CPU instead, by its name in PyTorch.
    """
    if torch.cuda.is_available():
        return Device("cuda", "bfloat16" if torch.cuda.is_bf16_supported() else "float16")
    if torch.backends.mps.is_available():
        return Device("mps", "float16")
    unused = shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia").exists()
    warning = (
        "There is a GPU in this machine, but this PyTorch cannot use it. Install a CUDA build of torch "
        f"{torch.__version__.split('+')[0]}, or update the driver."
    )
    if precision == AUTO:
        precision = "int8" if can_run_int8() else _fast_precision()
    return Device("cpu", precision, warning if unused else "")


def _fast_precision() -> str:
    """Return the precision of matrices that are not rounded any further, on the CPU."""
    return "bfloat16" if torch.ops.mkldnn._is_mkldnn_bf16_supported() else "float32"


def _pieces(streamer: TextIteratorStreamer) -> Iterator[str]:
    """Yield what the streamer has, and nothing at every heartbeat, so that a reader can turn away."""
    while True:
        try:
            yield next(streamer)
        except StopIteration:
            return
        except Empty:
            yield ""


@dataclass(frozen=True, slots=True)
class CausalModel:
    """A model of Transformers on its device, with its tokenizer and the tokens that end its answers.

    `context` is how many tokens it reads at most.
    """

    model: Any
    tokenizer: Any
    device: Device
    ends: set[int]
    context: int

    @property
    def heads(self) -> list[tuple[int, int]]:
        """All attention heads, each a layer with its place there, both from 0."""
        config = self.model.config.get_text_config()
        places = range(config.num_attention_heads)
        return [(layer, place) for layer in range(config.num_hidden_layers) for place in places]

    def tokens_of(self, messages: Sequence[ChatMessage]) -> list[int]:
        """Return what the model reads of messages, up to where its answer begins."""
        tokens: list[int] = self._templated(messages, return_dict=True)["input_ids"]
        return tokens

    def watch_for(self, messages: Sequence[ChatMessage], sought: Sought) -> Watch | None:
        """Return a watch for the attention that is sought in messages; None where a text is not in them,
        the model lacks a head or cannot be watched, or the tokenizer does not say where tokens stand."""
        has_heads = set(sought.heads) <= set(self.heads)
        if not (self.tokenizer.is_fast and has_heads and make_watchable(self.model)):
            return None
        read = self._templated(messages, tokenize=False)
        marked = self.tokenizer(read, add_special_tokens=False, return_offsets_mapping=True)
        places: list[range] = []
        behind = 0
        for text in map(self._without_signals, (*sought.among, sought.text)):
            start = read.find(text, behind)
            if start < 0:
                return None
            behind = start + len(text)
            own = [n for n, (a, b) in enumerate(marked["offset_mapping"]) if a < behind and b > start]
            places.append(range(own[0], own[-1] + 1) if own else range(0))
        *stretches, rows = places
        return Watch(sought.heads, rows, stretches)

    def _templated(self, messages: Sequence[ChatMessage], **options: Any) -> Any:
        return self.tokenizer.apply_chat_template(
            [{"role": m.role.value, "content": self._without_signals(m.content or "")} for m in messages],
            add_generation_prompt=True,
            enable_thinking=False,  # of hybrid models, whose thoughts would use up the answer
            **options,
        )

    def _without_signals(self, text: str) -> str:
        """Return a text in which the model's own signals are words, with a space in them.

        Otherwise "<|im_end|>" in an abstract would end the message, and the model would take what follows
        for words of the system.
        """
        signals = (signal for signal in self.tokenizer.added_tokens_encoder if len(signal.strip()) > 1)
        for signal in sorted(signals, key=len, reverse=True):
            text = text.replace(signal, f"{signal[0]} {signal[1:]}")
        return text


def load_causal_model(folder: Path | str, *, name: str, device: Device | None = None) -> CausalModel:
    """Load the model and tokenizer in `folder` (or of a hub name), on the best device unless one is given.

    Raises:
        ModelError: the folder holds no sound model, or the device is not there.
    """
    device = device or choose_device()
    is_int8 = device.dtype == "int8"
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        dtype = _fast_precision() if is_int8 else device.dtype
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, dtype))
        if is_int8 and is_all_linear(model):
            make_int8(model)
            give_back()
        elif is_int8:
            device = replace(device, dtype=dtype)
        model.to(device.name).eval()
    except Exception as error:  # damaged files raise errors of a dozen kinds
        reason = " ".join(str(error).split())
        raise ModelError(f"The model {name} cannot be loaded from {folder}: {reason}") from error
    ends = model.generation_config.eos_token_id
    ends = {ends} if isinstance(ends, int) else set(ends or [])
    context = getattr(model.config, "max_position_embeddings", CONTEXT)
    return CausalModel(model, tokenizer, device, ends, context)


class TransformersModel(StreamedModel):
    """A chat model of Transformers. One answer is written at a time; closing the stream stops it."""

    _loaded: CausalModel = PrivateAttr()
    _decoder: GreedyDecoder = PrivateAttr()
    _turn: Any = PrivateAttr(default_factory=Lock)

    def __init__(self, folder: Path | str, *, name: str, device: Device | None = None) -> None:
        """Load the model, as `load_causal_model` does."""
        loaded = load_causal_model(folder, name=name, device=device)
        super().__init__(name=name, device=loaded.device, context=loaded.context)
        self._loaded = loaded
        self._decoder = GreedyDecoder(loaded.model, rounding=ROUNDING.get(loaded.device.dtype, 0.0))

    @property
    def heads(self) -> list[tuple[int, int]]:
        """All its attention heads, each a layer with its place there, both from 0."""
        return self._loaded.heads

    def prepare(self, messages: Sequence[ChatMessage]) -> None:
        """Read messages that questions will begin with, so that the first answer is not the slow one."""
        with self._turn:
            self._decoder.read(self._loaded.tokens_of(messages))

    def state_of(self, messages: Sequence[ChatMessage], layer: int) -> NDArray[np.float32]:
        """Return the hidden state of the last token of messages after a layer: shape (hidden size,).

        Raises:
            ModelError: the model failed, for want of memory as a rule.
        """
        return self.look(messages, layer).state

    def look(self, messages: Sequence[ChatMessage], layer: int, *, sought: Sought | None = None) -> Seen:
        """Return the hidden state as `state_of` does, and the attention that is sought in the messages.

        Raises:
            ModelError: the model failed, for want of memory as a rule.
        """
        try:
            with self._turn:
                watch = self._loaded.watch_for(messages, sought) if sought else None
                state = self._decoder.state(self._loaded.tokens_of(messages), layer, watch=watch)
                return Seen(state.numpy(), watch.shares.numpy() if watch else None)
        except RuntimeError as error:
            raise ModelError(f"The model stopped while it read: {error}") from error

    def weigh(
        self,
        messages: Sequence[ChatMessage],
        begin: str,
        endings: Sequence[str],
        *,
        sought: Sought | None = None,
    ) -> Weighed:
        """Return for each ending the log probability with which an answer that begins with `begin` goes on
        with it, and the attention that is sought in the messages.

        Raises:
            ModelError: the model failed, for want of memory as a rule.
        """
        begun, *tails = (
            self._loaded.tokenizer.encode(text, add_special_tokens=False) for text in (begin, *endings)
        )
        try:
            with self._turn:
                watch = self._loaded.watch_for(messages, sought) if sought else None
                tokens = [*self._loaded.tokens_of(messages), *begun]
                odds = self._decoder.weigh(tokens, tails, watch=watch)
                return Weighed(odds, watch.shares.numpy() if watch else None)
        except RuntimeError as error:
            raise ModelError(f"The model stopped while it read: {error}") from error

    def _stream(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        tokenizer = self._loaded.tokenizer
        streamer = TextIteratorStreamer(tokenizer, timeout=HEARTBEAT, skip_special_tokens=True)
        stop, errors = Event(), Queue[BaseException]()

        def write() -> None:
            try:
                self._generate(messages, streamer, stop)
            except BaseException as error:  # whatever it is, the reader must not wait for ever
                errors.put(error)
                streamer.on_finalized_text("", stream_end=True)
            finally:
                self._turn.release()

        while not self._turn.acquire(timeout=HEARTBEAT):
            yield ""
        Thread(target=write, daemon=True).start()
        try:
            yield from _pieces(streamer)
        finally:
            stop.set()
        if not errors.empty():
            error = errors.get()
            raise ModelError(f"The model stopped in the middle of its answer: {error}") from error

    def _generate(
        self, messages: Sequence[ChatMessage], streamer: TextIteratorStreamer, stop: Event
    ) -> None:
        tokens = self._loaded.tokens_of(messages)
        answer = self._decoder.answer(tokens, ends=self._loaded.ends, limit=LONGEST_ANSWER)
        for new in answer:
            streamer.put(torch.tensor(new))
            if stop.is_set():
                break
        streamer.end()
