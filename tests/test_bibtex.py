"""BibTeX and BibLaTeX as the tools export them and people write them: every entry a paper, or named."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_store.errors import FileError
from index_store.readers.bibtex import read_bibtex
from index_store.readers.source import Source
from index_store.values import Paper, Rejection

FORMATS = Path(__file__).parent / "data" / "formats"


def read(content: str | bytes) -> tuple[list[Paper], list[str]]:
    data = content if isinstance(content, bytes) else content.encode()
    items = list(read_bibtex(Source(io.BytesIO(data), "refs.bib")))
    papers = [item for item in items if isinstance(item, Paper)]
    return papers, [str(item) for item in items if isinstance(item, Rejection)]


def read_file(name: str) -> list[Paper]:
    papers, rejections = read((FORMATS / name).read_bytes())
    assert rejections == []
    return papers


def one(fields: str, *, kind: str = "article", before: str = "") -> Paper:
    if not re.search(r"\btitle", fields):
        fields = f"title = {{Rain}}, {fields}"
    [paper], rejections = read(f"{before}\n@{kind}{{key, {fields}}}")
    assert rejections == []
    return paper


def test_zotero_export_is_read() -> None:
    heron, tides = read_file("zotero.bib")
    assert heron == Paper(
        "10.5555/heron_2021",
        "HERON: Masked Training for Bird Songs & Calls",
        "Labelled songs are rare: less than 5% of 4,200 hours < 300 Hz. We hide 60% of a spectrogram, and "
        "predict it with ~12M parameters. “Code” is at https://example.org/heron_code.",
        authors=("Ada Byron", "Jörg Müller", "Hendrika van der Maaten", "Wetland Audio Consortium"),
        year=2021,
        venue="Proceedings of the 9th Conference on Listening",
        url="https://example.org/heron_paper",
        identifiers={"doi": "10.5555/heron_2021"},
    )
    assert (tides.title, tides.venue, tides.year) == ("Gauging the Tides with Graphs", "arXiv", 2023)
    assert tides.abstract == r"TideCast lowers the error by 14% at $\alpha=0.5$."
    assert tides.identifiers == {"arxiv_id": "2304.01234"}


def test_better_bibtex_export_of_biblatex_is_read() -> None:
    tides, night = read_file("better_biblatex.bib")
    assert tides.title == "Gauging the Tides with Graphs"
    assert tides.authors == ("Bo Li", "Hendrika van der Maaten", "Martin King Jr.")
    assert (tides.id, tides.year, tides.url) == ("2304.01234", 2023, "http://arxiv.org/abs/2304.01234")
    assert tides.abstract.endswith(r"by 14%, and \(\alpha\) is 0.5.")
    assert night.title == "Listening at Night: A Field Study"
    assert (night.venue, night.year) == ("Journal of Wetland Acoustics", 2022)
    assert (night.id, night.url) == ("10.5555/jwa.2022.7", "https://doi.org/10.5555/jwa.2022.7")
    assert night.abstract == ""


def test_mendeley_export_is_read() -> None:
    [paper] = read_file("mendeley.bib")
    assert paper.title == "Counting egrets in the wild"
    assert paper.abstract == r"Egrets cost $5 a day & eat > 90% fish. The error is $\epsilon$."
    assert paper.authors == ("Ada Byron", "Zöe Świątek", "José García-Núñez")
    assert paper.identifiers == {"arxiv_id": "1904.05678", "doi": "10.1007/978-3-030-58452-8_13"}
    assert paper.url == "http://arxiv.org/abs/1904.05678"


def test_jabref_file_is_read_and_its_comments_and_proceedings_are_no_papers() -> None:
    beta, small = read_file("jabref.bib")
    assert beta.title == r"How β-waves and $\beta$-waves differ"
    assert beta.abstract == "First paragraph with 30% raw. Second paragraph, after a blank line."
    assert beta.authors == ("Ada Byron", "Ciáran O'Neill")
    assert beta.identifiers == {"pmid": "31234567"}
    assert (small.title, small.year, small.venue) == ("Small Waves", 2018, "Wave Conference 3")
    assert small.authors == ("Bo Li",)


def test_scholar_dblp_and_acm_exports_are_read() -> None:
    songs, rain_tuned, rain, reeds = read_file("scholar_dblp_acm.bib")
    assert (songs.id, songs.authors) == ("2101.00001", ("Ada Byron", "Bo Li"))
    assert (rain_tuned.id, rain_tuned.venue) == ("2102.00002", "CoRR")
    assert rain_tuned.authors == ("Ada Byron", "Jörg Müller", "Wei-Lin Chen")
    assert rain.year == 2022
    assert rain.venue == (
        "Proceedings of the 10th Conference on Listening, LISTEN 2022, Tromsø, Norway, July 4-9, 2022"
    )
    assert reeds.abstract == (
        "Reeds rustle. We show that 95% of rustling & 100% of creaking is wind, R&D aside."
    )
    assert reeds.venue == "Proceedings of the 25th ACM Conference on Birds & Reeds"
    assert reeds.identifiers == {"doi": "10.5555/3292500.3330701"}


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Byron, Ada", ("Ada Byron",)),
        ("Ada Byron", ("Ada Byron",)),
        ("van der Maaten, Laurens and Hinton, Geoffrey", ("Laurens van der Maaten", "Geoffrey Hinton")),
        ("Last, First and {OpenAI} and others", ("First Last", "OpenAI")),
        ("{Barnes and Noble, Inc.} and Bo Li", ("Barnes and Noble, Inc.", "Bo Li")),
        ("King, Jr., Martin Luther", ("Martin Luther King Jr.",)),
        ("King, Martin Luther, Jr.", ("Martin Luther King Jr.",)),
        (r"M{\"u}ller, J{\"o}rg AND Knuth, D.~E.", ("Jörg Müller", "D. E. Knuth")),
        ("family=Li, given=Bo, given-i=B", ("Bo Li",)),
        ("Ada\nByron\nand\nBo Li", ("Ada Byron", "Bo Li")),
        ("Anderson, Andy and Sand, Andra", ("Andy Anderson", "Andra Sand")),
        ("Byron, Ada; Li, Bo", ("Ada Byron", "Bo Li")),
        ("Ada Byron, Bo Li, Wei Chen", ("Ada Byron", "Bo Li", "Wei Chen")),
        ("Wei Chen 0001 and Wei Chen 0002", ("Wei Chen", "Wei Chen")),
        (
            r"Ada Byron and \'Evariste Galois and \O degaard, Nils",
            ("Ada Byron", "Évariste Galois", "Nils Ødegaard"),
        ),
        ("{others} and {et al.}", ()),
        ("", ()),
    ],
)
def test_authors_are_named_as_they_are_spoken_of(author: str, names: tuple[str, ...]) -> None:
    assert one(f"author = {{{author}}}").authors == names


@pytest.mark.parametrize(
    ("fields", "identifiers"),
    [
        ("journal = {arXiv preprint arXiv:1706.03762v5}", {"arxiv_id": "1706.03762"}),
        ("journal={CoRR}, volume={abs/1706.03762}", {"arxiv_id": "1706.03762"}),
        ("journal={CoRR}, volume={cs.CL/0401001}", {"arxiv_id": "cs/0401001"}),
        ("eprint={1706.03762}, archivePrefix={arXiv}, primaryClass={cs.CL}", {"arxiv_id": "1706.03762"}),
        ("eprint={hep-th/9711200v3}, eprinttype={arxiv}", {"arxiv_id": "hep-th/9711200"}),
        ("eprint={1706.03762}", {"arxiv_id": "1706.03762"}),
        ("eprint={1706.03762}, eprinttype={jstor}", {}),
        ("eprint={31234567}, eprinttype={pubmed}", {"pmid": "31234567"}),
        ("number = {{arXiv}:1706.03762}", {"arxiv_id": "1706.03762"}),
        ("note = {Extends arXiv:1706.03762}", {}),
        ("howpublished = {\\url{https://arxiv.org/abs/1706.03762}}", {"arxiv_id": "1706.03762"}),
        ("doi = {https://doi.org/10.1000/ABC.1}", {"doi": "10.1000/abc.1"}),
        ("doi = {10.48550/arXiv.1706.03762}", {"arxiv_id": "1706.03762"}),
        ("doi = {10.1000/a\\_b}", {"doi": "10.1000/a_b"}),
        ("url = {http://dx.doi.org/10.1000/abc}", {"doi": "10.1000/abc"}),
        ("url = {https://example.org/1706.03762}", {}),
    ],
)
def test_identifiers_are_found_where_the_tools_put_them(fields: str, identifiers: dict[str, str]) -> None:
    assert one(fields).identifiers == identifiers


@pytest.mark.parametrize(
    ("fields", "year"),
    [
        ("year = 2017", 2017),
        ("year = {2017}, month = jan", 2017),
        ("date = {2023-05-01}", 2023),
        ("year = {in press}, date = {2024}", 2024),
        ("year = {in press}", None),
        ('year = "c1999"', 1999),
        ("date = {2019-05-01/2019-05-03}, urldate = {2022-01-01}", 2019),
        ("urldate = {2022-01-01}", None),
    ],
)
def test_year_is_taken_from_year_or_date(fields: str, year: int | None) -> None:
    assert one(fields).year == year


@pytest.mark.parametrize(
    ("fields", "venue"),
    [
        ('journal = "Journal of " # jw # " and " # {Reeds}', "Journal of Wetland Acoustics and Reeds"),
        ("journal = JW", "Wetland Acoustics"),
        ("journal = twice", "Wetland Acoustics, Wetland Acoustics"),
        ("journal = nobody_knows_it", "nobody_knows_it"),
        ("journal = {} , booktitle = {In \\& Out}", "In & Out"),
        ("journaltitle = {A}, journal = {B}", "A"),
        ("school = {University of Reeds}", "University of Reeds"),
        ("month = jan # \"~1\"", None),
    ],
)  # fmt: skip
def test_abbreviations_are_written_out_and_pieces_joined(fields: str, venue: str | None) -> None:
    strings = '@string{jw = "Wetland Acoustics"}\n@STRING(twice = jw # {, } # jw)'
    assert one(fields, before=strings).venue == venue


def test_abbreviation_that_is_defined_again_changes_from_there_on() -> None:
    text = """
    @string{j = {Old}}
    @article{a, title = {A}, journal = j}
    @string{j = {New}}
    @article{b, title = {B}, journal = j}
    """
    papers, rejections = read(text)
    assert [paper.venue for paper in papers] == ["Old", "New"]
    assert rejections == []


@pytest.mark.parametrize(
    "entry",
    [
        '@ARTICLE{k, TITLE = "Rain {"}falls{"} at {N}ight", YEAR = 2020}',
        "@article(k, title = {Rain {\"}falls{\"} at Night}, year = {2020})",
        "@article{k,title={Rain \"falls\" at Night},year={2020},}",
        "  @Article {k\n,\ntitle\n=\n{Rain \"falls\" at\n   Night}\n,year=2020\n}",
        "@article{, title = {Rain \"falls\" at Night}, year = 2020}",
        "@unheardof{10.1/a:b_c/d+e, title = {{{Rain \"falls\" at Night}}}, year = 2020}",
        "text before @article{k, title = {Rain \"falls\" at Night}, year = 2020} text after",
    ],
)  # fmt: skip
def test_entry_is_read_however_it_is_laid_out(entry: str) -> None:
    [paper], rejections = read(entry)
    assert (paper.title, paper.year, rejections) == ('Rain "falls" at Night', 2020, [])


def test_child_takes_over_from_its_parent_what_it_lacks() -> None:
    text = """
    @inproceedings{child, title = {Rain}, author = {Bo Li}, crossref = {Parent}}
    @inproceedings{own, title = {Snow}, booktitle = {SnowConf}, year = 2001, crossref = {parent}}
    @inproceedings{grandchild, title = {Hail}, crossref = {middle}}
    @article{lost, title = {Fog}, crossref = {nowhere}}
    @book{parent, title = {All Weathers}, author = {Nobody}, abstract = {Of all.}, date = {1999-01-01},
      doi = {10.1000/parent}, url = {https://example.org/parent}}
    @collection{middle, title = {Ice}, crossref = {parent}}
    """
    papers, rejections = read(text)
    assert rejections == []
    child, own, grandchild, lost, parent = papers
    assert (child.venue, child.year, child.abstract, child.identifiers) == ("All Weathers", 1999, "", {})
    assert (child.authors, child.url) == (("Bo Li",), None)
    assert (own.venue, own.year) == ("SnowConf", 2001)
    assert (grandchild.venue, grandchild.year) == ("Ice", 1999)
    assert (lost.venue, lost.year) == (None, None)
    assert parent.title == "All Weathers"


def test_entries_that_refer_to_each_other_in_a_circle_are_read() -> None:
    text = "@book{a, title = {A}, crossref = {b}}\n@book{b, title = {B}, crossref = {a}, xdata = {a,b}}"
    papers, _ = read(text)
    assert [(paper.title, paper.venue) for paper in papers] == [("A", "B"), ("B", "A")]


def test_fields_of_xdata_are_shared_and_xdata_is_no_paper() -> None:
    text = "@xdata{wave, journaltitle = {Waves}, date = {2020}}\n@article{a, title = {A}, xdata = {wave}}"
    [paper], rejections = read(text)
    assert (paper.venue, paper.year, rejections) == ("Waves", 2020, [])


def test_volume_is_a_paper_only_with_an_abstract_of_its_own() -> None:
    volume = "@%s{v, title = {Proceedings}, year = 2020 %s}"
    for kind in ("proceedings", "Collection"):
        refused = "refs.bib, line 1 (v): this is a volume without an abstract, not a paper."
        assert read(volume % (kind, "")) == ([], [refused])
        lent = read(volume % (kind, "") + "\n@inproceedings{a, title = {Auks}, crossref = {v}}")
        assert ([paper.venue for paper in lent[0]], lent[1]) == (["Proceedings"], [])
    [paper], _ = read(volume % ("proceedings", ", abstract = {What was said.}"))
    assert paper.abstract == "What was said."


def test_entries_that_share_a_key_are_all_read() -> None:
    papers, rejections = read("".join(f"@article{{k, title = {{Paper {n}}}}}\n" for n in range(3)))
    assert [paper.title for paper in papers] == ["Paper 0", "Paper 1", "Paper 2"]
    assert rejections == []


def test_field_that_is_there_twice_counts_the_first_time_it_is_filled() -> None:
    paper = one("title = {Rain}, abstract = {}, abstract = {Wet.}, Title = {Snow}, abstract = {Dry.}")
    assert (paper.title, paper.abstract) == ("Rain", "Wet.")


def test_entry_without_a_title_is_rejected_with_its_line_and_key() -> None:
    papers, rejections = read("\n\n@article{a2017, year = 2017}\n@misc{empty}\n@misc{b, title = {B}}")
    assert [paper.title for paper in papers] == ["B"]
    assert rejections == [
        'refs.bib, line 3 (a2017): "title" is missing.',
        'refs.bib, line 4 (empty): "title" is missing.',
    ]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("@article{broken,\n title = {Rain,\n year = 2020\n}", "brace or quotation mark is missing."),
        ('@article{broken,\n title = "Rain,\n year = 2020\n}', "brace or quotation mark is missing."),
        ("@article{broken,\n title = {Rain}\n year = 2020\n}", "is a comma missing there?"),
        ("@article{broken,\n title {Rain}\n}", "this entry is not BibTeX"),
        ("@article{broken,\n title = {Rain}, year\n}", "this entry is not BibTeX"),
        ("@a{broken,\n title = {" + "{" * 99 + r"\em x" + "}" * 99 + "}\n}", "nested more than 60 deep."),
        ("@a{broken,\n title = {R}, abstract = {" + r"\emph" * 9_000 + "}\n}", "40,000 characters."),
        ("@a{broken,\n title = {R}, abstract = {" + r"\sqrt[" * 5_000 + "}\n}", "nested too deeply."),
    ],
)  # fmt: skip
def test_broken_entry_is_rejected_with_its_line_and_the_others_are_read(broken: str, reason: str) -> None:
    papers, rejections = read(f"@misc{{a, title = {{A}}}}\n\n{broken}\n\n@misc{{z, title = {{Z}}}}\n")
    assert [paper.title for paper in papers] == ["A", "Z"]
    [rejection] = rejections
    assert rejection.startswith("refs.bib, line 3 (broken): ")
    assert reason in rejection


def test_entry_that_the_end_of_the_file_cuts_off_is_rejected() -> None:
    papers, [rejection] = read("@misc{a, title = {A}}\n@article{cut, title = {Rain}, abstract = {Wet")
    assert len(papers) == 1
    assert rejection == "refs.bib, line 2 (cut): a closing brace or quotation mark is missing."


def test_fields_behind_a_closing_brace_too_many_are_reported() -> None:
    papers, rejections = read("@misc{a,\n title = {A}},\n abstract = {Lost.}\n}\n@misc{b, title = {B}}")
    assert [paper.title for paper in papers] == ["A", "B"]
    assert [rejection[:18] for rejection in rejections] == ["refs.bib, line 2: "]
    assert "closing brace too many" in rejections[0]


@pytest.mark.parametrize(
    "text",
    [
        "% Encoding: UTF-8\n\n@Comment{jabref-meta: databaseType:bibtex;}\n",
        "@comment{@string @preamble nothing}\n@preamble{\"\\x{}\"}\n% only remarks, a@b.org\n",
        "@string{a = {b}}\n@control{REVTEX41Control}\n",
    ],
)  # fmt: skip
def test_file_of_comments_and_settings_holds_nothing(text: str) -> None:
    assert read(text) == ([], [])


def test_encodings_and_line_ends_are_no_matter() -> None:
    text = "@article{k,\r\n title = {Rain in Tromsø},\r\n year = 2020\r\n}\r\n@article{x,\r\n}\r\n"
    for data in (
        text.encode(),
        b"\xef\xbb\xbf" + text.encode(),
        text.encode("cp1252"),
        text.encode("utf-16"),
    ):
        [paper], rejections = read(data)
        assert paper.title == "Rain in Tromsø"
        assert rejections == ['refs.bib, line 5 (x): "title" is missing.']


def test_abbreviations_that_multiply_do_not_fill_the_memory() -> None:
    strings = ["@string{s0 = {xxxxxxxxxx}}"]
    strings += [f"@string{{s{n} = {' # '.join([f's{n - 1}'] * 10)}}}" for n in range(1, 20)]
    papers, rejections = read("\n".join(strings) + "\n@misc{a, title = s19}\n@misc{b, title = {B}}")
    assert papers[-1].title == "B"
    assert rejections[0].startswith("refs.bib, line 5 (s4): this abbreviation cannot be read: its pieces")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        "{" * 100_000,
        "@a{" * 50_000,
        "\n@a{" * 20_000,
        "@a{k, t = " + "{" * 100_000,
        "@a{k, t = " + '"' * 100_000,
        "@a{k, " + "t = {x}, " * 20_000,
        "@a" + " " * 100_000,
        "@a{k, title = {x}, author = {" + " and " * 20_000 + "}}",
        "@a{k, title = {x}, author = {" + "," * 100_000 + "}}",
        "@a{k, title = " + "{x} # " * 20_000 + "{y}}",
        "@a{k, title = {x}, doi = {" + "10.1/" * 20_000 + "}, url = {" + "http://" * 9_000 + "}}",
        "@a(" * 30_000 + ")" * 30_000,
    ],
    ids=range(12),
)
def test_hostile_file_is_read_in_reasonable_time(text: str) -> None:
    read(text)


def test_five_thousand_entries_are_read_in_their_order() -> None:
    abstract = r"We hide 60\% of the songs of M{\"u}ller's birds {\&} predict them with $k=3$ gauges. " * 12
    text = "\n".join(
        f"@article{{k{n}, title = {{{{Paper}} {n}: on {{\\'E}}grets}}, abstract = {{{abstract}}}, "
        f'year = {{2020}}, author = {{Byron, Ada and M{{\\"u}}ller, J{{\\"o}}rg}}, doi = {{10.1000/p{n}}}}}'
        for n in range(5000)
    )
    started = time.perf_counter()
    papers, rejections = read(text)
    print(f"{len(text) / 1e6:.1f} MB of BibTeX: {time.perf_counter() - started:.1f} s")
    assert [paper.id for paper in papers] == [f"10.1000/p{n}" for n in range(5000)]
    assert papers[4999].title == "Paper 4999: on Égrets"
    assert rejections == []


PIECES = st.sampled_from(
    '@article{ @string{ @comment{ @a( key, title = {} " # = , } ) \n \\ $x$ % crossref author and'.split(
        " "
    )
)
LOOSE = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=40).map("".join)
ENTRIES = st.lists(PIECES, max_size=40).map(lambda parts: "@article{k, title = " + " ".join(parts))


@settings(deadline=2000)
@given(st.one_of(st.binary(max_size=300), st.one_of(st.text(max_size=300), LOOSE, ENTRIES).map(str.encode)))
def test_any_bytes_give_papers_and_rejections_or_a_clear_error(content: bytes) -> None:
    try:
        papers, rejections = read(content)
    except FileError as error:
        assert "\n" not in str(error)
        return
    for paper in papers:
        assert paper.id
        assert paper.title.encode().strip()
        assert paper.abstract.encode() is not None
    for rejection in rejections:
        assert rejection.startswith("refs.bib, line ")
        assert "\n" not in rejection
