"""Feeds are read without fetching anything, and those made to do harm are refused."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store.errors import FileError
from index_store.readers import read_papers
from index_store.values import Paper, Rejection

DATA = Path(__file__).parent / "data" / "formats"
API = (DATA / "arxiv_api.xml").read_text(encoding="utf-8")
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'


def read(tmp_path: Path, text: str | bytes) -> list[object]:
    path = tmp_path / "feed.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_papers(path, format="atom"))


def test_answer_of_arxivs_api_is_read() -> None:
    herons, algebra = read_papers(DATA / "arxiv_api.xml")
    assert herons == Paper(
        "2212.98765",
        "Seeing Herons Through Reeds & Rushes",
        "Reeds hide herons when $a < b$ and c > d. We learn to see through them.",
        authors=("Ada Byron", "Bo Li"),
        year=2022,
        venue="J. Wetl. Birds 14 (2023) 5-17",
        url="https://arxiv.org/abs/2212.98765",
        identifiers={"arxiv_id": "2212.98765", "doi": "10.1234/jwb.2023.5"},
    )
    assert isinstance(algebra, Paper)
    assert (algebra.id, algebra.authors, algebra.year) == ("math/0309136", ("Jan van den Berg",), 2003)


def test_error_of_arxivs_api_is_no_paper() -> None:
    assert list(read_papers(DATA / "arxiv_error.xml")) == [
        Rejection(
            "arxiv_error.xml, entry 1",
            "arXiv answered with an error: incorrect id format for 1234.123456.",
        )
    ]


def test_arxivs_feed_of_new_papers_is_read_without_its_announcement() -> None:
    assert list(read_papers(DATA / "arxiv_new.atom")) == [
        Paper(
            "2403.12345",
            "Herons at Night",
            "We photograph herons at night.",
            authors=("Ada Byron", "Bo Li"),
            year=2024,
            venue="Night Birds 3, 2024",
            url="https://arxiv.org/abs/2403.12345",
            identifiers={"arxiv_id": "2403.12345", "doi": "10.1234/night.1"},
        )
    ]


def test_feed_of_a_journal_in_rss_is_read() -> None:
    assert list(read_papers(DATA / "journal.rdf")) == [
        Paper(
            "10.1234/jwb.2021.17",
            "Counting Ardea by Ear",
            "We count herons.",
            authors=("Ada Byron", "Bo Li"),
            year=2021,
            venue="Journal of Wetland Birds",
            url="https://birds.example.org/17",
            identifiers={"doi": "10.1234/jwb.2021.17"},
        )
    ]


@pytest.mark.parametrize(
    "part", ["<title>The Algebra", "Reeds form", "</summary>", "<author>", "</entry>\n</feed>"]
)
def test_entry_in_which_the_feed_breaks_off_is_rejected_and_those_before_it_are_kept(
    tmp_path: Path, part: str
) -> None:
    paper, rejection = read(tmp_path, API[: API.rindex(part) + len(part) // 2])
    assert isinstance(paper, Paper)
    assert paper.title == "Seeing Herons Through Reeds & Rushes"
    assert rejection == Rejection("feed.xml, entry 2", "the feed breaks off here; get the file once more.")


def test_entries_with_a_stray_mark_are_read_all_the_same(tmp_path: Path) -> None:
    herons, algebra = read(tmp_path, API.replace("Reeds &amp; Rushes", "Reeds & Rushes"))
    assert isinstance(herons, Paper) and isinstance(algebra, Paper)
    assert herons.title == "Seeing Herons Through Reeds & Rushes"
    assert herons.identifiers["arxiv_id"] == "2212.98765"
    assert algebra.title == "The Algebra of Reeds"


def test_entry_without_a_title_is_rejected_by_its_number(tmp_path: Path) -> None:
    feed = f"<feed {ATOM}><entry><title>Auks</title></entry><entry><summary>x</summary></entry></feed>"
    paper, rejection = read(tmp_path, feed)
    assert isinstance(paper, Paper)
    assert rejection == Rejection("feed.xml, entry 2", '"title" is missing.')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_bomb_of_entities_is_refused_at_once(tmp_path: Path, encoding: str) -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "ha">{levels}]><feed {ATOM}><entry><title>&a9;</title></entry></feed>'
    began = perf_counter()
    with pytest.raises(FileError, match="declares entities"):
        read(tmp_path, f'<?xml version="1.0"?>{bomb}'.encode(encoding))
    assert perf_counter() - began < 1


def test_entity_that_names_a_file_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("Secret Herons")
    entry = "<entry><title>&a;</title></entry>"
    feed = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]><feed {ATOM}>{entry}</feed>'
    with pytest.raises(FileError, match="declares entities"):
        read(tmp_path, feed)


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1:9/feed", "/etc/passwd", "file:///etc/passwd", "feed.xml"]
)
def test_text_that_is_an_address_or_the_name_of_a_file_is_not_followed(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileError, match="no papers found; it was read as a feed"):
        read(tmp_path, text)


def test_feed_of_nothing_holds_no_papers(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no papers found; it was read as a feed"):
        read(tmp_path, f"<feed {ATOM}><title>None</title></feed>")


def test_encoding_that_a_feed_names_and_does_not_have_does_no_harm(tmp_path: Path) -> None:
    entry = "<entry><title>Möwen</title></entry>"
    feed = f'<?xml version="1.0" encoding="ISO-8859-1"?><feed {ATOM}>{entry}</feed>'
    for encoding in ("utf-8", "iso-8859-1", "utf-16"):
        [paper] = read(tmp_path, feed.encode(encoding))
        assert isinstance(paper, Paper)
        assert paper.title == "Möwen"


def test_character_that_is_none_makes_a_feed_damaged(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"feed\.xml: this feed is damaged"):
        read(tmp_path, f"<feed {ATOM}><entry><title>&#99999999;</title></entry></feed>")


PIECES = (
    "< > & <! <![CDATA[ ]]> <!-- --> <? ' \" </entry> <entry> &#x110000; <!DOCTYPE <link/> xml:base='http://[::1'"
).split()


@given(
    st.lists(st.tuples(st.integers(0, len(API)), st.sampled_from(PIECES) | st.text(max_size=5)), max_size=4)
)
def test_feed_with_any_fault_gives_papers_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, faults: list[tuple[int, str]]
) -> None:
    text = API
    for place, piece in faults:
        text = text[:place] + piece + text[place:]
    try:
        items = read(tmp_path_factory.getbasetemp(), text.encode(errors="replace"))
    except FileError as error:
        assert "feed.xml: " in str(error)
        assert "\n" not in str(error)
    else:
        assert all(isinstance(item, Paper | Rejection) for item in items)
