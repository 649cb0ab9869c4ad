"""Fits the probe that tells whether evidence answers a question, and writes it into rag/probing/probes.

    python bench/fit_answerability.py CORPUS [--layer 17] [--penalty 100]

CORPUS is the file of arXiv abstracts that the questions are about, which are our own. Of the 1,800 in
answerability_questions.jsonl, to 120 abstracts, 720 are as people type them in a hurry; 960 have an answer
(120 of these take something for granted that is so), 480 ask for what the abstract does not say, and 360
take for granted what it denies; `gold` are the numbers, from 0, of the sentences that answer or deny,
`also` of others that would do. answerability_twins.jsonl has three questions with an answer and three
without one for each of 360 other abstracts: they are of the same shapes, and those without ask for what
stands right beside that which sentences say (`near`). The model reads each abstract and the question as it
does before an answer, and logistic regressions on its hidden state after one layer tell questions without
an answer from those with one, fitted to the twins alone, and false premises from both, fitted to all.
Fitted to questions of other shapes as well, the first learns how we write. Printed is what questions on
other papers (ten folds) come to. The thresholds are quantiles of the questions with an answer: above `rare`
lie 3% of them, above `alien` 0.5%.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
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
TWINS = Path(__file__).with_name("answerability_twins.jsonl")
PROBES = Path(__file__).parent.parent / "rag" / "probing" / "probes" / "answerability"
FOLDS = 10
RARE, ALIEN = 0.03, 0.005
"""Shares of the questions with an answer that lie above the two thresholds."""
KINDS = ("not_stated", "false_premise")
"""What a question without an answer is; every other type is one with an answer."""
ANSWERED = "answered"

Numbers = NDArray[np.float64]
Kinds = NDArray[np.str_]


def read_papers(corpus: Path, ids: set[str]) -> dict[str, Paper]:
    """Return the papers with these arXiv ids."""
    records = ((record["id"].removeprefix("arxiv:"), record) for record in read_lines(corpus))
    return {id: Paper(id, r["title"], r["abstract"]) for id, r in records if id in ids}


def evidence_of(paper: Paper) -> list[Evidence]:
    """Return a whole abstract as evidence."""
    spans = [Span(paper, start, end) for start, end in split_sentences(paper.abstract)]
    return [Evidence(number, span, 1.0) for number, span in enumerate(spans, 1)]


def read_states(rows: list[dict[str, Any]], corpus: Path, layer: int) -> tuple[Numbers, str]:
    """Return the hidden state for each question, shape (questions, hidden size), and the model's name."""
    papers = read_papers(corpus, {row["paper"] for row in rows})
    model = load_model(read_settings())

    def states() -> Iterator[Any]:
        for row in rows:
            messages = build_is_answered(row["question"], evidence_of(papers[row["paper"]]))
            yield model.state_of(messages, layer)

    assert isinstance(model, StreamedModel)
    return np.array(list(states()), dtype=np.float64), model.name


def pipeline(penalty: float) -> Pipeline:
    """Return the regression that is fitted, its weights held back by `penalty`."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=1 / penalty, max_iter=3000))


def odds_of_new(states: Numbers, kinds: Kinds, papers: Kinds, kind: str, penalty: float) -> Numbers:
    """Return the log odds of a kind against an answer, for questions to papers not fitted to."""
    told = cross_val_predict(
        pipeline(penalty), states, kinds, groups=papers, cv=GroupKFold(FOLDS), method="predict_log_proba"
    )
    order = sorted(set(kinds))
    odds: Numbers = told[:, order.index(kind)] - told[:, order.index(ANSWERED)]
    return odds


def direction(states: Numbers, kinds: Kinds, kind: str, penalty: float) -> tuple[Numbers, float]:
    """Return the weights of the log odds of a kind against an answer, and their bias."""
    scaler, regression = pipeline(penalty).fit(states, kinds)
    order = list(regression.classes_)
    own, answered = order.index(kind), order.index(ANSWERED)
    slopes, bias = regression.coef_, regression.intercept_
    if len(order) == 2:  # one row of weights, for the second of them
        slopes, bias = np.vstack([0 * slopes, slopes]), np.array([0.0, *bias])
    weights = (slopes[own] - slopes[answered]) / scaler.scale_
    return weights, float(bias[own] - bias[answered] - weights @ scaler.mean_)


def fit(states: Numbers, rows: Sequence[dict[str, Any]], layer: int, penalty: float) -> dict[str, Any]:
    """Return what the file of a probe holds, and print what it comes to."""
    kinds = np.array([row["type"] if row["type"] in KINDS else ANSWERED for row in rows])
    papers = np.array([str(row["paper"]) for row in rows])
    twins = np.array(["near" in row for row in rows])
    fitted: dict[str, Any] = {"fitted_by": "bench/fit_answerability.py", "layer": layer}
    for kind, used in (("not_stated", twins), ("false_premise", np.ones_like(twins))):
        odds = odds_of_new(states[used], kinds[used], papers[used], kind, penalty)
        own, others = odds[kinds[used] == kind], odds[kinds[used] == ANSWERED]
        rare, alien = np.quantile(others, [1 - RARE, 1 - ALIEN])
        print(
            f"{kind:14} against an answer: AUROC {area(own, others):.3f}; "
            f"above {rare:.2f} {(own > rare).mean():.1%}, above {alien:.2f} {(own > alien).mean():.1%}"
        )
        weights, bias = direction(states[used], kinds[used], kind, penalty)
        fitted.setdefault("alien", round(float(alien), 3))
        fitted[kind] = {
            "rare": round(float(rare), 3),
            "bias": round(bias, 4),
            "weights": [float(f"{weight:.4g}") for weight in weights],
        }
    silent = fitted["not_stated"]
    told = states[~twins] @ np.array(silent["weights"]) + silent["bias"]
    own, others = (told[kinds[~twins] == kind] for kind in ("not_stated", ANSWERED))
    print(f"not_stated, of the questions that it was not fitted to: AUROC {area(own, others):.3f}")
    return fitted


def area(own: Numbers, others: Numbers) -> float:
    """Return how well the log odds of a kind are told from those of others."""
    return auroc([False] * len(others) + [True] * len(own), [*others, *own])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("corpus", type=Path)
    options.add_argument("--layer", type=int, default=17)
    options.add_argument("--penalty", type=float, default=100.0)
    chosen = options.parse_args()
    rows = sorted([*read_lines(QUESTIONS), *read_lines(TWINS)], key=lambda row: str(row["paper"]))
    states, name = read_states(rows, chosen.corpus, chosen.layer)
    fitted = fit(states, rows, chosen.layer, chosen.penalty)
    (PROBES / f"{name}.json").write_text(json.dumps(fitted) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
