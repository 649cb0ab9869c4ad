"""Reads the format in which PubMed saves citations (MEDLINE, `.nbib`).

In: a source. Out: papers and rejections, one record in memory at a time. Only the fields of a paper are
looked at, so that an odd date or number somewhere else costs no paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from index_store.readers.fields import build_paper, clean, person, plain_text, read_year
from index_store.readers.source import Source
from index_store.values import Paper, Rejection

__all__ = ["read_nbib"]

TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}-(?: (.*)|\s*)", re.S)
LARGEST_RECORD = 1 << 20
"""Characters. No record is as long; more of it would fill the memory."""
LEAST_OF_A_LINE = 8
"""Characters that a line counts for, however short it is."""
CONTINUED = " " * 6
TITLES = ("TI", "TT", "BTI", "CTI")
VENUES = ("JT", "TA", "BTI", "CTI")
ABSTRACTS = ("AB", "OAB")
DATES = ("DP", "DEP", "EDAT", "CRDT")
WANTED = {*TITLES, *VENUES, *ABSTRACTS, *DATES, "PMID", "PMC", "FAU", "AU", "CN", "LID", "AID", "SO"}
TRANSLATED = re.compile(r"\[([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]\.?")
INITIALS = re.compile(r"(\S.*) ([A-Z]{1,4})(?: (Jr|Sr|2nd|3rd|4th))?")
GIVEN_AND_SUFFIX = re.compile(r"(.*\S),?\s+(Jr|Sr|2nd|3rd|4th)\.?")
PMC = re.compile(r"PMC\d{1,9}")


@dataclass(slots=True)
class _Record:
    """The wanted fields of one record, each with the lines of its text."""

    line: int
    fields: list[tuple[str, list[str]]] = field(default_factory=list)
    size: int = 0
    has_number: bool = False

    def add(self, tag: str, text: str) -> None:
        """Begin a field, or with no tag continue the last one."""
        self.size += len(text) + LEAST_OF_A_LINE
        if self.size > LARGEST_RECORD:
            return
        if tag:
            self.has_number = self.has_number or tag == "PMID"
            self.fields.append((tag, [text]))
        elif self.fields:
            self.fields[-1][1].append(text)

    def texts(self) -> dict[str, list[str]]:
        """Return the texts of each wanted tag."""
        found: dict[str, list[str]] = {}
        for tag, parts in self.fields:
            text = clean(" ".join(parts))
            if tag in WANTED and text:
                found.setdefault(tag, []).append(text)
        return found


def read_nbib(source: Source) -> Iterator[Paper | Rejection]:
    """Yield a paper for each record; one that cannot be read is rejected with its first line.

    A record ends at a blank line, or where the next one's `PMID` follows at once.

    Raises:
        FileError: it is not text.
    """
    for record in _records(source.lines()):
        fields = record.texts()
        number = f" (PMID {fields['PMID'][0][:20]})" if "PMID" in fields else ""
        where = f"{source.name}, line {record.line}{number}"
        if record.size > LARGEST_RECORD:
            yield Rejection(where, "this record is too long; is the blank line after it missing?")
            continue
        try:
            yield _paper(fields)
        except ValueError as error:
            yield Rejection(where, str(error))


def _records(lines: Iterable[tuple[int, str]]) -> Iterator[_Record]:
    record: _Record | None = None
    for number, line in lines:
        match = TAG.fullmatch(line)
        tag = match[1] if match else ""
        blank = not line.strip() and not line.startswith(CONTINUED)
        if record is not None and (blank or (tag == "PMID" and record.has_number)):
            yield record
            record = None
        if record is None and tag:
            record = _Record(number)
        if record is not None:
            record.add(tag, (match[2] or "") if match else line)
    if record is not None:
        yield record


def _paper(fields: Mapping[str, list[str]]) -> Paper:
    """Return the paper that the fields of a record describe.

    Raises:
        ValueError: there is no title.
    """
    titles = [(tag, title) for tag in TITLES if (title := _title(_first(fields, tag)))]
    named_by, title = titles[0] if titles else ("", "")
    venues = [_first(fields, tag).rstrip(".") for tag in VENUES if tag in fields and tag != named_by]
    years = (_year(_first(fields, tag)) for tag in DATES)
    dois = [text for tag in ("LID", "AID") for text in fields.get(tag, []) if text.endswith("[doi]")]
    pmc = PMC.match(_first(fields, "PMC"))
    return build_paper(
        title=title,
        abstract=next(filter(None, (plain_text(_first(fields, tag)) for tag in ABSTRACTS)), ""),
        authors=_authors(fields),
        year=next(filter(None, years), None),
        venue=venues[0] if venues else "",
        url=f"https://pmc.ncbi.nlm.nih.gov/articles/{pmc[0]}/" if pmc else "",
        ids={"doi": " ".join(dois), "pmid": _first(fields, "PMID")},
        texts=fields.get("SO", []),
    )


def _first(fields: Mapping[str, list[str]], tag: str) -> str:
    return fields[tag][0] if tag in fields else ""


def _year(date: str) -> int | None:
    """Return the year of "2019 Apr", "2019/04/03 06:00" or "20190403"."""
    return read_year(date[:4] if date.isdecimal() else date)


def _title(text: str) -> str:
    """Return a title without the brackets of a translation and without the full stop that PubMed adds."""
    match = TRANSLATED.fullmatch(text)
    text = plain_text(match[1] if match else text)
    return text if text.endswith("..") else text.removesuffix(".")


def _authors(fields: Mapping[str, list[str]]) -> tuple[str, ...]:
    names = [_spoken(name) for name in fields.get("FAU", [])] or [
        _from_initials(n) for n in fields.get("AU", [])
    ]
    return tuple(name for name in [*names, *fields.get("CN", [])] if name)


def _spoken(name: str) -> str:
    """Return "King, Martin Luther Jr" as "Martin Luther King Jr"."""
    family, comma, given = name.partition(",")
    match = GIVEN_AND_SUFFIX.fullmatch(given.strip())
    return f"{match[1]} {family} {match[2]}" if comma and match else person(name)


def _from_initials(name: str) -> str:
    """Return "King ML Jr" as "ML King Jr"."""
    match = INITIALS.fullmatch(name)
    return " ".join(filter(None, (match[2], match[1], match[3]))) if match else name
