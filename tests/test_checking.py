"""The check of a library: a sound one passes, and every damage is named, alone, with what mends it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from itertools import islice
from pathlib import Path

import chromadb
import pytest
from adding_child import endless_papers
from chromadb.config import Settings
from conftest import HERON, PAPERS, make_paper
from fakes import DIMENSION, HashingEmbedding
from hypothesis import given, settings
from hypothesis import strategies as st

from index_store.checks import check_library
from index_store.checks.finding import Finding
from index_store.checks.papers import PapersCheck, _fits
from index_store.database import SCHEMA_VERSION
from index_store.dense import ChromaIndex
from index_store.paper_index import PaperIndex
from index_store.reindexing import reindex
from index_store.sentences import group_sentences, split_sentences
from index_store.values import Chunk, Paper

TESTS = Path(__file__).parent
LONG = make_paper(
    "Many Gulls", " ".join(f"Gull number {n} of the colony was counted twice." for n in range(40))
)
BARE = make_paper("A Title Alone", "")
ALL = [*PAPERS, LONG, BARE]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checking") / "library"
    fill(folder, ALL)
    return folder


@pytest.fixture
def library(original: Path, tmp_path: Path) -> Path:
    """A sound library of five papers that no process has open."""
    return shutil.copytree(original, tmp_path / "library")


def fill(folder: Path, papers: list[Paper]) -> None:
    with PaperIndex(folder, HashingEmbedding()) as index:
        index.add(papers)


def open_and_close(folder: Path) -> None:
    fill(folder, [])


def check(folder: Path, embedder: str = "hashing") -> list[Finding]:
    return list(check_library(folder, embedder=embedder))


def wrong(folder: Path, embedder: str = "hashing") -> list[Finding]:
    return [found for found in check(folder, embedder) if found.state != "ok"]


def sql(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as db:
        changed = db.execute(statement).rowcount
        db.commit()
    assert changed


def chroma(folder: Path, change: Callable[[chromadb.Collection], object]) -> None:
    """Change the collection behind the library's back."""
    place, quiet = str(folder / "chroma"), Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(path=place, settings=quiet)
    change(client.get_collection("chunks", embedding_function=None))
    client.close()


def delete_one(collection: chromadb.Collection) -> None:
    collection.delete(ids=collection.get(limit=1)["ids"])


def exchange_one(collection: chromadb.Collection) -> None:
    delete_one(collection)
    collection.add(ids=["another"], embeddings=[[0.5] * DIMENSION], documents=["gull"])


def fill_with_garbage(folder: Path) -> None:
    for path in (folder / "chroma").rglob("*"):
        if path.is_file() and path.name != "mark.json":
            path.write_bytes(b"garbage" * 1000)


def change_lexical(folder: Path, **changes: object) -> None:
    path = folder / "lexical" / "chunks.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def lexical_ids(folder: Path) -> list[str]:
    return list(json.loads((folder / "lexical" / "chunks.json").read_text())["ids"])


# Sound libraries


def test_sound_library_gives_nothing_but_ok(library: Path) -> None:
    found = {each.name: each for each in check(library)}
    assert {each.state for each in found.values()} == {"ok"}
    assert list(found) == [
        "library", "catalog", "library's embedder", "papers", "vectors", "Chroma", "lexical index",
    ]  # fmt: skip
    count = len(lexical_ids(library))
    assert count > len(ALL)
    assert found["papers"].text.startswith(f"5 papers in {count} chunks. 1 have no abstract")
    assert str(DIMENSION) in found["vectors"].text


def test_library_that_is_not_there_is_fine_and_not_made(tmp_path: Path) -> None:
    [found] = check(tmp_path / "none" / "library")
    assert (found.state, "first add" in found.text) == ("ok", True)
    assert list(tmp_path.iterdir()) == []


