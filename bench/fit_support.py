"""Fits the support check on train parts only and writes bench/support_model.json.

    python bench/fit_support.py FOLDER_OF_BENCH [--most 400] [--out bench/support_model.json]

A logistic regression in which each sign may only speak in the direction that its meaning gives it: without
that bound it learns what is peculiar to how the train pairs were made. Every source counts alike, seeded
errors less: other guards catch those. Printed are the AUROC of the lexical floor, and of the model on pairs
of papers, and of sources, that it was not fitted to.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from support_pairs import Pair, auroc, fold_of, make_train, words_held

from bench.support_score import SIGNS, SupportModel, signs_of_support
from index_store.embedder import MeanPoolingEmbedding
from ui.settings import read_settings
from ui.wiring import pull_embedder

DIRECTIONS = {"words": 1, "meaning": 1}
"""1 where more of a sign speaks for support; all others speak against it."""
RIDGE = 3.0
STEPS = 1500
FOLDS = 5
SEEDED = 0.3
"""What a pair with a seeded error counts. 0, 0.1, 0.3 and 1 were tried, by cross-validation."""
REJECTED = 0.05
"""Share of supported train pairs that may lie below the threshold."""
BATCH = 64

Numbers = NDArray[np.float64]


class Embedder:
    """The default embedder with a memory, as a library has one."""

    def __init__(self) -> None:
        settings = read_settings()
        self._model = MeanPoolingEmbedding(pull_embedder(settings, None), name=settings.embedder)
        self._known: dict[str, NDArray[np.float32]] = {}

    def __call__(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        made = self._model.get_text_embedding_batch(new) if new else []
        self._known.update(zip(new, (np.asarray(v, dtype=np.float32) for v in made), strict=True))
        return [self._known[text] for text in texts]


def read_signs_of(pairs: Sequence[Pair], embed: Embedder) -> Numbers:
    """Return the signs of pairs, shape (pairs, signs)."""
    rows: list[list[float]] = []
    for start in range(0, len(pairs), BATCH):
        batch = pairs[start : start + BATCH]
        embed([text for pair in batch for text in (pair.statement, *pair.sentences)])
        rows += [signs_of_support(pair.statement, pair.sentences, embed=embed) for pair in batch]
    return np.array(rows)


def fit(
    signs: NDArray[np.float64], labels: NDArray[np.float64], counts: NDArray[np.float64]
) -> SupportModel:
    """Return the model of least penalised loss, found by accelerated projected gradients."""
    mean, deviation = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    rows = np.c_[np.ones(len(signs)), (signs - mean) / deviation]
    allowed = np.array([DIRECTIONS.get(name, -1) for name in SIGNS])
    size = np.linalg.norm(rows * np.sqrt(counts)[:, None], 2) ** 2 / 4 + RIDGE
    found = ahead = np.zeros(rows.shape[1])
    pace = 1.0
    for _ in range(STEPS):
        slope = rows.T @ (counts * (1 / (1 + np.exp(-rows @ ahead)) - labels))
        slope[1:] += RIDGE * ahead[1:]
        step = ahead - slope / size
        step[1:][step[1:] * allowed < 0] = 0
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead, found, pace = step + (pace - 1) / faster * (step - found), step, faster
    return SupportModel(
        tuple(mean.tolist()), tuple(deviation.tolist()), tuple(found[1:].tolist()), float(found[0]), 0.0
    )


def score(model: SupportModel, signs: Numbers) -> Numbers:
    return np.array([model.probability(row) for row in signs.tolist()])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--most", type=int, default=400)
    options.add_argument("--out", type=Path, default=Path("bench/support_model.json"))
    chosen = options.parse_args()
    pairs = make_train(chosen.folder, most=chosen.most)
    signs = read_signs_of(pairs, Embedder())
    labels = np.array([pair.label == "support" for pair in pairs], dtype=float)
    sources = np.array([pair.source for pair in pairs])
    folds = np.array([fold_of(pair, FOLDS) for pair in pairs])
    counts = np.array([len(pairs) / len(set(sources)) / (sources == source).sum() for source in sources])
    counts *= [SEEDED if pair.seeded else 1.0 for pair in pairs]
    by_paper, by_source = np.zeros(len(pairs)), np.zeros(len(pairs))
    for parts, out in ((folds, by_paper), (sources, by_source)):
        for part in sorted(set(parts.tolist())):
            here = parts == part
            out[here] = score(fit(signs[~here], labels[~here], counts[~here]), signs[here])
    floor = np.array([words_held(pair) for pair in pairs])
    print(f"{'source':12} {'pairs':>6} {'floor':>6} {'papers':>7} {'sources':>8}")
    for source in sorted(set(sources.tolist())):
        here = sources == source
        found = [auroc(labels[here] > 0, made[here]) for made in (floor, by_paper, by_source)]
        print(f"{source:12} {here.sum():6} {found[0]:6.3f} {found[1]:7.3f} {found[2]:8.3f}")
    model = fit(signs, labels, counts)
    threshold = float(np.quantile(by_paper[labels > 0], REJECTED))
    rows = zip(SIGNS, model.mean, model.deviation, model.weight, strict=True)
    shipped = {
        "fitted_by": "bench/fit_support.py",
        "signs": {
            name: {"mean": round(mean, 4), "deviation": round(deviation, 4), "weight": round(weight, 4)}
            for name, mean, deviation, weight in rows
        },
        "bias": round(model.bias, 4),
        "threshold": round(threshold, 4),
    }
    chosen.out.write_text(json.dumps(shipped, indent=2) + "\n", encoding="utf-8")
    refuted = by_paper[np.array([pair.label == "refute" for pair in pairs])]
    print(f"threshold {threshold:.3f}: refuted train pairs accepted {(refuted >= threshold).mean():.1%}")
    for name, weight in zip(SIGNS, model.weight, strict=True):
        print(f"{name:10} {weight:6.2f}")


if __name__ == "__main__":
    main()
