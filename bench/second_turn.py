"""Asks follow-up questions with and without what was read for the turn before, and prints the times.

    python bench/second_turn.py QUESTIONS.jsonl --library DIR [--rounds 3]

Of a file of questions those with a history count. The last question of the history is asked first, then the
follow-up; its first token is timed, and again by the same model that has forgotten everything, in turns.
Follow-ups that have more than half of their prompt in common with the turn before, which are those about
the same paper, are also told of alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from statistics import median

from listened import ListenedModel
from llama_index.core.base.llms.types import ChatMessage

from rag.assistant import Assistant
from rag.models.model_weights import DEFAULT_MODEL, converted_folder
from rag.models.transformers_model import TransformersModel
from rag.values import Turn
from ui.predictions import Question, read_questions
from ui.settings import read_settings
from ui.wiring import open_library, weights_folder

MOSTLY = 0.5


def prompts_of(assistant: Assistant, question: str, turns: Sequence[Turn]) -> list[Sequence[ChatMessage]]:
    """Return what the model is asked for a question."""
    listened = assistant.model
    assert isinstance(listened, ListenedModel)
    listened.heard.clear()
    assistant.ask(question, turns)
    return [heard.asked for heard in listened.heard]


def first_token(model: TransformersModel, messages: Sequence[ChatMessage]) -> float:
    """Return the seconds to the first piece of an answer, and leave the rest unwritten."""
    begun = time.perf_counter()
    pieces = model.stream_chat(messages)
    next(piece for piece in pieces if piece.delta)
    seconds = time.perf_counter() - begun
    pieces.close()
    return seconds


def measure(
    question: Question, assistant: Assistant, model: TransformersModel
) -> tuple[float, float, float] | None:
    """Return the seconds with reuse and without, and the share of the prompt that the turn before had, too.

    None if nothing was written in one of the turns.
    """
    earlier = prompts_of(assistant, question.turns[-1].question, question.turns[:-1])
    following = prompts_of(assistant, question.text, question.turns)
    if not earlier or not following:
        return None
    follow = following[0]
    for messages in earlier:
        first_token(model, messages)
    before, now = model._loaded.tokens_of(earlier[-1]), model._loaded.tokens_of(follow)
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(before, now, strict=False))))
    again = first_token(model, follow)
    model._decoder._kept = [], None  # it forgets
    return again, first_token(model, follow), same / len(now)


def print_row(name: str, found: Sequence[tuple[float, float, float]]) -> None:
    if not found:
        print(f"{name:16} never")
        return
    kept, anew, _ = zip(*found, strict=True)
    ratio = median(b / a for a, b in zip(kept, anew, strict=True))
    print(f"{name:16} {len(found):3} times  {median(kept):.2f} s  {median(anew):.2f} s  {ratio:.2f}")


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("file", type=Path, help="questions, as paperchat batch reads them")
    options.add_argument("--library", required=True)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    follow_ups = [question for question in read_questions(chosen.file) if question.turns]
    folder = converted_folder(DEFAULT_MODEL, weights_folder(read_settings()))
    with open_library(read_settings(library=chosen.library), read_only=True) as index:
        model = TransformersModel(folder, name=DEFAULT_MODEL)
        assistant = Assistant(index, ListenedModel(model))
        found = [
            times
            for _ in range(chosen.rounds)
            for question in follow_ups
            if (times := measure(question, assistant, model))
        ]
    print("first token of a follow-up: with what was read before, without, ratio")
    print_row("all", found)
    print_row("the same paper", [times for times in found if times[2] > MOSTLY])


if __name__ == "__main__":
    main()
