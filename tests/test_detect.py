"""A file's format is told from what it begins with, whatever it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index_store.readers.detect import detect_format

DATA = Path(__file__).parent / "data" / "formats"
RECORD = json.dumps({"id": "x", "title": "Herons", "abstract": "They hide.", "references": []})


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("arxiv_snapshot.jsonl", "jsonl"),
        ("semantic_scholar.jsonl", "jsonl"),
        ("csl_zotero.json", "json"),
        ("csl_better.json", "json"),
        ("crossref.json", "json"),
        ("openalex.json", "json"),
        ("semantic_scholar.json", "json"),
        ("zotero.csv", "csv"),
        ("scopus.csv", "csv"),
        ("excel.csv", "csv"),
        ("publish_or_perish.csv", "csv"),
        ("web_of_science.txt", "csv"),
        ("arxiv_api.xml", "atom"),
        ("arxiv_error.xml", "atom"),
        ("arxiv_new.atom", "atom"),
        ("journal.rdf", "atom"),
        ("zotero.bib", "bibtex"),
        ("mendeley.bib", "bibtex"),
        ("jabref.bib", "bibtex"),
    ],
)
def test_files_of_the_tools_are_known(name: str, format: str) -> None:
    assert detect_format((DATA / name).read_bytes()) == format


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("text", "format"),
    [
        (RECORD, "jsonl"),
        (f"\n\n{RECORD}\n{RECORD}", "jsonl"),
        ('{"title": "cut off', "jsonl"),
        (json.dumps({"title": "x" * 70_000})[:65_536], "jsonl"),
        (f"[{RECORD}]", "json"),
        (json.dumps({"title": "Herons", "abstract": "x"}, indent=1), "json"),
        ('{"papers": [' + RECORD + "]}", "json"),
        ('{"papers": [' + json.dumps({"title": "x" * 70_000})[:65_000], "json"),
        ('{"status": "ok", "message": {"items": [' + RECORD + "]}}", "json"),
        ('{"id": 1,\n "title": "x"}', "json"),
        ("% Encoding: UTF-8\n\n@article{herons,\n title={x}\n}", "bibtex"),
        ("@string(jwb = {x})", "bibtex"),
        ("@ARTICLE (herons, title = {x})", "bibtex"),
        ("TY  - JOUR\nTI  - Herons\nER  - ", "ris"),
        ("\nPMID- 33456789\nOWN - NLM\n", "nbib"),
        ("title,year\nHerons,2021", "csv"),
        ('"Article Title";"Author"\n', "csv"),
        ("sep=,\nTitle,DOI\n", "csv"),
        ("Title\nHerons\n", "page"),
        ("Titles, Authors and Years\n", "page"),
        ("Herons\n\n@heron (Ada Byron) wrote this.", "page"),
        ("<html><style>\n@media (x) {}\n</style></html>", "page"),
        ("Herons\nThey hide.", "page"),
        ("", "page"),
    ],
)
def test_beginnings_are_told_apart(text: str, format: str, encoding: str) -> None:
    assert detect_format(text.encode(encoding)[: 1 << 16]) == format


@pytest.mark.parametrize(
    ("head", "format"), [(b"\n%PDF-1.7", "pdf"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip")]
)
def test_binary_beginnings_are_known(head: bytes, format: str) -> None:
    assert detect_format(head) == format


def test_table_with_bibtex_in_a_cell_is_a_table() -> None:
    assert detect_format(b'Title,Abstract,Notes\nx,y,"cite as\n@article{x,\n}"') == "csv"
