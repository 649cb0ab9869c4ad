"""Sends an answer to a program: whole once it is complete, or as server-sent events while it grows.

In: an answer that runs. Out: its last state, or the lines of events. A comment goes out whenever nothing
else has for a while, so that no proxy thinks the connection dead. Whoever closes it stops the model.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from time import monotonic
from typing import TYPE_CHECKING, Any

from ui.api.asking import State
from ui.api.errors import RequestError, error_object, error_of
from ui.api.running import Running

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import StreamingResponse

__all__ = [
    "ALIVE",
    "LOOK_SECONDS",
    "answer_events",
    "event_lines",
    "keep_alive",
    "last_state",
    "send_events",
]

ALIVE = ": alive\n\n"
ALIVE_SECONDS = 10.0
LOOK_SECONDS = 0.5
"""How often it is looked whether the program still waits."""


async def last_state(running: Running[State], request: Request) -> State:
    """Return the complete answer.

    Raises:
        RequestError: it broke off, or nobody waits for it any more.
    """
    state: State | None = None
    try:
        async with aclosing(running.states(LOOK_SECONDS)) as states:
            async for newer in states:
                state = newer or state
                if await request.is_disconnected():
                    raise RequestError(499, "Nobody waits for this answer any more.", code="gone")
    except Exception as error:
        raise error_of(error) from error
    if state is None:
        raise RequestError(503, "There is no answer.")
    return state


async def answer_events(running: Running[State], path: str) -> AsyncGenerator[str, None]:
    """Yield the events of an answer (draft, waiting, writing, complete or error), or "" for nothing new."""
    waiting = ""
    try:
        async with aclosing(running.states(LOOK_SECONDS)) as states:
            async for state in states:
                is_old = state is None or (state.waiting and state.waiting == waiting)
                yield "" if state is None or is_old else _event(state)
                waiting = state.waiting if state else waiting
    except Exception as error:  # the answer has begun: it can only be told in it
        yield event_lines(error_object(error_of(error), path), name="error")


def _event(state: State) -> str:
    """Return the event of one state."""
    if state.waiting:
        return event_lines({"text": state.waiting}, name="waiting")
    more = {"tentative": state.answer.tentative} if state.answer.stage == "writing" else {}
    return event_lines(state.plain | more, name=state.answer.stage)


def event_lines(data: Any, *, name: str = "") -> str:
    """Return one server-sent event with an object as its data."""
    first = f"event: {name}\n" if name else ""
    return f"{first}data: {json.dumps(data)}\n\n"


async def keep_alive(
    events: AsyncGenerator[str, None], *, every: float = ALIVE_SECONDS
) -> AsyncIterator[str]:
    """Yield the events that say something, and a comment after each `every` seconds without one."""
    last = monotonic()
    async with aclosing(events):
        async for event in events:
            if event or monotonic() - last >= every:
                last = monotonic()
                yield event or ALIVE


def send_events(events: AsyncGenerator[str, None]) -> StreamingResponse:
    """Return the response that sends events. No proxy is to hold them back or to keep them."""
    from starlette.responses import StreamingResponse

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(keep_alive(events), media_type="text/event-stream", headers=headers)
