"""The probability that sentences support a statement, and what it is made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fakes import HashingEmbedding
from numpy.typing import NDArray

from bench.support_score import SIGNS, least_support, read_model, signs_of_support, support_score

SOURCE = (
    "LaVie is trained on 25 million videos.",
    "It needs no labels and keeps the quality of images.",
    "Longer clips increase the error of the older model.",
)


def embed(texts: Sequence[str]) -> list[NDArray[np.float64]]:
    return [np.array(vector) for vector in HashingEmbedding().get_text_embedding_batch(list(texts))]


def score(statement: str, sentences: Sequence[str] = SOURCE) -> float:
    return support_score(statement, sentences, embed=embed)


def sign(name: str, statement: str) -> float:
    return signs_of_support(statement, SOURCE, embed=embed)[SIGNS.index(name)]


@pytest.mark.parametrize("statement", SOURCE)
def test_sentence_of_the_source_is_accepted(statement: str) -> None:
    assert score(statement) > 0.7 > least_support()


def test_statement_about_something_else_is_below_the_threshold() -> None:
    assert score("Graph transformers solve routing of parcels in cities.") < least_support()


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("words", SOURCE[0], "LaVie is trained on 25 million podcasts."),
        ("meaning", SOURCE[0], "Zebras graze under clouds."),
        ("numbers", SOURCE[0], "LaVie is trained on 35 million videos."),
        ("opposites", SOURCE[2], "Longer clips decrease the error of the older model."),
        ("denies", SOURCE[1], "It needs labels and keeps the quality of images."),
        ("affirms", SOURCE[2], "Longer clips do not increase the error of the older model."),
        ("adds_no", SOURCE[2], "Longer clips never increase the error of the older model."),
        ("drops_no", SOURCE[1], "It needs labels and keeps the quality of images."),
    ],
)
def test_each_sign_tells_a_wrong_statement_from_a_right_one(name: str, right: str, wrong: str) -> None:
    better = read_model().weight[SIGNS.index(name)]
    assert (sign(name, right) - sign(name, wrong)) * better > 0
    assert score(wrong) < score(right)


def test_order_of_the_sentences_changes_nothing() -> None:
    statement = "LaVie needs no labels and 25 million videos."
    assert score(statement) == pytest.approx(score(statement, SOURCE[::-1]))


def test_more_sentences_than_are_looked_at_do_not_hide_the_right_one() -> None:
    others = [f"Sentence {number} speaks of weather." for number in range(20, 40)]
    held = signs_of_support(SOURCE[0], [*others, SOURCE[0]], embed=embed)
    assert held[SIGNS.index("words")] == 1
    assert score(SOURCE[0], [*others, SOURCE[0]]) > score(SOURCE[0], others)


@pytest.mark.parametrize(("statement", "sentences"), [("", SOURCE), ("of the", SOURCE), ("Cats", ())])
def test_nothing_to_compare_scores_nothing(statement: str, sentences: Sequence[str]) -> None:
    assert score(statement, sentences) == 0


def test_shipped_model_weighs_every_sign_in_the_direction_of_its_meaning() -> None:
    model = read_model()
    speaks_for = dict(zip(SIGNS, (weight > 0 for weight in model.weight), strict=True))
    assert {name for name, positive in speaks_for.items() if positive} == {"words", "meaning"}
    assert 0 < least_support() < 0.5
