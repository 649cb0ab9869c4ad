"""Draws an answer as HTML for the page. All text is escaped here, and nothing else makes markup.

In: an answer and the number of its turn. Out: one line of HTML without blank lines, so that Gradio's
Markdown leaves it as it is. Nothing here knows Gradio.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.values import Answer, Citation, Span, Statement
from ui.markup import mark_id, text
from ui.render_table import cells_of, render_answer_table

__all__ = ["render_answer", "render_library", "render_question"]


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
        _prose(answer, turn, "" if answer.stage == "complete" else waiting),
        f'<p class="note">{text(answer.note)}</p>' if answer.note else "",
        render_answer_table(answer, turn),
        _references(answer, turn),
    ]
    return f'<div class="answer">{"".join(parts)}</div>'


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
        f"{text(line.removesuffix(ask))} {_again(ask)}" if ask and line.endswith(ask) else text(line)
        for line in lines
    ]
    return f'<p class="refusal">{"<br>".join(drawn)}</p>'


def _prose(answer: Answer, turn: int | str, waiting: str) -> str:
    quotes = {citation.number: citation for citation in answer.citations}
    sentences = [_statement(s, turn, quotes) for s in answer.statements if s.support != "quoted"]
    if answer.tentative:
        sentences.append(f'<span class="tentative">{text(answer.tentative)}</span>')
    if not sentences:
        return f'<p class="waiting">{text(waiting)}</p>' if waiting else ""
    return f'<p class="prose">{" ".join(sentences)}</p>'


def _statement(statement: Statement, turn: int | str, quotes: dict[int, Citation]) -> str:
    marks = "".join(_mark(quotes[number], turn) for number in statement.citations)
    return f"{text(statement.text)}{marks}"


def _mark(citation: Citation, turn: int | str) -> str:
    title = text(" … ".join(span.quote for span in citation.spans))
    return f'<a class="cite" href="#{_anchor(citation, turn)}" title="{title}">{citation.number}</a>'


def _anchor(citation: Citation, turn: int | str) -> str:
    return f"ref-{turn}-{citation.number}"


def _references(answer: Answer, turn: int | str) -> str:
    """Return the cards of the papers; those of a list are folded, for its table has the quotes."""
    cards = "".join(_reference(c, turn, cells_of(answer, c)) for c in answer.citations)
    if answer.kind != "list" or not cards:
        return cards
    return f'<details class="folded"><summary>Abstracts</summary>{cards}</details>'


def _reference(citation: Citation, turn: int | str, cells: Sequence[Span]) -> str:
    paper = citation.paper
    facts = ", ".join(str(fact) for fact in (paper.venue, paper.year) if fact)
    link = (
        f' <a class="link" href="{text(paper.url)}" target="_blank" rel="noopener">link</a>'
        if paper.url and re.match(r"https?://", paper.url)
        else ""
    )
    quotes = "".join(f"<blockquote>{text(span.quote)}</blockquote>" for span in citation.spans)
    return (
        f'<div class="ref" id="{_anchor(citation, turn)}">'
        f'<p class="title"><span class="number">{citation.number}</span> {text(paper.title)}'
        f"{f' <span>{text(facts)}</span>' if facts else ''}{link}</p>{quotes}"
        f'<details><summary>Abstract</summary><p class="abstract">{_marked(citation, turn, cells)}</p>'
        "</details></div>"
    )


def _marked(citation: Citation, turn: int | str, cells: Sequence[Span]) -> str:
    """Return the abstract with the quoted words marked, quotes that touch as one; those that stand in a
    table alone can be led to as well."""
    abstract, done, parts = citation.paper.abstract, 0, []
    quoted = set(citation.spans)
    for span in sorted({*quoted, *cells}, key=lambda span: span.start):
        gap, kind = text(abstract[done : span.start]), "quoted" if span in quoted else "cell"
        words = f'<span class="{kind}" id="{mark_id(span, citation, turn)}">{text(span.quote)}</span>'
        parts.append(f"{gap} {f'<mark>{words}</mark>' if span in quoted else words} ")
        done = span.end
    return "".join([*parts, text(abstract[done:])]).replace("</mark>  <mark>", " ")
