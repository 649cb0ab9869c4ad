"""Refits the two thresholds below which a question gets a refusal, and keeps the curve behind them.

    python bench/refusals.py QUESTIONS LIBRARY SCIFACT [--claims 200] [--second DIR]

QUESTIONS are questions with the papers that they are about, all of which LIBRARY holds; SCIFACT is the
folder of the benchmark, of which only claims of the training split and the abstracts that they cite are
read. Every question and claim is asked of LIBRARY, and of a second library, made of the abstracts that
settle some of the claims; so are the short ones of everyday_questions.txt. A library is about what it was
made for, and about nothing else. What names a paper, or holds a name that the library does not know, never
comes to the thresholds and is left out.

Writes `rag/thresholds.csv`, what each threshold of the score can do at best, and `rag/thresholds.py`, the
pair that `choose` picks from it; prints both.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index_store.paper_index import PaperIndex
    from index_store.values import Paper
    from rag.values import Turn

PACKAGE = Path(__file__).parent.parent / "rag"
EVERYDAY = Path(__file__).with_name("everyday_questions.txt")
MOST_FALSE_ABSTENTION = 0.01
"""A question that is not answered though it could be does more harm than one that gets quotes for a no."""
SCORES = [step / 100 for step in range(71)]
COSINES = [step / 100 for step in range(61)]
MODULE = '''"""The thresholds below which a question gets a refusal, as bench/refusals.py wrote them.

