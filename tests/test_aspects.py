"""How often a cell of the standard aspects is right, over cells labelled by hand in the sample library.

`tests/data/comparison_cells.jsonl` has for each paper, known by the words with which its title begins, and
each aspect the sentences of which any would do, or none where the summary does not state it. They were
labelled without a look at the code. `pytest -s` prints the table.
"""

from __future__ import annotations

from collections import Counter
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from conftest import make_paper

from bench.comparisons import count_cells, read_library, render_cells
from index_store.sentences import split_sentences
from index_store.values import Paper
from rag.aspects import ASPECTS, best_span, standard_aspect
from rag.values import Span

LABELLED = Path(__file__).parent / "data" / "comparison_cells.jsonl"
PRECISION, RECALL, NOT_STATED = 90, 75, 85
"""Percent."""


def spans_of(paper: Paper) -> list[Span]:
    return [Span(paper, start, end) for start, end in split_sentences(paper.abstract)]


@pytest.fixture(scope="module")
def counts() -> dict[str, Counter[str]]:
    """Count for each aspect: cells stated, given, right, silent, and rightly silent."""
    with as_file(files("index_store").joinpath("sample", "papers.jsonl")) as path:
        return count_cells(LABELLED, read_library(path))


def test_cells_of_the_standard_aspects_are_right_or_left_empty(counts: dict[str, Counter[str]]) -> None:
    print(render_cells(counts))
    total: Counter[str] = sum(counts.values(), Counter())
    assert total["stated"] + total["silent"] >= 60
    assert 100 * total["right"] >= PRECISION * total["given"]
    assert 100 * total["right"] >= RECALL * total["stated"]
    assert 100 * total["rightly_silent"] >= NOT_STATED * total["silent"]


def test_what_is_said_of_earlier_work_is_no_cell() -> None:
    paper = make_paper(
        "TERN: Counting Waders",
        "Existing methods train on 40,000 labelled images of waders. TERN counts waders in photographs.",
    )
    cells = {aspect.name: best_span(aspect, spans_of(paper)) for aspect in ASPECTS}
    assert cells["training data"] is None
    assert cells["task"] == spans_of(paper)[1]


def test_of_two_sentences_that_state_an_aspect_alike_the_first_is_taken() -> None:
    paper = make_paper("TERN: Waders", "Code is available. Code is available.")
    code = next(aspect for aspect in ASPECTS if aspect.name == "code")
    cell = best_span(code, spans_of(paper))
    assert cell is not None
    assert cell.quote == "Code is available."


def test_abstract_without_sentences_has_no_cells() -> None:
    assert all(best_span(aspect, []) is None for aspect in ASPECTS)


@pytest.mark.parametrize(
    ("sentence", "is_out"),
    [
        ("Our dataset is freely available as an archive.", True),
        ("Models are freely available worldwide.", True),
        ("Code available on the project page.", True),
        ("The training data, in that the available large-scale video datasets are noisy, matters.", False),
        ("We benchmark on publicly available bird song datasets.", False),
    ],
)
def test_code_is_out_only_where_that_is_said(sentence: str, is_out: bool) -> None:
    code = next(aspect for aspect in ASPECTS if aspect.name == "code")
    assert (best_span(code, spans_of(make_paper("TERN: Waders", sentence))) is not None) == is_out


@pytest.mark.parametrize(
    ("label", "aspect"),
    [
        ("data they train", "training data"),
        ("datasets used for training", "training data"),
        ("how they train", ""),
        ("training data of owls", ""),
        ("", ""),
    ],
)
def test_label_is_a_standard_aspect_where_it_asks_for_nothing_else(label: str, aspect: str) -> None:
    assert standard_aspect(label) == aspect


def test_what_a_dataset_consists_of_is_training_data() -> None:
    paper = make_paper("TERN: Waders", "TERN flies. We release WaderSet, consisting of 25 million clips.")
    data = next(aspect for aspect in ASPECTS if aspect.name == "training data")
    assert best_span(data, spans_of(paper)) == spans_of(paper)[1]
