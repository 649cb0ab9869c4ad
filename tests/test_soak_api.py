"""Memory over two hundred conversations with the whole server, page and API. `make soak` runs it."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import httpx
import pytest
from fakes import ScriptedModel
from serving import serving

from index_store.memory import give_back
from index_store.paper_index import PaperIndex
from ui.access import Access
from ui.model_loader import ModelLoader
from ui.serving import build_app

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc"),
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore"),  # Gradio's own, from its threads
]
CONVERSATIONS = 200
ALLOWED_BYTES = 30 * 2**20
"""What allocators keep; a conversation of three turns that was not let go would take some 100 kB."""
QUESTIONS = ("How is HERON trained?", "What accuracy does it reach?", "How do HERON and EgretNet differ?")
SAID = "HERON hides 60% of a spectrogram and predicts it."


def converse(client: httpx.Client, model: ScriptedModel) -> None:
    history: list[dict[str, str]] = []
    for question in QUESTIONS:
        model.enqueue(SAID, SAID)
        answer = client.post("/api/ask", json={"question": question, "history": history}).json()
        assert answer["citations"], answer
        model.forget()
        history += [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer["text"]},
        ]


def memory() -> int:
    gc.collect()
    give_back()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_memory_is_back_where_it_was_after_two_hundred_conversations(
    index: PaperIndex, loader: ModelLoader, model: ScriptedModel
) -> None:
    app = build_app(index, loader, library="test", access=Access(of_each=10**6, of_all=10**6))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        for _ in range(CONVERSATIONS // 4):
            converse(client, model)
        before = memory()
        for _ in range(CONVERSATIONS):
            converse(client, model)
        assert memory() - before < ALLOWED_BYTES
