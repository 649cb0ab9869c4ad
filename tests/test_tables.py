"""Tables as text that people paste: read back by independent readers, they hold the same words."""

from __future__ import annotations

import csv
import io

import pytest
from conftest import EGRET, HERON, make_paper
from markdown_it import MarkdownIt
from pylatexenc.latexwalker import LatexWalker

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.values import Answer, Citation, Comparison, Row, Span
from ui.tables import NOT_STATED, Table, render_table, table_of

AWKWARD = Table(
    ("aspect", "[1] A | B"),
    (("cost", "50% & $5 | *less*"), ("code", '<b>"x"</b>, _y_\nnext line'), ("sum", "=1+1")),
)


def test_comparison_becomes_a_row_for_each_aspect_and_a_column_for_each_paper(index: PaperIndex) -> None:
    *_, answer = Assistant(index).compare(["HERON", "EgretNet"], ["code"], draft=True)
    table = table_of(answer)
    assert table is not None
    assert table.headers == ("aspect", f"[1] {HERON.title}", f"[2] {EGRET.title}")
    assert table.rows[0] == ("code", "Code is available.", NOT_STATED)


def test_list_becomes_a_row_for_each_paper(index: PaperIndex) -> None:
    table = table_of(Assistant(index).ask("Which papers report on BirdBench?", draft=True))
    assert table is not None
    assert {row[0].partition(" ")[2] for row in table.rows} == {HERON.title, EGRET.title}


def test_answer_in_prose_has_no_table(index: PaperIndex) -> None:
    assert table_of(Assistant(index).ask("How is HERON trained?", draft=True)) is None


def test_markdown_shows_the_words_as_they_are() -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(render_table(AWKWARD, "markdown"))
    words = ["".join(part.content for part in t.children or ()) for t in tokens if t.type == "inline"]
    assert words == [
        "aspect",
        "[1] A | B",
        "cost",
        "50% & $5 | *less*",
        "code",
        '<b>"x"</b>, _y_ next line',
        "sum",
        "=1+1",
    ]


def test_csv_reads_back_and_no_cell_is_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(render_table(AWKWARD, "csv"))))
    assert rows[0] == list(AWKWARD.headers)
    assert rows[1] == list(AWKWARD.rows[0])
    assert rows[2] == list(AWKWARD.rows[1])
    assert not rows[3][1].startswith("=")


def test_latex_is_whole_and_has_as_many_cells_in_every_line() -> None:
    text = render_table(AWKWARD, "latex")
    LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    lines = [line for line in text.splitlines() if line.endswith("\\\\")]
    assert [line.count(" & ") for line in lines] == [1] * 4
    assert r"50\% \& \$5" in text


@pytest.mark.parametrize("format", ["markdown", "csv", "latex"])
def test_paper_without_a_citation_has_a_column_without_a_number(format: str) -> None:
    bare = make_paper("KITE: Title Alone", "")
    cited = Citation(1, HERON, (Span(HERON, 0, 5),))
    comparison = Comparison((HERON, bare), (Row("task", (Span(HERON, 0, 5), None)),))
    answer = Answer("q", "q", "comparison", citations=(cited,), comparison=comparison)
    table = table_of(answer)
    assert table is not None
    assert table.headers[2] == "KITE: Title Alone"
    assert NOT_STATED in render_table(table, format)
