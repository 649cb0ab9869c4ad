"""`paperchat export` of a real library: what is printed, what is written, what is said."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args, get_type_hints

import pybtex.database
import pytest
from click.testing import Result
from conftest import EGRET, HERON, PAPERS, TIDE
from typer.testing import CliRunner

from index_store.errors import PaperchatError
from index_store.writers import EXPORTS, render_bibtex, render_ris
from ui import cli
from ui.settings import read_settings
from ui.wiring import open_library

pytestmark = pytest.mark.weights
NAMED_EGRET = replace(EGRET, authors=("Łukasz Ó Súilleabháin", "张伟"))


def paperchat(*arguments: str | Path, status: int = 0) -> Result:
    result = CliRunner().invoke(cli.app, ["export", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result


def problem(*arguments: str | Path) -> str:
    """Return the line that `paperchat` prints for an error."""
    result = paperchat(*arguments, status=1)
    assert isinstance(result.exception, PaperchatError)
    return str(result.exception)


@pytest.fixture(scope="module")
def shared_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "library"
    with open_library(read_settings(library=str(folder))) as index:
        index.add([HERON, NAMED_EGRET, TIDE])
    return folder


def titles(bibtex: bytes) -> list[str]:
    entries = pybtex.database.parse_bytes(bibtex, "bibtex").entries.values()
    return [entry.fields["title"].replace("{", "").replace("}", "") for entry in entries]


def test_all_papers_are_printed_as_bibtex_in_utf8(shared_library: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", "export", "--library", str(shared_library)],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        check=True,
    )
    assert titles(done.stdout) == [paper.title for paper in PAPERS]
    assert "Súilleabháin, Łukasz Ó and {张伟}" in done.stdout.decode("utf-8")
    assert done.stderr == b""


def test_papers_are_chosen_by_id_in_the_order_asked_for(shared_library: Path) -> None:
    done = paperchat(TIDE.id, HERON.id, TIDE.id, "--library", shared_library)
    assert done.stdout == render_bibtex([TIDE, HERON])


def test_papers_are_chosen_by_words(shared_library: Path) -> None:
    done = paperchat("graph gauges", NAMED_EGRET.id, "--library", shared_library, "--format", "ris")
    assert done.stdout_bytes == render_ris([TIDE, NAMED_EGRET]).encode()


def test_words_that_no_paper_holds_are_searched_by_meaning(shared_library: Path) -> None:
    done = paperchat("TideCast gauges ornithology", "--library", shared_library)
    assert titles(done.stdout_bytes)[0] == TIDE.title


@pytest.mark.parametrize("format", sorted(EXPORTS))
def test_file_holds_what_is_printed(shared_library: Path, tmp_path: Path, format: str) -> None:
    out = tmp_path / "Ausgabe é.txt"
    out.write_text("an older export")
    printed = paperchat("--format", format, "--library", shared_library)
    written = paperchat("--format", format, "--library", shared_library, "--out", out)
    assert out.read_bytes() == printed.stdout_bytes
    assert written.stdout == f"3 papers written to {out}\n"
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_file_that_cannot_be_written_is_named(shared_library: Path, tmp_path: Path) -> None:
    for out in (tmp_path / "no-such-folder" / "a.bib", tmp_path):
        assert problem("--out", out, "--library", shared_library).startswith(f"{out}: cannot be written (")
    assert list(tmp_path.iterdir()) == []


def test_link_is_followed_and_kept(shared_library: Path, tmp_path: Path) -> None:
    (tmp_path / "link.bib").symlink_to(tmp_path / "refs.bib")
    paperchat(HERON.id, "--out", tmp_path / "link.bib", "--library", shared_library)
    assert (tmp_path / "link.bib").is_symlink()
    assert (tmp_path / "refs.bib").read_text() == render_bibtex([HERON])


def test_device_is_written_to_and_stays_one(shared_library: Path) -> None:
    paperchat("--out", "/dev/null", "--library", shared_library)
    assert Path("/dev/null").is_char_device()


def test_unknown_format_names_those_there_are(shared_library: Path) -> None:
    done = paperchat("--format", "endnote", "--library", shared_library, status=2)
    assert all(format in done.stderr for format in EXPORTS)
    assert done.stdout == ""


def test_every_format_can_be_asked_for() -> None:
    choices = get_type_hints(cli.export)["format"]
    assert set(get_args(choices)) == set(EXPORTS)


def test_words_find_nothing_in_an_empty_library(tmp_path: Path) -> None:
    said = problem("herons", "--library", tmp_path / "empty")
    assert said == 'No paper here is found by "herons"; nothing was exported.'


def test_reader_that_stops_early_causes_no_traceback(shared_library: Path) -> None:
    command = f'"{sys.executable}" -m ui.cli export --library "{shared_library}" | head -c 10'
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert done.stdout.startswith(b"@")
    assert b"Traceback" not in done.stderr
