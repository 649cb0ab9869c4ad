"""Whether evidence answers a question, from the hidden state of a model that read both."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import EGRET, HERON, make_paper
from fakes import HashingEmbedding, ScriptedModel
from numpy.typing import NDArray

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.models.decoding import PART, GreedyDecoder
from rag.models.model_weights import DEFAULT_MODEL
from rag.naming import names_beside, new_names, thing_asked_for
from rag.probing.answerability import how_answerable, read_probe
from rag.values import Evidence, Span

QUESTION = "Which camera filmed the birds of HERON?"
EVIDENCE = [Evidence(1, Span(HERON, 0, 29), 1.0)]
ANSWERED, SILENT, UNSURE, DENIED = (-5.0, -5.0), (5.0, -5.0), (2.0, -5.0), (-5.0, 5.0)
SURE, LIKELY = (-9.0, -9.0), (-0.5, -9.0)
"""Log odds, against an answer, that it is not stated, and that the premise is false."""


def state(odds: tuple[float, float]) -> NDArray[np.float32]:
    """The shortest hidden state that the probe reads as these log odds."""
    probe = read_probe(DEFAULT_MODEL)
    assert probe is not None
    ways = (probe.not_stated, probe.false_premise)
    weights = np.array([way.weights for way in ways])
    wanted = np.array(odds) - np.array([way.bias for way in ways])
    return np.asarray(weights.T @ np.linalg.solve(weights @ weights.T, wanted), dtype=np.float32)


def reader(*odds: tuple[float, float], says: str = "") -> ScriptedModel:
    model = ScriptedModel(name=DEFAULT_MODEL).read_as(*map(state, odds))
    return model.enqueue(says) if says else model


def test_probe_reads_the_odds_that_a_state_holds() -> None:
    found = how_answerable(QUESTION, EVIDENCE, reader((1.25, -0.5)))
    assert found is not None
    assert (round(found.not_stated, 2), round(found.false_premise, 2)) == (1.25, -0.5)


def test_thresholds_lie_in_order_and_weights_fit_the_model() -> None:
    probe = read_probe(DEFAULT_MODEL)
    assert probe is not None
    assert probe.not_stated.rare < probe.alien
    assert len(probe.not_stated.weights) == len(probe.false_premise.weights) == 1536


@pytest.mark.parametrize("name", ["scripted", "owner/name", "../qwen", "http://localhost:1/v1#qwen"])
def test_model_without_a_probe_tells_nothing(name: str) -> None:
    model = ScriptedModel(name=name).read_as(state(SILENT))
    assert how_answerable(QUESTION, EVIDENCE, model) is None
    assert model.texts_read == []


def test_model_that_cannot_be_looked_into_tells_nothing() -> None:
    assert how_answerable(QUESTION, EVIDENCE, ScriptedModel(name=DEFAULT_MODEL)) is None


def test_state_of_another_size_tells_nothing() -> None:
    model = ScriptedModel(name=DEFAULT_MODEL).read_as(np.zeros(7, dtype=np.float32))
    assert how_answerable(QUESTION, EVIDENCE, model) is None


def test_evidence_that_is_surely_silent_is_refused_before_a_word_is_written(index: PaperIndex) -> None:
    model = reader(SILENT)
    answer = Assistant(index, model).ask(QUESTION)
    assert answer.refusal is not None
    assert answer.refusal.reason == "not_in_abstract"
    assert "The abstract of HERON does not say; its full text may." in answer.refusal.text
    assert (answer.kind, answer.citations, answer.statements) == ("refusal", (), ())
    assert model.history == []
    assert answer.receipt is not None
    assert answer.receipt.model == DEFAULT_MODEL


def test_doubt_counts_only_where_no_sentence_stands(index: PaperIndex) -> None:
    stands = reader(UNSURE, says="HERON is an encoder that is trained by hiding 60% of a spectrogram.")
    assert Assistant(index, stands).ask("How is HERON trained?").refusal is None
    falls = reader(UNSURE, says="The moon is made of green cheese from Bavaria.")
    refused = Assistant(index, falls).ask("How is HERON trained?").refusal
    assert refused is not None
    assert refused.reason == "not_in_abstract"


@pytest.mark.parametrize(
    ("odds", "says", "is_refused"),
    [
        ((0.5, -5.0), "HERON was filmed with 12 cameras.", True),
        ((0.5, -5.0), "HERON is filmed.", True),
        ((0.5, -5.0), "HERON was filmed by grebes in the reeds.", False),
        ((-3.0, -5.0), "HERON was filmed with 12 cameras.", False),
    ],
)
def test_what_the_model_makes_up_is_a_sign_of_silence(
    index: PaperIndex, odds: tuple[float, float], says: str, is_refused: bool
) -> None:
    answer = Assistant(index, reader(odds, says=says)).ask("How was HERON filmed?")
    assert (answer.refusal is not None) == is_refused
    assert not answer.has_prose


def test_nothing_written_is_not_made_up(index: PaperIndex) -> None:
    assert Assistant(index, reader((0.5, -5.0), says=" ")).ask("How was HERON filmed?").refusal is None


def test_premise_is_not_denied_where_an_answer_is_as_likely(index: PaperIndex) -> None:
    model = reader((-5.0, -0.2), says="The moon is made of green cheese from Bavaria.")
    assert Assistant(index, model).ask("Which labels is HERON pre-trained with?").refusal is None


@pytest.mark.parametrize(("hours", "is_answered"), [("4,200 hours", True), ("9,000 hours", False)])
def test_quotes_with_the_figures_of_a_dropped_sentence_are_no_silence(
    index: PaperIndex, hours: str, is_answered: bool
) -> None:
    says = f"HERON is not pre-trained on {hours} of the WetlandAudio corpus."
    answer = Assistant(index, reader(UNSURE, says=says)).ask("How is HERON pre-trained?")
    assert (answer.refusal is None) == is_answered
    quoted = [span.quote for citation in answer.citations for span in citation.spans]
    assert any("4,200 hours" in quote for quote in quoted) == is_answered
    assert not answer.has_prose


def test_evidence_that_answers_keeps_its_quotes_where_no_sentence_stands(index: PaperIndex) -> None:
    model = reader(ANSWERED, says="The moon is made of green cheese from Bavaria.")
    answer = Assistant(index, model).ask("How is HERON trained?")
    assert answer.refusal is None
    assert answer.statements == answer.draft != ()


def test_denied_premise_is_corrected_in_quotes(index: PaperIndex) -> None:
    model = reader(DENIED, says="The moon is made of green cheese from Bavaria.")
    answer = Assistant(index, model).ask("Which labels is HERON pre-trained with?")
    assert answer.refusal is not None
    assert answer.refusal.reason == "false_premise"
    assert not answer.abstains
    assert [citation.paper for citation in answer.citations] == [HERON]
    assert answer.statements == answer.draft


def test_failing_model_is_no_reason_to_refuse(index: PaperIndex) -> None:
    model = reader(UNSURE, says="HERON hides 60% of a spectrogram.")
    model.fail_after = 1
    answer = Assistant(index, model).ask("How is HERON trained?")
    assert answer.refusal is None
    assert "out of memory" in answer.note


def test_next_paper_is_read_where_none_is_named(index: PaperIndex) -> None:
    model = reader(SILENT, ANSWERED, says="It is trained with labels on SongSet-50k.")
    asked = "Which recordings of bird songs is the encoder trained on?"
    drafted, *states, answer = Assistant(index, model).stream(asked)
    assert (drafted.stage, {state.stage for state in states}) == ("draft", {"writing"})
    first, second, *_ = (text.split('"')[1] for text in model.texts_read)
    assert {first, second} == {HERON.title, EGRET.title}
    assert answer.refusal is None
    assert [citation.paper.title for citation in answer.citations] == [second]


@pytest.mark.parametrize(("odds", "second_is_cited"), [(SURE, True), (UNSURE, False), (LIKELY, False)])
def test_paper_that_surely_answers_goes_before_a_nearer_one_that_may(
    index: PaperIndex, odds: tuple[float, float], second_is_cited: bool
) -> None:
    model = reader(LIKELY, odds, SILENT, says="It is heard by grebes in the reeds.")
    answer = Assistant(index, model).ask("Which recordings of bird songs is the encoder trained on?")
    titles = [text.split('"')[1] for text in model.texts_read]
    assert len(titles) == 3
    assert [citation.paper.title for citation in answer.citations] == [titles[second_is_cited]]


def test_nearest_paper_is_read_alone_where_it_surely_answers(index: PaperIndex) -> None:
    model = reader(SURE, SURE, says="It is trained with labels on SongSet-50k.")
    Assistant(index, model).ask("Which recordings of bird songs is the encoder trained on?")
    assert len(model.texts_read) == 1


def test_no_paper_is_read_that_lacks_a_name_which_the_first_one_has(index: PaperIndex) -> None:
    model = reader(SILENT, ANSWERED)
    assert Assistant(index, model).ask("What else do bird encoders train on beside SongSet-50k?").abstains
    assert [EGRET.title in text for text in model.texts_read] == [True]


def test_no_other_paper_is_read_for_one_that_is_named(index: PaperIndex) -> None:
    model = reader(SILENT, ANSWERED)
    assert Assistant(index, model).ask(QUESTION).abstains
    assert len(model.texts_read) == 1


def test_where_no_paper_answers_the_library_is_said_to_be_silent(index: PaperIndex) -> None:
    model = reader(SILENT, SILENT, SILENT)
    refused = (
        Assistant(index, model).ask("Which recordings of bird songs is the encoder trained on?").refusal
    )
    assert refused is not None
    assert refused.reason == "not_in_library"
    assert refused.text.startswith("No abstract in this library says that (3 searched).")


@pytest.mark.parametrize(
    "question", ["How do HERON and EgretNet differ?", "Which papers use transformers?"]
)
def test_comparisons_and_lists_are_not_read_for_it(index: PaperIndex, question: str) -> None:
    model = reader(SILENT).enqueue("HERON is an encoder.", "EgretNet uses convolutions only.")
    assert Assistant(index, model).ask(question).refusal is None
    assert not any("Is the answer" in text for text in model.texts_read)


@pytest.mark.parametrize("length", [5, PART, 2 * PART + 7])
def test_state_is_that_of_transformers_whatever_was_read_before(length: int) -> None:
    from test_decoding import build, prompt

    model, tokens = build(), prompt(length)
    with torch.inference_mode():
        wanted = model(torch.tensor([tokens]), output_hidden_states=True).hidden_states[1][0, -1]
    decoder = GreedyDecoder(model)
    assert torch.allclose(decoder.state(tokens, 0), wanted, atol=1e-5)
    decoder.read([*tokens[: PART + 1], 3])
    assert torch.allclose(decoder.state(tokens, 0), wanted, atol=1e-5)


def test_questions_that_it_was_fitted_on_are_of_all_kinds() -> None:
    lines = Path(__file__).parent.parent / "bench" / "answerability_questions.jsonl"
    rows = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    kinds = Counter(row["type"] for row in rows)
    assert kinds == Counter(
        fact=240,
        how_why=120,
        free=120,
        true_premise=120,
        terse=240,
        chatty=120,
        not_stated=480,
        false_premise=360,
    )
    assert all(bool(row["gold"]) == (row["type"] != "not_stated") for row in rows)


def test_twins_have_as_many_questions_with_an_answer_as_without_one() -> None:
    lines = Path(__file__).parent.parent / "bench" / "answerability_twins.jsonl"
    rows = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    counted = Counter((row["paper"], row["type"]) for row in rows)
    assert len({row["paper"] for row in rows}) == 360
    assert set(counted.values()) == {3}
    assert len({row["id"] for row in rows}) == len(rows) == 6 * 360
    assert all(bool(row["gold"]) == (row["type"] == "stated") and "near" in row for row in rows)


@pytest.mark.parametrize(
    ("question", "says", "is_refused"),
    [
        ("How many songs was LOON trained on?", "LOON is trained on a large corpus of songs.", True),
        ("How many loons sing in LOON's corpus?", "LOON is trained on a large corpus of songs.", True),
        ("number of songs in LOON's corpus?", "LOON is trained on a large corpus of songs.", True),
        ("What was LOON trained on?", "LOON is trained on a large corpus of songs.", False),
        (
            "How many songs, and what was LOON trained on?",
            "LOON is trained on a large corpus of songs.",
            False,
        ),
        ("How many parts does HERON hide?", "HERON is trained by hiding parts of a spectrogram.", False),
    ],
)
def test_question_for_a_number_is_not_answered_without_one(
    tmp_path: Path, question: str, says: str, is_refused: bool
) -> None:
    loon = make_paper(
        "LOON: Hearing Loons", "LOON is trained on a large corpus of songs. It hears loons sing."
    )
    with PaperIndex(tmp_path / "birds", HashingEmbedding()) as index:
        index.add([HERON, loon])
        answer = Assistant(index, reader(ANSWERED, says=says)).ask(question)
    assert (answer.refusal is not None) == is_refused
    if answer.refusal:
        assert answer.refusal.text.startswith("The abstract of LOON does not say how many;")


@pytest.mark.parametrize(
    ("odds", "question", "is_refused"),
    [
        ((0.5, -5.0), "How many songs does LOON hear?", True),
        ((-0.5, -5.0), "How many songs does LOON hear?", False),
        ((0.5, -5.0), "By how many percent does LOON lower the error?", False),
        ((0.5, -5.0), "How many GPUs does LOON take?", False),
    ],
)
def test_number_of_other_things_tells_none_where_the_answer_is_unlikely(
    tmp_path: Path, odds: tuple[float, float], question: str, is_refused: bool
) -> None:
    loon = make_paper(
        "LOON: Hearing Loons", "LOON hears songs. It lowers the error by 14%. Two encoders run on one GPU."
    )
    with PaperIndex(tmp_path / "birds", HashingEmbedding()) as index:
        index.add([HERON, loon])
        model = reader(odds, says="The moon is made of green cheese.")
        answer = Assistant(index, model).ask(question)
    assert (answer.refusal is not None) == is_refused
    assert not answer.has_prose


def test_number_of_what_is_counted_may_stand_further_down(tmp_path: Path) -> None:
    loon = make_paper(
        "LOON: Watching Loons",
        "We watch loons on lakes near reeds. Loons on lakes near reeds are counted. There are 300 loons.",
    )
    with PaperIndex(tmp_path / "birds", HashingEmbedding()) as index:
        index.add([loon])
        model = reader(ANSWERED, says="The moon is made of green cheese.")
        answer = Assistant(index, model).ask("How many loons on lakes near reeds were counted?")
    assert answer.refusal is None


NAMELESS = "LOON was trained on a large corpus."


@pytest.mark.parametrize(
    ("question", "says", "said"),
    [
        ("On which song dataset was LOON trained?", NAMELESS, "song dataset"),
        ("On which song dataset was LOON trained?", "LOON was trained on FjordSongs.", "song dataset"),
        (
            "In the LOON paper, which frozen model does it start from?",
            "It starts from a model.",
            "frozen model",
        ),
        ("Which data set was LOON tested on?", "LOON was tested on LakeBench.", ""),
        ("Which data set was LOON tested on?", "LOON was tested.", ""),  # the quote beside it says on which
        ("Which model was LOON compared with?", "Grebe hears loons less well than LOON.", ""),
        ("Which corpus does LOON introduce?", NAMELESS, ""),
        ("What corpus is LOON trained on, and what does it hear?", NAMELESS, ""),
        ("Which model does LOON start from, a frozen or a new one?", "It starts from a model.", ""),
    ],
)
def test_question_for_a_name_is_not_answered_without_one(
    tmp_path: Path, question: str, says: str, said: str
) -> None:
    loon = make_paper(
        "LOON: Hearing Loons",
        "LOON starts from a frozen model. LOON was trained on a large corpus. On songs of night was LOON "
        "trained. We hear them. LOON was tested on LakeBench. Grebe hears loons less well than LOON.",
    )
    with PaperIndex(tmp_path / "birds", HashingEmbedding()) as index:
        index.add([HERON, loon])
        answer = Assistant(index, reader(ANSWERED, says=says)).ask(question)
    assert (answer.refusal is not None) == bool(said)
    if answer.refusal:
        assert answer.refusal.text.startswith(f"The abstract of LOON does not name the {said};")


@pytest.mark.parametrize(
    ("part", "thing"),
    [
        ("Which LLM does it build on?", "LLM"),
        ("and from which teacher checkpoint is it distilled?", "teacher checkpoint"),
        ("what corpus?", "corpus"),
        ("What limits diffusion models here?", ""),
        ("How does it decide which datasets to mix?", ""),
        ("What model compression technique is used?", ""),
        ("Which models benefit most?", ""),
        ("How does HERON, which models bird songs, hide parts?", ""),
        ("What dataset was used and its size?", ""),
        ("What kind of model is it?", ""),
        ("Which VLMs were tested?", "VLMs"),
        ("LOON keeps its model fixed. Which frozen model is that?", "frozen model"),
        ("On which graphics card was that measured?", "graphics card"),
        ("Which reconstruction software did they use?", "reconstruction software"),
        ("Which language model sits inside LOON?", "language model"),
        ("Name the teacher network whose logits it keeps.", "teacher network"),
        ("It learns from captions. What is that dataset's name?", "dataset"),
        ("what's the encoder called that comes with it", "encoder"),
        ("What are the names of its benchmarks?", "benchmarks"),
        ("Name the model's two parts.", ""),
        ("Name the models that LOON is made up of.", ""),
        ("What is the model like?", ""),
        ("What is the model called LOON trained on?", ""),
        ("Name the model size of LOON.", ""),
        ("What is the name of the dataset's language?", ""),
        ("Which models does it outperform?", ""),
    ],
)
def test_thing_that_has_a_name_is_asked_for(part: str, thing: str) -> None:
    assert thing_asked_for(part) == thing


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("It is evaluated on nuScenes.", ["nuScenes"]),
        ("Vicuna serves as the LLM.", ["Vicuna"]),
        ("During training a large 3D dataset is used.", []),
        ("SAM is frozen.", ["SAM"]),
        ("HERON builds on an LLM.", []),
        ("We use a Large Language Model.", []),
    ],
)
def test_names_that_the_question_does_not_have(text: str, names: list[str]) -> None:
    paper = make_paper(
        "Masks", "A Large Language Model (LLM) is used: Vicuna, with SAM. During it, it is cold."
    )
    assert new_names([text], "Which LLM has the same masks as HERON?", paper) == names


def test_names_that_stand_beside_the_thing_that_is_asked_for() -> None:
    text = (
        "It is trained on the large WetlandAudio corpus and on data sets like FjordSongs. CALVIN is hard."
    )
    paper = make_paper("Songs", f"{text} We freeze the model Vicuna.")
    assert names_beside("audio dataset", "Which audio dataset?", paper) == ["WetlandAudio", "FjordSongs"]
    assert names_beside("LLM", "Which LLM?", paper) == ["Vicuna"]
    assert names_beside("models", "Which models?", paper) == ["Vicuna"]
    assert names_beside("robot", "Which robot?", paper) == []


def test_detail_that_is_missing_beside_others_is_a_refusal_where_nothing_can_be_said(
    tmp_path: Path,
) -> None:
    loon = make_paper("LOON: Hearing Loons", "LOON is distilled from large models. It hears loons sing.")
    question = "Which network was LOON distilled from, and for how many epochs?"
    with PaperIndex(tmp_path / "birds", HashingEmbedding()) as index:
        index.add([HERON, loon])
        silent = Assistant(index, reader(ANSWERED, says="From GrebeNet, for 10 epochs.")).ask(question)
        told = Assistant(index, reader(ANSWERED, says="LOON is distilled from large models.")).ask(question)
    assert silent.refusal and silent.refusal.text.startswith(
        "The abstract of LOON does not give the training"
    )
    assert told.refusal is None and "does not give the training time" in told.note