The curve that they are chosen from is kept beside this module, in thresholds.csv.
"""

from __future__ import annotations

__all__ = ["LEAST_COSINE", "LEAST_SCORE"]

LEAST_SCORE = {score}
"""Below this no sentence of the library is about the question."""
LEAST_COSINE = {cosine}
"""Below this the words that a question shares with a sentence are there by chance: "the speed of light"."""
'''


@dataclass(frozen=True, slots=True)
class Asked:
    """What the search found for a question: the best score and the best cosine of a sentence.

    `about` says whether the library is about it. Only plain questions have a cosine that counts.
    """

    about: bool
    score: float
    cosine: float


@dataclass(frozen=True, slots=True)
class Point:
    """Two thresholds; the share of questions they refuse wrongly, and of those they wrongly let through."""

    least_score: float
    least_cosine: float
    false_abstention: float
    false_answer: float


def ask(question: str, turns: Sequence[Turn], index: PaperIndex, *, about: bool) -> Asked | None:
    """Return what the library has for a question, or None if names decide before any threshold."""
    from rag.evidence import choose_evidence
    from rag.question.query import plan_query
    from rag.refusals import unknown_subjects

    plan = plan_query(question, turns, index)
    found = choose_evidence(plan, index)
    if plan.papers or not found.evidence or unknown_subjects(plan, found):
        return None
    return Asked(about, found.best_score, found.best_cosine if plan.kind == "answer" else 1.0)


def make_curve(asked: Sequence[Asked]) -> list[Point]:
    """Return for each threshold of the score the point with the threshold of the cosine that suits it."""
    about, beside = ([a for a in asked if a.about == side] for side in (True, False))

    def refused(some: Sequence[Asked], score: float, cosine: float) -> float:
        return sum(a.score < score or a.cosine < cosine for a in some) / (len(some) or 1)

    def point(score: float, cosine: float) -> Point:
        return Point(score, cosine, refused(about, score, cosine), 1 - refused(beside, score, cosine))

    return [choose([point(score, cosine) for cosine in COSINES]) for score in SCORES]


def choose(points: Sequence[Point]) -> Point:
    """Return the point with the least of both shares together, of those with few false abstentions if any.

    Of points that are as good the first is taken: thresholds grow, and the lowest refuse the least.
    """

    def cost(point: Point) -> tuple[bool, float]:
        return point.false_abstention > MOST_FALSE_ABSTENTION, point.false_abstention + point.false_answer

    return min(points, key=cost)


def write_curve(curve: Sequence[Point], path: Path) -> None:
    """Write a line for each point."""
    with path.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow([field.name for field in fields(Point)])
        writer.writerows([f"{value:.4g}" for value in astuple(point)] for point in curve)


def read_curve(path: Path) -> list[Point]:
    """Return the points that `write_curve` wrote."""
    with path.open(newline="", encoding="utf-8") as lines:
        return [Point(*map(float, row)) for row in list(csv.reader(lines))[1:]]


def render_module(chosen: Point) -> str:
    """Return the source of `rag/thresholds.py`."""
    return MODULE.format(score=chosen.least_score, cosine=chosen.least_cosine)


def render_curve(curve: Sequence[Point], chosen: Point) -> str:
    """Return the curve as plain text, a bar for each share, and a mark at the chosen point."""
    lines = ["score  cosine  false abstention      false answer"]
    for point in curve:
        bars = [f"{100 * v:5.1f} % {'#' * round(12 * v):12}" for v in astuple(point)[2:]]
        mark = "<- chosen" if point == chosen else ""
        lines.append(
            f"{point.least_score:.2f}   {point.least_cosine:.2f}    {'  '.join(bars)} {mark}".rstrip()
        )
    return "\n".join(lines)


def read_claims(folder: Path, count: int) -> list[tuple[str, list[str]]]:
    """Return the first `count` claims of the training split, with the ids of what settles them."""
    lines = (folder / "claims_train.jsonl").read_text(encoding="utf-8").splitlines()[:count]
    return [(claim["claim"], list(claim["evidence"])) for claim in map(json.loads, lines)]


def cited_papers(folder: Path, ids: Iterable[str]) -> list[Paper]:
    """Return the abstracts of SciFact with these ids."""
    from bench.retrieval import make_papers, read_lines

    wanted = set(ids)
    records = read_lines(folder / "beir" / "corpus.jsonl.gz")
    return make_papers(record for record in records if record["_id"] in wanted)


def ask_all(
    questions: Path, claims: Sequence[tuple[str, list[str]]], first: PaperIndex, second: PaperIndex
) -> Iterator[Asked]:
    """Yield what both libraries have for all that is asked, where it comes to the thresholds."""
    from ui.predictions import read_questions

    for index, own in ((first, True), (second, False)):
        for text in EVERYDAY.read_text(encoding="utf-8").splitlines():
            if asked := ask(text, (), index, about=False):
                yield asked
        for question in read_questions(questions):
            here = own and bool(question.row["gold_papers"] or question.row["ok_papers"])
            if asked := ask(question.text, question.turns, index, about=here):
                yield asked
        for claim, settled_by in claims:
            if (own or settled_by) and (asked := ask(claim, (), index, about=not own)):
                yield asked


def refit(asked: Sequence[Asked], package: Path) -> str:
    """Write the curve and the thresholds into the folder of the package, and return both as text."""
    write_curve(make_curve(asked), package / "thresholds.csv")
    curve = read_curve(package / "thresholds.csv")
    best = choose(curve)
    (package / "thresholds.py").write_text(render_module(best), encoding="utf-8")
    about = sum(a.about for a in asked)
    counts = f"{about} that the library is about, {len(asked) - about} that it is not"
    return f"{counts}\n\n{render_curve(curve, best)}"


def main() -> None:
    from index_store.paper_index import PaperIndex
    from ui.settings import read_settings
    from ui.wiring import load_embedder

    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("questions", type=Path)
    options.add_argument("library", type=Path)
    options.add_argument("scifact", type=Path)
    options.add_argument("--claims", type=int, default=200)
    options.add_argument(
        "--second", type=Path, default=Path(tempfile.gettempdir()) / "paperchat-bench-claims"
    )
    chosen = options.parse_args()
    embedder = load_embedder(read_settings())
    claims = read_claims(chosen.scifact, chosen.claims)
    papers = cited_papers(chosen.scifact, (id for _, ids in claims for id in ids))
    with PaperIndex(chosen.library, embedder) as first, PaperIndex(chosen.second, embedder) as second:
        second.add(papers)
        print(refit(list(ask_all(chosen.questions, claims, first, second)), PACKAGE))


if __name__ == "__main__":
    main()
