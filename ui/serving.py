"""Serves the chat: adds the files, opens the library, starts the page, loads the model behind it."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from index_store.errors import FileError
from ui.access import Access, access_of, is_loopback
from ui.adding import add_files, is_there
from ui.addresses import EMBEDDED, TOP
from ui.keeping import Keeping, keeping_of
from ui.listening import listen
from ui.printing import show_progress
from ui.quiet import stay_home
from ui.settings import SAMPLE, Settings
from ui.wiring import load_model, open_library

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from index_store.paper_index import PaperIndex
    from ui.model_loader import ModelLoader

__all__ = ["build_app", "exposure_warning", "library_name", "serve_chat"]

LARGEST_UPLOAD = "1gb"
"""Larger files are added with `paperchat add`, which reads them where they are."""
TERMINATED = 128 + signal.SIGTERM


def serve_chat(settings: Settings, paths: Sequence[Path]) -> None:
    """Serve the chat until it is stopped.

    Raises:
        PaperchatError: the port is taken, or the files or the library cannot be read.
    """
    stay_home()
    console = Console(highlight=False, soft_wrap=True)
    listener = listen(settings.host, settings.port)
    if missing := [path for path in paths if not is_there(path)]:
        raise FileError(f"{missing[0]}: there is no such file.")
    if paths:
        add_files(settings, list(map(str, paths)), console=console)
    with show_progress() as report:
        index = open_library(settings, progress=report, read_only=settings.public)
    with index:
        import uvicorn

        from rag.warming import warm_up
        from ui.model_loader import ModelLoader

        loader = ModelLoader(
            lambda progress: load_model(settings, progress=progress),
            warm_up=lambda progress: warm_up(index, progress),
        )
        name, keeping = library_name(settings.library), keeping_of(settings)
        app = build_app(index, loader, library=name, keeping=keeping, access=access_of(settings))
        config = uvicorn.Config(
            app,
            log_level="warning",
            timeout_graceful_shutdown=2,
            server_header=False,
            root_path=settings.root_path,
        )
        logging.getLogger("uvicorn.error").addFilter(_is_no_end)
        server = uvicorn.Server(config)
        port = listener.getsockname()[1]
        console.print(f"paperchat answers at http://{settings.host}:{port} (Ctrl-C stops it)")
        if warning := exposure_warning(settings, can_change=not index.read_only):
            console.print(warning, style="bold red", markup=False)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that the library is closed
        loader.start(report=_LineReport(console))
        server.run(sockets=[listener])


def _is_no_end(record: logging.LogRecord) -> bool:
    """Tell whether a line of the log is about more than pages that were open when the chat was stopped."""
    cut_off = record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cut_off and "timeout graceful shutdown exceeded" not in record.getMessage()


def exposure_warning(settings: Settings, *, can_change: bool) -> str:
    """Return what to be warned of: who reaches the server may do all that the page can, without login."""
    if is_loopback(settings.host) or settings.auth:
        return ""
    change = " and change it" if can_change else ""
    public = ", or let nobody change it with --public" if can_change else ""
    return (
        f"WARNING: {settings.host} is not this machine alone, and there is no login: anyone who reaches it "
        f"can ask and see the library{change}. Ask for a login with --auth FILE{public}."
    )


def library_name(library: str) -> str:
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


def build_app(
    index: PaperIndex,
    loader: ModelLoader,
    *,
    library: str,
    keeping: Keeping | None = None,
    access: Access | None = None,
) -> FastAPI:
    """Return the web application: the API, and the chat page under a content security policy, compressed.

    `access` says who may reach it, by default this machine alone.

    Raises:
        FileError: the file of API keys, or that of people, cannot be read.
    """
    from fastapi import FastAPI

    from ui.api.mounting import add_api
    from ui.chat import build_chat
    from ui.closing import close_needless
    from ui.compressing import Compressed
    from ui.embedding import add_embedding, embed_file
    from ui.front_page import FrontPage
    from ui.login import add_login
    from ui.widget import build_widget_page

    access = access or Access()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    own = f'<script defer src="{TOP}{_add_files(app)}"></script>'
    framed = add_embedding(app, access.origins, has_login=access.people is not None)
    close_needless(app, EMBEDDED, takes_files=False)
    close_needless(app, "", takes_files=not index.read_only)
    heads = {
        "/": own,
        f"{EMBEDDED}/": f"{framed}{own}",
    }
    add_login(app, access, framed)  # the first one added is the innermost
    app.add_middleware(FrontPage, heads=heads, origins=access.origins)
    app.add_middleware(Compressed)
    limits = add_api(app, index, loader, access)  # the last one added is the outermost
    styles = "\n".join(_page_files(".css"))
    shared = None if access.is_local else limits  # one person at this machine may ask what they like
    framed_chat = build_widget_page(index, loader, keeping=keeping, limits=shared)
    _mount(app, framed_chat, EMBEDDED, css=f"{styles}\n{embed_file('embed.css')}")
    chat = build_chat(index, loader, library=library, keeping=keeping, limits=shared)
    _mount(app, chat, "", css=styles)
    return app


def _mount(app: FastAPI, page: gr.Blocks, path: str, *, css: str) -> None:
    """Put a page of Gradio at a path, which takes every address under it that is left."""
    import gradio as gr

    from ui.theme import build_theme

    gr.mount_gradio_app(
        app,
        page,
        path=path,
        theme=build_theme(),
        css=css,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=True,
        max_file_size=LARGEST_UPLOAD,
    )


def _add_files(app: FastAPI) -> str:
    """Serve the page's own scripts, as one file, and its icon; return where the scripts are."""
    from fastapi import Response

    # each file keeps its names to itself, as if it were alone on the page
    script = "".join(f"(() => {{\n{text}\n}})();\n" for text in _page_files(".js"))
    icon = _page_files(".svg")[0]
    address = f"/page/{sha256(script.encode()).hexdigest()[:12]}.js"
    app.add_api_route(address, lambda: Response(script, media_type="text/javascript"))
    for place in ("/favicon.svg", "/favicon.ico"):
        app.add_api_route(place, lambda: Response(icon, media_type="image/svg+xml"))
    return address


def _page_files(ending: str) -> list[str]:
    """Return the page's own files of one kind, in order of their names."""
    folder = files("ui").joinpath("page")
    found = sorted((file for file in folder.iterdir() if file.name.endswith(ending)), key=lambda f: f.name)
    return [file.read_text(encoding="utf-8") for file in found]
