"""Which papers a question means after another one, and when it stands alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import EGRET, HERON, TIDE, make_paper

from index_store.paper_index import PaperIndex
from rag.linking.subjects import Named, find_named
from rag.question.turns import Past, may_lean, resolve

SIDES = Past("How do HERON and EgretNet differ?", (HERON, EGRET), answer="They differ [1][2].")
ALONE = Past("How big is EgretNet?", (EGRET,), passed_over=(HERON,), answer="12 million [1].")


@pytest.mark.parametrize(
    "question",
    [
        "How long does the training of TideCast take on one GPU?",
        "OK, different topic: what threatens the cities at the sea?",
        "Good. Now a different thing: is there one that represents gauges as a graph?",
        "Unrelated: is there one that represents gauges as a graph?",
        "What does the Flamingo paper propose?",
        "How does Flamingo work?",
        "Does a graph network lower the error of forecasting sea levels?",
        "What did it cost to train HERON?",
        "How long does it take to train TideCast?",
        "Which tricks make audio transformers cheaper to train, and how much do they save?",
    ],
)
def test_question_that_stands_alone_is_not_resolved(index: PaperIndex, question: str) -> None:
    assert resolve(find_named(question, index), ALONE, index) is None


@pytest.mark.parametrize(
    "question",
    [
        "Is that a different thing from real time?",
        "Does it do a different thing for its labels?",
        "Are its labels unrelated, or do they matter?",
        "Does it need unrelated-domain labels?",
    ],
)
def test_other_things_asked_of_the_paper_are_no_other_topic(index: PaperIndex, question: str) -> None:
    found = resolve(find_named(question, index), ALONE, index)
    assert found is not None and found.papers == (EGRET,)


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("the latter, is it small?", (EGRET,)),
        ("How accurate is the 1st one?", (HERON,)),
        ("What does the convolutions one need?", (EGRET,)),
        ("Is the third one better?", (HERON, EGRET)),
        ("Why?", (HERON, EGRET)),
    ],
)
def test_one_or_all_of_the_papers_are_meant(
    index: PaperIndex, question: str, papers: tuple[object, ...]
) -> None:
    found = resolve(find_named(question, index), SIDES, index)
    assert found is not None
    assert found.papers == papers
    assert {*found.papers, *found.passed_over} == {HERON, EGRET}


def test_what_would_be_otherwise_is_asked_of_the_paper_of_the_turn(index: PaperIndex) -> None:
    found = resolve(find_named("What if the sea levels are higher?", index), ALONE, index)
    assert found is not None and found.papers == (EGRET,)
    assert resolve(find_named("What if I need to forecast sea levels?", index), ALONE, index) is None


@pytest.mark.parametrize("question", ["What is the fastest network?", "Which is the best sea model?"])
def test_best_of_all_is_looked_for_in_the_whole_library(index: PaperIndex, question: str) -> None:
    assert resolve(find_named(question, index), SIDES, index) is None
    found = resolve(find_named(question, index), ALONE, index)  # one paper may tell of many networks
    assert found is not None
    assert found.papers == (EGRET,)


@pytest.mark.parametrize(
    ("question", "leans"), [("How many parameters?", False), ("Which are open?", True)]
)
def test_short_question_after_many_papers_is_asked_of_them_only_if_it_says_so(
    index: PaperIndex, question: str, leans: bool
) -> None:
    many = Past("Which papers are there?", (HERON, EGRET, TIDE, make_paper("Loon Calls", "We call.")))
    said = question.replace("Which", "Which of them") if leans else question
    found = resolve(find_named(said, index), many, index)
    assert (found is not None) == leans


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("And which of them tells of cities?", "Which of Flamingo and EgretNet tells of cities?"),
        ("Which one is faster?", "For Flamingo and EgretNet, which one is faster?"),
        ("do these papers mention cities?", "Do Flamingo and EgretNet mention cities?"),
        ("How large are their models?", "How large are Flamingo's and EgretNet's models?"),
        ("How large is it?", "How large is EgretNet?"),
        ("Is it fast on these phones?", "In EgretNet, is it fast on these phones?"),
        ("Does it say which was best?", "Does EgretNet say which was best?"),
    ],
)  # fmt: skip
def test_them_are_the_sides_of_which_one_is_missing(index: PaperIndex, question: str, asked: str) -> None:
    past = Past("How do Flamingo and EgretNet differ?", (EGRET,), missing=("Flamingo",))
    found = resolve(find_named(question, index), past, index)
    assert found is not None
    assert (found.question, found.papers) == (asked, (EGRET,))


def test_which_of_them_asks_the_one_paper_there_was(index: PaperIndex) -> None:
    found = resolve(find_named("Which of them forecasts sea levels?", index), ALONE, index)
    assert found is not None and found.papers == (EGRET,)
    for question in (
        "Which of these papers forecast sea levels?",
        "Which papers mask, and how do they train them?",
    ):
        assert resolve(find_named(question, index), ALONE, index) is None


def test_newer_one_is_the_later_version_or_year(index: PaperIndex) -> None:
    later = make_paper("HERON V2: At Dusk", "It is better.")
    undated = replace(HERON, year=None)
    for papers in ((undated, later), (later, undated)):
        for question, meant in {"Is the newer one small?": later, "Is the older one big?": undated}.items():
            found = resolve(Named(question), Past("What are they?", papers), index)
            assert found is not None
            assert found.papers == (meant,)
    dated = make_paper("Loon Calls", "We call.", year=2026)
    found = resolve(Named("Is the latest one small?"), Past("What are they?", (dated, HERON)), index)
    assert found is not None
    assert found.papers == (dated,)


def test_other_one_needs_another_one(index: PaperIndex) -> None:
    other = resolve(Named("No, the other one."), ALONE, index)
    assert other is not None
    assert (other.question, other.papers) == ("How big is HERON?", (HERON,))


@pytest.mark.parametrize("question", ["What else threatens cities?", "TideCast", "and TideCast?", "yes"])
def test_question_that_could_lean_is_known_without_the_turns(index: PaperIndex, question: str) -> None:
    assert may_lean(find_named(question, index))


def test_question_that_cannot_lean_is_known_without_the_turns(index: PaperIndex) -> None:
    assert not may_lean(find_named("How long does the training of TideCast take?", index))
    assert not may_lean(Named("Which graph networks lower the error of forecasting sea levels?"))


def test_answer_to_which_one_may_be_anything_that_says_so(index: PaperIndex) -> None:
    past = Past("What is it?", (), choices=(HERON, TIDE))
    for reply, paper in {"2": TIDE, "the first one": HERON, "sea levels": TIDE, "HERON": HERON}.items():
        found = resolve(find_named(reply, index), past, index)
        assert found is not None
        assert found.papers == (paper,)


@pytest.mark.parametrize(
    "question",
    [
        "is there work on sea levels?",
        "Any papers on cities?",
        "who forecasts sea levels?",
        "what else is there on cities?",
        "Which papers share their code?",
        "which of these papers forecast anything?",
        "thanks. now something else: is there work that helps towns?",
        "so which paper is about cities?",
        "Is there a paper on cities?",
    ],
)
def test_new_search_is_not_tied_to_the_paper_of_the_turn(index: PaperIndex, question: str) -> None:
    assert resolve(find_named(question, index), ALONE, index) is None


def test_short_question_about_what_only_other_papers_hold_stands_alone(index: PaperIndex) -> None:
    index.add([make_paper(f"Gulls {n}", f"Feathers are sorted {n} times.") for n in range(12)])
    assert resolve(Named("How are feathers sorted?"), ALONE, index) is None
    for question in ("How are they sorted?", "How is the training?", "What are the weaknesses?"):
        found = resolve(Named(question), ALONE, index)
        assert found is not None
        assert found.papers == (EGRET,)


@pytest.mark.parametrize(
    "question",
    [
        "Which other papers use it?",
        "which languages?",
        "What is the loss?",
        "and is the code out?",
        "does it say anything about cities?",
        "anything else?",
        "Is the second stage slow?",
        "Can it do something else?",
    ],
)
def test_question_about_the_paper_of_the_turn_is_tied_to_it(index: PaperIndex, question: str) -> None:
    found = resolve(find_named(question, index), ALONE, index)
    assert found is not None
    assert found.papers == (EGRET,)


@pytest.mark.parametrize(
    "question",
    [
        "Which of the two is better on BirdBench by a wide margin?",
        "Which of them hear birds?",
        "Are the two open?",
    ],
)
def test_two_of_the_turn_are_meant_by_their_number(index: PaperIndex, question: str) -> None:
    found = resolve(find_named(question, index), SIDES, index)
    assert found is not None
    assert found.papers == (HERON, EGRET)


@pytest.mark.parametrize("question", ["add TideCast to the comparison", "Please include TideCast too"])
@pytest.mark.parametrize("past", [SIDES, ALONE])
def test_paper_that_is_added_joins_those_of_the_turn(index: PaperIndex, question: str, past: Past) -> None:
    named = find_named(question, index)
    found = resolve(named, past, index)
    assert may_lean(named)
    assert found is not None
    assert found.papers == (*past.papers, TIDE)
    assert "TideCast" in found.question


def test_the_former_of_one_paper_is_a_thing_in_it(index: PaperIndex) -> None:
    alone = Past("What does HERON combine?", (HERON,), answer="It combines hiding and predicting.")
    found = resolve(find_named("Why isn't the former enough by itself?", index), alone, index)
    assert found is not None
    assert found.question == "In HERON, why isn't the former enough by itself?"


@pytest.mark.parametrize(
    ("question", "standalone", "papers"),
    [
        ("Does HERON do the same?", "Does HERON need labels?", (HERON,)),
        ("Is HERON as well?", "Does HERON need labels?", (HERON,)),
        ("Is that smaller than HERON?", "Is EgretNet smaller than HERON?", (EGRET, HERON)),
        ("Does HERON use songs too?", None, None),
        (
            "How are the songs that never change dropped?",
            "In EgretNet, how are the songs that never change dropped?",
            (EGRET,),
        ),
    ],
)
def test_another_paper_is_asked_the_same_or_set_beside_the_last(
    index: PaperIndex, question: str, standalone: str | None, papers: tuple[object, ...] | None
) -> None:
    past = Past("Does EgretNet need labels?", (EGRET,))
    found = resolve(find_named(question, index), past, index)
    assert (found and found.question, found and found.papers) == (standalone, papers)
