"""Export: what is written is read back the same, by parsers that know nothing of paperchat."""

from __future__ import annotations

import io
import json
import re
import warnings
from collections.abc import Callable, Iterable, Sequence

import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from index_store.identifiers import identifiers_in
from index_store.readers.bibtex import read_bibtex
from index_store.readers.fields import build_paper, person, plain_text
from index_store.readers.json_document import read_json
from index_store.readers.ris import read_ris
from index_store.readers.source import Source
from index_store.values import Paper
from index_store.writers import EXPORTS, render_bibtex, render_csl, render_markdown, render_ris
from index_store.writers.bibtex import latex
from index_store.writers.citing import Name, citation_keys, kind_of, split_name

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import pybtex.database
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

NASTY = [
    r"100% of $5 & #1_2 ~ x^2 {braces} \alpha",
    "an unbalanced { brace",
    "another } one {",
    r"}{ the wrong way round \{ \}",
    "\\ a backslash at both ends \\",
    r"\\ two \% of them \\",
    r"formulas such as $O(n \log n)$, $\{x_1^2\}$ and $\frac{1}{2}$ stay",
    r"$ 5 or $6, $7 and 8$ are no formulas, nor is ${$, $\{$, $a%b$ or $a\$",
    r"nor is $\\{a}$",
    "it costs $5 and $6",
    "🦩 flamingos, 红鹤, Фламинго, é and ﬁ",
    "\"double\", 'single', ``TeX'', `ticks`, don't, ''",
    "dashes - -- --- ---- and ?` !` ,, << >>",
    "a < b > c, p<0.05, <b, </script >, <img src=x onerror=y>",
    "& &amp lt; &lt &x; AT&T",
    "# no heading - no list 1. 2) + = | a | b |",
    "[text](javascript:alert(1)) ![x](y) [a]: http://b <http://c.example>",
    "http://evil.example www.evil.example mail@evil.example @BERT @article{x, } @ {",
    "**bold** _emphasis_ __init__ ~~gone~~ `code` ==mark== {{ template }} :::",
    "TY  - JOUR",
    "ER  - ",
    "x" * 5000 + " {" + " word" * 5000,
    "BERT: ImageNet-22k and the {GPT}-4 of OpenAI on the Elbe",
]
PLAIN = Paper(
    "1706.03762",
    "Attention Is All You Need",
    "Recurrence is not needed.",
    authors=(
        "Ashish Vaswani",
        "Laurens van der Maaten",
        "Martin Luther King Jr.",
        "The OpenAI Team",
        "张伟",
    ),
    year=2017,
    venue="Advances in Neural Information Processing Systems",
    url="https://arxiv.org/abs/1706.03762",
    identifiers={"arxiv_id": "1706.03762", "doi": "10.1000/a_(b)42", "pmid": "12345"},
)


def stable(text: str) -> str:
    """Return what readers make of a text, so that reading it once more changes nothing."""
    while (plain := plain_text(text)) != text:
        text = plain
    return text


def paper(title: str, **fields: object) -> Paper:
    return build_paper(title=title, **fields)  # type: ignore[arg-type]


def nasty_papers() -> list[Paper]:
    """Return one paper for each nasty text, which stands in all its texts."""
    texts = [stable(text) for text in NASTY]
    return [
        paper(text, abstract=f"First. {text} Last.", venue=f"Journal {text}", year=1900 + n)
        for n, text in enumerate(texts)
    ]


