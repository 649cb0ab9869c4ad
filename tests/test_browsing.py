"""Looking through a library: words, years, venues and orders, and what is found by meaning instead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import EGRET, HERON, PAPERS, TIDE, make_paper
from fakes import HashingEmbedding

from index_store.browsing import Browsing, Look, Order, find_papers
from index_store.errors import LibraryError
from index_store.paper_index import PaperIndex

OLD = make_paper(
    "Ärger in the Reeds", "Herons quarrel.", authors=("Ada Byron",), year=1999, venue="Zoo 100%"
)
NEW = make_paper("Zebra Finches", "They sing of convolutions.", year=2024, venue="ICASSP", id="2401.00001",
                 identifiers={"arxiv_id": "2401.00001", "doi": "10.5555/zebra"})  # fmt: skip


@pytest.fixture
def shelf(library: Path) -> Iterator[PaperIndex]:
    with PaperIndex(library, HashingEmbedding()) as index:
        index.add([*PAPERS, OLD, NEW])
        yield index


def found(index: PaperIndex, words: str = "", order: Order = "relevance", **rest: object) -> list[str]:
    return find_papers(index, Look(words, **rest), order).ids  # type: ignore[arg-type]


def test_every_word_must_stand_somewhere_in_a_paper(shelf: PaperIndex) -> None:
    assert set(found(shelf, "convolutions")) == {EGRET.id, NEW.id}
    assert found(shelf, "convolut phone") == [EGRET.id]
    assert found(shelf, "byron") == [OLD.id]


def test_words_are_found_whatever_their_case_and_are_no_patterns(shelf: PaperIndex) -> None:
    assert found(shelf, "ÄRGER") == [OLD.id]
    assert found(shelf, "100%") == [OLD.id]
    assert find_papers(shelf, Look("1%0")).by_meaning
    assert find_papers(shelf, Look("' OR 1=1 --")).by_meaning


def test_paper_with_the_words_in_its_title_comes_before_others(shelf: PaperIndex) -> None:
    assert Browsing(shelf.folder).ids(Look("convolutions"), "relevance") == [EGRET.id, NEW.id]
    assert Browsing(shelf.folder).ids(Look("heron"), "relevance")[0] == HERON.id


@pytest.mark.parametrize("named", ["2401.00001", "https://doi.org/10.5555/zebra", "arXiv:2401.00001v2"])
def test_paper_is_found_by_its_identifier(shelf: PaperIndex, named: str) -> None:
    assert found(shelf, named)[0] == NEW.id


def test_no_words_find_all_papers_in_the_order_asked_for(shelf: PaperIndex) -> None:
    assert found(shelf, order="title")[:2] == [EGRET.id, HERON.id]
    assert found(shelf, order="newest")[0] == NEW.id
    assert found(shelf, order="oldest")[0] == OLD.id
    assert found(shelf, order="added") == [paper.id for paper in (NEW, OLD, TIDE, EGRET, HERON)]


def test_papers_without_a_year_come_last_by_year(shelf: PaperIndex) -> None:
    for order in ("newest", "oldest"):
        assert set(found(shelf, order=order)[-2:]) == {EGRET.id, TIDE.id}


def test_years_and_venues_leave_papers_out(shelf: PaperIndex) -> None:
    assert found(shelf, order="title", first_year=1999, last_year=2023) == [OLD.id]
    assert found(shelf, order="title", first_year=2024) == [HERON.id, NEW.id]
    assert found(shelf, "songs", venues=("ICASSP", "Zoo 100%")) == [HERON.id]
    assert NEW.id not in found(shelf, "2401.00001", last_year=2000)


def test_words_of_no_paper_find_those_nearest_in_meaning_within_years(shelf: PaperIndex) -> None:
    near = find_papers(shelf, Look("xylophone songs"))
    assert near.by_meaning
    assert {HERON.id, EGRET.id} <= set(near.ids)
    assert find_papers(shelf, Look("xylophone songs", first_year=2024)).ids[0] == HERON.id
    assert EGRET.id not in find_papers(shelf, Look("xylophone songs", first_year=2024)).ids


def test_years_and_venues_are_counted(shelf: PaperIndex) -> None:
    assert Browsing(shelf.folder).years() == [(1999, 1), (2024, 2)]
    assert Browsing(shelf.folder).venues() == [("ICASSP", 2), ("Zoo 100%", 1)]


def test_library_is_looked_through_while_papers_are_added(shelf: PaperIndex) -> None:
    browsing = Browsing(shelf.folder)
    before = browsing.generation
    seen: list[int] = []
    more = [make_paper(f"Paper {n}", f"Herons of kind{n}.") for n in range(130)]
    shelf.add(more, progress=lambda _: seen.append(len(browsing.ids(Look("kind1")))))
    assert seen[0] < seen[-1] == 41
    assert browsing.generation > before


def test_pasted_page_is_searched_by_its_first_words_only(shelf: PaperIndex) -> None:
    assert found(shelf, " ".join(["herons", *["quarrel"] * 20, "xylophone"])) == [OLD.id]


def test_damaged_catalog_is_an_error_that_says_which(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_text("this is no catalog, it is a letter to a friend")
    with pytest.raises(LibraryError, match=r"catalog\.sqlite"):
        Browsing(tmp_path).years()
