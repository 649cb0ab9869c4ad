"""Titles and abstracts are found in PDFs that are set as papers are, and what was guessed is said."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from index_store.errors import FileError
from index_store.readers import read_papers
from index_store.readers.pdf_page import join_lines
from index_store.values import Doubt, Paper

TITLE = "Herons Hide in the Reeds: Masked Learning of the Birds That Nobody Hears"
ABSTRACT = (
    "Herons stand still among the reeds, and nobody hears them. We present a model that listens all night "
    "and counts what it does not hear. On 4,200 hours of recordings it finds 91.3% of the birds, 3.1 "
    "points more than the best ornithologist, and it needs no labels. The recordings are available."
)
BODY = "Birds have been counted since antiquity, mostly by people who were paid for it in fish. " * 12
WIDTH, HEIGHT = A4


class Sheet:
    """A page of a paper, set from the top down."""

    def __init__(self, **metadata: str) -> None:
        self._file = io.BytesIO()
        self.canvas = Canvas(self._file, pagesize=A4)
        self.canvas.setTitle(metadata.get("title", ""))
        self.canvas.setAuthor(metadata.get("author", ""))
        self.canvas.setSubject(metadata.get("subject", ""))
        self.y = HEIGHT - 70

    def put(
        self, text: str, size: float = 10, *, left: float = 72, width: float = 450, font: str = "Roman"
    ) -> None:
        """Set a paragraph; its lines are broken where a word ends."""
        for line in simpleSplit(text, f"Times-{font}", size, width):
            self.line(line, size, left=left, font=font)
        self.y -= size / 2

    def line(self, text: str, size: float = 10, *, left: float = 72, font: str = "Roman") -> None:
        self.canvas.setFont(f"Times-{font}", size)
        self.canvas.drawString(left, self.y, text)
        self.y -= size * 1.2

    def stamp(self, text: str) -> None:
        """Set a line that runs up the left margin, as arXiv's does."""
        self.canvas.saveState()
        self.canvas.translate(30, 250)
        self.canvas.rotate(90)
        self.canvas.setFont("Times-Roman", 20)
        self.canvas.drawString(0, 0, text)
        self.canvas.restoreState()

    def turn(self) -> None:
        self.canvas.showPage()
        self.y = HEIGHT - 70

    def save(self, path: Path) -> Path:
        self.canvas.save()
        path.write_bytes(self._file.getvalue())
        return path


def read(path: Path) -> tuple[Paper, str]:
    """Return the paper of a PDF, and the doubts about it."""
    paper, *doubts = read_papers(path)
    assert isinstance(paper, Paper)
    assert all(isinstance(doubt, Doubt) and doubt.where == path.name for doubt in doubts)
    assert len(doubts) < 2
    return paper, "".join(doubt.reason for doubt in doubts if isinstance(doubt, Doubt))


def one_column(sheet: Sheet, *, heading: str = "Abstract", after: str = "1   Introduction") -> Sheet:
    sheet.put(TITLE, 17, font="Bold")
    sheet.put("Ada Byron    Bo Li", 12)
    sheet.put("Institute of Marshes, Fenland", 9)
    if heading:
        sheet.put(heading, 12, font="Bold")
    sheet.put(ABSTRACT)
    if after:
        sheet.put(after, 12, font="Bold")
    sheet.put(BODY)
    return sheet


def test_paper_in_one_column_with_arxivs_stamp_is_read(tmp_path: Path) -> None:
    sheet = Sheet(author="Ada Byron and Bo Li and Not There")
    sheet.stamp("arXiv:2303.12345v2  [cs.CV]  21 Mar 2024")
    one_column(sheet)
    sheet.put("A cited paper is arXiv:1901.00001, another has the doi:10.1234/own.5.")
    assert read(sheet.save(tmp_path / "p.pdf")) == (
        Paper(
            "2303.12345",
            TITLE,
            ABSTRACT,
            authors=("Ada Byron", "Bo Li"),
            year=2023,
            url="https://arxiv.org/abs/2303.12345",
            identifiers={"arxiv_id": "2303.12345", "doi": "10.1234/own.5"},
        ),
        "",
    )


