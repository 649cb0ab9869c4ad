"""Reads tables with named columns: CSV and TSV as reference managers, databases and spreadsheets write.

In: a source. Out: papers, and a rejection for each row that is none. What columns are called is for
`record` to know; here one of them has to be the title's.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice

from index_store.errors import FileError
from index_store.readers.fields import clean
from index_store.readers.record import FIELDS, field_name, paper_from_record
from index_store.readers.source import Source
from index_store.values import Paper, Rejection

__all__ = ["find_header", "read_csv"]

SEPARATORS = ",;\t"
HEADER_LINES = 5
"""Lines in which the names of the columns stand; some tools put a note or Excel's "sep=;" before them."""
SEP = re.compile(r"sep=(.)\s*", re.I)
OTHERS = frozenset(name for field, names in FIELDS.items() if field != "title" for name in names)
TITLES = frozenset(FIELDS["title"])
EMPTY = {"nan", "null", "none", "n/a"}
"""What programs write into a cell that holds nothing."""
MOST_REPEATS = 100
"""Rows with a stray quote after which the lines that it swallowed are read again."""
SHOWN_COLUMNS = 12
SHOWN_LETTERS = 40


def read_csv(source: Source) -> Iterator[Paper | Rejection]:
    """Yield a paper for each row below the names of the columns; a row may span lines.

    Raises:
        FileError: no column is the title's.
    """
    lines = source.lines()
    first = list(islice(lines, HEADER_LINES))
    header = find_header([line for _, line in first], alone=True)
    if header is None:
        raise FileError(f"{source.path}: {_no_title([line for _, line in first])}")
    at, separator, names = header
    rows = _Rows(_Lines(first[at + 1 :], lines), separator)
    while (line := rows.read()) is not None:
        problem = rows.problem or _mismatch(rows.cells, names)
        where = f"{source.name}, line {line}"
        if problem:
            rows.repeat()
            yield Rejection(where, problem)
        elif any(cell.strip() for cell in rows.cells):
            try:
                yield paper_from_record(_record(rows.cells, names))
            except ValueError as error:
                yield Rejection(where, str(error))


def find_header(lines: list[str], *, alone: bool = False) -> tuple[int, str, list[str]] | None:
    """Return (index of the line, separator, names of the columns) of the first line that names columns.

    A title's column is among them, and another that is known, unless it may stand `alone`.
    """
    told = SEP.fullmatch(lines[0]) if lines else None
    for at, line in enumerate(lines[:HEADER_LINES]):
        known: dict[str, list[str]] = {}
        for separator in told[1] if told else SEPARATORS:
            names = [field_name(cell) for cell in _cells(line, separator)]
            if TITLES & set(names) and (alone or OTHERS & set(names)):
                known[separator] = names
        if known:
            separator = max(known, key=lambda separator: len(known[separator]))
            return at, separator, known[separator]
    return None


class _Lines:
    """Numbered lines, some of which can be had once more."""

    def __init__(self, first: list[tuple[int, str]], rest: Iterator[tuple[int, str]]) -> None:
        self.taken: list[tuple[int, str]] = []
        self.ahead = deque(first)
        self._rest = rest

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        item = self.ahead.popleft() if self.ahead else next(self._rest)
        self.taken.append(item)
        return f"{item[1]}\n"


class _Rows:
    """The rows of a table one after another. Lines that a stray quote swallowed can be read again."""

    def __init__(self, lines: _Lines, separator: str) -> None:
        self.cells: list[str] = []
        self.problem = ""
        self._lines = lines
        self._repeats = 0
        self._separator = separator
        self._reader = csv.reader(lines, delimiter=separator)

    def read(self) -> int | None:
        """Read one row and return the number of its first line; None at the end."""
        self._lines.taken, self.problem = [], ""
        try:
            self.cells = next(self._reader)
        except StopIteration:
            return None
        except csv.Error:
            limit = csv.field_size_limit()
            self.problem = f"a cell is longer than {limit} characters; is its quote not closed?"
        lines = self._lines.taken
        if not self.problem and len(lines) > 1 and not self._is_strict(lines):
            self.problem = "a quote is not closed, or a quote within a text is not doubled."
        return lines[0][0]

    def _is_strict(self, lines: list[tuple[int, str]]) -> bool:
        """Whether every quote in these lines is where one belongs; else the row may be several."""
        text = (f"{line}\n" for _, line in lines)
        try:
            next(csv.reader(text, delimiter=self._separator, strict=True))
        except csv.Error:
            return False
        return True

    def repeat(self) -> None:
        """Make the next row begin at the second line of this one."""
        if len(self._lines.taken) > 1 and self._repeats < MOST_REPEATS:
            self._repeats += 1
            self._lines.ahead.extendleft(reversed(self._lines.taken[1:]))


def _mismatch(cells: list[str], names: list[str]) -> str:
    """Return why a row does not fit under the names of the columns; "" if it does."""
    count = len(cells)
    while count > len(names) and not cells[count - 1].strip():
        count -= 1
    if count > len(names):
        return (
            f"this row has {count} cells, the first line {len(names)}; is a text with commas not in quotes?"
        )
    if count == 1 < len(names) and cells[0].strip():
        return f"this row has 1 cell, the first line {len(names)}."
    return ""


def _record(cells: list[str], names: list[str]) -> dict[str, object]:
    """Return the filled cells by the names of their columns, of columns of one name the first."""
    record: dict[str, object] = {}
    for name, cell in zip(names, cells, strict=False):
        if cell.strip() and cell.strip().casefold() not in EMPTY:
            record.setdefault(name, cell)
    return record


def _no_title(lines: list[str]) -> str:
    line = next((line for line in lines if line.strip() and not SEP.fullmatch(line)), "")
    cells = max((_cells(line, separator) for separator in SEPARATORS), key=len)
    names = [name[:SHOWN_LETTERS] for cell in cells if (name := clean(cell))]
    more = f" and {len(names) - SHOWN_COLUMNS} more" if len(names) > SHOWN_COLUMNS else ""
    return (
        f'no column is called "title"; the columns are: {", ".join(names[:SHOWN_COLUMNS]) or "none"}{more}.'
    )


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []
