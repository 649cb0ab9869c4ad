"""Measures comparisons over a file of papers: what they miss, how fast they come, which cells are right.

    python bench/comparisons.py removed PAPERS QUESTIONS [--library DIR]
    python bench/comparisons.py times PAPERS [--library DIR]
    python bench/comparisons.py cells PAPERS [LABELS]

"removed" takes each side of every comparison in QUESTIONS out of the library in turn and counts how often
the answer says that it is missing. A side whose name another paper has, too, is still there, and left out.
"times" is how long the first table takes, without the model, in a process that has read the library.
"cells" holds the cells of the standard aspects to LABELS (the nine abstracts of labelled_cells.jsonl, if it
is not given): for each paper the numbers, from 0, of the sentences of which any would do, none where the
abstract does not state the aspect. A paper is known by the words with which its title begins.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index_store.values import Paper
    from rag.assistant import Assistant
    from ui.predictions import Question

LABELS = Path(__file__).with_name("labelled_cells.jsonl")
SIDES = (2, 6)
"""Papers in the tables whose time is taken."""
TABLES = 8
ASPECTS = ("training data",)
MISSING = "No paper in this library"
"""How an answer begins to say that it lacks a side."""


def read_library(path: Path) -> list[Paper]:
    """Return the papers of a file."""
    from index_store.readers import read_papers
    from index_store.values import Paper

    return [paper for paper in read_papers(path) if isinstance(paper, Paper)]


def paper_called(beginning: str, papers: Sequence[Paper]) -> Paper:
    """Return the one paper whose title begins with some words.

    Raises:
        ValueError: no title does, or several do.
    """
    found = [paper for paper in papers if paper.title.startswith(beginning)]
    if len(found) != 1:
        raise ValueError(f'The titles of {len(found)} papers begin with "{beginning}"; one should.')
    return found[0]


def shares_name(paper: Paper, question: str, papers: Iterable[Paper]) -> bool:
    """Whether what a question calls a paper is the name of another one as well."""
    from rag.linking.mentions import called_in, is_named_by_title

    called = called_in(paper, question)
    return any(is_named_by_title(called, other) for other in papers if other != paper)


def without_sides(
    questions: Sequence[Question], assistant: Assistant
) -> Iterator[tuple[Question, Paper, bool]]:
    """Yield each comparison with each of its papers, and whether the answer without it says so."""
    index = assistant.index
    papers = {paper.title: paper for paper in index.papers()}
    for question in questions:
        if question.row["type"] != "compare":
            continue
        for title in question.row["gold_papers"]:
            if shares_name(papers[title], question.text, papers.values()):
                continue
            index.remove([papers[title].id])
            answer = assistant.ask(question.text, question.turns, draft=True)
            index.add([papers[title]])
            said = f"{answer.note} {answer.refusal.text if answer.refusal else ''}"
            yield question, papers[title], MISSING in said


def time_tables(sides: int, assistant: Assistant, tables: int = TABLES) -> list[float]:
    """Return the seconds that each of some tables takes, of other papers each while there are any."""
    ids = [paper.id for paper in assistant.index.papers() if paper.abstract]
    seconds = []
    for number in range(tables):
        chosen = [ids[(number * sides + side) % len(ids)] for side in range(sides)]
        begun = perf_counter()
        next(assistant.compare(chosen, ASPECTS, draft=True))
        seconds.append(perf_counter() - begun)
    return seconds


def count_cells(labels: Path, papers: Sequence[Paper]) -> dict[str, Counter[str]]:
    """Count for each aspect: cells stated, given, right, silent, and rightly silent."""
    from index_store.sentences import split_sentences
    from rag.aspects import ASPECTS, best_span
    from rag.values import Span

    found = {aspect.name: Counter[str]() for aspect in ASPECTS}
    for row in map(json.loads, labels.read_text(encoding="utf-8").splitlines()):
        paper = paper_called(row["title_begins"], papers)
        spans = [Span(paper, start, end) for start, end in split_sentences(paper.abstract)]
        for aspect in ASPECTS:
            right, cell = row["cells"][aspect.name], best_span(aspect, spans)
            found[aspect.name].update(
                stated=bool(right),
                given=cell is not None,
                right=cell is not None and spans.index(cell) in right,
                silent=not right,
                rightly_silent=not right and cell is None,
            )
    return found


def render_cells(counts: dict[str, Counter[str]]) -> str:
    """Return precision, recall and the share of rightly empty cells, a line for each aspect and for all."""
    lines = [f"{'':14} {'precision':>16} {'recall':>16} {'not stated':>16}"]
    for name, count in {**counts, "all": sum(counts.values(), Counter[str]())}.items():
        shares = (("right", "given"), ("right", "stated"), ("rightly_silent", "silent"))
        lines.append(f"{name:14} " + " ".join(_share(count[part], count[whole]) for part, whole in shares))
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:5.1f}% {f'({part}/{whole})':>9}" if whole else f"{'-':>16}"


def render_removed(found: Sequence[tuple[Question, Paper, bool]]) -> str:
    """Return how often a missing side was said to be, and where it was not."""
    silent = [f"{question.id}: {paper.title}" for question, paper, said in found if not said]
    said = f"a side removed is said to be missing: {len(found) - len(silent)} of {len(found)}"
    return "\n".join([said, *(f"  not said in {line}" for line in silent)])


def render_times(assistant: Assistant) -> str:
    """Return the median and the worst time of a table, a line for each number of papers."""
    lines = []
    for sides in SIDES:
        seconds = time_tables(sides, assistant)
        lines.append(f"{sides} papers: median {median(seconds):.2f} s, worst {max(seconds):.2f} s")
    return "\n".join(lines)


@contextmanager
def opened(papers: Sequence[Paper], folder: Path) -> Iterator[Assistant]:
    """Yield an assistant, without a model, of a library of these papers, its sentences read."""
    from index_store.paper_index import PaperIndex
    from rag.assistant import Assistant
    from rag.warming import warm_up
    from ui.settings import read_settings
    from ui.wiring import load_embedder

    with PaperIndex(folder, load_embedder(read_settings())) as index:
        index.add(papers)
        warm_up(index, lambda *_: None)
        yield Assistant(index)


def main() -> None:
    from ui.predictions import read_questions

    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("what", choices=["removed", "times", "cells"])
    options.add_argument("papers", type=Path)
    options.add_argument("file", type=Path, nargs="?", help="the questions of removed, the labels of cells")
    options.add_argument(
        "--library", type=Path, default=Path(tempfile.gettempdir()) / "paperchat-bench-comparisons"
    )
    chosen = options.parse_args()
    if chosen.what == "removed" and not chosen.file:
        options.error("removed takes a file of questions, too")
    papers = read_library(chosen.papers)
    if chosen.what == "cells":
        print(render_cells(count_cells(chosen.file or LABELS, papers)))
        return
    with opened(papers, chosen.library) as assistant:
        if chosen.what == "removed":
            print(render_removed(list(without_sides(read_questions(chosen.file), assistant))))
        else:
            print(render_times(assistant))


if __name__ == "__main__":
    main()
