"""The line before the model: first come, first served, told how long, and left without harm."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import pytest

from rag.values import Answer
from ui.gate import WRITING, Gate

DRAFT = Answer("q", "q", "answer")
WORDS = "one two three four five six seven eight nine ten".split()


def states(*, seconds: float = 0.0, log: list[str] | None = None, name: str = "") -> Iterator[Answer]:
    yield DRAFT
    if log is not None:
        log.append(name)
    for count in range(1, len(WORDS) + 1):
        time.sleep(seconds / len(WORDS))
        yield replace(DRAFT, tentative=" ".join(WORDS[:count]), stage="writing")
    yield replace(DRAFT, stage="complete")


def test_draft_is_there_at_once_and_the_turns_come_in_order() -> None:
    gate, log = Gate(), list[str]()
    first = gate.pace(states(log=log, name="first"))
    assert next(first) == (DRAFT, WRITING)
    assert next(first)[0].tentative == "one"
    waits: dict[str, list[str]] = {"second": [], "third": []}

    def wait(name: str) -> None:
        waits[name] += [
            said for said, _ in groupby(said for _, said in gate.pace(states(log=log, name=name)))
        ]

    threads = [threading.Thread(target=wait, args=(name,)) for name in waits]
    for thread in threads:
        thread.start()
        time.sleep(0.2)
    assert log == ["first"]
    list(first)
    for thread in threads:
        thread.join(10)
    assert log == ["first", "second", "third"]
    assert waits["second"][:3] == [WRITING, "1 answer before yours", WRITING]
    assert waits["third"][:2] == [WRITING, "2 answers before yours"]


def test_who_waits_is_told_often_enough_to_turn_away() -> None:
    gate = Gate()
    holder, second = gate.pace(states()), gate.pace(states())
    next(holder), next(holder)
    begun = time.monotonic()
    assert [next(second)[1] for _ in range(3)] == [WRITING, *["1 answer before yours"] * 2]
    assert time.monotonic() - begun < 2


def test_wait_is_told_from_the_time_of_the_last_answers() -> None:
    gate = Gate()
    for _ in range(3):
        list(gate.pace(states(seconds=1.0)))
    holder, second = gate.pace(states(seconds=1.0)), gate.pace(states())
    next(holder), next(holder)
    next(second)
    assert next(second)[1] == "1 answer before yours, about 1 s"
    assert gate.words_per_second == pytest.approx(10, rel=0.4)


def test_who_turns_away_leaves_the_line_and_an_answer_cut_off_is_not_measured() -> None:
    gate = Gate()
    holder, second, third = (gate.pace(states()) for _ in range(3))
    next(holder), next(holder)
    next(second), next(second)
    next(third)
    assert next(third)[1] == "2 answers before yours"
    second.close()
    assert next(third)[1] == "1 answer before yours"
    holder.close()
    assert [said for _, said in third][:1] == [WRITING]
    assert list(gate.pace(states()))[-1][0].stage == "complete"


def test_closing_ends_what_is_written() -> None:
    ended = []

    def written() -> Iterator[Answer]:
        try:
            yield DRAFT
            yield replace(DRAFT, stage="writing", tentative="one")
            yield replace(DRAFT, stage="complete")
        finally:
            ended.append(True)

    pace = Gate().pace(written())
    next(pace), next(pace)
    pace.close()
    assert ended == [True]


def test_answer_without_a_draft_does_not_wait() -> None:
    gate = Gate()
    holder = gate.pace(states())
    next(holder), next(holder)
    complete = replace(DRAFT, stage="complete")
    assert list(gate.pace(iter([complete]))) == [(complete, WRITING)]


def test_model_that_breaks_frees_the_line() -> None:
    def breaks() -> Iterator[Answer]:
        yield DRAFT
        raise RuntimeError("out of memory")

    gate = Gate()
    with pytest.raises(RuntimeError):
        list(gate.pace(breaks()))
    assert list(gate.pace(states()))[-1][0].stage == "complete"
