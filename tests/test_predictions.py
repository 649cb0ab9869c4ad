"""Questions in, predictions out, in the format that outsiders rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import EGRET, HERON
from fakes import ScriptedModel

from index_store.errors import FileError
from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from ui.predictions import answer_text, predict, read_questions, turns_of


def write_lines(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def test_answer_is_prose_then_each_quote_once(index: PaperIndex) -> None:
    model = ScriptedModel().enqueue("HERON reaches 91.3% accuracy on BirdBench.")
    answer = Assistant(index, model).ask("What accuracy does HERON reach on BirdBench?")
    prose, reference, *quotes = answer_text(answer).split("\n")
    assert prose == "HERON reaches 91.3% accuracy on BirdBench. [1]"
    assert reference == f"[1] {HERON.title}"
    assert len(quotes) == len(set(quotes)) <= 4
    assert all(quote.strip('"') in HERON.abstract for quote in quotes)


def test_refusal_abstains_and_a_corrected_premise_does_not(index: PaperIndex, tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "q.jsonl",
        {"id": 1, "question": "Which learning rate was HERON trained with?"},
        {"id": 2, "question": "Why does HERON need so many labels for pre-training?"},
    )
    refused, corrected = [
        predict(Assistant(index), question, draft=True) for question in read_questions(path)
    ]
    assert (refused["abstained"], refused["refusal"], refused["cited"]) == (True, "not_in_abstract", [])
    assert (corrected["abstained"], corrected["refusal"]) == (False, "false_premise")
    assert corrected["cited"] == [HERON.title]


def test_history_becomes_turns() -> None:
    first, second = turns_of(
        [
            {"role": "user", "content": "What is EgretNet?"},
            {"role": "assistant", "content": "A network."},
            {"role": "user", "content": "Is it small?"},
        ]
    )
    assert (first.question, first.answer) == ("What is EgretNet?", "A network.")
    assert (second.question, second.answer) == ("Is it small?", "")


def test_papers_of_the_history_are_found_again(index: PaperIndex, tmp_path: Path) -> None:
    history = [
        {"role": "user", "content": "Which paper has convolutions only?"},
        {"role": "assistant", "content": "That is EgretNet [1]."},
    ]
    path = write_lines(
        tmp_path / "q.jsonl", {"id": "a", "question": "How many parameters has it?", "history": history}
    )
    [question] = read_questions(path)
    assert predict(Assistant(index), question, draft=True)["cited"] == [EGRET.title]


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        '{"id": "a"}',
        '{"id": "a", "question": null}',
        '{"id": "a", "question": "b", "history": [{"role": "user", "content": null}]}',
        "[" * 100_000,
        "[]",
    ],
)
def test_line_that_is_no_question_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "x", "question": "fine"}\n' + line)
    with pytest.raises(FileError, match=r"q\.jsonl, line 2: "):
        read_questions(path)
