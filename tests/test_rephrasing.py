"""Follow-ups are reworded into questions that a person could have typed."""

from __future__ import annotations

import pytest
from conftest import EGRET, HERON, TIDE

from rag.question.rephrasing import Called, fragment_of, lean_on, replace_names, swap

ONE = Called((EGRET,))
TWO = Called((HERON, EGRET))


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("how big is it?", "How big is EgretNet?"),
        ("And what are its limits?", "What are EgretNet's limits?"),
        ("Does this paper use labels?", "Does EgretNet use labels?"),
        ("How big is it and does it need labels?", "How big is EgretNet and does it need labels?"),
        ("Is it possible to run it on a phone?", "Is it possible to run EgretNet on a phone?"),
        ("Which two parts are they made of?", "In EgretNet, which two parts are they made of?"),
        ("Its size?", "What is EgretNet's size?"),
        ("its weaknesses", "What are EgretNet's weaknesses?"),
        ("the loss?", "What about the loss in EgretNet?"),
    ],
)
def test_one_paper_stands_where_a_pronoun_did(question: str, alone: str) -> None:
    assert lean_on(question, ONE) == alone


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("Which of them is smaller?", "Which of HERON and EgretNet is smaller?"),
        ("Do both of them use labels?", "Do both HERON and EgretNet use labels?"),
        ("What do these papers share?", "What do HERON and EgretNet share?"),
        ("What is their accuracy?", "What is HERON's and EgretNet's accuracy?"),
        ("Which is smaller?", "For HERON and EgretNet, which is smaller?"),
        ("How large is it?", "How large are HERON and EgretNet?"),
        ("Does this model need labels?", "Do HERON and EgretNet need labels?"),
        ("What is its loss?", "What is HERON's and EgretNet's loss?"),
        ("What makes it fast?", "For each of HERON and EgretNet, what makes it fast?"),
        ("Is it true that owls sing?", "For each of HERON and EgretNet, is it true that owls sing?"),
    ],
)
def test_two_papers_stand_where_a_plural_did(question: str, alone: str) -> None:
    assert lean_on(question, TWO) == alone


@pytest.mark.parametrize(
    ("fragment", "alone"),
    [
        ("and on SongSet?", "How good is EgretNet on SongSet?"),
        ("without labels?", "How good is EgretNet on BirdBench without labels?"),
    ],
)
def test_fragment_changes_one_place_of_the_question_before(fragment: str, alone: str) -> None:
    assert lean_on(fragment, ONE, after="How good is EgretNet on BirdBench?") == alone


def test_another_paper_takes_the_place_of_the_first() -> None:
    asked = "Is EgretNet's accuracy higher than that of EgretNet on a phone?"
    assert replace_names(asked, [EGRET], "HERON") == (
        "Is HERON's accuracy higher than that of HERON on a phone?"
    )
    assert swap("How big is EgretNet?", [EGRET], [TIDE]) == ("How big is TideCast?", (TIDE,))
    assert replace_names("How big is the phone model?", [EGRET], "HERON") == (
        "How big is the phone model (HERON)?"
    )


def test_comparison_gets_another_side() -> None:
    asked, papers = swap("Compare HERON and EgretNet on speed.", [HERON, EGRET], [TIDE])
    assert asked == "Compare HERON and EgretNet and TideCast on speed."
    assert papers == (HERON, EGRET, TIDE)


def test_what_only_connects_asks_nothing() -> None:
    for text in (
        "And what about EgretNet?",
        "EgretNet?",
        "no, I meant EgretNet please",
        "Same for EgretNet",
    ):
        assert fragment_of(text, [EGRET]) == ""
    assert fragment_of("And what does EgretNet weigh?", [EGRET]) != ""


def test_papers_are_joined_as_people_join_them() -> None:
    assert Called((HERON,)).joined == "HERON"
    assert Called((HERON, EGRET, TIDE)).joined == "HERON, EgretNet and TideCast"
    assert Called((HERON,), {HERON.id: "the heron"}).owning == "the heron's"
