"""Puts the whole of paperchat, its page, its API and its widget, under a path of somebody's FastAPI.

In: the application of a program, and what `paperchat serve` takes. Out: nothing; the addresses under the
path are there. It knows nothing of the other addresses, and changes none of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from ui.opening import open_for_program
from ui.settings import SAMPLE

if TYPE_CHECKING:
    from fastapi import FastAPI

    from index_store.paper_index import PaperIndex
    from ui.model_loader import ModelLoader

__all__ = ["mount"]


def mount(
    app: FastAPI,
    path: str = "/chat",
    *,
    library: str | PaperIndex = SAMPLE,
    model: str | ModelLoader | None = None,
    draft: bool = False,
    **settings: Any,
) -> None:
    """Serve the chat, the API and the widget under `path`; the library is open until the application stops.

    `library` is a folder, "sample", or an open index; a named one is opened for reading only. `model` is a
    name, a folder of weights or the loader of a model, by default that of the settings; with `draft` there
    is none. `settings` are those of the settings file: `hosts` lists the names that it answers to beside
    those of this machine, `embed_origins` the pages that may embed it, `auth` is the file of people.

    Raises:
        PaperchatError: the library cannot be opened, or a setting is wrong.
        ValueError: `path` does not begin with a slash, or is nothing else.
    """
    from ui.access import access_of
    from ui.keeping import keeping_of
    from ui.serving import build_app, library_name

    if not path.startswith("/") or path == "/" or path.endswith("/"):
        raise ValueError(f'"{path}" is no path to mount at; it is like /chat')
    opened = open_for_program(library, model=model, draft=draft, settings=settings)
    chosen = opened.settings
    inner = build_app(
        opened.index,
        opened.loader,
        library=library_name(chosen.library),
        keeping=keeping_of(chosen),
        access=access_of(chosen),
    )
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[Any]:
        """Start and stop what is mounted with the application: Starlette does not do it."""
        try:
            async with outer(application) as state, inner.router.lifespan_context(inner):
                yield state
        finally:
            opened.close()

    app.router.lifespan_context = lifespan
    app.mount(path, inner)
