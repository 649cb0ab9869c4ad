"""Measures which sentences of an abstract come first: by their words, as the model points, and by both.

    python bench/pointing.py CORPUS [--questions 300] [--library DIR]

CORPUS is the file of arXiv abstracts that answerability_questions.jsonl is about; `questions` of those with
an answer are drawn by chance, always the same ones. Printed is for each order the share of questions whose
first sentence answers, whose first two hold one that does, and whose first four hold all that do.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fit_answerability import KINDS, QUESTIONS, read_papers

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.values import Evidence

SEED = 3
ORDERS = "by words", "as pointed at", "by both"


def rows_with_answer(most: int) -> list[dict[str, Any]]:
    """Return questions with an answer, those of one paper together."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    answered = [row for row in rows if row["type"] not in KINDS]
    drawn = random.Random(SEED).sample(answered, min(most, len(answered)))
    return sorted(drawn, key=lambda row: (row["paper"], row["question"]))


def orders_of(row: dict[str, Any], paper: Any, assistant: Assistant) -> Iterator[list[int]]:
    """Yield the numbers of the sentences of a paper, from 0, in each order."""
    from rag.evidence import choose_evidence
    from rag.linking.focus import focus_of
    from rag.probing.pointing import point_out
    from rag.question.query import plan_query

    assert assistant.model
    plan = plan_query(row["question"], (), assistant.index)
    focus = focus_of(plan.standalone_question, [paper])
    plan = replace(plan, kind="answer", papers=(paper,), focus=focus)
    found = choose_evidence(plan, assistant.index)
    flat = replace(found, evidence=tuple(replace(item, score=1.0) for item in found.evidence))
    starts = [start for start, _ in assistant.index.sentences([paper.id])[paper.id]]
    for one in (found, point_out(plan, flat, assistant.model), point_out(plan, found, assistant.model)):
        best: Sequence[Evidence] = sorted(one.evidence, key=lambda item: -item.score)
        yield [starts.index(item.span.start) for item in best]


def main() -> None:
    from bench.comparisons import opened
    from ui.settings import read_settings
    from ui.wiring import load_model

    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("corpus", type=Path)
    options.add_argument("--questions", type=int, default=300)
    options.add_argument(
        "--library", type=Path, default=Path(tempfile.gettempdir()) / "paperchat-bench-pointing"
    )
    chosen = options.parse_args()
    rows = rows_with_answer(chosen.questions)
    papers = read_papers(chosen.corpus, {row["paper"] for row in rows})
    right = {order: [0, 0, 0] for order in ORDERS}
    with opened(list(papers.values()), chosen.library) as assistant:
        assistant.model = load_model(read_settings())
        known = {paper.title: paper for paper in assistant.index.papers()}
        for row in rows:
            gold, any_of = set(row["gold"]), {*row["gold"], *row["also"]}
            orders = orders_of(row, known[papers[row["paper"]].title], assistant)
            for order, numbers in zip(ORDERS, orders, strict=True):
                right[order][0] += numbers[0] in any_of
                right[order][1] += bool(any_of & set(numbers[:2]))
                right[order][2] += gold <= set(numbers[:4])
    print(f"{len(rows)} questions   first  first two  all in four")
    for order, (first, two, four) in right.items():
        print(f"{order:15} {first / len(rows):8.1%} {two / len(rows):10.1%} {four / len(rows):11.1%}")


if __name__ == "__main__":
    main()