def two_columns(sheet: Sheet) -> Sheet:
    """Set a page as IEEE does: a drop heading in the left column, running into the text."""
    sheet.line("IEEE TRANSACTIONS ON BIRDS, VOL. 3, NO. 1", 7)
    sheet.put(TITLE, 24, width=460)
    sheet.put("Ada Byron, Member, Bo Li", 11)
    top = sheet.y
    for line in (
        "Abstract—Herons stand still among the reeds, and no-",
        "body hears them. We present a state-of-",
        "the-art model with self-",
        "supervised pre-",
        "training. Our pre-training listens all night and counts",
        "what it does not hear. On 4,200 hours of record\u00ad",
        "ings it finds 91.3% of the birds, 3.1 points more than the",
        "best ornithologist, and it needs no labels.",
        "Index Terms—Birds, reeds, silence.",
    ):
        sheet.line(line, 9, font="Bold")
    sheet.line("I. I NTRODUCTION", 10, left=130)
    sheet.put(BODY, width=220)
    sheet.y = top
    sheet.put(BODY, left=310, width=220)
    return sheet


def test_paper_in_two_columns_is_read_and_its_parted_words_are_joined(tmp_path: Path) -> None:
    paper, doubts = read(two_columns(Sheet()).save(tmp_path / "p.pdf"))
    assert paper.title == TITLE
    assert paper.abstract == (
        "Herons stand still among the reeds, and nobody hears them. We present a state-of-the-art model "
        "with self-supervised pre-training. Our pre-training listens all night and counts what it does not "
        "hear. On 4,200 hours of recordings it finds 91.3% of the birds, 3.1 points more than the best "
        "ornithologist, and it needs no labels."
    )
    assert doubts == ""


@pytest.mark.parametrize(
    "heading",
    ["ABSTRACT", "A BSTRACT", "Abstract.", "1. Abstract"],
)
@pytest.mark.parametrize(
    "after",
    [
        "Introduction", "1. Introduction", "I. INTRODUCTION", "1 I NTRODUCTION", "Keywords: birds, reeds",
        "KEYWORDS", "Key words and phrases. Birds", "Index Terms—birds", "CCS Concepts: • Birds → Herons",
        "ACM Reference Format:", "1", "1 Why Birds", "© 2021 Marsh Press", "MSC 2020: 05C50",
    ],
)  # fmt: skip
def test_abstract_is_found_between_headings_of_every_style(
    tmp_path: Path, heading: str, after: str
) -> None:
    path = one_column(Sheet(), heading=heading, after=after).save(tmp_path / "p.pdf")
    paper, doubts = read(path)
    assert (paper.title, paper.abstract, doubts) == (TITLE, ABSTRACT, "")


