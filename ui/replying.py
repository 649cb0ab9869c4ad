"""A whole answer of an ASGI application, to be changed before it is sent.

In comes an application with a request, out goes its answer as one value. Only for pages and files: what is
streamed must not be collected.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Reply", "collect"]


@dataclass(slots=True)
class Reply:
    """The status, the headers (lower-case names) and the body of one answer."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return the value of a header, or nothing."""
        wanted = name.encode("latin-1")
        return next((value.decode("latin-1") for key, value in self.headers if key == wanted), "")

    def drop(self, *names: str) -> None:
        """Take headers away."""
        unwanted = {name.encode("latin-1") for name in names}
        self.headers = [pair for pair in self.headers if pair[0] not in unwanted]

    def put(self, name: str, value: str) -> None:
        """Set a header, in place of what it was."""
        self.drop(name)
        self.headers.append((name.encode("latin-1"), value.encode("latin-1")))

    async def send(self, send: Send) -> None:
        """Send the answer, with the length of its body as it is now."""
        if self.body or self.header("content-length"):
            self.put("content-length", str(len(self.body)))
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


async def collect(app: ASGIApp, scope: Scope, receive: Receive) -> Reply:
    """Return what an application answers to a request, whole."""
    reply, pieces = Reply(), list[bytes]()

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = [(name.lower(), value) for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            pieces.append(message.get("body", b""))

    await app(scope, receive, keep)
    reply.body = b"".join(pieces)
    return reply
