"""What is asked, about which papers: names, kinds of question, and questions that lean on earlier turns."""

from __future__ import annotations

import pytest
from conftest import EGRET, HERON, TIDE, make_paper

from index_store.paper_index import PaperIndex
from rag.query import plan_query
from rag.values import PlanKind, QueryPlan, Turn

COMPARED = [Turn("Compare HERON and EgretNet.", "HERON hides patches [1]. EgretNet has convolutions [2].")]
ABOUT_EGRET = [Turn("What is EgretNet?", "EgretNet uses convolutions only [1].")]


def test_question_that_names_papers_is_planned_about_them_in_its_order(index: PaperIndex) -> None:
    question = "Is egretnet or HERON better on BirdBench?"
    assert plan_query(question, [], index) == QueryPlan(
        question, question, "comparison", (EGRET, HERON), "Is or better on BirdBench?"
    )


def test_question_that_names_no_paper_is_about_none(index: PaperIndex) -> None:
    question = "How are sea levels forecast with graphs?"
    assert plan_query(question, [], index) == QueryPlan(question, question, "answer", (), question)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How do HERON and EgretNet differ?", "comparison"),
        ("HERON versus EgretNet on BirdBench", "comparison"),
        ("Which is more accurate, HERON or EgretNet?", "comparison"),
        ("Does HERON reach a higher accuracy than EgretNet?", "comparison"),
        ("What do HERON and EgretNet have in common?", "comparison"),
        ("How does HERON compare?", "answer"),
        ("What accuracy does HERON reach?", "answer"),
        ("Which papers are about bird songs?", "list"),
        ("List the methods that were trained on one GPU.", "list"),
        ("How many of the papers use labels?", "list"),
        ("Which methods does HERON use?", "answer"),
        ("What is masked training?", "answer"),
    ],
)
def test_kind_of_answer_follows_from_the_question(index: PaperIndex, question: str, kind: PlanKind) -> None:
    assert plan_query(question, [], index).kind == kind


def test_name_of_two_papers_means_the_one_that_the_rest_of_the_question_is_about(index: PaperIndex) -> None:
    other = make_paper(
        "HERON: Hierarchical Routing of Packets",
        "HERON routes packets in data centres. It halves the latency of switches.",
    )
    index.add([other])
    packets = "By how much does HERON cut the latency of switches in data centres?"
    songs = "How many hours of bird songs is HERON pre-trained on?"
    assert plan_query(packets, [], index).papers == (other,)
    assert plan_query(songs, [], index).papers == (HERON,)
    assert set(plan_query("How do the two HERON papers differ?", [], index).papers) == {HERON, other}


@pytest.mark.parametrize(
    "question",
    [
        "How many parameters does it have?",
        "And its accuracy?",
        "What about the phone, does that model run there?",
        "Which accuracy on BirdBench?",
    ],
)
def test_follow_up_is_about_the_paper_of_the_turn_before(index: PaperIndex, question: str) -> None:
    plan = plan_query(question, ABOUT_EGRET, index)
    assert plan.papers == (EGRET,)
    assert plan.question == question
    assert plan.standalone_question == f"{question} (about EgretNet)"


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        ("Which data is the latter trained on?", EGRET),
        ("Which data is the former trained on?", HERON),
        ("How accurate is the second one on BirdBench?", EGRET),
        ("How accurate is the first model on BirdBench?", HERON),
    ],
)
def test_place_in_the_turn_before_chooses_one_paper(
    index: PaperIndex, question: str, paper: object
) -> None:
    assert plan_query(question, COMPARED, index).papers == (paper,)


def test_place_that_the_turn_before_did_not_have_leaves_all_its_papers(index: PaperIndex) -> None:
    assert plan_query("And the third one, is it better?", COMPARED, index).papers == (HERON, EGRET)


def test_follow_up_about_both_compares_them_again(index: PaperIndex) -> None:
    plan = plan_query("Which of them is better on BirdBench?", COMPARED, index)
    assert (plan.kind, plan.papers) == ("comparison", (HERON, EGRET))
    assert plan.standalone_question.endswith("(about HERON and EgretNet)")


def test_papers_that_were_cited_are_those_of_a_turn_that_names_none(index: PaperIndex) -> None:
    turns = [Turn("How are sea levels forecast?", "With a graph of gauges [1].", (TIDE,))]
    assert plan_query("How long does its training take?", turns, index).papers == (TIDE,)


def test_last_turn_that_speaks_of_a_paper_counts(index: PaperIndex) -> None:
    turns = [
        Turn("What is HERON?", "An encoder."),
        *ABOUT_EGRET,
        Turn("Thanks, that helps!", "You are welcome."),
    ]
    assert plan_query("Is it small?", turns, index).papers == (EGRET,)


def test_follow_up_on_a_turn_without_papers_is_searched_together_with_it(index: PaperIndex) -> None:
    turns = [Turn("How are sea levels forecast?", "With a graph of gauges.")]
    plan = plan_query("And how good is it?", turns, index)
    assert plan.papers == ()
    assert plan.standalone_question == "How are sea levels forecast? And how good is it?"


@pytest.mark.parametrize(
    "question",
    [
        "How long does the training of TideCast take?",
        "Does a graph network lower the error of forecasting sea levels compared with numerical models?",
    ],
)
def test_question_that_stands_alone_is_left_alone(index: PaperIndex, question: str) -> None:
    plan = plan_query(question, ABOUT_EGRET, index)
    assert plan.standalone_question == question
    assert EGRET not in plan.papers


def test_first_question_of_a_chat_is_left_alone_however_it_is_put(index: PaperIndex) -> None:
    assert plan_query("And its size?", [], index) == QueryPlan(
        "And its size?", "And its size?", "answer", (), "And its size?"
    )


def test_described_side_of_a_comparison_is_found_by_its_description(index: PaperIndex) -> None:
    plan = plan_query("How does HERON differ from the convolutions only model?", [], index)
    assert plan.kind == "comparison"
    assert plan.papers == (HERON, EGRET)


def test_change_of_topic_leaves_the_turns_before_behind(index: PaperIndex) -> None:
    plan = plan_query("OK, different topic: what threatens cities?", ABOUT_EGRET, index)
    assert plan.papers == ()


def test_short_question_about_another_paper_stands_alone(index: PaperIndex) -> None:
    for question in ("What does the Flamingo paper propose?", "How does Flamingo work?"):
        assert plan_query(question, ABOUT_EGRET, index).papers == ()
    assert plan_query("On BirdBench?", ABOUT_EGRET, index).papers == (EGRET,)


def test_the_second_one_is_called_by_its_name(index: PaperIndex) -> None:
    plan = plan_query("Which datasets does the second one report on?", COMPARED, index)
    assert plan.papers == (EGRET,)
    assert plan.standalone_question == "Which datasets does EgretNet report on?"
    assert plan.focus == "Which datasets does report on?"
