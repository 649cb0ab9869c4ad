"""Files into papers: the real page, pages and JSON lines with every fault, and what is no list."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_store.errors import FileError
from index_store.readers import FORMATS, read_papers, size_of
from index_store.readers.detect import detect_format
from index_store.values import Doubt, Paper, Rejection, slug

SEED = Path(__file__).parents[2] / "shared" / "seeds" / "papers_page.txt"
HERONS = (
    "Herons hide among the reeds and nobody hears them, which is why this abstract is about herons. " * 3
)
TIDES = "Tides come and go, and gauges along the coast write down how high the water stood each hour. " * 3
PAGE = f"""new

Get trending birds in your email inbox!

Subscribe

Mar 13

Herons: Hidden Birds of the Reeds

{HERONS}

A Title Whose Abstract Got Lost

Gauging   the\tTides

{TIDES}
{HERONS}

Next page
"""


def read(
    path: Path, content: str | bytes, format: str | None = None
) -> tuple[list[Paper], list[Rejection]]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    items = list(read_papers(path, format=format))
    return [i for i in items if isinstance(i, Paper)], [i for i in items if isinstance(i, Rejection)]


def record(**fields: object) -> str:
    return json.dumps({"title": "Gauging the Tides", "abstract": "Tides come and go.", **fields})


@pytest.mark.skipif(not SEED.exists(), reason="the saved page lies outside of the repository")
def test_saved_page_holds_exactly_78_papers() -> None:
    items = list(read_papers(SEED))
    papers = [item for item in items if isinstance(item, Paper)]
    assert len(items) == len(papers) == len({paper.id for paper in papers}) == 78
    assert papers[0].title.startswith("ZeroI2V")
    assert all(len(paper.title) < 200 <= len(paper.abstract) for paper in papers)


def test_page_passes_furniture_over_and_reports_the_lost_abstract_with_its_line(tmp_path: Path) -> None:
    papers, rejections = read(tmp_path / "page.txt", PAGE)
    assert [paper.title for paper in papers] == ["Herons: Hidden Birds of the Reeds", "Gauging the Tides"]
    assert papers[0].abstract == HERONS.strip()
    assert [str(rejection) for rejection in rejections] == [
        'page.txt, line 13: no abstract follows the title "A Title Whose Abstract Got Lost".'
    ]


def test_long_line_after_an_abstract_continues_it(tmp_path: Path) -> None:
    papers, _ = read(tmp_path / "page.txt", PAGE)
    assert papers[1].abstract == f"{TIDES.strip()} {HERONS.strip()}"


def test_title_that_ends_the_page_without_abstract_is_reported(tmp_path: Path) -> None:
    _, rejections = read(tmp_path / "page.txt", f"Herons\n{HERONS}\nA Title at the End\n")
    assert [rejection.where for rejection in rejections] == ["page.txt, line 3"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_editors_count_them(tmp_path: Path, end: str) -> None:
    torn = HERONS.replace("reeds", "reeds\u2028\x0b\x0c")
    page = end.join(["Herons", torn, "A Title Without an Abstract", "Gauging the Tides", TIDES])
    papers, rejections = read(tmp_path / "page.txt", page)
    assert [paper.title for paper in papers] == ["Herons", "Gauging the Tides"]
    assert papers[0].abstract.endswith("about herons.")
    assert [rejection.where for rejection in rejections] == ["page.txt, line 3"]


def test_broken_line_17_is_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    lines = [record(title=f"Paper {number}") for number in range(1, 31)]
    lines[16] = lines[16][:-9]
    papers, rejections = read(tmp_path / "papers.jsonl", "\n".join(lines))
    assert [paper.title for paper in papers] == [f"Paper {n}" for n in range(1, 31) if n != 17]
    assert [str(rejection) for rejection in rejections] == [
        "papers.jsonl, line 17: this is not valid JSON."
    ]


def test_every_field_of_a_record_is_read(tmp_path: Path) -> None:
    line = record(
        authors=["Ada  Byron", " "],
        year="2024",
        venue="TideConf",
        url="https://example.org/t",
        doi="10.1/ABC",
        arxiv_id="2401.00001",
    )
    [paper], _ = read(tmp_path / "a.jsonl", f"\n{line}\n")
    assert paper == Paper(
        "2401.00001",
        "Gauging the Tides",
        "Tides come and go.",
        authors=("Ada Byron",),
        year=2024,
        venue="TideConf",
        url="https://example.org/t",
        identifiers={"arxiv_id": "2401.00001", "doi": "10.1/abc"},
    )


@pytest.mark.parametrize(
    ("fields", "id"),
    [
        ({"id": "mine", "arxiv_id": "2401.10001", "doi": "10.1/a"}, "mine"),
        ({"arxiv_id": "2401.10001", "doi": "10.1/a"}, "2401.10001"),
        ({"doi": "10.1/A"}, "10.1/a"),
        ({}, "gauging-the-tides"),
    ],
)
def test_paper_is_named_by_the_best_identifier_it_has(
    tmp_path: Path, fields: dict[str, str], id: str
) -> None:
    [paper], _ = read(tmp_path / "a.jsonl", record(**fields))
    assert paper.id == id


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (record(title=" \u200b"), '"title" is missing.'),
        (record(title=5), '"title" is not text.'),
        (record(abstract=5), '"abstract" is not text.'),
        (record(authors={"a": 1}), '"authors" is not a list of names.'),
        (record(authors=[1]), '"authors" is not a list of names.'),
        (record(year=[2024]), '"year" is not a number.'),
        (record(year=True), '"year" is not a number.'),
        (record(year=10**30), '"year" is not a year.'),
        (record(year=-1), '"year" is not a year.'),
        ('{"year": ' + "9" * 5000 + "}", "this is not valid JSON."),
        ('{"title": ' + "[" * 100_000, "this is not valid JSON."),
        ("[]", "this is not a JSON object."),
        ("null", "this is not a JSON object."),
    ],
)
def test_record_that_is_no_paper_says_why(tmp_path: Path, line: str, reason: str) -> None:
    papers, rejections = read(tmp_path / "a.jsonl", f"{record()}\n{line}\n{record(title='Last')}")
    assert [paper.title for paper in papers] == ["Gauging the Tides", "Last"]
    assert rejections == [Rejection("a.jsonl, line 2", reason)]


def test_record_without_abstract_is_a_paper_whose_abstract_is_empty(tmp_path: Path) -> None:
    papers, [] = read(tmp_path / "a.jsonl", f"{record(abstract='')}\n{json.dumps({'title': 'No More'})}")
    assert [(paper.title, paper.abstract) for paper in papers] == [
        ("Gauging the Tides", ""),
        ("No More", ""),
    ]


def test_nan_that_python_writes_for_a_missing_value_is_none(tmp_path: Path) -> None:
    [paper], [] = read(tmp_path / "a.jsonl", record(year=float("nan"), abstract=float("nan")))
    assert (paper.year, paper.abstract) == (None, "")


@pytest.mark.parametrize(
    ("year", "read_as"),
    [
        (2024.0, 2024),
        ("1999", 1999),
        ("Mon, 2 Apr 2007 19:18:42 GMT", 2007),
        ("soon", None),
        ("in press", None),
        (None, None),
        ("", None),
    ],
)
def test_year_is_read_however_it_was_written(tmp_path: Path, year: object, read_as: int | None) -> None:
    [paper], _ = read(tmp_path / "a.jsonl", record(year=year))
    assert paper.year == read_as


def test_authors_in_one_text_are_taken_apart(tmp_path: Path) -> None:
    [paper], _ = read(tmp_path / "a.jsonl", record(authors="Ada Byron, Bo Li"))
    assert paper.authors == ("Ada Byron", "Bo Li")


def test_invisible_marks_and_lone_surrogates_are_taken_out(tmp_path: Path) -> None:
    line = r'{"title": "A\ud800 t\u200bitle\u0000", "abstract": "Cafe\u0301 \ud83d\udc26\u202e."}'
    [paper], _ = read(tmp_path / "a.jsonl", line)
    assert (paper.title, paper.abstract) == ("A title", "Café \N{BIRD}.")
    assert paper.abstract.encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
@pytest.mark.parametrize("kind", ["page", "jsonl"])
def test_text_is_read_right_in_every_usual_encoding(tmp_path: Path, encoding: str, kind: str) -> None:
    title = "Über Möwen und Häfen"
    lines = {"page": f"{title}\n{HERONS}", "jsonl": json.dumps({"title": title, "abstract": HERONS})}
    text = lines[kind].replace("\\u00dc", "Ü").replace("\\u00f6", "ö").replace("\\u00e4", "ä")
    [paper], [] = read(tmp_path / "file", text.encode(encoding))
    assert (paper.title, paper.id) == (title, slug(title))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b" \n\t", "the file is empty"),
        (b"%PDF-1.7 and so on", "this is a damaged PDF"),
        (b"PK\x03\x04 and so on", "this is a damaged zip archive"),
        (b"\x1f\x8b and so on", "this is a damaged gzip archive"),
        (b"\x89PNG and so on", "this is a picture"),
        (b"<!DOCTYPE html>\n<html><body>Herons</body></html>", "this is HTML; save the page as text"),
        (b"\xef\xbb\xbf<!-- saved -->\n<html lang=en>", "this is HTML; save the page as text"),
        ("<html>".encode("utf-16"), "this is HTML; save the page as text"),
        (b"<?xml version='1.0'?><xml><records/></xml>", "this is XML but no feed"),
        (b"\x7fELF\x00\x01\x02", "this is a binary file"),
        (b"Hello.\nThis is a letter.\n", "no papers found"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"[]", "no papers found; it was read as a JSON document"),
        (b'{"papers": []}', "no papers found; it was read as a JSON document"),
    ],
)
def test_file_without_papers_says_what_it_is(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(FileError, match=message) as error:
        read(tmp_path / "file", content)
    assert str(error.value).startswith(str(tmp_path / "file"))
    assert "\n" not in str(error.value)


def test_missing_file_and_one_that_is_no_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no such file"):
        list(read_papers(tmp_path / "missing"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="this is no file"):
        list(read_papers(tmp_path / "pipe"))


def test_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(FileError, match='no format "docx"; choose one of: atom, bibtex, csv, json, jsonl'):
        read(tmp_path / "file", PAGE, "docx")


def test_format_that_is_named_is_used_whatever_the_file_holds(tmp_path: Path) -> None:
    line = record(abstract=HERONS)
    assert len(read(tmp_path / "file", line)[0]) == 1
    expected = "read as a saved page, where a title line is followed by the line of its abstract"
    with pytest.raises(FileError, match=expected):
        read(tmp_path / "file", line, "page")
    papers, rejections = read(tmp_path / "file", PAGE, "jsonl")
    assert papers == []
    assert len(rejections) == sum(bool(line.strip()) for line in PAGE.split("\n"))


def test_progress_grows_to_the_size_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(record(title=f"Paper {number}") for number in range(5000)))
    told: list[int] = []
    assert len(list(read_papers(path, report=told.append))) == 5000
    assert told == sorted(set(told))
    assert len(told) > 5
    assert told[-1] == size_of(path) == path.stat().st_size


LINES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from([HERONS.encode(), b"A Title of a Few Words", b"{"]),
        st.just(b'{"title": "\\udfff", "abstract": "x"}'),
        st.dictionaries(
            st.sampled_from(["title", "abstract", "year", "authors", "id"]),
            st.one_of(st.text(), st.none(), st.integers(), st.floats(), st.lists(st.text(), max_size=2)),
        ).map(lambda fields: json.dumps(fields).encode()),
    ),
    max_size=8,
)  # fmt: skip
BEGINNINGS = {
    "page": b"Herons\n" + HERONS.encode(),
    "jsonl": record().encode(),
    "json": b'{"results": [' + record().encode() + b", ",
    "csv": b"Title,Abstract,Year\nHerons,They hide,",
    "bibtex": b"@article{herons,\n  title = {Herons {",
    "ris": b"TY  - JOUR\nTI  - Herons\nAB  - ",
    "nbib": b"PMID- 123\nTI  - Herons\nAB  - ",
    "atom": b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Herons<',
    "pdf": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n",
    "zip": b"PK\x03\x04",
    "gzip": b"\x1f\x8b\x08\x00",
}
ANY_BYTES = st.one_of(st.binary(), LINES.map(b"\n".join))


def test_every_format_has_a_beginning_by_which_it_is_known() -> None:
    assert BEGINNINGS.keys() >= set(FORMATS)
    assert {name: detect_format(BEGINNINGS[name]) for name in FORMATS} == {name: name for name in FORMATS}


def check_any_bytes(content: bytes, format: str | None) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        try:
            items = list(read_papers(path, format=format))
        except FileError as error:
            assert "\n" not in str(error).replace(folder, "")
            return
    assert items
    for before, item in zip([None, *items], items, strict=False):
        if isinstance(item, Paper):
            assert item.id
            assert item.title.encode().strip()
            item.abstract.encode()
        else:
            assert item.where.startswith("file")
            assert "\n" not in str(item)
            assert isinstance(item, Rejection) or isinstance(before, Paper | Doubt)


@settings(deadline=5000)
@given(ANY_BYTES, st.sampled_from([None, *FORMATS]))
def test_any_bytes_give_papers_and_rejections_or_a_clear_error(content: bytes, format: str | None) -> None:
    check_any_bytes(content, format)


@settings(deadline=5000)
@given(st.sampled_from([*BEGINNINGS]), ANY_BYTES)
def test_any_bytes_after_the_beginning_of_any_format_give_papers_or_a_clear_error(
    beginning: str, content: bytes
) -> None:
    check_any_bytes(BEGINNINGS[beginning] + content, None)
