"""The Library tab: papers are added, searched, narrowed by year and venue, read, and seen on a map.

Every look asks the catalog for ids and reads the papers that are shown, no others. How papers are drawn is
decided in `ui.render_papers`, what is found in `index_store.browsing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any

import gradio as gr
from gradio.events import Dependency

from index_store.browsing import Browsing, Look, Order, find_papers
from index_store.paper_index import PaperIndex
from ui.drop_area import DropArea, Panel
from ui.events import QUIET
from ui.map_view import MapView
from ui.paper_page import PaperPage, Surroundings
from ui.render_papers import render_bars, render_count, render_list

__all__ = ["LibraryTab"]

PAGE = 50
"""Papers in the list at first, and more at each "Show more"."""
MOST_VENUES = 500
"""Venues to choose from, the most frequent ones."""
MOST_BARS = 25
MOST_YEARS = 40
ANY = 0
"""The year that stands for no limit: a box that can be emptied only by hand is a trap."""
ORDER_NAMES: list[tuple[str, Order]] = [
    ("Best match", "relevance"),
    ("Title", "title"),
    ("Newest first", "newest"),
    ("Oldest first", "oldest"),
    ("Last added", "added"),
]
EMPTY = """## This library has no papers yet

1. **Add your papers**: drop files below, such as the export of your reference manager.
2. **Ask** in the Chat tab. Every sentence of an answer carries the exact words it rests on.
3. **Compare** papers side by side, or look at all of them on a map, here."""


@dataclass(frozen=True, slots=True)
class _Search:
    """What is typed and picked to look for papers."""

    row: gr.Row
    words: gr.Textbox
    order: gr.Dropdown
    narrow: gr.Row
    first: gr.Dropdown
    last: gr.Dropdown
    venues: gr.Dropdown

    @property
    def inputs(self) -> list[gr.components.Component]:
        """What a look is made of, in the order in which `LibraryTab._look` takes it."""
        return [self.words, self.order, self.first, self.last, self.venues]


class LibraryTab:
    """Looks through one library."""

    def __init__(self, index: PaperIndex, *, library: str) -> None:
        """Describe the tab; `library` is the library's name for people."""
        self._index, self._library = index, library
        self._browsing = Browsing(index.folder)

    def build(self, tab: gr.Tab, around: Surroundings) -> None:
        """Add the components and their events to the tab that is being built."""
        turn = Lock()
        with gr.Tabs(elem_id="library-views") as views:
            with gr.Tab("Papers", elem_id="view-papers", id="papers"):
                empty = gr.Markdown(EMPTY, visible=False, elem_id="library-empty")
                search, add = _add_search()
                panel = DropArea(self._index, library=self._library, turn=turn).build(around.head, add)
                with gr.Row(elem_id="library-row") as row:
                    with gr.Column(elem_id="library-found"):
                        said = gr.Markdown(elem_id="library-count")
                        listed = gr.Markdown(elem_id="library-list", latex_delimiters=[])
                        more = gr.Button("Show more", size="sm", visible=False, elem_id="library-more")
                    page = PaperPage(self._index, library=self._library, turn=turn)
                    removed = page.build(around, views)
            with gr.Tab("Map", elem_id="view-map") as map_tab:
                MapView(self._index).build(map_tab)
            with gr.Tab("Years and venues", visible=False, elem_id="view-charts") as charts:
                bars = gr.Markdown(elem_id="library-bars")
        shown = [said, listed, more, gr.State(PAGE)]
        # one event for all: of several, an earlier one's answer could come last
        changes = [part.change for part in search.inputs]
        gr.on(changes, self._look, search.inputs, shown, trigger_mode="always_last", **QUIET)
        more.click(self._look, [*search.inputs, shown[-1]], shown, **QUIET)
        renewal: dict[str, Any] = {
            "fn": self._renew,
            "inputs": [search.first, search.last, search.venues],
            "outputs": [
                *(empty, search.row, row, search.narrow, search.first, search.last, search.venues),
                *(map_tab, charts, bars, panel.column, panel.is_open),
            ],
            **QUIET,
        }
        led_here = self._lead(around, views, panel)
        renewed = [event.then(**renewal) for event in (led_here, removed, *panel.added)]
        for event in (tab.select(**renewal), *renewed):
            event.then(self._look, search.inputs, shown, **QUIET)

    def _lead(self, around: Surroundings, views: gr.Tabs, panel: Panel) -> Dependency:
        """Let the button of the chat open this tab, with the panel that adds papers."""
        return around.add.click(
            lambda: (
                gr.Tabs(selected="library"),
                gr.Tabs(selected="papers"),
                gr.Column(visible=True),
                True,
            ),
            None,
            [around.tabs, views, panel.column, panel.is_open],
            **QUIET,
        )

    def _renew(self, first: int, last: int, picked: list[str] | None) -> tuple[Any, ...]:
        """Return what depends on the library, as it is now. Of the years and venues that are picked, those
        stay that papers still have: Gradio refuses whatever is not among the choices."""
        years, venues = self._browsing.years(), self._browsing.venues()
        count = self._index.count_papers()
        choices = [("any", ANY), *((str(year), year) for year, _ in years)]
        first, last = (year if year in dict(years) else ANY for year in (first, last))
        named = [venue for venue, _ in venues[:MOST_VENUES]]
        return (
            gr.Markdown(visible=count == 0),
            gr.Row(visible=count > 0),
            gr.Row(visible=count > 0),
            gr.Row(visible=bool(years or venues)),
            gr.Dropdown(choices, value=first, visible=bool(years)),
            gr.Dropdown([choices[0], *reversed(choices[1:])], value=last, visible=bool(years)),
            gr.Dropdown(
                named, value=[name for name in picked or () if name in named], visible=bool(venues)
            ),
            gr.Tab(visible=count > 0),
            gr.Tab(visible=bool(years or venues)),
            _bars(years, venues, count),
            gr.skip() if count else gr.Column(visible=True),
            gr.skip() if count else True,
        )

    def _look(self, words: str, order: Order, *narrowed: Any) -> tuple[Any, ...]:
        """Return how many papers are found, the first of them, whether there are more, and how many there
        is room for now. `narrowed` is the first and the last year, the venues, and the room there was."""
        first, last, venues, had = (*narrowed, 0)[:4]
        look = Look(words, first or None, last or None, tuple(venues or ()))
        found, limit = find_papers(self._index, look, order), had + PAGE
        papers = self._index.papers(found.ids[:limit])
        said = render_count(
            len(papers), len(found.ids), self._index.count_papers(), by_meaning=found.by_meaning
        )
        return said, render_list(papers), gr.Button(visible=len(found.ids) > limit), limit


