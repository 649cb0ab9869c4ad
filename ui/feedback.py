"""Writes down what a person thought of an answer: one line of JSON for each click, in a file of their own.

In: an answer and whether it was liked. Out: a line in the file. It is never sent anywhere.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from index_store.errors import FileError
from rag.values import Answer

__all__ = ["write_opinion"]

PRIVATE = 0o600


def write_opinion(path: Path, answer: Answer, liked: bool | None) -> None:
    """Add a line about an answer; `liked` is None where an opinion was taken back.

    Raises:
        FileError: the file cannot be written.
    """
    refused = [answer.refusal.text] if answer.refusal else []
    line = json.dumps(
        {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "question": answer.question,
            "answer": " ".join([*refused, *(statement.marked for statement in answer.statements)]),
            "cited": [citation.paper.id for citation in answer.citations],
            "liked": liked,
        },
        ensure_ascii=False,
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{line}\n")
    except OSError as error:
        raise FileError(f"{path}: your opinion could not be written ({error.strerror}).") from error
