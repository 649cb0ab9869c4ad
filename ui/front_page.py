"""The front page as it leaves the house: Gradio's page with our head, under a policy made for it.

In comes any ASGI application that answers `/`, and perhaps other addresses, with Gradio's page; out goes
the same one whose pages carry our title, icon, description and scripts, and whose every answer carries what
browsers must hold to. Knows nothing of what the pages show.

The content security policy allows scripts of our own origin, and of the scripts in the page itself only
those that Gradio's template wrote: each is named by the hash of its text, so that none can be slipped in.
Styles may stand in the page, because Gradio writes some into it and sets others on its elements.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from ui.addresses import EMBEDDED, TOP, path_of
from ui.replying import collect, put_body

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["FrontPage", "policy_of"]

HEAD = (
    "<title>paperchat</title>"
    '<meta name="description" content="Ask your papers: a chat over research abstracts in which every '
    'sentence carries the exact words it rests on.">'
    '<meta name="color-scheme" content="light dark">'
    '<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)">'
    '<meta name="theme-color" content="#0c0a09" media="(prefers-color-scheme: dark)">'
    f'<link rel="icon" href="{TOP}/favicon.svg" type="image/svg+xml">'
)
ADVERTISING = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
"""Gradio's own name and pictures, for networks that show previews of links."""
RESIZER = re.compile(
    r"<script>(?:(?!</script>).)*?iframeResizer\.contentWindow(?:(?!</script>).)*</script>\s*", re.S
)
"""Loads a file that only the pages of Hugging Face Spaces use."""
INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.S | re.I)
QUIET = ("/assets/", "/static/")
"""Gradio's files: a policy says nothing about scripts and styles that a page loads, and it has seventy."""
FRAMED = (EMBEDDED, "/login")
"""How the addresses begin that pages of the allowed origins may frame."""
UPLOADED = "/gradio_api/file"
"""What people sent or made: a browser that shows it all the same runs nothing in it."""
DISTRUSTED = {b"x-forwarded-host", b"x-gradio-server"}
"""Gradio would write into its page that it lives there, whoever sent them. Proxies are to pass Host on."""


def policy_of(html: str = "", origins: Sequence[str] = ()) -> str:
    """Return the content security policy for a page: what it may load and run, and who may frame it: pages
    of its own origin and of the given ones.
    """
    hashes = {f"'sha256-{_hash(script)}'" for script in INLINE.findall(html)}
    allowed = " ".join(["'self'", *sorted(hashes)])
    framers = " ".join(["'self'", *origins])
    return (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        f"script-src {allowed}; connect-src 'self'; font-src 'self' data:; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        f"frame-ancestors {framers}"
    )


def _hash(script: str) -> str:
    """Return what a browser computes of a script: it reads each end of line as one sign."""
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    return b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")


class FrontPage:
    """An ASGI application whose page has our head, and whose answers say what browsers must hold to."""

    def __init__(
        self, app: ASGIApp, heads: Mapping[str, str] | None = None, *, origins: Sequence[str] = ()
    ) -> None:
        """`heads` are the addresses of pages, each with what else belongs into its head, its scripts, where
        `TOP` leads to the top of the server. `origins` are those of the pages that may frame what is made
        to be framed."""
        self._app = app
        self._heads = heads or {"/": ""}
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name not in DISTRUSTED]
        scope = {**scope, "headers": headers}
        path = path_of(scope)
        if path in self._heads and scope["method"] == "GET":
            await self._send_page(path, scope, receive, send)
        else:
            await self._app(scope, receive, _adding(self._headers_for(path), send))

    async def _send_page(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        reply = await collect(self._app, scope, receive)
        headers = self._headers_for(path)
        if reply.headers.get("content-type", "").startswith("text/html"):
            html = self._dressed(bytes(reply.body).decode("utf-8"), path)
            put_body(reply, html.encode("utf-8"))
            headers["content-security-policy"] = policy_of(html, self._framers(path))
        reply.headers.update(headers | {"cache-control": "no-cache"})
        await reply(scope, receive, send)

    def _dressed(self, html: str, path: str) -> str:
        """Return Gradio's page with our head, without what only its makers need."""
        plain = RESIZER.sub("", ADVERTISING.sub("", html), count=1)
        top = "/".join([".."] * (path.count("/") - 1)) or "."
        head = f"{HEAD}{self._heads[path]}".replace(TOP, top)
        return plain.replace("</head>", f"{head}</head>", 1)

    def _framers(self, path: str) -> Sequence[str]:
        return self._origins if path.startswith(FRAMED) else ()

    def _headers_for(self, path: str) -> dict[str, str]:
        """Return what the answer at a path says to browsers."""
        file = path.removeprefix(EMBEDDED)
        if file.startswith(QUIET):
            return {"x-content-type-options": "nosniff"}
        policy = policy_of(origins=self._framers(path))
        return {
            "content-security-policy": f"{policy}; sandbox" if file.startswith(UPLOADED) else policy,
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
        }


def _adding(headers: dict[str, str], send: Send) -> Send:
    """Return the same way to send, with these headers on the answer."""

    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            sent = MutableHeaders(scope=message)
            for name, value in headers.items():
                sent.append(name, value)  # beside what stands there: of two policies both hold
        await send(message)

    return send_more
