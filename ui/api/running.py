"""Lets an answer be made in a thread of its own while requests go on, and stops it when nobody waits.

In: an iterator of states that blocks. Out: the same states, one after another, for a program that must not
be blocked. It knows nothing of answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing, suppress
from threading import Event, Thread
from typing import Generic, TypeVar

__all__ = ["Running"]

T = TypeVar("T")


class Running(Generic[T]):
    """An iterator that runs. Whoever made it takes its states, or stops it."""

    def __init__(self, states: Generator[T, None, None], left: Callable[[], None]) -> None:
        """Begin; `left` is called from the thread when all is over, however it ended."""
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[T | Exception | None] = asyncio.Queue()
        self._is_unwanted = Event()
        Thread(target=self._run, args=(states, left), daemon=True).start()

    def _run(self, states: Generator[T, None, None], left: Callable[[], None]) -> None:
        try:
            with closing(states):
                for state in states:
                    if self._is_unwanted.is_set():
                        break
                    self._put(state)
            self._put(None)
        except Exception as error:  # told to whoever waits, in `states`
            self._put(error)
        finally:
            left()

    def _put(self, item: T | Exception | None) -> None:
        with suppress(RuntimeError):  # the server has stopped, and nobody waits
            self._loop.call_soon_threadsafe(self._queue.put_nowait, item)

    def stop(self) -> None:
        """Say that no more is wanted: the iterator is closed at its next state."""
        self._is_unwanted.set()

    async def states(self, every: float) -> AsyncGenerator[T | None, None]:
        """Yield the states to come, and None after each `every` seconds without one. Leaving stops it.

        Raises:
            Exception: whatever the iterator raised.
        """
        try:
            while True:
                item: T | Exception | None
                try:
                    async with asyncio.timeout(every):
                        item = await self._queue.get()
                except TimeoutError:
                    yield None
                    continue
                if isinstance(item, Exception):
                    raise item
                if item is None:
                    return
                yield item
        finally:
            self.stop()
