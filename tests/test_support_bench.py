"""The pairs that the support check is fitted to, and the fit."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from random import Random
from types import ModuleType

import numpy as np
import pytest

BENCH = Path(__file__).parent.parent / "bench"


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    import support_pairs

    return support_pairs


def write(path: Path, *records: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(record) + "\n" for record in records)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


def test_auroc_counts_ties_as_half(pairs: ModuleType) -> None:
    assert pairs.auroc([True, False], [0.5, 0.5]) == 0.5
    assert pairs.auroc([True, True, False, False], [0.9, 0.4, 0.4, 0.1]) == 0.875


def test_titles_of_papers_in_validation_pairs_are_not_fitted_to(pairs: ModuleType, tmp_path: Path) -> None:
    shown = "Insulin lowers the sugar of blood in mice. It acts within an hour of being given."
    verify = {"claim_id": "1", "claim": "Insulin lowers sugar.", "doc_id": "9", "abstract": shown}
    write(tmp_path / "scifact/verify_train.jsonl", verify | {"label": "SUPPORT"})
    write(tmp_path / "scifact/verify_validation.jsonl", {"doc_id": "2"})
    title = "Insulin lowers the sugar of {} in mice."
    papers = [{"_id": str(n), "title": title.format(f"organ{n}"), "text": shown} for n in range(1, 4)]
    write(tmp_path / "scifact/beir/corpus.jsonl.gz", *papers)
    told = [{"tldrs": [f"Larger models of kind{n} can learn more."]} for n in (1, 2)]
    sentences = ["A larger model learns.", "It learns more."]
    write(tmp_path / "scitldr/train.jsonl", *(one | {"sentences": sentences} for one in told))
    recent = [{"abstract": f"We propose a model{n} that is made for reading. It is good."} for n in (1, 2)]
    write(tmp_path / "arxiv_recent/corpus.jsonl.gz", *recent)
    made = pairs.make_train(tmp_path)
    titles = {pair.statement for pair in made if pair.source == "titles"}
    assert title.format("organ1") in titles
    assert not any("organ2" in text for text in titles)
    assert {pair.label for pair in made if pair.seeded} >= {"refute", "support"}
    assert made == pairs.make_train(tmp_path)


def test_error_is_seeded_where_there_is_a_place_for_it(pairs: ModuleType) -> None:
    made = list(pairs.denied_and_renumbered("The model is trained on 25 clips.", Random(1)))
    assert made[0] == "The model is not trained on 25 clips."
    assert (
        made[1].startswith("The model is trained on 2") and made[1] != "The model is trained on 25 clips."
    )
    assert pairs.turn("Higher cost and higher gain", "higher") == "Lower cost and lower gain"


def test_sentences_shown_are_those_that_hold_the_statement(pairs: ModuleType) -> None:
    many = tuple(f"Filler {n} says nothing." for n in range(20))
    pair = pairs.Pair("x", "Owls hear mice.", (*many, "Owls hear well.", "Mice hide."), "support", "g")
    shown = pairs.evidence_for(pair.statement, pair)
    assert len(shown) == pairs.MOST_SENTENCES
    assert [item.span.quote for item in shown][-2:] == ["Owls hear well.", "Mice hide."]
    assert [item.number for item in shown] == list(range(1, 9))


def test_fold_is_judged_by_what_was_fitted_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    import fit_support

    random = np.random.default_rng(0)
    states, groups = random.normal(size=(400, 5)), [str(n // 4) for n in range(400)]
    labels = states[:, 0] > 0
    odds = fit_support.odds_by_fold(states, labels, np.ones(400), groups, penalty=1.0)
    assert ((odds > 0) == labels).mean() > 0.95
    shuffled = fit_support.odds_by_fold(
        states, random.permutation(labels), np.ones(400), groups, penalty=1.0
    )
    assert ((shuffled > 0) == labels).mean() < 0.7


@pytest.mark.parametrize("script", ["support.py", "fit_support.py"])
def test_script_says_what_it_does(script: str) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCH / script), "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and "folder" in done.stdout, done.stderr
