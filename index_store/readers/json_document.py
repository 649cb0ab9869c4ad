"""Reads a JSON document: a list of records, an object that holds one, or single records one after another.

The document is walked as it comes in; one record is in memory at a time. A record that is not valid JSON is
rejected, and the next one is found by its brackets. It knows no dialect: see `record`.

ijson would walk it too, but ends at the first NaN or 20-digit number, and a nesting of 100,000 brackets
takes tens of gigabytes of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index_store.errors import FileError
from index_store.readers.jsonl import DECODER, NOT_JSON, read_record
from index_store.readers.record import FIELDS, field_name
from index_store.readers.source import LONGEST_LINE, Source
from index_store.values import Paper, Rejection

__all__ = ["CONTAINERS", "read_json"]

CONTAINERS = frozenset(
    "results data papers items works message records references recommendedpapers".split()
)
"""Names under which tools keep the list of records, or the object that holds it."""
TITLES = frozenset(FIELDS["title"])
DEEPEST = 4
"""Objects within objects in which a list of records is looked for."""
BLANK = re.compile(r"[ \t\n\r]*+")
FIRST = re.compile(r"\[[ \t\n\r]*+(.)", re.S)
"""The beginning of a list, and of its first member."""
TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+("?)|[{}\[\]]', re.S)
"""A bracket, or a text, as far as it is there."""
SCALAR = re.compile(r"[^\s,\]}]*+")


class _NotJsonError(Exception):
    """A value is not valid JSON, but it is known where it ends; the walk has passed it."""


def read_json(source: Source) -> Iterator[Paper | Rejection]:
    """Yield a paper for each record; entries are counted from 1 through the whole document.

    Raises:
        FileError: nothing in it could be read before it stopped being JSON.
    """
    walk = _Walk(source)
    try:
        while walk.peek():
            yield from walk.records(DEEPEST)
    except FileError as error:
        if not walk.entries:
            raise
        reason = str(error).removeprefix(f"{source.path}: ")
        yield Rejection(f"{source.name}, entry {walk.entries + 1}", f"{reason} Nothing after it was read.")


class _Walk:
    """A place in a document, and the text around it."""

    def __init__(self, source: Source) -> None:
        self.entries = 0
        self._source = source
        self._blocks = source.blocks()
        self._before, self._text, self._at = 0, "", 0

    def peek(self) -> str:
        """Return the next character that is no blank, without passing it; "" at the end."""
        while True:
            found = BLANK.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def records(self, depth: int) -> Iterator[Paper | Rejection]:
        """Yield the records of what comes next: a list of them, an object that holds them, or is one."""
        opening = self.peek()
        if opening == "[":
            for _ in self._members("[", "]"):
                yield self._entry()
        elif opening == "{" and depth:
            yield from self._object(depth)
        elif opening == "{":
            yield self._entry()
        else:
            raise self._broken()

    def _object(self, depth: int) -> Iterator[Paper | Rejection]:
        """Yield the records under the names of containers; without any, the object is a record itself."""
        fields: dict[str, object] = {}
        valid, titled, holds_records, size = True, False, False, 0
        for _ in self._members("{", "}"):
            try:
                name = str(self._value())
                self._pass(":")
                if not titled and self._begins_records(name):
                    holds_records = True
                    yield from self.records(depth - 1)
                    continue
                begin = self._before + self._at
                fields[name] = self._value()
                size += self._before + self._at - begin
                titled = titled or field_name(name) in TITLES
            except _NotJsonError:
                valid = False
            if size > LONGEST_LINE:
                raise self._too_long()
        if titled or not holds_records:
            yield self._read(fields, valid)

    def _begins_records(self, name: str) -> bool:
        """Whether what comes next, under this name, is an object, or a list of objects."""
        if field_name(name) not in CONTAINERS or self.peek() not in ("{", "["):
            return False
        while self._text[self._at] == "[":
            if first := FIRST.match(self._text, self._at):
                return (
                    first[1] in "{]n"
                )  # "n": in the place of a paper that it does not know a tool puts null
            if not self._more():
                return False
        return True

    def _entry(self) -> Paper | Rejection:
        try:
            record, valid = self._value(), True
        except _NotJsonError:
            record, valid = None, False
        return self._read(record, valid)

    def _read(self, record: object, valid: bool) -> Paper | Rejection:
        self.entries += 1
        where = f"{self._source.name}, entry {self.entries}"
        return read_record(record, where) if valid else Rejection(where, NOT_JSON)

    def _members(self, opening: str, closing: str) -> Iterator[None]:
        """Yield at each member of a list or an object, which is to be read then."""
        self._pass(opening)
        while self.peek() not in (closing, ""):
            yield
            if self.peek() == ",":
                self._at += 1
            elif self.peek() != closing:
                break
        self._pass(closing)

    def _pass(self, character: str) -> None:
        if self.peek() != character:
            raise self._broken()
        self._at += 1

    def _value(self) -> object:
        """Return the value that comes next and pass it, even when it is not valid."""
        if not self.peek():
            raise self._cut_off()
        while True:
            value: object = None
            end: int | None
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
                valid = True
            except (ValueError, RecursionError):
                end, valid = self._end_of_value(), False
            if end is None:
                if not self._more():
                    raise self._cut_off()
            elif end < len(self._text) or self._text[end - 1] in '"}]' or not self._more():
                self._at = end  # a number that ends where the text does might have gone on behind it
                break
        if not valid:
            raise _NotJsonError
        return value

    def _end_of_value(self) -> int | None:
        """Return where the value that comes next ends, by its brackets; None if that is yet to come."""
        if self._text[self._at] not in '"{[':
            scalar = SCALAR.match(self._text, self._at)
            return scalar.end() if scalar else None
        depth = 0
        for token in TOKEN.finditer(self._text, self._at):
            if token[1] == "" and token[0][0] == '"':
                return None
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
            if depth <= 0:
                return token.end()
        return None

    def _more(self) -> bool:
        """Bring in as much text as lies ahead already, at least a block; false at the end."""
        ahead = len(self._text) - self._at
        if ahead > LONGEST_LINE:
            raise self._too_long()
        pieces, size = [], 0
        while size <= ahead and (block := next(self._blocks, "")):
            pieces.append(block)
            size += len(block)
        if not pieces:
            return False
        self._before += self._at
        self._text, self._at = "".join([self._text[self._at :], *pieces]), 0
        return True

    def _broken(self) -> FileError:
        return FileError(f"{self._source.path}: {NOT_JSON}") if self.peek() else self._cut_off()

    def _cut_off(self) -> FileError:
        return FileError(f"{self._source.path}: the JSON ends in the middle; the file is cut off.")

    def _too_long(self) -> FileError:
        return FileError(f"{self._source.path}: this is too long to be a record.")
