"""Papers that are like another one: asked for by its name, or after an answer about it."""

from __future__ import annotations

import pytest
from conftest import EGRET, HERON

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.question.query import plan_query
from rag.question.similar import asks_for_similar
from rag.values import Turn

ABOUT_HERON = (Turn("What is HERON?", "HERON is an encoder [1].", (HERON,)),)


@pytest.mark.parametrize(
    "question",
    [
        "Which papers are similar to HERON?",
        "papers like HERON",
        "anything related to HERON?",
        "Find work related to HERON",
        "What is most similar to HERON?",
    ],
)
def test_papers_that_are_like_a_named_one_are_listed_without_it(index: PaperIndex, question: str) -> None:
    answer = Assistant(index).ask(question)
    assert answer.kind == "list"
    papers = [citation.paper for citation in answer.citations]
    assert papers[0] == EGRET
    assert HERON not in papers
    assert answer.note == "The 2 papers nearest to HERON; the library holds 3."
    assert all(span.quote in span.paper.abstract for c in answer.citations for span in c.spans)


@pytest.mark.parametrize("question", ["Are there similar papers?", "more like this", "related work?"])
def test_papers_like_that_of_the_last_turn_are_meant(index: PaperIndex, question: str) -> None:
    answer = Assistant(index).ask(question, ABOUT_HERON)
    assert answer.standalone_question == "Which papers are similar to HERON?"
    assert answer.citations[0].paper == EGRET


@pytest.mark.parametrize(
    "question",
    [
        "Which papers use similar masking?",
        "How similar are HERON and EgretNet?",
        "What does it look like?",
        "Are there papers related to music generation?",
        "papers like Sora",
        "How does HERON improve over similar methods?",
        "How many parameters do systems like HERON have?",
        "What is HERON and are there similar papers?",
        "Which papers similar to HERON were trained on audio?",
    ],
)
def test_other_likeness_is_not_that(question: str) -> None:
    assert not asks_for_similar(question, [HERON, EGRET])


def test_likeness_to_no_one_paper_is_searched_for_as_before(index: PaperIndex) -> None:
    assert plan_query("papers related to sea levels", (), index).like is None
    assert plan_query("anything related to audio?", ABOUT_HERON, index).like is None
    two = (Turn("HERON or EgretNet?", "HERON [1] and EgretNet [2].", (HERON, EGRET)),)
    assert plan_query("Are there similar papers?", two, index).like is None