pieces = st.sampled_from(
    [
        *"\\{}$%&#_~^\"'`-<>@[]()!*|:;,.?=+/ aB1é张🦩",
        " ",
        "  ",
        "\\alpha",
        "$x_{1}$",
        "BERT",
        "--",
        "{a}",
        "\\%",
    ]
)
texts = st.one_of(st.lists(pieces, max_size=25).map("".join), st.text(max_size=60)).map(stable).filter(bool)
words = st.one_of(
    st.sampled_from(
        ["van", "der", "De", "Jr.", "Ada", "O'Hara", "and", "others", "Team", "al", "III", "X."]
    ),
    st.text(st.characters(categories=["L"]), min_size=1, max_size=8),
    st.text(st.sampled_from("\\{}$%&#_~^aB-"), min_size=1, max_size=5),
)
names = (
    st.lists(words, min_size=1, max_size=5).map(" ".join).map(stable).filter(lambda n: n and person(n) == n)
)
ids = st.fixed_dictionaries(
    {},
    optional={
        "doi": st.sampled_from(["10.1000/a_b", "10.1/(x)y<z", "10.5/%41#~"]),
        "arxiv_id": st.sampled_from(["2303.12345", "hep-th/9901001"]),
        "pmid": st.just("123"),
    },
)
papers = st.builds(
    paper,
    texts,
    abstract=texts,
    venue=texts,
    authors=st.lists(names, max_size=4),
    year=st.none() | st.integers(1500, 2099),
    ids=ids,
)


# BibTeX


class Decoder(LatexNodes2Text):  # type: ignore[misc]
    """pylatexenc, with the three names of signs that it has not or has another sign for."""

    def __init__(self) -> None:
        signs = {"textbraceleft": "{", "textbraceright": "}", "textasciicircum": "^"}
        known = get_default_latex_context_db()
        known.add_context_category("signs", prepend=True, macros=[MacroTextSpec(*s) for s in signs.items()])
        super().__init__(latex_context=known, math_mode="verbatim", keep_comments=True)


def decoded(value: str) -> str:
    return str(Decoder().latex_to_text(value))


def read_with_pybtex(text: str) -> list[dict[str, object]]:
    """Return title, abstract, venue, authors, year and identifiers as pybtex and pylatexenc see them."""
    read = []
    for key, entry in pybtex.database.parse_string(text, "bibtex").entries.items():
        fields = entry.fields
        people = entry.persons.get("author", [])
        read.append(
            {
                "key": key,
                "kind": entry.type,
                "title": decoded(fields["title"]),
                "abstract": decoded(fields.get("abstract", "")),
                "venue": decoded(fields.get("journal") or fields.get("booktitle") or ""),
                "authors": [spoken(someone) for someone in people],
                "year": int(fields["year"]) if "year" in fields else None,
                "doi": fields.get("doi"),
                "arxiv_id": fields.get("eprint"),
                "pmid": fields.get("pmid"),
            }
        )
    return read


def spoken(someone: pybtex.database.Person) -> str:
    parts = (
        someone.first_names,
        someone.middle_names,
        someone.prelast_names,
        someone.last_names,
        someone.lineage_names,
    )
    return " ".join(decoded(name) for part in parts for name in part)


def expected(one: Paper, key: str) -> dict[str, object]:
    return {
        "key": key,
        "kind": "article" if one.venue and kind_of(one) == "misc" else kind_of(one),
        "title": one.title,
        "abstract": one.abstract,
        "venue": one.venue or "",
        "authors": list(one.authors),
        "year": one.year,
        **{name: one.identifiers.get(name) for name in ("doi", "arxiv_id", "pmid")},
    }


def all_expected(some: Sequence[Paper]) -> list[dict[str, object]]:
    return [expected(one, key) for one, key in zip(some, citation_keys(some), strict=True)]


def test_bibtex_of_a_paper_is_what_a_person_would_write() -> None:
    assert render_bibtex([PLAIN]) == (
        "@inproceedings{vaswani2017attention,\n"
        "  author = {Vaswani, Ashish and van der Maaten, Laurens and King, Jr., Martin Luther and "
        "{The OpenAI Team} and {张伟}},\n"
        "  title = {Attention Is All You Need},\n"
        "  booktitle = {Advances in Neural Information Processing Systems},\n"
        "  year = {2017},\n"
        "  eprint = {1706.03762},\n"
        "  archiveprefix = {arXiv},\n"
        "  doi = {10.1000/a_(b)42},\n"
        "  pmid = {12345},\n"
        "  url = {https://arxiv.org/abs/1706.03762},\n"
        "  abstract = {Recurrence is not needed.}\n"
        "}\n"
    )


