"""Models of the hub, fetched from a small one on loopback by the real client, in a child of its own."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import serving
from small_hub import COMMIT, SmallHub

from index_store.errors import PaperchatError, WeightsError
from rag.models.streamed_model import Device
from rag.models.transformers_model import TransformersModel
from ui.doctor_weights import check_model, memory_needed
from ui.hub_models import here_from_hub, hub_folder, is_hub_name, pull_hub_model
from ui.model_list import print_models
from ui.settings import Settings
from ui.wiring import load_model, pull_language_model, weights_folder

NAME = "Herons/Heron-1B-Instruct"


@pytest.fixture
def hub(tiny: Path, tmp_path: Path) -> SmallHub:
    """A hub with one model, beside whose weights lies what must never be fetched."""
    folder = shutil.copytree(tiny, tmp_path / "repository")
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    (folder / "modeling_heron.py").write_text("raise SystemExit")
    (folder / "consolidated.safetensors").write_bytes(b"the same again")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.safetensors").write_bytes(b"for another program")
    return SmallHub(NAME, folder)


@pytest.fixture
def address(hub: SmallHub) -> Iterator[str]:
    with serving(hub.app) as address:
        yield address.rstrip("/")


def change_config(hub: SmallHub, **values: object) -> None:
    path = hub.folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize(
    ("said", "is_one"),
    [
        ("Qwen/Qwen3-4B-Instruct-2507", True),
        ("a/b", True),
        ("qwen2.5-coder-1.5b-instruct", False),
        ("./models/heron", False),
        ("../models", False),
        ("~/models", False),
        ("/models/heron", False),
        ("a/b/c", False),
        ("https://example.org/v1", False),
        ("a/", False),
        ("a/b c", False),
    ],
)
def test_name_of_the_hub_is_an_owner_and_a_name(said: str, is_one: bool) -> None:
    assert is_hub_name(said) is is_one


def test_folder_that_is_written_like_a_name_of_the_hub_is_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models" / "heron").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert not is_hub_name("models/heron")
    assert pull_language_model(Settings(model="models/heron"), None) == Path("models/heron")


def test_model_is_fetched_once_without_pickles_or_programs_and_answers(
    hub: SmallHub, address: str, tmp_path: Path
) -> None:
    folder = pull_hub_model(NAME, tmp_path / "cache", hub=address)
    assert folder == hub_folder(NAME, tmp_path / "cache")
    assert (folder / "revision").read_text().strip() == COMMIT
    there = {path.name for path in folder.iterdir()}
    assert {"model.safetensors", "config.json", "tokenizer.json"} <= there
    assert not there & {
        "pytorch_model.bin",
        "modeling_heron.py",
        "consolidated.safetensors",
        "onnx",
        ".cache",
    }
    asked = "\n".join(hub.asked)
    assert "model.safetensors" in asked
    for never in ("pytorch_model", ".py", "consolidated", "onnx"):
        assert never not in asked
    model = TransformersModel(folder, name=NAME, device=Device("cpu", "float32"))
    assert model.complete("the heron hides").text
    assert here_from_hub(tmp_path / "cache") == {NAME: folder}


def test_progress_is_told_in_bytes(hub: SmallHub, address: str, tmp_path: Path) -> None:
    hub.delay = 1.2
    reports: list[tuple[str, int, int]] = []
    folder = pull_hub_model(NAME, tmp_path, hub=address, progress=lambda *report: reports.append(report))
    fetched = [path for path in folder.iterdir() if path.name != "revision"]
    what, done, total = reports[0]
    assert what == "downloading"
    assert 0 < done < total == sum(path.stat().st_size for path in fetched)


def test_child_ends_with_whoever_asked_for_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        hub = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        command = [sys.executable, "-m", "ui.hub_child", NAME, str(tmp_path), hub, "qwen2"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")  # else it would have said that the hub is deaf


def test_model_that_is_here_is_not_asked_for_again(hub: SmallHub, address: str, tmp_path: Path) -> None:
    folder = pull_hub_model(NAME, tmp_path, hub=address)
    hub.asked.clear()
    assert pull_hub_model(NAME, tmp_path, hub=address) == folder
    assert pull_hub_model(NAME, tmp_path, offline=True, hub=address) == folder
    assert hub.asked == []
    settings = Settings(cache=tmp_path / "own", model=NAME, offline=True)
    shutil.copytree(folder, hub_folder(NAME, weights_folder(settings)))
    model = load_model(settings)
    assert model.name == NAME
    assert model.complete("the heron hides").text


def test_nothing_is_fetched_while_offline_is_set(hub: SmallHub, address: str, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=f"{NAME} is not here, and nothing is fetched while offline"):
        pull_hub_model(NAME, tmp_path, offline=True, hub=address)
    assert hub.asked == []


def test_hub_that_does_not_answer_is_told_in_one_line_and_soon(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        begun = time.monotonic()
        with pytest.raises(
            WeightsError, match=f"^{NAME} is not here, and the hub does not give it"
        ) as told:
            pull_hub_model(NAME, tmp_path, hub=f"http://127.0.0.1:{deaf.getsockname()[1]}")
        assert time.monotonic() - begun < 15  # without a limit of its own the client waits 23 seconds
    assert "\n" not in str(told.value)
    assert not hub_folder(NAME, tmp_path).exists()


def test_unknown_and_guarded_models_are_told_apart(hub: SmallHub, address: str, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="The hub has no model Herons/Egret that everybody may have"):
        pull_hub_model("Herons/Egret", tmp_path, hub=address)
    hub.refusal = (403, "GatedRepo")
    with pytest.raises(WeightsError, match=f"{NAME} is given only to those who accept its terms.*hf auth"):
        pull_hub_model(NAME, tmp_path, hub=address)
    hub.refusal = (503, "")
    with pytest.raises(
        WeightsError, match=f"The hub did not give {NAME} .*503.*run the same command again"
    ):
        pull_hub_model(NAME, tmp_path, hub=address)


def test_model_that_needs_programs_of_the_hub_is_refused_before_its_weights_are_fetched(
    hub: SmallHub, address: str, tmp_path: Path
) -> None:
    change_config(hub, model_type="heron", auto_map={"AutoModelForCausalLM": "modeling_heron.Heron"})
    with pytest.raises(WeightsError, match=r"knows no language model of its kind .* without"):
        pull_hub_model(NAME, tmp_path, hub=address)
    assert not [path for path in hub.asked if "safetensors" in path]


def test_model_that_is_not_for_conversations_is_refused(
    hub: SmallHub, address: str, tmp_path: Path
) -> None:
    (hub.folder / "chat_template.jinja").unlink()
    with pytest.raises(WeightsError, match="not made for conversations; choose one that is"):
        pull_hub_model(NAME, tmp_path, hub=address)


def test_model_without_safetensors_is_refused(hub: SmallHub, address: str, tmp_path: Path) -> None:
    (hub.folder / "model.safetensors").unlink()
    with pytest.raises(WeightsError, match=f"{NAME} on the hub has no weights that Transformers reads"):
        pull_hub_model(NAME, tmp_path, hub=address)


def test_weights_with_another_hash_than_the_hub_states_are_thrown_away(
    hub: SmallHub, address: str, tmp_path: Path
) -> None:
    hub.lies.add("model.safetensors")
    with pytest.raises(WeightsError, match=r"model.safetensors of .* came with another SHA-256"):
        pull_hub_model(NAME, tmp_path, hub=address)
    assert not hub_folder(NAME, tmp_path).exists()
    assert here_from_hub(tmp_path) == {}
    hub.lies.clear()
    assert pull_hub_model(NAME, tmp_path, hub=address).is_dir()


def test_name_that_is_nothing_names_the_choices() -> None:
    with pytest.raises(PaperchatError, match="OWNER/NAME, an endpoint as URL#NAME, or one of: qwen2"):
        pull_language_model(Settings(model="gpt-9"), None)


def test_doctor_and_list_know_models_of_the_hub(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(cache=tmp_path / "cache", model=NAME)
    found = check_model(settings)
    assert (found.name, found.state) == ("model", "warning")
    assert found.mend.endswith(f"paperchat models pull {NAME}")
    folder = hub_folder(NAME, weights_folder(settings))
    shutil.copytree(tiny, folder)
    (folder / "revision").write_text(COMMIT)
    assert check_model(settings).state == "ok"
    size = (folder / "model.safetensors").stat().st_size
    assert memory_needed(settings) == size + memory_needed(Settings(cache=settings.cache, model="a/b"))
    print_models(settings, as_json=True)
    [row] = [row for row in json.loads(capsys.readouterr().out)["models"] if row["name"] == NAME]
    assert row["here"] is row["chosen"] is True
    assert row["bytes"] > size
    (folder / "tokenizer_config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"")
    found = check_model(settings)
    assert found.state == "broken"
    assert f"Delete the folder {folder} and run: paperchat models pull {NAME}" in found.mend
