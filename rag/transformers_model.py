"""The local language model: a LlamaIndex `LLM` over Transformers that can be stopped.

In: chat messages. Out: text, piece by piece. Decoding is greedy, so the same messages give the same
words; prompt lookup (Saxena, 2023) makes answers that repeat their sources several times faster
without changing them. It knows nothing of papers.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Lock, Thread
from typing import Any

import torch
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms.custom import CustomLLM
from pydantic import PrivateAttr
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    StoppingCriteria,
    StoppingCriteriaList,
    TextIteratorStreamer,
)

from index_store.errors import ModelError

__all__ = ["Device", "TransformersModel", "choose_device"]

LOOKUP_TOKENS = 8
"""Tokens guessed ahead from the prompt: a step of 8 costs little more than a step of 1."""
HEARTBEAT = 0.25
"""Seconds after which a reader who waits for words, or for its turn, gets an empty piece."""
LONGEST_ANSWER = 220
"""Tokens."""


@dataclass(frozen=True, slots=True)
class Device:
    """Where the model runs and in what precision; `warning` says what a person should know of it."""

    name: str
    dtype: str
    warning: str = ""


def choose_device() -> Device:
    """Return the best device here: CUDA, else Apple's MPS, else the CPU; bf16 where it is fast."""
    if torch.cuda.is_available():
        return Device("cuda", "bfloat16" if torch.cuda.is_bf16_supported() else "float16")
    if torch.backends.mps.is_available():
        return Device("mps", "float16")
    fast = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    unused = shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia").exists()
    warning = (
        "There is a GPU in this machine, but this PyTorch cannot use it. Install a CUDA build of torch "
        f"{torch.__version__.split('+')[0]}, or update the driver."
    )
    return Device("cpu", "bfloat16" if fast else "float32", warning if unused else "")


class _Stop(StoppingCriteria):  # type: ignore[misc]
    def __init__(self, event: Event) -> None:
        self._event = event

    def __call__(self, input_ids: torch.Tensor, scores: Any, **kwargs: Any) -> torch.Tensor:
        return torch.full((input_ids.shape[0],), self._event.is_set(), device=input_ids.device)


def _pieces(streamer: TextIteratorStreamer) -> Iterator[str]:
    """Yield what the streamer has, and nothing at every heartbeat, so that a reader can turn away."""
    while True:
        try:
            yield next(streamer)
        except StopIteration:
            return
        except Empty:
            yield ""


class TransformersModel(CustomLLM):  # type: ignore[misc]
    """A chat model of Transformers. One answer is written at a time; closing the stream stops it."""

    name: str
    device: Device
    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()
    _turn: Any = PrivateAttr(default_factory=Lock)

    def __init__(self, folder: Path | str, *, name: str, device: Device | None = None) -> None:
        """Load the model and tokenizer in `folder` (or of a hub name)."""
        device = device or choose_device()
        super().__init__(name=name, device=device)
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder)
            self._model = AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, device.dtype))
            self._model.to(device.name).eval()
        except Exception as error:  # damaged files raise errors of a dozen kinds
            reason = " ".join(str(error).split())
            raise ModelError(f"The model {name} cannot be loaded from {folder}: {reason}") from error

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex wants to know of a model."""
        return LLMMetadata(
            context_window=self._model.config.max_position_embeddings,
            num_output=LONGEST_ANSWER,
            is_chat_model=True,
            model_name=self.name,
        )

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> Iterator[ChatResponse]:
        """Yield the growing answer. Closing the iterator ends the generation within a step.

        Raises:
            ModelError: the generation failed; what was yielded before stands.
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
        message = self.chat([ChatMessage(role=MessageRole.USER, content=prompt)]).message
        return CompletionResponse(text=message.content or "")

    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> Iterator[CompletionResponse]:
        """Yield the growing answer to a single message."""
        for response in self.stream_chat([ChatMessage(role=MessageRole.USER, content=prompt)]):
            yield CompletionResponse(text=response.message.content or "", delta=response.delta)

    def _stream(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        streamer = TextIteratorStreamer(
            self._tokenizer, skip_prompt=True, timeout=HEARTBEAT, skip_special_tokens=True
        )
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
        inputs = self._tokenizer.apply_chat_template(
            [{"role": m.role.value, "content": self._without_signals(m.content or "")} for m in messages],
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
        ).to(self.device.name)
        with torch.inference_mode():
            self._model.generate(
                **inputs,
                generation_config=GenerationConfig(
                    do_sample=False,
                    max_new_tokens=LONGEST_ANSWER,
                    prompt_lookup_num_tokens=LOOKUP_TOKENS,
                    eos_token_id=self._model.generation_config.eos_token_id,
                    pad_token_id=self._tokenizer.pad_token_id,
                ),
                streamer=streamer,
                stopping_criteria=StoppingCriteriaList([_Stop(stop)]),
            )

    def _without_signals(self, text: str) -> str:
        """Return a text in which the model's own signals are words, with a space in them.

        Otherwise "<|im_end|>" in an abstract would end the message, and the model would take what follows
        for words of the system.
        """
        signals = (signal for signal in self._tokenizer.added_tokens_encoder if len(signal.strip()) > 1)
        for signal in sorted(signals, key=len, reverse=True):
            text = text.replace(signal, f"{signal[0]} {signal[1:]}")
        return text
