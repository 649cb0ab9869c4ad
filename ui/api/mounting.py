"""Puts the API before the page: its own application within the other, and the guard around both.

In: the web application that is being built, the library and the loader of its model. Out: nothing; the
application has the addresses then. It must come before the page is mounted, which takes every address left.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from index_store.errors import PaperchatError
from ui.access import Access
from ui.addresses import OPEN, PROGRAMS, path_of
from ui.api.asking import Asking
from ui.api.errors import RequestError, error_reply
from ui.api.guard import Guarded
from ui.api.keys import Keys
from ui.limits import Limits

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError
    from starlette.requests import Request
    from starlette.responses import Response

    from index_store.paper_index import PaperIndex
    from ui.model_loader import ModelLoader

__all__ = ["add_api"]

ABOUT = (
    "Ask papers over HTTP: every sentence of an answer carries the exact words it rests on. "
    "Where the server needs a key, send it as Authorization: Bearer KEY."
)


def add_api(app: FastAPI, index: PaperIndex, loader: ModelLoader, access: Access) -> Limits:
    """Add the addresses for programs to an application, and the guard around all of it.

    Pages of the allowed origins may read what it answers. Returned are the limits that programs are held
    to, for others to share.

    Raises:
        FileError: the file of keys cannot be read.
    """
    from starlette.middleware.cors import CORSMiddleware
    from starlette.routing import Route

    limits = Limits(of_each=access.of_each, of_all=access.of_all, at_once=access.at_once)
    inner = build_api(index, loader, Asking(index, loader, limits), model=access.model)
    app.router.routes.extend(Route(f"{place}{{rest:path}}", endpoint=inner) for place in PROGRAMS)
    keys = Keys(access.keys) if access.keys else None
    app.add_middleware(Guarded, access=access, keys=keys)
    app.add_middleware(  # the outermost; without it Gradio would let any origin in
        CORSMiddleware,
        allow_origins=list(access.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type", "x-gradio-user"],
        expose_headers=["retry-after"] if access.origins else [],
    )
    return limits


def build_api(index: PaperIndex, loader: ModelLoader, asking: Asking, *, model: str) -> FastAPI:
    """Return an application that has the addresses for programs alone."""
    from fastapi import FastAPI, Security
    from fastapi.responses import HTMLResponse
    from fastapi.security import HTTPBearer

    from ui.api.chat_completions import add_chat_completions
    from ui.api.docs_page import render_docs
    from ui.api.routes import build_routes

    docs, schema = OPEN
    inner = FastAPI(
        title="paperchat",
        description=ABOUT,
        version=version("paperchat"),
        docs_url=None,
        redoc_url=None,
        openapi_url=schema,
        separate_input_output_schemas=False,
    )
    routes = build_routes(index, loader, asking, model=model)
    add_chat_completions(routes, asking)
    key = HTTPBearer(auto_error=False, description="Needed where the server has a file of keys.")
    inner.include_router(routes, dependencies=[Security(key)])
    inner.add_api_route(docs, lambda: HTMLResponse(render_docs(inner.openapi())), include_in_schema=False)
    _add_errors(inner)
    return inner


def _add_errors(inner: FastAPI) -> None:
    """Let every error be told in the shape of its address."""
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

    async def tell(request: Request, error: Any) -> Response:
        return error_reply(error, path_of(request.scope))

    async def tell_wrong_field(request: Request, error: Any) -> Response:
        return error_reply(_wrong_field(error), path_of(request.scope))

    async def tell_status(request: Request, error: Any) -> Response:
        return error_reply(RequestError(error.status_code, f"{error.detail}."), path_of(request.scope))

    inner.add_exception_handler(PaperchatError, tell)
    inner.add_exception_handler(RequestValidationError, tell_wrong_field)
    inner.add_exception_handler(HTTPException, tell_status)
    inner.add_exception_handler(Exception, tell)


def _wrong_field(error: RequestValidationError) -> RequestError:
    """Return what is wrong with the first field that is."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return RequestError(400, "The body is no JSON.")
    where = ".".join(str(step) for step in first["loc"][1:]) or "The body"
    return RequestError(422, f"{where}: {first['msg']}.")
