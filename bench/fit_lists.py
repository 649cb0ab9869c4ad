"""Weighs what speaks for a paper to belong to a list, on list_questions.jsonl, for rag/probes.

    python bench/fit_lists.py PAPERS [--least 0.35] [--library DIR]

The model reads the papers that come nearest to each question as it does before it lists them, and a
logistic regression weighs what it makes of them beside how far they stand out. Printed are, for questions
that it was not fitted to, the citation figures and the share of the lists that have every paper that
matches, for several probabilities from which a paper is listed; `least` is the one that is kept. Where no
paper reaches it, the surest one counts here (an answer keeps its draft).
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from ui.predictions import Question

PROBES = Path(__file__).parent.parent / "rag" / "probes" / "lists"
LONGEST = 10
SHARES = 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reading:
    """The papers that were read for a question: their signs, shape (papers, 2), whether each belongs, and
    whether it counts at all; and how many papers belong."""

    question: str
    signs: Numbers
    belongs: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    matching: int


def read_questions(questions: Sequence[Question], assistant: Assistant) -> Iterator[Reading]:
    """Yield what the model makes of the papers for each question that some paper answers and no name or
    kind settles."""
    from bench.lists import row_of
    from rag.evidence import choose_evidence
    from rag.list_reading import read_candidates
    from rag.query import plan_query

    papers = assistant.index.papers()
    for question in questions:
        row = row_of(question, papers)
        plan = plan_query(question.text, (), assistant.index)
        found = choose_evidence(plan, assistant.index)
        if plan.kind != "list" or not found.to_read or not row["gold_papers"]:
            continue
        read = list(read_candidates(plan, found, assistant.index, assistant.model))
        titles = [one.paper.title for one in read]
        yield Reading(
            question.text,
            np.array([[one.standing_out, one.supported] for one in read]),
            np.array([title in row["gold_papers"] for title in titles]),
            np.array([title in row["gold_papers"] or title not in row["ok_papers"] for title in titles]),
            len(row["gold_papers"]),
        )


def fit(readings: Sequence[Reading]) -> LogisticRegression:
    """Return the regression of all papers that count."""
    signs = np.concatenate([one.signs[one.counts] for one in readings])
    belongs = np.concatenate([one.belongs[one.counts] for one in readings])
    return LogisticRegression().fit(signs, belongs)


def odds_of_new(readings: Sequence[Reading]) -> list[Numbers]:
    """Return the log odds of the papers of each question, of a regression that was fitted to the others."""
    others = ([one for one in readings if one is not reading] for reading in readings)
    return [fit(rest).decision_function(one.signs) for rest, one in zip(others, readings, strict=True)]


def figures(readings: Sequence[Reading], odds: Sequence[Numbers], least: float) -> dict[str, float]:
    """Return the mean citation figures where papers from these log odds on are listed."""

    def listed(reading: Reading, own: Numbers) -> dict[str, float]:
        best = np.argsort(-own)[:LONGEST]
        kept = [n for n in best if own[n] >= least] or [best[0]]
        hits, counted = reading.belongs[kept].sum(), reading.counts[kept].sum()
        precision, recall = hits / max(counted, 1), hits / reading.matching
        return {
            "precision": precision,
            "recall": recall,
            "F1": 2 * precision * recall / (precision + recall) if hits else 0.0,
            "whole": float(hits == reading.matching),
            "papers": len(kept),
        }

    rows = [listed(*pair) for pair in zip(readings, odds, strict=True)]
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def log_odds(share: float) -> float:
    """Return the log odds of a probability."""
    return math.log(share / (1 - share))


def main() -> None:
    from bench.comparisons import opened, read_library
    from bench.lists import QUESTIONS
    from ui.predictions import read_questions as questions_of
    from ui.settings import read_settings
    from ui.wiring import load_model

    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("papers", type=Path)
    options.add_argument("--least", type=float, default=0.35)
    options.add_argument(
        "--library", type=Path, default=Path(tempfile.gettempdir()) / "paperchat-bench-lists"
    )
    chosen = options.parse_args()
    with opened(read_library(chosen.papers), chosen.library) as assistant:
        assistant.model = load_model(read_settings())
        readings = list(read_questions(questions_of(QUESTIONS), assistant))
        name = assistant.model.metadata.model_name
    odds = odds_of_new(readings)
    print(f"{len(readings)} questions")
    for share in SHARES:
        said = figures(readings, odds, log_odds(share))
        print(f"{share:5.2f}  " + "  ".join(f"{what} {value:.3f}" for what, value in said.items()))
    fitted = fit(readings)
    weights: dict[str, Any] = {
        "fitted_by": "bench/fit_lists.py",
        "standing_out": round(float(fitted.coef_[0][0]), 3),
        "supported": round(float(fitted.coef_[0][1]), 3),
        "bias": round(float(fitted.intercept_[0]), 3),
        "least": round(log_odds(chosen.least), 3),
    }
    (PROBES / f"{name}.json").write_text(json.dumps(weights) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
