"""The Chat tab: the components of a conversation, and the events that join them.

In: a library, the loader of its model, and where things are kept. Out: components on the page. Each open
page has its own state, which its browser keeps; what is in it is decided in `ui.conversation`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from index_store.errors import FileError
from index_store.paper_index import PaperIndex
from ui.badge import render_badge
from ui.conversation import Conversation, Messages, asked_message, ended
from ui.conversation_files import FILES, cited_papers, write_files
from ui.events import QUIET
from ui.feedback import write_opinion
from ui.keeping import Keeping
from ui.kept import MOST_TURNS, Exchange, keep, open_question, unpack
from ui.limits import Limits, TooMuchAskedError, place_of
from ui.model_loader import ModelLoader
from ui.welcome import render_welcome, welcome_questions

__all__ = ["ChatTab"]

OPINIONS = {True: "Like", False: "Dislike", None: None}


class ChatTab:
    """One library's chat, as it stands on the page."""

    def __init__(
        self, index: PaperIndex, loader: ModelLoader, keeping: Keeping, limits: Limits | None = None
    ) -> None:
        """`limits` hold visitors to so many questions a minute; without them all may ask what they like."""
        self._index = index
        self._loader = loader
        self._feedback = keeping.feedback
        self._talk = Conversation(index, loader)
        self._limits = limits
        self._question, self._exchanges = gr.State(""), gr.State([])
        self._kept = gr.BrowserState(storage_key=keeping.storage_key, secret=keeping.secret)
        self._had: list[Any] = [self._exchanges, self._kept]

    def build(self, page: gr.Blocks, tab: gr.Tab, status: gr.Markdown) -> gr.Button:
        """Add the components to the tab that is being built; return the button that adds papers."""
        self._status = status
        self._chat = gr.Chatbot(
            elem_id="chat",
            show_label=False,
            container=False,
            height=None,
            scale=1,
            buttons=[],
            editable="user",
            allow_tags=False,
            latex_delimiters=[],
            reasoning_tags=[],
            autoscroll=False,  # page/scroll.js keeps the question in sight
            **self._welcome(),
        )
        self._asked = gr.Textbox(
            elem_id="ask",
            show_label=False,
            label="Question",
            container=False,
            placeholder="Ask about a paper, or how two of them differ",
            autofocus=True,
            max_lines=6,
            submit_btn="Ask",
        )
        with gr.Row(elem_id="actions"):
            add = gr.Button("Add papers", elem_id="add", size="sm")
            export = gr.Button("Export", elem_id="export", size="sm")
            self._stop = gr.Button("Stop", elem_id="stop", size="sm", interactive=False)
            fresh = gr.Button("New chat", elem_id="fresh", size="sm")
        with gr.Row(visible=False, elem_id="files") as self._files:
            downloads = [
                gr.DownloadButton(title, size="sm", elem_id=f"file-{format}")
                for format, (_, title) in FILES.items()
            ]
        self._join_asking(fresh)
        self._join_the_rest(page, tab, export, downloads)
        return add

    @property
    def asked(self) -> gr.Textbox:
        """The box for questions, once the tab is built."""
        return self._asked

    def _join_asking(self, fresh: gr.Button) -> None:
        """Join what asks a question to the answer, and that to what ends it."""
        begun = [
            self._question,
            self._asked,
            self._chat,
            self._exchanges,
            self._kept,
            self._stop,
            self._files,
        ]
        asking = (
            self._asked.submit(self.show_question, [self._asked, *self._had], begun, **QUIET),
            self._chat.example_select(self.show_picked, self._had, begun, **QUIET),
            self._chat.option_select(self.show_picked, self._had, begun, **QUIET),
            self._chat.edit(self.show_edited, self._had, begun, **QUIET),
            self._chat.retry(self.show_again, self._had, begun, **QUIET),
        )
        answer: dict[str, Any] = {
            "fn": self.respond,
            "inputs": [self._question, self._exchanges],
            "outputs": [self._chat, self._exchanges],
        }
        end: dict[str, Any] = {
            "fn": self.show_ended,
            "inputs": self._exchanges,
            "outputs": [self._chat, self._exchanges, self._kept, self._status, self._stop, self._asked],
        }
        writing = [event.success(**answer, **QUIET) for event in asking]
        for event in writing:
            event.then(**end, **QUIET)
        self._stop.click(None, None, None, cancels=writing, api_visibility="private").then(
            self.show_stopped, [self._question, self._exchanges], end["outputs"], **QUIET
        )
        fresh.click(None, None, None, cancels=writing, api_visibility="private").then(
            lambda: (gr.Chatbot([], feedback_value=[]), [], gr.Row(visible=False)),
            None,
            [self._chat, self._exchanges, self._files],
            **QUIET,
        ).then(**end, **QUIET)

    def _join_the_rest(
        self, page: gr.Blocks, tab: gr.Tab, export: gr.Button, downloads: list[gr.DownloadButton]
    ) -> None:
        """Join what looks at a conversation without asking anything."""
        page.load(self.restore, self._kept, [self._chat, self._exchanges, self._asked], **QUIET)
        tab.select(lambda: gr.Chatbot(**self._welcome()), None, self._chat, **QUIET)
        self._chat.like(self.judge, self._had, [self._chat, self._exchanges, self._kept], **QUIET)
        folder = Path(self._chat.GRADIO_CACHE)
        shown = gr.State(False)
        export.click(
            lambda exchanges, kept, is_shown: self.show_files(
                self.held(exchanges, kept), folder, is_shown=is_shown
            ),
            [*self._had, shown],
            [self._files, shown, *downloads],
            **QUIET,
        )

    def _welcome(self) -> dict[str, Any]:
        examples = [{"text": question} for question in welcome_questions(self._index)]
        return {"placeholder": render_welcome(self._index), "examples": examples}

    def held(self, exchanges: list[Exchange], kept: object) -> list[Exchange]:
        """Return the exchanges of an open page. A server that was started anew, or that has not heard of it
        for an hour, has only what its browser kept."""
        return exchanges or unpack(kept, self._index)

    def show_question(self, question: str, exchanges: list[Exchange], kept: object) -> tuple[Any, ...]:
        """Ask what was typed."""
        return self._begin(question, self.held(exchanges, kept))

    def _begin(self, question: str, exchanges: list[Exchange]) -> tuple[Any, ...]:
        """Return what changes at once when a question is asked: it stands in the chat, Stop is open."""
        if not question.strip():
            raise gr.Error("Type a question first.", duration=4, print_exception=False)
        recent = exchanges[-(MOST_TURNS - 1) :]  # with the new one as many as a reload brings back
        messages = [*self._talk.drawn(recent), asked_message(question)]
        return (
            question,
            gr.Textbox("", interactive=False),
            gr.Chatbot(messages, feedback_value=opinions(recent)),
            recent,
            keep(recent, asked=question),
            gr.Button(interactive=True),
            gr.Row(visible=False),
        )

    def show_picked(self, exchanges: list[Exchange], kept: object, event: gr.SelectData) -> tuple[Any, ...]:
        """Ask an example or a suggestion that was clicked."""
        question = event.value["text"] if isinstance(event.value, dict) else event.value
        return self._begin(question, self.held(exchanges, kept))

    def show_edited(self, exchanges: list[Exchange], kept: object, event: gr.EditData) -> tuple[Any, ...]:
        """Ask an edited question in the place of the old one; what came after that goes."""
        turn, had = int(event.index) // 2, self.held(exchanges, kept)
        before = had[turn].answer.question if turn < len(had) else ""
        return self._begin(event.value.strip() or before, had[:turn])

    def show_again(self, exchanges: list[Exchange], kept: object) -> tuple[Any, ...]:
        """Ask the last question again."""
        had = self.held(exchanges, kept)
        last = had[-1].answer.question if had else ""
        return self._begin(last, had[:-1])

    def respond(
        self, question: str, exchanges: list[Exchange], request: gr.Request
    ) -> Iterator[tuple[Messages, list[Exchange]]]:
        """Yield the chat as the answer grows, or why there is none."""
        visitor = request.client.host if request.client else ""
        try:
            with place_of(visitor, self._limits):
                yield from self._talk.respond(question, exchanges, visitor)
        except TooMuchAskedError as error:
            yield self._talk.told(question, exchanges, str(error))

    def show_ended(self, exchanges: list[Exchange]) -> tuple[Any, ...]:
        """Return what changes when an answer has ended, or was cut off: the browser keeps it, and the next
        question can be asked."""
        done = ended(exchanges)
        cut_off = done is not exchanges
        return (
            gr.Chatbot(self._talk.drawn(done, suggest=True)) if cut_off else gr.skip(),
            done,
            keep(done),
            render_badge(self._loader),
            gr.Button(interactive=False),
            gr.Textbox(interactive=True),
        )

    def show_stopped(self, question: str, exchanges: list[Exchange]) -> tuple[Any, ...]:
        """Return what changes when Stop was pressed; a question without a word of an answer goes back into
        the box."""
        _, done, *rest, box = self.show_ended(exchanges)
        if not done or done[-1].answer.question != question:
            box = gr.Textbox(question, interactive=True)
        return gr.Chatbot(self._talk.drawn(done, suggest=True)), done, *rest, box

    def restore(self, kept: object) -> tuple[Any, ...]:
        """Return the conversation that the browser has kept, as if it had just been had. A question that
        was being answered when the page was left stands in the box."""
        exchanges = unpack(kept, self._index)
        messages = self._talk.drawn(exchanges, suggest=True)
        chat = gr.Chatbot(messages, feedback_value=opinions(exchanges), **self._welcome())
        asked = open_question(kept)
        return chat, exchanges, gr.Textbox(asked) if asked else gr.skip()

    def judge(self, exchanges: list[Exchange], kept: object, event: gr.LikeData) -> tuple[Any, ...]:
        """Write down whether an answer was liked; a second click takes it back."""
        turn, exchanges = int(event.index) // 2, self.held(exchanges, kept)
        liked = event.liked if isinstance(event.liked, bool) else None
        if turn >= len(exchanges):
            return gr.skip(), gr.skip(), gr.skip()
        try:
            write_opinion(self._feedback, exchanges[turn].answer, liked)
        except FileError as error:
            gr.Warning(str(error))
        judged = [*exchanges[:turn], Exchange(exchanges[turn].answer, liked), *exchanges[turn + 1 :]]
        return gr.Chatbot(feedback_value=opinions(judged)), judged, keep(judged)

    def show_files(self, exchanges: list[Exchange], folder: Path, *, is_shown: bool) -> tuple[Any, ...]:
        """Return the files of the conversation as it is now, to be downloaded, or hide them again."""
        if is_shown:
            return gr.Row(visible=False), False, *(gr.skip() for _ in FILES)
        if not exchanges:
            raise gr.Error("There is nothing to export yet.", duration=4, print_exception=False)
        answers = [exchange.answer for exchange in exchanges]
        try:
            files = write_files(answers, folder)
        except OSError as error:
            raise gr.Error(f"The files could not be written ({error.strerror}).") from error
        cites = bool(cited_papers(answers))
        buttons = [
            gr.DownloadButton(value=str(path), interactive=cites or format == "markdown")
            for format, path in files.items()
        ]
        return gr.Row(visible=True), True, *buttons


def opinions(exchanges: Sequence[Exchange]) -> list[str | None]:
    """Return what was thought of each answer, in the words of Gradio."""
    return [OPINIONS[exchange.liked] for exchange in exchanges]
