"""Lists whose papers the model has read: those that belong to what is asked for, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import make_paper
from fakes import HashingEmbedding, ScriptedModel
from llama_index.core.base.llms.types import ChatMessage
from numpy.typing import NDArray

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.assistant import UNREAD, Assistant
from rag.evidence import NOTHING
from rag.models.model_weights import DEFAULT_MODEL
from rag.models.streamed_model import Seen, Sought
from rag.probing.list_reading import LEAST_POSSIBLE, Candidate, list_candidates, read_probe
from rag.remarks import remarks
from rag.values import Answer, QueryPlan, Span

BIRDS = [
    make_paper("Terns", "We count terns at sea. Boats carry the cameras."),
    make_paper("Gulls", "We count gulls in towns. Roofs carry the cameras."),
    make_paper("Auks", "We follow auks under water. Tags carry the cameras."),
]
QUESTION = "Which papers count birds from a place that moves?"
FAR = "Which papers examine molecules inside ovens?"


def state(odds: float) -> NDArray[np.float32]:
    """The shortest hidden state that raises the log odds of a paper by so much, alone and beside others."""
    probe = read_probe(DEFAULT_MODEL)
    assert probe is not None
    weights = np.array([probe.alone.weights, probe.beside.weights])
    return np.asarray(np.linalg.pinv(weights) @ [odds, odds], dtype=np.float32)


def read(paper: Paper, standing_out: float, odds: float, *, paid: float = 0.0) -> Candidate:
    """A paper as it was read, with its first words as a sentence; every head pays it so much attention."""
    probe = read_probe(DEFAULT_MODEL)
    assert probe is not None
    attention = np.full(len(probe.signs.heads), paid, dtype=np.float32)
    return Candidate(paper, [Span(paper, 0, 20)], standing_out, state(odds), attention)


def states_of(tmp_path: Path, question: str, model: ScriptedModel) -> list[Answer]:
    with PaperIndex(tmp_path / "birds", HashingEmbedding()) as index:
        index.add(BIRDS)
        return list(Assistant(index, model).stream(question))


def titles_of(answer: Answer) -> list[str]:
    return [citation.paper.title for citation in answer.citations]


def test_papers_that_the_model_takes_for_right_are_the_list(tmp_path: Path) -> None:
    model = ScriptedModel(name=DEFAULT_MODEL).read_as(state(-99.0), state(99.0), state(-99.0))
    draft, *reading, answer = states_of(tmp_path, QUESTION, model)
    second = next(title for title in ("Terns", "Gulls", "Auks") if f'From "{title}"' in model.texts_read[1])
    assert draft.stage == "draft" and titles_of(draft)
    assert [state.stage for state in reading] == ["writing"] * 3
    assert reading[1].note.endswith("2 of the nearest 3 read closely.")
    assert titles_of(answer) == [second]
    assert answer.stage == "complete" and answer.note.startswith("1 paper of 3 examined")
    assert [statement.support for statement in answer.statements] == ["quoted"]
    assert answer.receipt and answer.receipt.model == DEFAULT_MODEL
    assert all(QUESTION in text for text in model.texts_read)


def test_list_is_refused_where_the_model_takes_none_for_right(tmp_path: Path) -> None:
    model = ScriptedModel(name=DEFAULT_MODEL).read_as(state(-99.0), state(-50.0), state(-99.0))
    draft, *_, answer = states_of(tmp_path, QUESTION, model)
    assert titles_of(draft) and draft.refusal is None
    assert answer.refusal and answer.refusal.reason == "not_in_library"
    assert answer.refusal.text.startswith(
        "None of the nearest 3 papers matches that (3 searched).\nNearest:"
    )
    surest = model.texts_read[1].split('From "')[1].split('"')[0]
    assert answer.refusal.nearest[0].title == surest
    assert (answer.citations, answer.statements, answer.draft) == ((), (), ())
    assert answer.receipt and answer.receipt.model == DEFAULT_MODEL


@pytest.mark.parametrize(("surest", "is_listed"), [(99.0, True), (0.5, False), (-99.0, False)])
def test_list_of_which_no_sentence_comes_near_is_read_before_it_is_refused(
    tmp_path: Path, surest: float, is_listed: bool
) -> None:
    probe = read_probe(DEFAULT_MODEL)
    assert probe
    alone = probe.alone
    odds = surest if abs(surest) > 1 else probe.least + surest - alone.bias - 2 * alone.standing_out
    model = ScriptedModel(name=DEFAULT_MODEL).read_as(state(-99.0), state(odds), state(-99.0))
    *reading, answer = states_of(tmp_path, FAR, model)
    assert [(state.stage, titles_of(state)) for state in reading] == [("writing", [])] * 3
    assert reading[0].note == "1 of the nearest 3 read closely."
    assert (answer.refusal is None) == is_listed
    assert len(titles_of(answer)) == is_listed


def test_list_of_which_no_sentence_comes_near_is_refused_where_it_cannot_be_read(tmp_path: Path) -> None:
    for model in (ScriptedModel(), ScriptedModel(name=DEFAULT_MODEL).read_as(state(99.0))):
        *_, answer = states_of(tmp_path, FAR, model)
        assert answer.refusal and answer.refusal.text.startswith("No paper in this library is about that")


def test_list_stays_as_it_was_where_the_model_fails_in_the_middle(tmp_path: Path) -> None:
    model = ScriptedModel(name=DEFAULT_MODEL).read_as(state(99.0))
    draft, *_, answer = states_of(tmp_path, QUESTION, model)
    assert titles_of(answer) == titles_of(draft)
    assert answer.note == f"{draft.note} {UNREAD}"


def test_list_of_a_model_that_cannot_be_looked_into_is_complete_at_once(tmp_path: Path) -> None:
    [answer] = states_of(tmp_path, QUESTION, ScriptedModel())
    assert titles_of(answer)
    assert answer.stage == "complete" and answer.receipt and answer.receipt.model is None


def test_list_that_a_name_settles_is_not_read(tmp_path: Path) -> None:
    [answer] = states_of(tmp_path, "list all papers in this library", ScriptedModel(name=DEFAULT_MODEL))
    assert len(answer.citations) == len(BIRDS)


def test_odds_rise_with_what_the_model_makes_of_a_paper_and_how_far_it_stands_out() -> None:
    probe = read_probe(DEFAULT_MODEL)
    assert probe and read_probe("scripted") is None
    far, near, believed = probe.beside.odds(
        [read(BIRDS[0], 0.0, 0.0), read(BIRDS[0], 2.0, 0.0), read(BIRDS[0], 0.0, 3.0)]
    )
    assert near > far < believed


def test_odds_rise_with_the_attention_that_is_paid_to_a_paper_more_than_to_the_others() -> None:
    probe = read_probe(DEFAULT_MODEL)
    assert probe
    less, more = probe.beside.odds(
        [read(BIRDS[0], 0.0, 0.0, paid=0.01), read(BIRDS[1], 0.0, 0.0, paid=0.04)]
    )
    alone = probe.beside.odds([read(BIRDS[0], 0.0, 0.0, paid=0.04)])
    assert less < more
    assert alone == pytest.approx(probe.beside.odds([read(BIRDS[0], 0.0, 0.0)]))


class WatchedModel(ScriptedModel):
    """A scripted model of which every head looks at one paper alone."""

    looked_at: str = ""

    def look(
        self, messages: Sequence[ChatMessage], layer: int, *, sought: Sought | None = None
    ) -> Seen | None:
        seen = super().look(messages, layer, sought=sought)
        assert seen and sought
        assert all(text in (messages[-1].content or "") for text in (sought.text, *sought.among))
        assert sought.text == QUESTION and len(sought.among) == 3  # a title and two sentences
        share = 0.3 if sought.among[0] == self.looked_at else 0.01
        return Seen(seen.state, np.full((len(sought.heads), 3), share, dtype=np.float32))


def test_paper_that_the_question_pays_attention_to_is_listed(tmp_path: Path) -> None:
    model = WatchedModel(name=DEFAULT_MODEL, looked_at="Auks").read_as(*3 * [state(5.0)])
    *_, answer = states_of(tmp_path, QUESTION, model)
    assert titles_of(answer) == ["Auks"]


def test_papers_of_which_the_model_is_less_sure_are_named_beside_the_list() -> None:
    probe = read_probe(DEFAULT_MODEL)
    assert probe
    odds = (probe.least + 1, probe.least - 0.5, LEAST_POSSIBLE - 1)
    papers = [read(paper, 0.0, own - probe.beside.bias) for paper, own in zip(BIRDS, odds, strict=True)]
    plan = QueryPlan(QUESTION, QUESTION, "list", (), "count birds", searched=3)
    found = list_candidates(plan, NOTHING, papers, probe)
    assert [item.span.paper for item in found.evidence] == BIRDS[:1]
    assert found.less_sure == BIRDS[1:2]
    assert remarks(plan, found).endswith(" Less sure: Gulls.")
    none = list_candidates(plan, NOTHING, papers[2:], probe)
    assert (none.matching, none.less_sure, none.nearest) == (0, [], (BIRDS[2],))


def test_papers_of_a_long_list_that_are_not_quoted_are_named_beside_it() -> None:
    probe = read_probe(DEFAULT_MODEL)
    assert probe
    birds = [make_paper(f"Bird {number}", "We count birds.") for number in range(12)]
    papers = [read(paper, 0.0, probe.least + 12 - at - probe.beside.bias) for at, paper in enumerate(birds)]
    plan = QueryPlan(QUESTION, QUESTION, "list", (), "count birds", searched=12)
    found = list_candidates(plan, NOTHING, papers, probe)
    assert [item.span.paper for item in found.evidence] == birds[:10]
    assert (found.matching, found.unquoted, found.less_sure) == (12, birds[10:], [])
    assert remarks(plan, found).endswith(" Also: Bird 10; Bird 11.")
