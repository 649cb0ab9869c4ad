"""Loads the model behind the page's back, and says how far that is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from index_store.errors import LibraryError, ModelNotReadyError, PaperchatError
from ui.gate import Gate

if TYPE_CHECKING:
    from rag.models.streamed_model import StreamedModel

    Progress = Callable[[str, int, int], None]

__all__ = ["ModelLoader"]

PAUSE_SECONDS = 10.0
"""Between two tries, where others run the model and may start it yet."""


class ModelLoader:
    """Fetches, unpacks and loads a model in a thread of its own; `model` is None until it is there.

    Whoever has it write an answer goes through its `gate`.
    """

    def __init__(
        self,
        load: Callable[[Progress], StreamedModel],
        *,
        warm_up: Callable[[Progress], None] | None = None,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        """Keep what loads the model, and what makes the library ready before; both report their progress.

        A model that is not ready is tried again after `pause` seconds, as often as it takes.
        """
        self.model: StreamedModel | None = None
        self.failure = ""
        self.gate = Gate()
        self._load, self._warm_up, self._pause = load, warm_up, pause
        self._state = "Model: starting"
        self._is_closed = Event()

    def start(self, *, report: Progress | None = None) -> None:
        """Begin. Progress also goes to `report`."""
        Thread(target=self._run, args=(report,), daemon=True).start()

    def close(self) -> None:
        """Try no more."""
        self._is_closed.set()

    def _run(self, report: Progress | None) -> None:
        try:
            if self._warm_up:
                with suppress(LibraryError):  # then the first questions take a little longer
                    self._warm_up(self._progress("Library", report))
            self._state = "Model: loading"
            model = self._load_in_the_end(self._progress("Model", report))
            self.gate.width = model.width
            self.model = model
        except PaperchatError as error:
            self.failure = str(error)
        except Exception as error:  # the page goes on with quotes, and says why
            self.failure = f"The model could not be loaded: {error}"

    def _load_in_the_end(self, progress: Progress) -> StreamedModel:
        while True:
            try:
                return self._load(progress)
            except ModelNotReadyError as error:
                progress(f"{error} It is tried again every {self._pause:.0f} seconds", 1, 1)
                if self._is_closed.wait(self._pause):
                    raise

    def _progress(self, of: str, report: Progress | None) -> Progress:
        """Return what tells people how far it is with the library, or with the model."""

        def progress(what: str, done: int, total: int) -> None:
            self._state = f"{of}: {what}" + (f", {100 * done // total} %" if total > 1 else "")
            if report:
                report(f"{of}: {what}", done, total)

        return progress

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.model is not None or bool(self.failure)

    @property
    def status(self) -> str:
        """What to tell a person: where the model runs, how far it is, or why there is none."""
        if self.failure:
            return f"Quotes only. {self.failure}"
        if self.model is None:
            return f"{self._state}. Answers are quotes until the model is ready."
        device = self.model.device
        warning = f" {device.warning}" if device.warning else ""
        return f"{self.model.name} on {device.name}, {device.dtype}.{warning}"
