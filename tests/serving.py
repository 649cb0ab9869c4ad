"""Servers on loopback for tests: any application, in a thread of this process, until the test has ended."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from index_store.paper_index import PaperIndex
from ui.access import Access
from ui.api.mounting import add_api
from ui.model_loader import ModelLoader

QUESTION = "How is HERON trained?"
PROSE = "HERON is trained by hiding 60% of a spectrogram and predicting it."
ROOMY = Access(of_each=10_000, of_all=10_000, at_once=64, model="the-model")


def listen(port: int = 0) -> socket.socket:
    """A socket on loopback; without a port, one that is free."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def port_of(place: socket.socket | str) -> int:
    """The port of a socket, or of an address that `serving` gave."""
    return int(place.rstrip("/").rpartition(":")[2] if isinstance(place, str) else place.getsockname()[1])


@contextmanager
def serving(app: Any, *, on: socket.socket | None = None, root_path: str = "") -> Iterator[str]:
    """The address of a server, which is stopped whatever happens; `on` is the socket that it listens on."""
    listener = on or listen()
    config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, root_path=root_path)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port_of(listener)}/"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def api(index: PaperIndex, loader: ModelLoader, access: Access = ROOMY) -> Iterator[httpx.Client]:
    """A client of a server that has the API alone, without the page."""
    app = FastAPI()
    add_api(app, index, loader, access)
    with serving(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def in_a_loop(build: Callable[[], FastAPI]) -> FastAPI:
    """What a function builds, with a loop around it: without one Gradio makes one, and leaves it open."""

    async def run() -> FastAPI:
        return build()

    return asyncio.run(run())
