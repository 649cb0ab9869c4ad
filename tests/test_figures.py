"""Figures that should not be set against each other are pointed out, and others are not."""

from __future__ import annotations

from conftest import make_paper

from rag.figures import incomparable_figures
from rag.values import Row, Span


def warned(one: str, other: str) -> str:
    papers = [make_paper("AUK: One", one), make_paper("SKUA: Other", other)]
    cells = tuple(Span(paper, 0, len(paper.abstract)) for paper in papers)
    return " ".join(incomparable_figures([Row("results", cells)]))


def test_figures_on_different_datasets_are_pointed_out_with_both() -> None:
    said = warned("AUK reaches 91.3% on BirdBench.", "SKUA reaches 88.2% on SongSet-50k.")
    assert "AUK (BirdBench)" in said
    assert "SKUA (SongSet-50k)" in said


def test_figures_on_the_same_dataset_are_left_alone() -> None:
    assert not warned("AUK reaches 91.3% on BirdBench.", "SKUA has 88.2% accuracy on BirdBench.")


def test_same_dataset_in_short_and_in_full_is_one() -> None:
    assert not warned("AUK reaches 91.3% on K400.", "SKUA has 88.2% on Kinetics-400.")


def test_different_metrics_on_one_dataset_are_pointed_out() -> None:
    assert "metrics" in warned(
        "AUK has an FVD of 91.3 on BirdBench.", "SKUA has an FID of 12.5 on BirdBench."
    )


def test_different_settings_on_one_dataset_are_pointed_out() -> None:
    said = warned(
        "AUK reaches 61.3% zero-shot on BirdBench.", "SKUA reaches 88.2% on BirdBench when fine-tuned."
    )
    assert "settings" in said


def test_cells_without_figures_are_left_alone() -> None:
    assert not warned("AUK does well on BirdBench.", "SKUA does well on SongSet-50k.")


def test_cell_that_names_no_dataset_is_not_guessed_at() -> None:
    assert not warned("AUK reaches 91.3%.", "SKUA reaches 88.2% on SongSet-50k.")


def test_metric_is_known_as_it_is_written() -> None:
    assert "AUK (BLEU-4)" in warned(
        "AUK has a BLEU-4 of 31.3 on SongSet.", "SKUA has an AP of 28.2 on SongSet."
    )
    assert not warned("AUK is at 31.3% on SongSet.", "SKUA has an AP of 28.2 on SongSet.")


def test_what_a_model_was_trained_on_is_not_what_its_figures_are_of() -> None:
    own = "AUK, pre-trained on SongSet-50k, reaches 91.3% on the validation (val) set of BirdBench."
    assert not warned(own, "SKUA has 88.2% accuracy on BirdBench.")
    assert "AUK (BirdBench)" in warned(own, "SKUA reaches 88.2% on SongSet-50k.")


def test_name_without_its_version_may_be_of_the_same_dataset() -> None:
    assert not warned("AUK reaches 91.3% on BirdNet.", "SKUA has 88.2% on BirdNet-1k.")
    assert warned("AUK reaches 91.3% on BirdNet-22k.", "SKUA has 88.2% on BirdNet-1k.")
