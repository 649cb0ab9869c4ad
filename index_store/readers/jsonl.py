"""Reads JSON lines: one object a line, in any of the dialects of a record. One line is in memory at a time.

`read_record` is how a value of JSON becomes a paper or a rejection here and in JSON documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from index_store.readers.record import paper_from_record
from index_store.readers.source import Source
from index_store.values import Paper, Rejection

__all__ = ["DECODER", "NOT_JSON", "read_jsonl", "read_record"]

NOT_JSON = "this is not valid JSON."
DECODER = json.JSONDecoder(parse_constant=lambda _constant: None)
"""Python and pandas write NaN where there is nothing, though JSON has no such word."""


def read_jsonl(source: Source) -> Iterator[Paper | Rejection]:
    """Yield a paper for each line; a line that cannot be read is rejected and the rest is kept."""
    for number, line in source.lines():
        if not line.strip():
            continue
        where = f"{source.name}, line {number}"
        try:
            record = DECODER.decode(line)
        except (ValueError, RecursionError):
            yield Rejection(where, NOT_JSON)
            continue
        yield read_record(record, where)


def read_record(record: object, where: str) -> Paper | Rejection:
    """Return the paper that a value of JSON describes, or why it is none; `where` is where it stands."""
    if not isinstance(record, dict):
        return Rejection(where, "this is not a JSON object.")
    try:
        return paper_from_record(record)
    except ValueError as error:
        return Rejection(where, str(error))
