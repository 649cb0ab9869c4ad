"""The chat page: its head, its tabs, and what they share. What a tab holds, its own module says."""

from __future__ import annotations

import gradio as gr

from index_store.paper_index import PaperIndex
from ui.badge import render_badge
from ui.chat_tab import ChatTab
from ui.compare_tab import CompareTab
from ui.keeping import Keeping
from ui.library_tab import LibraryTab
from ui.limits import Limits
from ui.model_loader import ModelLoader
from ui.paper_page import Surroundings
from ui.render import render_library

__all__ = ["add_status", "build_chat", "open_queue"]

SIMULTANEOUS = 128
"""Questions that may be open at once. Each has a thread while it waits for the model, so that the draft of
the next one need not; how many the model writes for at once is up to `ui.gate`."""
BESIDE = 32
"""Threads for everything else on the page."""
CACHE_SECONDS = (3600, 3600)
"""How often files that were offered for download are looked through, and how old they may become."""


def build_chat(
    index: PaperIndex,
    loader: ModelLoader,
    *,
    library: str,
    keeping: Keeping | None = None,
    limits: Limits | None = None,
) -> gr.Blocks:
    """Return the page of a chat over one library. `library` is its name for people; `keeping` says where
    conversations and opinions are kept, by default for as long as the server runs; `limits` hold visitors
    to so many questions a minute, by default to none.
    """
    with gr.Blocks(
        title="paperchat", fill_height=True, analytics_enabled=False, delete_cache=CACHE_SECONDS
    ) as page:
        with gr.Row(elem_id="head"):
            head = gr.Markdown(lambda: render_library(index.count_papers(), library), elem_id="name")
            status = add_status(loader)
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Chat", elem_id="chat-tab", id="chat") as tab:
                chat = ChatTab(index, loader, keeping or Keeping(), limits)
                add = chat.build(page, tab, status)
            with gr.Tab("Compare", elem_id="compare-tab", id="compare") as tab:
                compare = CompareTab(index, loader, limits)
                compared = compare.build(tab)
            with gr.Tab("Library", elem_id="library-tab", id="library") as tab:
                around = Surroundings(head, tabs, chat.asked, add, compare, compared)
                LibraryTab(index, library=library).build(tab, around)
    open_queue(page)
    return page


def open_queue(page: gr.Blocks) -> None:
    """Let many questions be open at once: with Gradio's 40 threads drafts would wait behind prose."""
    page.max_threads = SIMULTANEOUS + BESIDE
    page.queue(max_size=SIMULTANEOUS, default_concurrency_limit=SIMULTANEOUS)


def add_status(loader: ModelLoader) -> gr.Markdown:
    """Say where the model runs; while it is being loaded, ask every second how far it is."""
    status = gr.Markdown(lambda: render_badge(loader), elem_id="status")
    timer = gr.Timer(1.0, active=not loader.is_settled)
    timer.tick(
        lambda: (render_badge(loader), gr.Timer(active=not loader.is_settled)),
        None,
        [status, timer],
        show_progress="hidden",
        api_visibility="private",
    )
    return status