def test_preprint_is_misc_without_a_venue_and_an_article_of_the_one_it_names() -> None:
    ids = {"arxiv_id": "1706.03762"}
    assert render_bibtex([paper("T", ids=ids)]).startswith("@misc{t,")
    text = render_bibtex([paper("T", venue="CoRR", ids=ids)])
    assert text.startswith("@article{t,")
    assert "  journal = {CoRR},\n  eprint = {1706.03762},\n  archiveprefix = {arXiv},\n" in text


def test_bibtex_parts_names_as_pybtex_parts_them() -> None:
    entry = pybtex.database.parse_string(render_bibtex([PLAIN]), "bibtex").entries["vaswani2017attention"]
    vaswani, maaten, king, team, zhang = entry.persons["author"]
    assert (vaswani.first_names, vaswani.last_names) == (["Ashish"], ["Vaswani"])
    assert (maaten.prelast_names, maaten.last_names) == (["van", "der"], ["Maaten"])
    assert (king.middle_names, king.last_names, king.lineage_names) == (["Luther"], ["King"], ["Jr."])
    assert team.last_names == ["{The OpenAI Team}"]
    assert zhang.last_names == ["{张伟}"]


def test_bibtex_read_with_pybtex_gives_the_nasty_texts_back() -> None:
    some = [PLAIN, *nasty_papers()]
    assert read_with_pybtex(render_bibtex(some)) == all_expected(some)


@settings(deadline=None)
@given(st.lists(papers, max_size=3))
def test_bibtex_read_with_pybtex_gives_any_papers_back(some: list[Paper]) -> None:
    assert read_with_pybtex(render_bibtex(some)) == all_expected(some)


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("BERT: Pre-training of Deep Transformers", "{BERT}: Pre-training of Deep Transformers"),
        ("ImageNet-22k and GPT-4", "{ImageNet}-22k and {GPT}-4"),
        ("A model of the Elbe river near Hamburg", "A model of the {Elbe} river near {Hamburg}"),
        ("Sorting in $O(N)$ Time", "Sorting in {$O(N)$} Time"),
        (r"$N$-body at $\Delta$ and $\alpha$", r"{$N${}}-body at {$\Delta${}} and $\alpha$"),
        ("Vitamin C and a Plan B", "Vitamin {C} and a Plan {B}"),
        ("C++ & C#", r"{C}++ \& {C}\#"),
    ],
)
def test_capitals_that_no_style_may_touch_are_in_braces(title: str, written: str) -> None:
    assert latex(title, title=True) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (r"$\alpha_{1}$ at 5%", r"$\alpha_{1}$ at 5\%"),
        ("$5 and $6", r"\$5 and \$6"),
        ("{a}", r"\{a\}"),
        ("{a", r"{\textbraceleft}a"),
        (r"\x~y^2", r"{\textbackslash}x{\textasciitilde}y{\textasciicircum}2"),
        ("--", "-{}-"),
    ],
)
def test_what_tex_would_take_for_a_command_is_escaped(text: str, written: str) -> None:
    assert latex(text) == written


# RIS


def test_ris_read_with_rispy_gives_the_nasty_texts_back() -> None:
    some = [PLAIN, *nasty_papers()]
    read = rispy.loads(render_ris(some))
    assert len(read) == len(some)
    for one, entry in zip(some, read, strict=True):
        assert entry["title"] == one.title
        assert entry["abstract"] == one.abstract
        assert entry["secondary_title"] == one.venue
        assert entry["year"] == str(one.year)
    first = read[0]
    assert first["type_of_reference"] == "CONF"
    assert first["authors"] == [
        "Vaswani, Ashish", "van der Maaten, Laurens", "King, Martin Luther, Jr.", "The OpenAI Team", "张伟",
    ]  # fmt: skip
    assert first["doi"] == "10.1000/a_(b)42"
    assert first["urls"] == [
        "https://arxiv.org/abs/1706.03762",
        "https://doi.org/10.1000/a_(b)42",
        "https://pubmed.ncbi.nlm.nih.gov/12345/",
    ]
    assert first["id"] == "vaswani2017attention"


