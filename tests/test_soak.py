"""What takes many minutes: a library whose writer is killed again and again. `make soak` runs it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest
from adding_child import OF_FILE, endless_papers, papers_of
from fakes import HashingEmbedding

from index_store.checks import check_library
from index_store.paper_index import PaperIndex
from index_store.values import AddSummary, Paper, slug

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]
TESTS = Path(__file__).parent
ABSTRACTS = TESTS.parents[1] / "shared" / "bench" / "arxiv_recent" / "corpus.jsonl.gz"
KILLS = 20


def kill_while_adding(library: Path, *arguments: str, seconds: float) -> int:
    """Start a process that adds papers, kill it so long after its first report, and return its last one."""
    program = [sys.executable, str(TESTS / "adding_child.py"), str(library), *arguments]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    child = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=environment)
    assert child.stdout is not None
    with child.stdout as lines:
        first = next(lines)
        time.sleep(seconds)
        child.kill()
        reported = max(int(line) for line in [first, *lines] if line.endswith("\n"))
    child.wait()
    return reported


def check_is_clean(library: Path) -> None:
    findings = list(check_library(library, embedder="hashing"))
    assert [found for found in findings if found.state != "ok"] == []


def test_twenty_kills_lose_nothing(library: Path) -> None:
    dice = random.Random(20261122)
    held = 0
    for _ in range(KILLS):
        reported = kill_while_adding(library, seconds=dice.uniform(0.0, 2.0))
        embedder = HashingEmbedding()
        with PaperIndex(library, embedder) as index:
            there = index.count_papers()
            assert there >= max(reported, held)
            assert embedder.calls == 0
            found = index.search(f"heron{there - 1} gull{there - 1}", limit=10)
            assert f"Paper {there - 1}" in [passage.chunk.paper.title for passage in found]
        check_is_clean(library)
        held = there
    with PaperIndex(library, HashingEmbedding()) as index:
        assert index.add(islice(endless_papers(), held + 50)) == AddSummary(new=50, unchanged=held)
        assert index.count_papers() == held + 50


@pytest.mark.skipif(not ABSTRACTS.exists(), reason="the abstracts lie outside of the repository")
def test_twenty_kills_while_real_abstracts_are_added_end_with_every_one_of_them(library: Path) -> None:
    dice = random.Random(7)
    wanted = [item for item in papers_of([str(ABSTRACTS)]) if isinstance(item, Paper)]
    assert len(wanted) == OF_FILE
    for _ in range(KILLS):
        kill_while_adding(library, str(ABSTRACTS), seconds=dice.uniform(0.0, 1.0))
        with PaperIndex(library, HashingEmbedding()) as index:
            index.search("masked autoencoders")
        check_is_clean(library)
    with PaperIndex(library, HashingEmbedding()) as index:
        summary = index.add(wanted)
        assert summary.done == OF_FILE
        assert summary.rejected == ()
        held = index.papers()
        assert len(held) == len({paper.id for paper in held}) == len({slug(paper.title) for paper in held})
        assert len(held) == OF_FILE - count_twins(wanted)
        assert index.add(wanted) == AddSummary(unchanged=OF_FILE)
    check_is_clean(library)


def count_twins(wanted: list[Paper]) -> int:
    """Return how many of the wanted papers are another one of them by title."""
    return len(wanted) - len({slug(paper.title) for paper in wanted})
