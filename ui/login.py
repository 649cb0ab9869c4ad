"""Stands before the pages: nobody sees anything of them who has not logged in.

In comes any ASGI application, out goes the same one behind a login: its pages, what they ask of Gradio,
and, where programs need no key, the API. Only scripts and icons that say nothing of the library are open.
It knows neither Gradio nor what the pages show. Gradio's own login is not used, because each of its pages
would have its own, and none works in a frame.
"""

from __future__ import annotations

import asyncio
import math
import secrets
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from index_store.errors import FileError
from ui.addresses import EMBEDDED, OPEN, PROGRAMS, TOP, path_of, root_of
from ui.limits import Window
from ui.login_page import render_login, render_logout
from ui.people import People

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from ui.access import Access

__all__ = ["Login", "add_login"]

COOKIES = COOKIE, FRAMED_COOKIE = "paperchat", "paperchat-framed"
"""The second is for frames in pages of other sites, kept apart for each of those sites."""
HOURS = 12
MOST_SESSIONS = 10_000
TRIES_AT_ONE, TRIES_IN_ALL = 10, 60
"""How often one address may try in a minute, with one name and with all; then no try is looked at."""
WRONG_SECONDS = 1.0
LARGEST_FORM = 8192
BARE = ("/widget.js", "/gradio-app.js", "/page/", "/favicon.svg", "/favicon.ico")
"""Scripts and icons: the same for everybody, and nothing in them of the library."""


@dataclass(frozen=True, slots=True)
class _Session:
    name: str
    mark: str
    ends: float


def add_login(app: FastAPI, access: Access, framed: str = "") -> None:
    """Put the login before what the application has, if there are people who may log in; `framed` is what
    belongs into the head of its page in a frame.

    Raises:
        FileError: the file of people cannot be read.
    """
    if access.people:
        has_keys = access.keys is not None
        app.add_middleware(Login, people=People(access.people), has_keys=has_keys, framed=framed)


