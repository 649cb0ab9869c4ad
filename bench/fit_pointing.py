"""Fits what tells which sentences of an abstract answer a question, for rag/probing/probes.

    python bench/fit_pointing.py CORPUS [--heads 64] [--strength 0.01] [--library DIR]

CORPUS is the file of arXiv abstracts that answerability_questions.jsonl and comparison_questions.jsonl are
about: questions of our own with the numbers, from 0, of the sentences that answer (`gold`) and of others
that would do in part (`also`). The model reads each abstract and question as it does before an answer. The
heads are kept whose attention to a sentence goes most with whether it answers, and weighed by a conditional
logistic regression beside the rank by words and the number that the model would name. Printed is, for
papers that were not seen (five folds), how often the best sentence answers, and how often all that do are
among the three (of a comparison) or four that are quoted: with rank and number alone, and as fitted.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from fit_answerability import QUESTIONS, read_papers
from numpy.typing import NDArray
from support_pairs import read_lines

if TYPE_CHECKING:
    from index_store.values import Paper
    from rag.assistant import Assistant
    from rag.evidence import Found
    from rag.values import QueryPlan

COMPARISONS = Path(__file__).with_name("comparison_questions.jsonl")
PROBES = Path(__file__).parent.parent / "rag" / "probing" / "probes" / "pointing"
FOLDS = 5
PARTLY = 0.5
"""What a sentence counts that would do in part."""
PLAIN = 2
"""Traits that are no head: the rank by words and the number that the model would name."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Side:
    """What a question asks of one paper: the traits of its sentences for each thing that is asked, each of
    shape (2 + heads, sentences), how much each sentence answers, which are needed, and how many are quoted.
    """

    paper: str
    traits: tuple[Numbers, ...]
    answers: Numbers
    gold: frozenset[int]
    quoted: int


def questions(papers: dict[str, Paper]) -> Iterator[tuple[str, list[Paper], list[Any], list[Any]]]:
    """Yield each question with its papers and, for each of them, the sentences that answer and those that
    do in part; those of one paper together."""
    for row in sorted(read_lines(QUESTIONS), key=lambda row: str(row["paper"])):
        if row["gold"]:
            yield row["question"], [papers[row["paper"]]], [row["gold"]], [row["also"]]
    for row in read_lines(COMPARISONS):
        yield row["question"], [papers[id] for id in row["papers"]], row["gold"], row["also"]


def planned(question: str, papers: Sequence[Paper], assistant: Assistant) -> tuple[QueryPlan, Found]:
    """Return what is found for a question that is asked of these papers."""
    from rag.evidence import choose_evidence
    from rag.linking.focus import focus_of
    from rag.question.query import plan_query

    plan = plan_query(question, (), assistant.index)
    kind = "comparison" if len(papers) > 1 else "answer"
    focus = focus_of(plan.standalone_question, papers)
    plan = replace(plan, kind=kind, papers=tuple(papers), focus=focus, aspects=(), missing=())
    return plan, choose_evidence(plan, assistant.index)


def read_sides(corpus: Path, library: Path) -> tuple[list[Side], list[tuple[int, int]], str]:
    """Return what is asked of papers, all heads of the model, and its name."""
    from bench.comparisons import opened
    from rag.evidence import quotes_per_paper
    from rag.models.transformers_model import TransformersModel
    from rag.probing.pointing import asked_parts, pointed_at
    from rag.probing.retrieval_heads import RetrievalHeads, traits_of
    from ui.settings import read_settings
    from ui.wiring import load_model

    ids = {id for row in read_lines(COMPARISONS) for id in row["papers"]}
    papers = read_papers(corpus, ids | {row["paper"] for row in read_lines(QUESTIONS)})
    model = load_model(read_settings())
    assert isinstance(model, TransformersModel)
    everything = RetrievalHeads(tuple(model.heads), ())
    sides: list[Side] = []
    with opened(list(papers.values()), library) as assistant:
        known = {paper.title: paper for paper in assistant.index.papers()}
        for question, asked, gold, also in questions(papers):
            own = [known[paper.title] for paper in asked]
            plan, found = planned(question, own, assistant)
            needed = {paper.id: (set(g), set(a)) for paper, g, a in zip(own, gold, also, strict=True)}
            for id, group in groupby(found.evidence, key=lambda item: item.span.paper.id):
                evidence = list(group)
                starts = [start for start, _ in assistant.index.sentences([id])[id]]
                numbers = [starts.index(item.span.start) for item in evidence]
                weighed = [
                    pointed_at(part, evidence, model, everything)
                    for part in asked_parts(plan, evidence[0].span.paper)
                ]
                if any(one is None or one.attention is None for one in weighed):
                    raise SystemExit(f"The attention of {model.name} cannot be watched.")
                ranked = [item.score for item in evidence]
                sides.append(
                    Side(
                        id,
                        tuple(traits_of(one, ranked) for one in weighed if one),
                        np.array([(n in needed[id][0]) + PARTLY * (n in needed[id][1]) for n in numbers]),
                        frozenset(place for place, n in enumerate(numbers) if n in needed[id][0]),
                        quotes_per_paper(plan.kind),
                    )
                )
    return sides, model.heads, model.name


