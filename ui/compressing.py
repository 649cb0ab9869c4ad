"""Sends the page and the files it loads compressed, and lets browsers keep the files.

In comes any ASGI application, out goes the same one with smaller answers. Only whole pages and files are
touched: whatever is streamed (server-sent events, uploads, downloads) passes through as it is, so nothing
is ever held back. Knows nothing of what the files are for.

Gradio compresses its own files anew for each visitor, at a low level, and not its page at all. Here each
file is compressed once: quickly for the first visitor, then, when the page has been drawn, at the highest
level in a thread of its own.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from ui.addresses import EMBEDDED, path_of
from ui.replying import collect, put_body

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["Compressed"]

PAGE = "/"
FILES = ("/assets/", "/static/", "/theme.css", "/page/")
NAMED_BY_CONTENT = ("/assets/", "/theme.css", "/page/")
"""Files whose address changes with what is in them, so that a browser need never ask again."""
FOREVER = "max-age=31536000, immutable"
NEEDLESS = (
    "accept-ranges",
    "access-control-allow-credentials",
    "access-control-allow-origin",
    "content-disposition",
    "etag",
    "last-modified",
)
"""What a file that never changes and serves our own page only need not say: seventy times it adds up."""
WORTH_IT = 200
"""Bytes below which compressing saves nothing."""
KEPT = 2000
"""Files that are kept compressed; Gradio has about 900."""
PAUSE = 5.0
"""Seconds from the first answer with a file until it is compressed better: a page loads in less."""
PACKED = ("font/woff", "image/png", "image/jpeg", "image/webp")
"""Types that are compressed already."""


@dataclass(slots=True)
class _Kept:
    """One file as it was last seen, by encoding."""

    digest: bytes
    encoded: dict[str, bytes] = field(default_factory=dict)


class Compressed:
    """An ASGI application whose page and files are sent compressed; the rest of it is left alone."""

    def __init__(self, app: ASGIApp, pause: float = PAUSE) -> None:
        """`pause` is the time in seconds that a file waits until it is compressed better."""
        self._app = app
        self._pause = pause
        self._turn = asyncio.Lock()
        self._kept: dict[str, _Kept] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        address = path_of(scope) if scope["type"] == "http" else ""
        path = address.removeprefix(EMBEDDED)
        is_file = path == PAGE or path.startswith(FILES)
        if not is_file or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        reply = await collect(self._app, _asking_for_plain(scope), receive)
        if reply.status_code == 200:
            if path.startswith(NAMED_BY_CONTENT):
                for name in NEEDLESS:
                    del reply.headers[name]
                reply.headers["cache-control"] = FOREVER
            self._compress(address, reply, encoding=_accepted(scope))
        await reply(scope, receive, send)

    def _compress(self, path: str, reply: Response, *, encoding: str) -> None:
        """Put the compressed body into a reply, if its reader takes one and it is worth it."""
        body, kind = bytes(reply.body), reply.headers.get("content-type", "")
        if len(body) < WORTH_IT or kind.startswith(PACKED) or "content-encoding" in reply.headers:
            return
        reply.headers["vary"] = "Accept-Encoding"
        if not encoding:
            return
        digest = sha256(body).digest()
        kept = self._kept.get(path)
        if kept is None or kept.digest != digest:
            kept = _Kept(digest)
            if path in self._kept or len(self._kept) < KEPT:
                self._kept[path] = kept
        if encoding not in kept.encoded:
            kept.encoded[encoding] = _quick(encoding)(body)
            self._improve(kept, encoding, body)
        put_body(reply, kept.encoded[encoding])
        reply.headers["content-encoding"] = encoding

    def _improve(self, kept: _Kept, encoding: str, body: bytes) -> None:
        """Compress once more as well as can be, beside the requests, for whoever comes next."""

        async def improve() -> None:
            await asyncio.sleep(self._pause)
            async with self._turn:  # one processor is enough for what nobody waits for
                kept.encoded[encoding] = await asyncio.to_thread(_thorough(encoding), body)

        task = asyncio.create_task(improve())
        self._tasks.add(task)  # the loop itself keeps no hold of it
        task.add_done_callback(self._tasks.discard)


def _asking_for_plain(scope: Scope) -> Scope:
    """Return the same request without a wish for compression, so that nothing is compressed twice."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    return {**scope, "headers": headers, "extensions": {}}  # nor handed over as the name of a file


def _accepted(scope: Scope) -> str:
    """Return the best encoding that the browser takes: "br", "gzip" or none."""
    wanted = Headers(scope=scope).get("accept-encoding", "").lower()
    offered = {part.split(";")[0].strip() for part in wanted.split(",")}
    return next((encoding for encoding in ("br", "gzip") if encoding in offered), "")


def _quick(encoding: str) -> Callable[[bytes], bytes]:
    if encoding == "gzip":
        return lambda body: gzip.compress(body, 5)
    import brotli

    return lambda body: bytes(brotli.compress(body, quality=5))


def _thorough(encoding: str) -> Callable[[bytes], bytes]:
    if encoding == "gzip":
        return lambda body: gzip.compress(body, 9)
    import brotli

    return lambda body: bytes(brotli.compress(body, quality=11))
