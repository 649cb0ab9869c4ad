"""Run as a process of its own: adds papers to a library for ever, and tells how many are in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from conftest import make_paper
from fakes import HashingEmbedding

from index_store.paper_index import PaperIndex
from index_store.values import Paper


def endless_papers() -> Iterator[Paper]:
    for n in count():
        yield make_paper(f"Paper {n}", f"Heron{n} hides in the reeds. Gull{n} never does. " * 20)


if __name__ == "__main__":
    with PaperIndex(Path(sys.argv[1]), HashingEmbedding()) as index:
        index.add(endless_papers(), progress=lambda done: print(done, flush=True))
