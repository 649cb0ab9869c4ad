"""The conversation of one open page: questions are asked, asked again, kept in the browser and judged.

In: a question and the exchanges before it. Out: messages of the chat, drawn from the exchanges alone, and
the exchanges as they grow. Nothing is shared between people. Which component shows what is not known here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from index_store.errors import PaperchatError
from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.suggesting import questions_after
from rag.values import Answer, Turn
from ui.kept import Exchange
from ui.model_loader import ModelLoader
from ui.redrawing import paced
from ui.render import render_answer, render_question

__all__ = ["Conversation", "Messages", "asked_message", "ended", "said", "turns_of"]

SUGGESTED = 3
"""Questions that are suggested after an answer."""
LONGEST_SUGGESTION = 120
"""Characters. A longer one, with a whole title in it, is no button."""
Messages = list[dict[str, Any]]


class Conversation:
    """Answers the questions of every open page from one library, with the model once it is there."""

    def __init__(self, index: PaperIndex, loader: ModelLoader) -> None:
        self._index = index
        self._loader = loader

    def respond(
        self, question: str, exchanges: list[Exchange], visitor: str = ""
    ) -> Iterator[tuple[Messages, list[Exchange]]]:
        """Yield the messages of the chat and the exchanges so far, as the new answer grows.

        `visitor` is who asks: visitors take turns before the model.
        """
        before = [*self.drawn(exchanges), asked_message(question)]
        answer, options = Answer(question, question, "answer"), list[str]()
        try:
            for answer, waiting in self._answers(question, exchanges, visitor):
                yield self._shown(before, exchanges, answer, waiting=waiting)
            options = self.suggestions(answer)
        except Exception as error:  # the page must tell it, whatever it is, and go on
            if not isinstance(error, PaperchatError):
                logging.getLogger(__name__).exception("the answer broke off")
            note = f"{answer.note} The answer broke off: {error}".strip()
            answer = replace(answer, tentative="", note=note, stage="complete")
        yield self._shown(before, exchanges, answer, options=options)

    def _answers(
        self, question: str, exchanges: list[Exchange], visitor: str
    ) -> Iterator[tuple[Answer, str]]:
        """Yield the states of an answer that are worth drawing, with what is waited for."""
        model = self._loader.model
        states = Assistant(self._index, model).stream(question, turns_of(exchanges))
        for state, waiting in paced(states, self._loader.gate if model else None, visitor):
            quotes_only = model is None and not state.abstains
            note = f"{state.note} {self._loader.status}".strip() if quotes_only else state.note
            yield replace(state, note=note), waiting

    def _shown(
        self, before: Messages, exchanges: list[Exchange], answer: Answer, *, waiting: str = "",
        options: Sequence[str] = (),
    ) -> tuple[Messages, list[Exchange]]:  # fmt: skip
        message = _answer_message(answer, len(exchanges), waiting=waiting, options=options)
        return [*before, message], [*exchanges, Exchange(answer)]

    def told(self, question: str, exchanges: list[Exchange], note: str) -> tuple[Messages, list[Exchange]]:
        """Return the messages and the exchanges where a note alone is the answer to a question."""
        answer = Answer(question, question, "answer", note=note, stage="complete")
        return self._shown([*self.drawn(exchanges), asked_message(question)], exchanges, answer)

    def drawn(self, exchanges: Sequence[Exchange], *, suggest: bool = False) -> Messages:
        """Return the messages of finished exchanges; with `suggest`, what to ask next under the last."""
        messages: Messages = []
        for turn, exchange in enumerate(exchanges):
            is_last = suggest and turn == len(exchanges) - 1
            options = self.suggestions(exchange.answer) if is_last else []
            messages.append(asked_message(exchange.answer.question))
            messages.append(_answer_message(exchange.answer, turn, options=options))
        return messages

    def suggestions(self, answer: Answer) -> list[str]:
        """Return a few questions that the library answers and that follow on from an answer."""
        found = (suggestion.question for suggestion in questions_after(answer, self._index))
        return list(islice((ask for ask in found if len(ask) <= LONGEST_SUGGESTION), SUGGESTED))


def asked_message(question: str) -> dict[str, Any]:
    """Return the message of a question."""
    return {"role": "user", "content": render_question(question)}


def _answer_message(
    answer: Answer, turn: int, *, waiting: str = "", options: Sequence[str] = ()
) -> dict[str, Any]:
    drawn = render_answer(answer, turn, waiting=waiting)
    return {"role": "assistant", "content": drawn, "options": [{"value": option} for option in options]}


def ended(exchanges: list[Exchange]) -> list[Exchange]:
    """Return the exchanges with a last answer that was cut off: its quotes and checked sentences stand."""
    if not exchanges or exchanges[-1].answer.stage == "complete":
        return exchanges
    answer = exchanges[-1].answer
    answer = replace(answer, tentative="", note="Stopped before the end.", stage="complete")
    return [*exchanges[:-1], Exchange(answer)]


def turns_of(exchanges: Sequence[Exchange]) -> list[Turn]:
    """Return the turns that the assistant reads a follow-up question against."""
    answers = [exchange.answer for exchange in exchanges]
    return [
        Turn(answer.question, " ".join(said(answer)), tuple(c.paper for c in answer.citations))
        for answer in answers
    ]


def said(answer: Answer) -> list[str]:
    """Return what an answer says: its refusal, then its sentences."""
    refused = [answer.refusal.text] if answer.refusal else []
    return [*refused, *(statement.text for statement in answer.statements)]
