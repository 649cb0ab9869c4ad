"""Scores, held against the scorer that the question sets come with."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from typing import Any

import pytest

from ui.evaluate import mean_words, score_prediction, summarise
from ui.predictions import read_questions

SHARED = Path(__file__).parent.parent.parent / "shared" / "eval"
ROW = {
    "id": "a", "type": "fact", "gold_papers": ["A"], "ok_papers": ["B"],
    "must": [["91\\.3"], ["bird", "song"]], "must_not": ["\\bmoon\\b"],
}  # fmt: skip


def prediction(answer: str, *cited: str, abstained: bool = False) -> dict[str, Any]:
    return {"answer": answer, "cited": list(cited), "abstained": abstained}


def test_every_group_must_be_matched_and_nothing_forbidden() -> None:
    assert score_prediction(ROW, prediction("91.3 on Songs", "A")).correct
    assert not score_prediction(ROW, prediction("91.3", "A")).correct
    assert not score_prediction(ROW, prediction("91.3 on songs of the moon", "A")).correct
    assert not score_prediction(ROW, prediction("91.3 on songs", "A", abstained=True)).correct


def test_mark_of_a_citation_is_no_number() -> None:
    row = ROW | {"must": [["\\b3\\b"]]}
    assert not score_prediction(row, prediction("It is good [1, 3].", "A")).correct
    assert score_prediction(row, prediction("It has 3 parts [1].", "A")).correct


def test_harmless_citations_do_not_count() -> None:
    score = score_prediction(ROW, prediction("91.3 songs", "A", "B", "C"))
    assert (score.precision, score.recall) == (0.5, 1.0)


def test_question_without_an_answer_wants_abstention() -> None:
    row = ROW | {"gold_papers": [], "must": []}
    assert score_prediction(row, prediction("Not here.", abstained=True)).correct
    assert not score_prediction(row, prediction("It is 5.")).correct


def test_words_are_counted_apart() -> None:
    answer = 'Two words [1]\n[1] A title\n"and a quote"'
    assert mean_words([prediction(answer)]) == (3.0, 6.0)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the question sets are not beside this checkout")
def test_scores_are_those_of_the_scorer_of_the_question_sets() -> None:
    specification = importlib.util.spec_from_file_location("score", SHARED / "score.py")
    assert specification
    assert specification.loader
    scorer = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(scorer)
    rows = [question.row for question in read_questions(SHARED / "dev_questions.jsonl")]
    dice = random.Random(5)
    predictions = [
        prediction(
            " ".join(pattern for group in row["must"] for pattern in group[: dice.randint(0, 2)]),
            *dice.sample([*row["gold_papers"], *row.get("ok_papers", []), "Other"], 1),
            abstained=dice.random() < 0.2,
        )
        for row in rows
    ]
    ours = summarise([score_prediction(*pair) for pair in zip(rows, predictions, strict=True)])
    theirs = scorer.summarise(
        [
            scorer.score_item(*pair)
            for pair in zip([{"must_not": [], **r} for r in rows], predictions, strict=True)
        ]
    )
    for name, value in ours.items():
        assert value == pytest.approx(100 * theirs[name])
