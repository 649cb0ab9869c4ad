"""Words that a sentence takes from the question must be the paper's own, or plain ones."""

from __future__ import annotations

import pytest
from conftest import EGRET, HERON, make_paper

from rag.checking.attribution import attribute
from rag.checking.borrowed import borrowed_terms, holds_terms, unmentioned_terms
from rag.values import Evidence, Span

POLICY = make_paper(
    "PLOVER: Reinforcement Learning of Flight", "PLOVER learns a policy by reinforcement learning."
)


def test_term_of_the_question_that_the_paper_lacks_is_borrowed() -> None:
    asked = "How does HERON use reinforcement learning?"
    said = "HERON uses reinforcement learning and predicts 60% of a spectrogram."
    assert borrowed_terms(said, asked, [HERON]) == ["reinforc", "learn"]


def test_plain_words_forms_and_parts_of_words_are_not_borrowed() -> None:
    asked = "How is HERON's pretraining evaluated, and which spectro features does it report?"
    said = "HERON's pretraining is evaluated and it reports spectro features of a spectrogram."
    assert "evalu" not in borrowed_terms(said, asked, [HERON])
    assert "spectro" not in borrowed_terms(said, asked, [HERON])


def test_word_that_only_the_answer_has_is_not_borrowed_but_left_to_the_spans() -> None:
    assert borrowed_terms("HERON flies south.", "What does HERON do?", [HERON]) == []


def test_sentence_that_agrees_with_a_question_about_nothing_in_the_paper_does_not_stand() -> None:
    quote = "HERON is pre-trained on 4,200 hours of the WetlandAudio corpus."
    start = HERON.abstract.index(quote)
    evidence_span = Span(HERON, start, start + len(quote))
    evidence = [Evidence(1, evidence_span, 1.0)]
    said = "HERON is pre-trained by reinforcement learning on 4,200 hours of the WetlandAudio corpus."

    def stands(question: str) -> bool:
        return bool(attribute(said, evidence, weight=lambda word: 1.0, given=question))

    assert not stands("How is HERON pre-trained by reinforcement learning?")
    plain = said.replace("by reinforcement learning ", "")
    assert attribute(plain, evidence, weight=lambda word: 1.0, given="How is HERON pre-trained?")


@pytest.mark.parametrize(
    ("asked", "borrowed"),
    [
        ("How big was the margin by which HERON beat others?", []),
        ("What does the training guard against, and is it harmless?", []),
        ("Why do current encoders have poor accuracy?", []),
        ("What does HERON buy you, and what burden does it avoid?", []),
        ("How does HERON use music?", ["music"]),
        ("Does HERON avoid memory overhead?", ["memori", "overhead"]),
        ("Is HERON trained with labels of satellites?", ["satellit"]),
    ],
)
def test_everyday_words_may_be_repeated_and_things_may_not(asked: str, borrowed: list[str]) -> None:
    assert borrowed_terms(asked, asked, [HERON]) == borrowed


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ("spectrogram length", True),
        ("fewer tokens", False),
        ("which is larger", True),
        ("the method", True),
    ],
)
def test_paper_holds_one_of_the_terms_asked_about_or_there_are_none(asked: str, holds: bool) -> None:
    assert holds_terms(asked, HERON) is holds


def test_term_of_two_words_that_others_know_is_said_to_be_unmentioned() -> None:
    asked = "How does it use reinforcement learning?"
    assert unmentioned_terms(asked, HERON, [HERON, EGRET, POLICY]) == ["reinforcement learning"]
    assert unmentioned_terms(asked, HERON, [HERON, EGRET]) == []
    assert unmentioned_terms(asked, POLICY, [HERON, EGRET, POLICY]) == []


def test_term_that_the_paper_writes_as_one_word_is_mentioned() -> None:
    joined = make_paper("RUFF: A Study", "RUFF needs no finetuning.")
    other = make_paper("KNOT: A Study", "KNOT needs fine tuning.")
    assert unmentioned_terms("Does it need fine tuning?", joined, [other]) == []


@pytest.mark.parametrize(
    ("asked", "text"), [("fine-tuning", "finetuned nets"), ("finetuning", "fine-tuned nets")]
)
def test_word_is_held_with_or_without_its_hyphen(asked: str, text: str) -> None:
    assert holds_terms(asked, make_paper("Nets", f"We use {text}."))
    assert not holds_terms(asked, make_paper("Nets", "We use nets."))
