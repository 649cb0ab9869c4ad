"""Asks the assistant on behalf of programs: in the same line for the model as everybody, within the limits.

In: a question or papers to compare, and who asks. Out: an answer that runs, as plain data. It knows nothing
of requests.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from itertools import repeat
from time import perf_counter
from typing import TYPE_CHECKING, Any

from rag.assistant import Assistant
from rag.values import Answer, Turn
from ui.answer_json import answer_object
from ui.api.running import Running
from ui.gate import READING, WRITING
from ui.limits import Limits
from ui.timing import Timings, timed_answers

if TYPE_CHECKING:
    from index_store.paper_index import PaperIndex
    from rag.models.streamed_model import StreamedModel
    from ui.model_loader import ModelLoader

__all__ = ["Asking", "State"]

APART_SECONDS = 0.1
"""Between two states of an answer that is being written."""


@dataclass(frozen=True, slots=True)
class State:
    """An answer as far as it has come, and what is waited for: a place in the line, or nothing."""

    answer: Answer
    timings: Timings
    device: dict[str, str] | None
    waiting: str = ""

    @property
    def plain(self) -> dict[str, Any]:
        """The object of `ask --json`; before any prose its statements are the quotes."""
        answer = self.answer
        if answer.stage == "draft":
            answer = replace(answer, statements=answer.draft)
        return answer_object(answer, self.timings, self.device)


class Asking:
    """Answers programs from one library, with the model once it is there."""

    def __init__(self, index: PaperIndex, loader: ModelLoader, limits: Limits) -> None:
        self._index = index
        self._loader = loader
        self._limits = limits

    def ask(
        self, question: str, turns: Sequence[Turn] = (), *, draft: bool = False, visitor: str
    ) -> Running[State]:
        """Begin to answer a question.

        Raises:
            TooMuchAskedError: the visitor, or all together, have asked too much.
        """
        model = self._loader.model
        states = Assistant(self._index, model).stream(question, turns, draft=draft)
        return self._run(states, model, visitor, draft=draft)

    def compare(
        self, subjects: Sequence[str], aspects: Sequence[str], *, draft: bool, visitor: str
    ) -> Running[State]:
        """Begin to compare papers; a wrong choice of them is told as a QuestionError of the first state.

        Raises:
            TooMuchAskedError: the visitor, or all together, have asked too much.
        """
        model = self._loader.model
        states = Assistant(self._index, model).compare(subjects, aspects, draft=draft)
        return self._run(states, model, visitor, draft=draft)

    def _run(
        self, answers: Iterator[Answer], model: StreamedModel | None, visitor: str, *, draft: bool
    ) -> Running[State]:
        self._limits.enter(visitor)
        note = self._loader.status if model is None and not draft else ""
        return Running(self._states(answers, model, note, visitor), self._limits.leave)

    def _states(
        self, answers: Iterator[Answer], model: StreamedModel | None, note: str, visitor: str
    ) -> Generator[State, None, None]:
        """Yield the states of an answer that are worth telling; one that no model is there for says so."""
        device = asdict(model.device) if model else None
        said, last = "", 0.0

        def paced() -> Generator[Answer, None, None]:
            nonlocal said
            with closing(self._loader.gate.pace(answers, visitor)) as pairs:
                for answer, waited_for in pairs if model else zip(answers, repeat("")):
                    said = waited_for
                    yield answer

        with closing(paced()) as states:
            for answer, timings in timed_answers(states):
                if answer.stage == "writing" and perf_counter() - last < APART_SECONDS:
                    continue
                last = perf_counter()
                noted = f"{answer.note} {note}".strip() if note and not answer.abstains else answer.note
                waiting = said if answer.stage == "draft" and said not in (WRITING, READING) else ""
                yield State(replace(answer, note=noted), timings, device, waiting)
