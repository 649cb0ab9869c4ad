"""The dense index over real Chroma files, and the exact search that stands in for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import EGRET, HERON, PAPERS, TIDE
from fakes import HashingEmbedding

from index_store.catalog import Vector
from index_store.dense import LONGEST_LOG, ChromaIndex
from index_store.errors import LibraryError
from index_store.exact import ExactIndex
from index_store.values import Chunk

CHUNKS = [Chunk(paper, 0, 0, len(paper.abstract)) for paper in PAPERS]
MARK = {"generation": 1, "chunks": 3, "embedder": "hashing", "dimension": 128}


def vectors(*texts: str) -> list[Vector]:
    return [
        np.asarray(v, dtype=np.float32) for v in HashingEmbedding().get_text_embedding_batch(list(texts))
    ]


VECTORS = vectors(*(chunk.indexed_text for chunk in CHUNKS))
QUERY = vectors("forecasting sea levels with gauges")[0].tolist()


def pages() -> list[list[Chunk]]:
    return [CHUNKS[:2], [], CHUNKS[2:]]


def vectors_of(chunks: Sequence[Chunk]) -> list[Vector]:
    return vectors(*(chunk.indexed_text for chunk in chunks))


def open_current(folder: Path, mark: dict[str, object] | None = None) -> ChromaIndex:
    return ChromaIndex.open_current(folder, mark or MARK, pages, vectors_of)


def no_pages() -> list[list[Chunk]]:
    raise AssertionError("built again although it was sound")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "chroma"


@pytest.fixture
def chroma(folder: Path) -> Iterator[ChromaIndex]:
    chroma = open_current(folder)
    yield chroma
    chroma.close()


@pytest.mark.parametrize("kind", ["chroma", "exact"])
def test_nearest_chunk_comes_first(chroma: ChromaIndex, kind: str) -> None:
    index = chroma if kind == "chroma" else ExactIndex([(CHUNKS, VECTORS)])
    found = index.search(QUERY, 10)
    assert found[0] == CHUNKS[2].id
    assert set(found) == {chunk.id for chunk in CHUNKS}
    assert index.search(QUERY, 1) == found[:1]


@pytest.mark.parametrize("kind", ["chroma", "exact"])
def test_search_keeps_to_the_papers_asked_for(chroma: ChromaIndex, kind: str) -> None:
    index = chroma if kind == "chroma" else ExactIndex([(CHUNKS, VECTORS)])
    assert set(index.search(QUERY, 10, papers={HERON.id, EGRET.id})) == {CHUNKS[0].id, CHUNKS[1].id}
    assert index.search(QUERY, 10, papers={"nobody"}) == []
    assert index.search(QUERY, 10, papers=set()) == []


def test_exact_search_orders_as_chroma_does_whatever_the_lengths_of_the_vectors(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    chunks = [Chunk(HERON, n, n, n + 9) for n in range(30)]
    long = [random.normal(size=16).astype(np.float32) * (n + 1) for n in range(30)]
    chroma = ChromaIndex(tmp_path / "chroma")
    chroma.add(chunks, long)
    query = random.normal(size=16).tolist()
    assert ExactIndex([(chunks, long)]).search(query, 30) == chroma.search(query, 30)
    chroma.close()


def test_empty_index_finds_nothing(folder: Path) -> None:
    chroma = ChromaIndex(folder)
    assert chroma.search(QUERY, 5) == ExactIndex([]).search(QUERY, 5) == []
    chroma.close()


def test_removed_chunks_are_gone_and_unknown_ones_passed_over(chroma: ChromaIndex) -> None:
    chroma.remove([CHUNKS[2].id, "nothing"])
    assert chroma.count() == 2
    assert CHUNKS[2].id not in chroma.search(QUERY, 10)


def test_more_chunks_than_chroma_takes_at_once_are_added_and_removed(folder: Path) -> None:
    chunks = [Chunk(TIDE, n, n, n) for n in range(6000)]
    chroma = ChromaIndex(folder)
    chroma.add(chunks, [np.asarray([n, 1, 1], dtype=np.float32) for n in range(6000)])
    assert chroma.count() == 6000
    chroma.remove([chunk.id for chunk in chunks[:5999]])
    assert chroma.search([1.0, 0.0, 0.0], 5) == [chunks[-1].id]
    chroma.close()


def test_collection_that_fell_behind_is_caught_up_without_embedding_the_rest(
    chroma: ChromaIndex, folder: Path
) -> None:
    stale = Chunk(HERON, 9, 0, 5)
    chroma.remove([CHUNKS[1].id])
    chroma.add([stale], vectors_of([stale]))
    chroma.close()
    asked: list[Chunk] = []

    def remember(chunks: Sequence[Chunk]) -> list[Vector]:
        asked.extend(chunks)
        return vectors_of(chunks)

    again = ChromaIndex.open_current(folder, {**MARK, "generation": 2}, pages, remember)
    assert asked == [CHUNKS[1]]
    assert set(again.ids()) == {chunk.id for chunk in CHUNKS}
    again.close()


def test_long_log_is_written_into_the_files_of_the_graph_and_nothing_is_lost(folder: Path) -> None:
    count = LONGEST_LOG + 1
    chunks = [Chunk(TIDE, n, n, n) for n in range(count)]
    random = np.random.default_rng(3)
    many = list(random.normal(size=(count, 16)).astype(np.float32))
    mark = {**MARK, "chunks": count, "dimension": 16}
    chroma = ChromaIndex.open_current(folder, mark, lambda: [chunks], lambda _: many)
    assert list(folder.glob("*/data_level0.bin"))
    assert json.loads((folder / "mark.json").read_text())["pending"] == 0
    query = many[7].tolist()
    found = chroma.search(query, 20)
    assert found[0] == chunks[7].id
    chroma.remove([chunks[7].id])
    chroma.write_mark({**mark, "chunks": count - 1})
    chroma.close()
    again = ChromaIndex.open_current(folder, {**mark, "chunks": count - 1}, no_pages, vectors_of)
    assert again.search(query, 20)[:15] == found[1:16]
    assert again.count() == count - 1
    again.close()


def test_sound_collection_is_opened_and_not_built_again(chroma: ChromaIndex, folder: Path) -> None:
    chroma.close()
    assert not folder.with_suffix(".open").exists()
    again = ChromaIndex.open_current(folder, MARK, no_pages, vectors_of)
    assert again.search(QUERY, 1) == [CHUNKS[2].id]
    assert folder.with_suffix(".open").exists()
    again.close()


@pytest.mark.parametrize("mark", [{**MARK, "generation": 2}, {**MARK, "embedder": "another"}])
def test_collection_of_another_mark_is_built_again(
    chroma: ChromaIndex, folder: Path, mark: dict[str, object]
) -> None:
    chroma.remove([CHUNKS[0].id])
    chroma.close()
    again = open_current(folder, mark)
    assert again.count() == 3
    assert mark.items() <= json.loads((folder / "mark.json").read_text()).items()
    again.close()


def test_collection_that_lost_chunks_is_built_again_in_spite_of_its_mark(
    chroma: ChromaIndex, folder: Path
) -> None:
    chroma.remove([CHUNKS[0].id])
    chroma.close()
    again = open_current(folder)
    assert again.count() == 3
    again.close()


@pytest.mark.parametrize("unclean", [True, False])
def test_damaged_files_are_found_out_and_built_again(
    chroma: ChromaIndex, folder: Path, unclean: bool
) -> None:
    chroma.close()
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "mark.json":
            path.write_bytes(b"garbage" * 1000)
    if unclean:
        folder.with_suffix(".open").touch()
        assert not ChromaIndex.is_sound(folder, 128)
    again = open_current(folder)
    assert again.search(QUERY, 1) == [CHUNKS[2].id]
    again.close()


def test_sound_files_are_told_from_another_process(chroma: ChromaIndex, folder: Path) -> None:
    chroma.close()
    assert ChromaIndex.is_sound(folder, 128)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_damaged_mark_marks_nothing(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "mark.json").write_bytes(content)
    assert not ChromaIndex.is_current(folder, MARK)


def test_folder_that_cannot_be_is_an_error_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibraryError, match="cannot be used"):
        open_current(tmp_path / "file" / "chroma")
