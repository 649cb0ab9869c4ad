"""The line before the model: visitors take turns, are told how long it takes, and leave without harm."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby

import pytest
from fakes import ScriptedModel, loaded

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.values import Answer
from ui.api.asking import Asking
from ui.conversation import Conversation
from ui.gate import READING, WRITING, Gate
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


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def people_at(gate: Gate) -> int:
    """How many wait in the line or are answered."""
    return sum(map(len, gate._waiting.values())) + len(gate._written)


def start_in_order(threads: list[threading.Thread], gate: Gate) -> None:
    """Start each thread when the one before has come to the gate."""
    there = people_at(gate)
    for number, thread in enumerate(threads, 1):
        thread.start()
        wait_for(lambda count=there + number: people_at(gate) == count)


def test_of_a_list_nothing_is_written() -> None:
    listed = replace(DRAFT, kind="list")
    pairs = Gate().pace(iter([listed, replace(listed, stage="writing"), replace(listed, stage="complete")]))
    assert {said for _, said in pairs} == {READING}


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
    start_in_order(threads, gate)
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


def test_who_waits_is_told_of_those_alone_whose_turn_comes_before() -> None:
    gate = Gate()
    holder, *waiting = [gate.pace(states(), visitor) for visitor in "haab"]
    next(holder), next(holder)
    for pace in waiting:
        next(pace)
    assert [next(pace)[1] for pace in waiting] == [
        "1 answer before yours",
        "2 answers before yours",
        "2 answers before yours",
    ]
    assert next(waiting[1])[1] == "3 answers before yours"


def test_wait_is_told_from_the_time_of_the_last_answers() -> None:
    gate = Gate()
    for _ in range(3):
        list(gate.pace(states(seconds=1.0)))
    holder, second = gate.pace(states(seconds=1.0)), gate.pace(states())
    next(holder), next(holder)
    next(second)
    assert next(second)[1] == "1 answer before yours, about 1 s"
    assert gate.words_per_second == pytest.approx(10, rel=0.4)


@pytest.mark.parametrize(
    ("tentative", "is_measured"),
    [
        (["one two", "one two three four five six seven"], False),
        (["one two three four", "one two three four five six seven eight nine"], True),
        (["one two three", "four five six", "seven eight nine", ""], True),
    ],
    ids=["few words", "enough words", "sentences that were dropped"],
)
def test_speed_is_told_from_answers_of_enough_words(tentative: list[str], is_measured: bool) -> None:
    def written() -> Iterator[Answer]:
        yield DRAFT
        for words in tentative:
            time.sleep(0.01)
            yield replace(DRAFT, stage="writing", tentative=words)
        yield replace(DRAFT, stage="complete")

    gate = Gate()
    list(gate.pace(written()))
    assert (gate.words_per_second is not None) is is_measured


def test_who_turns_away_leaves_the_line_to_the_others() -> None:
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


def test_answer_cut_off_tells_nothing_of_how_long_others_take() -> None:
    gate = Gate()
    cut_off = gate.pace(states())
    next(cut_off), next(cut_off)
    cut_off.close()
    holder, second = gate.pace(states()), gate.pace(states())
    next(holder), next(holder)
    next(second)
    assert next(second)[1] == "1 answer before yours"


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
        threads = [threading.Thread(target=self._ask, args=(visitor,)) for visitor in visitors]
        start_in_order(threads, self.gate)
        self._threads += threads

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
            self._end_one()

    def _end_one(self) -> None:
        left, entered = people_at(self.gate) - 1, len(self.let_in)
        self._ends.release()
        wait_for(lambda: people_at(self.gate) == left and len(self.let_in) == entered + (left > 0))

    def close(self) -> None:
        self._ends.release(len(self._threads))
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
    told = [re.fullmatch(r"(\d) answers? before yours, about (\d) s", next(pace)[1]) for pace in waiting]
    assert [said and said[1] for said in told] == ["1", "2", "3", "4", "5"]
    seconds = [int(said[2]) for said in told if said]
    assert seconds == sorted(seconds)
    assert 1 < seconds[-1] < 5  # it would be 5 if one were written at a time
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
    start_in_order(threads, loader.gate)
    list(holder)
    for thread in threads:
        thread.join(20)
    assert ["EgretNet trained" in asked[-1].content for asked in model.history] == [True, False, False]


def test_gate_is_as_wide_as_the_model_that_is_loaded(model: ScriptedModel, loader: ModelLoader) -> None:
    assert loader.gate.width == 1

    class Wide(ScriptedModel):
        width: int = 5

    assert loaded(Wide()).gate.width == 5


def test_answer_that_is_drafted_anew_waits_for_its_turn_once(index: PaperIndex) -> None:
    model = ScriptedModel().enqueue(
        "How is HERON trained?", "HERON hides 60% of a spectrogram and predicts it."
    )
    *_, (answer, _) = Gate().pace(Assistant(index, model).stream("Wie wird HERON trainiert?"))
    assert (answer.stage, answer.standalone_question) == ("complete", "How is HERON trained?")
