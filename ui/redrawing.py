"""Takes from the states of an answer those that are worth drawing, so that time is left to the model.

In: the states of an answer, and the line of those who wait for the model. Out: fewer states, each with what
the person waits for. How they are drawn is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from time import perf_counter

from rag.values import Answer
from ui.gate import Gate

__all__ = ["paced"]

REDRAW_SECONDS = 0.1
"""Ten updates a second look like a stream and leave the processor to the model."""


def paced(states: Iterator[Answer], gate: Gate | None, visitor: str) -> Iterator[tuple[Answer, str]]:
    """Yield the states that are worth drawing, with what a visitor waits for; without a gate nothing is."""
    last = 0.0
    for state, waiting in gate.pace(states, visitor) if gate else zip(states, repeat("")):
        if state.stage == "writing" and perf_counter() - last < REDRAW_SECONDS:
            continue
        last = perf_counter()
        yield state, waiting
