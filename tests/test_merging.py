"""Which records are one paper, and what one paper is made of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import make_paper
from fakes import HashingEmbedding
from hypothesis import given, settings
from hypothesis import strategies as st

from index_store.checks import check_library
from index_store.merging import are_one, fill, record_key, renew
from index_store.paper_index import PaperIndex
from index_store.values import AddSummary, Paper

TITLE = "Wading Birds Learn Where the Fish Are"
AUTHORS = ("Ada Byron", "Bo Li")
PREPRINT = make_paper(
    TITLE,
    "Herons wait. We show that they learn.",
    id="2401.00001",
    authors=AUTHORS,
    year=2024,
    url="https://arxiv.org/abs/2401.00001",
    identifiers={"arxiv_id": "2401.00001"},
)
PUBLISHED = make_paper(
    TITLE.upper() + ".",
    "Herons wait and learn.",
    id="10.1000/birds.7",
    authors=("Byron, A.", "Li, B."),
    year=2025,
    venue="Journal of Waders",
    url="https://doi.org/10.1000/birds.7",
    identifiers={"doi": "10.1000/birds.7"},
)


def make_index(folder: Path) -> PaperIndex:
    return PaperIndex(folder, HashingEmbedding())


# Who is who


@pytest.mark.parametrize(
    ("change", "one"),
    [
        ({}, True),
        ({"title": "Fish Flee from Wading Birds"}, False),
        ({"authors": ()}, True),
        ({"authors": ("Carla Diaz",)}, False),
        ({"identifiers": {"arxiv_id": "2402.00002"}}, False),
        ({"identifiers": {"doi": "10.1000/birds.8", "arxiv_id": "2401.00001"}}, True),
        ({"identifiers": {"doi": "10.1101/2024.01.01"}}, True),
    ],
)
def test_papers_of_one_title_are_one_unless_authors_or_identifiers_differ(
    change: dict[str, object], one: bool
) -> None:
    other = replace(PUBLISHED, **change)  # type: ignore[arg-type]
    assert are_one(PREPRINT, other) is are_one(other, PREPRINT) is one


def test_two_published_dois_are_two_papers_and_a_preprint_doi_is_none() -> None:
    assert not are_one(PUBLISHED, replace(PUBLISHED, id="x", identifiers={"doi": "10.1000/birds.8"}))
    assert are_one(PUBLISHED, replace(PUBLISHED, id="x", identifiers={"doi": "10.21203/rs.3.rs-1"}))


def test_one_arxiv_id_is_one_paper_under_another_title() -> None:
    renamed = replace(PREPRINT, title="Herons Learn", abstract="New.")
    assert are_one(PREPRINT, renamed)
    assert not are_one(PREPRINT, replace(renamed, authors=("Carla Diaz",)))


def test_doi_of_a_book_does_not_make_its_chapters_one() -> None:
    book = {"doi": "10.1000/book"}
    chapter = make_paper("Herons", "Herons wait in the reeds.", authors=AUTHORS, identifiers=book)
    other = make_paper("Tides", "Tides turn twice each day.", authors=AUTHORS, identifiers=book)
    assert not are_one(chapter, other)
    assert are_one(chapter, replace(other, title="Herons: A Longer Title", abstract=""))
    assert are_one(chapter, replace(other, abstract="Herons wait in the reeds and fish."))


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ({}, {}, False),
        ({"authors": ("X. Li",), "year": 2020}, {"authors": ("Y. Li",), "year": 2001}, False),
        ({"authors": ("Wei Lee",)}, {"authors": ("Lee, W.",)}, True),
        ({"authors": ("Wei Lee",), "year": 2019}, {"authors": ("Wei Lee",), "year": 2020}, False),
        ({"abstract": "Herons wait in reeds."}, {"abstract": "Tides turn twice daily."}, False),
        ({"abstract": "Herons wait in reeds."}, {"abstract": "Herons wait, in reeds and elsewhere."}, True),
        ({"id": "P1"}, {"id": "P1"}, True),
    ],
)
def test_short_title_is_one_paper_only_when_more_speaks_for_it(
    first: dict[str, object], second: dict[str, object], one: bool
) -> None:
    papers = [make_paper("Annual Report", **{"abstract": "", **fields}) for fields in (first, second)]  # type: ignore[arg-type]
    assert are_one(*papers) is are_one(*reversed(papers)) is one


def test_filled_paper_keeps_what_it_has_and_renewed_one_takes_what_is_new() -> None:
    filled = fill(PREPRINT, PUBLISHED)
    assert filled == replace(
        PREPRINT,
        venue="Journal of Waders",
        identifiers={"arxiv_id": "2401.00001", "doi": "10.1000/birds.7"},
    )
    assert filled.identifiers == {"arxiv_id": "2401.00001", "doi": "10.1000/birds.7"}
    renewed = renew(PREPRINT, PUBLISHED)
    assert (renewed.id, renewed.abstract, renewed.year) == ("2401.00001", "Herons wait and learn.", 2025)
    assert renew(PREPRINT, replace(PREPRINT, abstract="")).abstract == PREPRINT.abstract


def test_record_keeps_its_key_when_its_abstract_is_edited() -> None:
    assert record_key(PREPRINT) == record_key(replace(PREPRINT, abstract="Edited.", year=1999))
    assert len({record_key(PREPRINT), record_key(PUBLISHED), record_key(make_paper(TITLE, ""))}) == 3


# In a library


def test_preprint_and_published_version_become_one_paper_with_both_links(tmp_path: Path) -> None:
    with make_index(tmp_path) as index:
        assert index.add([PREPRINT, PUBLISHED]) == AddSummary(new=1, merged=1)
        [paper] = index.papers()
        assert paper.links == ("https://arxiv.org/abs/2401.00001", "https://doi.org/10.1000/birds.7")
        assert (paper.abstract, paper.venue) == (PREPRINT.abstract, PUBLISHED.venue)
        for again in ([PREPRINT, PUBLISHED], [PUBLISHED], [PUBLISHED, PREPRINT]):
            assert index.add(again) == AddSummary(unchanged=len(again))
        for name in ("2401.00001v3", "https://doi.org/10.1000/BIRDS.7", TITLE.lower(), "2401.00001"):
            assert index.find(name) == [paper]


def test_new_abstract_of_a_record_replaces_the_chunks_of_its_paper(tmp_path: Path) -> None:
    with make_index(tmp_path) as index:
        index.add([PREPRINT, PUBLISHED])
        assert index.add([replace(PREPRINT, abstract="Zebras graze.")]) == AddSummary(updated=1)
        assert [p.chunk.text for p in index.search("herons wait zebras graze")] == ["Zebras graze."]
        assert index.papers()[0].abstract == "Zebras graze."


def test_files_that_tell_of_one_paper_in_other_words_do_not_take_turns(tmp_path: Path) -> None:
    other = replace(PREPRINT, abstract="Herons wait; they learn.")
    with make_index(tmp_path) as index:
        index.add([PREPRINT])
        assert index.add([other]) == AddSummary(updated=1)
        for again in ([PREPRINT], [other], [PREPRINT, other]):
            assert index.add(again) == AddSummary(unchanged=len(again))
            assert index.papers() == [other]


def test_newer_version_with_another_title_renews_its_paper(tmp_path: Path) -> None:
    with make_index(tmp_path) as index:
        index.add([PREPRINT])
        renamed = replace(PREPRINT, title="Herons Learn to Fish", abstract="Egrets too.")
        assert index.add([renamed]) == AddSummary(updated=1)
        assert index.papers() == [renamed]
        assert index.find(TITLE) == index.find("Herons Learn to Fish") == [renamed]


def test_record_that_joins_two_papers_leaves_one(tmp_path: Path) -> None:
    published = replace(PUBLISHED, title="Where Herons Find Their Fish")
    both = replace(PREPRINT, identifiers={**PREPRINT.identifiers, **PUBLISHED.identifiers})
    with make_index(tmp_path) as index:
        assert index.add([PREPRINT, make_paper("Tides", "Tides turn."), published]) == AddSummary(new=3)
        assert index.add([both]) == AddSummary(updated=1)
        assert [paper.title for paper in index.papers()] == [TITLE, "Tides"]
        assert index.papers()[0].venue == "Journal of Waders"
        assert [p.chunk.paper.title for p in index.search("herons")] == [TITLE, "Tides"]
        assert index.add([PREPRINT, published, both]) == AddSummary(unchanged=3)


def test_sheets_that_number_their_rows_alike_do_not_overwrite_each_other(tmp_path: Path) -> None:
    sheets = [
        [make_paper(f"{what} {n} of a Long Series", f"{what} {n}.", id=f"P{n}") for n in range(3)]
        for what in ("Aspirin", "Bees")
    ]
    with make_index(tmp_path) as index:
        for sheet in (*sheets, *sheets):
            index.add(sheet)
        assert {paper.abstract for paper in index.papers()} == {
            p.abstract for sheet in sheets for p in sheet
        }
        assert index.add([*sheets[1], *sheets[0]]) == AddSummary(unchanged=6)


def test_merge_that_only_removes_a_paper_keeps_the_indexes_in_step(tmp_path: Path) -> None:
    both = {**PREPRINT.identifiers, **PUBLISHED.identifiers}
    whole = replace(PREPRINT, identifiers=both, venue="Journal of Waders")
    other = make_paper("Where Herons Find Their Fish", "Herons wait.", authors=AUTHORS)
    joining = replace(whole, title=other.title, authors=AUTHORS)
    with make_index(tmp_path) as index:
        index.add([whole, other])
        assert index.add([joining]).done == 1
        assert index.count_papers() == 1
        assert {p.chunk.paper.id for p in index.search("herons")} == {whole.id}
    assert [found for found in check_library(tmp_path, embedder="hashing") if found.state != "ok"] == []


def test_record_with_more_identifiers_brings_its_corrections(tmp_path: Path) -> None:
    corrected = replace(
        PREPRINT,
        abstract="Herons wait and fish.",
        identifiers={**PREPRINT.identifiers, **PUBLISHED.identifiers},
    )
    with make_index(tmp_path) as index:
        index.add([PREPRINT])
        assert index.add([corrected]) == AddSummary(updated=1)
        assert index.papers()[0].abstract == "Herons wait and fish."


def test_names_are_found_whatever_their_script_and_case(tmp_path: Path) -> None:
    with make_index(tmp_path) as index:
        index.add([replace(PREPRINT, authors=("Özgün Çiçek",)), make_paper("Tides", "Tides turn.")])
        for words in ("Çiçek", "çiçek özgün", "ÇİÇEK".replace("İ", "i")):
            assert [paper.title for paper in index.find(words)] == [TITLE]
        assert index.find(" ") == []


def test_two_papers_of_one_title_stay_two(tmp_path: Path) -> None:
    first = make_paper("Editorial", "Birds.", authors=("Ada Byron",))
    second = make_paper("Editorial", "Tides.", authors=("Bo Li",))
    with make_index(tmp_path) as index:
        assert index.add([first, second]) == AddSummary(new=2)
        assert [paper.abstract for paper in index.papers()] == ["Birds.", "Tides."]
        assert len({paper.id for paper in index.papers()}) == 2
        assert index.add([first, second]) == AddSummary(unchanged=2)


def test_removed_paper_may_come_again(tmp_path: Path) -> None:
    with make_index(tmp_path) as index:
        index.add([PREPRINT, PUBLISHED])
        index.remove([PREPRINT.id])
        assert index.add([PUBLISHED]) == AddSummary(new=1)
        assert index.papers() == [PUBLISHED]


def test_missing_abstract_comes_with_another_record(tmp_path: Path) -> None:
    bare = replace(PUBLISHED, abstract="")
    with make_index(tmp_path) as index:
        assert index.add([bare]) == AddSummary(new=1, without_abstract=(bare.title,))
        assert index.add([PREPRINT]) == AddSummary(merged=1)
        assert index.search("herons")[0].chunk.text == PREPRINT.abstract
        assert index.add([bare]) == AddSummary(unchanged=1)


SMALL = st.builds(
    lambda title, abstract, author, ids: make_paper(
        title,
        abstract,
        id=next(iter(ids.values()), title.lower().replace(" ", "-")),
        authors=(author,) if author else (),
        identifiers=ids,
    ),
    st.sampled_from(["Wading Birds", "Tidal Fish", "Birds"]),
    st.sampled_from(["", "Herons wait.", "Tides turn."]),
    st.sampled_from(["", "Ada Byron", "Bo Li"]),
    st.dictionaries(st.sampled_from(["arxiv_id", "doi"]), st.sampled_from(["10.1000/a", "10.1000/b"])),
)


@given(papers=st.lists(SMALL, max_size=8), split=st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_adding_the_same_papers_again_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, papers: list[Paper], split: int
) -> None:
    with make_index(tmp_path_factory.mktemp("library")) as index:
        summary = index.add(papers)
        assert summary.done == len(papers)
        assert index.count_papers() <= summary.new
        before = (index.papers(), index.fingerprint)
        assert index.add(papers).unchanged == len(papers)
        for part in (papers[:split], papers[split:]):
            again = index.add(part)
            assert again.new == 0
        assert len(index.papers()) == len(before[0])
