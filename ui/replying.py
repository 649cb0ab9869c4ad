"""A whole answer of an ASGI application, to be changed before it is sent.

In comes an application with a request, out goes its answer as one value. Only for pages and files: what is
streamed must not be collected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope

__all__ = ["collect", "put_body"]


async def collect(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """Return what an application answers to a request, whole."""
    reply, pieces = Response(status_code=500), list[bytes]()

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            reply.status_code = message["status"]
            reply.raw_headers = [(name.lower(), value) for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            pieces.append(message.get("body", b""))

    await app(scope, receive, keep)
    reply.body = b"".join(pieces)
    return reply


def put_body(reply: Response, body: bytes) -> None:
    """Give an answer another body."""
    reply.body = body
    reply.headers["content-length"] = str(len(body))
