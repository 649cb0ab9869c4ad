"""List questions: recognised however they are put, every paper of a small library looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import EGRET, HERON, PAPERS, make_paper
from fakes import HashingEmbedding

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.lists import asks_for_list, what_is_listed
from rag.subjects import SMALL_LIBRARY


@pytest.mark.parametrize(
    ("question", "listed"),
    [
        ("Which papers introduce a dataset?", "introduce a dataset"),
        ("which ones need no labels?", "need no labels"),
        ("Who uses BirdBench?", "BirdBench"),
        ("How many papers train on WetlandAudio?", "train on WetlandAudio"),
        ("list the papers about bird songs", "about bird songs"),
        ("papers on sea levels", "sea levels"),
        ("Are there any papers on owls?", "on owls"),
        ("What datasets exist for owls?", "What datasets exist for owls"),
        ("audio LLMs", "audio LLMs"),
        (
            "masked modelling papers (masked tokens or patches)",
            "masked modelling papers (masked tokens or patches)",
        ),
    ],
)
def test_question_for_papers_is_a_list_of_what_they_have(question: str, listed: str) -> None:
    assert asks_for_list(question)
    assert what_is_listed(question) == listed


@pytest.mark.parametrize(
    "question",
    [
        "Which paper introduces WetlandAudio?",
        "How many hours of WetlandAudio is HERON trained on?",
        "Which of the two UniFormer papers is about images?",
        "What datasets come with HERON and EgretNet?",
        "Which super-resolution model follows trajectories?",
        "How does HERON work?",
        "Is there a survey about making transformers cheaper?",
    ],
)
def test_question_about_one_thing_is_no_list(question: str) -> None:
    assert not asks_for_list(question)


def test_papers_that_hold_the_name_asked_for_are_the_list_and_no_others(index: PaperIndex) -> None:
    answer = Assistant(index).ask("Which papers evaluate on BirdBench?", draft=True)
    assert answer.kind == "list"
    assert {citation.paper.id for citation in answer.citations} == {HERON.id, EGRET.id}
    assert all("BirdBench" in citation.spans[0].quote for citation in answer.citations)


CLIPS = [
    make_paper("Terns", "We start from CLIP."),
    make_paper("Gulls", "We cut hours of video into clips of gulls and label the clips."),
    make_paper("NestSet: A Dataset of Nests", "We film nests and cut the films into clips."),
]


@pytest.mark.parametrize("question", ["Which papers use CLIP?", "which papers use clip?"])
def test_name_is_not_found_in_the_word_with_its_letters(tmp_path: Path, question: str) -> None:
    with PaperIndex(tmp_path / "clips", HashingEmbedding()) as index:
        index.add(CLIPS)
        answer = Assistant(index).ask(question, draft=True)
    assert [citation.paper.title for citation in answer.citations] == ["Terns"]
    assert answer.standalone_question == "Which papers use CLIP?".replace("W", question[0])


def test_question_for_a_kind_of_paper_gets_no_other(tmp_path: Path) -> None:
    with PaperIndex(tmp_path / "clips", HashingEmbedding()) as index:
        index.add(CLIPS)
        methods = Assistant(index).ask("Which methods cut films or video into clips?", draft=True)
        data = Assistant(index).ask("What datasets are there?", draft=True)
    assert "NestSet: A Dataset of Nests" not in [citation.paper.title for citation in methods.citations]
    assert [citation.paper.title for citation in data.citations] == ["NestSet: A Dataset of Nests"]


def test_list_says_how_many_papers_were_examined(index: PaperIndex) -> None:
    answer = Assistant(index).ask("How many papers evaluate on BirdBench?", draft=True)
    assert answer.note == "2 papers of 3 examined; the library holds 3."


def test_paper_named_in_a_list_question_is_not_the_one_it_is_about(index: PaperIndex) -> None:
    answer = Assistant(index).ask("Which papers compare with EgretNet?", draft=True)
    assert answer.kind == "list"
    assert HERON.id in {citation.paper.id for citation in answer.citations}


def test_of_a_large_library_the_nearest_are_examined_and_the_answer_says_so(tmp_path: Path) -> None:
    many = [make_paper(f"Gull study {n}", f"We count gulls at harbour {n}.") for n in range(SMALL_LIBRARY)]
    with PaperIndex(tmp_path / "large", HashingEmbedding()) as index:
        index.add([*PAPERS, *many])
        answer = Assistant(index).ask("Which papers are about forecasting sea levels?", draft=True)
    assert answer.citations[0].paper.title.startswith("TideCast")
    assert f"the library holds {len(PAPERS) + len(many)}." in answer.note
    assert f"of {len(PAPERS) + len(many)} examined" not in answer.note


def test_of_a_large_library_only_the_sentences_of_listed_papers_are_embedded(tmp_path: Path) -> None:
    counted = [f"We count gulls at harbour {n}." for n in range(SMALL_LIBRARY + 1)]
    many = [make_paper(f"Gulls {n}", f"{text} {text} It rains. It ends.") for n, text in enumerate(counted)]
    embedder = HashingEmbedding()
    with PaperIndex(tmp_path / "large", embedder) as index:
        index.add(many)
        before = embedder.calls
        answer = Assistant(index).ask("Which papers are about counting gulls at harbour 7?", draft=True)
    assert answer.citations[0].paper.title == "Gulls 7"
    assert "of 60 examined" in answer.note
    assert embedder.calls - before < 60  # the question now and then, and what one paper says
