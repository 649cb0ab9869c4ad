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
from ui.model_loader import ModelLoader
from ui.render import render_answer, render_question

__all__ = ["build_chat", "example_questions"]

REDRAW_SECONDS = 0.1
"""Ten updates a second look like a stream and leave the processor to the model."""
SIMULTANEOUS = 16
"""Questions that may be open at once. Their drafts never wait; the model writes for one at a time."""
Messages = list[dict[str, str]]


def build_chat(index: PaperIndex, loader: ModelLoader, *, library: str) -> gr.Blocks:
    """Return the page of a chat over one library. `library` is its name for people."""

    def respond(
        question: str, shown: Messages, answers: list[Answer]
    ) -> Iterator[tuple[Messages, list[Answer]]]:
        assistant = Assistant(index, loader.model)
        waiting = "Writing…" if loader.model else ""
        last = 0.0
        for state in assistant.stream(question, turns_of(answers)):
            if state.stage == "writing" and perf_counter() - last < REDRAW_SECONDS:
                continue
            last = perf_counter()
            quotes_only = loader.model is None and not state.refusal
            answer = replace(state, note=loader.status) if quotes_only else state
            drawn = render_answer(answer, len(answers), waiting=waiting)
            yield [*shown, {"role": "assistant", "content": drawn}], [*answers, answer]

    def stopped(shown: Messages, answers: list[Answer]) -> tuple[Messages, list[Answer]]:
        if not answers or answers[-1].stage == "complete":
            return shown, answers
        note = "Stopped. The quotes stand; the prose was not finished."
        answer = replace(answers[-1], tentative="", note=note, stage="complete")
        drawn = {"role": "assistant", "content": render_answer(answer, len(answers) - 1)}
        return [*shown[:-1], drawn], [*answers[:-1], answer]

    examples = example_questions(index.papers()[:40])
    with gr.Blocks(title="paperchat", fill_height=True, analytics_enabled=False) as page:
        answers = gr.State([])
        with gr.Row(elem_id="head"):
            gr.Markdown(f"# paperchat\n{index.count_papers()} papers in {library}", elem_id="name")
            status = gr.Markdown(loader.status, elem_id="status")
        chat = gr.Chatbot(
            elem_id="chat",
            show_label=False,
            container=False,
            height=None,
            scale=1,
            buttons=["copy"],
            latex_delimiters=[],
            reasoning_tags=[],
            feedback_options=None,
            placeholder=f"Ask about the {index.count_papers()} papers in {library}.",
            examples=[{"text": example} for example in examples],
        )
        asked = gr.Textbox(
            elem_id="ask",
            show_label=False,
            label="Question",
            container=False,
            placeholder="How do two of these papers differ?",
            autofocus=True,
            lines=1,
            max_lines=6,
            submit_btn="Ask",
        )
        with gr.Row(elem_id="actions"):
            stop = gr.Button("Stop", elem_id="stop", size="sm", interactive=False)
            fresh = gr.Button("New chat", elem_id="fresh", size="sm")
        question = gr.State("")
        begin = {"fn": show_question, "outputs": [question, asked, chat, stop], "api_visibility": "private"}
        events = []
        for first in (
            asked.submit(inputs=[asked, chat], **begin),
            chat.example_select(**(begin | {"fn": show_example, "inputs": [chat]})),
        ):
            writing = first.then(
                respond,
                [question, chat, answers],
                [chat, answers],
                concurrency_limit=SIMULTANEOUS,
                show_progress="hidden",
                api_visibility="private",
            )
            writing.then(lambda: gr.Button(interactive=False), None, stop, api_visibility="private")
            events.append(writing)
        stop.click(stopped, [chat, answers], [chat, answers], cancels=events, api_visibility="private")
        stop.click(lambda: gr.Button(interactive=False), None, stop, api_visibility="private")
        fresh.click(lambda: ([], []), None, [chat, answers], cancels=events, api_visibility="private")
        timer = gr.Timer(1.0, active=not loader.is_settled)
        timer.tick(
            lambda: (loader.status, gr.Timer(active=not loader.is_settled)),
            None,
            [status, timer],
            show_progress="hidden",
            api_visibility="private",
        )
    page.queue(max_size=64, default_concurrency_limit=SIMULTANEOUS)
    return page


def show_question(question: str, shown: Messages) -> tuple[Any, ...]:
    """Return what changes at once when a question is asked: it stands in the chat, Stop is ready."""
    message = {"role": "user", "content": render_question(question)}
    return question, "", [*shown, message], gr.Button(interactive=True)


def show_example(shown: Messages, event: gr.SelectData) -> tuple[Any, ...]:
    """Ask an example that was clicked."""
    return show_question(event.value["text"], shown)


def turns_of(answers: Sequence[Answer]) -> list[Turn]:
    """Return the turns that the assistant reads a follow-up question against."""
    return [
        Turn(
            answer.question,
            " ".join(statement.text for statement in answer.statements),
            tuple(citation.paper for citation in answer.citations),
        )
        for answer in answers
    ]


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
