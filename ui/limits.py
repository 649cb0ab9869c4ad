"""How much may be asked: so many questions a minute by one visitor and by all, so many open at once.

In: who asks. Out: a place, or an error that says when to come again. It knows no requests, only names of
visitors and a clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

from index_store.errors import PaperchatError

__all__ = ["BUSY_SECONDS", "Limits", "TooMuchAskedError", "Window", "place_of"]

MINUTE = 60.0
BUSY_SECONDS = 5.0
"""When to try again, where nothing better is known."""


class TooMuchAskedError(PaperchatError):
    """There is no place for a question now. `wait` is after how many seconds there may be one."""

    def __init__(self, what: str, wait: float) -> None:
        super().__init__(what)
        self.wait = wait


class Window:
    """Counts what each visitor did in the last minute; who did nothing in it is forgotten."""

    def __init__(self, most: int, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def wait(self, visitor: str) -> float:
        """Return in how many seconds there is room for one more, 0 when there is."""
        self._forget()
        times = self._times.get(visitor)
        if times is None or len(times) < self._most:
            return 0.0
        return max(times[0] + MINUTE - self._clock(), 0.0)

    def count(self, visitor: str) -> None:
        """Note that the visitor did it now."""
        times = self._times.pop(visitor, None)
        self._times[visitor] = times = deque(maxlen=self._most) if times is None else times
        times.append(self._clock())

    def _forget(self) -> None:
        """Drop times that are over; visitors stand in the order of their last one."""
        over = self._clock() - MINUTE
        while self._times and next(iter(self._times.values()))[-1] <= over:
            del self._times[next(iter(self._times))]

    def __len__(self) -> int:
        """Return how many visitors are remembered."""
        return len(self._times)


@contextmanager
def place_of(visitor: str, limits: Limits | None) -> Iterator[None]:
    """Hold a place for a question while it is answered; without limits there is one for everybody.

    Raises:
        TooMuchAskedError: there is none.
    """
    if limits is None:
        yield
        return
    limits.enter(visitor)
    try:
        yield
    finally:
        limits.leave()


class Limits:
    """The questions of all visitors. Safe to use from several threads."""

    def __init__(
        self, *, of_each: int, of_all: int, at_once: int, clock: Callable[[], float] = monotonic
    ) -> None:
        """`of_each` and `of_all` are questions a minute, `at_once` those that may be open."""
        self._each, self._all = Window(of_each, clock), Window(of_all, clock)
        self._at_once = at_once
        self._open = 0
        self._lock = Lock()

    def enter(self, visitor: str) -> None:
        """Take a place for a question, to be given back with `leave`.

        Raises:
            TooMuchAskedError: there is none.
        """
        with self._lock:
            if wait := self._each.wait(visitor):
                raise TooMuchAskedError("You have asked too much in a minute; try again later.", wait)
            if wait := self._all.wait(""):
                raise TooMuchAskedError("Too much is being asked here; try again later.", wait)
            if self._open >= self._at_once:
                raise TooMuchAskedError("Too many questions are waiting; try again later.", BUSY_SECONDS)
            self._each.count(visitor)
            self._all.count("")
            self._open += 1

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._open -= 1

    @property
    def count_open(self) -> int:
        """How many questions are open."""
        return self._open
