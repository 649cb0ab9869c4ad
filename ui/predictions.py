"""Answers a file of questions and writes a file of predictions, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index_store.errors import FileError
from index_store.readers.source import open_source
from rag.assistant import Assistant
from rag.linking.names import titled
from rag.values import Answer, Turn
from ui.timing import timed_answers

__all__ = ["Question", "answer_text", "predict", "read_questions", "turns_of"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a file with the turns before it, and whatever else its line holds."""

    id: str
    text: str
    turns: tuple[Turn, ...]
    row: Mapping[str, Any]


def read_questions(path: Path) -> list[Question]:
    """Return the questions of a JSON-lines file: `id`, `question` and an optional `history`.

    Raises:
        FileError: a line cannot be read; the message names it.
    """
    questions = []
    with open_source(path) as source:
        lines = list(source.lines())
    for number, line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            history = row.get("history") or []
            texts = [row["question"], *(message[k] for message in history for k in ("role", "content"))]
            if not all(isinstance(text, str) for text in texts):
                raise TypeError("question, role and content are text")
            questions.append(Question(str(row["id"]), row["question"], turns_of(history), row))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise FileError(
                f'{path.name}, line {number}: not a JSON object with "id" and "question" ({error}).'
            ) from error
    return questions


def turns_of(history: list[dict[str, str]]) -> tuple[Turn, ...]:
    """Return the turns of a plain history of user and assistant messages."""
    turns: list[Turn] = []
    for message in history:
        if message["role"] == "user":
            turns.append(Turn(message["content"], ""))
        elif turns:
            turns[-1] = Turn(turns[-1].question, message["content"])
    return tuple(turns)


def answer_text(answer: Answer) -> str:
    """Return what a person would read: prose with its marks, then each quote it rests on, once."""
    prose = [s for s in answer.statements if s.support != "quoted"]
    lines = [answer.refusal.text if answer.refusal else "", answer.note]
    lines += [" ".join(statement.marked for statement in prose)]
    for citation in answer.citations:
        lines += [f"[{citation.number}] {titled(citation.paper)}"]
        lines += [f'"{span.quote}"' for span in citation.spans]
    return "\n".join(line for line in lines if line)


def predict(assistant: Assistant, question: Question, *, draft: bool) -> dict[str, Any]:
    """Return the prediction for one question, as the batch format has it."""
    *_, (answer, timings) = timed_answers(assistant.stream(question.text, question.turns, draft=draft))
    return {
        "id": question.id,
        "answer": answer_text(answer),
        "cited": [citation.paper.title for citation in answer.citations],
        "abstained": answer.abstains,
        "refusal": answer.refusal.reason if answer.refusal else None,
        "seconds": round(timings.total_s, 3),
        "first_citation_seconds": round(timings.first_citation_s, 3),
    }
