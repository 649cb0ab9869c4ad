"""Lets answers be written in turn, as many at once as the model can, and says how long the wait will be.

In: the states of an answer as it grows, and who asked. Out: the same states, with what a person waits for.
Visitors take turns: who asks much at once waits behind those who ask little. A draft never waits. It knows
neither models nor pages, only names of visitors and clocks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from itertools import zip_longest
from statistics import median
from threading import Condition
from time import monotonic

from rag.values import Answer

__all__ = ["READING", "WRITING", "Gate"]

WRITING, READING = "Writing…", "Reading…"
"""What is waited for once it is one's turn; of a list nothing is written."""
LOOK_SECONDS = 0.5
"""How often somebody who waits is told anew, and can turn away."""
TOLD_PER_SECOND = 20
"""Where many wait they are told less often: drawing it takes time from drafts."""
REMEMBERED = 9
"""Answers of which the time and the speed are remembered."""
FEWEST_WORDS = 8
"""An answer of fewer words tells nothing of the speed."""


class _Ticket:
    """A place of somebody in the line, and then before the model since `begun`."""

    def __init__(self, visitor: str) -> None:
        self.visitor = visitor
        self.begun = 0.0


class Gate:
    """A line of people who wait for the model, and the times that the last of them took."""

    def __init__(self) -> None:
        self.width = 1
        """How many answers are written at once."""
        self._changed = Condition()
        self._waiting: dict[str, list[_Ticket]] = {}
        """The tickets of each visitor; whose turn is next comes first."""
        self._last = ""
        self._written: list[_Ticket] = []
        self._seconds: deque[float] = deque(maxlen=REMEMBERED)
        self._speeds: deque[float] = deque(maxlen=REMEMBERED)

    @property
    def words_per_second(self) -> float | None:
        """How fast the last answers were written, from first word to last; None before the first one."""
        with self._changed:
            return median(self._speeds) if self._speeds else None

    def pace(self, states: Iterator[Answer], visitor: str = "") -> Generator[tuple[Answer, str]]:
        """Yield each state with what is waited for. Between the draft and the prose stands the line.

        Those whose visitor has the same name share one turn. Closing the iterator leaves the line and
        closes `states`.
        """
        ticket, meter = _Ticket(visitor), _Meter()
        try:
            for state in states:
                doing = READING if state.kind == "list" else WRITING
                if state.stage != "draft":
                    meter.read(state)
                    yield state, doing
                    continue
                yield state, doing
                wait = ""
                for wait in self._wait(ticket):
                    yield state, wait
                if wait:
                    yield state, doing
        finally:
            if isinstance(states, Generator):
                states.close()
            self._leave(ticket, meter)

    def _wait(self, ticket: _Ticket) -> Iterator[str]:
        """Join the line and yield what to tell a person, until it is this one's turn."""
        with self._changed:
            self._join(ticket)
        while True:
            with self._changed:
                if self._may_enter(ticket):
                    self._enter(ticket)
                    return
                wait = self._said(self._ahead(ticket))
            yield wait
            with self._changed:
                waiting = sum(map(len, self._waiting.values()))
                pause = max(LOOK_SECONDS, waiting / TOLD_PER_SECOND)
                self._changed.wait_for(lambda: self._may_enter(ticket), pause)

    def _join(self, ticket: _Ticket) -> None:
        """Take a place in the line: a visitor who is new in it comes before the one who was let in last."""
        is_new = ticket.visitor not in self._waiting
        self._waiting.setdefault(ticket.visitor, []).append(ticket)
        if is_new and self._last in self._waiting:
            self._waiting[self._last] = self._waiting.pop(self._last)

    def _ahead(self, ticket: _Ticket) -> int:
        """Return how many answers must end before this one can begin, at least if all goes on as it is."""
        turns = zip_longest(*self._waiting.values())
        line = [other for turn in turns for other in turn if other]
        return line.index(ticket) + 1 + len(self._written) - self.width

    def _may_enter(self, ticket: _Ticket) -> bool:
        return self._ahead(ticket) <= 0

    def _enter(self, ticket: _Ticket) -> None:
        self._remove(ticket)
        if ticket.visitor in self._waiting:  # whose next answer comes after everybody else's
            self._waiting[ticket.visitor] = self._waiting.pop(ticket.visitor)
        self._last = ticket.visitor
        ticket.begun = monotonic()
        self._written.append(ticket)

    def _remove(self, ticket: _Ticket) -> None:
        own = self._waiting[ticket.visitor]
        own.remove(ticket)
        if not own:
            del self._waiting[ticket.visitor]

    def _said(self, ahead: int) -> str:
        answers = "1 answer" if ahead == 1 else f"{ahead} answers"
        if not self._seconds:
            return f"{answers} before yours"
        usual = median(self._seconds)
        longest = max((monotonic() - other.begun for other in self._written), default=0)
        seconds = max(usual - longest, 0) + usual * (ahead - 1) / self.width
        return f"{answers} before yours, about {_rounded(max(seconds, 1))}"

    def _leave(self, ticket: _Ticket, meter: _Meter) -> None:
        with self._changed:
            if ticket in self._written:
                self._written.remove(ticket)
                if meter.is_done:
                    self._seconds.append(monotonic() - ticket.begun)
                    self._speeds += meter.speed
            elif ticket in self._waiting.get(ticket.visitor, []):
                self._remove(ticket)
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
