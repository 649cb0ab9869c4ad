"""Sentences that the model points at come first; whether it can be asked or not, nothing else changes."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from conftest import EGRET, HERON, make_paper
from fakes import ScriptedModel
from test_decoding import build, prompt

from index_store.errors import ModelError
from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.evidence import Found, choose_evidence
from rag.models.decoding import PART, GreedyDecoder
from rag.models.streamed_model import Sought, Weighed
from rag.probing.pointing import point_out, pointed_at
from rag.probing.retrieval_heads import RetrievalHeads
from rag.question.query import plan_query
from rag.values import Evidence, QueryPlan, Span

LABELS = "HERON does not need any labels for pre-training."
QUESTION = "How is HERON trained?"


def found_for(question: str, index: PaperIndex) -> tuple[QueryPlan, Found]:
    plan = plan_query(question, (), index)
    return plan, choose_evidence(plan, index)


def test_sentence_that_is_pointed_at_leads_the_quotes(index: PaperIndex) -> None:
    answer = Assistant(index, ScriptedModel().pointing_at(5).enqueue("")).ask(QUESTION)
    assert answer.statements[0].text == LABELS


@pytest.mark.parametrize(("weights", "best"), [((0, 0, 1), 3), ((0, 1, 0), 5), ((0, 0.1, 1), 3)])
def test_attention_counts_as_much_as_it_was_found_to(
    index: PaperIndex, monkeypatch: pytest.MonkeyPatch, weights: tuple[float, ...], best: int
) -> None:
    heads = RetrievalHeads(((4, 1),), weights)
    monkeypatch.setattr("rag.probing.pointing.read_heads", {"scripted": heads}.get)
    plan, found = found_for(QUESTION, index)
    pointed = point_out(plan, found, ScriptedModel().pointing_at(5).attending_to(3))
    assert max(pointed.evidence, key=lambda item: item.score).number == best


def test_model_that_cannot_be_watched_points_as_one_whose_heads_are_not_known(
    index: PaperIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, found = found_for(QUESTION, index)
    unknown = point_out(plan, found, ScriptedModel().pointing_at(5))
    monkeypatch.setattr("rag.probing.pointing.read_heads", lambda _: RetrievalHeads(((4, 1),), (0, 0, 1)))
    assert point_out(plan, found, ScriptedModel().pointing_at(5)) == unknown


def test_attention_is_sought_among_the_sentences_as_they_are_read(
    index: PaperIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, Sought]] = []

    class Listening(ScriptedModel):
        def weigh(
            self, messages: Any, begin: str, endings: object, *, sought: Sought | None = None
        ) -> Weighed | None:
            assert sought
            seen.append((messages[-1].content, sought))
            return None

    monkeypatch.setattr("rag.probing.pointing.read_heads", lambda _: RetrievalHeads(((4, 1),), (0, 0, 1)))
    plan, found = found_for(QUESTION, index)
    point_out(plan, found, Listening())
    [(read, sought)] = seen
    places = [read.index(text) for text in [*sought.among, sought.text]]
    assert places == sorted(places) and len(sought.among) == len(found.evidence)


@pytest.mark.parametrize(("behind", "second"), [("This saves labels.", 2), ("This paper is long.", 3)])
def test_what_goes_on_from_the_best_sentence_counts_more(
    index: PaperIndex, behind: str, second: int
) -> None:
    auk = make_paper("AUK: Loud Calls", f"AUK hides calls of owls. {behind} AUK hides calls.")
    index.add([auk])
    plan, found = found_for("Why does AUK hide calls of owls?", index)
    pointed = point_out(plan, found, ScriptedModel().pointing_at(1))
    best = sorted(pointed.evidence, key=lambda item: -item.score)
    assert [item.number for item in best[:2]] == [1, second]


def test_things_that_are_asked_take_turns(index: PaperIndex) -> None:
    plan, found = found_for("How is HERON trained, and does it need labels, and is there code?", index)
    model = ScriptedModel().pointing_at(2, 5, 6)
    ordered = sorted(point_out(plan, found, model).evidence, key=lambda item: -item.score)
    assert [item.number for item in ordered[:3]] == [2, 5, 6]
    assert len(model.asked_to_point) == 3


def test_what_a_question_says_before_it_asks_is_left_out(index: PaperIndex) -> None:
    asked = "How many hours of song is it pre-trained on?"
    plan, found = found_for(f"HERON hides songs and needs no labels. {asked}", index)
    point_out(plan, found, model := ScriptedModel())
    assert f"Question: {asked}\n" in model.asked_to_point[0]
    plan, found = found_for("HERON hides 60% of a spectrogram and needs no labels. Why is that?", index)
    point_out(plan, found, model := ScriptedModel())
    assert "needs no labels. Why is that?" in model.asked_to_point[0]


def test_colon_of_a_title_begins_no_question(index: PaperIndex) -> None:
    question = "How many hours of audio are used in HERON: Masked Training for Bird Songs?"
    plan, found = found_for(question, index)
    point_out(plan, found, model := ScriptedModel())
    assert f"Question: {question}\n" in model.asked_to_point[0]
    plan, found = found_for(
        "HERON hides a spectrogram: on how many hours of song is it pre-trained?", index
    )
    point_out(plan, found, model := ScriptedModel())
    assert "Question: on how many hours of song is it pre-trained?\n" in model.asked_to_point[0]


def test_cell_of_a_row_in_words_of_ones_own_is_the_sentence_pointed_at(index: PaperIndex) -> None:
    plan, found = found_for("How do HERON and EgretNet differ in the labels they need?", index)
    pointed = point_out(plan, found, ScriptedModel().pointing_at(5, 3))
    assert found.comparison and pointed.comparison
    [row] = [row for row in pointed.comparison.rows if row.asked]
    assert [cell.quote for cell in row.cells if cell] == [
        LABELS,
        "It is trained with labels on SongSet-50k.",
    ]
    standard = [row for row in pointed.comparison.rows if not row.asked]
    assert standard == [row for row in found.comparison.rows if not row.asked]
    assert {item.span for item in pointed.evidence} == {item.span for item in found.evidence}


def test_cell_that_is_silent_stays_empty(index: PaperIndex) -> None:
    plan, found = found_for("Which of HERON and EgretNet runs on a phone in real time?", index)
    assert found.comparison
    pointed = point_out(plan, found, ScriptedModel().pointing_at(1, 1))
    assert pointed.comparison
    for before, after in zip(found.comparison.rows, pointed.comparison.rows, strict=True):
        assert [cell is None for cell in before.cells] == [cell is None for cell in after.cells]


@pytest.mark.parametrize("question", [QUESTION, "Compare HERON and EgretNet by the labels they need."])
def test_model_that_cannot_be_asked_leaves_everything_as_it_was(index: PaperIndex, question: str) -> None:
    plan, found = found_for(question, index)
    assert point_out(plan, found, ScriptedModel()) is found


def test_model_that_fails_leaves_everything_as_it_was(index: PaperIndex) -> None:
    class Failing(ScriptedModel):
        def weigh(self, *_: object, **__: object) -> Weighed | None:
            raise ModelError("out of memory")

    plan, found = found_for(QUESTION, index)
    assert point_out(plan, found, Failing()) is found


def test_model_that_fails_at_the_second_thing_leaves_everything_as_it_was(index: PaperIndex) -> None:
    plan, found = found_for(
        "How do HERON and EgretNet differ in the labels they need, and in what they hide?", index
    )
    assert point_out(plan, found, ScriptedModel().pointing_at(1)) is found
    assert point_out(plan, found, ScriptedModel().pointing_at(1, 1, 1)) is found


def test_what_a_paper_is_keeps_its_own_order(index: PaperIndex) -> None:
    plan, found = found_for("What is HERON?", index)
    assert point_out(plan, found, ScriptedModel().pointing_at(6)) is found


def test_numbers_that_begin_alike_are_told_apart() -> None:
    class Listening(ScriptedModel):
        def weigh(
            self, messages: object, begin: str, endings: object, *, sought: object = None
        ) -> Weighed | None:
            assert begin == "[" and sought is None
            self._answers += list(endings)  # type: ignore[call-overload]
            return None

    model = Listening()
    evidence = [Evidence(number, Span(HERON, 0, 29), 1.0) for number in range(20, 31)]
    assert pointed_at(QUESTION, evidence, model) is None
    assert model._answers == ["1]", *map(str, range(2, 12))]


@pytest.mark.parametrize("length", [5, PART, 2 * PART + 7])
def test_weights_are_those_of_transformers_whatever_was_read_before(length: int) -> None:
    model, tokens = build(), prompt(length)

    def weight(ending: list[int]) -> float:
        with torch.inference_mode():
            logits = model(torch.tensor([[*tokens, *ending]])).logits[0].log_softmax(-1)
        return sum(float(logits[len(tokens) - 1 + n, token]) for n, token in enumerate(ending))

    endings = [[4], [5, 6], [5, 7, 8], [9], [5, 6, 2]]
    decoder = GreedyDecoder(model)
    for _ in range(2):
        found = decoder.weigh(tokens, endings)
        assert all(
            math.isclose(one, weight(ending), abs_tol=1e-4)
            for one, ending in zip(found, endings, strict=True)
        )
        decoder.read([*tokens[: PART + 1], 3])


def test_model_that_can_take_nothing_back_weighs_single_tokens_only() -> None:
    from transformers import MistralConfig

    decoder = GreedyDecoder(build(MistralConfig, sliding_window=8))
    assert len(decoder.weigh(prompt(20), [[3], [4]])) == 2
    with pytest.raises(RuntimeError, match="take back"):
        decoder.weigh(prompt(20), [[3, 4]])


def test_evidence_of_the_second_paper_of_an_answer_stays_as_it_was(index: PaperIndex) -> None:
    plan, found = found_for(QUESTION, index)
    other = Evidence(9, Span(EGRET, 0, 20), 1.0)
    found = Found((*found.evidence, other), found.nearest, found.candidates, found.best_score)
    model = ScriptedModel().pointing_at(1)
    assert point_out(plan, found, model).evidence[-1] == other
    assert len(model.asked_to_point) == 1
