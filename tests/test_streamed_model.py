"""What the models have in common: the ways of asking for an answer, and that it costs no PyTorch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fakes import ScriptedModel
from llama_index.core.base.llms.types import ChatMessage

from index_store.errors import ModelError
from rag.models.streamed_model import LONGEST_ANSWER, StreamedModel

SAID = "HERON hides 60% of a spectrogram."


def test_four_ways_of_asking_give_one_answer() -> None:
    model, asked = ScriptedModel().enqueue(*[SAID] * 4), [ChatMessage(role="user", content="How?")]
    assert model.chat(asked).message.content == model.complete("How?").text == SAID
    for pieces in (
        [r.delta for r in model.stream_chat(asked)],
        [r.delta for r in model.stream_complete("How?")],
    ):
        assert len(pieces) > 5 and "".join(pieces) == SAID
    assert model.history == [asked] * 4
    assert (model.metadata.model_name, model.metadata.num_output) == ("scripted", LONGEST_ANSWER)
    assert model.width == 1


def test_what_was_written_before_an_error_stands() -> None:
    pieces = ScriptedModel(fail_after=2, piece=5).enqueue(SAID).stream_chat([])
    assert [next(pieces).message.content, next(pieces).message.content] == ["HERON", "HERON hide"]
    with pytest.raises(ModelError, match="out of memory"):
        next(pieces)


def test_model_that_does_not_say_how_it_writes_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="_stream"):
        StreamedModel(name="none", device=ScriptedModel().device)  # type: ignore[abstract]


def test_endpoint_is_asked_without_pytorch() -> None:
    program = (
        "import sys, rag.models.endpoint_model; print(sorted({'torch', 'llama_index'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "['llama_index']\n", done.stderr
