"""What every test stands on: no network, no telemetry, a few papers, an index of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ui.quiet import stay_home

stay_home()

from index_store.paper_index import PaperIndex  # noqa: E402
from index_store.values import Paper, slug  # noqa: E402

if TYPE_CHECKING:
    from browsing import Window
    from fakes import ScriptedModel
    from playwright.sync_api import Browser, Page
    from small_endpoint import SmallEndpoint

    from ui.model_loader import ModelLoader

Run = Callable[..., subprocess.CompletedProcess[str]]
LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}


class NetworkTouchedError(BaseException):
    """A test tried to leave loopback. Not an Exception: nothing may swallow it."""


@pytest.fixture(autouse=True, scope="session")
def network_is_off() -> Iterator[None]:
    """Fail whoever connects or looks up anything beyond loopback, in the process of the tests."""
    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise NetworkTouchedError(f"connect to {address}")
        return connect(self, address)

    def guarded_lookup(host: Any, *rest: Any, **options: Any) -> Any:
        if host not in LOOPBACK and host is not None:
            raise NetworkTouchedError(f"lookup of {host}")
        return lookup(host, *rest, **options)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign]
    socket.getaddrinfo = guarded_lookup
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.getaddrinfo = lookup


@pytest.fixture(autouse=True)
def clean_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the settings, data and cache of whoever runs the tests out of them."""
    for name in list(os.environ):
        if name.startswith("PAPERCHAT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def make_paper(title: str, abstract: str, **fields: Any) -> Paper:
    return Paper(id=fields.pop("id", slug(title)), title=title, abstract=abstract, **fields)


HERON = make_paper(
    "HERON: Masked Training for Bird Songs",
    "Labelled bird songs are rare. We present HERON, an encoder that is trained by hiding 60% of a "
    "spectrogram and predicting it. HERON is pre-trained on 4,200 hours of the WetlandAudio corpus. "
    "It reaches 91.3% accuracy on BirdBench, 3.1 points above EgretNet. "
    "HERON does not need any labels for pre-training. Code is available.",
    url="https://example.org/heron",
    year=2024,
    venue="ICASSP",
)
EGRET = make_paper(
    "EgretNet: Convolutions Are Enough for Bird Songs",
    "Bird song recognition often relies on transformers. EgretNet uses convolutions only, with "
    "12 million parameters. It is trained with labels on SongSet-50k. EgretNet obtains 88.2% accuracy "
    "on BirdBench and runs in real time on a phone.",
)
TIDE = make_paper(
    "TideCast: Forecasting Sea Levels with Graph Networks",
    "Sea levels threaten many cities. TideCast represents gauges as a graph and passes messages "
    "between neighbours. It lowers the error by 14% compared with a numerical model. Training takes "
    "two hours on one GPU.",
)
PAPERS = [HERON, EGRET, TIDE]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def index(library: Path) -> Iterator[PaperIndex]:
    """A library of three papers, indexed with the hashing embedder."""
    from fakes import HashingEmbedding

    with PaperIndex(library, HashingEmbedding()) as index:
        index.add(PAPERS)
        yield index


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a real model that is tiny, as Transformers saves it; who changes it makes a copy."""
    from tiny_model import write_tiny_model

    folder = tmp_path_factory.mktemp("tiny") / "model"
    write_tiny_model(folder)
    return folder


@pytest.fixture
def model() -> ScriptedModel:
    """A model that says what the test enqueues."""
    from fakes import ScriptedModel

    return ScriptedModel()


@pytest.fixture
def loader(model: ScriptedModel) -> ModelLoader:
    """The loader of that model, once it is there."""
    from fakes import loaded

    return loaded(model)


@pytest.fixture
def endpoint() -> Iterator[SmallEndpoint]:
    """A server in OpenAI's protocol, with one model."""
    from serving import serving
    from small_endpoint import SmallEndpoint

    endpoint = SmallEndpoint("heron")
    with serving(endpoint.app) as address:
        endpoint.address = f"{address}v1"
        yield endpoint


@pytest.fixture
def run_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Does in this process what `paperchat` does with some arguments in one of its own, and as it does it.

    Most of a start is reading libraries, which are read once here.
    """
    from ui.cli import main

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["paperchat", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, of a module's own: while it is open, no test of the process can run a loop of its own."""
    from browsing import CHROMIUM, FLAGS
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Window]:
    """The window in which the tests of a module open their pages."""
    from browsing import Window
    from serving import listen

    with listen() as door:
        yield Window(browser.new_context(), door)


@pytest.fixture
def address(tmp_path: Path, loader: ModelLoader, window: Window) -> Iterator[str]:
    """A server with the page, over the three papers and a hostile one."""
    from browsing import HOSTILE
    from fakes import HashingEmbedding
    from serving import serving

    from ui.serving import build_app

    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        index.add([*PAPERS, HOSTILE])
        app = build_app(index, loader, library="a test <b>library</b>")
        with serving(app, on=window.door.dup()) as address:
            yield address


@pytest.fixture
def page(window: Window, address: str) -> Iterator[Page]:
    """The page of that server, or of the one of a module's own, as who comes for the first time sees it."""
    with window.page(address) as page:
        yield page