def _add_search() -> tuple[_Search, gr.Button]:
    """Draw what papers are searched with, and the button that opens the panel for files."""
    with gr.Row(elem_id="library-search") as row:
        words = gr.Textbox(
            label="Search", placeholder="Title, author or words of the abstract", elem_id="library-words"
        )
        order = gr.Dropdown(ORDER_NAMES, value="relevance", label="Order", elem_id="library-order")
        add = gr.Button("Add papers", size="sm", elem_id="library-add")
    with gr.Row(visible=False, elem_id="library-narrow") as narrow:
        any_year = [("any", ANY)]
        first = gr.Dropdown(any_year, value=ANY, label="From year", elem_id="library-first")
        last = gr.Dropdown(any_year, value=ANY, label="To year", elem_id="library-last")
        venues = gr.Dropdown(label="Venues", multiselect=True, elem_id="library-venues")
    return _Search(row, words, order, narrow, first, last, venues), add


def _bars(years: list[tuple[int, int]], venues: list[tuple[str, int]], count: int) -> str:
    """Return the charts of years and venues, each with what it leaves out."""
    known = dict(years)
    newest = max(known, default=0)
    oldest = max(min(known, default=1), newest - MOST_YEARS + 1)
    by_year = [(str(year), known.get(year, 0)) for year in range(oldest, newest + 1)]
    undated, unnamed = count - sum(known.values()), count - sum(number for _, number in venues)
    earlier = sum(number for year, number in years if year < oldest)
    other = sum(number for _, number in venues[MOST_BARS:])
    charts = [
        render_bars("Papers by year", by_year, rest=[(earlier, "earlier"), (undated, "without a year")]),
        render_bars(
            "Papers by venue", venues[:MOST_BARS], rest=[(other, "elsewhere"), (unnamed, "without a venue")]
        ),
    ]
    return f'<div class="charts">{"".join(f"<div>{chart}</div>" for chart in charts if chart)}</div>'
