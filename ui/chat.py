"""The chat page: Gradio components and events around an assistant.

A session's turns live in Gradio's state, one for each open page; nothing here is shared between
people. Answers are drawn by `ui.render`; what an answer is, is decided in `rag`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

import gradio as gr

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.assistant import Assistant
from rag.values import Answer, Turn
from ui.compare_tab import CompareTab
from ui.drop_area import DropArea
from ui.markup import text
from ui.model_loader import ModelLoader
from ui.render import render_answer, render_library, render_question

__all__ = ["build_chat", "example_questions"]

REDRAW_SECONDS = 0.1
"""Ten updates a second look like a stream and leave the processor to the model."""
SIMULTANEOUS = 16
"""Questions that may be open at once. Their drafts never wait; the model writes for one at a time."""
LOOKED_AT = 200
"""Papers of which the first questions are made up."""
Messages = list[dict[str, str]]


def build_chat(index: PaperIndex, loader: ModelLoader, *, library: str) -> gr.Blocks:
    """Return the page of a chat over one library. `library` is its name for people."""
    with gr.Blocks(title="paperchat", fill_height=True, analytics_enabled=False) as page:
        with gr.Row(elem_id="head"):
            head = gr.Markdown(lambda: render_library(index.count_papers(), library), elem_id="name")
            _add_status(loader)
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Chat", elem_id="chat-tab"):
                _add_chat_tab(index, loader, head, library=library)
            with gr.Tab("Compare", elem_id="compare-tab") as tab:
                CompareTab(index, loader).build(tab)
    page.queue(max_size=64, default_concurrency_limit=SIMULTANEOUS)
    return page


def _add_chat_tab(index: PaperIndex, loader: ModelLoader, head: gr.Markdown, *, library: str) -> None:
    chat = _add_chat(index)
    asked = gr.Textbox(
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
        stop = gr.Button("Stop", elem_id="stop", size="sm", interactive=False)
        fresh = gr.Button("New chat", elem_id="fresh", size="sm")
    DropArea(index, library=library).build(head, add)
    _connect(Conversation(index, loader), chat=chat, asked=asked, stop=stop, fresh=fresh)


def _add_chat(index: PaperIndex) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        show_label=False,
        container=False,
        height=None,
        scale=1,
        buttons=["copy"],
        latex_delimiters=[],
        reasoning_tags=[],
        feedback_options=None,
        placeholder="Every sentence of an answer carries the exact words it rests on.",
        examples=[{"text": example} for example in example_questions(index.papers(limit=LOOKED_AT))],
    )


def _add_status(loader: ModelLoader) -> None:
    """Say where the model runs; while it is being loaded, ask every second how far it is."""
    status = gr.Markdown(lambda: text(loader.status), elem_id="status")
    timer = gr.Timer(1.0, active=not loader.is_settled)
    timer.tick(
        lambda: (text(loader.status), gr.Timer(active=not loader.is_settled)),
        None,
        [status, timer],
        show_progress="hidden",
        api_visibility="private",
    )


def _connect(
    talk: Conversation, *, chat: gr.Chatbot, asked: gr.Textbox, stop: gr.Button, fresh: gr.Button
) -> None:
    """Join the components by their events. What was asked lives in the state of each open page."""
    question, answers = gr.State(""), gr.State([])
    shown = {"outputs": [question, asked, chat, stop], "api_visibility": "private"}
    done: dict[str, Any] = {"fn": show_ready, "outputs": [stop, asked], "api_visibility": "private"}
    ended: dict[str, Any] = {
        "fn": show_ended,
        "inputs": [chat, answers],
        "outputs": [chat, answers],
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    begun = (
        asked.submit(show_question, [asked, chat], **shown),
        chat.example_select(show_example, [chat], **shown),
    )
    writing = [
        event.success(
            talk.respond,
            [question, chat, answers],
            [chat, answers],
            show_progress="hidden",
            api_visibility="private",
        )
        for event in begun
    ]
    for event in writing:
        event.then(**ended).then(**done)
    stop.click(None, None, None, cancels=writing, api_visibility="private").then(**ended).then(**done)
    fresh.click(None, None, None, cancels=writing, api_visibility="private").then(
        lambda: ([], []), None, [chat, answers], api_visibility="private"
    ).then(**done)


class Conversation:
    """Answers the questions of every open page from one library, with the model once it is there."""

    def __init__(self, index: PaperIndex, loader: ModelLoader) -> None:
        self._index = index
        self._loader = loader

    def respond(
        self, question: str, shown: Messages, answers: list[Answer]
    ) -> Iterator[tuple[Messages, list[Answer]]]:
        """Yield the messages of the chat and the answers so far, as the new answer grows."""
        model = self._loader.model
        waiting, last = "Writing…" if model else "", 0.0
        for state in Assistant(self._index, model).stream(question, turns_of(answers)):
            if state.stage == "writing" and perf_counter() - last < REDRAW_SECONDS:
                continue
            last = perf_counter()
            quotes_only = model is None and not state.abstains
            answer = replace(state, note=self._loader.status) if quotes_only else state
            drawn = render_answer(answer, len(answers), waiting=waiting)
            yield [*shown, {"role": "assistant", "content": drawn}], [*answers, answer]


def show_ended(shown: Messages, answers: list[Answer]) -> tuple[Messages, list[Answer]]:
    """Return the chat with an answer that was cut off: its quotes and its checked sentences stand."""
    if not answers or answers[-1].stage == "complete":
        return shown, answers
    answer = replace(answers[-1], tentative="", note="Stopped before the end.", stage="complete")
    drawn = {"role": "assistant", "content": render_answer(answer, len(answers) - 1)}
    return [*shown[:-1], drawn], [*answers[:-1], answer]


def show_ready() -> tuple[Any, ...]:
    """Take the next question: Stop has nothing to stop, the box is open."""
    return gr.Button(interactive=False), gr.Textbox(interactive=True)


def show_question(question: str, shown: Messages) -> tuple[Any, ...]:
    """Return what changes at once when a question is asked: it stands in the chat, only Stop is open."""
    if not question.strip():
        raise gr.Error("Type a question first.", duration=4, print_exception=False)
    message = {"role": "user", "content": render_question(question)}
    box = gr.Textbox("", interactive=False)
    return question, box, [*shown, message], gr.Button(interactive=True)


def show_example(shown: Messages, event: gr.SelectData) -> tuple[Any, ...]:
    """Ask an example that was clicked."""
    return show_question(event.value["text"], shown)


def turns_of(answers: Sequence[Answer]) -> list[Turn]:
    """Return the turns that the assistant reads a follow-up question against."""
    return [
        Turn(
            answer.question,
            " ".join(said(answer)),
            tuple(citation.paper for citation in answer.citations),
        )
        for answer in answers
    ]


def said(answer: Answer) -> list[str]:
    """Return what an answer says: its refusal, then its sentences."""
    refused = [answer.refusal.text] if answer.refusal else []
    return [*refused, *(statement.text for statement in answer.statements)]


def example_questions(papers: Sequence[Paper]) -> list[str]:
    """Return questions that a library can answer, made of the short names in its titles."""
    names = [
        name.strip()
        for name, colon, _ in (paper.title.partition(":") for paper in papers)
        if colon and len(name.split()) == 1
    ]
    if len(names) < 3:
        return [f"What is new in “{paper.title}”?" for paper in papers[:2]]
    return [
        f"How does {names[0]} work?",
        f"How do {names[1]} and {names[2]} differ?",
        "Which papers introduce a dataset?",
    ]
