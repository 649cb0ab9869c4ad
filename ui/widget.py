"""The chat alone, without tabs and without anything that changes the library: for frames and programs.

In: a library and a model. Out: Gradio's Blocks, which stand by themselves or within other Blocks. What the
chat does is that of the page's Chat tab; here is only what must come along where the page is not ours.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import gradio as gr
from gradio.context import Context

from index_store.paper_index import PaperIndex
from ui.chat import add_status, open_queue
from ui.chat_tab import ChatTab
from ui.embedding import embed_file
from ui.keeping import Keeping
from ui.limits import Limits
from ui.model_loader import ModelLoader
from ui.opening import open_for_program
from ui.settings import SAMPLE

__all__ = ["build_widget", "build_widget_page"]

STYLES = ("answer.css", "chat.css")
SCRIPTS = ("cite.js", "panel.js", "copy.js")
BESIDE = ("colours.css", "panel.css")
"""What stands beside Gradio's part of the page."""


def build_widget(
    library: str | PaperIndex = SAMPLE,
    *,
    model: str | ModelLoader | None = None,
    draft: bool = False,
    **settings: Any,
) -> gr.Blocks:
    """Return a chat over a library as Blocks; called within `with gr.Blocks():`, it stands there at once.

    `library` is a folder, "sample", or an open index. `model` is a name, a folder of weights or the
    loader of a model; by default it is that of the settings, and it is loaded beside the page. With `draft`
    there is none, and answers are quotes. `settings` override the settings file. Nothing here changes the
    library.

    Raises:
        PaperchatError: the library cannot be opened, or a setting is wrong.
    """
    opened = open_for_program(library, model=model, draft=draft, settings=settings)
    return build_widget_page(opened.index, opened.loader, brings_looks=True)


def build_widget_page(
    index: PaperIndex,
    loader: ModelLoader,
    *,
    keeping: Keeping | None = None,
    limits: Limits | None = None,
    brings_looks: bool = False,
) -> gr.Blocks:
    """Return the chat over an open library, for visitors within the limits. With `brings_looks` it puts its
    styles and scripts into the page itself, which a strict content security policy would not let it."""
    outer = Context.root_block
    with gr.Blocks(title="paperchat", fill_height=True, analytics_enabled=False) as page:
        with gr.Row(elem_id="head"):
            status = add_status(loader)
        with gr.Tabs(elem_id="tabs", elem_classes="paperchat"), gr.Tab("Chat", elem_id="chat-tab") as tab:
            add = ChatTab(index, loader, keeping or Keeping(), limits).build(outer or page, tab, status)
            add.visible = False
        if brings_looks:
            (outer or page).load(None, None, None, js=_looks(), api_visibility="private")
    if outer is None:
        open_queue(page)
    return page


def _looks() -> str:
    """Return a function for the browser that adds the styles and scripts of the chat, once."""
    rules = "\n".join([*map(_page_file, STYLES), embed_file("blocks.css")])
    beside = "\n".join(map(_page_file, BESIDE))
    sheet = f"{beside}\n.gradio-container.gradio-container {{ {rules} }}"
    scripts = "".join(f"(() => {{\n{_page_file(name)}\n}})();\n" for name in SCRIPTS)
    return (
        "() => { if (window.references) return; const sheet = new CSSStyleSheet(); "
        f"sheet.replaceSync({json.dumps(sheet)}); document.adoptedStyleSheets.push(sheet);\n{scripts} }}"
    )


def _page_file(name: str) -> str:
    return files("ui").joinpath("page", name).read_text(encoding="utf-8")
