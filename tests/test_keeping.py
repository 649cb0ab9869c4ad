"""What belongs to a person: the secret of the browser's store, and the file of opinions."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from conftest import HERON

from index_store.errors import FileError
from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.values import Answer
from ui.feedback import write_opinion
from ui.keeping import SECRET_FILE, keeping_of
from ui.settings import read_settings


def test_secret_and_key_are_the_same_at_the_next_start_and_the_secret_is_private(tmp_path: Path) -> None:
    settings = read_settings(cache=tmp_path / "cache", library=str(tmp_path))
    first, second = keeping_of(settings), keeping_of(settings)
    assert (first.secret, first.storage_key) == (second.secret, second.storage_key)
    assert stat.S_IMODE((tmp_path / "cache" / SECRET_FILE).stat().st_mode) == 0o600
    assert first.secret not in repr(first)


def test_libraries_have_conversations_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    here, there = (
        keeping_of(read_settings(cache=tmp_path / "cache", library=str(library)))
        for library in (tmp_path, tmp_path / "other")
    )
    assert here.secret == there.secret
    assert here.storage_key != there.storage_key


def test_cache_that_cannot_be_written_or_read_costs_the_memory_of_a_restart_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = read_settings(cache=tmp_path / "file" / "cache", library=str(tmp_path))
    assert keeping_of(settings).secret != keeping_of(settings).secret
    (tmp_path / SECRET_FILE).write_bytes(b"\xff\xfe")
    assert keeping_of(read_settings(cache=tmp_path, library=str(tmp_path))).secret


def test_each_opinion_is_a_line_with_what_was_asked_said_and_cited(
    index: PaperIndex, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "feedback.jsonl"
    answer = Assistant(index).ask("How is HERON trained?")
    write_opinion(path, answer, True)
    write_opinion(path, answer, None)
    first, second = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert first["question"] == "How is HERON trained?"
    assert "hiding 60% of a spectrogram and predicting it. [1]" in first["answer"]
    assert first["cited"] == [HERON.id]
    assert (first["liked"], second["liked"]) == (True, None)
    assert first["time"].endswith("+00:00")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_opinion_that_cannot_be_written_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match=r"feedback.jsonl: your opinion could not be written \("):
        write_opinion(tmp_path / "file" / "feedback.jsonl", Answer("q", "q", "answer"), False)
