"""Closes what Gradio would serve beside its pages and this page does not use.

In: the web application that is being built, before a page is mounted. Out: nothing; the addresses answer
that they are closed. Each would do something for whoever asks: fetch from the network, write to the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["close_needless"]

NEEDLESS = (
    "gradio_api/proxy={rest:path}",  # fetches from other servers of Gradio
    "gradio_api/file=http{rest:path}",  # fetches whatever is named, and passes it on
    "gradio_api/file/http{rest:path}",
    "gradio_api/deep_link",  # writes what a visitor has done into a file
    "monitoring",  # shows who has used the page, and how
    "monitoring/{rest:path}",
)
UPLOAD = "gradio_api/upload"
WAYS = ["GET", "HEAD", "POST"]


def close_needless(app: FastAPI, place: str, *, takes_files: bool) -> None:
    """Close addresses of the page that will be mounted at `place`; uploads too, if it takes no files."""
    from fastapi.responses import PlainTextResponse

    for path in NEEDLESS if takes_files else (*NEEDLESS, UPLOAD):
        app.router.add_route(f"{place}/{path}", lambda _: PlainTextResponse("This is closed.", 403), WAYS)
