"""Run as a process of its own: asks one library questions of every kind, prints the answers as JSON lines.

Arguments: the folder of the library, and that of a Transformers model. Without the second, the model
recites, and the last question is asked first.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from fakes import HashingEmbedding, ScriptedModel
from llama_index.core.base.llms.types import ChatMessage

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.models.streamed_model import Device
from rag.models.transformers_model import TransformersModel
from rag.values import Turn
from ui.answer_json import answer_object
from ui.timing import Timings

BRIEF = 40
"""Characters."""
QUESTIONS: list[tuple[str, list[Turn]]] = [
    ("How does dual masking make VideoMAE V2 cheaper to pre-train?", []),
    ("How many clips does OpenVid-1M hold?", []),
    ("How do UniFormer and UniFormerV2 differ?", []),
    ("Compare VideoMAE V2 and SIGMA on masking.", []),
    ("Which papers introduce a dataset?", []),
    ("List all the methods that use diffusion transformers.", []),
    ("and what data does it use?", [Turn("What is LAVIE?", "LAVIE makes videos in a cascade [1].")]),
    (
        "How does the second one compare?",
        [Turn("How do Phenaki and MagicTime differ?", "Phenaki makes long ones [1], MagicTime slow [2].")],
    ),
    ("How does AnimateDiff animate images?", []),
    ("Which learning rate was CvT trained with?", []),
    ("Why does ZeroI2V need extra computation at inference?", []),
    ("How can attention be made sparse for video captions?", []),
    ("Is video made of frames, and who annotates audio and video tokens?", []),
    ("Hello!", []),
    ("", []),
]  # fmt: skip


class Reciter(ScriptedModel):
    """A model that says again what it is shown, a little changed: much of it can stand."""

    def _stream(self, messages: Sequence[ChatMessage]) -> Any:
        shown = re.findall(r"^\[\d+\] (.*)$", messages[-1].content or "", re.M)
        self.enqueue(" ".join(sentence.replace(" is ", " was ") for sentence in shown))
        return super()._stream(messages)


def answers(index: PaperIndex, model: Any, *, backwards: bool = False) -> list[str]:
    """Return each answer as `ask --json` prints it, but for the times and the device."""
    order = QUESTIONS[::-1] if backwards else QUESTIONS
    found = [
        json.dumps(answer_object(Assistant(index, model).ask(question, turns), Timings(0, None, 0), None))
        for question, turns in order
    ]
    return found[::-1] if backwards else found


class Brief(TransformersModel):
    """A real model that is stopped after a few words: it talks nonsense, but always the same."""

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> Any:
        with closing(super().stream_chat(messages)) as pieces:
            for piece in pieces:
                yield piece
                if len(piece.message.content or "") > BRIEF:
                    return


def both(index: PaperIndex, folder: Path) -> list[str]:
    """Return the answers with the model in `folder`, then those with the one that recites."""
    tiny = Brief(folder, name="tiny", device=Device("cpu", "float32"))
    return answers(index, tiny) + answers(index, Reciter())


if __name__ == "__main__":
    with PaperIndex(Path(sys.argv[1]), HashingEmbedding()) as opened:
        backwards = len(sys.argv) == 2
        found = answers(opened, Reciter(), backwards=True) if backwards else both(opened, Path(sys.argv[2]))
        print("\n".join(found))
