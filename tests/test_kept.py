"""A conversation in the browser and back: what is kept, what is looked up again, what foreign data does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import EGRET, HERON, PAPERS
from fakes import HashingEmbedding, ScriptedModel

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.values import Answer
from ui.conversation import Conversation, turns_of
from ui.kept import MOST_TURNS, Exchange, keep, open_question, unpack
from ui.model_loader import ModelLoader

QUESTIONS = [
    "How is HERON trained?",
    "How do HERON and EgretNet differ in code?",
    "Which papers evaluate on BirdBench?",
    "How does AnimateDiff recognise bird songs?",
    "Hello!",
]


def through_a_browser(exchanges: list[Exchange]) -> Any:
    return json.loads(json.dumps(keep(exchanges)))


def answers(index: PaperIndex) -> list[Exchange]:
    model = ScriptedModel().enqueue("HERON hides 60% of a spectrogram.", " ", " ")
    return [Exchange(Assistant(index, model).ask(question)) for question in QUESTIONS]


def test_every_kind_of_answer_is_drawn_again_as_it_was(index: PaperIndex) -> None:
    exchanges = answers(index)
    assert {exchange.answer.kind for exchange in exchanges} == {"answer", "comparison", "list", "refusal"}
    exchanges[0] = replace(exchanges[0], liked=False)
    again = unpack(through_a_browser(exchanges), index)
    talk = Conversation(index, ModelLoader(lambda progress: ScriptedModel()))
    assert talk.drawn(again, suggest=True) == talk.drawn(exchanges, suggest=True)
    assert turns_of(again) == turns_of(exchanges)
    assert [exchange.liked for exchange in again] == [False, None, None, None, None]


def test_no_word_of_an_abstract_is_kept_beside_the_answer(index: PaperIndex) -> None:
    prose = Assistant(index, ScriptedModel().enqueue("HERON hides 60% of a spectrogram."))
    kept = json.dumps(keep([Exchange(prose.ask("How is HERON trained?"))]))
    assert "HERON hides 60%" in kept
    assert "is trained by hiding" not in kept
    assert len(kept) < 1000


def test_answer_whose_papers_are_gone_is_its_text_with_a_note(index: PaperIndex) -> None:
    kept = through_a_browser(answers(index))
    index.remove([HERON.id])
    again = [exchange.answer for exchange in unpack(kept, index)]
    assert len(again) == len(QUESTIONS)
    prose, table, listed, _, greeting = again
    for answer in (prose, table, listed):
        assert "no longer in the library, or has changed" in answer.note
        assert answer.citations == ()
        assert answer.comparison is None
    assert [statement.text for statement in prose.statements] == ["HERON hides 60% of a spectrogram."]
    assert not greeting.note


def test_answer_whose_abstract_has_changed_is_its_text_with_a_note(index: PaperIndex) -> None:
    kept = through_a_browser([Exchange(Assistant(index).ask("How is HERON trained?"))])
    index.add([replace(HERON, abstract=HERON.abstract.replace("60%", "75%"))])
    [exchange] = unpack(kept, index)
    assert "has changed" in exchange.answer.note
    assert "hiding 60%" in " ".join(statement.text for statement in exchange.answer.statements)


def test_only_the_last_turns_are_kept_and_no_unfinished_one(index: PaperIndex) -> None:
    done = Assistant(index).ask("How is HERON trained?")
    exchanges = [Exchange(replace(done, question=str(number))) for number in range(MOST_TURNS + 2)]
    exchanges.append(Exchange(Answer("open", "open", "answer")))
    again = unpack(through_a_browser(exchanges), index)
    assert [exchange.answer.question for exchange in again] == list(map(str, range(2, MOST_TURNS + 2)))


def test_long_conversation_is_far_from_what_a_browser_can_hold(index: PaperIndex) -> None:
    compared = Assistant(index, ScriptedModel().enqueue(" ", " ")).ask(QUESTIONS[1])
    assert len(json.dumps(keep([Exchange(compared)] * MOST_TURNS))) < 200_000


def test_question_that_was_being_answered_is_told_apart(index: PaperIndex) -> None:
    done = [Exchange(Assistant(index).ask("How is HERON trained?"))]
    kept = json.loads(json.dumps(keep(done, asked="And then?")))
    assert open_question(kept) == "And then?"
    assert [exchange.answer.question for exchange in unpack(kept, index)] == ["How is HERON trained?"]
    assert [open_question(k) for k in (keep(done), None, {"format": 1, "asked": 3}, {"asked": "x"})] == [
        ""
    ] * 4


def test_library_that_fails_leaves_a_note_and_no_exception(library: Path) -> None:
    with PaperIndex(library, HashingEmbedding()) as index:
        index.add(PAPERS)
    talk = Conversation(index, ModelLoader(lambda progress: ScriptedModel()))
    *_, (messages, exchanges) = talk.respond("How is HERON trained?", [])
    assert exchanges[-1].answer.stage == "complete"
    assert exchanges[-1].answer.note.startswith("The answer broke off: ")
    assert "The answer broke off" in messages[-1]["content"]


def test_quotes_before_the_model_is_there_still_say_which_side_is_missing(index: PaperIndex) -> None:
    talk = Conversation(index, ModelLoader(lambda progress: ScriptedModel()))
    *_, (_, exchanges) = talk.respond("How do Flamingo and HERON differ?", [])
    *_, (messages, exchanges) = talk.respond("Which of them is larger?", exchanges)
    for exchange in exchanges:
        assert exchange.answer.note.startswith("No paper in this library is about Flamingo.")
        assert exchange.answer.note.endswith("Answers are quotes until the model is ready.")
    assert "about Flamingo" in messages[-1]["content"]


@pytest.mark.parametrize(
    "foreign",
    [None, "text", 7, [], {}, {"format": 99, "turns": [{}]}, {"format": 1, "turns": {"a": 1}},
     {"format": 1, "turns": [None, 3, {"question": 5}, {"question": "q"}]}],
)  # fmt: skip
def test_foreign_data_is_ignored(index: PaperIndex, foreign: object) -> None:
    assert unpack(foreign, index) == []


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("cited", 0, "spans"), [[5, 100_000]]),
        (("cited", 0, "spans"), [[-9, -3]]),
        (("cited", 0, "paper"), "nobody"),
        (("cited", 0, "paper"), EGRET.id),
        (("cited", 0, "number"), 4),
        (("said", 0, "support"), "invented"),
        (("table", "rows", 0, "cells"), []),
        (("table", "subjects"), ["nobody", "else"]),
    ],
)
def test_turn_that_a_hand_has_been_at_is_left_out_and_the_others_stay(
    index: PaperIndex, where: tuple[str | int, ...], value: object
) -> None:
    kept = through_a_browser(answers(index)[:2])
    broken = kept["turns"][1]
    for step in where[:-1]:
        broken = broken[step]
    broken[where[-1]] = value
    assert [exchange.answer.question for exchange in unpack(kept, index)] == [QUESTIONS[0]]


def test_papers_are_read_from_the_library_and_not_from_the_browser(index: PaperIndex) -> None:
    [exchange] = unpack(through_a_browser(answers(index)[:1]), index)
    assert [citation.paper for citation in exchange.answer.citations] == [HERON]
    assert all(paper in PAPERS for paper in (c.paper for c in exchange.answer.citations))
