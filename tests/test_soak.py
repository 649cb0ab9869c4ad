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
from adding_child import endless_papers
from fakes import HashingEmbedding

from index_store.paper_index import PaperIndex
from index_store.values import AddSummary

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]
TESTS = Path(__file__).parent
KILLS = 20


def test_twenty_kills_lose_nothing(library: Path) -> None:
    dice = random.Random(20261122)
    program = [sys.executable, str(TESTS / "adding_child.py"), str(library)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    held = 0
    for _ in range(KILLS):
        child = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=environment)
        assert child.stdout is not None
        with child.stdout as lines:
            next(lines)
            time.sleep(dice.uniform(0.0, 2.0))
            child.kill()
            reported = max((int(line) for line in lines), default=0)
        child.wait()
        embedder = HashingEmbedding()
        with PaperIndex(library, embedder) as index:
            there = index.count_papers()
            assert there >= max(reported, held)
            assert embedder.calls == 0
            found = index.search(f"heron{there - 1} gull{there - 1}", limit=10)
            assert f"Paper {there - 1}" in [passage.chunk.paper.title for passage in found]
        held = there
    with PaperIndex(library, HashingEmbedding()) as index:
        assert index.add(islice(endless_papers(), held + 50)) == AddSummary(new=50, unchanged=held)
        assert index.count_papers() == held + 50