class Login:
    """An ASGI application behind a login."""

    def __init__(self, app: ASGIApp, people: People, *, has_keys: bool = False, framed: str = "") -> None:
        """`has_keys` says that somebody else asks programs for their keys."""
        self._app, self._people, self._has_keys, self._framed = app, people, has_keys, framed
        self._sessions: dict[str, _Session] = {}
        self._at_one, self._in_all = Window(TRIES_AT_ONE), Window(TRIES_IN_ALL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request of somebody who has logged in through; ask everybody else to."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        from starlette.requests import Request

        request, path = Request(scope, receive), path_of(scope)
        if path in ("/login", "/logout"):
            answer = await self._change(request, path)
            await answer(scope, receive, send)
        elif self._is_open(path) or self._is_known(request):
            await self._app(scope, receive, send)
        else:
            await self._ask(request, path)(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        return path.startswith(BARE) or path in OPEN or (self._has_keys and path.startswith(PROGRAMS))

    def _is_known(self, request: Request) -> bool:
        """Return whether a request carries a session, of somebody whose password is still the same."""
        for name in COOKIES:
            session = self._sessions.get(request.cookies.get(name, ""))
            if session and session.ends > monotonic():
                return self._people.mark_of(session.name) == session.mark
        return False

    def _ask(self, request: Request, path: str) -> Response:
        """Return the page for logging in where a page was wanted, else that one has to."""
        from starlette.responses import JSONResponse

        if request.method == "GET" and path in ("/", EMBEDDED, f"{EMBEDDED}/"):
            was_in = "in" in request.query_params and request.cookies.keys().isdisjoint(COOKIES)
            problem = "lost" if was_in or _cannot_keep(request) else ""
            return self._page(request, is_framed=path.startswith(EMBEDDED), problem=problem)
        return JSONResponse({"detail": "Log in first: open the page of this server in a browser."}, 401)

    def _page(self, request: Request, *, is_framed: bool, problem: str = "", status: int = 401) -> Response:
        from starlette.responses import HTMLResponse

        root = root_of(request.scope)
        script = self._framed.replace(TOP, root)
        html = render_login(root, is_framed=is_framed, script=script, problem=problem)
        return HTMLResponse(html, status, {"cache-control": "no-store"})

    async def _change(self, request: Request, path: str) -> Response:
        """Answer somebody who logs in, or out."""
        from starlette.responses import HTMLResponse, RedirectResponse

        root = root_of(request.scope)
        if path == "/logout":
            is_out = request.method == "POST"
            return self._log_out(request, root) if is_out else HTMLResponse(render_logout(root))
        if request.method != "POST":
            return RedirectResponse(f"{root}/", 303)
        fields = await _fields(request)
        is_framed = fields.get("to") == "embed"
        name, password = fields.get("name", "").strip(), fields.get("password", "")
        address = request.client.host if request.client else ""
        tries = ((self._at_one, f"{address} {name}"), (self._in_all, address))
        if wait := max(window.wait(one) for window, one in tries):
            said = f"Too many wrong tries; try again in {math.ceil(wait)} seconds."
            answer = self._page(request, is_framed=is_framed, problem=said, status=429)
            answer.headers["retry-after"] = str(math.ceil(wait))
            return answer
        for window, one in tries:  # before the password is looked at, so that tries at once are counted too
            window.count(one)
        try:
            is_right = await asyncio.to_thread(self._people.knows, name, password)
        except FileError:
            said = "The file of people cannot be read; tell who runs this server."
            return self._page(request, is_framed=is_framed, problem=said, status=503)
        if not is_right:
            await asyncio.sleep(WRONG_SECONDS)
            return self._page(request, is_framed=is_framed, problem="wrong")
        answer = RedirectResponse(f"{root}{EMBEDDED}/?in" if is_framed else f"{root}/", 303)
        self._log_in(request, answer, name)
        return answer

    def _log_in(self, request: Request, answer: Response, name: str) -> None:
        now = monotonic()
        self._sessions = {token: one for token, one in self._sessions.items() if one.ends > now}
        while len(self._sessions) >= MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        token = secrets.token_urlsafe(32)
        self._sessions[token] = _Session(name, self._people.mark_of(name) or "", now + HOURS * 3600)
        _set_cookies(request, answer, token, seconds=HOURS * 3600)

    def _log_out(self, request: Request, root: str) -> Response:
        from starlette.responses import RedirectResponse

        for name in COOKIES:
            self._sessions.pop(request.cookies.get(name, ""), None)
        answer = RedirectResponse(f"{root}/", 303)
        answer.headers["clear-site-data"] = '"storage"'  # whoever comes next sees no conversation of theirs
        _set_cookies(request, answer, "", seconds=0)
        return answer


def _set_cookies(request: Request, answer: Response, token: str, *, seconds: int) -> None:
    """Give the token to the browser; over https also for frames in pages of other sites."""
    common = f"{token}; Path={root_of(request.scope)}/; Max-Age={seconds}; HttpOnly"
    if not _is_secure(request):
        answer.headers.append("set-cookie", f"{COOKIE}={common}; SameSite=Lax")
        return
    answer.headers.append("set-cookie", f"{COOKIE}={common}; Secure; SameSite=None")
    answer.headers.append("set-cookie", f"{FRAMED_COOKIE}={common}; Secure; SameSite=None; Partitioned")


def _is_secure(request: Request) -> bool:
    return request.scope.get("scheme") == "https"


def _cannot_keep(request: Request) -> bool:
    """Return whether no login can work: a frame in a page of another site, and no https."""
    site = request.headers.get("sec-fetch-site")
    is_frame = request.headers.get("sec-fetch-dest") == "iframe"
    return not _is_secure(request) and site == "cross-site" and is_frame


async def _fields(request: Request) -> dict[str, str]:
    """Return the fields of a form; none, when there is too much of it."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_FORM:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
