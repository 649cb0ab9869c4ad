"""The drop area of the page: files go in, papers are added, and what came of it is said in words.

Progress shows while papers are added; Stop keeps what is in so far. It knows nothing of questions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

import gradio as gr
from gradio.events import Dependency

from index_store.errors import PaperchatError
from index_store.paper_index import PaperIndex
from index_store.values import AddSummary, Doubt, Paper, Rejection
from ui.adding import Reading, summary_lines
from ui.markup import text
from ui.render import render_library

__all__ = ["DropArea", "Panel"]

REDRAW_SECONDS = 0.25
BATCH_SECONDS = 20.0
"""How long a stop waits for the batch at hand to come in."""
READ_ONLY = (
    "This library can only be read here. To ask your own papers, start with `make chat PAPERS=refs.bib`, "
    "or `paperchat serve refs.bib`."
)


FORMATS_READ = "BibTeX, RIS, PubMed, CSL, CSV, JSON, arXiv, OpenAlex, PDF, a saved list, or a zip of these."


@dataclass(frozen=True, slots=True)
class Panel:
    """The panel on the page: its column, whether it is open, and the events that add papers."""

    column: gr.Column
    is_open: gr.State
    added: list[Dependency]


class DropArea:
    """A panel into which files are dropped, hidden until its button is pressed."""

    def __init__(self, index: PaperIndex, *, library: str, turn: Lock) -> None:
        """Describe the panel for one library; `library` is its name for people.

        Whoever changes the library has `turn` meanwhile: files wait until those of another person are in.
        """
        self._index, self._library, self._turn = index, library, turn

    def build(self, head: gr.Markdown, button: gr.Button) -> Panel:
        """Draw the panel here; join it to its button and to the head of the page, which counts papers."""
        with gr.Column(visible=False, elem_id="adding") as column:
            if self._index.read_only:
                gr.Markdown(READ_ONLY)
                dropped = None
            else:
                gr.Markdown(FORMATS_READ, elem_id="formats")
                dropped = gr.File(
                    file_count="multiple", label="Files", show_label=False, elem_id="drop", height=120
                )
                said = gr.Markdown(elem_id="added")
                stop = gr.Button("Stop adding", size="sm", visible=False, elem_id="stop-adding")
        is_open = gr.State(False)
        button.click(
            lambda is_open: (gr.Column(visible=not is_open), not is_open),
            is_open,
            [column, is_open],
            show_progress="hidden",
            api_visibility="private",
        )
        added = [] if dropped is None else self._connect(dropped, said, stop, head)
        return Panel(column, is_open, added)

    def _connect(
        self, dropped: gr.File, said: gr.Markdown, stop: gr.Button, head: gr.Markdown
    ) -> list[Dependency]:
        """Join the parts of the panel; return the events after which the library is another."""
        quiet: dict[str, Any] = {
            "outputs": [said, head, dropped, stop],
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        adding = dropped.upload(self._add, dropped, concurrency_limit=1, **quiet)
        stopped = stop.click(None, None, None, cancels=[adding], api_visibility="private").then(
            self._say_stopped, **quiet
        )
        return [adding, stopped]

    def _say_stopped(self) -> tuple[Any, ...]:
        """Return what the panel and the head say when the batch at hand, which still comes in, is in."""
        if self._turn.acquire(timeout=BATCH_SECONDS):
            self._turn.release()
        return (
            "Stopped. What was added so far is in the library; add the file again for the rest.",
            render_library(self._index.count_papers(), self._library),
            None,
            gr.Button(visible=False),
        )

    def _add(self, paths: list[str]) -> Iterator[tuple[Any, ...]]:
        """Yield what the panel and the head say while the papers of some files are added."""
        run = _Run(self._index, paths, self._turn)
        try:
            run.start()
            while not run.finished.wait(REDRAW_SECONDS):
                yield run.progress, gr.skip(), gr.skip(), gr.Button(visible=True)
        finally:
            run.stop()
        head = render_library(self._index.count_papers(), self._library)
        yield run.report(), head, None, gr.Button(visible=False)


class _Run:
    """One run of adding in a thread of its own, which can be watched and stopped."""

    def __init__(self, index: PaperIndex, paths: list[str], turn: Lock) -> None:
        self._index, self._paths, self._turn = index, paths, turn
        self._reading = Reading(paths)
        self._summary = AddSummary()
        self._errors: list[str] = []
        self._stopped = Event()
        self.finished = Event()
        self.progress = "Reading…"
        self._begun = monotonic()
        self._thread = Thread(target=self._add, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let the run end after the batch at hand; nobody waits for it, so the page serves on."""
        self._stopped.set()

    def _add(self) -> None:
        try:
            with self._turn:
                self._summary = self._index.add(self._items(), progress=self._watch)
        except PaperchatError as error:
            self._errors.append(str(error))
        except Exception as error:  # the page must tell it, whatever it is
            logging.getLogger(__name__).exception("adding broke off")
            self._errors.append(f"Adding broke off ({error}); what was added before is in the library.")
        finally:
            for path in self._paths:
                Path(path).unlink(missing_ok=True)
            self.finished.set()

    def _items(self) -> Iterator[Paper | Doubt | Rejection]:
        for item in self._reading:
            if self._stopped.is_set():
                return
            yield item

    def _watch(self, done: int) -> None:
        seconds = max(monotonic() - self._begun, 1e-9)
        share = self._reading.done / max(self._reading.total, 1)
        left = f", about {seconds / share - seconds:,.0f} s left" if 0.01 < share < 1 else ""
        self.progress = f"{done:,} papers, {share:.0%}, {done / seconds:,.0f} a second{left}"

    def report(self) -> str:
        """Return what came of the run, as Markdown in which nothing of a file is markup."""
        errors = [*map(str, self._reading.errors), *self._errors]
        for path in self._paths:
            errors = [error.replace(path, Path(path).name) for error in errors]
        lines = [*errors, *(summary_lines(self._summary) if self._summary != AddSummary() else [])]
        return "\n".join(f"<p>{text(line)}</p>" for line in lines)
