"""Settings: options over environment over file, and nothing unknown gets by."""

from __future__ import annotations

from pathlib import Path

import pytest

from index_store.errors import PaperchatError
from ui.settings import read_settings, settings_file


def write_settings(text: str) -> Path:
    path = settings_file()
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_option_beats_environment_beats_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write_settings('port = 1111\nlibrary = "from-file"\nmodel = "from-file"\n')
    monkeypatch.setenv("PAPERCHAT_LIBRARY", "from-environment")
    monkeypatch.setenv("PAPERCHAT_PORT", "2222")
    settings = read_settings(port=3333, library=None)
    assert (settings.port, settings.library, settings.model) == (3333, "from-environment", "from-file")


def test_unknown_key_in_the_file_is_named() -> None:
    write_settings('colour = "red"\n')
    with pytest.raises(PaperchatError, match="colour"):
        read_settings()


def test_unknown_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERCHAT_COLOUR", "red")
    with pytest.raises(PaperchatError, match="PAPERCHAT_COLOUR is no setting"):
        read_settings()


def test_value_of_the_wrong_kind_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERCHAT_PORT", "many")
    with pytest.raises(PaperchatError, match="port"):
        read_settings()


def test_broken_file_is_named() -> None:
    path = write_settings("this is no toml")
    with pytest.raises(PaperchatError, match=str(path)):
        read_settings()
