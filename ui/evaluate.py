"""Scores predictions against questions whose right answers are known.

A question's row names the papers that answer it (`gold_papers`; `ok_papers` are harmless), groups of
patterns of which each must have one that the answer matches (`must`), and patterns that it may not
match (`must_not`). Scores are percentages; None where a figure does not apply.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["COLUMNS", "Score", "mean_words", "score_prediction", "summarise"]

DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad"), "-")
MARKS = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'} | dict.fromkeys(
    (0x200B, 0x200C, 0x200D, 0xFEFF)
)
CITATION = re.compile(r"\[\s*\d{1,3}(?:\s*[,;-]\s*\d{1,3})*\s*\]")

COLUMNS = {
    "correct": "correct",
    "answer_accuracy": "ans.acc",
    "group_recall": "groups",
    "citation_precision": "cit.P",
    "citation_recall": "cit.R",
    "citation_f1": "cit.F1",
    "false_abstention": "false.abst",
    "abstention_accuracy": "abst.acc",
}
"""The figures of a summary and the words that head their columns."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one prediction did. `groups` is the share of the required groups that were matched."""

    type: str
    answerable: bool
    abstained: bool
    correct: bool
    groups: float | None
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of citation precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def _uniform(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(DASHES)).translate(DASHES).translate(MARKS)
    return " ".join(text.replace("\\%", "%").replace("**", "").replace("`", "").split())


def score_prediction(row: Mapping[str, Any], prediction: Mapping[str, Any]) -> Score:
    """Score one prediction against the row of its question."""
    text = _uniform(prediction["answer"])
    bare = " ".join(CITATION.sub(" ", text).split())
    matched = [any(_found(pattern, bare) for pattern in group) for group in row["must"]]
    forbidden = any(
        _found(pattern, text) or _found(pattern, prediction["answer"])
        for pattern in row.get("must_not", [])
    )
    full, gold = all(matched) and not forbidden, set(row["gold_papers"])
    abstained, cited = bool(prediction["abstained"]), set(prediction["cited"])
    if gold:
        correct = full and not abstained
    else:
        corrected = bool(row.get("abstain_ok")) and bool(matched) and full
        correct = (abstained and not forbidden) or corrected
    hits = len(cited & gold)
    counted = len(cited - (set(row.get("ok_papers", [])) - gold))
    any_will_do = row.get("gold_mode") == "any"
    return Score(
        type=row["type"],
        answerable=bool(gold),
        abstained=abstained,
        correct=correct,
        groups=sum(matched) / len(matched) if matched else None,
        precision=hits / counted if counted else 0.0,
        recall=float(hits > 0) if any_will_do else hits / len(gold) if gold else 0.0,
    )


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE | re.DOTALL) is not None


def _mean(values: Iterable[float | bool | None]) -> float | None:
    known = [100.0 * value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def summarise(scores: Sequence[Score]) -> dict[str, float | None]:
    """Return the means of some scores, as percentages, by the names of COLUMNS."""
    answerable = [score for score in scores if score.answerable]
    return {
        "correct": _mean(score.correct for score in scores),
        "answer_accuracy": _mean(score.correct for score in answerable),
        "group_recall": _mean(score.groups for score in answerable),
        "citation_precision": _mean(score.precision for score in answerable),
        "citation_recall": _mean(score.recall for score in answerable),
        "citation_f1": _mean(score.f1 for score in answerable),
        "false_abstention": _mean(score.abstained for score in answerable),
        "abstention_accuracy": _mean(score.correct for score in scores if not score.answerable),
    }


def mean_words(predictions: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Return the mean number of words of prose, and of quotes with their references, an answer has."""
    prose = quotes = 0
    for prediction in predictions:
        for line in prediction["answer"].split("\n"):
            if line.startswith(('"', "[")):
                quotes += len(line.split())
            else:
                prose += len(line.split())
    count = len(predictions) or 1
    return prose / count, quotes / count
