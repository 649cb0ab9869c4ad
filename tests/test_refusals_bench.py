"""The refit of the thresholds: the curve, the rule, and that what is shipped is what the rule picks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import HERON, TIDE
from fakes import HashingEmbedding

import rag.thresholds
from bench.refusals import (
    PACKAGE,
    Asked,
    Point,
    ask,
    ask_all,
    choose,
    make_curve,
    read_claims,
    read_curve,
    refit,
    render_curve,
    render_module,
    write_curve,
)
from index_store.paper_index import PaperIndex


def test_shipped_thresholds_are_those_that_the_rule_picks_on_the_kept_curve() -> None:
    chosen = choose(read_curve(PACKAGE / "thresholds.csv"))
    assert (chosen.least_score, chosen.least_cosine) == (
        rag.thresholds.LEAST_SCORE,
        rag.thresholds.LEAST_COSINE,
    )
    assert (PACKAGE / "thresholds.py").read_text(encoding="utf-8") == render_module(chosen)


def test_curve_has_the_best_cosine_for_each_score() -> None:
    asked = [Asked(True, 0.8, 0.7), Asked(True, 0.3, 0.5), Asked(False, 0.5, 0.15), Asked(False, 0.4, 0.6)]
    curve = {point.least_score: point for point in make_curve(asked)}
    assert curve[0.0] == Point(0.0, 0.16, 0.0, 0.5)
    assert curve[0.3] == Point(0.3, 0.16, 0.0, 0.5)
    assert curve[0.41] == Point(0.41, 0.16, 0.5, 0.0)
    assert curve[0.51] == Point(0.51, 0.0, 0.5, 0.0)


def test_rule_takes_the_least_sum_of_both_shares_among_the_points_with_few_false_abstentions() -> None:
    few, fewer_in_all, none = Point(0.3, 0, 0.01, 0.2), Point(0.4, 0, 0.02, 0.0), Point(0.2, 0, 0.0, 0.205)
    assert choose([none, few, fewer_in_all]) == none
    assert choose([few, fewer_in_all]) == few
    assert choose([Point(0.4, 0, 0.02, 0.3), fewer_in_all]) == fewer_in_all


def test_lowest_of_equally_good_thresholds_is_taken() -> None:
    assert choose([Point(0.2, 0.1, 0.0, 0.0), Point(0.3, 0.1, 0.0, 0.0)]) == Point(0.2, 0.1, 0.0, 0.0)


def test_curve_is_read_as_it_was_written(tmp_path: Path) -> None:
    curve = [Point(0.0, 0.16, 0.0, 0.5), Point(0.41, 0.16, 0.125, 0.0)]
    write_curve(curve, tmp_path / "curve.csv")
    assert read_curve(tmp_path / "curve.csv") == curve


def test_text_of_the_curve_marks_the_chosen_point() -> None:
    curve = [Point(0.0, 0.16, 0.0, 0.5), Point(0.41, 0.16, 0.5, 0.0)]
    head, first, second = render_curve(curve, curve[0]).splitlines()
    assert head.startswith("score  cosine")
    assert first.startswith("0.00   0.16      0.0 %") and "50.0 % ######" in first
    assert first.endswith("<- chosen") and not second.endswith("<- chosen")


@pytest.mark.parametrize(
    "question", ["Who won the match, HERON?", "How does PelicanFormer forecast tides?"]
)
def test_question_that_names_decide_is_left_out(index: PaperIndex, question: str) -> None:
    assert ask(question, (), index, about=True) is None


def test_question_without_a_name_comes_with_its_best_score_and_cosine(index: PaperIndex) -> None:
    near = ask("How are sea levels forecast?", (), index, about=True)
    far = ask("How is bread baked on sundays?", (), index, about=False)
    assert near is not None and far is not None
    assert near.about and not far.about
    assert near.score > far.score
    assert near.cosine > far.cosine


def test_each_library_is_about_what_it_was_made_for(tmp_path: Path) -> None:
    rows = [
        {
            "id": "1",
            "question": "How are songs of birds recognised?",
            "gold_papers": ["x"],
            "ok_papers": [],
        },
        {"id": "2", "question": "Who bakes bread on sundays?", "gold_papers": [], "ok_papers": []},
    ]
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    claims = [
        {"id": "3", "claim": "Sea levels threaten cities.", "evidence": {"9": []}},
        {"id": "4", "claim": "Nobody has looked at this.", "evidence": {}},
        {"id": "5", "claim": "One too many.", "evidence": {}},
    ]
    (tmp_path / "claims_train.jsonl").write_text("".join(json.dumps(claim) + "\n" for claim in claims))
    read = read_claims(tmp_path, 2)
    assert read == [("Sea levels threaten cities.", ["9"]), ("Nobody has looked at this.", [])]
    with (
        PaperIndex(tmp_path / "birds", HashingEmbedding()) as birds,
        PaperIndex(tmp_path / "tides", HashingEmbedding()) as tides,
    ):
        birds.add([HERON])
        tides.add([TIDE])
        asked = list(ask_all(tmp_path / "questions.jsonl", read, birds, tides))
    everyday = (len(asked) - 7) // 2
    assert everyday > 20
    assert not any(item.about for item in [*asked[:everyday], *asked[everyday + 4 : -3]])
    assert [item.about for item in asked[everyday : everyday + 4]] == [True, False, False, False]
    assert [item.about for item in asked[-3:]] == [False, False, True]

    text = refit(asked, tmp_path)
    assert text.startswith(f"2 that the library is about, {len(asked) - 2} that it is not\n\nscore")
    chosen = choose(read_curve(tmp_path / "thresholds.csv"))
    assert (tmp_path / "thresholds.py").read_text() == render_module(chosen)
    assert render_curve([chosen], chosen).splitlines()[1] in text
