"""The line before the model: visitors take turns, are told how long it takes, and leave without harm."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import pytest
from fakes import ScriptedModel, loaded

from index_store.paper_index import PaperIndex
from rag.values import Answer
from ui.api.asking import Asking
from ui.conversation import Conversation
from ui.gate import WRITING, Gate
from ui.limits import Limits
from ui.model_loader import ModelLoader

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


class Line:
    """People who ask in threads of their own, and whose answers end when they are told to."""

    def __init__(self) -> None:
        self.gate, self.let_in = Gate(), ""
        self._ends = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []

    def ask(self, *visitors: str) -> None:
        """Have each visitor ask once, in this order."""
        for visitor in visitors:
            self._threads.append(threading.Thread(target=self._ask, args=(visitor,)))
            self._threads[-1].start()
            time.sleep(0.1)

    def _ask(self, visitor: str) -> None:
        def written() -> Iterator[Answer]:
            yield DRAFT
            self.let_in += visitor
            self._ends.acquire(timeout=10)
            yield replace(DRAFT, stage="complete")

        list(self.gate.pace(written(), visitor))

    def end(self, count: int) -> None:
        """Let so many answers end, one after another."""
        for _ in range(count):
            self._ends.release()
            time.sleep(0.1)

    def close(self) -> None:
        self.end(len(self._threads))
        for thread in self._threads:
            thread.join(10)


def test_who_asks_much_holds_up_nobody_who_asks_little() -> None:
    line = Line()
    line.ask(*"aaaaabbcd")
    line.end(8)
    assert line.let_in == "abcdabaaa"
    line.close()


def test_those_who_come_later_starve_nobody_who_asked_much() -> None:
    line = Line()
    line.ask(*"baac")
    for later in "de":
        line.end(1)
        line.ask(later)
    line.end(3)
    assert line.let_in == "bacdae"
    line.close()


def test_as_many_answers_are_written_at_once_as_the_gate_is_wide() -> None:
    gate = Gate()
    gate.width = 3
    for _ in range(3):
        list(gate.pace(states(seconds=1.0)))
    holders = [gate.pace(states(seconds=1.0)) for _ in range(3)]
    assert [[next(holder)[0].stage for _ in range(2)] for holder in holders] == [["draft", "writing"]] * 3
    waiting = [gate.pace(states()) for _ in range(5)]
    for pace in waiting:
        next(pace)
    assert [next(pace)[1] for pace in waiting] == [
        "1 answer before yours, about 1 s",
        *(f"{count} answers before yours, about {1 if count < 4 else 2} s" for count in range(2, 6)),
    ]
    for holder in holders:
        holder.close()
    assert [next(pace)[0].stage for pace in (waiting[4], waiting[0], waiting[2])] == ["draft"] * 3
    assert [next(pace)[1] for pace in waiting[:3]] == [WRITING] * 3


def test_page_and_programs_share_the_turns_by_who_asks(
    index: PaperIndex, model: ScriptedModel, loader: ModelLoader
) -> None:
    model.enqueue(*["HERON is trained by hiding 60% of a spectrogram and predicting it."] * 3)
    talk = Conversation(index, loader)
    asking = Asking(index, loader, Limits(of_each=9, of_all=9, at_once=9))

    async def ask_as_a_program() -> None:
        running = asking.ask("How is EgretNet trained?", visitor="b")
        assert [state async for state in running.states(1.0)]

    holder = loader.gate.pace(states(), "a")
    next(holder), next(holder)
    threads = [
        threading.Thread(target=lambda: list(talk.respond("How is HERON trained?", [], "a"))),
        threading.Thread(target=lambda: list(talk.respond("How is HERON trained?", [], "a"))),
        threading.Thread(target=lambda: asyncio.run(ask_as_a_program())),
    ]
    for thread in threads:
        thread.start()
        time.sleep(0.5)
    list(holder)
    for thread in threads:
        thread.join(20)
    assert ["EgretNet trained" in asked[-1].content for asked in model.history] == [True, False, False]


def test_gate_is_as_wide_as_the_model_that_is_loaded(model: ScriptedModel, loader: ModelLoader) -> None:
    assert loader.gate.width == 1

    class Wide(ScriptedModel):
        width: int = 5

    assert loaded(Wide()).gate.width == 5
