"""The catalog: what is written comes back, all of it or nothing, and a damaged file says so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import EGRET, HERON, PAPERS, TIDE, make_paper

from index_store.catalog import Catalog
from index_store.database import SCHEMA, SCHEMA_VERSION
from index_store.errors import LibraryError
from index_store.merging import Identities, keys, record_hash, record_key
from index_store.values import Chunk, Paper

FULL = Paper(
    "2401.00001",
    "Möwen: “Seagulls”",
    "Herons hide. Gulls don't. \N{BIRD}",
    authors=("Ada Byron", "Bo Li"),
    year=2024,
    venue="TideConf",
    url="https://example.org/t",
    identifiers={"arxiv_id": "2401.00001", "doi": "10.1/a"},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalog.sqlite"


@pytest.fixture
def catalog(path: Path) -> Iterator[Catalog]:
    catalog = Catalog(path)
    yield catalog
    catalog.close()


def write(catalog: Catalog, *papers: Paper, pieces: int = 2) -> list[Chunk]:
    """Write papers whose sentences and chunks are so many equal pieces of the abstract."""
    spans = {p.id: [(n * 5, n * 5 + 5) for n in range(pieces)] for p in papers}
    chunks = [Chunk(p, n, *span) for p in papers for n, span in enumerate(spans[p.id])]
    vectors = {chunk.id: np.arange(3, dtype=np.float32) for chunk in chunks}
    catalog.write_vectors("hashing", vectors)
    catalog.write_papers(papers, sentences=spans, chunks=chunks, identities=Identities())
    return chunks


def all_chunks(catalog: Catalog) -> list[Chunk]:
    return list(chain.from_iterable(catalog.chunk_pages()))


def test_everything_comes_back_from_the_file_as_it_was_written(path: Path) -> None:
    catalog = Catalog(path)
    chunks = write(catalog, FULL, *PAPERS)
    catalog.write_facts(embedder="hashing")
    catalog.close()
    again = Catalog(path)
    assert again.papers() == [FULL, *PAPERS]
    assert all_chunks(again) == chunks
    assert again.sentences([TIDE.id, FULL.id]) == {TIDE.id: [(0, 5), (5, 10)], FULL.id: [(0, 5), (5, 10)]}
    assert again.read_fact("embedder") == "hashing"
    assert (again.count_papers(), again.count_chunks()) == (4, 8)
    again.close()


def test_papers_and_chunks_are_given_in_the_order_asked_for(catalog: Catalog) -> None:
    chunks = write(catalog, *PAPERS)
    assert catalog.papers([TIDE.id, "nobody", HERON.id]) == [TIDE, HERON]
    assert catalog.chunks([chunks[3].id, "nothing", chunks[0].id]) == [chunks[3], chunks[0]]
    assert set(catalog.chunk_ids([EGRET.id])) == {chunks[2].id, chunks[3].id}


def test_more_ids_than_sqlite_takes_at_once_are_found(catalog: Catalog) -> None:
    papers = [make_paper(f"Paper {n}", "Some words here.") for n in range(1201)]
    chunks = write(catalog, *papers)
    assert catalog.papers([paper.id for paper in papers[::-1]]) == papers[::-1]
    assert catalog.chunks([chunk.id for chunk in chunks]) == chunks
    assert len(catalog.vectors("hashing", [chunk.id for chunk in chunks])) == 2402


def test_replaced_paper_keeps_its_place_and_loses_its_old_sentences_and_chunks(catalog: Catalog) -> None:
    write(catalog, *PAPERS, pieces=4)
    changed = replace(EGRET, abstract="It is all new now.", year=2025)
    new = write(catalog, changed, pieces=1)
    assert catalog.papers() == [HERON, changed, TIDE]
    assert catalog.chunk_ids([EGRET.id]) == [new[0].id]
    assert catalog.sentences([EGRET.id]) == {EGRET.id: [(0, 5)]}
    assert catalog.count_chunks() == 9


def test_removed_paper_takes_its_sentences_and_chunks_along(catalog: Catalog) -> None:
    write(catalog, *PAPERS)
    catalog.remove_papers([HERON.id, "nobody"])
    assert catalog.papers() == [EGRET, TIDE]
    assert catalog.chunk_ids([HERON.id]) == []
    assert catalog.sentences([HERON.id]) == {HERON.id: []}
    assert catalog.count_chunks() == 4


def test_vectors_come_back_to_the_bit_and_by_embedder(catalog: Catalog) -> None:
    vectors = {name: np.random.default_rng(0).random(7, dtype=np.float32) for name in "ab"}
    catalog.write_vectors("hashing", vectors)
    found = catalog.vectors("hashing", ["a", "b", "c"])
    assert found.keys() == {"a", "b"}
    assert all((found[name] == vectors[name]).all() and found[name].dtype == np.float32 for name in found)
    assert catalog.vectors("another", ["a"]) == {}


def test_generation_grows_with_every_change_and_with_nothing_else(catalog: Catalog) -> None:
    generations = [catalog.generation]
    for change in (
        lambda: write(catalog, HERON),
        lambda: write(catalog, HERON),
        lambda: catalog.remove_papers([HERON.id]),
    ):
        change()
        generations.append(catalog.generation)
    assert all(before < after for before, after in pairwise(generations))
    catalog.write_vectors("hashing", {"a": np.zeros(2, dtype=np.float32)})
    assert catalog.generation == generations[-1]


def test_write_that_fails_leaves_nothing_behind(catalog: Catalog) -> None:
    write(catalog, HERON)
    before = (catalog.generation, catalog.papers(), all_chunks(catalog), catalog.sentences([HERON.id]))
    twice = [Chunk(EGRET, 0, 0, 5), Chunk(EGRET, 1, 0, 5)]
    identities = Identities(keys=[("title:other", HERON.id)], records=[("key", "hash", HERON.id)])
    with pytest.raises(LibraryError, match="cannot be used: UNIQUE"):
        catalog.write_papers(
            [replace(HERON, title="Changed"), EGRET],
            sentences={HERON.id: [], EGRET.id: [(0, 5)]},
            chunks=twice,
            identities=identities,
        )
    assert (
        catalog.generation,
        catalog.papers(),
        all_chunks(catalog),
        catalog.sentences([HERON.id]),
    ) == before
    assert catalog.known_by(["title:other"]) == catalog.records(["key"]) == {}


def test_threads_may_write_and_read_at_once(catalog: Catalog) -> None:
    papers = [make_paper(f"Paper {n}", "Some words here.") for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda paper: (write(catalog, paper), all_chunks(catalog), catalog.papers()), papers))
    assert {paper.id for paper in catalog.papers()} == {paper.id for paper in papers}
    assert catalog.generation == 40


def test_second_process_may_read_while_the_first_has_it_open(catalog: Catalog, path: Path) -> None:
    reader = Catalog(path)
    write(catalog, HERON)
    assert reader.papers() == [HERON]
    reader.close()


def test_file_that_is_no_database_says_so_in_one_line(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(LibraryError, match="cannot be used: file is not a database") as error:
        Catalog(path)
    assert "\n" not in str(error.value)


def test_truncated_file_says_so(path: Path) -> None:
    catalog = Catalog(path)
    write(catalog, *PAPERS)
    catalog.close()
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(LibraryError, match="malformed"):
        Catalog(path).papers()


def test_catalog_of_a_newer_paperchat_is_not_touched(path: Path) -> None:
    Catalog(path).close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    db.close()
    with pytest.raises(LibraryError, match="newer paperchat"):
        Catalog(path)


def test_folder_that_is_not_there_is_an_error_of_the_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="unable to open"):
        Catalog(tmp_path / "missing" / "catalog.sqlite")


def test_library_of_the_first_version_is_brought_up_to_date(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.executescript(f"{SCHEMA}PRAGMA user_version=1;")
        row = (FULL.id, FULL.title, FULL.abstract, '["Ada Byron", "Bo Li"]', 2024, FULL.venue, FULL.url)
        ids = '{"arxiv_id": "2401.00001", "doi": "10.1/a"}'
        db.execute("INSERT INTO papers VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, ids))
    db.close()
    catalog = Catalog(path)
    assert catalog.papers() == [FULL]
    assert catalog.records([record_key(FULL)]) == {record_key(FULL): {record_hash(FULL): FULL.id}}
    assert catalog.known_by(keys(FULL)) == {key: [FULL.id] for key in keys(FULL)}
    catalog.close()
    Catalog(path).close()


def test_papers_that_are_one_become_one_with_all_that_is_known_of_them(catalog: Catalog) -> None:
    write(catalog, HERON, EGRET)
    catalog.write_identities(Identities([("a", "1", HERON.id), ("b", "2", EGRET.id)]))
    catalog.write_identities(Identities(replaced={EGRET.id: HERON.id}))
    assert catalog.papers() == [HERON]
    assert catalog.records(["a", "b"]) == {"a": {"1": HERON.id}, "b": {"2": HERON.id}}
    assert catalog.known_by(keys(EGRET)) == {key: [HERON.id] for key in keys(EGRET)}
    assert catalog.chunk_ids([EGRET.id]) == []


def test_change_of_the_embedder_forgets_the_vectors_of_the_old_one(catalog: Catalog) -> None:
    for name in ("old", "new"):
        catalog.write_vectors(name, {"a": np.zeros(2, dtype=np.float32)})
    catalog.change_embedder("new", 2)
    assert catalog.vectors("old", ["a"]) == {}
    assert (catalog.read_fact("embedder"), catalog.read_fact("dimension")) == ("new", "2")
    assert list(catalog.vectors("new", ["a"])) == ["a"]


def test_empty_file_beside_an_index_is_a_lost_catalog_and_not_a_new_library(path: Path) -> None:
    path.touch()
    Catalog(path).close()
    path.write_bytes(b"")
    path.with_name("chroma").mkdir()
    with pytest.raises(LibraryError, match="is empty: what it held is gone"):
        Catalog(path)
