"""Ranks papers by the lexical index, by the dense index and as shipped, and prints one table.

    python bench/retrieval.py scifact|scitldr|csfcube FOLDER [--split train|test] [--library DIR]

FOLDER holds the data of the benchmark, as its NOTES.md describe them; `--library` (a new folder under the
system's temporary one, if it is not given) keeps the index, so that the next run embeds the queries only.
Every row ranks the same chunks, and a paper stands where its best chunk does: "lexical" is our BM25 alone,
"dense" are our vectors alone by exact cosine, "shipped" is `PaperIndex.search`. SciTLDR's papers have no
title here, because its one-line summaries repeat them. CSFCube has no part to train on.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    from index_store.paper_index import PaperIndex
    from index_store.values import Chunk, Paper

DEPTH = 400
"""Chunks that are ranked: those of a hundred papers and more."""
Measure = Callable[[Sequence[int], Sequence[int]], float]
"""Of the grades in the order of a ranking, and of all grades there are, the value from 0 to 1."""
Retriever = Callable[[str, Collection[str] | None], list[str]]
"""Of a query and the ids of the papers that may be ranked (None: all), their ids, best first."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Queries with the grade of each judged paper, by query id and paper id.

    `pools` are the only papers that are ranked for a query; `own` is the paper that is the query itself.
    `peer` is what BM25 over whole abstracts reaches, by the notes of the benchmark (k1 .9, b .4; on SciFact
    as Anserini's published 67.9).
    """

    name: str
    queries: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]
    measures: Mapping[str, Measure]
    pools: Mapping[str, Collection[str]] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    peer: Mapping[str, float] = field(default_factory=dict)


def ndcg(cut: Callable[[int], int]) -> Measure:
    """Return nDCG with linear gain (Jarvelin and Kekalainen, 2002); `cut` gives the rank of the last paper
    that counts from how many are judged."""

    def gain(grades: Sequence[int]) -> float:
        return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))

    def measure(found: Sequence[int], judged: Sequence[int]) -> float:
        last = cut(len(judged))
        return gain(found[:last]) / (gain(sorted(judged, reverse=True)[:last]) or 1.0)

    return measure


def recall(last: int) -> Measure:
    """Return the share of the relevant papers among the first `last`."""

    def measure(found: Sequence[int], judged: Sequence[int]) -> float:
        return sum(map(bool, found[:last])) / (sum(map(bool, judged)) or 1)

    return measure


def reciprocal_rank(found: Sequence[int], _judged: Sequence[int]) -> float:
    """Return 1 / rank of the first relevant paper, 0 when it is not among the first ten."""
    return next((1 / rank for rank, grade in enumerate(found[:10], 1) if grade), 0.0)


def average_precision(found: Sequence[int], judged: Sequence[int]) -> float:
    """Return the average precision, papers of grade 2 and 3 being the relevant ones."""
    ranks = [rank for rank, grade in enumerate(found, 1) if grade >= 2]
    relevant = sum(grade >= 2 for grade in judged)
    return sum(n / rank for n, rank in enumerate(ranks, 1)) / (relevant or 1)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a JSON Lines file, compressed or not."""
    content = path.read_bytes()
    for line in (gzip.decompress(content) if path.suffix == ".gz" else content).splitlines():
        yield json.loads(line)


def read_grades(path: Path) -> dict[str, dict[str, int]]:
    """Return the grade of every judged paper, by query id and paper id."""
    grades: dict[str, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        query, paper, grade = line.split("\t")
        grades.setdefault(query, {})[paper] = int(grade)
    return grades


def make_papers(records: Iterable[Mapping[str, Any]], *, titled: bool = True) -> list[Paper]:
    """Return the papers of a benchmark. Each has an author of its own: none is merged with another."""
    from index_store.values import Paper

    return [
        Paper(record["_id"], record["title"] if titled else "", record["text"], authors=(record["_id"],))
        for record in records
    ]


def read_scifact(folder: Path, split: str) -> tuple[list[Paper], list[Trial]]:
    """Return SciFact as in BEIR: claims, and the abstracts that support or refute them."""
    grades = read_grades(folder / "beir" / "qrels" / f"{split}.tsv")
    if split == "train":  # BEIR's file holds the test queries alone
        queries = {claim["id"]: claim["claim"] for claim in read_lines(folder / "claims_train.jsonl")}
    else:
        queries = {query["_id"]: query["text"] for query in read_lines(folder / "beir" / "queries.jsonl")}
    measures = {"nDCG@10": ndcg(lambda _: 10), "R@10": recall(10), "R@100": recall(100)}
    peer = {"nDCG@10": 67.7, "R@10": 80.3, "R@100": 92.9} if split == "test" else {}
    trial = Trial("claims", {id: queries[id] for id in grades}, grades, measures, peer=peer)
    return make_papers(read_lines(folder / "beir" / "corpus.jsonl.gz")), [trial]


def read_scitldr(folder: Path, split: str) -> tuple[list[Paper], list[Trial]]:
    """Return SciTLDR: one-line summaries, and the abstract that each sums up."""
    records = {name: list(read_lines(folder / f"{name}.jsonl")) for name in ("train", "dev", "test")}
    peer = {"nDCG@10": 76.4, "MRR@10": 73.4, "R@1": 66.8, "R@10": 85.8} if split == "test" else {}
    lines = [(r["_id"], n, tldr) for r in records[split] for n, tldr in enumerate(r["tldrs"])]
    measures = {"MRR@10": reciprocal_rank, "R@1": recall(1), "R@10": recall(10), "R@100": recall(100)}
    trial = Trial(
        "summaries",
        {f"{id} {n}": tldr for id, n, tldr in lines},
        {f"{id} {n}": {id: 1} for id, n, _ in lines},
        {"nDCG@10": ndcg(lambda _: 10), **measures},
        peer=peer,
    )
    return make_papers([r for some in records.values() for r in some], titled=False), [trial]


def read_csfcube(folder: Path, _split: str) -> tuple[list[Paper], list[Trial]]:
    """Return CSFCube: papers that are like a paper in one facet, among its judged pool and among all."""
    grades, records = read_grades(folder / "qrels.tsv"), list(read_lines(folder / "queries.jsonl"))
    own = {record["_id"]: record["paper_id"] for record in records}
    grades = {query: {p: g for p, g in of.items() if p != own[query]} for query, of in grades.items()}
    whole = {record["_id"]: f"{record['title']} {record['abstract']}" for record in records}
    facets = {record["_id"]: record["facet_text"] for record in records}
    pooled = {"nDCG%20": ndcg(lambda judged: judged // 5), "MAP": average_precision}
    among_all = {"nDCG@20": ndcg(lambda _: 20), "MAP": average_precision}
    trials = [
        Trial("abstract, pool", whole, grades, pooled, grades, own, {"nDCG%20": 52.5, "MAP": 32.6}),
        Trial("facet, pool", facets, grades, pooled, grades, own),
        Trial("abstract, all", whole, grades, among_all, own=own),
    ]
    return make_papers(read_lines(folder / "corpus.jsonl.gz")), trials


READERS = {"scifact": read_scifact, "scitldr": read_scitldr, "csfcube": read_csfcube}


def make_retrievers(index: PaperIndex) -> dict[str, Retriever]:
    """Return the rows of the table: each part of the library alone, and what it ships."""
    from index_store.catalog import Catalog
    from index_store.exact import ExactIndex
    from index_store.lexical import LexicalIndex
    from index_store.vectors import TextVectors

    catalog = Catalog(index.folder / "catalog.sqlite")
    pages = list(TextVectors(catalog, index.embedder).pages())
    catalog.close()
    chunks: dict[str, Chunk] = {chunk.id: chunk for page, _ in pages for chunk in page}
    lexical, dense = LexicalIndex.build(chunks.values()), ExactIndex(pages)

    def papers_of(ids: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(chunks[id].paper.id for id in ids))

    def by_words(query: str, pool: Collection[str] | None) -> list[str]:
        among = None if pool is None else {id for id, chunk in chunks.items() if chunk.paper.id in pool}
        return papers_of(lexical.search(query, DEPTH, among=among))

    def by_vector(query: str, pool: Collection[str] | None) -> list[str]:
        return papers_of(dense.search(index.embedder.get_query_embedding(query), DEPTH, papers=pool))

    def as_shipped(query: str, pool: Collection[str] | None) -> list[str]:
        return papers_of(passage.chunk.id for passage in index.search(query, limit=DEPTH, papers=pool))

    return {"lexical": by_words, "dense": by_vector, "shipped": as_shipped}


def measure(trial: Trial, retrieve: Retriever) -> dict[str, float]:
    """Return the mean of each measure over the queries, in percent."""
    sums = dict.fromkeys(trial.measures, 0.0)
    for id, query in trial.queries.items():
        grades = trial.grades[id]
        ranking = [paper for paper in retrieve(query, trial.pools.get(id)) if paper != trial.own.get(id)]
        found = [grades.get(paper, 0) for paper in ranking]
        for name, value_of in trial.measures.items():
            sums[name] += value_of(found, list(grades.values()))
    return {name: 100 * total / len(trial.queries) for name, total in sums.items()}


def render_table(trials: Sequence[Trial], rows: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    """Return a Markdown table: a row for each way to rank, the measures of every trial side by side."""
    several = len(trials) > 1
    heads = [f"{t.name}: {name}" if several else name for t in trials for name in t.measures]
    lines = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for name, values in {**rows, "BM25, whole abstracts": [trial.peer for trial in trials]}.items():
        found = [of.get(m) for trial, of in zip(trials, values, strict=True) for m in trial.measures]
        lines.append(f"| {name} | {' | '.join('' if v is None else f'{v:.1f}' for v in found)} |")
    return "\n".join(lines)


def run(benchmark: str, folder: Path, split: str, library: Path, embedder: BaseEmbedding) -> str:
    """Return the table of a benchmark, after adding its papers to the library in `library`."""
    from llama_index.core.storage.kvstore import SimpleKVStore

    from index_store.paper_index import PaperIndex

    papers, trials = READERS[benchmark](folder, split)
    with PaperIndex(library, embedder) as index:
        index.add(papers)
        embedder.embeddings_cache = SimpleKVStore()  # a query is embedded once for all rows
        retrievers = make_retrievers(index)
        rows = {name: [measure(trial, way) for trial in trials] for name, way in retrievers.items()}
    counts = ", ".join(f"{trial.name} {len(trial.queries)}" for trial in trials)
    title = f"{benchmark}, {split}: {len(papers)} papers; queries: {counts}"
    return f"{title}\n\n{render_table(trials, rows)}"


def main() -> None:
    from ui.settings import read_settings
    from ui.wiring import load_embedder

    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("benchmark", choices=READERS)
    options.add_argument("folder", type=Path)
    options.add_argument("--split", choices=["train", "test"], default="test")
    options.add_argument("--library", type=Path)
    chosen = options.parse_args()
    library = chosen.library or Path(tempfile.gettempdir()) / f"paperchat-bench-{chosen.benchmark}"
    print(run(chosen.benchmark, chosen.folder, chosen.split, library, load_embedder(read_settings())))


if __name__ == "__main__":
    main()
