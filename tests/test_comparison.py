"""Comparisons: rows of quotes, columns of one paper each, the same every time."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import EGRET, HERON, PAPERS, TIDE, make_paper
from fakes import HashingEmbedding, ScriptedModel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index_store.errors import QuestionError
from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.comparison import parts_to_compare
from rag.question.query import plan_query
from rag.speakers import subjects_of
from rag.values import Answer, Comparison


def compared(index: PaperIndex, *subjects: str, aspects: tuple[str, ...] = ()) -> Answer:
    *_, answer = Assistant(index).compare(subjects, aspects, draft=True)
    return answer


def table_of(answer: Answer) -> Comparison:
    assert answer.comparison is not None
    return answer.comparison


def cells_of(answer: Answer, aspect: str) -> list[str]:
    [row] = [row for row in table_of(answer).rows if row.aspect == aspect]
    return [cell.quote if cell else "" for cell in row.cells]


def test_comparison_asked_in_chat_has_the_aspect_of_the_question_first(index: PaperIndex) -> None:
    answer = Assistant(index).ask("How do HERON and EgretNet differ in training data?", draft=True)
    assert table_of(answer).subjects == (HERON, EGRET)
    first = table_of(answer).rows[0]
    assert (first.aspect, first.asked) == ("training data", True)
    assert "WetlandAudio" in cells_of(answer, "training data")[0]
    assert "SongSet-50k" in cells_of(answer, "training data")[1]


def test_aspect_in_free_words_is_answered_by_the_sentence_nearest_to_it(index: PaperIndex) -> None:
    answer = compared(index, "HERON", "EgretNet", aspects=("accuracy on BirdBench",))
    assert "91.3%" in cells_of(answer, "accuracy on BirdBench")[0]
    assert "88.2%" in cells_of(answer, "accuracy on BirdBench")[1]


def test_aspect_of_which_an_abstract_says_nothing_is_left_empty(index: PaperIndex) -> None:
    answer = compared(index, "HERON", "EgretNet", aspects=("training data", "code"))
    assert cells_of(answer, "code") == ["Code is available.", ""]


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("Which of HERON and EgretNet uses convolutions?", "uses convolutions"),
        ("Which one uses convolutions, HERON or EgretNet?", "uses convolutions"),
        ("Who uses convolutions, HERON or EgretNet?", "uses convolutions"),
        ("Does HERON or EgretNet use convolutions?", "use convolutions"),
    ],
)
def test_side_that_lacks_what_the_other_has_is_left_empty(
    index: PaperIndex, question: str, aspect: str
) -> None:
    heron, egret = cells_of(Assistant(index).ask(question, draft=True), aspect)
    assert heron == ""
    assert "uses convolutions only" in egret


def test_what_both_are_asked_for_is_not_weighed_against_each_other(index: PaperIndex) -> None:
    answer = Assistant(index).ask("Do HERON and EgretNet both need labels for training?", draft=True)
    assert all(cells_of(answer, "need labels for training"))


def test_side_that_has_less_of_it_is_no_side_that_lacks_it(index: PaperIndex) -> None:
    answer = Assistant(index).ask("Which of HERON and EgretNet uses more convolutions?", draft=True)
    assert all(cells_of(answer, "uses more convolutions"))


def test_sentence_with_next_to_none_of_the_terms_does_not_stand_for_a_side(tmp_path: Path) -> None:
    auk = make_paper("AUK: One", "AUK safely drops the positional encoding of its layers.")
    skua = make_paper("SKUA: Other", "SKUA captions images with an encoder. It needs no labels.")
    with PaperIndex(tmp_path / "two", HashingEmbedding()) as two:
        two.add([auk, skua])
        answer = Assistant(two).ask("Which of AUK and SKUA drops position encodings?", draft=True)
    assert cells_of(answer, "drops position encodings") == [auk.abstract, ""]


def test_question_about_nothing_in_particular_is_answered_by_idea_architecture_and_results(
    index: PaperIndex,
) -> None:
    answer = Assistant(index).ask("How do HERON and EgretNet differ?", draft=True)
    assert {row.aspect for row in table_of(answer).rows if row.asked} <= {
        "core idea",
        "architecture",
        "results",
    }
    quoted = " ".join(span.quote for citation in answer.citations for span in citation.spans)
    assert "hiding 60% of a spectrogram" in quoted
    assert "uses convolutions only" in quoted


def test_every_cell_is_a_slice_of_the_abstract_of_its_column(index: PaperIndex) -> None:
    answer = compared(index, *(paper.title for paper in PAPERS))
    for row in table_of(answer).rows:
        for paper, cell in zip(table_of(answer).subjects, row.cells, strict=True):
            assert cell is None or (cell.paper == paper and cell.quote in paper.abstract)


WORDS = st.sampled_from(
    "we propose HERON data code trained on 12% existing methods is available . , ( <b> $x$ é".split()
)
ABSTRACTS = st.lists(WORDS, max_size=60).map(" ".join)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=ABSTRACTS, other=ABSTRACTS)
def test_no_abstract_whatever_makes_a_cell_that_is_not_its_own(
    tmp_path_factory: pytest.TempPathFactory, one: str, other: str
) -> None:
    papers = [make_paper("AUK: One", one), make_paper("SKUA: Other", other)]
    with PaperIndex(tmp_path_factory.mktemp("library"), HashingEmbedding()) as index:
        index.add(papers)
        answer = compared(index, "AUK", "SKUA")
        if answer.comparison is None:
            assert answer.refusal is not None
            return
        for row in answer.comparison.rows:
            for paper, cell in zip(answer.comparison.subjects, row.cells, strict=True):
                assert cell is None or cell.quote == paper.abstract[cell.start : cell.end]


def test_same_comparison_comes_out_the_same(index: PaperIndex, tmp_path: Path) -> None:
    asked = "How do HERON and TideCast differ in what they train on?"
    first = Assistant(index).ask(asked, draft=True)
    with PaperIndex(tmp_path / "again", HashingEmbedding()) as again:
        again.add([TIDE, HERON, EGRET])
        second = Assistant(again).ask(asked, draft=True)
    assert first.comparison == second.comparison
    assert first.citations == second.citations


def test_side_that_the_library_does_not_hold_is_said_to_be_missing_and_left_out(index: PaperIndex) -> None:
    answer = compared(index, "HERON", "OspreyNet")
    assert table_of(answer).subjects == (HERON,)
    assert "OspreyNet" in answer.note


def test_comparison_of_which_no_side_is_held_is_refused(index: PaperIndex) -> None:
    answer = compared(index, "OspreyNet", "KittiwakeFormer")
    assert answer.refusal is not None
    assert answer.refusal.reason == "not_in_library"
    assert "OspreyNet or KittiwakeFormer" in answer.refusal.text


@pytest.mark.parametrize(
    "subjects", [(), ("HERON",), ("HERON", "HERON"), ("HERON", HERON.title), tuple("ABCDEFG")]
)
def test_too_few_or_too_many_sides_are_refused_in_one_line(
    index: PaperIndex, subjects: tuple[str, ...]
) -> None:
    with pytest.raises(QuestionError) as refused:
        compared(index, *subjects)
    assert "\n" not in str(refused.value)


def test_model_is_shown_one_side_at_a_time(index: PaperIndex) -> None:
    model = (
        ScriptedModel()
        .enqueue("HERON hides 60% of a spectrogram.")
        .enqueue("EgretNet uses convolutions only.")
    )
    *_, answer = Assistant(index, model).compare(["HERON", "EgretNet"])
    first, second = ("\n".join(str(message.content) for message in asked) for asked in model.history)
    heron, egret = (
        [item.span for item in answer.evidence if item.span.paper == paper] for paper in (HERON, EGRET)
    )
    assert not any(span.quote in second for span in heron)
    assert not any(span.quote in first for span in egret)
    own = [span.quote for span in heron if subjects_of(span) != {"others"}]
    assert 1 < len(own) < len(heron)
    assert [span.quote for span in heron if span.quote in first] == own
    assert sum(span.quote in second for span in egret) > 1
    assert [statement.citations for statement in answer.statements] == [(1,), (2,)]


def test_side_that_says_nothing_of_what_was_asked_is_not_written_about(index: PaperIndex) -> None:
    model = ScriptedModel().enqueue("The code of HERON is available.")
    answer = Assistant(index, model).ask("How do HERON and EgretNet differ in code?")
    assert cells_of(answer, "code") == ["Code is available.", ""]
    [asked] = model.history
    shown = "\n".join(str(message.content) for message in asked)
    assert "Code is available." in shown
    assert "convolutions only" not in shown
    assert all(statement.citations == (1,) for statement in answer.statements)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How do HERON and EgretNet differ in the number of annotators?", "number of annotators"),
        ("Which is better on RadarBench, HERON or EgretNet?", "better on RadarBench"),
        ("Which of HERON and EgretNet uses distillation?", "uses distillation"),
    ],
)
def test_cell_of_a_question_in_chat_is_empty_where_nothing_comes_near(
    index: PaperIndex, question: str, asked: str
) -> None:
    assert cells_of(Assistant(index).ask(question, draft=True), asked) == ["", ""]


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("How do HERON and EgretNet differ in what they hide and predict?", ["what they hide and predict"]),
        ("Compare the backbones of HERON and EgretNet.", ["architecture"]),
        ("How do HERON and EgretNet differ in the data they train on?", ["training data"]),
        (
            "HERON / EgretNet: kind of network and size of its data for both pls",
            ["kind of network", "size of its data"],
        ),
        (
            "How do HERON and EgretNet differ in task, training data or results?",
            ["task", "training data", "results"],
        ),
        (
            "How do HERON and EgretNet differ in songs of owls and young gulls?",
            ["songs of owls and young gulls"],
        ),
        (
            "Compare the accuracy of HERON and EgretNet on bird songs and lake sounds.",
            ["accuracy on bird songs and lake sounds"],
        ),
        (
            "What is the error of HERON, TideCast and EgretNet, and which is cheapest?",
            ["error", "efficiency"],
        ),
        ("HERON and EgretNet both hear birds. What does each do?", ["hear birds"]),
        ("What about training data in HERON and EgretNet?", ["training data"]),
        ("Where do labels enter HERON, as opposed to EgretNet?", ["labels enter"]),
        ("What do HERON and EgretNet take as their signal?", ["signal"]),
        ("Compare HERON and EgretNet: what do they hide, and what do they add?", ["hide", "add"]),
        ("What do HERON and EgretNet hide, and what's the payoff?", ["hide", "payoff"]),
        ("The song net on a phone and HERON: how does each reach a city?", ["reach a city"]),
        ("HERON and EgretNet: how many hours do they hear?", ["how many hours do they hear"]),
        ("How big are HERON and EgretNet, and which songs does each cover?", ["how big", "songs"]),
        (
            "For hearing birds, how do HERON and EgretNet differ in the masks they hide?",
            ["masks they hide"],
        ),
        ("HERON vs EgretNet: what must the encoder hide in each case?", ["what must the encoder hide"]),
        ("What do HERON and EgretNet put the stress on?", ["put the stress on"]),
        ("Is HERON louder than EgretNet?", ["louder"]),
        (
            "HERON vs EgretNet: what songs do they hear in spring, and what songs do they hear in autumn?",
            ["what songs do they hear in spring", "what songs do they hear in autumn"],
        ),
        (
            "HERON vs EgretNet: which songs does each cover, and what songs does each hide?",
            ["songs does each cover", "songs does each hide"],
        ),
        (
            "For hearing birds on a lake, how do HERON and EgretNet differ?",
            ["hearing birds on a lake"],
        ),
        (
            "HERON vs EgretNet: which one hides patches, which one runs on a phone?",
            ["hides patches", "runs on a phone"],
        ),
    ],
)
def test_rows_are_called_by_what_the_question_asks(
    index: PaperIndex, question: str, labels: list[str]
) -> None:
    answer = Assistant(index).ask(question, draft=True)
    assert [row.aspect for row in table_of(answer).rows if row.asked] == labels


def test_datasets_are_compared_by_what_is_said_of_them(tmp_path: Path) -> None:
    gulls = make_paper(
        "Gulls: Learning to Cry",
        "We learn to cry. We introduce the training dataset GullSet-5M, comprised of 5 million cries. "
        "Crying is loud.",
    )
    terns = make_paper(
        "Terns: Learning to Call",
        "We learn to call. We introduce the training dataset TernSet, consisting of 300 calls. "
        "Calling is not.",
    )
    with PaperIndex(tmp_path / "two", HashingEmbedding()) as two:
        two.add([gulls, terns])
        plan = plan_query("GullSet-5M vs TernSet: how big is each, and what do they favour?", (), two)
        listed = Assistant(two).ask(
            "GullSet-5M / TernSet: number of calls and kind of birds for both", draft=True
        )
        rows = table_of(Assistant(two).ask("How do GullSet-5M and TernSet differ?", draft=True)).rows
    assert [row.aspect for row in rows if row.asked] == ["training data"]
    assert [r.aspect for r in table_of(listed).rows if r.asked] == ["number of calls", "kind of birds"]
    for paper, name in [(gulls, "GullSet-5M"), (terns, "TernSet")]:
        assert parts_to_compare(plan, paper) == [
            f"{name}: vs : how big is each",
            f"{name}: what do they favour?",
        ]
