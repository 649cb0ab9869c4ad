"""Serves a library to programs that speak MCP, over stdin and stdout or over HTTP on this machine.

In: settings. Out: a running server, until its client goes or it is stopped. What its tools do is in
`ui.mcp_tools`. Over stdin and stdout the library and the model are opened after the start, so that a client
need not wait for them to be greeted; nothing but messages is written to stdout.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console

from index_store.errors import PaperchatError
from ui.listening import listen
from ui.printing import show_progress
from ui.quiet import stay_home
from ui.settings import SAMPLE, Settings
from ui.wiring import Progress, library_folder, load_embedder, load_model, open_library

if TYPE_CHECKING:
    from mcp.server import MCPServer
    from starlette.applications import Starlette

    from index_store.following import FollowedLibrary
    from rag.models.streamed_model import StreamedModel
    from ui.model_loader import ModelLoader

    Load = Callable[[Progress], StreamedModel]

__all__ = ["build_mcp_app", "follow_library", "serve_mcp", "serve_stdio"]

LOOPBACK = "127.0.0.1"
LARGEST_MESSAGE = 1_000_000
"""Bytes of one message to the server; the longest question is far below."""
MISSING = 'The MCP server needs the package mcp: pip install "paperchat[mcp]"'
AT_A_TERMINAL = (
    "paperchat mcp waits for messages on stdin: let a program start it (docs/mcp.md), or use --http."
)


def serve_mcp(settings: Settings, *, port: int | None, draft: bool) -> None:
    """Serve until the client closes stdin or, with a port, over HTTP until it is stopped.

    With `draft` answers are quotes alone and no model is loaded.

    Raises:
        PaperchatError: the package `mcp` is missing, the port is taken, or, with a port, the library
            cannot be opened. Without one, the tools tell it.
    """
    try:
        import mcp  # noqa: F401 - to be missed here, not in the middle
    except ModuleNotFoundError as error:
        if error.name != "mcp":
            raise
        raise PaperchatError(MISSING) from None
    stay_home()

    def load(progress: Progress) -> StreamedModel:
        return load_model(settings, progress=progress)

    if port is None:
        serve_stdio(lambda: follow_library(settings), None if draft else load)
    else:
        _serve_http(settings, port, None if draft else load)


def follow_library(settings: Settings, *, progress: Progress | None = None) -> FollowedLibrary:
    """Open the library of the settings so that it can be read while others write to it.

    Raises:
        WeightsError: the embedder's weights are not here and cannot be fetched.
        LibraryError: the library cannot be opened, or belongs to another embedder.
    """
    from index_store.following import FollowedLibrary

    if settings.library == SAMPLE:
        with open_library(settings, progress=progress) as made:
            embedder: Any = made.embedder
    else:
        embedder = load_embedder(settings, progress=progress)
    return FollowedLibrary(library_folder(settings), embedder)


def serve_stdio(open_now: Callable[[], FollowedLibrary], load: Load | None) -> None:
    """Serve one client over stdin and stdout, until it closes stdin.

    `open_now` opens the library and `load` the model, if one is wanted; both run in threads of their own.
    """
    import anyio

    from ui.mcp_tools import PaperTools, build_mcp_server

    opening: Future[FollowedLibrary] = Future()
    loader = _loader(opening.result, load)

    def open_library_now() -> None:
        try:
            opening.set_result(open_now())
        except BaseException as error:  # it is raised again for everybody who asks for the library
            opening.set_exception(error)

    @asynccontextmanager
    async def opened(_server: MCPServer[Any]) -> AsyncIterator[None]:
        # not before: what a library printed until now would have gone to the client
        with ThreadPoolExecutor(1) as thread:
            thread.submit(open_library_now)
            if loader:
                loader.start()
            yield
        if not opening.exception():
            opening.result().close()

    if sys.stdin.isatty():
        Console(stderr=True).print(AT_A_TERMINAL, markup=False, highlight=False, soft_wrap=True)
    server = build_mcp_server(PaperTools(opening.result, loader), lifespan=opened)
    anyio.run(server.run_stdio_async)


def _loader(library: Callable[[], FollowedLibrary], load: Load | None) -> ModelLoader | None:
    """Return what loads the model once the library is open and read, or None where none is wanted."""
    if load is None:
        return None
    from ui.model_loader import ModelLoader

    def warm_up_library(progress: Progress) -> None:
        from rag.warming import warm_up

        with library().reading() as index:
            warm_up(index, progress)

    return ModelLoader(load, warm_up=warm_up_library)


def _serve_http(settings: Settings, port: int, load: Load | None) -> None:
    console = Console(highlight=False, soft_wrap=True)
    with listen(LOOPBACK, port) as listener:
        import uvicorn

        from ui.mcp_tools import PaperTools, build_mcp_server

        with show_progress() as report:
            library = follow_library(settings, progress=report)
        with library:
            loader = _loader(lambda: library, load)
            port = listener.getsockname()[1]
            app = build_mcp_app(build_mcp_server(PaperTools(lambda: library, loader)), port)
            config = uvicorn.Config(
                app, log_level="warning", timeout_graceful_shutdown=2, server_header=False
            )
            console.print(f"paperchat speaks MCP at http://{LOOPBACK}:{port}/mcp (Ctrl-C stops it)")
            if loader:
                loader.start()
            uvicorn.Server(config).run(sockets=[listener])


def build_mcp_app(server: MCPServer[Any], port: int) -> Starlette:
    """Return the web application of a server that listens on a port of this machine.

    A page in a browser reaches it neither by another name for this machine nor from another origin.
    """
    from mcp.server.transport_security import TransportSecuritySettings

    hosts = [f"{host}:{port}" for host in (LOOPBACK, "localhost")]
    security = TransportSecuritySettings(
        allowed_hosts=hosts, allowed_origins=[f"http://{host}" for host in hosts]
    )
    return server.streamable_http_app(
        transport_security=security, max_request_body_size=LARGEST_MESSAGE, host=LOOPBACK
    )
