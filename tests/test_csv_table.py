"""Tables are read as reference managers, databases and spreadsheets write them, faults and all."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store.errors import FileError
from index_store.readers import read_papers
from index_store.values import Paper, Rejection

DATA = Path(__file__).parent / "data" / "formats"


def read(tmp_path: Path, text: str) -> list[Paper | str]:
    """Return the papers and the texts of the rejections."""
    path = tmp_path / "papers.csv"
    path.write_text(text, newline="")
    items = read_papers(path, format="csv")
    return [item if isinstance(item, Paper) else str(item) for item in items]


def titles(items: list[Paper | str]) -> list[str]:
    return [item.title if isinstance(item, Paper) else item for item in items]


def test_zotero_csv_is_read() -> None:
    heron, reeds, handbook = read_papers(DATA / "zotero.csv")
    assert heron == Paper(
        "10.1234/jwb.2021.17",
        "Counting Herons, by Ear",
        'We count herons. A "second" paragraph, with a comma.',
        authors=("Ada Byron", "Jan van den Berg"),
        year=2021,
        venue="Journal of Wetland Birds",
        url="https://birds.example.org/17",
        identifiers={"doi": "10.1234/jwb.2021.17", "pmid": "33456789"},
    )
    assert isinstance(reeds, Paper) and isinstance(handbook, Paper)
    assert (reeds.id, reeds.authors, reeds.venue) == ("2303.12345", ("Gabriel José García Márquez",), None)
    assert (handbook.authors, handbook.year, handbook.abstract) == (("Gil Heron",), None, "")


def test_scopus_csv_is_read_and_scopus_is_no_venue() -> None:
    heron, reeds = read_papers(DATA / "scopus.csv")
    assert isinstance(heron, Paper) and isinstance(reeds, Paper)
    assert (heron.authors, heron.year) == (("Byron A.", "Li B."), 2021)
    assert (heron.venue, heron.id) == ("Journal of Wetland Birds", "10.1234/jwb.2021.17")
    assert (reeds.venue, reeds.abstract, reeds.identifiers) == (None, "", {})


def test_web_of_science_is_read_by_its_two_letter_columns() -> None:
    [heron] = read_papers(DATA / "web_of_science.txt")
    assert heron == Paper(
        "10.1234/jwb.2021.17",
        "Counting Herons by Ear",
        "We count herons.",
        authors=("Ada Byron", "Bo Li"),
        year=2021,
        venue="JOURNAL OF WETLAND BIRDS",
        url="https://doi.org/10.1234/jwb.2021.17",
        identifiers={"doi": "10.1234/jwb.2021.17", "pmid": "33456789"},
    )


def test_sheet_that_excel_wrote_with_its_separator_is_read() -> None:
    items = list(read_papers(DATA / "excel.csv"))
    assert [item.title for item in items if isinstance(item, Paper)] == [
        "Counting Herons by Ear",
        "Reeds Only",
    ]
    assert len(items) == 2
    heron = items[0]
    assert isinstance(heron, Paper)
    assert (heron.id, heron.year, heron.venue) == ("2101.04567", 2021, "JWB")
    assert heron.authors == ("Ada Byron", "Bo Li")


def test_publish_or_perish_is_read_and_its_source_is_the_venue() -> None:
    [heron] = read_papers(DATA / "publish_or_perish.csv")
    assert isinstance(heron, Paper)
    assert (heron.venue, heron.year) == ("Journal of Wetland Birds", 2021)
    assert heron.url == "https://birds.example.org/17"
    assert heron.authors == ("A Byron", "B Li")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separator_is_told_from_the_first_line(tmp_path: Path, separator: str, end: str) -> None:
    rows = [["Title", "Abstract", "Year"], ["Auks", "They dive, swim; fly.", "1999"]]
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end).writerows(rows)
    assert read(tmp_path, text.getvalue()) == [Paper("auks", "Auks", "They dive, swim; fly.", year=1999)]


def test_note_above_the_names_of_the_columns_is_passed_over(tmp_path: Path) -> None:
    text = '"About the data: exported on Jan 05, 2024."\n\nRank,DOI,Title,Abstract\n1,,Auks,x\n'
    assert titles(read(tmp_path, text)) == ["Auks"]


def test_text_in_quotes_may_hold_lines_and_rows_are_counted_by_their_first(tmp_path: Path) -> None:
    text = 'Title,Abstract\n"Auks","They dive.\n\nThey swim."\n\n,no title\nBitterns,x\n'
    assert read(tmp_path, text) == [
        Paper("auks", "Auks", "They dive. They swim."),
        'papers.csv, line 6: "title" is missing.',
        Paper("bitterns", "Bitterns", "x"),
    ]


def test_rows_of_other_lengths_are_read_if_nothing_can_be_in_the_wrong_place(tmp_path: Path) -> None:
    rows = ["Auks,x,1999,,", "Bitterns,y", "Cranes, they fly, far,1999", "Ducks", " , ,", "Egrets,z,1999"]
    text = "\n".join(["Title,Abstract,Year", *rows])
    assert titles(read(tmp_path, text)) == [
        "Auks",
        "Bitterns",
        "papers.csv, line 4: this row has 4 cells, the first line 3; is a text with commas not in quotes?",
        "papers.csv, line 5: this row has 1 cell, the first line 3.",
        "Egrets",
    ]


@pytest.mark.parametrize("rest", ["", '"Ducks","x",1999\n', "Ducks,x,1999\n" * 30_000])
def test_quote_that_is_not_closed_costs_its_own_row_only(tmp_path: Path, rest: str) -> None:
    items = titles(
        read(tmp_path, f'Title,Abstract,Year\n"Auks,x,1999\nBitterns,y,1999\nCranes,z,1999\n{rest}')
    )
    assert items[1:3] == ["Bitterns", "Cranes"]
    assert str(items[0]).startswith("papers.csv, line 2: a")
    assert "quote" in items[0]
    assert len(items) == 3 + rest.count("\n")


def test_cell_that_is_longer_than_any_abstract_is_rejected_and_the_limit_of_csv_is_left(
    tmp_path: Path,
) -> None:
    limit = csv.field_size_limit()
    items = titles(read(tmp_path, f"Title,Abstract\nAuks,{'x' * (limit + 1)}\nBitterns,y\n"))
    assert items == [
        f"papers.csv, line 2: a cell is longer than {limit} characters; is its quote not closed?",
        "Bitterns",
    ]
    assert csv.field_size_limit() == limit


def test_words_that_programs_write_for_nothing_are_nothing(tmp_path: Path) -> None:
    text = "Title,Abstract,Authors,Year,Venue\nAuks,NaN,nan,nan,None\n"
    assert read(tmp_path, text) == [Paper("auks", "Auks", "")]


def test_of_columns_of_one_name_the_first_filled_counts(tmp_path: Path) -> None:
    text = "Title,Title,DOI,doi\n,Auks,10.1234/a,10.1234/b\n"
    assert read(tmp_path, text) == [
        Paper("10.1234/a", "Auks", "", url="https://doi.org/10.1234/a", identifiers={"doi": "10.1234/a"})
    ]


def test_zero_bytes_far_down_in_a_table_do_no_harm(tmp_path: Path) -> None:
    rows = "Auks,x\n" * 20_000
    assert titles(read(tmp_path, f"Title,Abstract\n{rows}Bit\0terns,y\n"))[-1] == "Bitterns"


def test_table_without_a_title_names_the_columns_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(FileError) as error:
        read(tmp_path, "Bird;Count; Place \nHeron;5;Fen\n")
    expected = 'papers.csv: no column is called "title"; the columns are: Bird, Count, Place.'
    assert str(error.value).endswith(expected)
    with pytest.raises(FileError, match=r"Column 11 and 88 more\.$"):
        read(tmp_path, ",".join(f"Column {number}" for number in range(100)))


def test_list_of_titles_alone_is_read_when_it_is_said_to_be_a_table(tmp_path: Path) -> None:
    assert titles(read(tmp_path, "Title\nAuks\n\nBitterns\n")) == ["Auks", "Bitterns"]


def test_table_of_quotes_only_comes_to_an_end(tmp_path: Path) -> None:
    items = read(tmp_path, "Title,Abstract\n" + '"a,"b"\n' * 20_000)
    assert all(isinstance(item, str) for item in items)


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)] * 3),
        max_size=6,
    )
)
def test_every_row_is_a_paper_or_a_rejection(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("Title", "Abstract", "Authors"), ("First", "x", ""), *rows])
    items = list(read_papers(path, format="csv"))
    filled = sum(any(cell.strip() for cell in row) for row in rows)
    assert len(items) == 1 + filled
    assert all(isinstance(item, Paper | Rejection) for item in items)
