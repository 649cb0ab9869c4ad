"""Writes receipts: what an answer was made from and what came of it, in plain values.

In: a query plan with the turns before it, the paper index, and the complete answer. Out: a receipt that
stands on its own, so that years later it can be seen what has changed. How one is kept or compared is not
known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version

from index_store.paper_index import PaperIndex
from index_store.values import Paper, fingerprint
from rag.prompt import PROMPT_HASH
from rag.values import Answer, PaperMark, PastTurn, QueryPlan, Receipt, Span, Turn, Words

__all__ = ["answer_hash", "begin_receipt", "complete_receipt", "mark_paper"]

HASH_LENGTH = 16


def begin_receipt(
    plan: QueryPlan, turns: Sequence[Turn], index: PaperIndex, *, draft: bool, model: str | None = None
) -> Receipt:
    """Return what is known before a word is written: what is asked, and of which library."""
    return Receipt(
        library_fingerprint=index.fingerprint,
        embedder=str(index.embedder.model_name),
        model=model,
        prompt_hash=PROMPT_HASH,
        version=version("paperchat"),
        question=plan.question,
        turns=tuple(PastTurn(t.question, t.answer, tuple(p.id for p in t.papers)) for t in turns),
        draft=draft,
        papers=tuple(mark_paper(paper) for turn in turns for paper in turn.papers),
        subjects=plan.subjects,
        aspects=plan.aspects,
    )


def complete_receipt(receipt: Receipt, answer: Answer) -> Receipt:
    """Return a receipt that was begun with what came of it."""
    papers = [item.span.paper for item in answer.evidence] + [c.paper for c in answer.citations]
    papers += answer.comparison.subjects if answer.comparison else ()
    papers += answer.refusal.nearest if answer.refusal else ()
    said = _said(answer)
    return replace(
        receipt,
        papers=tuple(dict.fromkeys([*receipt.papers, *map(mark_paper, papers)])),
        evidence=tuple(_words(item.number, item.span) for item in answer.evidence),
        cited=tuple(_words(c.number, span) for c in answer.citations for span in c.spans),
        answer=said,
        answer_hash=answer_hash(said),
    )


def mark_paper(paper: Paper) -> PaperMark:
    """Return a paper as a receipt keeps it: the hash is of all that its record says."""
    return PaperMark(paper.id, paper.title, fingerprint([paper])[:HASH_LENGTH])


def answer_hash(said: str) -> str:
    """Return the SHA-256 of what an answer says."""
    return sha256(said.encode()).hexdigest()


def _said(answer: Answer) -> str:
    """Return what an answer says: its refusal, each statement, each row of its table, its note."""
    lines = [answer.refusal.text] if answer.refusal else []
    lines += [statement.marked for statement in answer.statements]
    for row in answer.comparison.rows if answer.comparison else ():
        lines.append(" | ".join([row.aspect, *(cell.quote if cell else "" for cell in row.cells)]))
    return "\n".join([*lines, answer.note] if answer.note else lines)


def _words(number: int, span: Span) -> Words:
    return Words(number, span.paper.id, span.start, span.end, span.quote)
