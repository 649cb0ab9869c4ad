"""The badge of the model and the words of the first screen, as they are drawn."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from conftest import PAPERS
from fakes import HashingEmbedding, ScriptedModel, loaded, settled

from index_store.errors import WeightsError
from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.models.streamed_model import Device
from ui.badge import render_badge
from ui.model_loader import ModelLoader
from ui.welcome import render_welcome, welcome_questions


def words(badge: str) -> list[str]:
    return re.findall(r"<span>(.*?)</span>", badge.replace("&#45;", "-").replace("&#46;", "."))


def test_badge_says_model_device_precision_and_speed_once_it_is_measured(index: PaperIndex) -> None:
    model = ScriptedModel(name="qwen2.5-coder-1.5b-instruct", device=Device("cuda", "bfloat16"), delay=0.02)
    loader = loaded(model)
    assert words(render_badge(loader)) == ["qwen2.5-coder-1.5b", "GPU", "bf16"]
    model.enqueue("HERON hides 60% of a spectrogram and predicts it.")
    list(loader.gate.pace(Assistant(index, model).stream("How is HERON trained?")))
    *_, speed = words(render_badge(loader))
    assert re.fullmatch(r"\d+ words/s", speed.replace("&#47;", "/"))


def test_badge_warns_and_lets_no_markup_through() -> None:
    device = Device("cpu", "float32", "There is a <b>GPU</b>.")
    badge = render_badge(loaded(ScriptedModel(name="<img src=x>", device=device)))
    assert "<b>" not in badge and "<img" not in badge
    assert "There is a &#60;b&#62;GPU" in badge


def test_badge_says_why_there_is_no_model() -> None:
    def fail(progress: Any) -> Any:
        raise WeightsError("No <weights>.")

    badge = render_badge(settled(ModelLoader(fail)))
    assert "Quotes only" in badge and "<weights>" not in badge


def test_first_screen_has_examples_when_there_are_papers_and_says_what_to_do_when_not(
    tmp_path: Path,
) -> None:
    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        assert "paperchat add refs.bib" in render_welcome(index)
        assert welcome_questions(index) == []
        index.add(PAPERS)
        assert "refs.bib" not in render_welcome(index)
        assistant = Assistant(index)
        questions = welcome_questions(index)
        assert questions[:2] == ["How does HERON work?", "How do EgretNet and TideCast differ?"]
        assert not any(assistant.ask(question, draft=True).abstains for question in questions[:2])
