"""How long an answer took, as a person would count it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

from rag.values import Answer

__all__ = ["Timings", "timed_answers"]


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds from the question to the first citation, the first word of prose, and the end."""

    first_citation_s: float
    first_token_s: float | None
    total_s: float


def timed_answers(
    answers: Iterator[Answer], clock: Callable[[], float] = perf_counter
) -> Iterator[tuple[Answer, Timings]]:
    """Yield each state of an answer with the times that have passed so far."""
    start = clock()
    cited: float | None = None
    written: float | None = None
    for answer in answers:
        now = clock() - start
        cited = now if cited is None else cited
        if written is None and (answer.tentative or (answer.statements and answer.stage == "writing")):
            written = now
        yield answer, Timings(cited, written, now)
