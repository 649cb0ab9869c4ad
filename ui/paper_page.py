"""The page of one paper in the Library tab: what is known of it, and what can be done with it.

It is opened by the id that a script writes into an unseen box (page/library.js), for Gradio has no events
for buttons inside a list or a map. It knows nothing of how papers are searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any

import gradio as gr
from gradio.events import Dependency

from index_store.errors import PaperchatError
from index_store.paper_index import PaperIndex
from rag.comparison import MOST_SUBJECTS
from ui.compare_tab import CompareTab
from ui.events import QUIET
from ui.render import render_library
from ui.render_papers import render_abstract, render_known

__all__ = ["PaperPage", "Surroundings"]

GONE = "This paper is not in the library any more; search for another."
SURE = "Remove this paper from the library? Its file stays where it is, and can be added again."


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The parts of the page that the Library tab reaches: its head, its tabs, the box for questions, the
    button of the chat that leads to adding papers, and the Compare tab with what picks its papers."""

    head: gr.Markdown
    tabs: gr.Tabs
    asked: gr.Textbox
    add: gr.Button
    compare: CompareTab
    compared: gr.Dropdown


class PaperPage:
    """Shows one paper of a library at a time."""

    def __init__(self, index: PaperIndex, *, library: str, turn: Lock) -> None:
        """Describe the page; `library` is the library's name for people. Whoever changes the library has
        `turn` meanwhile."""
        self._index, self._library, self._turn = index, library, turn

    def build(self, around: Surroundings, views: gr.Tabs) -> Dependency:
        """Draw the page here, hidden until a paper is opened from one of `views`; return the event that
        removes a paper."""
        with gr.Column(visible=False, elem_id="paper-page") as column:
            close = gr.Button("Close", size="sm", elem_id="paper-close")
            known = gr.Markdown(elem_id="paper-shown", latex_delimiters=[])
            with gr.Row(elem_id="paper-actions"):
                ask = gr.Button("Ask about this paper", variant="primary", size="sm", elem_id="paper-ask")
                compare = gr.Button("Add to comparison", size="sm", elem_id="paper-compare")
                remove = gr.Button(
                    "Remove", size="sm", elem_id="paper-remove", visible=not self._index.read_only
                )
            with gr.Column(visible=False, elem_id="paper-sure") as sure:
                gr.Markdown(SURE)
                with gr.Row():
                    yes = gr.Button("Remove it", variant="stop", size="sm", elem_id="paper-sure-yes")
                    no = gr.Button("Keep it", size="sm", elem_id="paper-sure-no")
            abstract = gr.Markdown(elem_id="paper-abstract", latex_delimiters=[])
        opened = gr.State("")
        wanted = gr.Textbox(visible="hidden", elem_id="paper-wanted", label="Wanted paper")
        open_it = gr.Button("Open", visible="hidden", elem_id="paper-open")
        pick_it = gr.Button("Compare", visible="hidden", elem_id="paper-pick")

        open_it.click(self._open, wanted, [column, known, abstract, opened, sure, views], **QUIET)
        close.click(lambda: gr.Column(visible=False), None, column, **QUIET)
        ask.click(self._ask, opened, [around.tabs, around.asked], **QUIET)
        for button, paper in ((compare, opened), (pick_it, wanted)):
            pick = _picked_by(around.compare)
            button.click(pick, [paper, around.compared], around.compared, **QUIET)
        remove.click(lambda: gr.Column(visible=True), None, sure, **QUIET)
        no.click(lambda: gr.Column(visible=False), None, sure, **QUIET)
        return yes.click(
            self._remove,
            opened,
            [column, sure, around.head],
            show_progress_on=sure,
            api_visibility="private",
        )

    def _open(self, id: str) -> tuple[Any, ...]:
        found = self._index.papers([id])
        if not found:
            raise gr.Error(GONE, duration=6, print_exception=False)
        drawn = render_known(found[0]), render_abstract(found[0])
        return gr.Column(visible=True), *drawn, id, gr.Column(visible=False), gr.Tabs(selected="papers")

    def _ask(self, id: str) -> tuple[Any, ...]:
        found = self._index.papers([id])
        if not found:
            raise gr.Error(GONE, duration=6, print_exception=False)
        return gr.Tabs(selected="chat"), f"What is new in “{found[0].title}”?"

    def _remove(self, id: str) -> tuple[Any, ...]:
        try:
            with self._turn:
                self._index.remove([id])
        except PaperchatError as error:
            raise gr.Error(str(error), duration=10, print_exception=False) from error
        gr.Info("Removed from the library.", duration=4)
        head = render_library(self._index.count_papers(), self._library)
        return gr.Column(visible=False), gr.Column(visible=False), head


def _picked_by(tab: CompareTab) -> Any:
    """Return what puts a paper among those that are compared, and says how many they are then."""

    def pick(id: str, picked: list[str] | None) -> gr.Dropdown:
        try:
            names = tab.pick(id, picked)
        except PaperchatError as error:
            raise gr.Error(str(error), duration=6, print_exception=False) from error
        count = len(names)
        more = "Pick one more to compare them." if count < 2 else "The Compare tab shows them side by side."
        gr.Info(f"Picked for comparison: {count} of at most {MOST_SUBJECTS}. {more}", duration=4)
        return gr.Dropdown(tab.titles(), value=names)

    return pick
