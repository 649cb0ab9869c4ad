"""Reads RIS as EndNote, Zotero, Mendeley, publishers and citation databases write it.

In: a source. Out: papers and rejections, one record in memory at a time. Records are told apart here, and
their lines put into the strict form of the standard, which few tools keep to; rispy then reads the fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from index_store.readers.fields import author_names, build_paper, clean, person, read_year
from index_store.readers.source import Source
from index_store.values import Paper, Rejection

__all__ = ["read_ris"]

TAG = re.compile(r"\s{0,4}([A-Za-z][A-Za-z0-9])( {0,3})-(?: (.*)|\s*)", re.S)
END = re.compile(r"\s*ER\s*-?\s*")
STANDARD = re.compile(r"[A-Z][A-Z0-9]  -(?: |$)")
ENDS = ("TY", "ER")
LARGEST_RECORD = 1 << 20
"""Characters. No record is as long: its end is missing, and more of it would fill the memory."""
LEAST_OF_A_LINE = 8
"""Characters that a line counts for, however short it is."""
TITLES = ("TI", "T1", "CT", "BT", "TT", "ST")
VENUES = ("JF", "T2", "JO", "BT", "JA", "J2", "PB")
ABSTRACTS = ("AB", "N2")
AUTHORS = ("AU", "A1")
DATES = ("PY", "Y1", "DA")
DOIS = ("DO", "DI", "M3", "L3")
LINKS = ("UR", "L2", "LK", "L1")
ARXIV_TAGS = ("AN", "M1", "N1", "C7", "ID")
WANTED = {*TITLES, *VENUES, *ABSTRACTS, *AUTHORS, *DATES, *DOIS, *LINKS, *ARXIV_TAGS, "DB"}
PMID = re.compile(r"\d{1,9}")


@dataclass(slots=True)
class _Record:
    """The lines of one record as tag and text, continuation lines joined, and how its tags are written."""

    line: int
    form: tuple[bool, int] = (False, 2)
    fields: list[tuple[str, list[str]]] = field(default_factory=list)
    size: int = 0

    def add(self, tag: str, text: str) -> None:
        """Begin a field, or with no tag continue the last one."""
        self.size += len(text) + LEAST_OF_A_LINE
        if self.size > LARGEST_RECORD:
            return
        if tag:
            self.fields.append((tag, [text]))
        elif self.fields and text.strip():
            self.fields[-1][1].append(text)


def read_ris(source: Source) -> Iterator[Paper | Rejection]:
    """Yield a paper for each record; one that cannot be read is rejected with its first line.

    A record ends at its `ER`, at the next `TY`, or at the end of the file. What stands between records
    and is no field is passed over.

    Raises:
        FileError: it is not text.
    """
    for record in _records(source.lines()):
        where = f"{source.name}, line {record.line}"
        if record.size > LARGEST_RECORD:
            yield Rejection(where, 'this record is too long; does it end with a line "ER  - "?')
            continue
        try:
            yield _paper(_fields_of(record))
        except ValueError as error:
            yield Rejection(where, str(error))


def _records(lines: Iterable[tuple[int, str]]) -> Iterator[_Record]:
    record: _Record | None = None
    for number, line in lines:
        tag, text, form = _take_apart(line, record)
        if record is not None and tag in ENDS:
            yield record
            record = None
        if tag == "TY" or (tag and tag != "ER" and record is None):
            record = _Record(number, form)
        if record is not None and tag not in ENDS:
            record.add(tag, text)
    if record is not None:
        yield record


def _take_apart(line: str, record: _Record | None) -> tuple[str, str, tuple[bool, int]]:
    """Return the tag of a line ("" if it continues the one before), its text, and how the tag is written.

    A tag that is not written as the standard says counts only where the record began in the same way:
    "is - as we show -" can be the middle of an abstract.
    """
    match = TAG.fullmatch(line)
    if END.fullmatch(line):
        return "ER", "", (False, 2)
    if match is None:
        return "", line, (False, 2)
    tag, text = match[1].upper(), match[3] or ""
    form = (match[1].islower(), len(match[2]))
    if (
        STANDARD.match(line)
        or (tag == "TY" and form[1] > 0)
        or (record is not None and form == record.form)
    ):
        return tag, text, form
    return "", line, form


def _fields_of(record: _Record) -> dict[str, list[str]]:
    """Return the texts of each tag, read by rispy."""
    from rispy import RisParser

    same = {tag: tag for tag in WANTED} | {"TY": "TY", "UK": "UK"}
    parser = RisParser(
        mapping=same, list_tags=sorted(WANTED), delimiter_tags_mapping={}, skip_unknown_tags=True
    )
    lines = [f"{tag}  - {' '.join(part.strip() for part in texts)}" for tag, texts in record.fields]
    [parsed] = parser.parse_lines(iter(["TY  - GEN", *lines, "ER  - "]))
    return {
        tag: texts for tag in WANTED if (texts := [text for text in parsed.get(tag, []) if text.strip()])
    }


def _paper(fields: Mapping[str, list[str]]) -> Paper:
    """Return the paper that the fields of a record describe.

    Raises:
        ValueError: there is no title.
    """
    title = _first(fields, TITLES)
    venues = [text for tag in VENUES for text in fields.get(tag, []) if text != title]
    links = [
        part
        for tag in LINKS
        for text in fields.get(tag, [])
        for part in re.split(r"\s+|;(?=https?:)", text)
    ]
    notes = [
        text for tag in ARXIV_TAGS for text in fields.get(tag, []) if text.casefold().startswith("arxiv")
    ]
    years = (read_year(text) for tag in DATES for text in fields.get(tag, []))
    return build_paper(
        title=title,
        abstract=next((" ".join(fields[tag]) for tag in ABSTRACTS if tag in fields), ""),
        authors=_authors(fields),
        year=next(filter(None, years), None),
        venue=venues[0] if venues else "",
        url=next((link for link in links if re.match(r"https?://", link)), ""),
        ids={"doi": " ".join(text for tag in DOIS for text in fields.get(tag, [])), "pmid": _pmid(fields)},
        texts=[*links, *venues, *notes],
    )


def _first(fields: Mapping[str, list[str]], tags: Iterable[str]) -> str:
    return next((fields[tag][0] for tag in tags if tag in fields), "")


def _authors(fields: Mapping[str, list[str]]) -> tuple[str, ...]:
    names: list[str] = []
    for text in next((fields[tag] for tag in AUTHORS if tag in fields), []):
        names += author_names(text) if ";" in text or " and " in text else [clean(person(text))]
    return tuple(filter(None, names))


def _pmid(fields: Mapping[str, list[str]]) -> str:
    """Return the accession number where the database that gave it is PubMed."""
    database, number = _first(fields, ["DB"]).casefold(), _first(fields, ["AN"])
    known = "pubmed" in database or "medline" in database
    return number if known and PMID.fullmatch(number) else ""