def best_heads(sides: Sequence[Side], most: int) -> list[int]:
    """Return the traits of the heads that go most with whether a sentence answers, on average."""
    agreeing = [
        traits @ standard / len(standard)
        for side in sides
        if (standard := _standardised(side.answers)).any()
        for traits in side.traits
    ]
    total: Numbers = np.sum(agreeing, axis=0)
    return [PLAIN + int(n) for n in np.argsort(-total[PLAIN:], kind="stable")[:most]]


def _standardised(numbers: Numbers) -> Numbers:
    return (numbers - numbers.mean()) / max(float(numbers.std()), 1e-6)


def fit(sides: Sequence[Side], kept: Sequence[int], strength: float) -> Numbers:
    """Return what each of the traits that are kept weighs, where sentences of one paper compete."""
    pairs = [(traits[kept], side.answers) for side in sides if side.answers.any() for traits in side.traits]
    longest = max(len(answers) for _, answers in pairs)
    own = torch.zeros(len(pairs), len(kept), longest)
    absent = torch.full((len(pairs), longest), -1e9)
    wanted = torch.zeros(len(pairs), longest)
    for row, (traits, answers) in enumerate(pairs):
        own[row, :, : len(answers)] = torch.tensor(traits)
        absent[row, : len(answers)] = 0
        wanted[row, : len(answers)] = torch.tensor(answers / answers.sum())
    weights = torch.zeros(len(kept), requires_grad=True)
    search = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        odds = (torch.einsum("rts,t->rs", own, weights) + absent).log_softmax(1)
        value = strength * (weights**2).sum() - (wanted * odds).sum(1).mean()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    search.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach().numpy().astype(np.float64)


def order(side: Side, kept: Sequence[int], weights: Numbers) -> list[int]:
    """Return the sentences of a side, best first: those for each thing that is asked take turns."""
    orders = [np.argsort(-(weights @ traits[kept]), kind="stable") for traits in side.traits]
    return list(dict.fromkeys(int(n) for turn in zip(*orders, strict=True) for n in turn))


def show(sides: Sequence[Side], most: int, strength: float) -> None:
    """Print what fits on other papers come to, of answers and of sides of comparisons."""
    papers = sorted({side.paper for side in sides})
    fold = {paper: number % FOLDS for number, paper in enumerate(papers)}
    print("                     best   all quoted")
    for name, heads in (("rank and number", 0), (f"{most} heads", most)):
        found: dict[int, list[tuple[bool, bool]]] = {}
        for number in range(FOLDS):
            seen = [side for side in sides if fold[side.paper] != number]
            kept = [*range(PLAIN), *best_heads(seen, heads)]
            weights = fit(seen, kept, strength)
            for side in sides:
                if fold[side.paper] == number and side.gold:
                    best = order(side, kept, weights)
                    right = side.answers[best[0]] > 0, side.gold <= set(best[: side.quoted])
                    found.setdefault(side.quoted, []).append(right)
        for quoted, what in ((4, "answers"), (3, "sides")):
            best_share, all_share = np.mean(found[quoted], axis=0)
            print(f"{name:15} {what:8} {best_share:6.1%} {all_share:8.1%} of {len(found[quoted])}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("corpus", type=Path)
    options.add_argument("--heads", type=int, default=64)
    options.add_argument("--strength", type=float, default=0.01)
    options.add_argument(
        "--library", type=Path, default=Path(tempfile.gettempdir()) / "paperchat-bench-pointing"
    )
    chosen = options.parse_args()
    sides, heads, name = read_sides(chosen.corpus, chosen.library)
    show(sides, chosen.heads, chosen.strength)
    best = best_heads(sides, chosen.heads)
    weights = fit(sides, [*range(PLAIN), *best], chosen.strength)
    fitted = {
        "fitted_by": "bench/fit_pointing.py",
        "heads": [heads[n - PLAIN] for n in best],
        "weights": [float(f"{weight:.4g}") for weight in weights],
    }
    PROBES.mkdir(parents=True, exist_ok=True)
    (PROBES / f"{name}.json").write_text(json.dumps(fitted) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
