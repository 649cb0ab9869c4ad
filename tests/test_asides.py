"""What people say of themselves is no part of the question; what they describe is."""

from __future__ import annotations

import pytest

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.question.asides import without_asides

ASKED = "Which loss does the heron encoder use?"


@pytest.mark.parametrize(
    "text",
    [
        f"I work with CCTV. {ASKED}",
        f"I'm writing related work on birds. {ASKED}",
        f"Hi, we're a small lab in Oslo. {ASKED} Need it for a grant.",
        f"I am a sound designer, not an ML person. {ASKED}",
        f"Robotics student here. {ASKED}",
        f"{ASKED} This is for a talk.",
        f"We have to cut the bill at work. {ASKED}",
        f"I'm collecting losses (i.e. what is minimised). {ASKED}",
        f"For a slide on birds: {ASKED}",
        f"{ASKED[:-1]} for a table in my thesis?",
    ],
)
def test_what_people_say_of_themselves_is_left_out(index: PaperIndex, text: str) -> None:
    assert without_asides(text, index) == ASKED


@pytest.mark.parametrize(
    "text",
    [
        ASKED,
        "I work with CCTV.",
        "I study herons. Which papers film them?",
        "I want to reproduce HERON on a small budget. Exact number of weights?",
        "I'm looking for the paper that hears herons at night. Which loss does the encoder use?",
        "I am reading the paper on night herons. Which loss does the encoder use?",
        "I work on owls. Why?",
        "I write about owls at night. What should I read?",
        "For the heron encoder: which loss is used?",
        "For the paper on owls: which loss does the encoder use?",
        "For a GPU with 8 GB: which encoders hear birds?",
        "Which encoders hear birds? I want to see only those without labels.",
        "Which encoder needs the least memory for training? I must stay under 8 GB.",
        "I need to know the size of a heron encoder. Also which dataset does the other use?",
        "I know that paper hides a spectrogram, so I'm interested in which loss it uses.",
        "I'm collecting owls (i.e. night birds). Which ones do you have?",
        "The encoder hears herons. Which loss does the encoder use?",
        "",
    ],
)
def test_what_is_asked_about_stays(index: PaperIndex, text: str) -> None:
    assert without_asides(text, index) == text


def test_what_something_is_looked_for_for_is_left_out(index: PaperIndex) -> None:
    wanted = "I'm after the encoder that hides a spectrogram. How much of it?"
    assert without_asides(f"We only have two old cards, so {wanted}", index) == wanted
    assert without_asides(f"We know HERON, so {wanted}", index) == f"We know HERON, so {wanted}"


def test_no_paper_has_to_be_about_what_people_work_on(index: PaperIndex) -> None:
    answer = Assistant(index).ask("I work with CCTV. How is HERON pre-trained?")
    assert answer.refusal is None
    assert answer.question == "I work with CCTV. How is HERON pre-trained?"
    assert answer.standalone_question == "How is HERON pre-trained?"
