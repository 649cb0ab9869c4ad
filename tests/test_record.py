"""Records of every dialect become the same papers; the files are written as the tools write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index_store.errors import FileError
from index_store.readers import read_papers
from index_store.readers.record import field_name, paper_from_record
from index_store.values import Paper, Rejection
from ui.answer_json import paper_object

DATA = Path(__file__).parent / "data" / "formats"


def papers_of(name: str) -> list[Paper]:
    papers = []
    for item in read_papers(DATA / name):
        assert isinstance(item, Paper), item
        papers.append(item)
    return papers


def test_zotero_csl_json_is_read() -> None:
    heron, reeds, handbook = papers_of("csl_zotero.json")
    assert heron == Paper(
        "10.1234/jwb.2021.17",
        "Counting Ardea cinerea by Ear",
        "We listen to herons < 2 km away and count them.",
        authors=("Ada Byron", "Jan van den Berg", "The Wetland Consortium"),
        year=2021,
        venue="Journal of Wetland Birds",
        url="https://birds.example.org/17",
        identifiers={"doi": "10.1234/jwb.2021.17", "pmid": "33456789"},
    )
    assert (reeds.id, reeds.year, reeds.venue) == ("2303.12345", 2023, None)
    assert reeds.identifiers == {"arxiv_id": "2303.12345"}
    assert (handbook.authors, handbook.year, handbook.abstract) == (("Gil Heron Jr.",), None, "")


def test_better_csl_json_is_read_and_its_citation_key_is_no_id() -> None:
    [paper] = papers_of("csl_better.json")
    assert (paper.id, paper.year, paper.authors) == ("10.1234/conf.9", 2021, ("Ada Byron",))
    assert paper.venue == "Proceedings of the 3rd Conference on Birds"


def test_crossref_works_are_read() -> None:
    heron, reeds = papers_of("crossref.json")
    assert heron == Paper(
        "10.1234/jwb.2021.17",
        "Counting Herons by Ear",
        "We count herons by ear with p < 0.05 & little noise.",
        authors=("Ada Byron", "The Wetland Consortium"),
        year=2021,
        venue="Journal of Wetland Birds",
        url="https://doi.org/10.1234/jwb.2021.17",
        identifiers={"doi": "10.1234/jwb.2021.17"},
    )
    assert (reeds.title, reeds.abstract, reeds.year, reeds.venue) == (
        "Reeds Without Abstract",
        "",
        None,
        None,
    )


def test_arxiv_snapshot_is_read() -> None:
    heron, strings = papers_of("arxiv_snapshot.jsonl")
    assert heron == Paper(
        "0704.0001",
        "Counting of herons at marshes with two ears",
        "We count herons at marshes. The rate is smaller than $10^{-2}$ per hour.",
        authors=("A. Byron", "J. van den Berg", "B. Li Jr."),
        year=2007,
        venue="J.Wetl.Birds 12:101,2007",
        url="https://arxiv.org/abs/0704.0001",
        identifiers={"arxiv_id": "0704.0001", "doi": "10.1234/jwb.12.101"},
    )
    assert (strings.id, strings.year, strings.venue) == ("hep-th/9901001", 1999, None)


def test_openalex_works_are_read_and_their_inverted_abstracts_put_in_order() -> None:
    heron, reeds = papers_of("openalex.json")
    assert heron == Paper(
        "2101.04567",
        "Counting Herons by Ear",
        "We count herons and then count egrets.",
        authors=("Ada Byron", "Bo Li"),
        year=2021,
        venue="Journal of Wetland Birds",
        url="https://birds.example.org/17",
        identifiers={"arxiv_id": "2101.04567", "doi": "10.1234/jwb.2021.17", "pmid": "33456789"},
    )
    assert reeds == Paper("reeds-without-abstract", "Reeds Without Abstract", "", year=2019)


@pytest.mark.parametrize("name", ["semantic_scholar.json", "semantic_scholar.jsonl"])
def test_semantic_scholar_is_read(name: str) -> None:
    heron = papers_of(name)[0]
    assert (heron.id, heron.title, heron.year) == ("2101.04567", "Counting Herons by Ear", 2021)
    assert heron.authors[0] == "Ada Byron"
    assert heron.identifiers["doi"] == "10.1234/jwb.2021.17"
    assert heron.venue in ("Journal of Wetland Birds", "J. Wetl. Birds")
    assert heron.url == "https://www.semanticscholar.org/paper/649def34f8be52c8b66281af98ae884c09aef38b"


def test_semantic_scholars_record_without_anything_is_a_paper() -> None:
    reeds = papers_of("semantic_scholar.json")[1]
    assert reeds == Paper(
        "reeds-without-abstract", "Reeds Without Abstract", "", venue="Conference on Reeds"
    )


def test_list_of_references_holds_the_cited_papers() -> None:
    paper = paper_from_record({"isInfluential": True, "citedPaper": {"paperId": "x", "title": "Herons"}})
    assert paper.title == "Herons"


@pytest.mark.parametrize(
    "paper",
    [
        Paper("2303.12345", "Herons", "They hide.", url="https://arxiv.org/abs/2303.12345",
              identifiers={"arxiv_id": "2303.12345", "doi": "10.1234/x", "pmid": "5"}),
        Paper("mine", "A < B & C: Über Möwen", "", authors=("Ada Byron", "Li"), year=1999, venue="JWB"),
        Paper("10.1234/x", "Herons", "They hide.", url="https://birds.example.org/1",
              identifiers={"doi": "10.1234/x"}),
        Paper("great-herons", "Great Herons", "N < 5.", authors=("Ada Byron",)),
    ],
)  # fmt: skip
def test_what_paperchat_prints_is_read_back_as_it_was(tmp_path: Path, paper: Paper) -> None:
    path = tmp_path / "papers.json"
    path.write_text(json.dumps({"papers": [paper_object(paper)]}, indent=2))
    assert list(read_papers(path)) == [paper]


@pytest.mark.parametrize("id", ["17", 17, "http://zotero.org/users/1/items/A", "https://openalex.org/W1"])
def test_number_of_a_row_and_place_in_another_database_are_no_ids(id: object) -> None:
    assert paper_from_record({"id": id, "title": "Great Herons"}).id == "great-herons"


def test_id_that_is_an_address_at_arxiv_or_a_doi_is_an_identifier() -> None:
    paper = paper_from_record({"id": "http://arxiv.org/abs/2303.12345v2", "title": "Herons"})
    assert (paper.id, paper.identifiers) == ("2303.12345", {"arxiv_id": "2303.12345"})
    assert paper_from_record({"id": "10.1234/x", "title": "Herons"}).identifiers == {"doi": "10.1234/x"}


def test_database_that_a_record_was_found_in_is_no_venue_but_a_source_without_one_is() -> None:
    assert paper_from_record({"title": "Herons", "source": "JWB"}).venue == "JWB"
    assert paper_from_record({"title": "Herons", "source": "Crossref", "type": "article"}).venue is None


def test_abstract_in_paragraphs_is_joined() -> None:
    assert paper_from_record({"title": "Herons", "abstract": ["We see.", "We hear."]}).abstract == (
        "We see. We hear."
    )


def test_records_with_odd_values_are_read_without_them(tmp_path: Path) -> None:
    odd = {"a": {"b": [[[{"name": 5}]]]}}
    record = {"title": "Herons", "venue": True, "url": [odd], "doi": 10.5, "ids": [1], "note": odd,
              "versions": [5], "primary_location": "x", "locations": [5, {"landing_page_url": odd}],
              "abstract_inverted_index": {"we": 5, "see": [0, "x", None, 1.5]}}  # fmt: skip
    path = tmp_path / "a.json"
    path.write_text(json.dumps([record]))
    assert list(read_papers(path)) == [Paper("herons", "Herons", "see")]


def test_record_of_another_kind_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "error.json"
    path.write_text('{"message": "Too Many Requests", "code": "429"}')
    assert list(read_papers(path)) == [Rejection("error.json, line 1", '"title" is missing.')]


def test_names_of_fields_are_compared_by_their_letters() -> None:
    assert (
        field_name("Publication Year") == field_name("publication_year") == field_name("publication-year")
    )


def test_files_of_this_test_are_there() -> None:
    with pytest.raises(FileError):
        papers_of("missing.json")
