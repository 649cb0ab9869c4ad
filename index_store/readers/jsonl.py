"""Reads JSON lines: one object a line, with `title`, `abstract` and the optional fields of a record."""

from __future__ import annotations

import json
from collections.abc import Iterator

from index_store.readers.record import paper_from_record
from index_store.values import Paper, Rejection

__all__ = ["looks_like_jsonl", "read_jsonl"]


def looks_like_jsonl(text: str) -> bool:
    """Whether the first line that holds anything opens a JSON object."""
    return text.lstrip()[:1] == "{"


def read_jsonl(text: str, name: str) -> Iterator[Paper | Rejection]:
    """Yield a paper for each line; a line that cannot be read is rejected and the rest is kept."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            yield Rejection(where, "this is not valid JSON.")
            continue
        if not isinstance(record, dict):
            yield Rejection(where, "this is not a JSON object.")
            continue
        try:
            yield paper_from_record(record)
        except ValueError as error:
            yield Rejection(where, str(error))
