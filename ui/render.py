"""Draws an answer as HTML for the page. All text is escaped here, and nothing else makes markup.

In: an answer and the number of its turn. Out: one line of HTML without blank lines, so that Gradio's
Markdown leaves it as it is. Nothing here knows Gradio.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.values import Answer, Citation, Span, Statement

__all__ = ["render_answer", "render_library", "render_question"]

MARKUP = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>\"'\\`*_{}[]()#+-.!|~$:@/"})
"""Signs that HTML or Markdown could read as their own, written so that neither can."""


def text(words: str) -> str:
    """Return words as they are to be seen, whatever signs of HTML or Markdown they hold."""
    return " ".join(words.split()).translate(MARKUP)


def render_library(count: int, name: str) -> str:
    """Return the head of the page: how many papers the library of this name holds."""
    return f"# paperchat\n{count:,} papers in {text(name)}"


def render_question(question: str) -> str:
    """Return a question for the chat."""
    return f'<p class="question">{text(question)}</p>'


def render_answer(answer: Answer, turn: int, *, waiting: str = "") -> str:
    """Return an answer as far as it has come; `waiting` is what the person waits for."""
    parts = [
        _searched(answer),
        _refusal(answer),
        _prose(answer, turn, "" if answer.stage == "complete" else waiting),
        f'<p class="note">{text(answer.note)}</p>' if answer.note else "",
        *(_reference(citation, turn) for citation in answer.citations),
    ]
    return f'<div class="answer">{"".join(parts)}</div>'


def _searched(answer: Answer) -> str:
    if answer.standalone_question == answer.question:
        return ""
    return f'<p class="searched">Searched for: {text(answer.standalone_question)}</p>'


def _refusal(answer: Answer) -> str:
    return f'<p class="refusal">{text(answer.refusal.text)}</p>' if answer.refusal else ""


def _prose(answer: Answer, turn: int, waiting: str) -> str:
    quotes = {citation.number: citation for citation in answer.citations}
    sentences = [_statement(s, turn, quotes) for s in answer.statements if s.support != "quoted"]
    if answer.tentative:
        sentences.append(f'<span class="tentative">{text(answer.tentative)}</span>')
    if not sentences:
        return f'<p class="waiting">{text(waiting)}</p>' if waiting else ""
    return f'<p class="prose">{" ".join(sentences)}</p>'


def _statement(statement: Statement, turn: int, quotes: dict[int, Citation]) -> str:
    marks = "".join(_mark(quotes[number], turn) for number in statement.citations)
    return f"{text(statement.text)}{marks}"


def _mark(citation: Citation, turn: int) -> str:
    title = text(" … ".join(span.quote for span in citation.spans))
    return f'<a class="cite" href="#{_anchor(citation, turn)}" title="{title}">{citation.number}</a>'


def _anchor(citation: Citation, turn: int) -> str:
    return f"ref-{turn}-{citation.number}"


def _reference(citation: Citation, turn: int) -> str:
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
        f'<details><summary>Abstract</summary><p class="abstract">{_marked(citation)}</p></details></div>'
    )


def _marked(citation: Citation) -> str:
    """Return the abstract with the quoted words marked; spans that touch are marked as one."""
    abstract, done, parts = citation.paper.abstract, 0, []
    for start, end in _merged(citation.spans):
        parts.append(f"{text(abstract[done:start])} <mark>{text(abstract[start:end])}</mark> ")
        done = end
    return "".join([*parts, text(abstract[done:])])


def _merged(spans: Sequence[Span]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: span.start):
        if merged and span.start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], span.end))
        else:
            merged.append((span.start, span.end))
    return merged
