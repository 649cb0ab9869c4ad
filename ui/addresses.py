"""The addresses of the server that more than one of its parts goes by, and that of a request.

In: nothing, or the scope of a request. Out: paths within this application, wherever a proxy or a program
shows it. What is answered there is not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

__all__ = ["EMBEDDED", "OPEN", "OPENAI", "PROGRAMS", "TOP", "path_of", "root_of"]

EMBEDDED = "/embed"
"""Where the chat for frames stands, a page of its own with the same files as the other one."""
OPENAI = "/v1/"
"""How the addresses begin that answer as OpenAI's do."""
PROGRAMS = ("/api/", OPENAI)
"""How the addresses begin that are for programs."""
OPEN = ("/api/docs", "/api/openapi.json")
"""What says how to ask, and nothing of the library: no key is needed for it."""
TOP = "{top}"
"""Stands in the head of a page for the path to the top of the server, which differs from page to page."""


def root_of(scope: Scope) -> str:
    """Return the path under which this application is shown, without a slash at its end; mostly none."""
    return str(scope.get("root_path", "")).rstrip("/")


def path_of(scope: Scope) -> str:
    """Return the address of a request within this application, wherever it is mounted."""
    return str(scope["path"]).removeprefix(root_of(scope))
