"""Run as a process of its own: adds papers to a library, of a file or for ever, and counts them aloud."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from conftest import make_paper
from fakes import HashingEmbedding

from index_store.paper_index import PaperIndex
from index_store.readers import read_papers
from index_store.values import Doubt, Paper, Rejection

OF_FILE = 2000
"""Papers that are taken from a file."""


def endless_papers() -> Iterator[Paper]:
    for n in count():
        yield make_paper(f"Paper {n}", f"Heron{n} hides in the reeds. Gull{n} never does. " * 20)


def papers_of(arguments: list[str]) -> Iterator[Paper | Doubt | Rejection]:
    return islice(read_papers(Path(arguments[0])), OF_FILE) if arguments else endless_papers()


if __name__ == "__main__":
    with PaperIndex(Path(sys.argv[1]), HashingEmbedding()) as index:
        index.add(papers_of(sys.argv[2:]), progress=lambda done: print(done, flush=True))
