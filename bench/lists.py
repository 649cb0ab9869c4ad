"""Measures list questions over a file of papers: whether a list has all that match and no more.

    python bench/lists.py PAPERS [QUESTIONS] [--full] [--library DIR]

QUESTIONS are those of list_questions.jsonl, if they are not given, which were written over the 78 papers of
the saved page: `gold_papers` match, `ok_papers` may be listed or not, and each is known by the words with
which its title begins. Printed are the citation figures over the questions that some paper answers, as
`paperchat evaluate` has them; the strict score, the share of them whose list names every paper that
matches; and the share of the others that are refused. Below it each question has a line, with its
citation F1.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index_store.values import Paper
    from rag.assistant import Assistant
    from ui.evaluate import Score
    from ui.predictions import Question

QUESTIONS = Path(__file__).with_name("list_questions.jsonl")
COLUMNS = {
    "citation_precision": "citation precision",
    "citation_recall": "citation recall",
    "citation_f1": "citation F1",
    "answer_accuracy": "strict",
    "abstention_accuracy": "refused rightly",
}
"""Figures of a summary, and what they are called here."""


def row_of(question: Question, papers: Sequence[Paper]) -> dict[str, Any]:
    """Return the row of a question with whole titles; its answer must name each paper that matches.

    Raises:
        ValueError: a title is not that of one paper.
    """
    from bench.comparisons import paper_called

    gold, ok = (
        [paper_called(beginning, papers).title for beginning in question.row[key]]
        for key in ("gold_papers", "ok_papers")
    )
    must = [[re.escape(title)] for title in gold]
    return {"type": "list", "gold_papers": gold, "ok_papers": ok, "must": must}


def score_lists(questions: Sequence[Question], assistant: Assistant) -> Iterator[tuple[Question, Score]]:
    """Yield each question with the score of its answer, of its draft where there is no model."""
    from ui.evaluate import score_prediction
    from ui.predictions import predict

    papers = assistant.index.papers()
    for question in questions:
        prediction = predict(assistant, question, draft=assistant.model is None)
        yield question, score_prediction(row_of(question, papers), prediction)


def render_scores(scored: Sequence[tuple[Question, Score]]) -> str:
    """Return the means, and a line for each question."""
    from ui.evaluate import summarise

    means = summarise([score for _, score in scored])
    answerable = sum(score.answerable for _, score in scored)
    lines = [
        f"{answerable} questions with an answer, {len(scored) - answerable} without",
        *(f"{says:18} {_percent(means[name])}" for name, says in COLUMNS.items()),
        "",
    ]
    for question, score in scored:
        figure = f"{100 * score.f1:5.1f}" if score.answerable else "  yes" if score.correct else "   no"
        lines.append(f"{question.id}  {figure}  {question.text}")
    return "\n".join(lines)


def _percent(value: float | None) -> str:
    return "    -" if value is None else f"{value:5.1f}"


def main() -> None:
    from bench.comparisons import opened, read_library
    from ui.predictions import read_questions
    from ui.settings import read_settings
    from ui.wiring import load_model

    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("papers", type=Path)
    options.add_argument("questions", type=Path, nargs="?", default=QUESTIONS)
    options.add_argument("--full", action="store_true", help="with the model, not the draft alone")
    options.add_argument(
        "--library", type=Path, default=Path(tempfile.gettempdir()) / "paperchat-bench-lists"
    )
    chosen = options.parse_args()
    with opened(read_library(chosen.papers), chosen.library) as assistant:
        assistant.model = load_model(read_settings()) if chosen.full else None
        print(render_scores(list(score_lists(read_questions(chosen.questions), assistant))))


if __name__ == "__main__":
    main()
