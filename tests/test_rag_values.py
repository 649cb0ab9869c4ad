"""The values of the rag layer: frozen, small, and quotes that can only be slices."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest
from conftest import HERON

from rag import values
from rag.values import Answer, Citation, RefusalReason, Span, Turn

CLASSES = [
    cls for cls in vars(values).values() if dataclasses.is_dataclass(cls) and cls.__module__ == "rag.values"
]


def test_quote_is_the_slice_of_the_abstract() -> None:
    start = HERON.abstract.index("We present")
    assert Span(HERON, start, start + 16).quote == "We present HERON"


def test_spans_are_equal_by_paper_and_place() -> None:
    twin = dataclasses.replace(HERON)
    assert Span(HERON, 0, 8) == Span(twin, 0, 8)
    assert len({Span(HERON, 0, 8), Span(twin, 0, 8), Span(HERON, 0, 9)}) == 2


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_values_are_frozen_and_have_slots(cls: type) -> None:
    assert cls.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(cls)


def test_value_cannot_be_changed() -> None:
    citation = Citation(1, HERON, (Span(HERON, 0, 8),))
    with pytest.raises(dataclasses.FrozenInstanceError):
        citation.number = 2  # type: ignore[misc]


def test_answer_begins_as_an_empty_draft() -> None:
    answer = Answer("Why?", "Why?", "answer")
    assert (answer.stage, answer.draft, answer.statements, answer.citations) == ("draft", (), (), ())
    assert (answer.refusal, answer.comparison, answer.note) == (None, None, "")
    assert Turn("Why?", "Because.").papers == ()


def test_there_are_five_kinds_of_no() -> None:
    assert set(get_args(RefusalReason)) == {
        "not_in_library",
        "not_in_abstract",
        "false_premise",
        "unclear",
        "not_a_question",
    }
