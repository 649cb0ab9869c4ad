"""The lexical index: words and numbers as people search them, kept and found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import EGRET, HERON, PAPERS, make_paper

from index_store.lexical import LexicalIndex, tokens
from index_store.values import Chunk

CHUNKS = [Chunk(paper, 0, 0, len(paper.abstract)) for paper in PAPERS]
HERON_ID, EGRET_ID, TIDE_ID = (chunk.id for chunk in CHUNKS)


@pytest.fixture
def lexical() -> LexicalIndex:
    return LexicalIndex.build(CHUNKS)


def test_words_are_stemmed_numbers_stay_whole_and_stop_words_go() -> None:
    assert tokens("The Predicting networks of 91.3% in SongSet-50k, 4,200") == [
        "predict",
        "network",
        "91.3",
        "songset",
        "50k",
        "4,200",
    ]


def test_chunk_that_shares_the_rare_word_comes_first(lexical: LexicalIndex) -> None:
    assert lexical.search("forecast of sea levels", 5) == [TIDE_ID]
    assert lexical.search("Which bird song model has 12 million parameters?", 5)[0] == EGRET_ID


def test_title_is_searched_with_the_words(lexical: LexicalIndex) -> None:
    assert "Masked" not in HERON.abstract
    assert lexical.search("masked", 5) == [HERON_ID]


def test_search_keeps_to_the_limit_and_to_the_chunks_asked_for(lexical: LexicalIndex) -> None:
    assert len(lexical.search("bird", 1)) == 1
    assert lexical.search("bird", 5, among={EGRET_ID, TIDE_ID}) == [EGRET_ID]
    assert lexical.search("bird", 5, among=set()) == []


def test_any_chunk_has_a_score_which_orders_as_the_search_does(lexical: LexicalIndex) -> None:
    scores = lexical.scores("bird songs on a phone", [TIDE_ID, HERON_ID, EGRET_ID, "nobody"])
    assert scores[TIDE_ID] == scores["nobody"] == 0
    assert scores[EGRET_ID] > scores[HERON_ID] > 0
    assert lexical.search("bird songs on a phone", 5) == [EGRET_ID, HERON_ID]
    assert lexical.scores("zebra", [TIDE_ID]) == {TIDE_ID: 0}


@pytest.mark.parametrize("query", ["", "the of", "zebra", "?!"])
def test_query_that_shares_no_word_finds_nothing(lexical: LexicalIndex, query: str) -> None:
    assert lexical.search(query, 5) == []


def test_rare_word_weighs_more_than_a_common_one(lexical: LexicalIndex) -> None:
    assert lexical.weight("zebra") > lexical.weight("gaug") > lexical.weight("bird") > 0


def test_saved_index_is_found_again_as_it_was(lexical: LexicalIndex, tmp_path: Path) -> None:
    lexical.save(tmp_path / "lexical", 7)
    again = LexicalIndex.load(tmp_path / "lexical", 7)
    assert again is not None
    assert again.search("bird songs on a phone", 5) == lexical.search("bird songs on a phone", 5)
    assert again.weight("bird") == lexical.weight("bird")


def test_index_of_another_generation_is_not_loaded(lexical: LexicalIndex, tmp_path: Path) -> None:
    lexical.save(tmp_path / "lexical", 7)
    assert LexicalIndex.load(tmp_path / "lexical", 8) is None
    assert LexicalIndex.load(tmp_path / "nothing", 7) is None


@pytest.mark.parametrize("content", [b"", b"garbage", b"[]", b"\x80\xff"])
@pytest.mark.parametrize("pattern", ["chunks.json", "*.npy", "vocab*", "params*"])
def test_damaged_index_is_never_loaded_as_if_it_were_sound(
    lexical: LexicalIndex, tmp_path: Path, pattern: str, content: bytes
) -> None:
    lexical.save(tmp_path, 7)
    paths = list(tmp_path.glob(pattern))
    assert paths
    for path in paths:
        path.write_bytes(content)
    assert LexicalIndex.load(tmp_path, 7) is None


def test_empty_index_is_kept_and_finds_nothing(tmp_path: Path) -> None:
    LexicalIndex.build([]).save(tmp_path / "lexical", 0)
    again = LexicalIndex.load(tmp_path / "lexical", 0)
    assert again is not None
    assert again.search(EGRET.title, 5) == []
    assert again.weight("bird") == 1


def test_one_endless_paper_hardly_changes_how_common_the_words_of_others_are(lexical: LexicalIndex) -> None:
    endless = make_paper("DUNLIN", "Bird song recognition. " * 5_000)
    parts = [Chunk(endless, n, 23 * n, 23 * n + 22) for n in range(5_000)]
    beside = LexicalIndex.build([*CHUNKS, *parts])
    assert len(beside.search("recognition", 6_000)) > 5_000
    assert abs(beside.weight("gaug") - lexical.weight("gaug")) < 2


def test_counts_of_another_index_are_not_taken(lexical: LexicalIndex, tmp_path: Path) -> None:
    lexical.save(tmp_path, 7)
    np.save(tmp_path / "spread.npy", np.zeros(3, dtype=np.int32))
    assert LexicalIndex.load(tmp_path, 7) is None
