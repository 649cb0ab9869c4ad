"""DOIs, arXiv ids and PubMed ids are found in what people paste, and have one spelling each."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store.identifiers import find_arxiv_id, find_doi, identifiers_in, links


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1234/ABC.5", "10.1234/abc.5"),
        ("https://doi.org/10.1234/abc.", "10.1234/abc"),
        ("http://dx.doi.org/10.1234%2Fabc", "10.1234/abc"),
        ("see (doi:10.1234/a(b)c), and so on", "10.1234/a(b)c"),
        ("<a href='10.1234/x'>", "10.1234/x"),
        ("10.1002/(SICI)1097(1998)4:8<6::A>3.0.CO;2-O", "10.1002/(sici)1097(1998)4:8<6::a>3.0.co;2-o"),
        ("doi.org/10.1002/(SICI)1097(1998)4:8%3C6::A%3E3.0", "10.1002/(sici)1097(1998)4:8<6::a>3.0"),
        ("https://www.biorxiv.org/content/10.1101/2020.03.24.00465v2.full.pdf", "10.1101/2020.03.24.00465"),
        ("https://www.frontiersin.org/articles/10.3389/fnins.2020.00001/full", "10.3389/fnins.2020.00001"),
        ("https://dl.acm.org/doi/10.1145/3442188.3445922?download=true", "10.1145/3442188.3445922"),
        ("https://www.researchsquare.com/article/10.21203/rs.3.rs-1/v1", "10.21203/rs.3.rs-1/v1"),
        ("10.1234/abstract", "10.1234/abstract"),
        ("10.1234/", ""),
        ("version 10.2 of it", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_doi_is_found_without_what_stands_around_it(text: str, doi: str) -> None:
    assert find_doi(text) == doi


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("arXiv:2303.12345v2 [cs.CV] 21 Mar 2023", "2303.12345"),
        ("arXiv preprint arXiv:0704.0001", "0704.0001"),
        ("https://arxiv.org/pdf/2303.12345v2.pdf", "2303.12345"),
        ("http://arxiv.org/abs/hep-th/9901001v1", "hep-th/9901001"),
        ("arXiv:math.GT/0309136", "math/0309136"),
        ("10.48550/arXiv.2303.12345", "2303.12345"),
        ("2303.12345", ""),
        ("arXiv:2313.12345", ""),
        ("arXiv:2303.123456", ""),
        ("10.1016/j.physletb.2303.12345", ""),
    ],
)
def test_arxiv_id_is_found_where_it_is_called_one(text: str, id: str) -> None:
    assert find_arxiv_id(text) == id


@pytest.mark.parametrize("text", ["2303.12345", " 2303.12345v7 ", "cs.CV/0101001"])
def test_bare_arxiv_id_is_one_only_where_it_may_be(text: str) -> None:
    assert find_arxiv_id(text) == ""
    assert find_arxiv_id(text, bare=True) in ("2303.12345", "cs/0101001")


def test_fields_come_before_texts_and_arxiv_dois_are_arxiv_ids() -> None:
    texts = "https://arxiv.org/abs/1901.00001 and https://doi.org/10.1234/other"
    assert identifiers_in(doi="10.1234/Own", arxiv_id="2303.12345v2", texts=texts) == {
        "arxiv_id": "2303.12345",
        "doi": "10.1234/own",
    }
    assert identifiers_in(texts=texts) == {"arxiv_id": "1901.00001", "doi": "10.1234/other"}
    assert identifiers_in(doi="10.48550/arXiv.2303.12345") == {"arxiv_id": "2303.12345"}


@pytest.mark.parametrize(
    ("text", "pmid"),
    [
        ("33456789", "33456789"),
        ("PMID: 33456789", "33456789"),
        ("https://pubmed.ncbi.nlm.nih.gov/33456789/", "33456789"),
        ("PMC7654321", None),
        ("none", None),
    ],
)
def test_pubmed_id_is_no_pubmed_central_id(text: str, pmid: str | None) -> None:
    assert identifiers_in(pmid=text).get("pmid") == pmid


def test_links_name_every_address_once() -> None:
    known = {"arxiv_id": "2303.12345", "doi": "10.1/a", "pmid": "5"}
    assert links("https://arxiv.org/abs/2303.12345", known) == (
        "https://arxiv.org/abs/2303.12345",
        "https://doi.org/10.1/a",
        "https://pubmed.ncbi.nlm.nih.gov/5/",
    )
    assert links(None, {}) == links("", {}) == ()


@pytest.mark.parametrize("text", ["10.1234/" + ")" * 500_000, "arxiv" * 200_000, "10." * 300_000])
def test_long_text_takes_no_time(text: str) -> None:
    began = perf_counter()
    find_doi(text)
    find_arxiv_id(text, bare=True)
    assert perf_counter() - began < 5


@given(st.text())
def test_what_is_found_is_found_again_in_itself(text: str) -> None:
    doi, arxiv_id = find_doi(f"10.1234/{text}"), find_arxiv_id(f"arXiv:2303.12345{text}")
    assert find_doi(doi) == doi
    assert find_arxiv_id(arxiv_id, bare=True) == arxiv_id
