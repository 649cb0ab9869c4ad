"""Same question, same library: the same bytes, whichever process asks, however the library was made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from asking_child import QUESTIONS, Reciter, answers
from conftest import HERON, PAPERS, make_paper
from fakes import HashingEmbedding

from index_store import catalog
from index_store.dense import ChromaIndex
from index_store.exact import ExactIndex
from index_store.lexical import LexicalIndex
from index_store.paper_index import CANDIDATES, PaperIndex
from index_store.values import Chunk, Paper, fingerprint
from ui.wiring import sample_papers


def make_library(folder: Path, papers: Sequence[Paper]) -> Path:
    with PaperIndex(folder, HashingEmbedding()) as index:
        index.add(papers)
    return folder


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("identity") / "library", sample_papers())


@pytest.fixture(scope="module")
def expected(sample: Path, tiny: Path) -> list[str]:
    return asked_in_a_process(sample, tiny, seed=0)


def recited(lines: Sequence[str]) -> Sequence[str]:
    """Return the answers of the model that recites."""
    return lines[len(QUESTIONS) :]


def asked_in_a_process(*arguments: Path, seed: int) -> list[str]:
    """Return what the child prints. On one thread: the tiny model gains nothing from more."""
    child = Path(__file__).with_name("asking_child.py")
    paths = os.pathsep.join(map(str, (child.parent, child.parents[1])))
    done = subprocess.run(
        [sys.executable, child, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONHASHSEED": str(seed), "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_questions_are_of_every_kind_and_prose_is_among_the_answers(expected: list[str]) -> None:
    found = [json.loads(line) for line in expected]
    assert len(found) == 2 * len(QUESTIONS)
    kinds = Counter(
        answer["refusal"]["reason"] if answer["refusal"] else answer["kind"] for answer in found
    )
    assert set(kinds) >= {
        "answer",
        "comparison",
        "list",
        "not_in_library",
        "not_in_abstract",
        "not_a_question",
    }
    said = Counter(statement["support"] for answer in found for statement in answer["statements"])
    assert said["supported"] >= 8
    assert {answer["receipt"]["model"] for answer in found} == {"tiny", "scripted", None}


def test_library_that_is_opened_anew_gives_the_same_bytes(sample: Path, expected: list[str]) -> None:
    with PaperIndex(sample, HashingEmbedding()) as index:
        assert answers(index, Reciter()) == recited(expected)


@pytest.mark.parametrize("seed", [1, 20_077])
def test_process_of_its_own_gives_the_same_bytes_whatever_its_hash_seed(
    sample: Path, tiny: Path, expected: list[str], seed: int
) -> None:
    assert asked_in_a_process(sample, tiny, seed=seed) == expected


def test_order_of_the_questions_does_not_count(sample: Path, expected: list[str]) -> None:
    assert asked_in_a_process(sample, seed=3) == recited(expected)


def test_reader_beside_a_writer_gives_the_same_bytes(sample: Path, expected: list[str]) -> None:
    with (
        PaperIndex(sample, HashingEmbedding()) as writer,
        PaperIndex(sample, HashingEmbedding()) as reader,
    ):
        assert isinstance(writer._dense, ChromaIndex)
        assert isinstance(reader._dense, ExactIndex)
        assert answers(reader, Reciter()) == recited(expected)


def test_order_in_which_papers_were_added_does_not_count(tmp_path: Path, expected: list[str]) -> None:
    folder = make_library(tmp_path / "reversed", sample_papers()[::-1])
    with PaperIndex(folder, HashingEmbedding()) as index:
        assert answers(index, Reciter()) == recited(expected)


# Ties


def twins(count: int) -> list[Paper]:
    return [
        make_paper(f"Twin {n}", "A heron hides in the reeds.", id=f"twin-{n:03d}") for n in range(count)
    ]


def test_passages_that_are_equally_near_are_found_alike_by_both_dense_indexes(tmp_path: Path) -> None:
    same = [replace(paper, title="Twin") for paper in twins(CANDIDATES)]
    chunks = [Chunk(paper, 0, 0, len(paper.abstract)) for paper in same]
    with (
        PaperIndex(tmp_path / "a", HashingEmbedding()) as a,
        PaperIndex(tmp_path / "b", HashingEmbedding()) as b,
    ):
        for index, papers in ((a, same), (b, same[::-1])):
            index._write(papers, catalog.Identities())
            index._settle()
        with PaperIndex(tmp_path / "b", HashingEmbedding()) as reader:
            found = [index.search("a heron in the reeds", limit=99) for index in (a, b, reader)]
    ids = [[passage.chunk.id for passage in passages] for passages in found]
    assert ids[0] == ids[1] == ids[2] == sorted(chunk.id for chunk in chunks)


def test_words_that_score_the_same_are_ordered_by_id_and_not_by_age() -> None:
    chunks = [Chunk(paper, 0, 0, len(paper.abstract)) for paper in twins(30)]
    first, second = (LexicalIndex.build(order) for order in (chunks, chunks[::-1]))
    ids = sorted(chunk.id for chunk in chunks)
    assert first.search("heron", 7) == second.search("heron", 7) == ids[:7]
    among = set(ids[::2])
    assert first.search("heron", 7, among=among) == ids[::2][:7]


# The fingerprint


def test_fingerprint_does_not_depend_on_the_order_of_papers_or_identifiers(tmp_path: Path) -> None:
    marked = replace(HERON, identifiers={"doi": "10.1000/heron", "pmid": "77"})
    turned = replace(marked, identifiers=dict(reversed(marked.identifiers.items())))
    assert fingerprint([marked]) == fingerprint([turned]) != fingerprint([HERON])
    prints = set()
    for name, papers in (("a", [*PAPERS[1:], marked]), ("b", [turned, *PAPERS[:0:-1]])):
        with PaperIndex(make_library(tmp_path / name, papers), HashingEmbedding()) as index:
            prints.add(index.fingerprint)
            by_id = sorted(index.papers(), key=lambda paper: paper.id)
            assert index.fingerprint == fingerprint(by_id, "hashing")
    assert len(prints) == 1


def test_pages_by_id_hold_every_paper_once_across_their_edges(tmp_path: Path) -> None:
    count = 2 * catalog.PAGE + 1
    names = [f"{'Ωmega' if n % 3 else 'alpha'} {n * 7919 % count:04d}" for n in range(count)]
    with PaperIndex(
        make_library(tmp_path, [make_paper(name, "") for name in names]), HashingEmbedding()
    ) as index:
        pages = list(index._catalog.pages_by_id())
        assert [len(page) for page in pages] == [catalog.PAGE, catalog.PAGE, 1]
        ids = [paper.id for page in pages for paper in page]
        assert ids == sorted(paper.id for paper in index.papers())