@settings(deadline=None)
@given(st.lists(papers, max_size=3))
def test_ris_read_with_rispy_gives_any_papers_back(some: list[Paper]) -> None:
    read = rispy.loads(render_ris(some))
    seen = [
        (
            entry["title"],
            entry["abstract"],
            entry["secondary_title"],
            [person_of_ris(name) for name in entry.get("authors", [])],
            int(entry["year"]) if "year" in entry else None,
            entry.get("doi"),
            entry.get("accession_number"),
        )
        for entry in read
    ]
    assert seen == [
        (
            one.title,
            one.abstract,
            one.venue,
            list(one.authors),
            one.year,
            one.identifiers.get("doi"),
            one.identifiers.get("pmid"),
        )
        for one in some
    ]


def person_of_ris(name: str) -> str:
    last, *first = name.split(", ")
    return " ".join([*first[:1], last, *first[1:]])


def test_ris_begins_and_ends_each_paper_as_its_specification_asks() -> None:
    lines = render_ris([PLAIN, PLAIN]).split("\r\n")
    assert lines[0] == "TY  - CONF"
    assert lines[-3:] == ["ER  - ", "", ""]
    assert [line for line in lines if line and not re.match(r"[A-Z][A-Z0-9]  - ", line)] == []


# CSL-JSON


