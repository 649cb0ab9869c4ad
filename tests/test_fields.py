"""The fields of a record are cleaned in the same way, whichever file they come from."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store.readers.fields import author_names, build_paper, clean, person, plain_text, read_year


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<jats:p>We see <jats:italic>p</jats:italic> &lt; 0.05.</jats:p>", "We see p < 0.05."),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("H<sub>2</sub>O at n<sup>2</sup>", "H2O at n2"),
        ("a < b and c > d, x<y>z", "a < b and c > d, x<y>z"),
        ("<jats:title>Background:</jats:title><jats:p>Birds.</jats:p>", "Background: Birds."),
        (
            "Bird &amp; Reed &amp;amp; Fen &#8211; R&D; &unknown; A&B",
            "Bird & Reed & Fen – R&D; &unknown; A&B",
        ),
        ("&lt;p&gt;Escaped twice.&lt;/p&gt;", "Escaped twice."),
        ("<span class=\"x\" id='y'>kept</span>", "kept"),
        ("Cafe\u0301 \u200bwith\ufeff\n  breaks\ud800", "Café with breaks"),
        ("No abstract available.", ""),
        ("[No abstract available]", ""),
        ("N/A", ""),
        ("NaN", ""),
    ],
)
def test_markup_goes_and_words_stay(raw: str, text: str) -> None:
    assert plain_text(raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Abstract: We see.", "We see."),
        ("ABSTRACT - We see.", "We see."),
        ("<jats:title>Abstract</jats:title><jats:p>We see.</jats:p>", "We see."),
        ("Abstract art is seen. Abstract: no.", "Abstract art is seen. Abstract: no."),
        ("Abstract", "Abstract"),
    ],
)
def test_abstract_loses_its_own_name(raw: str, text: str) -> None:
    assert build_paper(title="Herons", abstract=raw).abstract == text


def test_title_keeps_the_word_abstract() -> None:
    assert build_paper(title="ABSTRACT: A Language").title == "ABSTRACT: A Language"


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Ada Byron, Bo Li", ["Ada Byron", "Bo Li"]),
        ("Byron, Ada; Li, Bo", ["Ada Byron", "Bo Li"]),
        ("Byron, Ada and Li, Bo", ["Ada Byron", "Bo Li"]),
        ("Ada Byron and Bo Li", ["Ada Byron", "Bo Li"]),
        ("Ada Byron, Bo Li, and Jan Berg", ["Ada Byron", "Bo Li", "Jan Berg"]),
        ("Byron, Ada", ["Ada Byron"]),
        ("García Márquez, Gabriel", ["Gabriel García Márquez"]),
        ("Byron A., Li B.", ["Byron A.", "Li B."]),
        ("Ada Byron|Bo Li", ["Ada Byron", "Bo Li"]),
        ("['Ada Byron', 'Bo Li']", ["Ada Byron", "Bo Li"]),
        ('["Byron, Ada", "Bo Li"]', ["Ada Byron", "Bo Li"]),
        (["Byron, Ada", " ", "Bo Li"], ["Ada Byron", "Bo Li"]),
        ([{"given": "Jan", "non-dropping-particle": "van", "family": "Berg"}], ["Jan van Berg"]),
        ([{"firstName": "Ada", "lastName": "Byron"}, {"name": "WHO"}], ["Ada Byron", "WHO"]),
        ([{"author": {"display_name": "Ada Byron"}}], ["Ada Byron"]),
        (
            [["Byron", "Ada", ""], ["Li", "Bo", "Jr.", "Institute"], ["WHO"]],
            ["Ada Byron", "Bo Li Jr.", "WHO"],
        ),
        ([{}], []),
        (None, []),
        ("", []),
    ],
)
def test_authors_are_read_however_they_are_listed(value: object, names: list[str]) -> None:
    assert list(author_names(value)) == names


@pytest.mark.parametrize("value", [5, True, {"name": "x"}, [5], [[1]]])
def test_authors_that_are_no_names_are_an_error(value: object) -> None:
    with pytest.raises(ValueError, match='"authors" is not a list of names'):
        author_names(value)


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("Byron, Ada", "Ada Byron"),
        ("Byron, Jr., Gil", "Gil Byron Jr."),
        ("Gil Byron, Jr.", "Gil Byron Jr."),
        ("Ada Byron", "Ada Byron"),
        (",", ""),
    ],
)
def test_name_is_put_in_the_order_in_which_it_is_spoken(name: str, spoken: str) -> None:
    assert person(name) == spoken


@pytest.mark.parametrize(
    ("value", "year"),
    [
        (2021, 2021),
        (2021.0, 2021),
        ("2021-09-01", 2021),
        ("Sept. 2021", 2021),
        ("in press", None),
        ("12345", None),
        (None, None),
        ({"date-parts": [["2021", 9]]}, 2021),
        ({"date-parts": [[2021]]}, 2021),
        ({"date-parts": [[None]]}, None),
        ({"raw": "Fall 2021"}, 2021),
        ({"literal": "soon"}, None),
        ({}, None),
    ],
)
def test_year_is_found_in_every_kind_of_date(value: object, year: int | None) -> None:
    assert read_year(value) == year


@pytest.mark.parametrize("value", [True, [2021], 0, -5, 10_000, float("nan"), float("inf")])
def test_what_is_no_year_is_an_error(value: object) -> None:
    with pytest.raises(ValueError, match='"year" is not'):
        read_year(value)


def test_paper_is_named_by_its_best_identifier_and_linked_by_it() -> None:
    ids = {"doi": "10.1234/X", "arxiv_id": "arXiv:2303.12345v2"}
    paper = build_paper(title="Herons", ids=ids)
    assert (paper.id, paper.url) == ("2303.12345", "https://arxiv.org/abs/2303.12345")
    assert paper.identifiers == {"arxiv_id": "2303.12345", "doi": "10.1234/x"}
    paper = build_paper(title="Herons", url="https://birds.example.org/1", ids={"doi": "10.1234/X"})
    assert (paper.id, paper.url) == ("10.1234/x", "https://birds.example.org/1")
    paper = build_paper(title="Great Herons", url="birds.example.org")
    assert (paper.id, paper.url) == ("great-herons", None)
    paper = build_paper(title="Herons", texts=["see arXiv:2303.12345", ""], id=" mine\n")
    assert (paper.id, paper.identifiers) == ("mine", {"arxiv_id": "2303.12345"})


def test_paper_needs_a_title() -> None:
    with pytest.raises(ValueError, match='"title" is missing'):
        build_paper(title=" <b></b>\u200b", abstract="We see.")


@pytest.mark.parametrize(
    "text",
    [
        "e" + "\u0301\u0323" * 200_000,
        "<p" + " " * 500_000,
        "<p " * 200_000,
        "&amp;" * 200_000,
        "<title>" * 100_000,
        "Abstract: " * 100_000,
        "[" + "'" * 300_000 + "]",
        " and" * 200_000,
    ],
)
def test_hostile_text_takes_no_time(text: str) -> None:
    began = perf_counter()
    build_paper(title="Herons", abstract=text, authors=author_names(text), year=read_year(text))
    assert perf_counter() - began < 10


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    clean(text).encode()
