"""Makes the map of a library behind the page's back when somebody first wants it, and says how far it is.

In: an open library. Out: its map, once it is there. It knows nothing of how a map is drawn.
"""

from __future__ import annotations

import logging
from threading import Lock, Thread
from time import monotonic

from index_store.browsing import Browsing
from index_store.errors import PaperchatError
from index_store.map import PaperMap, open_map
from index_store.paper_index import PaperIndex

__all__ = ["MapLoader"]


class MapLoader:
    """Holds the map of one library for everybody who looks at it, and makes it again when that changed."""

    def __init__(self, index: PaperIndex) -> None:
        self._index = index
        self._lock = Lock()
        self._thread: Thread | None = None
        self._generation = -1
        self._map: PaperMap | None = None
        self._failure = ""
        self._state, self._since = "", monotonic()

    def want(self) -> None:
        """Begin to make the map, unless there is one of today or it is being made."""
        with self._lock:
            generation = Browsing(self._index.folder).generation
            if self.is_busy or (generation == self._generation and not self._failure):
                return
            self._generation, self._failure = generation, ""
            self._report("beginning", 0, 0)
            self._since = monotonic()
            self._thread = Thread(target=self._run, daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Return when no map is being made."""
        if self._thread is not None:
            self._thread.join()

    @property
    def is_busy(self) -> bool:
        """Whether a map is being made."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def map(self) -> PaperMap | None:
        """The map, or None until it is there."""
        return None if self.is_busy else self._map

    @property
    def status(self) -> str:
        """What to tell a person: how far it is, why there is none, or what is on the map."""
        if self.is_busy:
            return f"Making the map: {self._state} ({monotonic() - self._since:.0f} s so far)."
        if self._failure or self._map is None:
            return self._failure
        shown, total = len(self._map.points), self._map.total
        if shown == total:
            return f"{total:,} papers. Those near each other say similar things."
        return f"An even sample of {shown:,} of {total:,} papers. Those near each other say similar things."

    def _run(self) -> None:
        try:
            self._map = open_map(self._index, self._report)
        except PaperchatError as error:
            self._failure = f"There is no map: {error}"
        except Exception as error:  # the page must tell it, whatever it is
            logging.getLogger(__name__).exception("the map could not be made")
            self._failure = f"The map could not be made: {error}. Open this view again to try once more."

    def _report(self, what: str, done: int, total: int) -> None:
        self._state = f"{what}, {100 * done // total} %" if total else what
