"""A model behind an endpoint in OpenAI's protocol, as a LlamaIndex `LLM` that can be stopped.

In: chat messages. Out: text, piece by piece, without what the model only thinks. It is asked for the
likeliest words (temperature 0) and no more than an answer takes. Whatever goes wrong there becomes one
sentence. It knows nothing of papers.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

from llama_index.core.base.llms.types import ChatMessage
from pydantic import PrivateAttr

from index_store.errors import ModelError
from rag.models.streamed_model import HEARTBEAT, LONGEST_ANSWER, Device, StreamedModel

__all__ = ["EndpointModel", "Patience"]

LONGEST_TEXT = 8000
"""Characters, for an endpoint that does not hold to a number of tokens."""
SIGNALS = re.compile(
    r"<\|(?=[^|<>\s]+\|>)"
    r"|<(?=/?(?:s|bos|eos|think|(?:start|end)_of_turn)>)"
    r"|\[(?=/?INST\])"
)
"""The beginnings of what is no word but a signal to one model or another."""
NO_KEY = "none"
"""Sent where there is no key: without a word in its place the key of OpenAI's own service would be."""
THINKING, THOUGHT = "<think>", "</think>"
NO_PACKAGE = (
    "A model behind an endpoint needs the package llama-index-llms-openai-like: "
    'pip install "paperchat[endpoint]"'
)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for a connection, for the next piece of an answer, and for all of it."""

    connect: float = 10.0
    piece: float = 120.0
    answer: float = 600.0


class EndpointModel(StreamedModel):
    """A model that another program runs. Closing the stream ends the request within a heartbeat."""

    width: int = 8
    """How many answers are asked for at once: most servers write several together, or let them wait."""
    _address: str = PrivateAttr()
    _key: str = PrivateAttr()
    _patience: Patience = PrivateAttr()
    _through_proxy: bool = PrivateAttr()

    def __init__(
        self,
        address: str,
        *,
        name: str,
        device: Device,
        key: str = "",
        patience: Patience | None = None,
        through_proxy: bool = True,
    ) -> None:
        """Keep where the model is. Without `key` none is sent, whichever the surroundings hold.

        Raises:
            ModelError: the package that speaks the protocol is not installed.
        """
        _import_client()
        super().__init__(name=name, device=device)
        self._address, self._key = address, key
        self._patience = patience or Patience()
        self._through_proxy = through_proxy

    def _stream(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        written = told = ""
        for piece in self._pieces(messages):
            written += piece
            text = _spoken(written)
            yield text[len(told) :]
            told = text
            if len(written) >= LONGEST_TEXT:
                return

    def _pieces(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        """Yield the pieces of an answer as they come, and nothing at every heartbeat in between."""
        pieces, stop = Queue[str | Exception | None](), Event()

        def read() -> None:
            try:
                asyncio.run(_until(stop, self._read(messages, pieces)))
            except Exception as error:  # whatever it is, the reader must not wait for ever
                pieces.put(error)
            else:
                pieces.put(None)

        Thread(target=read, daemon=True).start()
        try:
            while (piece := _next(pieces)) is not None:
                if isinstance(piece, Exception):
                    raise ModelError(self._say(piece)) from piece
                yield piece
        finally:
            stop.set()

    async def _read(self, messages: Sequence[ChatMessage], pieces: Queue[str | Exception | None]) -> None:
        """Put an answer into `pieces` as it comes. The connection is open no longer than that."""
        import httpx
        import openai

        none = openai.Omit()  # instead of what the surroundings say for OpenAI's own service
        headers: dict[str, Any] = {"OpenAI-Organization": none, "OpenAI-Project": none}
        seconds = httpx.Timeout(self._patience.piece, connect=self._patience.connect)
        async with (
            asyncio.timeout(self._patience.answer),
            httpx.AsyncClient(timeout=seconds, trust_env=self._through_proxy) as connection,
            openai.AsyncOpenAI(
                api_key=self._key or NO_KEY,
                base_url=self._address,
                default_headers=headers,
                http_client=connection,
                timeout=seconds,
                max_retries=0,
            ) as client,
        ):
            model = _import_client()(
                model=self.name,
                api_base=self._address,
                api_key=self._key or NO_KEY,
                is_chat_model=True,
                temperature=0.0,
                max_tokens=LONGEST_ANSWER,
                async_openai_client=client,
            )
            said = [ChatMessage(role=m.role, content=_without_signals(m.content or "")) for m in messages]
            async for response in await model.astream_chat(said):
                pieces.put(response.delta or "")

    def _say(self, error: Exception) -> str:
        """Return in one line what went wrong at the endpoint. The key is in no message."""
        import httpx
        import openai

        where = f"The model {self.name} at {self.device.name}"
        if isinstance(error, openai.APITimeoutError | httpx.TimeoutException | TimeoutError):
            return f"{where} did not go on in time; ask again, or see what keeps it."
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return f"{where} refuses the key; set the right one as model_key."
        if isinstance(error, openai.RateLimitError):
            return f"{where} has been asked too much, or for more than was paid for; ask again later."
        if isinstance(error, openai.APIStatusError):
            return f"{where} answered with status {error.status_code}: {self._reason(error)}"
        if isinstance(error, openai.APIConnectionError | httpx.ConnectError):
            return f"{where} cannot be reached; see that it runs, and ask again."
        return f"{where} stopped in the middle of its answer: {self._reason(error)}"

    def _reason(self, error: Exception) -> str:
        body = getattr(error, "body", None)
        said = body.get("message") if isinstance(body, dict) else None
        reason = " ".join(str(said or error).split())[:300] or type(error).__name__
        return reason.replace(self._key, "…") if self._key else reason


def _import_client() -> Any:
    """Return the class of LlamaIndex that speaks the protocol."""
    try:
        from llama_index.llms.openai_like import OpenAILike
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("llama_index.llms"):
            raise ModelError(NO_PACKAGE) from error
        raise
    return OpenAILike


async def _until(stop: Event, work: Any) -> None:
    """Wait for `work`, and end it as soon as it is to stop.

    Raises:
        Exception: whatever ended `work`.
    """
    task = asyncio.ensure_future(work)
    while not (task.done() or stop.is_set()):
        await asyncio.wait({task}, timeout=HEARTBEAT)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _next(pieces: Queue[str | Exception | None]) -> str | Exception | None:
    """Return the next piece, nothing if none has come within a heartbeat, None at the end."""
    try:
        return pieces.get(timeout=HEARTBEAT)
    except Empty:
        return ""


def _spoken(text: str) -> str:
    """Return what a model says, without what it thinks aloud before."""
    begun = text.lstrip()
    if begun.startswith(THINKING):
        return begun.partition(THOUGHT)[2].lstrip()
    return "" if THINKING.startswith(begun) else text


def _without_signals(text: str) -> str:
    """Return a text in which signals to a model are words, with a space in them (as in our own model)."""
    return SIGNALS.sub(lambda found: f"{found[0]} ", text)
