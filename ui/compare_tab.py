"""The Compare tab: up to six papers and any aspects, side by side in one table.

Papers are picked from the library, or named in free words where it is too large to list. What a comparison
is, is decided in `rag`; how it is drawn, in `ui.render`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import gradio as gr

from index_store.errors import QuestionError
from index_store.paper_index import PaperIndex
from rag.aspects import ASPECTS
from rag.assistant import Assistant
from rag.comparison import MOST_SUBJECTS
from ui.events import QUIET
from ui.limits import Limits, TooMuchAskedError, place_of
from ui.markup import text
from ui.model_loader import ModelLoader
from ui.redrawing import paced
from ui.render import render_answer

__all__ = ["CompareTab"]

LISTED = 2000
"""Papers that can be picked from a list; in a larger library they are named by title, short name or id."""
TURN = "compare"
"""The name of the answer on the page, in the place of the number of a turn."""


class CompareTab:
    """Compares papers of one library, with the model once it is there."""

    def __init__(self, index: PaperIndex, loader: ModelLoader, limits: Limits | None = None) -> None:
        """`limits` hold visitors to so many questions a minute, as in the chat."""
        self._index = index
        self._limits = limits
        self._loader = loader

    def build(self, tab: gr.Tab) -> gr.Dropdown:
        """Add the components and their events to the tab that is being built; return what picks papers."""
        with gr.Row(elem_id="compare-what"):
            papers = gr.Dropdown(
                self.titles(),
                label=f"Papers (2 to {MOST_SUBJECTS})",
                elem_id="compare-papers",
                multiselect=True,
                max_choices=MOST_SUBJECTS,
                allow_custom_value=True,
            )
            aspects = gr.Dropdown(
                [aspect.name for aspect in ASPECTS],
                label="Aspects (pick, or type your own)",
                elem_id="compare-aspects",
                multiselect=True,
                allow_custom_value=True,
            )
        with gr.Row(elem_id="compare-actions"):
            begin = gr.Button("Compare", elem_id="compare-begin", variant="primary", size="sm")
            stop = gr.Button("Stop", elem_id="compare-stop", size="sm", interactive=False)
        shown = gr.Markdown(elem_id="compared", latex_delimiters=[])
        tab.select(lambda: gr.Dropdown(self.titles()), None, papers, **QUIET)
        writing = begin.click(lambda: gr.Button(interactive=True), None, stop, **QUIET).then(
            self.respond, [papers, aspects], shown, **QUIET
        )
        writing.then(lambda: gr.Button(interactive=False), None, stop, **QUIET)
        stop.click(lambda: gr.Button(interactive=False), None, stop, cancels=[writing], **QUIET)
        return papers

    def pick(self, id: str, picked: Sequence[str] | None) -> list[str]:
        """Return what names the picked papers, with one more; where they are not listed, that is its title.

        Raises:
            QuestionError: it is not in the library any more, or as many as can be compared are picked.
        """
        found = self._index.papers([id])
        if not found:
            raise QuestionError("This paper is not in the library any more; search for another.")
        name = id if self.titles() else found[0].title
        names = list(dict.fromkeys([*(picked or []), name]))
        if len(names) > MOST_SUBJECTS:
            raise QuestionError(
                f"{MOST_SUBJECTS} papers are picked already, the most that can be compared; "
                "take one away in the Compare tab."
            )
        return names

    def titles(self) -> list[tuple[str, str]]:
        """Return what can be picked: (title, id) of each paper, in order of titles."""
        if self._index.count_papers() > LISTED:
            return []
        return sorted((paper.title, paper.id) for paper in self._index.papers())

    def respond(
        self, papers: Sequence[str] | None, aspects: Sequence[str] | None, request: gr.Request
    ) -> Iterator[str]:
        """Yield the drawn comparison as it grows, or what keeps it from being made."""
        model, visitor = self._loader.model, request.client.host if request.client else ""
        try:
            with place_of(visitor, self._limits):
                states = Assistant(self._index, model).compare(papers or [], aspects or [])
                for answer, waiting in paced(states, self._loader.gate if model else None, visitor):
                    yield render_answer(answer, TURN, waiting=waiting)
        except (QuestionError, TooMuchAskedError) as error:
            yield f'<p class="refusal">{text(str(error))}</p>'
