"""The doctor: each thing that commonly goes wrong is named, with what mends it, and nothing else is."""

from __future__ import annotations

import json
import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib.metadata import Distribution, version
from pathlib import Path

import pytest
from conftest import PAPERS
from fakes import HashingEmbedding

from index_store.checks.finding import Finding
from index_store.paper_index import PaperIndex
from index_store.weights import MINILM, MINILM_NAME, WeightsFile
from rag.models.model_weights import DEFAULT_MODEL, MODELS, converted_folder
from ui.doctor import examine
from ui.doctor_machine import (
    check_disks,
    check_memory,
    check_packages,
    check_port,
    check_python,
    free_memory,
)
from ui.doctor_weights import (
    check_device,
    check_embedder,
    check_files,
    check_model,
    check_offline,
    find_fault,
    memory_needed,
)
from ui.settings import Settings, settings_file
from ui.wiring import open_library, weights_folder

CONTENT = bytes(range(256)) * 100
FILE = WeightsFile("Herons/Heron-1B", "heron.gguf", sha256(CONTENT).hexdigest(), len(CONTENT), (), ())


@pytest.fixture
def model(tiny: Path, tmp_path: Path) -> Path:
    """A folder of real Transformers weights, small enough to be copied and damaged."""
    return shutil.copytree(tiny, tmp_path / "model")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def names(findings: list[Finding], state: str) -> list[str]:
    return [found.name for found in findings if found.state == state]


# The whole of it


def paperchat(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", "doctor", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        check=False,
    )


