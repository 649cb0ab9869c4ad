"""A small server in OpenAI's protocol, on loopback: it says what it was told to, or fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse

__all__ = ["KEY", "SmallEndpoint"]

KEY = "sk-heron-0123456789"


class SmallEndpoint:
    """Answers with `pieces`, then with what `end` says: "stop", "cut", "hang", "nonsense" or "error".

    `refusal` is a status and a message instead of an answer; `key` is what must be sent; `elsewhere` is
    where it sends whoever asks; `delay` is seconds before each piece. `address` is where it is asked, once
    it is served.
    """

    def __init__(self, *models: str) -> None:
        self.models: list[str] | None = list(models)
        self.pieces: list[str] = []
        self.end = "stop"
        self.refusal: tuple[int, str] | None = None
        self.key = ""
        self.elsewhere = ""
        self.delay = 0.0
        self.address = ""
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.hung_up = 0
        self.app = FastAPI()
        self.app.add_api_route("/v1/models", self.list_models)
        self.app.add_api_route("/v1/chat/completions", self.answer, methods=["POST"])

    def list_models(self, request: Request) -> Response:
        """The models, or 404 if it tells none."""
        if refused := self._refused(request):
            return refused
        if self.models is None:
            return JSONResponse({"detail": "Not Found"}, 404)
        return JSONResponse({"object": "list", "data": [{"id": m, "object": "model"} for m in self.models]})

    async def answer(self, request: Request) -> Response:
        """An answer, streamed as server-sent events."""
        self.asked.append(await request.json())
        self.headers.append(dict(request.headers))
        if self.elsewhere:
            return RedirectResponse(self.elsewhere, 307)
        if refused := self._refused(request):
            return refused
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    def _refused(self, request: Request) -> Response | None:
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            said = f"Incorrect key: {request.headers.get('authorization')}"
            return JSONResponse({"error": {"message": said}}, 401)
        if self.refusal:
            status, message = self.refusal
            return JSONResponse({"error": {"message": message}}, status)
        return None

    async def _stream(self) -> AsyncIterator[str]:
        try:
            yield _chunk({"role": "assistant", "content": ""})
            for piece in self.pieces:
                await asyncio.sleep(self.delay)
                yield _chunk({"content": piece})
            if self.end == "hang":
                await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.hung_up += 1
            raise
        if self.end == "cut":
            raise ConnectionResetError("the server breaks off")
        if self.end == "nonsense":
            yield "data: {this is no JSON\n\n"
        if self.end == "error":
            yield 'data: {"error": {"message": "out of memory\\nat layer 7", "code": 500}}\n\n'
        yield _chunk({}, "stop")
        yield "data: [DONE]\n\n"


def _chunk(delta: dict[str, str], reason: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "heron"}
    return f"data: {json.dumps(head | {'choices': [choice]})}\n\n"
