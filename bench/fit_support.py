"""Fits the probe that tells whether evidence supports a statement, on train parts only, for `probes/`.

    python bench/fit_support.py FOLDER_OF_BENCH [--most 60] [--layer 18] [--penalty 1000]

The model reads the sentences and the statement as it does before a sentence of its own may stand, and a
logistic regression tells by its hidden state after one layer whether they support it. SciFact's train part
and what is made of `most` statements of each other source count alike, seeded errors less. Printed are the
AUROC on pairs of papers that it was not fitted to, by source, beside that of the lexical floor, and what
the threshold does: above `rare` lie 5% of the supported pairs.
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
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from support_pairs import Pair, auroc, evidence_for, make_train, words_held

from rag.models.streamed_model import StreamedModel
from rag.prompt import build_is_supported
from ui.settings import read_settings
from ui.wiring import load_model

PROBES = Path(__file__).parent.parent / "rag" / "probing" / "probes" / "support"
FOLDS = 10
SEEDED = 0.3
"""What a pair with a seeded error counts."""
RARE = 0.05

Numbers = NDArray[np.float64]


def read_states(pairs: Sequence[Pair], layer: int) -> tuple[Numbers, str]:
    """Return the hidden state for each pair, shape (pairs, hidden size), and the model's name."""
    model = load_model(read_settings())
    assert isinstance(model, StreamedModel)

    def states() -> Iterator[Any]:
        for pair in pairs:
            messages = build_is_supported(pair.statement, evidence_for(pair.statement, pair))
            yield model.state_of(messages, layer)

    return np.array(list(states()), dtype=np.float64), model.name


def counts_of(pairs: Sequence[Pair]) -> Numbers:
    """Return what each pair counts: every source alike, seeded errors less."""
    sources = np.array([pair.source for pair in pairs])
    shares = [len(pairs) / len(set(sources)) / (sources == source).sum() for source in sources]
    return np.array(shares) * [SEEDED if pair.seeded else 1.0 for pair in pairs]


def fit(states: Numbers, labels: NDArray[np.bool_], counts: Numbers, *, penalty: float) -> Pipeline:
    """Return the regression, for which True is "not supported"."""
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=1 / penalty, max_iter=3000))
    return pipeline.fit(states, labels, logisticregression__sample_weight=counts)


def odds_by_fold(
    states: Numbers, labels: NDArray[np.bool_], counts: Numbers, groups: Sequence[str], *, penalty: float
) -> Numbers:
    """Return the log odds for each pair, of a regression that was not fitted to its group."""
    odds = np.zeros(len(labels))
    for known, new in GroupKFold(FOLDS).split(states, labels, groups):
        fitted = fit(states[known], labels[known], counts[known], penalty=penalty)
        odds[new] = fitted.decision_function(states[new])
    return odds


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--most", type=int, default=60)
    options.add_argument("--layer", type=int, default=18)
    options.add_argument("--penalty", type=float, default=1000.0)
    chosen = options.parse_args()
    pairs = sorted(make_train(chosen.folder, most=chosen.most), key=lambda pair: pair.sentences)
    states, name = read_states(pairs, chosen.layer)
    labels = np.array([pair.label != "support" for pair in pairs])
    counts, groups = counts_of(pairs), [f"{pair.source} {pair.group}" for pair in pairs]
    odds = odds_by_fold(states, labels, counts, groups, penalty=chosen.penalty)
    rare = float(np.quantile(odds[~labels], 1 - RARE))
    print(f"{'source':12} {'pairs':>6} {'floor':>6} {'probe':>6} {'supported':>10} {'others':>7} stand")
    for source in sorted({pair.source for pair in pairs}):
        here = np.array([pair.source == source for pair in pairs])
        floor = auroc(~labels[here], [words_held(pair) for pair in pairs if pair.source == source])
        area = auroc(~labels[here], -odds[here])
        stand = [(odds[here & (labels == label)] <= rare).mean() for label in (False, True)]
        print(f"{source:12} {here.sum():6} {floor:6.3f} {area:6.3f} {stand[0]:10.1%} {stand[1]:7.1%}")
    scaler, regression = fit(states, labels, counts, penalty=chosen.penalty)
    weights = regression.coef_[0] / scaler.scale_
    fitted = {
        "fitted_by": "bench/fit_support.py",
        "layer": chosen.layer,
        "unsupported": {
            "rare": round(rare, 3),
            "bias": round(float(regression.intercept_[0] - weights @ scaler.mean_), 4),
            "weights": [float(f"{weight:.4g}") for weight in weights],
        },
    }
    (PROBES / f"{name}.json").write_text(json.dumps(fitted) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
