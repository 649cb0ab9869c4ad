"""A question for what a paper is gets the sentences that say so, and no other question does."""

from __future__ import annotations

import pytest
from conftest import HERON, make_paper

from index_store.sentences import split_sentences
from index_store.values import Paper
from rag.overview import asks_what_it_is, overview
from rag.values import QueryPlan, Span


def spans_of(paper: Paper) -> list[Span]:
    return [Span(paper, start, end) for start, end in split_sentences(paper.abstract)]


def plan_of(question: str, *papers: Paper, kind: str = "answer") -> QueryPlan:
    return QueryPlan(question, question, kind, papers, question)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What is HERON?", True),
        ("heron", True),
        ("What does HERON do?", True),
        ("Summarise HERON in two sentences, no jargon.", True),
        ("What's the main contribution of the HERON paper?", True),
        ("What is HERON trained on?", False),
        ("What are the limitations of HERON?", False),
        ("How does HERON mask?", False),
        ("What code does HERON have?", False),
    ],
)
def test_question_for_what_a_paper_is_asks_for_no_detail(question: str, asks: bool) -> None:
    assert asks_what_it_is(plan_of(question, HERON)) == asks


def test_question_about_no_paper_or_several_does_not_ask_what_one_is() -> None:
    assert not asks_what_it_is(plan_of("What is it?"))
    assert not asks_what_it_is(plan_of("What are HERON and GULL?", HERON, make_paper("GULL: Calls", "")))
    assert not asks_what_it_is(plan_of("What is HERON?", HERON, kind="list"))


def test_overview_begins_where_the_paper_is_introduced() -> None:
    told = [span.quote for span in overview(spans_of(HERON))]
    assert told[0].startswith("We present HERON")
    assert any("91.3% accuracy" in quote for quote in told[1:])


def test_what_is_introduced_by_others_or_is_a_part_does_not_lead() -> None:
    paper = make_paper(
        "GULL: Counting Calls",
        "Recently EgretNet was introduced for GULL and others. We collect a dataset called CallSet. "
        "We propose to count calls with a small network (GULL). GULL is small.",
    )
    assert overview(spans_of(paper))[0].quote.startswith("We propose to count calls")


def test_name_that_begins_a_sentence_which_says_what_it_is_leads() -> None:
    paper = make_paper(
        "GULL: Counting Calls",
        "Many calls are missed at night. GULL is counted among the rest. GULL (a Gull Listener) is a small "
        "network. The core idea of it is to count calls by their echoes, for which we propose a loss.",
    )
    assert overview(spans_of(paper))[0].quote.startswith("GULL (a Gull Listener) is a")
