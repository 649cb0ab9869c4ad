"""Serves the chat: adds the files, opens the library, starts the page, loads the model behind it."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from index_store.errors import FileError, LibraryError, PaperchatError
from ui.adding import add_files, is_there
from ui.printing import show_progress
from ui.quiet import stay_home
from ui.settings import SAMPLE, Settings
from ui.wiring import Progress, load_model, open_library

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

    from index_store.paper_index import PaperIndex
    from rag.transformers_model import TransformersModel
    from ui.model_loader import ModelLoader

__all__ = ["build_app", "serve_chat"]

BACKLOG = 128
LARGEST_UPLOAD = "1gb"
"""Larger files are added with `paperchat add`, which reads them where they are."""
TERMINATED = 128 + signal.SIGTERM
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline'; connect-src 'self'; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
)
"""The strictest content security policy under which Gradio's own scripts and styles still work."""


def serve_chat(settings: Settings, paths: Sequence[Path]) -> None:
    """Serve the chat until it is stopped.

    Raises:
        PaperchatError: the port is taken, or the files or the library cannot be read.
    """
    stay_home()
    console = Console(highlight=False, soft_wrap=True)
    listener = _listen(settings)
    if missing := [path for path in paths if not is_there(path)]:
        raise FileError(f"{missing[0]}: there is no such file.")
    if paths:
        add_files(settings, list(map(str, paths)), console=console)
    with show_progress() as report:
        index = open_library(settings, progress=report)
    with index:
        import uvicorn

        from rag.evidence import warm_up
        from ui.model_loader import ModelLoader

        def load(progress: Progress) -> TransformersModel:
            with suppress(LibraryError):  # then the first questions take a little longer
                warm_up(index, progress)
            return load_model(settings, progress=progress)

        loader = ModelLoader(load)
        app = build_app(index, loader, library=_name_of(settings.library))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
        port = listener.getsockname()[1]
        console.print(f"paperchat answers at http://{settings.host}:{port} (Ctrl-C stops it)")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that the library is closed
        loader.start(report=_LineReport(console))
        server.run(sockets=[listener])


def _name_of(library: str) -> str:
    """Return what to call a library on the page."""
    return "the sample library" if library == SAMPLE else Path(library).expanduser().resolve().name


class _LineReport:
    """Prints a line whenever a long step has come ten percent further: bars would fight with the log."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said = ("", -1)

    def __call__(self, what: str, done: int, total: int) -> None:
        step = (what, 10 * done // total)
        if step != self._said:
            self._said = step
            self._console.print(f"{what}: {100 * done // total} %" if total > 1 else what)


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything else is done, so that a taken one costs no time."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError as error:
        raise PaperchatError(
            f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}); "
            "choose another port with --port."
        ) from error
    return listener


def build_app(index: PaperIndex, loader: ModelLoader, *, library: str) -> FastAPI:
    """Return the web application: the chat page under a content security policy."""
    import gradio as gr
    from fastapi import FastAPI

    from ui.chat import build_chat

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.middleware("http")
    async def add_policy(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    scripts, styles = (_page_files(ending) for ending in (".js", ".css"))
    system = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif"]
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build_chat(index, loader, library=library),
        path="",
        theme=gr.themes.Base(
            primary_hue="teal", neutral_hue="stone", font=system, font_mono=["ui-monospace", "monospace"]
        ),
        css="\n".join(styles),
        head="".join(f"<script>{script}</script>" for script in scripts),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=True,
        max_file_size=LARGEST_UPLOAD,
    )
    return mounted


def _page_files(ending: str) -> list[str]:
    """Return the page's own scripts or styles, in order of their names."""
    folder = files("ui").joinpath("page")
    found = sorted((file for file in folder.iterdir() if file.name.endswith(ending)), key=lambda f: f.name)
    return [file.read_text(encoding="utf-8") for file in found]
