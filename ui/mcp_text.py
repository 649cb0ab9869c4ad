"""What a language model reads of an answer or of papers: Markdown, every word as the abstracts have it.

In: an answer, or papers. Out: texts. How they are sent, and to which model, is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence

from index_store.values import Paper
from rag.values import Answer
from ui.copied import render_copied

__all__ = ["render_answer_text", "render_paper", "render_papers"]


def render_answer_text(answer: Answer) -> str:
    """Return what an answer says with [n], its table, its references with their quotes, ids and notes."""
    ids = ", ".join(f"[{citation.number}] {citation.paper.id}" for citation in answer.citations)
    warnings = answer.comparison.warnings if answer.comparison else ()
    remarks = [f"Note: {line}" for line in (*warnings, answer.note) if line]
    parts = [render_copied(answer).strip(), f"Ids: {ids}" if ids else "", *remarks]
    return "\n\n".join(part for part in parts if part) + "\n"


def render_papers(papers: Sequence[Paper], total: int) -> str:
    """Return a list of papers with their ids; `total` is how many there are, also those not listed."""
    if not papers:
        return "No papers found.\n"
    lines = [f"- {_named(paper)}, id: {paper.id}" for paper in papers]
    more = f"{len(papers)} of {total} papers:" if total > len(papers) else f"{total} papers:"
    return "\n".join([more, *lines, ""])


def render_paper(paper: Paper) -> str:
    """Return all that is known of a paper, with its abstract."""
    facts = [", ".join(paper.authors), paper.venue or "", *paper.links, f"id: {paper.id}"]
    abstract = paper.abstract or "Its abstract is not in the library."
    return "\n".join([f"# {_named(paper)}", "", *(f"- {fact}" for fact in facts if fact), "", abstract, ""])


def _named(paper: Paper) -> str:
    title = " ".join(paper.title.split())
    return f"{title} ({paper.year})" if paper.year else title
