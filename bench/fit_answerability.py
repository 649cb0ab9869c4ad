"""Fits the probe that tells whether evidence answers a question, and writes it into rag/probing/probes.

    python bench/fit_answerability.py CORPUS [--layer 20] [--penalty 1000]

CORPUS is the file of arXiv abstracts that answerability_questions.jsonl is about: 1,800 questions of our
own to 120 of them, 720 of these as people type them in a hurry. 960 have an answer (120 of these take
something for granted that is so), 480 ask for what the abstract does not say, and 360 take for granted what
it denies; `gold` are the numbers, from 0, of the sentences that answer or deny, `also` of others that would
do. The model reads each abstract and the
question as it does before an answer, and a logistic regression tells the three kinds apart by its hidden
state after one layer. Printed is what questions on other papers (ten folds) come to. The thresholds are
quantiles of the questions with an answer: above `rare` lie 3% of them, above `alien` 0.15%.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from support_pairs import auroc, read_lines

from index_store.sentences import split_sentences
from index_store.values import Paper
from rag.models.streamed_model import StreamedModel
from rag.prompt import build_is_answered
from rag.values import Evidence, Span
from ui.settings import read_settings
from ui.wiring import load_model

QUESTIONS = Path(__file__).with_name("answerability_questions.jsonl")
PROBES = Path(__file__).parent.parent / "rag" / "probing" / "probes" / "answerability"
FOLDS = 10
RARE, ALIEN = 0.03, 0.0015
"""Shares of the questions with an answer that lie above the two thresholds."""
KINDS = ("not_stated", "false_premise")
"""What a question without an answer is; every other type is one with an answer."""
ANSWERED = "answered"


def read_papers(corpus: Path, ids: set[str]) -> dict[str, Paper]:
    """Return the papers with these arXiv ids."""
    records = ((record["id"].removeprefix("arxiv:"), record) for record in read_lines(corpus))
    return {id: Paper(id, r["title"], r["abstract"]) for id, r in records if id in ids}


def evidence_of(paper: Paper) -> list[Evidence]:
    """Return a whole abstract as evidence."""
    spans = [Span(paper, start, end) for start, end in split_sentences(paper.abstract)]
    return [Evidence(number, span, 1.0) for number, span in enumerate(spans, 1)]


def read_states(rows: list[dict[str, Any]], corpus: Path, layer: int) -> tuple[NDArray[np.float64], str]:
    """Return the hidden state for each question, shape (questions, hidden size), and the model's name."""
    papers = read_papers(corpus, {row["paper"] for row in rows})
    model = load_model(read_settings())

    def states() -> Iterator[Any]:
        for row in rows:
            messages = build_is_answered(row["question"], evidence_of(papers[row["paper"]]))
            yield model.state_of(messages, layer)

    assert isinstance(model, StreamedModel)
    return np.array(list(states()), dtype=np.float64), model.name


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("corpus", type=Path)
    options.add_argument("--layer", type=int, default=20)
    options.add_argument("--penalty", type=float, default=1000.0)
    chosen = options.parse_args()
    rows = sorted(read_lines(QUESTIONS), key=lambda row: row["paper"])
    states, name = read_states(rows, chosen.corpus, chosen.layer)
    kinds = np.array([row["type"] if row["type"] in KINDS else ANSWERED for row in rows])
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=1 / chosen.penalty, max_iter=3000))
    shares = cross_val_predict(
        pipeline,
        states,
        kinds,
        groups=[row["paper"] for row in rows],
        cv=GroupKFold(FOLDS),
        method="predict_log_proba",
    )
    scaler, regression = pipeline.fit(states, kinds)
    order = list(regression.classes_)
    answered = order.index(ANSWERED)
    fitted: dict[str, Any] = {"fitted_by": "bench/fit_answerability.py", "layer": chosen.layer}
    for kind in KINDS:
        odds = shares[:, order.index(kind)] - shares[:, answered]
        own, others = odds[kinds == kind], odds[kinds == ANSWERED]
        rare, alien = np.quantile(others, [1 - RARE, 1 - ALIEN])
        area = auroc([False] * len(others) + [True] * len(own), [*others, *own])
        print(
            f"{kind:14} against an answer: AUROC {area:.3f}; "
            f"above {rare:.2f} {(own > rare).mean():.1%}, above {alien:.2f} {(own > alien).mean():.1%}"
        )
        weights = (regression.coef_[order.index(kind)] - regression.coef_[answered]) / scaler.scale_
        bias = regression.intercept_[order.index(kind)] - regression.intercept_[answered]
        fitted.setdefault("alien", round(float(alien), 3))
        fitted[kind] = {
            "rare": round(float(rare), 3),
            "bias": round(float(bias - weights @ scaler.mean_), 4),
            "weights": [float(f"{weight:.4g}") for weight in weights],
        }
    (PROBES / f"{name}.json").write_text(json.dumps(fitted) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
