"""The map of the library on the page: it is made when it is first looked at, and drawn by a script.

The script (page/map.js) takes the points from an unseen box, because the page's other components would have
to draw each of thousands of points. What a map is, is decided in `index_store.map`.
"""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from index_store.map import PaperMap
from index_store.paper_index import PaperIndex
from ui.events import QUIET
from ui.map_loader import MapLoader
from ui.markup import text

__all__ = ["MapView"]


class MapView:
    """Shows the map of one library."""

    def __init__(self, index: PaperIndex) -> None:
        self._loader = MapLoader(index)

    def build(self, tab: gr.Tab) -> None:
        """Add the map to the tab that is being built."""
        status = gr.Markdown(elem_id="map-status")
        gr.Markdown('<div class="map"></div>', elem_id="map")
        points = gr.Textbox(visible="hidden", elem_id="map-points", label="Points of the map")
        there = gr.State("")
        timer = gr.Timer(0.5, active=False)
        seen = {"inputs": there, "outputs": [status, points, there, timer], **QUIET}
        tab.select(self._want, **seen)
        timer.tick(self._look, **seen)

    def _want(self, there: str) -> tuple[Any, ...]:
        self._loader.want()
        return self._look(there)

    def _look(self, there: str) -> tuple[Any, ...]:
        """Return what the view says, with the points of a map that is not the one `there` already."""
        made, busy = self._loader.map, self._loader.is_busy
        said = _status(self._loader.status, made.fingerprint if made else "")
        if made is None or made.fingerprint == there:
            return said, gr.skip(), gr.skip(), gr.Timer(active=busy)
        return said, _points(made), made.fingerprint, gr.Timer(active=busy)


def _status(words: str, fingerprint: str) -> str:
    """Return what is said of the map, and unseen of which library it is."""
    return f'<p role="status">{text(words)}</p><span class="map-of" hidden>{text(fingerprint)}</span>'


def _points(made: PaperMap) -> str:
    """Return a map as JSON: what it is of, its topics, and (id, title, x, y, topic) of each point."""
    points = [[p.id, p.title, p.x, p.y, p.topic] for p in made.points]
    return json.dumps({"of": made.fingerprint, "topics": made.topics, "points": points}, ensure_ascii=False)