def test_heading_in_bold_type_before_the_first_sentence_is_found(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.put(TITLE, 17)
    sheet.put(f"Abstract {ABSTRACT}")
    sheet.put("1 Introduction", 12)
    paper, doubts = read(sheet.save(tmp_path / "p.pdf"))
    assert (paper.abstract, doubts) == (ABSTRACT, "")


def test_structured_abstract_is_not_cut_at_its_own_introduction(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.put(TITLE, 17)
    sheet.put("Abstract", 12)
    sheet.put("Aims: none.")
    sheet.put(f"Introduction: {ABSTRACT}")
    sheet.put("Keywords: birds")
    paper, _ = read(sheet.save(tmp_path / "p.pdf"))
    assert paper.abstract == f"Aims: none. Introduction: {ABSTRACT}"


def test_abstract_on_the_second_page_is_found_behind_a_cover(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.put(TITLE, 20)
    sheet.put("Downloaded from the archive of birds on 5 January 2024")
    sheet.turn()
    one_column(sheet)
    paper, doubts = read(sheet.save(tmp_path / "p.pdf"))
    assert (paper.title, paper.abstract, doubts) == (TITLE, ABSTRACT, "")


def test_text_before_the_introduction_is_taken_with_a_doubt(tmp_path: Path) -> None:
    paper, doubts = read(one_column(Sheet(), heading="").save(tmp_path / "p.pdf"))
    assert paper.abstract.endswith(ABSTRACT)
    assert doubts.startswith('no heading "Abstract" was found')


def test_paper_without_any_abstract_is_a_paper_with_a_doubt(tmp_path: Path) -> None:
    paper, doubts = read(one_column(Sheet(), heading="", after="").save(tmp_path / "p.pdf"))
    assert (paper.title, paper.abstract) == (TITLE, "")
    assert doubts == "no abstract was found on its first pages."


def test_abstract_whose_end_is_not_seen_is_cut_after_a_sentence_with_a_doubt(tmp_path: Path) -> None:
    sheet = one_column(Sheet(), after="")
    for _ in range(3):
        sheet.put(BODY)
    paper, doubts = read(sheet.save(tmp_path / "p.pdf"))
    assert paper.abstract.startswith(ABSTRACT)
    assert len(paper.abstract) <= 3000
    assert paper.abstract.endswith("fish.")
    assert doubts == "it was not seen where its abstract ends."


@pytest.mark.parametrize(
    ("abstract", "doubt"),
    [("We count birds.", "its abstract has 15 characters only."), (BODY * 4, "its abstract is long, ")],
)
def test_odd_length_of_an_abstract_is_a_doubt(tmp_path: Path, abstract: str, doubt: str) -> None:
    sheet = Sheet()
    sheet.put(TITLE, 17)
    sheet.put("Abstract", 12)
    sheet.put(abstract, 7)
    sheet.put("1 Introduction", 12)
    assert read(sheet.save(tmp_path / "p.pdf"))[1].startswith(doubt)


def test_title_is_spelled_as_in_the_metadata_where_the_page_says_the_same(tmp_path: Path) -> None:
    sheet = Sheet(title="Herons Hide in Reeds")
    text = sheet.canvas.beginText(72, sheet.y)
    for word in ("HERONS", "HIDE", "IN", "REEDS"):  # small capitals, as some templates set them
        text.setFont("Times-Roman", 17)
        text.textOut(word[0])
        text.setFont("Times-Roman", 13.7)
        text.textOut(f"{word[1:]} ")
    sheet.canvas.drawText(text)
    sheet.y -= 30
    sheet.put("Abstract", 12)
    sheet.put(ABSTRACT)
    sheet.put("1 Introduction", 12)
    assert read(sheet.save(tmp_path / "p.pdf")) == (
        Paper("herons-hide-in-reeds", "Herons Hide in Reeds", ABSTRACT),
        "",
    )


def test_title_in_the_metadata_gains_what_the_page_adds_to_it(tmp_path: Path) -> None:
    paper, doubts = read(one_column(Sheet(title="Herons Hide in the Reeds")).save(tmp_path / "p.pdf"))
    assert (paper.title, doubts) == (TITLE, "")


@pytest.mark.parametrize(
    "name", ["untitled", "Microsoft Word - paper_final2.docx", "main.tex", "paper", "a_b_c", "/tmp/x"]
)
def test_name_of_a_file_in_the_metadata_is_no_title(tmp_path: Path, name: str) -> None:
    paper, doubts = read(one_column(Sheet(title=name)).save(tmp_path / "p.pdf"))
    assert (paper.title, doubts) == (TITLE, "")


def test_other_title_in_the_metadata_is_a_doubt(tmp_path: Path) -> None:
    paper, doubts = read(one_column(Sheet(title="Template for Papers")).save(tmp_path / "p.pdf"))
    assert (paper.title, doubts) == (TITLE, 'its metadata name another title, "Template for Papers".')


@pytest.mark.parametrize(
    ("told", "title", "doubt"),
    [
        ("The Silence of Herons", "The Silence of Herons", "its title was taken from its metadata"),
        ("", "2021 Byron herons", "its title was not found; the name of the file stands for it"),
    ],
)
def test_title_that_is_not_on_the_page_is_a_doubt(
    tmp_path: Path, told: str, title: str, doubt: str
) -> None:
    sheet = Sheet(title=told)
    sheet.y = 300
    sheet.put(BODY)
    paper, doubts = read(sheet.save(tmp_path / "2021_Byron_herons.pdf"))
    assert paper.title == title
    assert doubts.startswith(doubt)
    assert "no abstract was found" in doubts


def test_ornament_and_mark_of_a_footnote_are_no_part_of_a_title(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.line("BIRDS", 40)
    sheet.put(f"{TITLE}*", 17)
    sheet.put("Abstract", 12)
    sheet.put(ABSTRACT)
    sheet.put("1 Introduction", 12)
    assert read(sheet.save(tmp_path / "p.pdf"))[0].title == TITLE


@pytest.mark.parametrize(
    ("stamp", "id", "year"),
    [("math.GT/0309136v1", "math/0309136", 2003), ("hep-th/9901001v3", "hep-th/9901001", 1999)],
)
def test_old_ids_of_arxiv_are_read_from_the_margin(tmp_path: Path, stamp: str, id: str, year: int) -> None:
    sheet = one_column(Sheet())
    sheet.stamp(f"arXiv:{stamp}  [math.GT]  1 Jan 2020")
    paper, _ = read(sheet.save(tmp_path / "p.pdf"))
    assert (paper.id, paper.year) == (id, year)


def test_doi_in_the_metadata_is_the_papers(tmp_path: Path) -> None:
    sheet = one_column(Sheet(subject="Birds 3 (2021), doi:10.1234/birds.3"))
    assert read(sheet.save(tmp_path / "p.pdf"))[0].identifiers == {"doi": "10.1234/birds.3"}


def test_words_that_line_ends_part_are_joined_as_they_are_written_elsewhere() -> None:
    assert join_lines(["a heron-", "like bird"], ["heron-like things"]) == "a heron-like bird"
    assert join_lines(["a repre-", "sentation"]) == "a representation"
    assert join_lines(["soft\u00ad", "ware", "state-of-", "the-art"]) == "software state-of-the-art"
    assert join_lines(["Smith-", "Jones 5-", "7"]) == "Smith- Jones 5- 7"


def encrypted(data: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scan() -> bytes:
    sheet = Sheet()
    sheet.canvas.rect(72, 72, 400, 600, fill=1)
    sheet.put("Scanned by Birds")
    path = io.BytesIO()
    sheet.canvas.save()
    path.write(sheet._file.getvalue())
    return path.getvalue()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda data: encrypted(data, "secret"), "this PDF is encrypted; print it to a new PDF"),
        (lambda data: scan(), "this PDF holds no text, as a scan; run text recognition on it first"),
        (lambda data: data[:300], "this is a damaged PDF"),
        (lambda data: b"%PDF-1.4\n", "this is a damaged PDF"),
        (lambda data: b"Herons hide.", "this is no PDF"),
    ],
)  # fmt: skip
def test_pdf_that_cannot_be_read_says_why(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], make: Callable[[bytes], bytes], message: str
) -> None:
    path = one_column(Sheet()).save(tmp_path / "p.pdf")
    path.write_bytes(make(path.read_bytes()))
    with pytest.raises(FileError) as error:
        list(read_papers(path, format="pdf"))
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)
    assert capfd.readouterr() == ("", "")


def test_pdf_that_is_locked_against_printing_only_is_read(tmp_path: Path) -> None:
    path = one_column(Sheet()).save(tmp_path / "p.pdf")
    path.write_bytes(encrypted(path.read_bytes(), ""))
    assert read(path)[0].abstract == ABSTRACT


PIECES = st.sampled_from(
    [b"", b"<<", b">>", b"endobj", b"stream\n", b"/Kids [1 0 R]", b"/Count -1", b"999999999"]
)


@settings(deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=4) | PIECES), max_size=5))
def test_pdf_with_any_damage_gives_a_paper_or_a_clear_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], damage: list[tuple[float, int, bytes]]
) -> None:
    path = one_column(Sheet()).save(tmp_path / "p.pdf")
    data = path.read_bytes()
    for place, length, piece in damage:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + length :]
    path.write_bytes(data)
    try:
        paper, *doubts = read_papers(path, format="pdf")
    except FileError as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(paper, Paper)
        assert all(isinstance(doubt, Doubt) for doubt in doubts)
    assert capfd.readouterr() == ("", "")
