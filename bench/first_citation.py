"""Times how long the first citation takes, beside LlamaIndex's retriever over the same vectors.

    python bench/first_citation.py QUESTIONS --library DIR [--count 40]

QUESTIONS are JSON lines of the development set; those that lean on earlier ones are left out, and the rest
is taken at even distances. A copy of the library is used, because answering keeps the vectors of the
sentences that were read. After `warm_up`, as `paperchat serve` does it, each question is asked of
`Assistant(index, None)` until its quotes are there, in turn with the peer: `VectorStoreIndex` over the same
Chroma collection and the same embedder, ten nearest chunks. "again" is the second time: nothing is embedded
any more. The parts are of the first time, each without those inside it: "query vectors", "sentence
vectors", "search" (dense, lexical, fused), "the rest" (names, sentences, what is said of them). "dense
alone" and "lexical alone" are one search each, "embedding alone" is that of the question. CPU seconds are
of all threads.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings
from llama_index.core import VectorStoreIndex
from llama_index.vector_stores.chroma import ChromaVectorStore

from index_store.browsing import Browsing
from index_store.dense import ChromaIndex
from index_store.embedder import MeanPoolingEmbedding
from index_store.lexical import LexicalIndex
from index_store.paper_index import PaperIndex
from index_store.values import Passage
from rag.assistant import Assistant
from rag.values import Answer
from rag.warming import warm_up
from ui.settings import read_settings
from ui.wiring import pull_embedder

DEPTH = 64
PEER_NEAREST = 10
Taken = tuple[float, float]
"""Seconds that passed, and seconds of the processor."""
PARTS = ("query vectors", "sentence vectors", "search")


class Clock:
    """Seconds by the name of what was done, each without those of what was done inside it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._inside = [0.0]

    @contextmanager
    def timing(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        self._inside.append(0.0)
        try:
            yield
        finally:
            passed = time.perf_counter() - began
            self.spent[name] = self.spent.get(name, 0.0) + passed - self._inside.pop()
            self._inside[-1] += passed


class TimedEmbedding(MeanPoolingEmbedding):  # type: ignore[misc]
    """Our embedder, with its time taken."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(folder, name="all-minilm-l6-v2")
        self._clock = clock

    _clock: Clock

    def _get_query_embedding(self, query: str) -> list[float]:
        with self._clock.timing("query vectors"):
            return super()._get_query_embedding(query)


class TimedIndex(PaperIndex):
    """Our library, with the time of what is asked of it taken."""

    def __init__(self, folder: Path, embedder: TimedEmbedding, clock: Clock) -> None:
        super().__init__(folder, embedder)
        self._clock = clock

    def search(self, *arguments: Any, **options: Any) -> list[Passage]:
        with self._clock.timing("search"):
            return super().search(*arguments, **options)

    def vectors(self, texts: Sequence[str]) -> Any:
        with self._clock.timing("sentence vectors"):
            return super().vectors(texts)


def read_questions(path: Path, count: int) -> list[str]:
    """Return so many questions that stand alone, at even distances."""
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    alone = [row["question"] for row in rows if not row["history"]]
    return [alone[n * len(alone) // count] for n in range(min(count, len(alone)))]


def taken(work: Callable[..., object], *given: object) -> Taken:
    """Return the seconds that something takes, and those of the processor."""
    began, cpu = time.perf_counter(), time.process_time()
    work(*given)
    return time.perf_counter() - began, time.process_time() - cpu


def resident() -> int:
    """Return how many MB of memory this process has now."""
    line = next(
        row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmRSS")
    )
    return int(line.split()[1]) // 1024


def row(name: str, seconds: Sequence[float], cpu: Sequence[float] = ()) -> str:
    cells = [np.percentile(some, q) for some in (seconds, cpu) if len(some) for q in (50, 95)]
    return f"{name:20}" + "".join(f"{cell:9.3f}" for cell in cells)


def measure(folder: Path, questions: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the table for one library, which is written to."""
    clock = Clock()
    weights = pull_embedder(read_settings(), None)
    embedder = TimedEmbedding(weights, clock)
    before = resident()
    with TimedIndex(folder, embedder, clock) as index:
        yield f"{index.count_papers()} papers, {len(questions)} questions"
        settings = Settings(anonymized_telemetry=False)  # as ours: Chroma shares the collection then
        client = chromadb.PersistentClient(path=str(folder / "chroma"), settings=settings)
        store = ChromaVectorStore(chroma_collection=client.get_collection("chunks"))
        plain = MeanPoolingEmbedding(weights, name="all-minilm-l6-v2")
        kept = VectorStoreIndex.from_vector_store(store, embed_model=plain)
        peer = kept.as_retriever(similarity_top_k=PEER_NEAREST)
        assistant = Assistant(index, None)
        warm_up(index, lambda *_: None)
        peer.retrieve("A question to come.")
        ours, theirs, parts = list[Taken](), list[Taken](), list[list[float]]()

        def first_citation(question: str) -> Answer:
            return next(assistant.stream(question))

        for question in questions:
            theirs.append(taken(peer.retrieve, question))
            clock.spent = {}
            ours.append(taken(first_citation, question))
            spent = [clock.spent.get(part, 0.0) for part in PARTS]
            parts.append([*spent, ours[-1][0] - sum(spent)])
        again = [taken(first_citation, question) for question in questions]
        yield f"{'':20}{'p50 s':>9}{'p95 s':>9}{'CPU p50':>9}{'CPU p95':>9}"
        for name, found in (("first citation", ours), ("again", again), ("peer", theirs)):
            yield row(name, *zip(*found, strict=True))
        for name, seconds in zip((*PARTS, "the rest"), zip(*parts, strict=True), strict=True):
            yield row(f"  {name}", seconds)
        yield from alone(folder, questions, plain)
        ratio = np.median([own[1] / other[1] for own, other in zip(ours, theirs, strict=True)])
        yield f"median ratio of CPU seconds to the peer's: {ratio:.1f}"
        yield f"resident memory: {before} MB before the library, {resident()} MB after all questions"


def alone(folder: Path, questions: Sequence[str], embedder: MeanPoolingEmbedding) -> Iterator[str]:
    """Yield what one search of each index takes by itself."""
    lexical = LexicalIndex.load(folder / "lexical", Browsing(folder).generation)
    assert lexical is not None
    dense = ChromaIndex(folder / "chroma")
    vectors = [embedder.get_text_embedding(question) for question in questions]

    def by_words(question: str) -> None:
        lexical.search(question, DEPTH)
        lexical.scores(question, [])

    works: dict[str, tuple[Callable[..., object], Sequence[object]]] = {
        "embedding alone": (embedder.get_text_embedding, questions),
        "dense alone": (lambda vector: dense.search(vector, DEPTH), vectors),
        "lexical alone": (by_words, questions),
    }
    for name, (work, given) in works.items():
        work(given[0])  # not counted
        yield row(name, *zip(*(taken(work, one) for one in given), strict=True))


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("questions", type=Path)
    options.add_argument("--library", type=Path, required=True)
    options.add_argument("--count", type=int, default=40)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(chosen.library, Path(folder) / "library")
        for line in measure(copy, read_questions(chosen.questions, chosen.count)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
