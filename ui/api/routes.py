"""The addresses of our own API: ask, compare, the papers, the state of things.

In: the library, the loader of its model, and what asks for programs. Out: a router whose answers are those
of `ui.api.schema`. Who may ask, and what errors look like, is decided around it.
"""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from index_store.browsing import Look, find_papers
from ui.addresses import path_of
from ui.answer_json import paper_object
from ui.api.asking import Asking, State
from ui.api.errors import RequestError
from ui.api.guard import VISITOR
from ui.api.running import Running
from ui.api.schema import (
    AnswerObject,
    AskRequest,
    CompareRequest,
    ErrorObject,
    HealthObject,
    PaperObject,
    PapersObject,
    described_errors,
)
from ui.api.sending import answer_events, last_state, send_events
from ui.predictions import turns_of

if TYPE_CHECKING:
    from index_store.paper_index import PaperIndex
    from ui.model_loader import ModelLoader

__all__ = ["build_routes"]

EVENTS = "text/event-stream"
LONGEST_QUERY = 500
MOST_PAPERS = 200
ERRORS = described_errors(ErrorObject, 400, 401, 403, 422, 503)
EVENT: dict[str, Any] = {
    "type": "object",
    "description": "One event; its data is JSON.",
    "properties": {
        "event": {"enum": ["draft", "waiting", "writing", "complete", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
ASKING: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; or, with stream or Accept: text/event-stream, the events draft, "
        "waiting, writing, complete and error, whose data is the answer so far.",
        "content": {EVENTS: {"schema": EVENT}},
    },
    **described_errors(ErrorObject, 408, 413, 415, 429),
}
Limit = Annotated[int, Query(ge=1, le=MOST_PAPERS)]
Offset = Annotated[int, Query(ge=0, le=10**9)]
Words = Annotated[str, Query(max_length=LONGEST_QUERY)]


def build_routes(index: PaperIndex, loader: ModelLoader, asking: Asking, *, model: str) -> APIRouter:
    """Return the router. `model` is the name of the model until it is there to say it itself."""
    routes = APIRouter(responses=ERRORS)
    _add_questions(routes, asking)
    _add_papers(routes, index)

    @routes.get("/api/health", response_model=HealthObject, tags=["library"])
    def health(fingerprint: bool = False) -> dict[str, Any]:
        """Say that the server answers, and what from. `fingerprint` costs a look at every paper."""
        loaded = loader.model
        return {
            "status": "ok",
            "version": version("paperchat"),
            "library": {
                "papers": index.count_papers(),
                "fingerprint": index.fingerprint if fingerprint else None,
            },
            "model": {
                "name": loaded.name if loaded else model,
                "device": asdict(loaded.device) if loaded else None,
                "ready": loaded is not None,
            },
        }

    return routes


def _add_questions(routes: APIRouter, asking: Asking) -> None:
    """Add what is answered by the assistant."""

    @routes.post("/api/ask", response_model=AnswerObject, responses=ASKING, tags=["questions"])
    async def ask(sent: AskRequest, request: Request) -> Any:
        """Answer a question, with the exact words that each sentence rests on."""
        turns = turns_of([message.model_dump() for message in sent.history])
        running = asking.ask(sent.question, turns, draft=sent.draft, visitor=request.scope[VISITOR])
        return await _reply(running, request, stream=sent.stream)

    @routes.post("/api/compare", response_model=AnswerObject, responses=ASKING, tags=["questions"])
    async def compare(sent: CompareRequest, request: Request) -> Any:
        """Put papers side by side: a row for each aspect, a quote in every cell."""
        running = asking.compare(
            sent.subjects, sent.aspects, draft=sent.draft, visitor=request.scope[VISITOR]
        )
        return await _reply(running, request, stream=sent.stream)


async def _reply(running: Running[State], request: Request, *, stream: bool) -> Response | dict[str, Any]:
    if stream or EVENTS in request.headers.get("accept", ""):
        return send_events(answer_events(running, path_of(request.scope)))
    return (await last_state(running, request)).plain


def _add_papers(routes: APIRouter, index: PaperIndex) -> None:
    """Add what looks through the library."""

    @routes.get("/api/papers", response_model=PapersObject, tags=["library"])
    def papers(query: Words = "", limit: Limit = 20, offset: Offset = 0) -> dict[str, Any]:
        """List the papers, or find them by id, title, words, else by meaning."""
        found = find_papers(index, Look(query))
        return {
            "papers": [paper_object(paper) for paper in index.papers(found.ids[offset : offset + limit])],
            "total": len(found.ids),
            "offset": offset,
            "by_meaning": found.by_meaning,
        }

    @routes.get(
        "/api/papers/{id:path}",
        response_model=PaperObject,
        responses=described_errors(ErrorObject, 404),
        tags=["library"],
    )
    def paper(id: str) -> dict[str, Any]:
        """Return the paper with an id: an arXiv id, a DOI with its slashes, or the words of its title."""
        found = index.papers([id])
        if not found:
            raise RequestError(404, f"There is no paper {id} here.")
        return paper_object(found[0])
