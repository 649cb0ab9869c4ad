"""Fits the probe that tells which papers belong to a list, for rag/probing/probes.

    python bench/fit_lists.py PAPERS CORPUS [--least 0.25] [--strength 0.001] [--library DIR]

The model reads the papers that come nearest to each question as it does before it lists them, and a
logistic regression learns from the hidden states behind them, from the attention that the question pays to
them, and from how far they stand out, which belong. Of all heads those are kept whose attention goes most
with that. The questions are those of list_questions.jsonl over PAPERS, and of list_questions_arxiv.jsonl
over three libraries that list_libraries.json draws from CORPUS (`id`, `title` and `abstract` a line).
Printed are, for questions that it was not fitted to, the citation figures and the share of the lists that
have every paper that matches, for several probabilities from which a paper is listed: once where other
questions of the library were seen, and once where none were. `least` is the probability that is kept.
Where no paper reaches it by its state and standing out alone, none is listed, as an answer is then refused:
attention is compared within a list, and some paper always has most of it.
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
from sklearn.preprocessing import StandardScaler

if TYPE_CHECKING:
    from index_store.values import Paper
    from rag.assistant import Assistant
    from rag.probing.list_reading import Signs
    from ui.predictions import Question

PROBES = Path(__file__).parent.parent / "rag" / "probing" / "probes" / "lists"
LIBRARIES = Path(__file__).with_name("list_libraries.json")
OF_LIBRARIES = Path(__file__).with_name("list_questions_arxiv.jsonl")
LONGEST = 10
FOLDS = 10
SHARES = 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5
STANDING_OUT = 30.0
"""By how much standing out is multiplied beside the standardised state, so that it is hardly held back."""
HEADS = 128
ATTENTION = 4.0
"""By how much the standardised attention of a head is multiplied beside the state."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reading:
    """The papers that were read for a question of a library: their hidden states, the centred attention of
    all heads, and last how far they stand out, shape (papers, hidden size + heads + 1), whether each
    belongs, and whether it counts at all; and how many papers belong."""

    library: str
    signs: Numbers
    belongs: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    matching: int


def read_questions(library: str, questions: Sequence[Question], assistant: Assistant) -> Iterator[Reading]:
    """Yield what the model makes of the papers for each question that some paper answers and no name or
    kind settles."""
    from bench.lists import row_of
    from rag.evidence import choose_evidence
    from rag.probing.list_reading import centred_attention, read_candidates
    from rag.question.query import plan_query

    signs = all_signs(assistant.model)
    papers = assistant.index.papers()
    for question in questions:
        row = row_of(question, papers)
        plan = plan_query(question.text, (), assistant.index)
        found = choose_evidence(plan, assistant.index)
        if plan.kind != "list" or not found.to_read or not row["gold_papers"]:
            continue
        read = list(read_candidates(plan, found, assistant.index, assistant.model, signs))
        titles = [one.paper.title for one in read]
        states = np.stack([one.state for one in read]).astype(np.float64)
        standing_out = np.array([[one.standing_out] for one in read])
        yield Reading(
            library,
            np.hstack([states, centred_attention(read), standing_out]),
            np.array([title in row["gold_papers"] for title in titles]),
            np.array([title in row["gold_papers"] or title not in row["ok_papers"] for title in titles]),
            len(row["gold_papers"]),
        )


