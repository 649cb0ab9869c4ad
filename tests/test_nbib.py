"""PubMed's format: every record a paper, or named with its line and number."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_store.errors import FileError
from index_store.readers.nbib import LARGEST_RECORD, read_nbib
from index_store.readers.source import Source
from index_store.values import Paper, Rejection

FORMATS = Path(__file__).parent / "data" / "formats"


def read(content: str | bytes) -> tuple[list[Paper], list[str]]:
    data = content if isinstance(content, bytes) else content.encode()
    items = list(read_nbib(Source(io.BytesIO(data), "refs.nbib")))
    papers = [item for item in items if isinstance(item, Paper)]
    return papers, [str(item) for item in items if isinstance(item, Rejection)]


def one(*lines: str) -> Paper:
    [paper], rejections = read("\n".join(["PMID- 1", *lines]))
    assert rejections == []
    return paper


def test_export_of_pubmed_is_read() -> None:
    papers, rejections = read((FORMATS / "pubmed.nbib").read_bytes())
    assert rejections == []
    egrets, rain, fog = papers
    assert egrets == Paper(
        "10.5555/jwa.2019.7",
        "Counting egrets in the wild: a study of the number of birds, with a title that goes on in the "
        "next line",
        "BACKGROUND: Egrets are hard to count because they move. METHODS: We count them at night, with 12 "
        "gauges. RESULTS: There are 4,200 of them (p < 0.05).",
        authors=("Ada Byron", "Martin Luther King Jr", "Wetland Audio Consortium"),
        year=2019,
        venue="Journal of wetland acoustics",
        url="https://doi.org/10.5555/jwa.2019.7",
        identifiers={"doi": "10.5555/jwa.2019.7", "pmid": "31234567"},
    )
    assert (rain.title, rain.year, rain.venue) == ("Rain and its [18F] spectrum", 2020, "Wetter")
    assert rain.abstract.endswith("Rain is white noise.")
    assert rain.url == "https://pmc.ncbi.nlm.nih.gov/articles/PMC7654321/"
    assert (fog.title, fog.venue, fog.year) == ("Listening to Fog", "Weather Heard", 2021)
    assert fog.authors == ("B Li", "HJ van der Maaten 2nd")
    assert fog.identifiers == {"pmid": "30000003"}


def test_book_is_named_by_its_own_title() -> None:
    book = one("BTI - Weather Heard.", "CTI - Books of Reeds", "DP  - 2020")
    assert (book.title, book.venue, book.year) == ("Weather Heard", "Books of Reeds", 2020)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("TI  - Rain.", "Rain"),
        ("TI  - [Rain].", "Rain"),
        ("TI  - Is it rain?", "Is it rain?"),
        ("TI  - Rain...", "Rain..."),
        ("TI  - [Rain] and [snow].", "[Rain] and [snow]"),
        ("TI  - [Not Available].\nTT  - Regen.", "Regen"),
        ("TI  - CO<sub>2</sub> &amp; rain.", "CO2 & rain"),
    ],
)
def test_title_loses_what_pubmed_puts_around_it(line: str, title: str) -> None:
    assert one(line).title == title


@pytest.mark.parametrize(
    ("lines", "identifiers"),
    [
        (["LID - 10.1000/abc [doi]"], {"doi": "10.1000/abc", "pmid": "1"}),
        (["AID - S1 [pii]", "AID - 10.1000/ABC [doi]"], {"doi": "10.1000/abc", "pmid": "1"}),
        (["AID - 10.1000/abc [pii]"], {"pmid": "1"}),
        (["SO  - Reeds. 2020;1:2. doi: 10.1000/abc. Epub 2020."], {"doi": "10.1000/abc", "pmid": "1"}),
    ],
)
def test_identifiers_are_found_where_pubmed_puts_them(
    lines: list[str], identifiers: dict[str, str]
) -> None:
    assert one("TI  - Rain.", *lines).identifiers == identifiers


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (["DP  - 1998 Dec-1999 Jan"], 1998),
        (["DP  - 2020 Winter"], 2020),
        (["DEP - 20190402"], 2019),
        (["EDAT- 2019/04/03 06:00"], 2019),
        (["DP  - soon"], None),
    ],
)
def test_year_is_read_from_dates_of_every_form(lines: list[str], year: int | None) -> None:
    assert one("TI  - Rain.", *lines).year == year


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("between", ["", "\n", "\n \n\n"])
def test_records_part_at_a_blank_line_or_at_the_next_number(end: str, between: str) -> None:
    text = f"PMID- 1\nTI  - A.\nAB  - a\n{between}PMC - PMC2\nPMID- 2\nTI  - B.\n"
    text = text if between else text.replace("PMC - PMC2\n", "")
    papers, rejections = read(text.replace("\n", end))
    assert [(paper.title, paper.identifiers) for paper in papers] == [
        ("A", {"pmid": "1"}),
        ("B", {"pmid": "2"}),
    ]
    assert rejections == []


def test_record_without_a_title_is_rejected_with_its_line_and_number() -> None:
    papers, rejections = read("PMID- 1\nTI  - A.\n\n\nPMID- 17\nAB  - What?\n\nPMID- 3\nTI  - C.")
    assert [paper.title for paper in papers] == ["A", "C"]
    assert rejections == ['refs.nbib, line 5 (PMID 17): "title" is missing.']


def test_odd_values_in_other_fields_cost_no_paper() -> None:
    paper = one(
        "TI  - Rain.", "IS  - what", "LR  - some day", "PHST- never", "AID - ?", "PMC - x", "MH  - "
    )
    assert paper.title == "Rain"


def test_file_without_records_holds_nothing() -> None:
    assert read("free text\n\n  and more\n") == ([], [])


def test_record_that_never_ends_is_rejected_and_the_next_one_read() -> None:
    lines = "".join(f"OT  - {'x' * 1000}\n" for _ in range(LARGEST_RECORD // 1000))
    papers, rejections = read(f"PMID- 1\nTI  - A.\n{lines}PMID- 2\nTI  - B.\n")
    assert [paper.title for paper in papers] == ["B"]
    assert rejections == [
        "refs.nbib, line 1 (PMID 1): this record is too long; is the blank line after it missing?"
    ]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "line", ["AB  -", "x", "PMID- ", "FAU - A", "      " + "x " * 50_000, "TI  - " + "[" * 9_999]
)
def test_hostile_file_is_read_in_reasonable_time(line: str) -> None:
    papers, rejections = read("PMID- 1\nTI  - A\n" + f"{line}\n" * (2_000_000 // (len(line) + 20)))
    assert papers or rejections


def test_five_thousand_records_are_read_in_their_order() -> None:
    abstract = "We hide 60% of the songs and predict them.\n      " * 20  # ends in blanks
    text = "".join(
        f"PMID- {n + 1}\nTI  - Paper {n}.\nAB  - {abstract}\nFAU - Byron, Ada\nDP  - 2020\n"
        f"AID - 10.1000/p{n} [doi]\n\n"
        for n in range(5000)
    )
    started = time.perf_counter()
    papers, rejections = read(text)
    print(f"{len(text) / 1e6:.1f} MB of nbib: {time.perf_counter() - started:.1f} s")
    assert [paper.id for paper in papers] == [f"10.1000/p{n}" for n in range(5000)]
    assert rejections == []


LINES = st.sampled_from(
    [
        "PMID- 1",
        "TI  - [A].",
        "      more",
        "",
        "FAU - , Jr",
        "AU  - A B",
        "PMC -",
        "AID - [doi]",
        "DP  - 2020",
    ]
)


@settings(deadline=2000)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.one_of(LINES, st.text(max_size=20)), max_size=20).map(
            lambda ls: "\n".join(ls).encode()
        ),
    )
)
def test_any_bytes_give_papers_and_rejections_or_a_clear_error(content: bytes) -> None:
    try:
        papers, rejections = read(content)
    except FileError as error:
        assert "\n" not in str(error)
        return
    assert all(paper.id and paper.title.encode().strip() for paper in papers)
    assert all(line.startswith("refs.nbib, line ") and "\n" not in line for line in rejections)