def test_healthy_library_and_folders_of_ones_own_have_nothing_broken(model: Path, library: Path) -> None:
    with PaperIndex(library, HashingEmbedding(str(model))) as index:
        index.add(PAPERS)
    done = paperchat("--library", library, "--embedder", model, "--model", model, "--port", "0", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    printed = json.loads(done.stdout)
    assert printed["broken"] == 0
    findings = [Finding(**found) for found in printed["findings"]]
    assert [found.name for found in findings] == [
        "settings", "python", "packages", "embedder", "model", "offline", "device", "library", "catalog",
        "library's embedder", "papers", "vectors", "Chroma", "lexical index", "disk", "memory", "port",
    ]  # fmt: skip
    of_this_machine = {"device", "disk", "memory"}
    assert {found.state for found in findings if found.name not in of_this_machine} == {"ok"}


def test_what_is_broken_is_printed_with_what_mends_it_and_status_one(tmp_path: Path, model: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = paperchat("--library", tmp_path / "file", "--embedder", model, "--model", "gpt-9", "--port", "0")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[-1].startswith("2 broken, ")
    for name, words, mend in [
        ("model", 'There is no model "gpt-9"', DEFAULT_MODEL),
        ("library", "is no folder that can be read and written", "--library DIR"),
    ]:
        [place] = [n for n, line in enumerate(lines) if line.startswith(f"✗ {name}  ")]
        assert words in lines[place]
        assert lines[place + 1].startswith("    ")
        assert mend in lines[place + 1]
    assert done.stderr == ""


def test_terminal_without_signs_gets_words(tmp_path: Path, model: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    options = ("--library", tmp_path / "file", "--embedder", model, "--model", model, "--port", "0")
    done = paperchat(*options, PYTHONIOENCODING="ascii")
    assert done.returncode == 1, done.stderr
    assert "broken library  " in done.stdout
    assert "ok python  " in done.stdout


def test_doctor_neither_makes_nor_fetches_anything(tmp_path: Path, cache: Path) -> None:
    done = paperchat("--library", tmp_path / "library", "--port", "0", PAPERCHAT_CACHE=str(cache))
    assert done.returncode == 0, done.stdout + done.stderr
    assert not cache.exists()
    assert not (tmp_path / "library").exists()


# Settings


@pytest.mark.parametrize(
    ("text", "words"),
    [('colour = "red"\n', "colour"), ("this is no toml", "settings.toml"), ("port = 99999\n", "port")],
)
def test_settings_that_cannot_be_read_are_a_finding_and_the_rest_goes_on(
    tmp_path: Path, model: Path, text: str, words: str
) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text(text)
    options = {"library": str(tmp_path / "library"), "embedder": str(model), "model": str(model)}
    findings = list(examine(**options, port=None))
    assert names(findings, "broken") == ["settings"]
    assert words in findings[0].text
    assert "\n" not in findings[0].text
    assert str(settings_file()) in findings[0].mend
    there = {found.name: found for found in findings}
    assert str(tmp_path / "library") in there["library"].text
    assert str(model) in there["embedder"].text


def test_settings_that_are_read_are_named(tmp_path: Path) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text("port = 0\n")
    found = next(examine())
    assert (found.state, found.text) == ("ok", f"{settings_file()} is read.")


# Python and packages


def installed(folder: Path, *requires: str) -> Distribution:
    """Return a distribution that asks for some packages, as pip leaves it on the disk."""
    place = folder / "heron-1.0.dist-info"
    place.mkdir()
    lines = [
        "Metadata-Version: 2.4",
        "Name: heron",
        "Version: 1.0",
        *(f"Requires-Dist: {r}" for r in requires),
    ]
    (place / "METADATA").write_text("\n".join(lines) + "\n")
    return Distribution.at(place)


@pytest.mark.parametrize(("here", "state"), [("3.11.0", "ok"), ("3.14.0rc1", "ok"), ("3.10.12", "broken")])
def test_python_is_compared_with_what_is_wanted(here: str, state: str) -> None:
    found = check_python(here, ">=3.11")
    assert (found.name, found.state) == ("python", state)
    assert here in found.text


def test_packages_in_their_ranges_are_fine_and_the_weighty_ones_named(tmp_path: Path) -> None:
    found = check_packages(
        installed(
            tmp_path,
            "torch>=2",
            "gradio",
            "rich<99",
            'no-such-bird; extra == "zoo"',
            'x; python_version < "3"',
        )
    )
    assert (found.name, found.state) == ("packages", "ok")
    assert (
        found.text
        == f"3 packages are as they should be; gradio {version('gradio')}, torch {version('torch')}."
    )


def test_packages_that_are_missing_or_of_another_version_are_named_alone(tmp_path: Path) -> None:
    found = check_packages(installed(tmp_path, "no-such-bird>=2,<3", "rich>=99", "typer"))
    assert (found.name, found.state) == ("packages", "broken")
    assert found.text == (
        f"no-such-bird is missing (wanted: <3,>=2), rich {version('rich')} (wanted: >=99)."
    )
    assert found.mend == 'Run: pip install "no-such-bird<3,>=2" "rich>=99"'


def test_this_installation_is_as_it_should_be() -> None:
    assert check_packages(Distribution.from_name("paperchat")).state == "ok"
    assert check_python(platform.python_version(), ">=3.11").state == "ok"


# Weights


def test_official_files_are_told_by_their_hash(tmp_path: Path) -> None:
    (tmp_path / "heron.gguf").write_bytes(CONTENT)
    assert check_files("model", tmp_path, [FILE], pull="fetch it").state == "ok"


@pytest.mark.parametrize("content", [None, b"", CONTENT[:-1]])
def test_weights_that_are_not_here_can_be_fetched(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "heron.gguf").write_bytes(content)
    found = check_files("model", tmp_path, [FILE], pull="paperchat models pull heron")
    assert (found.name, found.state) == ("model", "warning")
    assert "heron.gguf" in found.text
    assert found.mend.endswith("paperchat models pull heron")


def test_wrong_bytes_are_broken_and_the_file_named(tmp_path: Path) -> None:
    (tmp_path / "heron.gguf").write_bytes(b"x" + CONTENT[1:])
    found = check_files("model", tmp_path, [FILE], pull="paperchat models pull heron")
    assert (found.name, found.state) == ("model", "broken")
    assert "Herons/Heron-1B" in found.text
    assert found.mend == f"Delete {tmp_path / 'heron.gguf'} and run: paperchat models pull heron"


def test_embedder_of_the_right_size_and_wrong_bytes_is_broken(cache: Path) -> None:
    settings = Settings(cache=cache)
    folder = weights_folder(settings) / MINILM_NAME
    assert check_embedder(settings).state == "warning"
    folder.mkdir(parents=True)
    for file in MINILM:
        with (folder / file.name).open("wb") as stream:
            stream.truncate(file.size)
    found = check_embedder(settings)
    assert (found.name, found.state) == ("embedder", "broken")
    assert f"Delete {folder / 'model.safetensors'}" in found.mend


def test_unpacked_model_is_looked_into(cache: Path, model: Path) -> None:
    settings = Settings(cache=cache)
    found = check_model(settings)
    assert (found.name, found.state) == ("model", "warning")
    assert found.mend.endswith(f"paperchat models pull {DEFAULT_MODEL}")
    folder = converted_folder(DEFAULT_MODEL, weights_folder(settings))
    shutil.copytree(model, folder)
    assert check_model(settings).state == "ok"
    with (folder.parent / MODELS[DEFAULT_MODEL].file.name).open("wb") as stream:
        stream.truncate(99)
    assert check_model(settings).state == "ok"
    (folder / "tokenizer.json").unlink()
    found = check_model(settings)
    assert (found.name, found.state) == ("model", "broken")
    assert "tokenizer.json is missing" in found.text
    assert f"Delete the folder {folder}" in found.mend


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def shard(folder: Path, *files: str) -> None:
    """Name the weights as Transformers does when they come in several files."""
    index = {"metadata": {}, "weight_map": {f"layer{n}": name for n, name in enumerate(files)}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "model.safetensors").rename(folder / files[0])


FAULTS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "config missing": ("config.json is missing", lambda folder: (folder / "config.json").unlink()),
    "config broken": ("config.json cannot be", lambda folder: (folder / "config.json").write_text("{")),
    "no weights": ("model.safetensors is missing", lambda folder: (folder / "model.safetensors").unlink()),
    "weights cut off": ("model.safetensors is damaged", lambda folder: cut(folder / "model.safetensors")),
    "weights empty": ("is damaged", lambda folder: (folder / "model.safetensors").write_bytes(b"")),
    "a shard missing": (
        "2.safetensors is missing", lambda folder: shard(folder, "1.safetensors", "2.safetensors"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("damage", FAULTS)
def test_fault_of_a_folder_of_weights_is_named(model: Path, damage: str) -> None:
    words, change = FAULTS[damage]
    assert find_fault(model, ["config.json", "tokenizer.json"]) == ""
    change(model)
    assert words in find_fault(model, ["config.json", "tokenizer.json"])
    found = check_model(Settings(model=str(model)))
    assert (found.name, found.state) == ("model", "broken")
    assert words in found.text


def test_weights_in_shards_and_of_an_older_kind_are_whole(model: Path) -> None:
    shard(model, "one.safetensors")
    assert find_fault(model, ["config.json"]) == ""
    (model / "model.safetensors.index.json").unlink()
    (model / "one.safetensors").rename(model / "pytorch_model.bin")
    assert find_fault(model, ["config.json"]) == ""


def test_embedder_and_model_that_do_not_exist_name_the_choices() -> None:
    for found, choice in [
        (check_embedder(Settings(embedder="glove")), MINILM_NAME),
        (check_model(Settings(model="gpt-9")), DEFAULT_MODEL),
    ]:
        assert found.state == "broken"
        assert choice in found.mend


def test_embedder_needs_its_tokenizer(model: Path) -> None:
    (model / "tokenizer.json").unlink()
    found = check_embedder(Settings(embedder=str(model)))
    assert (found.name, found.state) == ("embedder", "broken")
    assert "tokenizer.json is missing" in found.text


def test_start_without_network_needs_all_weights() -> None:
    here, wrong = Finding("embedder", "ok", "here"), Finding("model", "broken", "wrong")
    assert check_offline([here, wrong]).state == "ok"
    found = check_offline([here, Finding("model", "warning", "not here")])
    assert (found.name, found.state) == ("offline", "warning")
    assert "to fetch: model." in found.text


def test_device_is_named_with_its_precision() -> None:
    found = check_device(Settings())
    assert found.name == "device"
    assert found.state == ("warning" if found.mend else "ok")
    assert any(f" on {name} in " in found.text for name in ("cpu", "cuda", "mps"))


# The machine


def test_disk_is_told_once_for_each_disk(tmp_path: Path) -> None:
    [found] = check_disks([("the library", tmp_path / "none" / "library"), ("the cache", tmp_path)])
    assert found.name == "disk"
    assert f"free at {tmp_path}, for the library and the cache" in found.text


@pytest.fixture
def disk_of(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Makes disks in memory, which only root may mount."""
    disks: list[Path] = []

    def mount(size: str) -> Path:
        disk = tmp_path / f"disk-{size}"
        disk.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(disk)]
        if (
            shutil.which("mount") is None
            or subprocess.run(command, check=False, capture_output=True).returncode
        ):
            pytest.skip("only root can mount a small disk")
        disks.append(disk)
        return disk

    yield mount
    for disk in disks:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize(("size", "state"), [("50m", "broken"), ("200m", "warning"), ("6g", "ok")])
def test_disk_that_is_nearly_full_is_named(disk_of: Callable[[str], Path], size: str, state: str) -> None:
    disk = disk_of(size)
    [found] = check_disks([("the library", disk / "library")])
    assert (found.name, found.state) == ("disk", state)
    assert str(disk) in found.text
    assert ("--library DIR" in found.mend) == (state != "ok")


def test_little_memory_is_a_warning() -> None:
    assert check_memory(8_000_000_000, 5_000_000_000).state == "ok"
    found = check_memory(900_000_000, 5_000_000_000)
    assert (found.name, found.state) == ("memory", "warning")
    assert "900 MB of memory are free; the model needs about 5.0 GB" in found.text
    assert "--model" in found.mend


def test_memory_is_measured_where_the_system_tells() -> None:
    free = free_memory()
    if platform.system() == "Linux":
        assert free is not None
        assert 10_000_000 < free <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_model_in_memory_is_as_large_as_its_files(cache: Path, model: Path) -> None:
    weights = (model / "model.safetensors").stat().st_size
    own, ours = memory_needed(Settings(model=str(model))), memory_needed(Settings(cache=cache))
    assert own - weights == ours - MODELS[DEFAULT_MODEL].converted_size > 1_000_000_000


def test_taken_port_is_a_warning_that_names_the_option() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = check_port("127.0.0.1", port)
        assert (found.name, found.state) == ("port", "warning")
        assert f"127.0.0.1:{port}" in found.text
        assert "--port" in found.mend
    assert check_port("127.0.0.1", port).state == "ok"


def test_address_of_another_machine_is_a_warning() -> None:
    assert check_port("192.0.2.1", 7860).state == "warning"


# The sample library and the real weights


@pytest.mark.weights
def test_sample_library_is_checked_where_it_opens(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = weights_folder(Settings())
    cache.mkdir()
    (cache / "weights").symlink_to(real)
    settings = Settings(library="sample", cache=cache)
    open_library(settings).close()
    monkeypatch.setenv("PAPERCHAT_CACHE", str(cache))
    findings = {found.name: found for found in examine(library="sample")}
    assert {findings[name].state for name in ("embedder", "library", "catalog", "Chroma")} == {"ok"}
    assert findings["papers"].text.startswith("78 papers")
    [folder] = cache.glob("sample-*")
    (folder / "catalog.sqlite").write_bytes(b"")
    broken = [found for found in examine(library="sample") if found.state == "broken"]
    assert [found.mend for found in broken] == [
        f"Remove {folder}; it is made again when it is next asked for."
    ]
