"""Times how long things take to start, beside a plain RAG, and prints one table.

    pip install -e ".[bench]" -c constraints.txt
    python bench/start.py [help ask serve imports] [--rounds 5] [--model NAME]

Each line is a process of its own, started in turn with its peer, after one start of each that is not
counted. "help" is `paperchat --help` beside `import gradio`; "ask" is `paperchat ask --draft` over the
sample library beside `bench/plain_rag.py ask` (LlamaIndex over Chroma); "serve" is `paperchat serve
--library sample` beside `bench/plain_rag.py serve`, each until `/` answers; "first question" is asked
through the API the moment that `/` answers, "next question" is another one after it. The model is "none"
unless one is named: it loads behind the page. CPU seconds are of all threads and children: they tell more
on a machine that is busy with other things. "imports" are libraries by themselves.
"""

from __future__ import annotations

import argparse
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx

__all__ = ["Taken", "free_port", "served"]

ROOT = Path(__file__).parent.parent
PEER = str(ROOT / "bench" / "plain_rag.py")
QUESTION = "What limits zero-cost adaptation of image transformers to video?"
NEXT_QUESTION = "How does Align and Prompt align regions with entities?"
START_SECONDS = 180
PARTS = ("help", "ask", "serve", "imports")
IMPORTS = ("torch", "transformers", "llama_index.core", "chromadb", "bm25s", "nltk", "gradio")

Taken = tuple[float, float]
"""Seconds that passed, and seconds of the processor."""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def environment(model: str) -> dict[str, str]:
    settings = {"PAPERCHAT_MODEL": model, "GRADIO_ANALYTICS_ENABLED": "False", "PYTHONPATH": str(ROOT)}
    return os.environ | settings


def run(arguments: Sequence[str]) -> Taken:
    """Run Python until it ends."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, *arguments], env=environment("none"), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{arguments} failed: {done.stderr[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return time.perf_counter() - began, cpu


@contextmanager
def served(arguments: Sequence[str], port: int, model: str = "none") -> Iterator[tuple[int, Taken]]:
    """A server that is started and stopped; its process, and what it took until `/` answered."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment(model),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - began < START_SECONDS and process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/", timeout=60).is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.02)
        else:
            raise SystemExit(f"{arguments} does not answer.")
        yield process.pid, (time.perf_counter() - began, cpu_of(process.pid))
    finally:
        process.terminate()
        process.wait(60)


def cpu_of(pid: int) -> float:
    """Return the seconds of the processor that a running process has had."""
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def ask(port: int, question: str) -> float:
    """Return the seconds until the quotes that answer a question are there."""
    began = time.perf_counter()
    sent = {"question": question, "draft": True}
    httpx.post(f"http://127.0.0.1:{port}/api/ask", json=sent, timeout=120).raise_for_status()
    return time.perf_counter() - began


def serve_ours(model: str) -> dict[str, Taken]:
    port = free_port()
    command = ["-m", "ui.cli", "serve", "--library", "sample", "--port", str(port)]
    with served(command, port, model) as (pid, taken):
        found = {"serve": taken}
        for name, question in (("first question", QUESTION), ("next question", NEXT_QUESTION)):
            before = cpu_of(pid)
            passed = ask(port, question)
            found[name] = (passed, cpu_of(pid) - before)
        return found


def serve_peer(folder: str) -> dict[str, Taken]:
    port = free_port()
    with served([PEER, folder, "serve", str(port)], port) as (_, taken):
        return {"serve": taken}


def render(ours: Sequence[Taken], peer: Sequence[Taken]) -> str:
    """Return one line of the table without its name: medians, and the peer's over ours."""
    passed, cpu = (median(taken[n] for taken in ours) for n in (0, 1))
    cells = f"{passed:8.2f}{cpu:8.2f}"
    if not peer:
        return cells
    theirs = [median(taken[n] for taken in peer) for n in (0, 1)]
    return f"{cells}{theirs[0]:10.2f}{theirs[1]:8.2f}{theirs[0] / passed:8.1f}{theirs[1] / cpu:8.1f}"


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("parts", nargs="*", metavar="PART", default=PARTS, help=", ".join(PARTS))
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--model", default="none", help="the model that serve loads behind the page")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours: dict[str, Callable[[], dict[str, Taken]]] = {
            "help": lambda: {"help": run(["-m", "ui.cli", "--help"])},
            "ask": lambda: {
                "ask": run(["-m", "ui.cli", "ask", "--draft", "--library", "sample", QUESTION])
            },
            "serve": lambda: serve_ours(chosen.model),
        }
        peers: dict[str, Callable[[], dict[str, Taken]]] = {
            "help": lambda: {"help": run(["-c", "import gradio"])},
            "ask": lambda: {"ask": run([PEER, folder, "ask", QUESTION])},
            "serve": lambda: serve_peer(folder),
        }
        print(f"{'':16}{'s':>8}{'CPU s':>8}{'peer s':>10}{'CPU s':>8}{'ratio':>8}{'of CPU':>8}")
        for name in [part for part in ours if part in chosen.parts]:
            both = (ours[name], peers[name])
            for begin in both:  # not counted
                begin()
            found: dict[str, tuple[list[Taken], list[Taken]]] = {}
            for _ in range(chosen.rounds):
                for side, begin in enumerate(both):
                    for line, taken in begin().items():
                        found.setdefault(line, ([], []))[side].append(taken)
            for line, (own, other) in found.items():
                print(f"{line:16}{render(own, other)}", flush=True)
    for module in IMPORTS if "imports" in chosen.parts else ():
        taken_by = [run(["-c", f"import {module}"]) for _ in range(chosen.rounds)]
        print(f"{'import ' + module:24}{render(taken_by, [])}", flush=True)


if __name__ == "__main__":
    main()
