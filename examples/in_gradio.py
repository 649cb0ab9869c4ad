"""The chat within a Gradio program of your own. Run: python examples/in_gradio.py"""

from __future__ import annotations

import gradio as gr

from ui import build_widget

with gr.Blocks() as page:
    gr.Markdown("# Our reading group\nAsk the papers that we read this term.")
    build_widget(library="sample")

if __name__ == "__main__":
    page.launch()
