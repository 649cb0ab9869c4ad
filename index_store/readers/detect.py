"""Tells a file's format from what it begins with. Its name is never trusted."""

from __future__ import annotations

import codecs
import json
import re

from index_store.readers.csv_table import find_header
from index_store.readers.json_document import CONTAINERS
from index_store.readers.record import FIELDS, field_name

__all__ = ["detect_format"]

BIBTEX = re.compile(
    r"^\s*@\s*[A-Za-z]+\s*\{"
    r"|^\s*@\s*(?:article|book|in\w+|misc|phdthesis|mastersthesis|techreport|proceedings|string)\s*\(",
    re.M | re.I,
)
RIS = re.compile(r"^\s*TY\s{1,3}-", re.M)
NBIB = re.compile(r"^PMID\s?- ?\d", re.M)
TAGGED = {"bibtex": BIBTEX, "nbib": NBIB, "ris": RIS}
FEED = re.compile(r"<(?:\w+:)?(?:feed|rss|RDF)\b[^>]*(?:w3\.org/2005/Atom|version=|purl\.org/rss)", re.S)
"""Atom, and both kinds of RSS."""
LISTS = CONTAINERS | {"meta"}
"""With these a document begins that holds a list of records."""
NAMED = re.compile(r'"([\w-]+)"\s*:')
OPENING = re.compile(r'"([\w-]+)"\s*:\s*[\[{]')
LONGEST_HINT = 200
"""Characters of a first line longer than the head, in which the names of its fields are looked for."""


def detect_format(head: bytes) -> str:
    """Return the name of the format of a file that begins with these bytes: "page" if it is no other."""
    if head.lstrip()[:5] == b"%PDF-":
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head.decode("utf-16" if utf16 else "utf-8-sig", errors="replace").lstrip()
    if text[:1] in ("{", "["):
        return _json_format(text)
    if text.startswith("<"):
        return "atom" if FEED.search(text) else "page"
    if find_header(text.splitlines()[:5]):
        return "csv"
    return next((name for name, pattern in TAGGED.items() if pattern.search(text)), "page")


def _json_format(text: str) -> str:
    """Tell JSON lines, whose first line is a whole record, from one JSON document."""
    first = text.partition("\n")[0].strip()
    if text[0] == "[":
        return "json"
    try:
        record = json.loads(first)
    except (ValueError, RecursionError):
        # The first line is longer than the head, or a document has line breaks, or a record is damaged.
        before, name, _ = [*OPENING.split(first[:LONGEST_HINT], maxsplit=1), "", ""][:3]
        titled = any(field_name(field) in FIELDS["title"] for field in NAMED.findall(before))
        holds_records = field_name(name) in LISTS and not titled
        return "json" if holds_records or first.endswith(("{", "[", ",")) else "jsonl"
    names = {field_name(name) for name, value in record.items() if isinstance(value, list | dict)}
    titled = any(field_name(name) in FIELDS["title"] for name in record)
    return "json" if names & LISTS and not titled else "jsonl"
