"""The paper index: papers in, passages out, and nothing lost whatever happens to process, files or disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from adding_child import endless_papers
from conftest import EGRET, HERON, PAPERS, TIDE, make_paper
from fakes import HashingEmbedding

from index_store.catalog import Catalog
from index_store.dense import ChromaIndex
from index_store.errors import EmbedderMismatchError, LibraryBusyError, LibraryError, LibraryFullError
from index_store.exact import ExactIndex
from index_store.paper_index import BATCH, CANDIDATES, PaperIndex
from index_store.reindexing import reindex
from index_store.sentences import split_sentences
from index_store.values import AddSummary, Paper, Rejection

TESTS = Path(__file__).parent


def reopened(library: Path) -> tuple[PaperIndex, HashingEmbedding]:
    embedder = HashingEmbedding()
    return PaperIndex(library, embedder), embedder


def titles(index: PaperIndex, query: str, **options: object) -> list[str]:
    return [passage.chunk.paper.title for passage in index.search(query, **options)]  # type: ignore[arg-type]


def first_about(index: PaperIndex, number: int) -> str:
    """Return the title that is found first for words of one of the endless papers."""
    return titles(index, f"heron{number} gull{number}", limit=1)[0]


# Papers in


def test_papers_are_new_once_then_unchanged_then_updated(library: Path) -> None:
    index, embedder = reopened(library)
    assert index.add(PAPERS) == AddSummary(new=3)
    embedded = embedder.calls
    assert index.add(PAPERS) == AddSummary(unchanged=3)
    assert embedder.calls == embedded
    changed = replace(TIDE, abstract="Zebras graze at low tide.")
    assert index.add([HERON, changed]) == AddSummary(updated=1, unchanged=1)
    assert index.papers() == [HERON, EGRET, changed]
    assert titles(index, "zebras graze")[0] == TIDE.title
    assert all("graph" not in p.chunk.text for p in index.search("gauges as a graph"))
    index.close()


def test_change_that_is_not_indexed_embeds_nothing(index: PaperIndex) -> None:
    before = index.embedder.calls
    assert index.add([replace(HERON, year=1999)]) == AddSummary(updated=1)
    assert index.embedder.calls == before
    assert index.papers([HERON.id])[0].year == 1999
    assert index.search("HERON")[0].chunk.paper.year == 1999


def test_second_record_of_a_paper_in_one_file_fills_its_gaps(index: PaperIndex) -> None:
    new = make_paper("Zebras", "Zebras graze.")
    twice = [new, replace(new, abstract="Zebras run.", year=2024)]
    assert index.add(twice) == AddSummary(new=1, merged=1)
    assert index.papers([new.id]) == [replace(new, year=2024)]
    assert index.add(twice) == AddSummary(unchanged=2)


def test_rejections_are_passed_on_in_the_summary(index: PaperIndex) -> None:
    rejection = Rejection("papers.jsonl, line 17", "this is not valid JSON.")
    assert index.add([rejection, HERON]) == AddSummary(unchanged=1, rejected=(rejection,))


def test_progress_tells_the_papers_done_batch_by_batch(library: Path) -> None:
    done: list[int] = []
    with PaperIndex(library, HashingEmbedding()) as index:
        index.add(islice(endless_papers(), 2 * BATCH + 1), progress=done.append)
    assert done == [BATCH, 2 * BATCH, 2 * BATCH + 1]


def test_reader_that_breaks_off_leaves_whole_batches(library: Path) -> None:
    def broken() -> Iterator[Paper]:
        yield from islice(endless_papers(), BATCH + 5)
        raise OSError("the file went away")

    index, _ = reopened(library)
    with pytest.raises(OSError, match="went away"):
        index.add(broken())
    index.close()
    index, _ = reopened(library)
    assert index.count_papers() == BATCH
    assert first_about(index, 7) == "Paper 7"
    index.close()


def test_paper_without_an_abstract_is_kept_and_found_by_its_title(library: Path) -> None:
    index, _ = reopened(library)
    assert index.add([make_paper("Empty", "")]) == AddSummary(new=1, without_abstract=("Empty",))
    assert index.add([make_paper("Empty", "")]) == AddSummary(unchanged=1, without_abstract=("Empty",))
    assert [(p.chunk.text, p.chunk.paper.title) for p in index.search("empty")] == [("", "Empty")]
    assert index.add([HERON]) == AddSummary(new=1)
    index.close()


def test_removed_papers_leave_no_trace_in_what_is_found(index: PaperIndex, tmp_path: Path) -> None:
    assert index.remove([HERON.id, "nobody"]) == 1
    assert index.remove([HERON.id]) == 0
    assert index.papers() == [EGRET, TIDE]
    with PaperIndex(tmp_path / "other", HashingEmbedding()) as other:
        other.add([EGRET, TIDE])
        assert index.search(HERON.abstract) == other.search(HERON.abstract)


def test_other_threads_may_add_and_search(index: PaperIndex) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert pool.submit(index.add, [make_paper("Zebras", "Zebras graze.")]).result() == AddSummary(new=1)
        found = list(pool.map(lambda query: titles(index, query)[0], ["zebras", "sea levels"] * 8))
    assert found == ["Zebras", TIDE.title] * 8


# Passages out


def test_passages_are_ranked_from_one_best_first(index: PaperIndex) -> None:
    found = index.search("How far does TideCast lower the error?")
    assert found[0].chunk.paper == TIDE
    assert [passage.rank for passage in found] == list(range(1, len(found) + 1))
    assert [passage.score for passage in found] == sorted((p.score for p in found), reverse=True)
    assert all(p.chunk.text in p.chunk.paper.abstract for p in found)
    assert index.search("How far does TideCast lower the error?", limit=1) == found[:1]


def test_passage_that_both_rankings_put_first_has_the_fused_score_of_both(index: PaperIndex) -> None:
    assert index.search("sea levels and gauges")[0].score == pytest.approx(1.0)


def test_search_goes_as_deep_as_it_is_asked_to(library: Path) -> None:
    with PaperIndex(library, HashingEmbedding()) as index:
        index.add(islice(endless_papers(), 4 * CANDIDATES))
        assert len(index.search("paper", limit=3 * CANDIDATES)) == 3 * CANDIDATES


def test_search_keeps_to_the_papers_asked_for(index: PaperIndex) -> None:
    assert set(titles(index, "sea levels", papers={HERON.id, EGRET.id})) == {HERON.title, EGRET.title}
    assert index.search("sea levels", papers=[]) == []
    assert index.search("sea levels", papers=["nobody"]) == []


def test_empty_library_finds_nothing_and_asks_no_embedder(library: Path) -> None:
    index, embedder = reopened(library)
    assert (index.search("anything"), index.papers(), index.count_papers(), embedder.calls) == (
        [],
        [],
        0,
        0,
    )
    index.close()


def test_sentences_and_vectors_come_from_the_catalog(index: PaperIndex) -> None:
    assert index.sentences([HERON.id]) == {HERON.id: split_sentences(HERON.abstract)}
    [first, again] = index.vectors(["zebras"] * 2)
    before = index.embedder.calls
    assert (index.vectors(["zebras"])[0] == first).all()
    assert (first == again).all()
    assert index.embedder.calls == before


def test_rare_word_weighs_more_than_a_common_one(index: PaperIndex) -> None:
    assert index.word_weight("gaug") > index.word_weight("bird")


def test_equal_libraries_have_equal_fingerprints(index: PaperIndex, tmp_path: Path) -> None:
    with PaperIndex(tmp_path / "other", HashingEmbedding()) as other:
        other.add([TIDE, HERON])
        assert other.fingerprint != index.fingerprint
        other.add([EGRET])
        assert other.fingerprint == index.fingerprint
        other.add([replace(EGRET, year=1999)])
        assert other.fingerprint != index.fingerprint


# Opening again


def damage_nothing(library: Path) -> None:
    """Leave the library as it was closed."""


def write_behind_its_back(library: Path) -> None:
    catalog = Catalog(library / "catalog.sqlite")
    catalog.remove_papers(["nobody"])
    catalog.close()


def fill_chroma_with_garbage_after_a_kill(library: Path) -> None:
    for path in (library / "chroma").rglob("*"):
        if path.is_file() and path.name != "mark.json":
            path.write_bytes(b"garbage" * 1000)
    (library / "chroma.open").touch()


@pytest.mark.parametrize(
    "damage",
    [
        damage_nothing,
        write_behind_its_back,
        fill_chroma_with_garbage_after_a_kill,
        lambda library: shutil.rmtree(library / "chroma"),
        lambda library: shutil.rmtree(library / "lexical"),
        lambda library: (library / "chroma" / "mark.json").write_text("{"),
        lambda library: (library / "chroma" / "chroma.sqlite3").unlink(),
        lambda library: (library / "lexical" / "chunks.json").write_text("[]"),
        lambda library: (library / "chroma.open").touch(),
    ],
)
def test_indexes_are_mended_when_opened_without_embedding_again(index: PaperIndex, damage) -> None:  # type: ignore[no-untyped-def]
    before = [index.search(query) for query in (HERON.abstract, "sea levels")]
    index.close()
    damage(index.folder)
    again, embedder = reopened(index.folder)
    assert embedder.calls == 0
    assert [again.search(query) for query in (HERON.abstract, "sea levels")] == before
    assert again.add(PAPERS) == AddSummary(unchanged=3)
    again.close()
    assert not (index.folder / "chroma.open").exists()


def test_write_that_chroma_refused_is_mended_by_the_next_one(index: PaperIndex) -> None:
    changed = replace(TIDE, abstract="Zebras graze at low tide.")

    def papers_while_chroma_breaks() -> Iterator[Paper]:
        (index.folder / "chroma" / "mark.json").unlink()
        (index.folder / "chroma" / "mark.json").mkdir()
        yield changed

    with pytest.raises(LibraryError, match="chroma cannot be used"):
        index.add(papers_while_chroma_breaks())
    before = index.embedder.calls
    assert index.add([changed]) == AddSummary(unchanged=1)
    assert index.embedder.calls == before
    assert titles(index, "zebras", limit=1) == [TIDE.title]
    index.close()
    again, _ = reopened(index.folder)
    assert again.papers([TIDE.id]) == [changed]
    again.close()


def test_killed_process_loses_nothing_that_it_reported(library: Path) -> None:
    program = [sys.executable, str(TESTS / "adding_child.py"), str(library)]
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    child = subprocess.Popen(
        program, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths}
    )
    assert child.stdout is not None
    with child.stdout as lines:
        reported = [int(next(lines)) for _ in range(3)][-1]
        child.kill()
        reported = max(reported, *map(int, lines), 0)
    assert child.wait() == -9
    assert (library / "chroma.open").exists()

    index, embedder = reopened(library)
    there = index.count_papers()
    assert there >= reported >= 3 * BATCH
    assert embedder.calls == 0
    assert first_about(index, there - 1) == f"Paper {there - 1}"
    summary = index.add(islice(endless_papers(), there + 10))
    assert summary == AddSummary(new=10, unchanged=there)
    assert index.count_papers() == there + 10
    index.close()


# Who may write


def test_second_opener_searches_and_may_not_write(index: PaperIndex) -> None:
    second, _ = reopened(index.folder)
    for query in (HERON.abstract, "sea levels", "phone"):
        assert second.search(query) == index.search(query)
    assert isinstance(second._dense, ExactIndex)
    for write in (
        lambda: second.add([HERON]),
        lambda: second.remove([HERON.id]),
        lambda: reindex(index.folder, HashingEmbedding("another")),
    ):
        with pytest.raises(LibraryBusyError, match="Another paperchat is using the library"):
            write()
    second.close()
    assert index.add([HERON]) == AddSummary(unchanged=1)


def test_library_is_free_for_the_next_writer_when_closed(index: PaperIndex) -> None:
    index.close()
    again, _ = reopened(index.folder)
    assert isinstance(again._dense, ChromaIndex)
    assert again.add([make_paper("Zebras", "Zebras graze.")]) == AddSummary(new=1)
    again.close()


def test_read_only_library_answers_and_refuses_writes(index: PaperIndex) -> None:
    index.close()
    with PaperIndex(index.folder, HashingEmbedding(), read_only=True) as sample:
        assert titles(sample, "sea levels")[0] == TIDE.title
        for write in (lambda: sample.add([HERON]), lambda: sample.remove([HERON.id])):
            with pytest.raises(LibraryError, match="read-only"):
                write()


# Other embedders


def test_another_embedder_is_refused_and_both_are_named(index: PaperIndex) -> None:
    index.close()
    with pytest.raises(EmbedderMismatchError) as error:
        PaperIndex(index.folder, HashingEmbedding("bge-small"))
    assert "was indexed with hashing, not with bge-small" in str(error.value)
    assert "paperchat reindex" in str(error.value)
    again, _ = reopened(index.folder)
    assert again.add([HERON]) == AddSummary(unchanged=1)
    again.close()


def test_reindexed_library_belongs_to_the_new_embedder(index: PaperIndex) -> None:
    index.close()
    done: list[tuple[int, int]] = []
    assert reindex(index.folder, HashingEmbedding("bge-small"), progress=lambda *n: done.append(n)) == 3
    assert done[-1] == (3, 3)
    with pytest.raises(EmbedderMismatchError, match="indexed with bge-small, not with hashing"):
        reopened(index.folder)
    embedder = HashingEmbedding("bge-small")
    with PaperIndex(index.folder, embedder) as other:
        assert titles(other, "sea levels")[0] == TIDE.title
        assert other.add(PAPERS) == AddSummary(unchanged=3)


def test_library_serves_as_before_until_the_new_index_is_complete(index: PaperIndex) -> None:
    class Breaking(HashingEmbedding):
        def _embed(self, text: str) -> list[float]:
            raise RuntimeError("the weights went away")

    index.close()
    with pytest.raises(RuntimeError, match="went away"):
        reindex(index.folder, Breaking("bge-small"))
    again, embedder = reopened(index.folder)
    assert titles(again, "sea levels")[0] == TIDE.title
    assert embedder.calls == 1
    again.close()


def test_only_a_library_can_be_reindexed(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="There is no library in"):
        reindex(tmp_path, HashingEmbedding())


# Places


def test_folder_that_cannot_hold_a_library_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibraryError, match=r"No library can be kept in .*file"):
        PaperIndex(tmp_path / "file", HashingEmbedding())


def test_damaged_catalog_says_so_and_lets_go_of_the_library(index: PaperIndex) -> None:
    index.close()
    path = index.folder / "catalog.sqlite"
    whole = path.read_bytes()
    path.write_bytes(b"garbage" * 1000)
    with pytest.raises(LibraryError, match="not a database") as error:
        PaperIndex(index.folder, HashingEmbedding())
    path.write_bytes(whole)
    again, _ = reopened(index.folder)
    assert again.add(PAPERS) == AddSummary(unchanged=3), error
    again.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 5 MB in memory, which only root may mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=5m", "none", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_full_disk_is_told_and_nothing_reported_is_lost(small_disk: Path) -> None:
    done: list[int] = []
    index, _ = reopened(small_disk / "library")
    with pytest.raises(LibraryFullError, match="is full; nothing that was added before is lost") as error:
        index.add(endless_papers(), progress=done.append)
    index.close()
    assert "\n" not in str(error.value)
    assert done

    subprocess.run(["mount", "-o", "remount,size=100m", str(small_disk)], check=True)
    index, embedder = reopened(small_disk / "library")
    there = index.count_papers()
    assert there >= done[-1]
    assert there % BATCH == embedder.calls == 0
    assert first_about(index, there - 1) == f"Paper {there - 1}"
    assert index.add(islice(endless_papers(), there + 10)) == AddSummary(new=10, unchanged=there)
    index.close()


def test_library_on_a_disk_that_stays_full_says_so(small_disk: Path) -> None:
    index, _ = reopened(small_disk / "library")
    index.add(PAPERS)
    index.close()
    shutil.rmtree(small_disk / "library" / "chroma")
    ballast = os.open(small_disk / "ballast", os.O_CREAT | os.O_WRONLY)
    with pytest.raises(OSError, match="No space"):
        while os.write(ballast, b"x" * 4096):
            pass
    os.close(ballast)
    with pytest.raises(LibraryFullError, match="Make room"):
        reopened(small_disk / "library")
    (small_disk / "ballast").unlink()
    index, _ = reopened(small_disk / "library")
    assert titles(index, "sea levels")[0] == TIDE.title
    assert index.papers() == PAPERS
    index.close()
