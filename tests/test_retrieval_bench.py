"""The retrieval benchmark: its measures by hand, its readers on small files, its table over a library."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import HashingEmbedding

from bench.retrieval import (
    READERS,
    Trial,
    average_precision,
    measure,
    ndcg,
    recall,
    reciprocal_rank,
    run,
)

PAPERS = [
    {"_id": "1", "title": "Herons", "text": "Herons wade in shallow water. They eat frogs."},
    {"_id": "2", "title": "Gulls", "text": "Gulls follow ships. They eat what sailors leave."},
    {"_id": "3", "title": "Gulls", "text": "Gulls follow ships. They eat what sailors leave."},
    {"_id": "4", "title": "Owls", "text": "Owls hunt mice at night."},
]


def write_lines(path: Path, records: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(json.dumps(record) + "\n" for record in records).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write_grades(path: Path, *rows: tuple[str, str, int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def scifact(tmp_path: Path) -> Path:
    folder = tmp_path / "scifact"
    write_lines(folder / "beir" / "corpus.jsonl.gz", PAPERS)
    write_lines(folder / "beir" / "queries.jsonl", [{"_id": "7", "text": "Owls hunt mice."}])
    write_lines(folder / "claims_train.jsonl", [{"id": "8", "claim": "Herons eat frogs.", "evidence": {}}])
    write_grades(folder / "beir" / "qrels" / "test.tsv", ("7", "4", 1))
    write_grades(folder / "beir" / "qrels" / "train.tsv", ("8", "1", 1))
    return folder


@pytest.fixture
def scitldr(tmp_path: Path) -> Path:
    folder = tmp_path / "scitldr"
    for name, record in zip(("train", "dev", "test"), (PAPERS[0], PAPERS[1], PAPERS[3]), strict=True):
        tldrs = [f"About {record['title'].lower()}.", "Something else."]
        write_lines(folder / f"{name}.jsonl", [{**record, "tldrs": tldrs}])
    return folder


@pytest.fixture
def csfcube(tmp_path: Path) -> Path:
    folder = tmp_path / "csfcube"
    write_lines(folder / "corpus.jsonl.gz", PAPERS)
    query = {"_id": "2_method", "paper_id": "2", "title": "Gulls", "abstract": PAPERS[1]["text"]}
    write_lines(
        folder / "queries.jsonl", [{**query, "facet": "method", "facet_text": "Gulls follow ships."}]
    )
    rows = [("2_method", "2", 3), ("2_method", "3", 2), ("2_method", "4", 0)]
    write_grades(folder / "qrels.tsv", *rows)
    return folder


def test_ndcg_is_the_gain_by_rank_over_the_best_there_could_be() -> None:
    assert ndcg(lambda _: 10)([0, 1], [1, 0]) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg(lambda _: 10)([3, 2, 0], [0, 2, 3]) == 1
    assert ndcg(lambda judged: judged // 5)([0, 3], [3] + [0] * 9) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg(lambda judged: judged // 5)([0, 3], [3] + [0] * 4) == 0


def test_recall_counts_the_relevant_papers_among_the_first() -> None:
    assert recall(2)([1, 0, 1], [1, 1]) == 0.5
    assert recall(3)([1, 0, 1], [1, 1]) == 1


def test_reciprocal_rank_is_nothing_after_the_tenth() -> None:
    assert reciprocal_rank([0, 0, 1, 1], [1, 1]) == pytest.approx(1 / 3)
    assert reciprocal_rank([0] * 10 + [1], [1]) == 0


def test_average_precision_takes_grades_from_two_on_and_misses_what_was_not_found() -> None:
    assert average_precision([2, 1, 3], [1, 2, 3]) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision([2, 1], [1, 2, 3]) == pytest.approx(1 / 2)


def test_papers_of_one_title_stay_apart_and_those_of_summaries_have_none(
    scifact: Path, scitldr: Path
) -> None:
    papers, _ = READERS["scifact"](scifact, "test")
    assert len({paper.authors for paper in papers}) == len(PAPERS)
    assert {paper.title for paper in READERS["scitldr"](scitldr, "test")[0]} == {""}


def test_each_split_has_its_own_queries(scifact: Path, scitldr: Path) -> None:
    queries = {split: READERS["scifact"](scifact, split)[1][0].queries for split in ("train", "test")}
    assert queries == {"train": {"8": "Herons eat frogs."}, "test": {"7": "Owls hunt mice."}}
    [trial] = READERS["scitldr"](scitldr, "test")[1]
    assert trial.queries == {"4 0": "About owls.", "4 1": "Something else."}
    assert trial.grades["4 1"] == {"4": 1}


def test_paper_that_is_the_query_is_neither_ranked_nor_judged(csfcube: Path) -> None:
    pool, facet, among_all = READERS["csfcube"](csfcube, "test")[1]
    assert pool.grades == {"2_method": {"3": 2, "4": 0}}
    assert facet.queries == {"2_method": "Gulls follow ships."}
    assert not among_all.pools
    ranked = measure(among_all, lambda query, papers: ["2", "1", "3", "4"])
    assert ranked["MAP"] == pytest.approx(50)


def test_ranking_is_asked_for_the_pool_of_each_query() -> None:
    asked: list[object] = []
    trial = Trial("t", {"q": "text"}, {"q": {"a": 1}}, {"R@1": recall(1)}, pools={"q": ["a", "b"]})
    assert measure(trial, lambda query, pool: asked.append((query, pool)) or ["a"]) == {"R@1": 100}
    assert asked == [("text", ["a", "b"])]


def test_table_has_both_parts_the_shipped_fusion_and_the_published_figure(
    scifact: Path, csfcube: Path, tmp_path: Path
) -> None:
    table = run("scifact", scifact, "test", tmp_path / "library", HashingEmbedding()).splitlines()
    assert table[0] == "scifact, test: 4 papers; queries: claims 1"
    assert table[2] == "| | nDCG@10 | R@10 | R@100 |"
    assert table[4:] == [
        "| lexical | 100.0 | 100.0 | 100.0 |",
        "| dense | 100.0 | 100.0 | 100.0 |",
        "| shipped | 100.0 | 100.0 | 100.0 |",
        "| BM25, whole abstracts | 67.7 | 80.3 | 92.9 |",
    ]
    pooled = run("csfcube", csfcube, "test", tmp_path / "other", HashingEmbedding()).splitlines()
    assert pooled[2].startswith(
        "| | abstract, pool: nDCG%20 | abstract, pool: MAP | facet, pool: nDCG%20 |"
    )
    assert [line.split(" | ")[2] for line in pooled[4:7]] == ["100.0"] * 3
