"""What a question asks for that a text does not hold."""

from __future__ import annotations

import pytest

from rag.absence import abbreviates, absent_details, absent_names, denied_premise
from rag.names import papers_spoken_of

TEXT = (
    "HERON. We train HERON for three days on 8 A100 cards with Adam. It has 86M parameters and gets 91.3% "
    "accuracy on BirdBench and 80.1 on SongSet V2. It runs at 120 frames per second."
)


@pytest.mark.parametrize(
    "question",
    [
        "How many GPUs was it trained on?",
        "How many parameters does HERON have?",
        "How many days does training take?",
        "Which optimizer was used?",
        "How fast is it?",
        "What accuracy does it reach on BirdBench?",
        "What does it reach on SongSetV2?",
    ],
)
def test_detail_that_the_text_gives_is_not_absent(question: str) -> None:
    assert absent_details(question, TEXT) == []


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("What learning rate and which dropout were used?", ["the optimizer or its settings"]),
        ("How many GPUs was it trained on, and for how many epochs?", ["the hardware it was trained on"]),
        ("What FID does it get?", ["FID figures"]),
        ("What is its R@1 on ClipSet?", ["R@1 figures", "results on ClipSet"]),
        ("How much memory does it need?", ["the memory it needs"]),
        ("How many annotators were there?", ["the number of people who took part"]),
        ("Under which licence is it released?", ["the licence"]),
    ],
)
def test_detail_that_the_text_lacks_is_named(question: str, absent: list[str]) -> None:
    found = absent_details(question, "HERON hides patches and predicts them. It is good on BirdBench.")
    assert found[: len(absent)] == absent


def test_question_that_also_asks_for_something_else_has_no_absent_detail() -> None:
    assert (
        absent_details("How many GPUs were used, and what does HERON hide?", "HERON hides patches.") == []
    )


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("How does AnimateDiff move things?", ["AnimateDiff"]),
        ("What does the SAM 2 paper say?", ["SAM 2"]),
        ("Which papers use 3D Gaussian Splatting?", ["3D Gaussian Splatting"]),
        ("How does HERON train?", []),
        ("Is it good on SS-V2?", []),
        ("Is it good on SongSet-V2?", []),
        ("Is it good on BirdBench V2?", []),
        ("Is it good on BirdBench V3?", ["BirdBench V3"]),
        ("What is new in this paper?", []),
        ("How does b2b-egret work?", ["b2b-egret"]),
        ("what does songsetv2 hold?", []),
        ("What is its top1 accuracy?", []),
    ],
)
def test_name_that_no_text_holds_is_absent_unless_abbreviated(question: str, absent: list[str]) -> None:
    assert absent_names(question, [TEXT]) == absent


def test_name_that_has_to_stand_in_capitals_is_absent_where_it_is_a_word() -> None:
    words = "We cut videos into clips."
    assert absent_names("Which papers use CLIP?", [words]) == []
    assert absent_names("Which papers use CLIP?", [words], in_capitals=["CLIP"]) == ["CLIP"]
    assert absent_names("Which papers use CLIP?", [f"{words} CLIP-like."], in_capitals=["CLIP"]) == []


def test_part_of_a_name_is_no_abbreviation_of_it() -> None:
    assert abbreviates("k400", "kinetics400")
    assert not abbreviates("t2v", "t2vvit")
    assert not abbreviates("t2t", "t2vvit")
    assert not abbreviates("v2", "videomaev2")


def test_report_that_is_spoken_of_is_found() -> None:
    assert papers_spoken_of("According to the Sora technical report, what are patches?") == ["Sora"]
    assert papers_spoken_of("What is the best paper on birds?") == []


def test_premise_is_denied_by_a_negation_of_its_own_words() -> None:
    denial = "HERON does not require a momentum encoder."
    assert denied_premise("Why does HERON depend on its momentum encoder?", denial)
    assert not denied_premise(
        "Why does HERON depend on its momentum encoder?", "It has a momentum encoder."
    )
    assert not denied_premise("Why does HERON work without a momentum encoder?", denial)
    assert not denied_premise("Which parts does HERON have?", denial)
