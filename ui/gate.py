"""Lets one answer after another be written, first come first served, and says how long the wait will be.

In: the states of an answer as it grows. Out: the same states, with what the person waits for. The model
writes one answer at a time; a draft never waits. It knows neither models nor pages, only clocks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from statistics import median
from threading import Condition
from time import monotonic

from rag.values import Answer

__all__ = ["WRITING", "Gate"]

WRITING = "Writing…"
LOOK_SECONDS = 0.5
"""How often somebody who waits is told anew, and can turn away."""
REMEMBERED = 9
"""Answers of which the time and the speed are remembered."""
FEWEST_WORDS = 8
"""An answer of fewer words tells nothing of the speed."""


class Gate:
    """A line of people who wait for the model, and the times that the last of them took."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._line: deque[object] = deque()
        self._begun = 0.0
        self._seconds: deque[float] = deque(maxlen=REMEMBERED)
        self._speeds: deque[float] = deque(maxlen=REMEMBERED)

    @property
    def words_per_second(self) -> float | None:
        """How fast the last answers were written, from first word to last; None before the first one."""
        with self._changed:
            return median(self._speeds) if self._speeds else None

    def pace(self, states: Iterator[Answer]) -> Generator[tuple[Answer, str]]:
        """Yield each state with what is waited for. Between the draft and the prose stands the line.

        Closing the iterator leaves the line and closes `states`.
        """
        ticket, meter = object(), _Meter()
        try:
            for state in states:
                if state.stage != "draft":
                    meter.read(state)
                    yield state, WRITING
                    continue
                yield state, WRITING
                wait = ""
                for wait in self._wait(ticket):
                    yield state, wait
                if wait:
                    yield state, WRITING
        finally:
            if isinstance(states, Generator):
                states.close()
            self._leave(ticket, meter)

    def _wait(self, ticket: object) -> Iterator[str]:
        """Join the line and yield what to tell a person, until it is this one's turn."""
        with self._changed:
            self._line.append(ticket)
        while True:
            with self._changed:
                if self._line[0] is ticket:
                    self._begun = monotonic()
                    return
                wait = self._said(self._line.index(ticket))
            yield wait
            with self._changed:
                if self._line[0] is not ticket:
                    self._changed.wait(LOOK_SECONDS)

    def _said(self, ahead: int) -> str:
        answers = "1 answer" if ahead == 1 else f"{ahead} answers"
        if not self._seconds:
            return f"{answers} before yours"
        usual = median(self._seconds)
        seconds = max(ahead * usual - (monotonic() - self._begun), usual * (ahead - 1), 1)
        return f"{answers} before yours, about {_rounded(seconds)}"

    def _leave(self, ticket: object, meter: _Meter) -> None:
        with self._changed:
            if ticket not in self._line:
                return
            if self._line[0] is ticket:
                if meter.is_done:
                    self._seconds.append(monotonic() - self._begun)
                    self._speeds += meter.speed
                self._begun = monotonic()
            self._line.remove(ticket)
            self._changed.notify_all()


class _Meter:
    """Counts the words that a model writes, also those of sentences that are dropped."""

    def __init__(self) -> None:
        self.is_done = False
        self._last = ""
        self._words = 0
        self._begun = self._ended = 0.0

    def read(self, state: Answer) -> None:
        """Take the next state of the answer."""
        self.is_done = state.stage == "complete"
        if not state.tentative.startswith(self._last):
            self._words += len(self._last.split())
        if state.tentative not in ("", self._last):
            self._ended = monotonic()
            self._begun = self._begun or self._ended
        self._last = state.tentative

    @property
    def speed(self) -> list[float]:
        """Words a second from the first to the last, or nothing when too few were written to say."""
        seconds = self._ended - self._begun
        return [self._words / seconds] if self._words >= FEWEST_WORDS and seconds > 0 else []


def _rounded(seconds: float) -> str:
    """Return a time as people say it: 4 s, 20 s, 3 min."""
    if seconds >= 90:
        return f"{seconds / 60:.0f} min"
    return f"{seconds:.0f} s" if seconds < 10 else f"{5 * round(seconds / 5)} s"
