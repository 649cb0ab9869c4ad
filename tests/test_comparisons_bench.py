"""The benchmarks of comparisons and lists: what they count, on a library of three papers."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from conftest import EGRET, HERON, PAPERS, TIDE, make_paper

import bench.comparisons
import bench.lists
from bench.comparisons import (
    count_cells,
    paper_called,
    read_library,
    render_cells,
    render_removed,
    render_times,
    time_tables,
    without_sides,
)
from bench.lists import render_scores, row_of, score_lists
from index_store.paper_index import PaperIndex
from rag.aspects import ASPECTS
from rag.assistant import Assistant
from ui.predictions import Question, read_questions

LONGEST_BEGINNING = 5
"""Words."""


def test_paper_is_known_by_the_beginning_of_its_title_if_no_other_begins_so() -> None:
    assert paper_called("TideCast", PAPERS) == TIDE
    for beginning, count in (("TideCasts", 0), ("", len(PAPERS))):
        with pytest.raises(ValueError, match=f"titles of {count} papers"):
            paper_called(beginning, PAPERS)


def test_each_side_is_removed_in_turn_and_comes_back(index: PaperIndex) -> None:
    both = [HERON.title, EGRET.title]
    compares = Question(
        "1", "How do HERON and EgretNet differ?", (), {"type": "compare", "gold_papers": both}
    )
    other = Question("2", "What is HERON?", (), {"type": "fact", "gold_papers": [HERON.title]})
    before = index.fingerprint
    found = list(without_sides([compares, other], Assistant(index)))
    assert [(question.id, paper) for question, paper, _ in found] == [("1", HERON), ("1", EGRET)]
    assert index.fingerprint == before
    assert render_removed(found).endswith("missing: 2 of 2")


def test_side_that_is_not_said_to_be_missing_is_shown() -> None:
    question = Question("7", "?", (), {})
    found = [(question, HERON, True), (question, EGRET, False)]
    assert render_removed(found).splitlines() == [
        "a side removed is said to be missing: 1 of 2",
        f"  not said in 7: {EGRET.title}",
    ]


def test_side_whose_name_another_paper_has_is_still_there(index: PaperIndex) -> None:
    twin = make_paper("HERON: Counting Herons", "This HERON counts herons in reeds.")
    index.add([twin])
    row = {"type": "compare", "gold_papers": [HERON.title, EGRET.title]}
    question = Question("1", "How do HERON and EgretNet differ in training data?", (), row)
    assert [paper for _, paper, _ in without_sides([question], Assistant(index))] == [EGRET]


def test_times_are_those_of_as_many_tables_as_asked_for(index: PaperIndex) -> None:
    seconds = time_tables(2, Assistant(index), 4)
    assert len(seconds) == 4
    assert all(0 < second < 60 for second in seconds)


def test_times_are_shown_for_two_and_six_papers(index: PaperIndex) -> None:
    index.add([make_paper(f"GULL{n}: Counting Gulls", f"GULL{n} counts gulls at sea.") for n in range(4)])
    assert [line.split(":")[0] for line in render_times(Assistant(index)).splitlines()] == [
        "2 papers",
        "6 papers",
    ]


def test_cell_is_right_when_its_sentence_is_one_of_those_that_would_do(tmp_path: Path) -> None:
    cells = {aspect.name: list[int]() for aspect in ASPECTS}
    rows = [
        {"title_begins": "HERON", "cells": cells | {"code": [5], "training data": [0]}},
        {"title_begins": "TideCast", "cells": cells},
    ]
    labels = tmp_path / "labels.jsonl"
    labels.write_text("".join(json.dumps(row) + "\n" for row in rows))
    counts = count_cells(labels, PAPERS)
    assert counts["code"] == Counter(stated=1, given=1, right=1, silent=1, rightly_silent=1)
    assert counts["training data"]["stated"] == 1
    assert counts["training data"]["right"] == 0
    lines = {line.split("  ")[0]: line for line in render_cells(counts).splitlines()}
    assert lines["code"].split() == ["code", "100.0%", "(1/1)", "100.0%", "(1/1)", "100.0%", "(1/1)"]
    assert "all" in lines


def test_library_of_a_benchmark_is_a_file_of_papers(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(json.dumps({"title": p.title, "abstract": p.abstract}) + "\n" for p in PAPERS))
    assert [paper.title for paper in read_library(path)] == [paper.title for paper in PAPERS]


def test_list_is_scored_by_what_it_cites_and_whether_it_names_all(index: PaperIndex) -> None:
    questions = [
        Question(
            "1",
            "Which papers are on BirdBench?",
            (),
            {"gold_papers": ["HERON", "EgretNet"], "ok_papers": []},
        ),
        Question(
            "2",
            "Which papers are on BirdBench?",
            (),
            {"gold_papers": ["HERON", "TideCast"], "ok_papers": []},
        ),
        Question("3", "Which papers quantize PelicanFormer?", (), {"gold_papers": [], "ok_papers": []}),
    ]
    scored = list(score_lists(questions, Assistant(index)))
    assert [score.f1 for _, score in scored] == [1.0, 0.5, 0.0]
    assert [score.correct for _, score in scored] == [True, False, True]
    text = render_scores(scored)
    assert "2 questions with an answer, 1 without" in text
    assert "citation F1         75.0" in text
    assert "strict              50.0" in text
    assert "refused rightly    100.0" in text
    assert "3    yes  Which papers quantize" in text


def test_kept_labels_and_questions_know_papers_by_few_words() -> None:
    labels = [json.loads(line) for line in bench.comparisons.LABELS.read_text().splitlines()]
    questions = read_questions(bench.lists.QUESTIONS)
    questions += read_questions(bench.lists.QUESTIONS.with_name("list_questions_test.jsonl"))
    called = [row["title_begins"] for row in labels]
    called += [name for q in questions for key in ("gold_papers", "ok_papers") for name in q.row[key]]
    assert len(labels) >= 9 and len(questions) >= 36
    assert all(1 <= len(name.split()) <= LONGEST_BEGINNING for name in called)
    sample = Path(bench.comparisons.__file__).parent.parent / "index_store" / "sample" / "papers.jsonl"
    papers = read_library(sample)
    assert all(paper_called(name, papers) for name in called)
    assert all(row_of(question, papers)["type"] == "list" for question in questions)
