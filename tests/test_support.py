"""Whether evidence supports a statement, from the hidden state of a model that read both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from conftest import HERON
from fakes import ScriptedModel
from numpy.typing import NDArray

from index_store.errors import ModelError
from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.models.model_weights import DEFAULT_MODEL
from rag.probing.support import how_unsupported, is_nearly_quoted, read_probe, support_check
from rag.values import Evidence, Span

EVIDENCE = [Evidence(1, Span(HERON, 0, 29), 1.0)]
QUESTION = "How is HERON trained?"
HIDES = "HERON is trained by predicting the hidden 60% of a spectrogram."
HEARS = "The WetlandAudio corpus has 4,200 hours, on which HERON is pre-trained."
UNREAD = np.zeros(1, dtype=np.float32)
"""A state of another size, which tells nothing."""


def state(odds: float) -> NDArray[np.float32]:
    """The shortest hidden state that the probe reads as these log odds against support."""
    probe = read_probe(DEFAULT_MODEL)
    assert probe is not None
    weights = np.array(probe.unsupported.weights)
    return np.asarray(weights * (odds - probe.unsupported.bias) / (weights @ weights), dtype=np.float32)


def writer(*odds: float) -> ScriptedModel:
    """A model that reads its evidence for nothing and its sentences as these odds."""
    return ScriptedModel(name=DEFAULT_MODEL).read_as(UNREAD, *map(state, odds)).enqueue(f"{HIDES} {HEARS}")


def test_probe_reads_the_odds_that_a_state_holds() -> None:
    model = ScriptedModel(name=DEFAULT_MODEL).read_as(state(1.5))
    found = how_unsupported(HIDES, EVIDENCE, model)
    assert found is not None
    assert round(found, 2) == 1.5
    assert HIDES in model.texts_read[0]


def test_model_without_a_probe_or_that_cannot_be_looked_into_is_not_asked() -> None:
    class Closed(ScriptedModel):
        state_of = ScriptedModel.__mro__[1].state_of  # type: ignore[assignment,attr-defined]

    assert support_check(ScriptedModel()) is None
    assert support_check(Closed(name=DEFAULT_MODEL)) is None
    assert how_unsupported(HIDES, EVIDENCE, ScriptedModel()) is None
    assert how_unsupported(HIDES, EVIDENCE, ScriptedModel(name=DEFAULT_MODEL)) is None


def test_sentence_that_the_model_takes_for_wrong_falls_and_the_others_stand(index: PaperIndex) -> None:
    answer = Assistant(index, writer(9.0, -9.0)).ask(QUESTION)
    assert [statement.text for statement in answer.statements] == [HEARS]


def test_quotes_stand_where_no_sentence_may(index: PaperIndex) -> None:
    answer = Assistant(index, writer(9.0, 9.0)).ask(QUESTION)
    assert answer.statements == answer.draft
    assert answer.refusal is None


def test_sentence_is_read_with_the_evidence_of_what_it_cites(index: PaperIndex) -> None:
    model = writer(-9.0, -9.0)
    Assistant(index, model).ask(QUESTION)
    _, hides, hears = model.texts_read
    assert hides.endswith(HIDES) and hears.endswith(HEARS)
    assert "HERON: Masked Training" in hides and "EgretNet:" not in hides


def test_sentences_are_tentative_until_they_have_been_read(index: PaperIndex) -> None:
    *growing, last = Assistant(index, writer(-9.0, -9.0)).stream(QUESTION)
    assert not any(answer.statements for answer in growing)
    assert any(HIDES in answer.tentative for answer in growing)
    assert [statement.text for statement in last.statements] == [HIDES, HEARS]
    assert last.tentative == ""


def test_what_a_model_wrote_before_it_failed_is_not_shown_unread(index: PaperIndex) -> None:
    model = writer()
    model.fail_after = 12
    answer = Assistant(index, model).ask(QUESTION)
    assert answer.statements == answer.draft
    assert "out of memory" in answer.note


def test_model_that_fails_while_it_reads_is_no_reason_to_drop_a_sentence(index: PaperIndex) -> None:
    class Failing(ScriptedModel):
        def state_of(self, messages: Sequence[object], layer: int) -> NDArray[np.float32] | None:
            raise ModelError("no memory")

    model = Failing(name=DEFAULT_MODEL).enqueue(f"{HIDES} {HEARS}")
    answer = Assistant(index, model).ask(QUESTION)
    assert [statement.text for statement in answer.statements] == [HIDES, HEARS]


@pytest.mark.parametrize("name", ["owner/name", "../qwen", "http://localhost:1/v1#qwen"])
def test_name_of_another_model_has_no_probe(name: str) -> None:
    assert read_probe(name) is None


@pytest.mark.parametrize(
    ("statement", "nearly"),
    [
        ("HERON is pre-trained on 4,200 hours of the WetlandAudio corpus.", True),
        ("It was pre-trained on 4,200 hours of WetlandAudio.", True),
        ("The corpus WetlandAudio of 4,200 hours was pre-trained on HERON.", False),
        ("HERON hears gulls in the marsh.", False),
    ],
)
def test_what_is_nearly_quoted_is_not_read_back(statement: str, nearly: bool) -> None:
    quote = "HERON is pre-trained on 4,200 hours of the WetlandAudio corpus."
    start = HERON.abstract.index(quote)
    span = Span(HERON, start, start + len(quote))
    assert is_nearly_quoted(statement, [span]) == nearly
