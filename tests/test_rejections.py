"""What an abstract turns down is not said of its paper, and what it uses is not turned down."""

from __future__ import annotations

import pytest
from conftest import make_paper

from index_store.sentences import split_sentences
from rag.checking.rejections import has_what_is_rejected, rejected_in
from rag.speakers import Clause, clauses_of
from rag.values import Span

SENSOR = (
    "Screening for arrhythmia usually relies on electrocardiograms read by staff. CardioSense detects it "
    "from pulse waves instead of electrical leads. It works without a gel or adhesive patches, and no "
    "longer requires calibration by a nurse, bypassing the need for clinic visits. Unlike Holter "
    "monitoring, it can be worn for months. Patients were treated with apixaban rather than warfarin."
)
PRICES = (
    "Most studies of carbon prices use instrumental variables. We estimate demand from scanner data, as "
    "opposed to survey answers. Revenue is returned as lump-sum payments in place of tax cuts. Our "
    "estimator does not depend on price forecasts, and avoids input tables. It needs no "
    "extra training data."
)
TRAP = (
    "We cool molecules with one laser, eliminating the need for repumping lasers. Rather than optical "
    "molasses, it uses a moving lattice. Unlike conventional traps, ours is warm. It uses one camera "
    "instead of several cameras. The apparatus obviates evaporative cooling."
)


def clauses(abstract: str) -> list[Clause]:
    paper = make_paper("CardioSense: Sensors", abstract)
    spans = [Span(paper, *bounds) for bounds in split_sentences(abstract)]
    return [clause for span in spans for clause in clauses_of(span)]


@pytest.mark.parametrize(
    ("text", "rejected"),
    [
        ("It uses A, instead of multiple lasers.", ["lasers"]),
        ("Rather than optical molasses, it uses a lattice.", ["optical molasses"]),
        ("It works without labels or masks.", ["labels", "masks"]),
        ("It is free of noise from traffic.", ["noise"]),
        ("It does not rely on price forecasts.", ["price forecasts"]),
        ("It not only needs labels, but masks.", []),
        ("Instead, it uses labels.", []),
        ("Most need labels.", []),
    ],
)
def test_things_that_are_turned_down_are_found(text: str, rejected: list[str]) -> None:
    assert [text[thing.start : thing.end] for thing in rejected_in(text)] == rejected


@pytest.mark.parametrize(
    ("abstract", "statement"),
    [
        (SENSOR, "CardioSense detects arrhythmia from electrical leads."),
        (SENSOR, "CardioSense needs adhesive patches."),
        (SENSOR, "The sensor is worn with a gel."),
        (SENSOR, "CardioSense requires calibration by a nurse."),
        (SENSOR, "Patients were treated with warfarin."),
        (SENSOR, "Why does CardioSense require clinic visits?"),
        (PRICES, "The study estimates demand from survey answers."),
        ("Earlier studies rely on ratings. We use tests instead of ratings.", "The study uses ratings."),
        (PRICES, "Revenue is returned as tax cuts."),
        (PRICES, "The estimator depends on price forecasts."),
        (PRICES, "Why does the estimator use input tables?"),
        (TRAP, "Molecules are cooled with several repumping lasers."),
        (TRAP, "It uses optical molasses rather than a moving lattice."),
        (TRAP, "It builds on optical molasses because it uses a lattice rather than optical molasses."),
        (TRAP, "The trap uses evaporative cooling."),
    ],
)
def test_statement_that_has_what_is_turned_down_is_caught(abstract: str, statement: str) -> None:
    assert has_what_is_rejected(statement, clauses(abstract))


@pytest.mark.parametrize(
    ("abstract", "statement"),
    [
        (SENSOR, "CardioSense detects arrhythmia from pulse waves."),
        (SENSOR, "CardioSense does not use electrical leads."),
        (SENSOR, "CardioSense works without adhesive patches."),
        (SENSOR, "Patients were treated with apixaban instead of warfarin."),
        (SENSOR, "CardioSense outperforms sensors with electrical leads."),
        (SENSOR, "Screening relies on electrocardiograms."),
        (SENSOR, "How does CardioSense compare with Holter monitoring?"),
        (PRICES, "The estimator avoids input tables."),
        (PRICES, "Demand is estimated from scanner data."),
        (PRICES, "It was run with the training data of 2019."),
        (TRAP, "It uses one camera."),
        (TRAP, "The need for repumping lasers is removed."),
        (TRAP, "The authors use traps that are warm."),
        ("We need no labels. Existing methods train with labels.", "Existing methods train with labels."),
        (
            "One version works without labels. The other is trained with labels.",
            "It is trained with labels.",
        ),
    ],
)
def test_statement_that_only_speaks_of_it_stands(abstract: str, statement: str) -> None:
    assert not has_what_is_rejected(statement, clauses(abstract))
