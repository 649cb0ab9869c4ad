"""How many errors the guards catch, and how many true statements they reject, over the sample library.

Each statement goes through the check that stands between the model and the reader: `Writing`, with the
evidence, the question and the word weights that an answer has. `pytest -s` prints the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from importlib.resources import as_file, files
from random import Random

import pytest
from seeded_errors import ERRORS, Case, seeded_cases, supported_cases

from index_store.lexical import LexicalIndex
from index_store.readers import read_papers
from index_store.sentences import group_sentences, split_sentences
from index_store.values import Chunk, Paper
from rag.checking.attribution import plain
from rag.evidence import cite_evidence, draft_spans
from rag.values import Answer
from rag.writing import Writing

SEED = 4
CAUGHT = {
    "number": 95,
    "unit": 95,
    "dataset": 95,
    "method": 95,
    "negation added": 80,
    "negation removed": 80,
    "direction": 80,
}
"""Percent of the errors of each kind that must be caught."""
REJECTED = 5
"""Percent of the statements without an error that may be rejected."""
FEWEST_ERRORS = 100
"""Of each kind: fewer would say nothing."""


def stands(case: Case, weight: Callable[[str], float]) -> bool:
    """Whether a reader would see the whole statement as an answer, with citations."""
    statements, citations = cite_evidence(draft_spans(case.evidence, "answer"))
    draft = Answer(
        case.question,
        case.question,
        "answer",
        draft=statements,
        citations=citations,
        evidence=case.evidence,
    )
    writing = Writing(draft, weight)
    writing.take(case.text)
    writing.end()
    said = [s.text for s in writing.finish().statements if s.support == "supported"]
    return " ".join(said) == plain(case.text)


@pytest.fixture(scope="module")
def percent() -> dict[str, float]:
    """Return the share of errors caught of each kind, and of true statements rejected ("none")."""
    with as_file(files("index_store") / "sample" / "papers.jsonl") as path:
        papers = [item for item in read_papers(path) if isinstance(item, Paper)]
    chunks = [
        Chunk(paper, number, *bounds)
        for paper in papers
        for number, bounds in enumerate(group_sentences(split_sentences(paper.abstract)))
    ]
    weight, random = LexicalIndex.build(chunks).weight, Random(SEED)
    made, dropped = Counter[str](), Counter[str]()
    for case in supported_cases(papers):
        made["none"] += 1
        if not stands(case, weight):
            dropped["none"] += 1
            continue
        for wrong in seeded_cases(case, random):
            made[wrong.error] += 1
            dropped[wrong.error] += not stands(wrong, weight)
    print("\nerror              dropped    of      %")
    for kind in ("none", *ERRORS):
        print(f"{kind:<18} {dropped[kind]:>7} {made[kind]:>5} {100 * dropped[kind] / made[kind]:>6.1f}")
    assert min(made.values()) >= FEWEST_ERRORS
    return {kind: 100 * dropped[kind] / made[kind] for kind in made}


@pytest.mark.parametrize("kind", ERRORS)
def test_sentence_with_an_error_is_dropped(percent: dict[str, float], kind: str) -> None:
    assert percent[kind] >= CAUGHT[kind]


def test_sentence_without_an_error_stands(percent: dict[str, float]) -> None:
    assert percent["none"] <= REJECTED
