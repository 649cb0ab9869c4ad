"""List questions: recognised however they are put, every paper of a small library looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import EGRET, HERON, PAPERS, make_paper
from fakes import HashingEmbedding

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.linking.subjects import SMALL_LIBRARY


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


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("Which papers use CLIP or DINO?", {"Terns", "Auks"}),
        ("Which papers use DINO or CLIP?", {"Terns", "Auks"}),
        ("Which papers use DINO and CLIP?", {"Auks"}),
    ],
)
def test_one_of_two_names_is_enough_where_or_joins_them(
    tmp_path: Path, question: str, titles: set[str]
) -> None:
    with PaperIndex(tmp_path / "clips", HashingEmbedding()) as index:
        index.add([*CLIPS, make_paper("Auks", "We compare CLIP with DINO.")])
        answer = Assistant(index).ask(question, draft=True)
    assert {citation.paper.title for citation in answer.citations} == titles


def test_question_for_a_kind_of_paper_gets_no_other(tmp_path: Path) -> None:
    with PaperIndex(tmp_path / "clips", HashingEmbedding()) as index:
        index.add(CLIPS)
        methods = Assistant(index).ask("Which methods cut films or video into clips?", draft=True)
        data = Assistant(index).ask("What datasets are there?", draft=True)
    assert "NestSet: A Dataset of Nests" not in [citation.paper.title for citation in methods.citations]
    assert [citation.paper.title for citation in data.citations] == ["NestSet: A Dataset of Nests"]


BENCHMARKS = [
    make_paper("Terns", "Terns reach 71.2% on Something-Something V1 and V2."),
    make_paper("Gulls", "Gulls beat Terns on SSV2 via linear probing."),
    make_paper("Auks", "Auks learn from video in a self-supervised stage 2."),
]


@pytest.mark.parametrize(
    "question",
    [
        "Which papers use SSV2?",
        "does anyone use ssv2?",
        "papers with results on something-something",
        "List the papers that give Something-Something (V1 or V2) results",
        "papers with results on Something-Something (v1 or v2, subsets count too)",
        "who evaluates on something-something? any version, subsets too",
        "Everything that was evaluated on Something-Something (V1, V2 or a variant of it)?",
    ],
)
def test_papers_that_write_a_name_in_full_or_by_its_initials_are_in_one_list(
    tmp_path: Path, question: str
) -> None:
    with PaperIndex(tmp_path / "benchmarks", HashingEmbedding()) as index:
        index.add(BENCHMARKS)
        answer = Assistant(index).ask(question, draft=True)
    assert {citation.paper.title for citation in answer.citations} == {"Terns", "Gulls"}


@pytest.mark.parametrize("question", ["How many papers are there?", "list all papers in this library"])
def test_question_for_all_papers_counts_the_library(index: PaperIndex, question: str) -> None:
    answer = Assistant(index).ask(question, draft=True)
    assert len(answer.citations) == len(PAPERS)
    assert answer.note == "3 papers of 3 examined; the library holds 3."


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


def test_count_of_all_papers_is_that_of_the_library(tmp_path: Path) -> None:
    more = [make_paper(f"Gulls {n}", f"We count gulls at harbour {n}.") for n in range(20)]
    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        index.add([*PAPERS, *more])
        answer = Assistant(index).ask("How many papers are there?", draft=True)
    assert answer.note == "The library holds 23 papers; here are 10 of them."
