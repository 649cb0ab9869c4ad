"""Adding and removing from the terminal: what is said, what stays, and what an interruption leaves."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import PAPERS
from rich.console import Console

from index_store.errors import PaperchatError
from ui.adding import add_files
from ui.settings import Settings, read_settings
from ui.upkeep import list_papers, remove_papers
from ui.wiring import open_library

pytestmark = pytest.mark.weights
BIBTEX = """@article{stork, title = {STORK: Nests in the Wild}, author = {Byron, Ada}, year = 2024,
  abstract = {STORK builds nests of 400 twigs.}, doi = {10.1000/stork}}
@misc{bare, title = {Reeds Without an Abstract}}
@misc{nobody, abstract = {Nobody named this.}}
"""


def lines(count: int) -> str:
    """JSON lines of many papers."""
    records = (
        {"title": f"Paper {n} of Many", "abstract": f"Heron{n} hides in the reeds." * 9}
        for n in range(count)
    )
    return "\n".join(map(json.dumps, records))


@pytest.fixture
def settings(library: Path) -> Settings:
    return read_settings(library=str(library), offline=True)


def add(settings: Settings, *sources: str | Path) -> tuple[bool, str]:
    out = io.StringIO()
    done = add_files(settings, list(map(str, sources)), console=Console(file=out, width=200))
    return done, out.getvalue()


def test_summary_counts_and_names_what_to_look_at(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "refs.bib").write_text(BIBTEX)
    done, said = add(settings, tmp_path / "refs.bib")
    assert done
    assert "Papers: 2 new, 1 rejected" in said
    assert 'refs.bib, line 4 (nobody): "title" is missing.' in said
    assert (
        "1 without an abstract: kept, but there is nothing to quote:\n  Reeds Without an Abstract" in said
    )
    assert "Papers: 2 unchanged, 1 rejected" in add(settings, tmp_path / "refs.bib")[1]


def test_folder_and_zip_are_read_and_one_bad_file_does_not_stop_the_rest(
    settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "refs.bib").write_text(BIBTEX)
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("deep/more.jsonl", lines(3))
    done, said = add(settings, folder, tmp_path / "missing.bib", tmp_path / "more.zip")
    assert not done
    assert f"{tmp_path / 'missing.bib'}: there is no such file." in said
    assert "Papers: 5 new, 2 rejected" in said
    assert "picture.png: " in said


def test_address_is_not_fetched_offline(settings: Settings) -> None:
    done, said = add(settings, "arxiv:2303.12345")
    assert not done
    assert said == "arxiv:2303.12345 needs the internet, and paperchat is set to stay offline.\n"


def test_many_lines_of_one_kind_are_cut_and_counted(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text(lines(1) + "\n{]" * 50)
    _, said = add(settings, tmp_path / "bad.jsonl")
    assert "1 new, 50 rejected" in said
    assert said.count("this is not valid JSON") == 20
    assert "and 30 more" in said


def test_papers_go_by_id_at_once_and_by_words_only_when_that_is_sure(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "refs.bib").write_text(BIBTEX)
    (tmp_path / "many.jsonl").write_text(lines(3))
    add(settings, tmp_path / "refs.bib", tmp_path / "many.jsonl")
    out = Console(file=io.StringIO(), width=200)
    with pytest.raises(PaperchatError, match="3 papers have these words; nothing was removed"):
        remove_papers(settings, ["of", "many"], sure=False, console=out)
    with pytest.raises(PaperchatError, match="There is no paper zebra here; nothing was removed"):
        remove_papers(settings, ["zebra"], sure=True, console=out)
    remove_papers(settings, ["of", "many"], sure=True, console=out)
    remove_papers(settings, ["10.1000/stork"], sure=False, console=out)
    with open_library(settings) as index:
        assert [paper.title for paper in index.papers()] == ["Reeds Without an Abstract"]


def test_papers_are_listed_by_doi_title_words_and_meaning(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "refs.bib").write_text(BIBTEX)
    (tmp_path / "three.jsonl").write_text(
        "\n".join(json.dumps({"title": p.title, "abstract": p.abstract}) for p in PAPERS)
    )
    add(settings, tmp_path / "refs.bib", tmp_path / "three.jsonl")
    for query, title in {
        "https://doi.org/10.1000/STORK": "STORK: Nests in the Wild",
        "stork: nests in the wild": "STORK: Nests in the Wild",
        "byron 2024": "STORK: Nests in the Wild",
        "forecasts of coastal flooding": PAPERS[2].title,
    }.items():
        capsys.readouterr()
        list_papers(settings, query, as_json=True)
        assert json.loads(capsys.readouterr().out)["papers"][0]["title"] == title


def test_interrupted_adding_says_what_is_in_and_the_same_command_ends_it(
    library: Path, tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "many.jsonl").write_text(lines(6000))
    command = [
        sys.executable,
        "-m",
        "ui.cli",
        "add",
        str(tmp_path / "many.jsonl"),
        "--library",
        str(library),
    ]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    catalog = library / "catalog.sqlite"
    while child.poll() is None and not (catalog.exists() and _count(catalog)):
        pass
    os.kill(child.pid, signal.SIGINT)
    said, _ = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "run the same command again to add the rest" in said
    there = _count(catalog)
    assert 0 < there < 6000
    assert f"The library holds {there:,} papers" in said
    (tmp_path / "many.jsonl").write_text(lines(there + 64))
    assert f"Papers: 64 new, {there} unchanged" in add(settings, tmp_path / "many.jsonl")[1]


def _count(catalog: Path) -> int:
    import sqlite3

    connection = sqlite3.connect(f"{catalog.as_uri()}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM papers").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()
