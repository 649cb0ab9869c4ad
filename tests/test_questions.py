"""Forty questions of our own to the sample library: what kind of answer each gets, and about which papers.

A file of them, with the real embedder: names in any spelling, other languages, names of two papers,
follow-ups, what is not there and what is no question.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.question.query import plan_query
from rag.values import Turn

pytestmark = pytest.mark.weights
DATA = Path(__file__).parent / "data" / "questions.jsonl"
ROWS = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    from index_store.paper_index import PaperIndex
    from ui.settings import read_settings
    from ui.wiring import load_embedder, sample_papers

    folder = tmp_path_factory.mktemp("sample") / "library"
    with PaperIndex(folder, load_embedder(read_settings())) as index:
        index.add(sample_papers())
        yield Assistant(index)


def turns_of(row: dict[str, Any]) -> list[Turn]:
    history = row.get("history", [])
    return [Turn(asked, answer) for asked, answer in zip(history[::2], history[1::2], strict=True)]


def test_there_are_forty_questions_each_with_a_name_of_its_own() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS) == 40


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_question_gets_the_kind_of_answer_it_asks_for(sample: Assistant, row: dict[str, Any]) -> None:
    answer = sample.ask(row["question"], turns_of(row), draft=True)
    kind = answer.refusal.reason if answer.refusal else answer.kind
    assert kind == row["kind"], answer.refusal.text if answer.refusal else answer.standalone_question
    plan = plan_query(row["question"], turns_of(row), sample.index)
    wanted = row.get("papers", [])
    assert len(plan.papers) == len(wanted) or answer.refusal
    for paper, name in zip(plan.papers, wanted, strict=False):
        assert paper.title.startswith(name)
    assert plan.language == row.get("language", "English")


def test_question_that_a_refusal_suggests_is_answered(sample: Assistant) -> None:
    from rag.suggesting import question_for

    papers = sample.index.papers()
    refused = {}
    for paper in papers:
        question = question_for(paper, papers)
        plan = plan_query(question, [], sample.index)
        answer = sample.ask(question, draft=True)
        if answer.abstains or plan.papers != (paper,):
            refused[question] = answer.refusal
    assert refused == {}
