"""Draws an answer as HTML for the page. All text is escaped here, and nothing else makes markup.

In: an answer and the number of its turn. Out: one line of HTML without blank lines, so that Gradio's
Markdown leaves it as it is. Nothing here knows Gradio.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index_store.values import Paper
from rag.linking.names import titled
from rag.values import Answer, Citation, Span, Statement
from ui.copied import CITED_FORMATS, render_cited, render_copied
from ui.formulas import rich_text
from ui.markup import mark_id, reference_id, render_mark, text
from ui.render_table import cells_of, render_answer_table
from ui.taking import render_buttons, render_taking

__all__ = ["render_answer", "render_library", "render_card", "render_question"]

MOST_AUTHORS = 30
"""Names that stand under a title; it is said how many more there are."""
IN_THEIR_WORDS = "In the words of the papers:"


def render_library(count: int, name: str) -> str:
    """Return the head of the page: how many papers the library of this name holds."""
    return f"# paperchat\n{count:,} papers in {text(name)}"


def render_question(question: str) -> str:
    """Return a question for the chat."""
    return f'<p class="question">{text(question)}</p>'


def render_answer(answer: Answer, turn: int | str, *, waiting: str = "") -> str:
    """Return an answer as far as it has come; `waiting` is what the person waits for."""
    parts = [
        _searched(answer),
        _refusal(answer),
        _said(answer, turn, "" if answer.stage == "complete" else waiting),
        f'<p class="note">{text(answer.note)}</p>' if answer.note else "",
        render_answer_table(answer, turn),
        _references(answer, turn),
    ]
    return f'<div class="answer">{"".join(parts)}</div>'


def render_card(paper: Paper, place: str, *, quotes: str = "", abstract: str = "", number: str = "") -> str:
    """Return the card of a paper; a button of it opens the paper beside the page (page/panel.js).

    `place` is its id on the page. `quotes` and `abstract` are drawn already, where something of them is
    marked; the abstract is seen in the panel alone.
    """
    digit = f'<span class="number">{text(number)}</span> ' if number else ""
    return (
        f'<div class="ref" id="{place}"><p class="title">{digit}'
        f'<button class="opens">{rich_text(titled(paper))}</button></p>{_facts(paper)}{quotes}'
        f'<p class="abstract">{abstract or rich_text(paper.abstract)}</p></div>'
    )


def _facts(paper: Paper) -> str:
    """Return who wrote a paper, where and when it appeared, and its link, as far as that is known."""
    names = ", ".join(paper.authors[:MOST_AUTHORS])
    more = len(paper.authors) - MOST_AUTHORS
    appeared = ", ".join(str(fact) for fact in (paper.venue, paper.year) if fact)
    is_web = paper.url and re.match(r"https?://", paper.url)
    parts = [
        f'<span class="authors">{text(names)}{f" and {more} more" if more > 0 else ""}</span>'
        if names
        else "",
        f"<span>{text(appeared)}</span>" if appeared else "",
        f'<a class="link" href="{text(paper.url or "")}" target="_blank" rel="noopener">link</a>'
        if is_web
        else "",
    ]
    return f'<p class="facts">{" ".join(filter(None, parts))}</p>' if any(parts) else ""


def _searched(answer: Answer) -> str:
    if answer.standalone_question == answer.question:
        return ""
    return f'<p class="searched">Searched for: {_again(answer.standalone_question)}</p>'


def _again(question: str) -> str:
    """Return a question that goes into the box when it is clicked, to be edited and asked."""
    return f'<button class="again">{text(question)}</button>'


def _refusal(answer: Answer) -> str:
    """Return what a refusal says, a line for each of its own."""
    if answer.refusal is None:
        return ""
    ask = answer.refusal.suggestion
    lines = [line for line in answer.refusal.text.splitlines() if line.strip()]
    drawn = [
        f"{rich_text(line.removesuffix(ask))} {_again(ask)}"
        if ask and line.endswith(ask)
        else rich_text(line)
        for line in lines
    ]
    return f'<p class="refusal">{"<br>".join(drawn)}</p>'


def _said(answer: Answer, turn: int | str, waiting: str) -> str:
    """Return the prose and what can be copied; while it grows it has room, so that nothing moves.

    A list has no prose.
    """
    words = _prose(answer, turn) or (f'<p class="waiting">{text(waiting)}</p>' if waiting else _led(answer))
    if waiting:
        room = "" if answer.kind == "list" else " growing"
        return f'<div class="said{room}">{words}</div>'
    taking = _taking(answer) if answer.stage == "complete" else ""
    return f'<div class="said">{words}{taking}</div>' if words else taking


def _led(answer: Answer) -> str:
    """Return what leads to quotes that stand alone, unless something else says why they do."""
    is_told = answer.kind != "answer" or answer.refusal or answer.note
    alone = answer.stage == "complete" and answer.citations and not is_told
    return f'<p class="note">{text(IN_THEIR_WORDS)}</p>' if alone else ""


def _prose(answer: Answer, turn: int | str) -> str:
    cited = {citation.number: citation for citation in answer.citations}
    sentences = [_statement(statement, turn, cited) for statement in answer.prose]
    if answer.tentative:
        sentences.append(f'<span class="tentative">{rich_text(answer.tentative)}</span>')
    return f'<p class="prose">{" ".join(sentences)}</p>' if sentences else ""


def _statement(statement: Statement, turn: int | str, cited: dict[int, Citation]) -> str:
    marks = "".join(render_mark(cited[n], reference_id(cited[n], turn)) for n in statement.citations)
    return f"{rich_text(statement.text)}{marks}"


def _references(answer: Answer, turn: int | str) -> str:
    """Return the cards of the papers; those of a list are folded, for its table has the quotes."""
    cards = "".join(_reference(c, turn, cells_of(answer, c)) for c in answer.citations)
    if answer.kind != "list" or not cards:
        return cards
    return f'<details class="folded"><summary>References</summary>{cards}</details>'


def _reference(citation: Citation, turn: int | str, cells: Sequence[Span]) -> str:
    return render_card(
        citation.paper,
        reference_id(citation, turn),
        quotes="".join(f"<blockquote>{rich_text(span.quote)}</blockquote>" for span in citation.spans),
        abstract=_marked(citation, turn, cells),
        number=str(citation.number),
    )


def _taking(answer: Answer) -> str:
    """Return the buttons that copy an answer and the entries of its papers."""
    if not answer.citations:
        return ""
    buttons = render_buttons("copy", {"markdown": "Copy answer"})
    buttons += render_buttons("copy", CITED_FORMATS, label="Cite as")
    cited = {format: render_cited(answer, format) for format in CITED_FORMATS}
    return render_taking(buttons, {"markdown": render_copied(answer), **cited})


def _marked(citation: Citation, turn: int | str, cells: Sequence[Span]) -> str:
    """Return the abstract with the quoted words marked, quotes that touch as one; those that stand in a
    table alone can be led to as well."""
    abstract, done, parts = citation.paper.abstract, 0, []
    quoted = set(citation.spans)
    for span in sorted({*quoted, *cells}, key=lambda span: span.start):
        gap, kind = rich_text(abstract[done : span.start]), "quoted" if span in quoted else "cell"
        words = f'<span class="{kind}" id="{mark_id(span, citation, turn)}">{rich_text(span.quote)}</span>'
        parts.append(f"{gap} {f'<mark>{words}</mark>' if span in quoted else words} ")
        done = span.end
    return "".join([*parts, rich_text(abstract[done:])]).replace("</mark>  <mark>", " ")
