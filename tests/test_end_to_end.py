"""The whole path with the real weights: the sample library, the real model, the page in Chromium.

The weights come from the cache, or are fetched once. After that nothing may leave loopback: an audit
hook in the process of paperchat notes every try.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import CHROMIUM, FLAGS, ask, asked_elsewhere, open_page
from playwright.sync_api import expect, sync_playwright
from serving import listen, port_of

HOOK = Path(__file__).parent / "data" / "offline"
QUESTION = "How does dual masking make VideoMAE V2 cheaper to pre-train?"
pytestmark = [pytest.mark.weights, pytest.mark.model, pytest.mark.timeout(900)]


@pytest.fixture(scope="module", autouse=True)
def weights() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", "models", "pull"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(HOOK), "OFFLINE_LOG": str(tmp_path / "left-loopback.log")}


def left_loopback(environment: dict[str, str]) -> str:
    log = Path(environment["OFFLINE_LOG"])
    return log.read_text() if log.exists() else ""


def test_the_hook_itself_notices_who_leaves(environment: dict[str, str]) -> None:
    program = "import socket; socket.create_connection(('192.0.2.1', 9), timeout=0.01)"
    subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False)
    assert "192.0.2.1" in left_loopback(environment)


def test_real_model_answers_in_the_terminal_and_stays_home(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", "ask", QUESTION, "--json", "--library", "sample"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["citations"][0]["title"].startswith("VideoMAE V2")
    assert any(s["support"] == "supported" for s in answer["statements"])
    numbers = {citation["number"] for citation in answer["citations"]}
    assert all(set(s["citations"]) <= numbers and s["citations"] for s in answer["statements"])
    assert answer["receipt"]["model"] == "qwen2.5-coder-1.5b-instruct"
    assert answer["device"]["dtype"] in {"int8", "bfloat16", "float16", "float32"}
    assert left_loopback(environment) == ""


@pytest.fixture
def address(environment: dict[str, str]) -> Iterator[str]:
    with listen() as free:
        port = port_of(free)
    command = [sys.executable, "-m", "ui.cli", "serve", "--library", "sample", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}/"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            break
        except OSError:
            time.sleep(0.2)
    yield url
    server.terminate()
    output = server.communicate(timeout=30)[0].decode()
    assert "Traceback" not in output, output


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_real_model_answers_in_the_browser_and_stays_home(
    address: str, environment: dict[str, str]
) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        foreign = asked_elsewhere(page, address)
        open_page(page, address)
        expect(page.locator("#status")).to_contain_text(
            re.compile(r"qwen2\.5-coder-1\.5b.*(?:CPU|GPU).*(?:int8|bf16|fp16|fp32)"), timeout=120_000
        )
        ask(page, QUESTION)
        expect(page.locator(".answer blockquote").first).to_be_visible(timeout=15_000)
        expect(page.locator(".answer .prose .cite").first).to_be_visible(timeout=120_000)
        expect(page.locator("#stop")).to_be_disabled(timeout=120_000)
        page.locator(".answer a.cite").first.click()
        expect(page.locator(".answer .ref").first).to_contain_text("VideoMAE V2")
        mark = page.locator("#paper-panel mark").first
        expect(mark).to_be_visible()
        assert len(mark.inner_text().split()) > 5
        browser.close()
    assert foreign == []
    assert left_loopback(environment) == ""
