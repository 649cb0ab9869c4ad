"""A follow-up about a successor, a predecessor or a namesake is about that paper."""

from __future__ import annotations

import pytest
from conftest import EGRET, HERON, make_paper

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.question.query import plan_query
from rag.values import Turn

HERON2 = make_paper("HERON V2: Masked Training at Dusk", "HERON V2 hides 80% and reaches 95.0% accuracy.")
BIRDS = make_paper("HERON: Counting Waders", "HERON counts waders in images and gets 70.1 AP on PondBox.")
ASKED = Turn("What accuracy does HERON reach on BirdBench?", "HERON reaches 91.3% [1].", (HERON,))
OF_SECOND = Turn("How accurate is HERON V2?", "HERON V2 reaches 95.0% [1].", (HERON2,))


@pytest.fixture
def versions(index: PaperIndex) -> PaperIndex:
    index.add([HERON2])
    return index


@pytest.mark.parametrize(
    "question",
    [
        "And its successor?",
        "What about its V2 successor, is it any better there?",
        "does the newer version do better there?",
        "and V2?",
        "And the second version of it?",
        "no, I meant V2",
    ],
)
def test_same_is_asked_of_the_successor(versions: PaperIndex, question: str) -> None:
    plan = plan_query(question, (ASKED,), versions)
    assert plan.standalone_question == "What accuracy does HERON V2 reach on BirdBench?"
    assert plan.papers == (HERON2,)


@pytest.mark.parametrize(
    ("question", "turn", "standalone", "papers"),
    [
        ("How much does its follow-up hide?", ASKED, "How much does HERON V2 hide?", (HERON2,)),
        ("How much did its predecessor hide?", OF_SECOND, "How much did HERON hide?", (HERON,)),
        (
            "How does it compare with its successor?",
            ASKED,
            "How does HERON compare with HERON V2?",
            (HERON, HERON2),
        ),
        (
            "No, I was after the V2 of it. How much does it hide?",
            ASKED,
            "No, I was after HERON V2. How much does it hide?",
            (HERON2,),
        ),
        (
            "I meant v2. How much does it hide?",
            ASKED,
            "I meant HERON V2. How much does it hide?",
            (HERON2,),
        ),
        (
            "How much does the newer version of this network hide?",
            ASKED,
            "How much does HERON V2 hide?",
            (HERON2,),
        ),
    ],
)
def test_version_is_named_in_what_is_asked_of_it(
    versions: PaperIndex, question: str, turn: Turn, standalone: str, papers: tuple[Paper, ...]
) -> None:
    plan = plan_query(question, (turn,), versions)
    assert (plan.standalone_question, plan.papers) == (standalone, papers)


@pytest.mark.parametrize("question", ["And its successor?", "What was its predecessor?"])
def test_version_that_the_library_lacks_is_not_made_up(index: PaperIndex, question: str) -> None:
    assert plan_query(question, (ASKED,), index).papers == (HERON,)


def test_this_before_what_a_version_is_asked_about_is_no_work(versions: PaperIndex) -> None:
    plan = plan_query("Is the newer version for this task better?", (ASKED,), versions)
    assert "this task" in plan.standalone_question


def test_version_beside_the_name_of_a_work_is_its_other_side(versions: PaperIndex) -> None:
    plan = plan_query("Accuracy of HERON against its V2 successor?", (), versions)
    assert (plan.papers, plan.kind) == ((HERON, HERON2), "comparison")
    plan = plan_query("What did HERON V2 change as opposed to its predecessor?", (), versions)
    assert set(plan.papers) == {HERON, HERON2}
    assert plan_query("Is EgretNet better than its predecessor?", (), versions).papers == (EGRET,)


@pytest.mark.parametrize(
    ("question", "standalone", "papers"),
    [
        ("What is the successor of HERON?", "What is HERON V2?", (HERON2,)),
        ("Is HERON V2 the second version of HERON?", None, (HERON2, HERON)),
        ("Does HERON keep the original version of the encoder?", None, (HERON,)),
        ("How well does HERON do on the V2 of BirdBench?", None, (HERON,)),
    ],
)
def test_version_of_something_is_one_of_that(
    versions: PaperIndex, question: str, standalone: str | None, papers: tuple[Paper, ...]
) -> None:
    plan = plan_query(question, (), versions)
    assert (plan.standalone_question, plan.papers) == (standalone or question, papers)


def test_successor_is_of_what_the_question_names(versions: PaperIndex) -> None:
    assert plan_query("Does EgretNet beat its successor?", (ASKED,), versions).papers == (EGRET,)
    plan = plan_query("Why is its successor better than EgretNet?", (ASKED,), versions)
    assert set(plan.papers) == {HERON2, EGRET}


def test_version_of_a_dataset_is_none_of_the_paper(versions: PaperIndex) -> None:
    turn = Turn("What accuracy does HERON reach on BirdBench V1?", "HERON reaches 91.3% [1].", (HERON,))
    assert HERON2 not in plan_query("and V2?", (turn,), versions).papers


def test_several_papers_have_no_one_successor(versions: PaperIndex) -> None:
    turn = Turn("How do HERON and EgretNet differ?", "They differ [1][2].", (HERON, EGRET))
    assert HERON2 not in plan_query("And its successor?", (turn,), versions).papers


@pytest.mark.parametrize(
    ("question", "standalone"),
    [
        (
            "No, not that one: the other HERON. What does it get on PondBox?",
            "“HERON: Counting Waders”. What does it get on PondBox?",
        ),
        ("No, the other HERON.", "What accuracy does “HERON: Counting Waders” reach on BirdBench?"),
        ("and the other HERON paper?", "What accuracy does “HERON: Counting Waders” reach on BirdBench?"),
    ],
)
def test_other_paper_of_a_name_is_the_one_that_was_not_meant(
    index: PaperIndex, question: str, standalone: str
) -> None:
    index.add([BIRDS])
    plan = plan_query(question, (ASKED,), index)
    assert (plan.standalone_question, plan.papers) == (standalone, (BIRDS,))


@pytest.mark.parametrize(
    "question", ["How does HERON compare with the other HERON?", "Is the other HERON better than it?"]
)
def test_namesakes_are_compared(index: PaperIndex, question: str) -> None:
    index.add([BIRDS])
    plan = plan_query(question, (ASKED,), index)
    assert plan.kind == "comparison"
    assert set(plan.papers) == {HERON, BIRDS}
    assert "“HERON: Masked Training for Bird Songs”" in plan.standalone_question


def test_answer_says_which_paper_of_a_name_was_meant(index: PaperIndex) -> None:
    index.add([BIRDS])
    told = Turn("How well does HERON do?", "HERON: Counting Waders gets 70.1 AP [1].", (BIRDS,))
    plan = plan_query("And how does it count?", (told,), index)
    assert plan.papers == (BIRDS,)


def test_other_thing_is_no_other_paper(index: PaperIndex) -> None:
    index.add([BIRDS])
    plan = plan_query("Does HERON use the other corpus?", (ASKED,), index)
    assert plan.papers == (HERON,)