def test_empty_folder_and_empty_catalog_are_fine(library: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert wrong(empty) == []
    (empty / "catalog.sqlite").touch()
    assert wrong(empty) == []
    open_and_close(tmp_path / "opened")
    assert wrong(tmp_path / "opened") == []
    assert len(check(tmp_path / "opened")) == 7


def test_library_of_papers_without_words_is_fine(tmp_path: Path) -> None:
    fill(tmp_path / "stopped", [make_paper("To be", "It is in there.", id="tobe")])
    fill(tmp_path / "bare", [BARE])
    for name in ("stopped", "bare"):
        assert wrong(tmp_path / name) == []
    assert lexical_ids(tmp_path / "stopped") == []


def test_library_of_an_older_version_is_fine(library: Path) -> None:
    for statement in ("DROP TABLE keys", "DROP TABLE records", "PRAGMA user_version=1"):
        sql(library, statement)
    found = {each.name: each for each in check(library)}
    assert {each.state for each in found.values()} == {"ok"}
    assert "version 1; the next start brings them up to date" in found["catalog"].text


def test_library_that_a_killed_process_left_is_fine(library: Path) -> None:
    (library / "chroma.open").touch()
    assert wrong(library) == []
    assert (library / "chroma.open").exists()


def test_check_changes_nothing(library: Path) -> None:
    def state() -> dict[str, str]:
        return {
            str(path): sha256(path.read_bytes()).hexdigest()
            for path in library.rglob("*")
            if path.is_file()
            and "chroma" not in path.parts
            and path.suffix not in {".sqlite-shm", ".sqlite-wal"}
        }

    before = state()
    assert len(before) > 5
    assert wrong(library) == []
    assert state() == before
    with PaperIndex(library, embedder := HashingEmbedding()) as index:
        assert index.papers() == ALL
    assert embedder.calls == 0


@settings(max_examples=200, deadline=None)
@given(st.text() | st.text(alphabet=" .a1\n\u2028\x85\u200b?!A)("))
def test_whatever_is_split_and_grouped_fits(text: str) -> None:
    paper = make_paper("Any", text)
    sentences = split_sentences(text)
    chunks = [Chunk(paper, n, *span) for n, span in enumerate(group_sentences(sentences))]
    rows = [(n, start, end, "") for n, (start, end) in enumerate(sentences)]
    assert _fits(paper, rows, [(c.ordinal, c.start, c.end, c.id) for c in chunks])


def test_papers_and_chunks_are_compared_page_by_page(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    gull = " ".join(f"Gull {n} sat on a post for {'very ' * 80}long." for n in range(100))
    many = [make_paper(f"Colony {n}", f"Colony {n}. {gull}") for n in range(51)]
    fill(folder, [*islice(endless_papers(), 510), *many])
    assert len(lexical_ids(folder)) > 5500
    assert wrong(folder) == []
    sql(
        folder,
        f"UPDATE papers SET abstract = abstract || ' More.' WHERE id IN ('{many[0].id}', '{many[-1].id}')",
    )
    chroma(folder, exchange_one)
    papers, dense = wrong(folder)
    assert "2 of 561 papers" in papers.text
    assert re.match(r"1 of the \d+ chunks in .* are not those of the catalog", dense.text)


# Indexes: what is a warning is mended by the next start

MENDED_BY_A_START: dict[str, tuple[str, str, Callable[[Path], object]]] = {
    "a chunk deleted from Chroma": (
        "Chroma", "holds 7 chunks, the catalog 8", lambda f: chroma(f, delete_one),
    ),
    "no Chroma": ("Chroma", "is not there", lambda f: shutil.rmtree(f / "chroma")),
    "no mark": ("Chroma", "not agree", lambda f: (f / "chroma" / "mark.json").unlink()),
    "garbage after a kill": (
        "Chroma", "damaged", lambda f: (fill_with_garbage(f), (f / "chroma.open").touch()),
    ),
    "no lexical index": ("lexical index", "is not there", lambda f: shutil.rmtree(f / "lexical")),
    "lexical index of another generation": (
        "lexical index", "not agree", lambda f: change_lexical(f, generation=99),
    ),
    "lexical index cut off": (
        "lexical index", "damaged", lambda f: next((f / "lexical").glob("data*.npy")).write_bytes(b"x"),
    ),
    "an emptied lexical index": ("lexical index", "damaged", lambda f: change_lexical(f, ids=[])),
}  # fmt: skip


@pytest.mark.parametrize("damage", MENDED_BY_A_START)
def test_index_that_the_next_start_rebuilds_is_a_warning(library: Path, damage: str) -> None:
    name, words, change = MENDED_BY_A_START[damage]
    change(library)
    [found] = wrong(library)
    assert (found.name, found.state) == (name, "warning")
    assert words in found.text
    assert "rebuilt from the catalog at the next start" in found.mend
    open_and_close(library)
    assert wrong(library) == []


MENDED_BY_REMOVAL: dict[str, tuple[str, str, Callable[[Path], object]]] = {
    "a chunk exchanged in Chroma": ("Chroma", "1 of the 8 chunks", lambda f: chroma(f, exchange_one)),
    "garbage": ("Chroma", "damaged", fill_with_garbage),
    "a chunk missing in the lexical index": (
        "lexical index", "lists 7 chunks", lambda f: change_lexical(f, ids=lexical_ids(f)[1:]),
    ),
    "a chunk exchanged in the lexical index": (
        "lexical index", "7 of them are", lambda f: change_lexical(f, ids=[*lexical_ids(f)[1:], "another"]),
    ),
    "a chunk twice in the lexical index": (
        "lexical index",
        "lists 9 chunks",
        lambda f: change_lexical(f, ids=[*lexical_ids(f), lexical_ids(f)[0]]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("damage", MENDED_BY_REMOVAL)
def test_index_that_no_start_would_rebuild_is_broken(library: Path, damage: str) -> None:
    name, words, change = MENDED_BY_REMOVAL[damage]
    change(library)
    [found] = wrong(library)
    assert (found.name, found.state) == (name, "broken")
    assert words in found.text
    folder = re.match(r"Remove (\S+?);? ", found.mend)
    assert folder
    shutil.rmtree(folder[1])
    open_and_close(library)
    assert wrong(library) == []


def test_probe_that_takes_too_long_is_ended(library: Path) -> None:
    assert ChromaIndex.is_sound(library / "chroma", DIMENSION)
    assert not ChromaIndex.is_sound(library / "chroma", DIMENSION, seconds=0.01)


# Papers and vectors

OF_LONG = f"WHERE paper = '{LONG.id}'"
PAPER_DAMAGES = [
    f'UPDATE sentences SET "end" = "end" + 1000 {OF_LONG} AND ordinal = 39',
    f"UPDATE sentences SET start = start + 5 {OF_LONG} AND ordinal = 7",
    f"UPDATE sentences SET start = start - 2 {OF_LONG} AND ordinal = 7",
    f"DELETE FROM sentences {OF_LONG}",
    f"DELETE FROM sentences {OF_LONG} AND ordinal = 39",
    f"DELETE FROM sentences {OF_LONG} AND ordinal = 0",
    f'UPDATE chunks SET "end" = "end" - 3 {OF_LONG} AND ordinal = 1',
    f"UPDATE chunks SET ordinal = ordinal + 1 {OF_LONG} AND ordinal = 3",
    f'UPDATE chunks SET start = -1 * start, "end" = -1 {OF_LONG} AND ordinal = 2',
    f"UPDATE papers SET title = 'Few Gulls' WHERE id = '{LONG.id}'",
    f"UPDATE papers SET abstract = replace(abstract, '7', '70') WHERE id = '{LONG.id}'",
    f"UPDATE papers SET abstract = abstract || ' More.' WHERE id = '{LONG.id}'",
    f"UPDATE papers SET abstract = '' WHERE id = '{LONG.id}'",
]


@pytest.mark.parametrize("damage", PAPER_DAMAGES)
def test_offsets_that_do_not_fit_the_abstract_name_the_paper(library: Path, damage: str) -> None:
    sql(library, damage)
    papers = PapersCheck("hashing", DIMENSION)
    with closing(sqlite3.connect(library / "catalog.sqlite")) as db:
        papers.read(db)
    found = papers.found_in_papers(library)
    assert (found.name, found.state) == ("papers", "broken")
    assert (
        f"1 of 5 papers have sentences or chunks that do not fit their abstract: {LONG.id}." in found.text
    )
    assert papers.found_in_vectors(library).state == "ok"


def test_paper_that_does_not_fit_is_mended_by_removing_and_adding_it(library: Path) -> None:
    sql(library, PAPER_DAMAGES[0])
    [found] = wrong(library)
    assert found.name == "papers"
    assert f"paperchat remove {LONG.id} --library {library}, then add" in found.mend
    with PaperIndex(library, HashingEmbedding()) as index:
        index.remove([LONG.id])
        index.add([LONG])
    assert wrong(library) == []


def test_chunk_that_is_gone_is_missed_by_its_paper_and_by_the_indexes(library: Path) -> None:
    sql(library, f"DELETE FROM chunks {OF_LONG} AND ordinal = 1")
    assert [found.name for found in wrong(library)] == ["papers", "Chroma", "lexical index"]


def test_only_some_of_many_wrong_papers_are_named(library: Path) -> None:
    sql(library, "UPDATE sentences SET start = start + 1 WHERE ordinal = 1")
    [found] = wrong(library)
    assert found.text.startswith("4 of 5 papers")
    assert found.text.endswith("and others.")
    assert LONG.id not in found.text + found.mend


def test_vector_that_is_gone_is_counted_and_made_by_reindex(library: Path) -> None:
    sql(library, "DELETE FROM vectors WHERE text_hash IN (SELECT text_hash FROM vectors LIMIT 2)")
    [found] = wrong(library)
    assert (found.name, found.state) == ("vectors", "broken")
    assert found.text == "2 of 8 chunks have no vector."
    assert found.mend == f"Run: paperchat reindex --library {library} --embedder hashing"
    reindex(library, HashingEmbedding())
    open_and_close(library)
    assert wrong(library) == []


def test_vector_of_another_length_is_counted_and_made_again(library: Path) -> None:
    sql(
        library,
        "UPDATE vectors SET vector = substr(vector, 1, 400) "
        "WHERE text_hash = (SELECT max(text_hash) FROM vectors)",
    )
    [found] = wrong(library)
    assert (found.name, found.state) == ("vectors", "broken")
    assert found.text == f"1 vectors of hashing do not have {DIMENSION} numbers."
    statement = re.search('"(DELETE .*)"', found.mend)
    assert statement
    sql(library, statement[1])
    reindex(library, HashingEmbedding())
    open_and_close(library)
    assert wrong(library) == []


# The embedder


def test_library_of_another_embedder_is_broken_and_both_are_named(library: Path) -> None:
    [found] = wrong(library, "bge-small")
    assert (found.name, found.state) == ("library's embedder", "broken")
    assert "indexed with hashing, not with bge-small" in found.text
    assert f"paperchat reindex --library {library} --embedder bge-small" in found.mend
    reindex(library, HashingEmbedding("bge-small"))
    assert "broken" not in {each.state for each in check(library, "bge-small")}


@pytest.mark.parametrize("fact", ["embedder", "dimension"])
def test_library_that_does_not_name_its_embedder_is_broken(library: Path, fact: str) -> None:
    sql(library, f"DELETE FROM facts WHERE name = '{fact}'")
    found = wrong(library)[0]
    assert (found.name, found.state) == ("library's embedder", "broken")
    reindex(library, HashingEmbedding())
    open_and_close(library)
    assert wrong(library) == []


# The catalog


def tear(path: Path) -> None:
    """Overwrite the middle of the file, as a failing disk would."""
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + os.urandom(8192) + whole[12288:])


CATALOG_DAMAGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "no bytes": ("is empty: the papers it held are gone", lambda path: path.write_bytes(b"")),
    "missing": ("is missing: the papers it held are gone", lambda path: path.unlink()),
    "garbage": ("file is not a database", lambda path: path.write_bytes(b"garbage" * 1000)),
    "cut off": ("malformed", lambda path: path.write_bytes(path.read_bytes()[:9000])),
    "torn": ("", tear),
    "newer": (
        "newer paperchat",
        lambda path: sql(path.parent, f"PRAGMA user_version={SCHEMA_VERSION + 1}"),
    ),
    "a table missing": ("no catalog of paperchat", lambda path: sql(path.parent, "DROP TABLE vectors")),
    "orphans": (
        "in: chunks, ",
        lambda path: sql(path.parent, f"DELETE FROM papers WHERE id = '{HERON.id}'"),
    ),
    "a folder": ("cannot be read", lambda path: (path.unlink(), path.mkdir())),
}


@pytest.mark.parametrize("damage", CATALOG_DAMAGES)
def test_damaged_catalog_is_broken_and_named_alone(library: Path, damage: str) -> None:
    words, change = CATALOG_DAMAGES[damage]
    change(library / "catalog.sqlite")
    [found] = wrong(library)
    assert (found.name, found.state) == ("catalog", "broken")
    assert words in found.text
    assert str(library / "catalog.sqlite") in found.text
    assert "\n" not in found.text
    assert found.mend


def test_database_of_another_program_is_no_catalog(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "catalog.sqlite")) as db:
        db.execute("CREATE TABLE birds (name)")
    [found] = wrong(tmp_path)
    assert "is no catalog of paperchat" in found.text


# Places and other processes


def test_library_of_another_process_is_only_read(library: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from fakes import HashingEmbedding; "
        "from index_store.paper_index import PaperIndex\n"
        "with PaperIndex(Path(sys.argv[1]), HashingEmbedding()):\n"
        "    print('open', flush=True)\n    sys.stdin.read()"
    )
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    with subprocess.Popen(
        [sys.executable, "-c", program, str(library)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        found = {each.name: each for each in check(library)}
        child.communicate("")
    assert list(found) == ["library", "catalog", "library's embedder", "papers", "vectors"]
    assert [each.name for each in found.values() if each.state != "ok"] == ["library"]
    assert "Another paperchat uses" in found["library"].text
    assert "its indexes were left out" in found["library"].text
    assert found["library"].state == "warning"
    assert wrong(library) == []


def test_check_lets_go_of_the_library(library: Path) -> None:
    assert wrong(library) == []
    with PaperIndex(library, HashingEmbedding()) as index:
        assert index.remove([HERON.id]) == 1


def test_file_in_the_place_of_the_library_is_broken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "library"):
        [found] = wrong(folder)
        assert (found.name, found.state) == ("library", "broken")
        assert str(tmp_path / "file") in found.text
        assert "--library DIR" in found.mend


def test_lock_that_cannot_be_taken_is_broken(library: Path) -> None:
    (library / "writer.lock").unlink()
    (library / "writer.lock").mkdir()
    [found] = wrong(library)
    assert (found.name, found.state) == ("library", "broken")
    assert "writer.lock cannot be locked" in found.text


@pytest.fixture
def frozen_disk(library: Path, tmp_path: Path) -> Iterator[Path]:
    """A disk in memory with the library on it that cannot be written to; only root may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "none", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    shutil.copytree(library, disk / "library")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_library_that_cannot_be_written_is_broken(frozen_disk: Path) -> None:
    [found] = wrong(frozen_disk / "library")
    assert (found.name, found.state) == ("library", "broken")
    assert "can be read and written" in found.text
