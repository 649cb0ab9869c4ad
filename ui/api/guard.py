"""Stands before the application: refuses what comes from the wrong place, without a key, or too much of it.

In comes any ASGI application, out goes the same one behind a guard. All of it, the page too, is held
to the names that the server answers to and to where a change is asked from; addresses for programs also to
keys, to JSON, and to bodies that are neither long nor slow. It knows nothing of what is asked.

A page elsewhere can send a reader's browser here in two ways: to our own address (a request with a foreign
Origin), and to its own name that suddenly points here (DNS rebinding: a foreign Host). Both are refused.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from index_store.errors import FileError
from ui.access import Access, is_loopback
from ui.addresses import OPEN, PROGRAMS, path_of
from ui.api.errors import RequestError, error_reply
from ui.api.keys import Keys
from ui.limits import Window

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["VISITOR", "Guarded"]

VISITOR = "paperchat.visitor"
"""Under this name the scope of a request says who asks: the name of a key, or an address."""
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:/@\s]+)(?::\d+)?", re.I)
WRONG_KEYS = 10
"""Wrong keys from one address in a minute, after which more of them are not even looked at."""
WRONG_SECONDS = 1.0
"""How long a wrong key is kept waiting."""


class Guarded:
    """An ASGI application behind a guard."""

    def __init__(self, app: ASGIApp, access: Access, keys: Keys | None = None) -> None:
        """Hold requests to `access`, those of programs also to one of `keys`, if there are any."""
        self._app = app
        self._access = access
        self._keys = keys
        self._wrong = Window(WRONG_KEYS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or say why not."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            self._check_place(scope)
            if scope["type"] == "http" and path_of(scope).startswith(PROGRAMS):
                if "\n" in scope["path"]:  # which no route can take
                    raise RequestError(404, "There is no such address.")
                scope = {**scope, VISITOR: await self._visitor(scope)}
                receive = await self._checked_body(scope, receive)
        except RequestError as error:
            await error_reply(error, path_of(scope))(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check_place(self, scope: Scope) -> None:
        """Refuse names that are not ours, and changes that a page elsewhere asks for."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        found = HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if not found:
            raise RequestError(400, "The request must name one host.")
        if not self._answers_to(found[1]):
            raise RequestError(
                403,
                f'This server does not answer to the name {found[1]}; the setting "hosts" lists more.',
                code="foreign_host",
            )
        is_change = scope["type"] == "websocket" or scope["method"] in CHANGES
        if is_change and any(self._is_foreign(origin, hosts[0]) for origin in headers.getlist("origin")):
            raise RequestError(
                403,
                'Pages of other sites may not ask here; the setting "embed_origins" lists those that may.',
                code="foreign_origin",
            )

    def _answers_to(self, name: str) -> bool:
        known = {host.casefold() for host in self._access.hosts}
        return is_loopback(name) or name.casefold() in known or not (self._access.is_local or known)

    def _is_foreign(self, origin: str, host: str) -> bool:
        place = origin.casefold().partition("://")[2]
        name = HOST.fullmatch(place)
        own = {host.casefold() for host in self._access.hosts if not is_loopback(host)}
        is_own = place == host.casefold() or (name is not None and name[1] in own)
        return not is_own and origin.casefold() not in self._access.origins

    async def _visitor(self, scope: Scope) -> str:
        """Return who asks, once their key is found right, where one is needed."""
        address = scope["client"][0] if scope.get("client") else ""
        if path_of(scope) in OPEN or scope["method"] == "OPTIONS":
            return address
        if self._keys is None:
            if self._access.is_local:
                return address
            raise RequestError(
                403,
                "Programs of other machines need a key here, and there are none: make one with "
                "paperchat key NAME --file FILE, and serve with --api-keys FILE.",
                code="no_keys",
            )
        given = Headers(scope=scope).getlist("authorization")
        scheme, _, key = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        if not key.strip() or scheme.casefold() != "bearer":
            raise RequestError(401, 'A key is needed: send it as "Authorization: Bearer KEY".')
        try:
            name = self._keys.name_of(key.strip())
        except FileError as error:
            raise RequestError(503, "The keys of this server cannot be read; tell who runs it.") from error
        if name is None:
            await self._slow_down(address)
        return f"key {name}"

    async def _slow_down(self, address: str) -> None:
        """Answer a wrong key, late, and after some of them without having looked."""
        wait = self._wrong.wait(address)
        if not wait:
            self._wrong.count(address)
            await asyncio.sleep(WRONG_SECONDS)
            raise RequestError(401, "This key is not right.", code="invalid_api_key")
        raise RequestError(429, "Too many wrong keys came from this address; try again later.", wait=wait)

    async def _checked_body(self, scope: Scope, receive: Receive) -> Receive:
        """Read the body of a request, as far as it may go, and return what gives it again."""
        if scope["method"] not in CHANGES:
            return receive
        headers = Headers(scope=scope)
        kinds = headers.getlist("content-type")
        if len(kinds) != 1 or kinds[0].partition(";")[0].strip().casefold() != "application/json":
            raise RequestError(415, 'The body must be JSON: send "Content-Type: application/json".')
        length = headers.get("content-length", "")
        if length.isdigit() and int(length[:20]) > self._access.largest_body:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._access.body_seconds):
                body = await self._read(receive)
        except TimeoutError as error:
            seconds = f"{self._access.body_seconds:g}"
            raise RequestError(408, f"The request took more than {seconds} seconds to come.") from error
        return _replay(body, receive)

    async def _read(self, receive: Receive) -> list[Message]:
        """Return the messages of a body, or those up to where its sender left."""
        messages, size, is_more = list["Message"](), 0, True
        while is_more:
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._access.largest_body:
                raise self._too_large()
            messages.append(message)
            is_more = message["type"] == "http.request" and message.get("more_body", False)
        return messages

    def _too_large(self) -> RequestError:
        return RequestError(
            413, f"The request may be {self._access.largest_body:,} bytes long, and is longer."
        )


def _replay(messages: list[Message], receive: Receive) -> Receive:
    """Return what gives these messages and then whatever else comes."""
    left = iter(messages)

    async def next_message() -> Message:
        for message in left:
            return message
        return await receive()

    return next_message
