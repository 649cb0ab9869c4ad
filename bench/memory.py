"""Weighs `paperchat serve` from outside, beside a plain RAG over LlamaIndex, Chroma and Gradio.

    pip install -e ".[bench]" -c constraints.txt
    python bench/memory.py QUESTIONS [--library DIR] [--count 40] [--model NAME]

Each is a server in a process of its own, which answers so many of the development questions (QUESTIONS,
JSON lines): paperchat through its API, with prose when a model is named (it is waited for), the peer
(`bench/plain_rag.py serve`, over the sample library and without a model) through Gradio's. "resident" and
"highest" are VmRSS and VmHWM of its /proc, "private" is what it alone has (Private_* of smaps_rollup):
weights that are mapped from a file are resident, but the system can take them back.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
PEER = str(ROOT / "bench" / "plain_rag.py")
START_SECONDS = 300
MODEL_SECONDS = 1200
SETTINGS = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "PYTHONPATH": str(ROOT),
    "PAPERCHAT_VISITOR_QUESTIONS_PER_MINUTE": "100000",
    "PAPERCHAT_QUESTIONS_PER_MINUTE": "100000",
}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(arguments: Sequence[str], port: int, model: str) -> Iterator[int]:
    """A server that answers, and is stopped in the end; its process id."""
    process = subprocess.Popen(
        [sys.executable, *arguments, str(port)],
        env=os.environ | SETTINGS | {"PAPERCHAT_MODEL": model},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: httpx.get(f"http://127.0.0.1:{port}/", timeout=60).is_success, START_SECONDS)
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    """Ask again and again whether something holds; a server that does not answer yet is waited for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise SystemExit("A server did not come up.")


def weigh(pid: int) -> tuple[int, int, int]:
    """Return the MB that a process has resident, had at most, and has for itself."""
    status = Path(f"/proc/{pid}/status").read_text()
    rolled = Path(f"/proc/{pid}/smaps_rollup").read_text()
    now, most = (int(re.findall(rf"{name}:\s+(\d+)", status)[0]) for name in ("VmRSS", "VmHWM"))
    private = sum(map(int, re.findall(r"Private_\w+:\s+(\d+)", rolled)))
    return now // 1024, most // 1024, private // 1024


def show(name: str, weight: tuple[int, int, int]) -> None:
    print(f"{name:34}" + "".join(f"{value:10,}" for value in weight), flush=True)


def weigh_ours(library: str, model: str, questions: Sequence[str]) -> None:
    """Print what our server weighs when it answers, when its model is there, and after the questions."""
    port = free_port()
    with served(["-m", "ui.cli", "serve", "--library", library, "--port"], port, model) as pid:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=600) as client:
            show("paperchat, page up", weigh(pid))
            if model != "none":
                wait_until(lambda: bool(client.get("/api/health").json()["model"]["ready"]), MODEL_SECONDS)
                show("paperchat, model ready", weigh(pid))
            for question in questions:
                sent = {"question": question, "draft": model == "none"}
                client.post("/api/ask", json=sent).raise_for_status()
        show(f"paperchat, {len(questions)} questions", weigh(pid))


def weigh_peer(folder: str, questions: Sequence[str]) -> None:
    """Print what the peer weighs when it answers, and after the questions."""
    from gradio_client import Client

    port = free_port()
    with served([PEER, folder, "serve"], port, "none") as pid:
        show("plain RAG, page up", weigh(pid))
        client = Client(f"http://127.0.0.1:{port}/", verbose=False)
        for question in questions:
            client.predict(question, api_name="/answer")
        show(f"plain RAG, {len(questions)} questions", weigh(pid))


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("questions", type=Path)
    options.add_argument("--library", default="sample")
    options.add_argument("--count", type=int, default=40)
    options.add_argument("--model", default="none")
    chosen = options.parse_args()
    rows = map(json.loads, chosen.questions.read_text("utf-8").splitlines())
    questions = [row["question"] for row in rows if not row["history"]][: chosen.count]
    print(f"{'MB':34}{'resident':>10}{'highest':>10}{'private':>10}")
    weigh_ours(chosen.library, chosen.model, questions)
    with tempfile.TemporaryDirectory() as folder:
        weigh_peer(folder, questions)


if __name__ == "__main__":
    main()