def test_csl_is_what_its_schema_asks_for() -> None:
    [item] = json.loads(render_csl([PLAIN]))
    assert item == {
        "id": "vaswani2017attention",
        "type": "paper-conference",
        "title": PLAIN.title,
        "author": [
            {"family": "Vaswani", "given": "Ashish"},
            {"family": "van der Maaten", "given": "Laurens"},
            {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
            {"literal": "The OpenAI Team"},
            {"literal": "张伟"},
        ],
        "issued": {"date-parts": [[2017]]},
        "container-title": PLAIN.venue,
        "DOI": "10.1000/a_(b)42",
        "PMID": "12345",
        "archive": "arXiv",
        "number": "arXiv:1706.03762",
        "URL": PLAIN.url,
        "abstract": PLAIN.abstract,
    }


def test_csl_is_taken_by_citeproc() -> None:
    some = [
        PLAIN,
        paper("Flamingos <3 & {Herons}", authors=["Ludwig van Beethoven"], year=1999, venue="Nature"),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lxml's and its own, about how it reads the style
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
        bibliography = CitationStylesBibliography(
            style, CiteProcJSON(json.loads(render_csl(some))), formatter.plain
        )
        for key in citation_keys(some):
            bibliography.register(Citation([CitationItem(key)]))
        lines = [str(line) for line in bibliography.bibliography()]
    beethoven = next(line for line in lines if "Beethoven" in line)
    assert beethoven.startswith("van Beethoven, L. (1999) “Flamingos <3 & {Herons}”, Nature")
    assert any("Attention Is All You Need" in line and "2017" in line for line in lines)


def comparable(one: Paper) -> tuple[object, ...]:
    return one.title, one.abstract, one.authors, one.year, one.venue, dict(one.identifiers)


# Markdown


def inline(text: str) -> list[list[Token]]:
    """Return the tokens of each item of the one list that a text must be, GitHub's marks read as well.

    GitHub makes links of bare addresses too; that none is left is seen in the text.
    """
    assert not re.search(r"(https?|ftp)://|www\.", re.sub(r"\(<[^>]*>\)", "", text), re.I)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    allowed = {"ordered_list_open", "list_item_open", "paragraph_open", "inline"}
    allowed |= {name.replace("open", "close") for name in allowed}
    assert {token.type for token in tokens} <= allowed
    assert sum(token.type == "ordered_list_open" for token in tokens) == (1 if text else 0)
    return [token.children or [] for token in tokens if token.type == "inline"]


def strong_text(tokens: list[Token]) -> str:
    start = next(n for n, token in enumerate(tokens) if token.type == "strong_open")
    stop = next(n for n, token in enumerate(tokens) if token.type == "strong_close")
    assert {token.type for token in tokens[start + 1 : stop]} <= {"text", "text_special"}
    return "".join(token.content for token in tokens[start + 1 : stop])


def shown(tokens: list[Token]) -> str:
    return "".join(token.content for token in tokens)


def check_markdown(some: Sequence[Paper]) -> None:
    items = inline(render_markdown(some))
    assert len(items) == len(some)
    for one, tokens in zip(some, items, strict=True):
        assert strong_text(tokens) == one.title
        text = shown(tokens)
        assert text.startswith(", ".join(one.authors))
        assert one.venue is None or f". {one.venue}" in text
        assert one.year is None or f"({one.year})" in text
        opened = [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
        assert len(opened) == len({one.url, *one.identifiers} - {None}) - (
            one.url is not None and bool(one.identifiers)
        )
        assert all(re.match(r"https?://", address) for address in opened)
        assert {token.type for token in tokens} <= {
            "text", "text_special", "strong_open", "strong_close", "em_open", "em_close", "link_open",
            "link_close",
        }  # fmt: skip


def test_markdown_is_a_readable_list() -> None:
    one = paper(
        "Herons_1", authors=["Ada Byron", "Li Wei"], year=2020, venue="Birds", ids={"doi": "10.1/a_b"}
    )
    assert render_markdown([one, paper("Egrets")]) == (
        "1. Ada Byron, Li Wei (2020). **Herons\\_1**. *Birds*. "
        "[doi.org/10.1/a\\_b](<https://doi.org/10.1/a_b>)\n"
        "2. **Egrets**\n"
    )


def test_markdown_shows_the_nasty_texts_as_they_stand() -> None:
    check_markdown([PLAIN, *nasty_papers()])
    check_markdown([paper("T", authors=[stable(text)]) for text in NASTY])


@settings(deadline=None)
@given(st.lists(papers, max_size=3))
def test_markdown_lets_no_text_become_markup(some: list[Paper]) -> None:
    check_markdown(some)


@pytest.mark.parametrize("start", ["- a", "1. a", "1) a", "# a", "+ a", "> a", "=== a", "--- a", "::: a"])
def test_author_cannot_begin_a_block(start: str) -> None:
    check_markdown([paper("T", authors=[start])])


def test_only_web_addresses_become_links() -> None:
    one = Paper("a", "T", "", url="javascript:alert(1)", identifiers={"doi": "10.1/x"})
    other = Paper("b", "T", "", url='https://e.org/a b"><script>)(&copy;[x]`\\')
    text = render_markdown([one, other])
    assert "javascript" not in text
    [[first], [second]] = [
        [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
        for tokens in inline(text)
    ]
    assert first == "https://doi.org/10.1/x"
    assert second == "https://e.org/a%20b%22%3E%3Cscript%3E%29%28&copy;%5Bx%5D%60%5C"
    assert "script>" not in MarkdownIt("commonmark").render(text).replace("script&gt;", "")
    assert "URL" not in json.loads(render_csl([Paper("a", "T", "", url="javascript:alert(1)")]))[0]


# Our own readers


def check_own_reader(read: Callable[[Source], Iterable[object]], text: str, some: Sequence[Paper]) -> None:
    seen = list(read(Source(io.BytesIO(text.encode()), "export")))
    assert [comparable(one) if isinstance(one, Paper) else one for one in seen] == [
        comparable(one) for one in some
    ]


def is_ambiguous(one: Paper, format: str) -> bool:
    """Whether our readers take a field for something else, as it is in the files of most tools.

    A DOI is found in a venue too. Publishers write several names into one line of RIS, and a volume's title
    as its venue; "others" is no author in BibTeX.
    """
    if identifiers_in(texts=one.venue or ""):
        return True
    if format == "ris":
        return one.venue == one.title or any(re.search(r";| and |,", name) for name in one.authors)
    return format == "bibtex" and any(name.casefold() == "others" for name in one.authors)


OWN = {
    "bibtex": (render_bibtex, read_bibtex),
    "ris": (render_ris, read_ris),
    "csl": (render_csl, read_json),
}


@pytest.mark.parametrize("format", OWN)
def test_own_reader_gives_the_nasty_texts_back(format: str) -> None:
    render, read = OWN[format]
    some = [PLAIN, *nasty_papers()]
    check_own_reader(read, render(some), some)


@pytest.mark.parametrize("format", OWN)
@settings(deadline=None)
@given(st.lists(papers, min_size=1, max_size=3))
def test_own_reader_gives_any_papers_back(format: str, some: list[Paper]) -> None:
    render, read = OWN[format]
    some = [one for one in some if not is_ambiguous(one, format)]
    check_own_reader(read, render(some), some) if some else None


# Keys, kinds and names


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"title": "On Attention", "authors": ["Ashish Vaswani"], "year": 2017}, "vaswani2017attention"),
        ({"title": "On the Électric", "authors": ["Søren Ångström"], "year": 1843}, "angstrom1843electric"),
        ({"title": "The A of the", "authors": ["Laurens van der Maaten"]}, "vandermaatenthe"),
        ({"title": "BERT: Pre-training", "authors": ["The OpenAI Team"]}, "openaibert"),
        ({"title": "红鹤", "authors": ["张伟"], "year": 2020}, "anon2020"),
        ({"title": "红鹤"}, "anon"),
        ({"title": "2D or not 2D"}, "anon2d"),
        ({"title": "BERT"}, "bert"),
    ],
)  # fmt: skip
def test_citation_key_is_surname_year_and_first_word(fields: dict[str, object], key: str) -> None:
    assert citation_keys([paper(**fields)]) == [key]  # type: ignore[arg-type]


