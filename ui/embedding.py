"""Serves what pages of other sites need: the script of the widget, Gradio's own element, the framed chat.

In: the web application that is being built. Out: nothing; the addresses are there. Who may use them is not
decided here: the policy of the page says who may frame it, and the guard who may ask.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from ui.addresses import EMBEDDED, TOP

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["add_embedding", "embed_file"]

RENEWED = "max-age=600"
"""Pages name these scripts without a version, so that browsers have to look again."""
ENTRY = re.compile(r"assets/[\w.-]+\.js")
"""Where Gradio's script for its element leads to."""


def embed_file(name: str) -> str:
    """Return the text of one of the files for embedding."""
    return files("ui").joinpath("page_embed", name).read_text(encoding="utf-8")


def add_embedding(app: FastAPI, origins: Sequence[str], *, has_login: bool = False) -> str:
    """Add the scripts to an application; return what belongs into the head of the framed page."""
    from fastapi.responses import RedirectResponse

    framed = embed_file("embed.js")
    address = f"/page/{sha256(framed.encode()).hexdigest()[:12]}.js"
    scripts = {
        "/widget.js": embed_file("widget.js"),
        "/gradio-app.js": _gradio_element(has_login=has_login),
        address: framed,
    }

    for place, text in scripts.items():
        _add_script(app, place, text)
    app.add_api_route(EMBEDDED, lambda: RedirectResponse("embed/"))
    listed = f'<meta name="paperchat-origins" content="{escape(" ".join(origins))}">' if origins else ""
    return f'{listed}<script src="{TOP}{address}"></script>'


def _add_script(app: FastAPI, place: str, text: str) -> None:
    from fastapi import Response

    headers = {"cache-control": RENEWED, "access-control-allow-origin": "*"}  # so that it can say why not
    app.add_api_route(place, lambda: Response(text, media_type="text/javascript", headers=headers))


def _gradio_element(*, has_login: bool) -> str:
    """Return the script of Gradio's element, which looks for the rest of it beside the framed page."""
    text = files("gradio").joinpath("templates", "frontend", "gradio.js").read_text(encoding="utf-8")
    entry = ENTRY.findall(text)[0]
    return f'const [entry, login] = ["{entry}", {json.dumps(has_login)}];\n{embed_file("gradio-app.js")}'
