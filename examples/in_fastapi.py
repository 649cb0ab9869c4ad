"""The chat under a path of a FastAPI program of your own. Run: python examples/in_fastapi.py"""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI

from ui import mount

app = FastAPI()
mount(app, "/chat", library="sample")


@app.get("/")
def home() -> dict[str, str]:
    """Say where the chat is."""
    return {"chat": "/chat/", "api": "/chat/api/docs", "widget": "/chat/widget.js"}


if __name__ == "__main__":
    uvicorn.run(app, port=8000)