def test_papers_that_would_share_a_key_get_letters() -> None:
    same = paper("Herons", authors=["Ada Byron"], year=2020)
    taken = paper("Heronsa", authors=["Ada Byron"], year=2020)
    assert citation_keys([same, same, taken, same]) == [
        "byron2020herons", "byron2020heronsb", "byron2020heronsa", "byron2020heronsc",
    ]  # fmt: skip
    many = citation_keys([same] * 60)
    assert len(set(many)) == 60
    assert many[26:29] == ["byron2020heronsz", "byron2020heronsaa", "byron2020heronsab"]


@pytest.mark.parametrize(
    ("venue", "kind"),
    [
        (None, "misc"),
        ("arXiv preprint arXiv:1706.03762", "misc"),
        ("CoRR", "misc"),
        ("Nature", "article"),
        ("Journal of Machine Learning Research", "article"),
        ("Proceedings of the National Academy of Sciences", "article"),
        ("Proceedings of the IEEE", "article"),
        ("Transactions of the ACL", "article"),
        ("IEEE Micro", "article"),
        ("Proceedings of the IEEE/CVF Conference on Computer Vision", "inproceedings"),
        ("Workshop on Birds", "inproceedings"),
        ("NeurIPS 2023", "inproceedings"),
        ("cvpr", "inproceedings"),
        ("Lecture Notes in Computer Science", "inproceedings"),
    ],
)
def test_kind_of_a_paper_is_told_by_its_venue(venue: str | None, kind: str) -> None:
    assert kind_of(Paper("a", "T", "", venue=venue)) == kind


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Byron", Name("Byron", "Ada")),
        ("Ludwig van Beethoven", Name("van Beethoven", "Ludwig")),
        ("Jan Van den Berg", Name("Van den Berg", "Jan")),
        ("Nguyen Van Anh", Name("Anh", "Nguyen Van")),
        ("Martin Luther King Jr.", Name("King", "Martin Luther", "Jr.")),
        ("King Jr.", Name("King Jr.")),
        ("Jr. King", Name("Jr. King")),
        ("de Silva", Name("de Silva")),
        ("Plato", Name("Plato")),
        ("CERN Collaboration", Name("CERN Collaboration")),
        ("Centre for Birds", Name("Centre for Birds")),
        ("Herons and Sons", Name("Herons and Sons")),
    ],
)
def test_names_are_parted_as_people_part_them(name: str, parts: Name) -> None:
    assert split_name(name) == parts


@pytest.mark.parametrize("format", sorted(EXPORTS))
def test_no_papers_give_a_text_that_can_be_read(format: str) -> None:
    assert EXPORTS[format]([]).strip() in ("", "[]")


def test_export_is_the_same_each_time() -> None:
    some = [PLAIN, *nasty_papers(), PLAIN]
    for render in EXPORTS.values():
        assert render(some) == render(list(some))
