"""Weighs the page and times it, beside Gradio's default chat example, and prints one table.

    pip install -e ".[dev]" -c constraints.txt
    python bench/page.py [--loads 7]

Starts three servers on loopback and loads their pages in Chromium in turn, each time with an empty cache:
"paperchat" is `paperchat serve --library sample` without a model; "example" is `gr.ChatInterface(echo)` as
Gradio sends it; "least" is a page with a Chatbot and a Textbox alone, sent the way paperchat sends its own:
what any chat made of Gradio's components weighs. Bytes are what went over the wire in answers, headers
included, until three seconds after the page could be used, that is, the box for the question took words.
"first" is the first load after the server began to answer.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
SETTLED_MS = 3000
START_SECONDS = 120
EXAMPLE = """
import sys, gradio as gr
chat = gr.ChatInterface(lambda message, history: message)
chat.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]))
"""
LEAST = """
import sys, gradio as gr, uvicorn
from fastapi import FastAPI
from ui.compressing import Compressed
from ui.front_page import FrontPage
from ui.theme import build_theme
with gr.Blocks(analytics_enabled=False) as page:
    gr.Chatbot()
    gr.Textbox()
app = FastAPI()
app.add_middleware(FrontPage)
app.add_middleware(Compressed)
plain = {"footer_links": [], "run_history": False, "ssr_mode": False}
app = gr.mount_gradio_app(app, page, path="", theme=build_theme(), **plain)
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", server_header=False)
"""
SERVERS = {
    "paperchat": ["-m", "ui.cli", "serve", "--library", "sample", "--port", "PORT"],
    "example": ["-c", EXAMPLE, "PORT"],
    "least": ["-c", LEAST, "PORT"],
}
BOXES = {"paperchat": "#ask textarea", "example": "textarea", "least": "textarea"}


@dataclass(slots=True)
class Loads:
    """What each load of one page took: bytes over the wire, requests, seconds until it could be used."""

    sizes: list[int] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


@contextmanager
def server(arguments: Sequence[str]) -> Iterator[str]:
    """A server in a process of its own, once it answers; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words = [port if word == "PORT" else word for word in arguments]
    settings = {"PAPERCHAT_MODEL": "none", "GRADIO_ANALYTICS_ENABLED": "False", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, *words],
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers, without loading its page."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{address}robots.txt", timeout=5)
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise SystemExit(f"{address} does not answer.")


def load(browser: Browser, address: str, box: str, loads: Loads) -> None:
    """Load a page with an empty cache and keep what it took."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    moved: dict[str, float] = {}

    def keep(event: dict[str, Any]) -> None:
        moved[event["requestId"]] = max(moved.get(event["requestId"], 0), event["encodedDataLength"])

    session.on("Network.loadingFinished", keep)
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(box).first.fill("a question", timeout=60_000)
    loads.seconds.append(time.perf_counter() - began)
    page.wait_for_timeout(SETTLED_MS)
    loads.sizes.append(int(sum(moved.values())))
    loads.requests.append(len(moved))
    context.close()


def show(results: dict[str, Loads]) -> None:
    peer = results["example"]
    share = f"{'of example':>12}"
    print(f"{'':10}{'bytes':>9}{share}{'requests':>10}{'usable s':>10}{share}{'first s':>9}")
    for name, loads in results.items():
        size, usable = median(loads.sizes), median(loads.seconds)
        print(
            f"{name:10}{size:9,.0f}{size / median(peer.sizes):12.2f}{median(loads.requests):10.0f}"
            f"{usable:10.2f}{usable / median(peer.seconds):12.2f}{loads.seconds[0]:9.2f}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--loads", type=int, default=7, help="cold loads of each page")
    chosen = parser.parse_args(arguments)
    results = {name: Loads() for name in SERVERS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        load(browser, "data:text/html,<textarea></textarea>", "textarea", Loads())  # wakes the browser up
        with (
            server(SERVERS["paperchat"]) as ours,
            server(SERVERS["example"]) as example,
            server(SERVERS["least"]) as least,
        ):
            addresses = {"paperchat": ours, "example": example, "least": least}
            for _ in range(chosen.loads):
                for name, address in addresses.items():
                    load(browser, address, BOXES[name], results[name])
        browser.close()
    show(results)


if __name__ == "__main__":
    main()
