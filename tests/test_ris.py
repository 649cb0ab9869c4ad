"""RIS as the tools and databases write it: every record a paper, or named with its line."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_store.errors import FileError
from index_store.readers.ris import LARGEST_RECORD, read_ris
from index_store.readers.source import Source
from index_store.values import Paper, Rejection

FORMATS = Path(__file__).parent / "data" / "formats"


def read(content: str | bytes) -> tuple[list[Paper], list[str]]:
    data = content if isinstance(content, bytes) else content.encode()
    items = list(read_ris(Source(io.BytesIO(data), "refs.ris")))
    papers = [item for item in items if isinstance(item, Paper)]
    return papers, [str(item) for item in items if isinstance(item, Rejection)]


def read_file(name: str) -> list[Paper]:
    papers, rejections = read((FORMATS / name).read_bytes())
    assert rejections == []
    return papers


def one(*lines: str, kind: str = "JOUR") -> Paper:
    title = () if any(line.startswith(("TI", "T1", "CT", "BT")) for line in lines) else ("TI  - Rain",)
    [paper], rejections = read("\n".join([f"TY  - {kind}", *title, *lines, "ER  - "]))
    assert rejections == []
    return paper


def test_zotero_export_is_read() -> None:
    heron, tides = read_file("zotero.ris")
    assert heron == Paper(
        "10.5555/heron_2021",
        "HERON: Masked Training for Bird Songs",
        "Labelled songs are rare. We hide 60% of a spectrogram - and predict it. Code is at "
        "https://example.org/code.",
        authors=("Ada Byron", "Hendrika van der Maaten", "Wetland Audio Consortium"),
        year=2021,
        venue="Proceedings of the 9th Conference on Listening",
        url="https://example.org/heron",
        identifiers={"doi": "10.5555/heron_2021"},
    )
    assert tides.authors == ("Bo Li", "Martin Luther King Jr.")
    assert (tides.id, tides.venue, tides.year) == ("2304.01234", "arXiv", 2023)


def test_endnote_export_with_mark_line_ends_and_wrapped_abstract_is_read() -> None:
    [paper] = read_file("endnote.ris")
    assert paper.title == "Counting egrets in the wild"
    assert paper.abstract == (
        "BACKGROUND: Egrets are hard to count because they move. METHODS: We count them at night."
    )
    assert paper.authors == ("Ada Byron", "Ciáran O'Neill")
    assert (paper.venue, paper.year) == ("Journal of Wetland Acoustics", 2019)
    assert paper.identifiers == {"doi": "10.5555/jwa.2019.7", "pmid": "31234567"}
    assert paper.url == "https://example.org/egrets;jsessionid=1"


def test_mendeley_export_is_read() -> None:
    [paper] = read_file("mendeley.ris")
    assert (paper.title, paper.abstract) == ("Counting egrets in the wild", "Egrets move.")
    assert paper.authors == ("Ada Byron", "Bo Li")
    assert (paper.year, paper.venue) == (2019, "Journal of Wetland Acoustics")
    assert paper.identifiers == {"arxiv_id": "1904.05678", "doi": "10.5555/jwa.2019.7"}


def test_exports_of_databases_and_publishers_are_read_and_what_stands_before_them_is_passed_over() -> None:
    waves, radio, fog, rain = read_file("databases.ris")
    assert (waves.authors, waves.venue) == (("B. Li", "W.-L. Chen"), "Journal of Tides")
    assert (waves.year, waves.abstract) == (2018, "Waves are small. © 2018 The Authors.")
    assert waves.identifiers == {"doi": "10.5555/tides.2018.12"}
    assert (radio.authors, radio.year) == (("A. Byron", "J. Müller"), 2020)
    assert radio.venue == "2020 International Conference on Reeds (ICR)"
    assert radio.id == "10.5555/icr.2020.9000001"
    assert (fog.title, fog.venue, fog.id) == (
        "Listening to Fog",
        "Weather Heard",
        "10.5555/978-3-000-00000-0_1",
    )
    assert (rain.title, rain.venue) == ("Rain and its spectrum", "JOURNAL OF WEATHER")
    assert (rain.id, rain.year) == ("10.5555/weather.5.1", 2001)


@pytest.mark.parametrize(
    ("lines", "identifiers"),
    [
        (["DO  - https://doi.org/10.1000/ABC"], {"doi": "10.1000/abc"}),
        (["M3  - doi: 10.1000/abc"], {"doi": "10.1000/abc"}),
        (["L3  - 10.1000/abc"], {"doi": "10.1000/abc"}),
        (["UR  - http://dx.doi.org/10.1000/abc"], {"doi": "10.1000/abc"}),
        (["UR  - https://a.org/1;https://arxiv.org/pdf/1706.03762v5"], {"arxiv_id": "1706.03762"}),
        (["JO  - arXiv preprint arXiv:1706.03762"], {"arxiv_id": "1706.03762"}),
        (["AN  - arXiv:1706.03762"], {"arxiv_id": "1706.03762"}),
        (["N1  - Cites arXiv:1706.03762"], {}),
        (["AN  - 31234567", "DB  - Medline"], {"pmid": "31234567"}),
        (["AN  - 31234567", "DB  - Scopus"], {}),
    ],
)
def test_identifiers_are_found_where_the_tools_put_them(
    lines: list[str], identifiers: dict[str, str]
) -> None:
    assert one(*lines).identifiers == identifiers


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (["PY  - 2023/05/01/"], 2023),
        (["Y1  - 2023///"], 2023),
        (["PY  - in press", "DA  - 2024/01"], 2024),
        (["PY  - in press"], None),
        (["Y2  - 2022/01/01"], None),
    ],
)
def test_year_is_taken_from_the_date_of_publication(lines: list[str], year: int | None) -> None:
    assert one(*lines).year == year


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["AU  - Byron, Ada", "AU  - Li, Bo"], ("Ada Byron", "Bo Li")),
        (["A1  - Byron, Ada", "A2  - Editor, An"], ("Ada Byron",)),
        (["AU  - King, Martin Luther, Jr."], ("Martin Luther King Jr.",)),
        (["AU  - World Health Organization,"], ("World Health Organization",)),
        (["AU  - Byron, A.; Li, B."], ("A. Byron", "B. Li")),
        (["AU  - "], ()),
    ],
)
def test_authors_are_named_as_they_are_spoken_of(lines: list[str], names: tuple[str, ...]) -> None:
    assert one(*lines).authors == names


@pytest.mark.parametrize(
    "text",
    [
        "TY - JOUR\nTI - Rain\nAB - It is - as\nwe show - wet.\nUR - https://a.org\nER -\n",
        "ty  - jour\nti  - Rain\nab  - It is - as we show - wet.\nur  - https://a.org\ner  -\n",
        "TY  - JOUR\n  TI  - Rain\n\nAB  - It\n is - as we\n\n      show - wet.\nUR  - https://a.org\n",
        "TY   - JOUR\nTI   - Rain\nAB   - It is - as we show - wet.\nUR   - https://a.org\nER\n",
        "T1  - Rain\nN2  - It is - as we show - wet.\nUR  - https://a.org\nER  - ",
        "\ufeff\r\nTY  - JOUR\r\nTI  - Rain\r\nAB  - It is - as we show - wet.\r\nUR  - https://a.org\r\n",
        "TY  - JOUR\nCT  - Rain\nAB  - It\nis - as we show - wet.\nXX  - x\nis\nUR  - https://a.org",
    ],
)  # fmt: skip
def test_record_is_read_however_its_lines_are_written(text: str) -> None:
    [paper], rejections = read(text)
    assert rejections == []
    assert (paper.title, paper.abstract) == ("Rain", "It is - as we show - wet.")
    assert paper.url == "https://a.org"


def test_records_without_an_end_are_told_apart_by_the_next_beginning() -> None:
    papers, rejections = read("TY  - JOUR\nTI  - A\nAB  - a\nTY  - JOUR\nTI  - B\n\nTY  - JOUR\nTI  - C")
    assert [(paper.title, paper.abstract) for paper in papers] == [("A", "a"), ("B", ""), ("C", "")]
    assert rejections == []


def test_field_that_is_there_twice_loses_nothing() -> None:
    paper = one("AB  - First half.", "AB  - Second half.", "TI  - Rain", "TI  - Snow")
    assert (paper.title, paper.abstract) == ("Rain", "First half. Second half.")


def test_record_without_a_title_is_rejected_with_its_line() -> None:
    text = "\nTY  - JOUR\nTI  - A\nER  - \n\nTY  - JOUR\nAB  - What?\nER  - \nTY  - JOUR\nTI  - C\nER  - "
    papers, rejections = read(text)
    assert [paper.title for paper in papers] == ["A", "C"]
    assert rejections == ['refs.ris, line 6: "title" is missing.']


def test_file_without_records_holds_nothing() -> None:
    assert read("Provider: Nobody\nfree text\n\nER  - \n") == ([], [])


@pytest.mark.timeout(60)
@pytest.mark.parametrize("line", ["", "AB  - ", "x", "TY  - ", "AU  - A", "AB  - " + "x " * 50_000])
def test_hostile_file_is_read_in_reasonable_time(line: str) -> None:
    papers, rejections = read("TY  - JOUR\nTI  - A\n" + f"{line}\n" * (2_000_000 // (len(line) + 20)))
    assert papers or rejections


def test_record_that_never_ends_is_rejected_and_the_next_one_read() -> None:
    lines = (f"AU  - {'x' * 1000}\n" for _ in range(LARGEST_RECORD // 1000))
    papers, rejections = read(f"TY  - JOUR\nTI  - A\n{''.join(lines)}TY  - JOUR\nTI  - B\n")
    assert [paper.title for paper in papers] == ["B"]
    assert rejections == ['refs.ris, line 1: this record is too long; does it end with a line "ER  - "?']


def test_five_thousand_records_are_read_in_their_order() -> None:
    abstract = "We hide 60% of the songs and predict them with gauges. " * 20
    text = "".join(
        f"TY  - JOUR\nTI  - Paper {n}\nAU  - Byron, Ada\nAU  - Li, Bo\nPY  - 2020\nAB  - {abstract}\n"
        f"DO  - 10.1000/p{n}\nER  - \n\n"
        for n in range(5000)
    )
    started = time.perf_counter()
    papers, rejections = read(text)
    print(f"{len(text) / 1e6:.1f} MB of RIS: {time.perf_counter() - started:.1f} s")
    assert [paper.id for paper in papers] == [f"10.1000/p{n}" for n in range(5000)]
    assert rejections == []


LINES = st.sampled_from(
    [
        "TY  - JOUR",
        "ER  - ",
        "ER",
        "TI  - A",
        "ty - x",
        "AB  -",
        "AU  - ,",
        "UR  - http://[",
        "is - x",
        "TY-",
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
    assert all(line.startswith("refs.ris, line ") and "\n" not in line for line in rejections)
