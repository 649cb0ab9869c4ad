"""Tables of an answer as text that people paste elsewhere: Markdown, CSV, LaTeX.

In: an answer with a comparison or a list. Out: a table of plain words, and the same as text. The words of a
cell are a quote, always with the number of its reference; how a page or a terminal draws it is not known.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from index_store.writers.bibtex import latex
from rag.values import Answer, Comparison

__all__ = ["FORMATS", "NOT_STATED", "Table", "render_table", "table_of"]

NOT_STATED = "not stated in the abstract"
MARKDOWN_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>|#"})


@dataclass(frozen=True, slots=True)
class Table:
    """Headers, and rows of as many cells."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table_of(answer: Answer) -> Table | None:
    """Return the table of a comparison or of a list, or None for another answer."""
    if answer.comparison:
        return _compared(answer.comparison, {c.paper.id: c.number for c in answer.citations})
    if answer.kind != "list":
        return None
    rows = [
        (f"[{c.number}] {c.paper.title}", str(c.paper.year or ""), " ".join(span.quote for span in c.spans))
        for c in answer.citations
    ]
    return Table(("paper", "year", "what shows it"), tuple(rows))


def _compared(comparison: Comparison, numbers: Mapping[str, int]) -> Table:
    titles = [
        f"[{numbers[paper.id]}] {paper.title}" if paper.id in numbers else paper.title
        for paper in comparison.subjects
    ]
    rows = [
        (row.aspect, *(cell.quote if cell else NOT_STATED for cell in row.cells)) for row in comparison.rows
    ]
    return Table(("aspect", *titles), tuple(rows))


def render_table(table: Table, format: str) -> str:
    """Return a table in one of FORMATS, ending with a line break."""
    return FORMATS[format](table)


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _markdown(table: Table) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(_one_line(cell).translate(MARKDOWN_SIGNS) for cell in cells)} |\n"

    rule = f"|{'|'.join(' --- ' for _ in table.headers)}|\n"
    return "".join([line(table.headers), rule, *map(line, table.rows)])


def _csv(table: Table) -> str:
    """Return comma-separated values (RFC 4180); no cell begins like a formula of a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    for cells in (table.headers, *table.rows):
        writer.writerow(
            [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell for cell in cells]
        )
    return text.getvalue()


def _latex(table: Table) -> str:
    columns = f"p{{{0.9 / len(table.headers):.2f}\\linewidth}}" * len(table.headers)
    lines = [f"{' & '.join(map(latex, cells))} \\\\\n" for cells in (table.headers, *table.rows)]
    return "".join(
        [
            f"\\begin{{tabular}}{{{columns}}}\n\\hline\n",
            lines[0],
            "\\hline\n",
            *lines[1:],
            "\\hline\n\\end{tabular}\n",
        ]
    )


FORMATS: dict[str, Callable[[Table], str]] = {"markdown": _markdown, "csv": _csv, "latex": _latex}
"""Each by the name that people ask for it by."""
