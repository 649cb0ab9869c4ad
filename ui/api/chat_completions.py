"""The addresses of OpenAI's chat completions, for programs that speak nothing else.

In: what asks for programs. Out: a router. The last message of the user is the question, those before it the
history; what a system says is left out, for the assistant follows no orders. The answer is Markdown: prose
with [n], then the references with their quotes; they stand as plain data in `citations`, too. It knows
neither keys nor limits.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from secrets import token_hex
from typing import Any

from fastapi import APIRouter, Request

from rag.refusals import LONGEST_QUESTION
from rag.values import Answer, Turn
from ui.addresses import path_of
from ui.api.asking import Asking, State
from ui.api.errors import RequestError, error_object, error_of
from ui.api.guard import VISITOR
from ui.api.openai_schema import ChatMessage, ChatRequest, Completion, ModelList, ModelObject, OpenAIError
from ui.api.running import Running
from ui.api.schema import described_errors
from ui.api.sending import LOOK_SECONDS, event_lines, last_state, send_events
from ui.copied import render_copied
from ui.predictions import turns_of

__all__ = ["MODELS", "add_chat_completions"]

MODELS = {"paperchat": "prose by the model", "paperchat-quotes": "quotes alone, at once"}
"""What can be named as a model, and what it answers with."""
MOST_TURNS = 20
"""Messages before the question that are read; a follow-up leans on the last few only."""
NO_TOKENS = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
"""Tokens are not counted: most of what is said is quoted, not written."""
DONE = "data: [DONE]\n\n"

ERRORS = described_errors(OpenAIError, 400, 401, 403, 404, 408, 413, 415, 422, 429, 503)
ANSWERED: dict[int | str, dict[str, Any]] = {
    200: {"description": "As OpenAI answers; with stream its chunks, and [DONE] at the end."}
}


def add_chat_completions(routes: APIRouter, asking: Asking) -> None:
    """Add the addresses to a router."""

    @routes.post(
        "/v1/chat/completions",
        response_model=Completion,
        responses=ANSWERED | ERRORS,
        tags=["OpenAI"],
    )
    async def chat_completions(sent: ChatRequest, request: Request) -> Any:
        """Answer the last message of the user, in the shape of OpenAI's chat completions."""
        _check_model(sent.model)
        question, turns = _question_of(sent.messages)
        is_draft = sent.model == "paperchat-quotes"
        running = asking.ask(question, turns, draft=is_draft, visitor=request.scope[VISITOR])
        if sent.stream:
            wants_usage = bool(sent.stream_options and sent.stream_options.include_usage)
            return send_events(_chunks(running, sent.model, path_of(request.scope), usage=wants_usage))
        state = await last_state(running, request)
        message = {
            "role": "assistant",
            "content": _content(state.answer),
            "refusal": None,
            "citations": state.plain["citations"],
        }
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return _head(sent.model, "chat.completion") | {"choices": [choice], "usage": NO_TOKENS}

    @routes.get("/v1/models", response_model=ModelList, responses=ERRORS, tags=["OpenAI"])
    def models() -> dict[str, Any]:
        """List what can be given as `model`."""
        return {"object": "list", "data": [_model_object(name) for name in MODELS]}

    @routes.get("/v1/models/{name}", response_model=ModelObject, responses=ERRORS, tags=["OpenAI"])
    def model(name: str) -> dict[str, Any]:
        """Describe one of them."""
        _check_model(name)
        return _model_object(name)


def _check_model(name: str) -> None:
    if name not in MODELS:
        raise RequestError(
            404, f"There is no model {name} here; name one of: {', '.join(MODELS)}.", code="model_not_found"
        )


def _model_object(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "object": "model",
        "created": 0,
        "owned_by": "paperchat",
        "description": MODELS[name],
    }


def _question_of(messages: Sequence[ChatMessage]) -> tuple[str, tuple[Turn, ...]]:
    """Return the last message of the user, and the turns before it.

    Raises:
        RequestError: the user has said nothing, or too much.
    """
    asked = [number for number, message in enumerate(messages) if message.role == "user"]
    if not asked:
        raise RequestError(400, "There is no message of the user.")
    question = messages[asked[-1]].words
    if len(question) > LONGEST_QUESTION:
        raise RequestError(
            400,
            f"The question is longer than {LONGEST_QUESTION:,} characters; ask for one thing at a time.",
            code="context_length_exceeded",
        )
    said = [message for message in messages[: asked[-1]] if message.role in ("user", "assistant")]
    history = [{"role": message.role, "content": message.words} for message in said[-MOST_TURNS:]]
    return question, turns_of(history)


def _content(answer: Answer) -> str:
    """Return an answer as Markdown, with its note at the end."""
    said = render_copied(answer).rstrip()
    return f"{said}\n\n{answer.note}".strip() if answer.note else said


def _prose(answer: Answer) -> str:
    """Return how the Markdown of an answer begins: the sentences that are checked already."""
    return render_copied(
        replace(answer, kind="answer", comparison=None, refusal=None, citations=())
    ).rstrip()


def _head(model: str, object: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{token_hex(12)}",
        "object": object,
        "created": int(time.time()),
        "model": model,
    }


async def _chunks(
    running: Running[State], model: str, path: str, *, usage: bool
) -> AsyncGenerator[str, None]:
    """Yield the chunks of an answer: its sentences as they are checked, then all that belongs to them.

    Where there is nothing new, yield "".
    """
    head = _head(model, "chat.completion.chunk")

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return event_lines(head | {"choices": [choice]} | more)

    yield chunk({"role": "assistant", "content": ""})
    said = ""
    try:
        async with aclosing(running.states(LOOK_SECONDS)) as states:
            async for state in states:
                new = _new_words(state.answer, said) if state else ""
                said += new
                yield chunk({"content": new}) if new else ""
                if state and state.answer.stage == "complete":
                    cited = state.plain["citations"]
                    yield chunk({"citations": cited}, "stop", citations=cited)
    except Exception as error:  # the answer has begun: it can only be told in it
        yield event_lines(error_object(error_of(error), path))
    if usage:
        yield event_lines(head | {"choices": [], "usage": NO_TOKENS})
    yield DONE


def _new_words(answer: Answer, said: str) -> str:
    """Return what an answer says beyond what was said: words that are out cannot be taken back."""
    if answer.stage == "complete":
        words = _content(answer)
        return words.removeprefix(said) if words.startswith(said) else f"\n\n{words}"
    words = _prose(answer) if answer.stage == "writing" else ""
    return words.removeprefix(said) if words.startswith(said) else ""