def all_signs(model: Any) -> Signs:
    """Return all that can be looked at: the layer is that of the probe of support."""
    from rag.probing.list_reading import Signs
    from rag.probing.support import read_probe

    probe = read_probe(model.metadata.model_name)
    if probe is None:
        raise SystemExit(f"{model.metadata.model_name} has no probe of support: run fit_support.py first.")
    return Signs(probe.layer, len(probe.unsupported.weights), tuple(model.heads))


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of the signs, with their bias; those of heads that are not kept are nought."""

    weights: Numbers
    bias: float

    def odds(self, reading: Reading) -> Numbers:
        """Return the log odds of the papers of a question."""
        odds: Numbers = reading.signs @ self.weights + self.bias
        return odds


def best_heads(readings: Sequence[Reading], heads: int, most: int) -> NDArray[np.intp]:
    """Return the places, among the signs, of so many of the heads whose attention goes most with whether a
    paper belongs."""
    total = np.zeros(heads)
    for one in readings:
        belongs = one.belongs.astype(np.float64)
        if spread := belongs.std():
            attention = one.signs[:, -heads - 1 : -1]
            attention = attention / np.maximum(attention.std(axis=0), 1e-6)
            total += (belongs - belongs.mean()) / spread @ attention / len(belongs)
    first = readings[0].signs.shape[1] - heads - 1
    places: NDArray[np.intp] = first + np.sort(np.argsort(-np.abs(total), kind="stable")[:most])
    return places


def fit(readings: Sequence[Reading], strength: float, heads: int, *, most: int = HEADS) -> Fitted:
    """Return the regression of all papers that count, its weights held back by 1 / `strength`; the signs
    hold the attention of so many heads, of which the best are kept."""
    signs = np.concatenate([one.signs[one.counts] for one in readings])
    belongs = np.concatenate([one.belongs[one.counts] for one in readings])
    kept = best_heads(readings, heads, most)
    scaler = StandardScaler().fit(signs)
    scale, mean = 1 / scaler.scale_, scaler.mean_.copy()
    scale[-heads - 1 : -1] = 0.0
    scale[kept] = ATTENTION / scaler.scale_[kept]
    scale[-1], mean[-1] = STANDING_OUT, 0.0
    regression = LogisticRegression(C=strength, max_iter=3000).fit((signs - mean) * scale, belongs)
    weights = regression.coef_[0] * scale
    return Fitted(weights, float(regression.intercept_[0] - weights @ mean))


@dataclass(frozen=True, slots=True)
class Told:
    """The log odds of the papers of each question, each alone and beside the others."""

    alone: Sequence[Numbers]
    beside: Sequence[Numbers]


def told_of_new(readings: Sequence[Reading], groups: Sequence[Any], strength: float, heads: int) -> Told:
    """Return what regressions tell that were fitted to the other groups."""
    pairs = list(zip(readings, groups, strict=True))

    def odds(most: int) -> list[Numbers]:
        fitted = {
            group: fit([one for one, own in pairs if own != group], strength, heads, most=most)
            for group in set(groups)
        }
        return [fitted[group].odds(one) for one, group in pairs]

    return Told(odds(0), odds(HEADS))


def figures(readings: Sequence[Reading], told: Told, least: float) -> dict[str, float]:
    """Return the mean citation figures where papers from these log odds on are listed, if any reaches them
    alone."""

    def listed(reading: Reading, alone: Numbers, beside: Numbers) -> dict[str, float]:
        best = np.argsort(-beside)[:LONGEST]
        kept = [n for n in best if beside[n] >= least and alone.max() >= least]
        hits, counted = reading.belongs[kept].sum(), reading.counts[kept].sum()
        precision, recall = hits / max(counted, 1), hits / reading.matching
        return {
            "precision": precision,
            "recall": recall,
            "F1": 2 * precision * recall / (precision + recall) if hits else 0.0,
            "whole": float(hits == reading.matching),
            "papers": len(kept),
        }

    rows = [listed(*own) for own in zip(readings, told.alone, told.beside, strict=True)]
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def as_kept(fitted: Fitted, signs: Signs, kept: NDArray[np.intp]) -> dict[str, Any]:
    """Return what the file of a probe holds of what was fitted, with the weights of the heads kept."""
    weights, paid, standing_out = np.split(fitted.weights, [signs.size, signs.size + len(signs.heads)])
    return {
        "standing_out": round(float(standing_out[0]), 3),
        "bias": round(fitted.bias, 4),
        "head_weights": [float(f"{weight:.4g}") for weight in paid[kept]],
        "weights": [float(f"{weight:.4g}") for weight in weights],
    }


def log_odds(share: float) -> float:
    """Return the log odds of a probability."""
    return math.log(share / (1 - share))


def print_figures(what: str, readings: Sequence[Reading], told: Told) -> None:
    """Print the figures for each probability."""
    print(f"{what}, {len(readings)} questions")
    for share in SHARES:
        said = figures(readings, told, log_odds(share))
        print(f"{share:5.2f}  " + "  ".join(f"{name} {value:.3f}" for name, value in said.items()))


def libraries(papers: Path, corpus: Path) -> Iterator[tuple[str, list[Paper], list[Question]]]:
    """Yield each library with its name, its papers and its questions."""
    from bench.comparisons import read_library
    from bench.lists import QUESTIONS
    from ui.predictions import read_questions as questions_of

    yield "page", read_library(papers), questions_of(QUESTIONS)
    everything = {paper.id: paper for paper in read_library(corpus)}
    questions = questions_of(OF_LIBRARIES)
    for name, ids in json.loads(LIBRARIES.read_text(encoding="utf-8")).items():
        own = [question for question in questions if question.row["library"] == name]
        yield name, [everything[id] for id in ids], own


def main() -> None:
    from bench.comparisons import opened
    from ui.settings import read_settings
    from ui.wiring import load_model

    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("papers", type=Path)
    options.add_argument("corpus", type=Path)
    options.add_argument("--least", type=float, default=0.25)
    options.add_argument("--strength", type=float, default=0.001)
    options.add_argument(
        "--library", type=Path, default=Path(tempfile.gettempdir()) / "paperchat-bench-lists"
    )
    chosen = options.parse_args()
    model = load_model(read_settings())
    readings: list[Reading] = []
    for name, papers, questions in libraries(chosen.papers, chosen.corpus):
        with opened(papers, chosen.library / name) as assistant:
            assistant.model = model
            readings += read_questions(name, questions, assistant)
    names = [one.library for one in readings]
    folds = [number % FOLDS for number in range(len(readings))]
    signs = all_signs(model)
    heads = len(signs.heads)
    told = told_of_new(readings, folds, chosen.strength, heads)
    print_figures("Other questions seen", readings, told)
    told = told_of_new(readings, names, chosen.strength, heads)
    print_figures("Other libraries seen", readings, told)
    for library in dict.fromkeys(names):
        own = [n for n, name in enumerate(names) if name == library]
        of_library = Told([told.alone[n] for n in own], [told.beside[n] for n in own])
        print_figures(library, [readings[n] for n in own], of_library)
    beside = fit(readings, chosen.strength, heads)
    kept = np.flatnonzero(beside.weights[signs.size : -1])
    probe = {
        "fitted_by": "bench/fit_lists.py",
        "layer": signs.layer,
        "least": round(log_odds(chosen.least), 3),
        "heads": [signs.heads[n] for n in kept],
        "alone": as_kept(fit(readings, chosen.strength, heads, most=0), signs, kept[:0]),
        "beside": as_kept(beside, signs, kept),
    }
    (PROBES / f"{model.metadata.model_name}.json").write_text(json.dumps(probe) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
