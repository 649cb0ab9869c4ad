"""Loads the model behind the page's back, and says how far that is."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING

from index_store.errors import PaperchatError
from ui.gate import Gate

if TYPE_CHECKING:
    from rag.transformers_model import TransformersModel

__all__ = ["ModelLoader"]

Progress = Callable[[str, int, int], None]


class ModelLoader:
    """Fetches, unpacks and loads a model in a thread of its own; `model` is None until it is there.

    Whoever has it write an answer goes through its `gate`.
    """

    def __init__(self, load: Callable[[Progress], TransformersModel]) -> None:
        """Keep what loads the model: it is given a function to report its progress to."""
        self.model: TransformersModel | None = None
        self.failure = ""
        self.gate = Gate()
        self._load = load
        self._state = "starting"

    def start(self, *, report: Progress | None = None) -> None:
        """Begin. Progress also goes to `report`."""
        Thread(target=self._run, args=(report,), daemon=True).start()

    def _run(self, report: Progress | None) -> None:
        def progress(what: str, done: int, total: int) -> None:
            self._state = f"{what}, {100 * done // total} %" if total > 1 else what
            if report:
                report(f"Model: {what}", done, total)

        try:
            self._state = "loading"
            model = self._load(progress)
            self.gate.width = getattr(model, "width", 1)  # how many answers it writes at once, if many
            self.model = model
        except PaperchatError as error:
            self.failure = str(error)
        except Exception as error:  # the page goes on with quotes, and says why
            self.failure = f"The model could not be loaded: {error}"

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
            return f"Model: {self._state}. Answers are quotes until it is ready."
        device = self.model.device
        warning = f" {device.warning}" if device.warning else ""
        return f"{self.model.name} on {device.name}, {device.dtype}.{warning}"
