"""Draws the table of a comparison or a list as HTML, with what it takes to copy it elsewhere.

In: an answer and the number of its turn. Out: HTML in one line, with every word escaped. On a narrow screen
the page turns each row into a block; what a cell belongs to is therefore said in every cell.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.linking.mentions import called_in
from rag.linking.names import titled
from rag.values import Answer, Citation, Row, Span
from ui.formulas import rich_text
from ui.markup import mark_id, render_mark, text
from ui.tables import FORMATS, NOT_STATED, render_table, table_of
from ui.taking import render_buttons, render_taking

__all__ = ["cells_of", "render_answer_table"]

FORMAT_NAMES = {"markdown": "Markdown", "csv": "CSV", "latex": "LaTeX"}


def render_answer_table(answer: Answer, turn: int | str) -> str:
    """Return the table of an answer with what to know of its figures, or nothing."""
    if answer.comparison:
        warnings = "".join(f'<p class="note">{text(words)}</p>' for words in answer.comparison.warnings)
        drawn = f"{_compared(answer, turn)}{warnings}"
    elif answer.kind == "list" and answer.citations:
        drawn = _listed(answer.citations, turn)
    else:
        return ""
    return f'<div class="tabled">{drawn}{_taking(answer)}</div>'


def cells_of(answer: Answer, citation: Citation) -> list[Span]:
    """Return the cells of the table that are words of a paper."""
    rows = answer.comparison.rows if answer.comparison else ()
    cells = (cell for row in rows for cell in row.cells if cell and cell.paper == citation.paper)
    return list(dict.fromkeys(cells))


def _compared(answer: Answer, turn: int | str) -> str:
    """Return the rows that were asked for, and the others to be unfolded."""
    rows = answer.comparison.rows if answer.comparison else ()
    asked, more = [row for row in rows if row.asked], [row for row in rows if not row.asked]
    folded = f"<details><summary>All aspects</summary>{_rows(more, answer, turn)}</details>" if more else ""
    return f"{_rows(asked, answer, turn)}{folded}"


def _rows(rows: Sequence[Row], answer: Answer, turn: int | str) -> str:
    subjects = answer.comparison.subjects if answer.comparison else ()
    cited = {citation.paper.id: citation for citation in answer.citations}
    names = [text(called_in(paper, answer.standalone_question)) for paper in subjects]
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{text(row.aspect)}</th>'
        + "".join(
            f'<td><span class="of">{name}</span> {_cell(cell, cited.get(paper.id), turn)}</td>'
            for name, paper, cell in zip(names, subjects, row.cells, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table>" if rows else ""


def _cell(cell: Span | None, citation: Citation | None, turn: int | str) -> str:
    if cell is None or citation is None:
        return f'<span class="silent">{NOT_STATED}</span>'
    return f"{rich_text(cell.quote)}{render_mark(citation, mark_id(cell, citation, turn))}"


def _listed(citations: Sequence[Citation], turn: int | str) -> str:
    """Return a row for each paper, with the sentence that shows why it is there; heads sort the rows. Years
    have a column where any is known."""
    dated = any(citation.paper.year for citation in citations)
    rows = "".join(
        f'<tr><th scope="row">{rich_text(titled(c.paper))}</th>'
        f"{f'<td>{c.paper.year or str()}</td>' if dated else ''}"
        f"<td>{' '.join(_cell(span, c, turn) for span in c.spans)}</td></tr>"
        for c in citations
    )
    heads = "".join(
        f'<th scope="col"><button class="sort">{name}</button></th>'
        for name in ("paper", *(("year",) if dated else ()), "what shows it")
    )
    kind = "list dated" if dated else "list"
    return f'<table class="{kind}"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _taking(answer: Answer) -> str:
    """Return the buttons that copy or download the table."""
    table = table_of(answer)
    if table is None:
        return ""
    buttons = render_buttons("copy", FORMAT_NAMES, label="Copy table")
    buttons += render_buttons("download", FORMAT_NAMES, label="Download table")
    return render_taking(buttons, {format: render_table(table, format) for format in FORMATS})
