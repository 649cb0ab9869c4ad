"""Surveys, datasets and methods: what a paper is, and what a question asks for."""

from __future__ import annotations

import pytest
from conftest import make_paper

from rag.question.kinds import asked_kind, asks_for_kind_alone, asks_for_new_data, papers_of_kind

SURVEY = make_paper("Listening to Birds: A Survey", "We look at forty years of recordings.")
DATA = make_paper("NestSet: A Large Dataset of Nests", "Nests were filmed for a year.")
BOTH = make_paper("NestNet", "We propose NestNet. We also introduce a new large-scale benchmark of nests.")
METHOD = make_paper("Owls from Sparse Data", "We train a model on the dataset of others.")
PAPERS = [SURVEY, DATA, BOTH, METHOD]


def test_papers_are_of_the_kind_that_they_say_they_are() -> None:
    assert papers_of_kind("survey", PAPERS) == [SURVEY]
    assert papers_of_kind("dataset", PAPERS) == [DATA, BOTH]
    assert papers_of_kind("method", PAPERS) == [BOTH, METHOD]


@pytest.mark.parametrize(
    ("question", "kind", "alone"),
    [
        ("What methods exist for counting owls?", "method", False),
        ("Which models hear birds?", "method", False),
        ("How many of these are surveys?", "survey", True),
        ("Are there any reviews on owls?", "survey", False),
        ("What datasets exist for owls?", "dataset", False),
        ("Which papers introduce a dataset?", None, False),
        ("Which papers compare their methods with ours?", None, False),
        ("How does it survey the land?", None, False),
    ],
)
def test_question_asks_for_a_kind_or_for_any(question: str, kind: str | None, alone: bool) -> None:
    assert asked_kind(question) == kind
    assert asks_for_kind_alone(question) == alone


def test_question_for_papers_that_bring_data_is_known() -> None:
    assert asks_for_new_data("Which papers introduce a text-to-video dataset?")
    assert asks_for_new_data("who comes with their own benchmark?")
    assert not asks_for_new_data("Which papers evaluate on a dataset of owls?")
