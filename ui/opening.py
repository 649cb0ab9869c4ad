"""Opens a library and its model for a program that has the chat in it.

In: what the program names, a library and a model, or the open things themselves. Out: both, opened. The
terminal has `ui.wiring` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index_store.errors import PaperchatError
from ui.settings import Settings, read_settings

if TYPE_CHECKING:
    from index_store.paper_index import PaperIndex
    from rag.models.streamed_model import StreamedModel
    from ui.model_loader import ModelLoader
    from ui.wiring import Progress

__all__ = ["Opened", "open_for_program"]


@dataclass(frozen=True, slots=True)
class Opened:
    """An open library, what loads its model, and the settings of both; `close` undoes what was opened."""

    index: PaperIndex
    loader: ModelLoader
    settings: Settings
    close: Callable[[], None]


def open_for_program(
    library: str | PaperIndex, *, model: str | ModelLoader | None, draft: bool, settings: dict[str, Any]
) -> Opened:
    """Open a library, for reading only where it is named, and begin to load its model.

    `model` is a name, the loader of one, or None for that of the settings; with `draft` there is none.

    Raises:
        PaperchatError: the library cannot be opened, or a setting is wrong.
    """
    from ui.model_loader import ModelLoader
    from ui.wiring import load_model, open_library

    library_name = library if isinstance(library, str) else str(library.folder)
    model_name = model if isinstance(model, str) else None
    chosen = read_settings(library=library_name, model=model_name, **settings)
    index = open_library(chosen, read_only=True) if isinstance(library, str) else library

    def load(progress: Progress) -> StreamedModel:
        if draft:
            raise PaperchatError("No model was asked for.")
        return load_model(chosen, progress=progress)

    loader = model if isinstance(model, ModelLoader) else ModelLoader(load)
    if loader is not model:
        loader.start()

    def close() -> None:
        if loader is not model:
            loader.close()
        if index is not library:
            index.close()

    return Opened(index, loader, chosen, close)
