"""The one JSON object in which every program gets an answer, whichever way it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from index_store.values import Paper
from rag.values import Answer, Comparison, Receipt, Refusal, Span
from ui.timing import Timings

__all__ = ["answer_object", "paper_object", "receipt_object"]


def paper_object(paper: Paper) -> dict[str, Any]:
    """Return a paper as plain data."""
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "year": paper.year,
        "venue": paper.venue,
        "url": paper.url,
        "identifiers": dict(paper.identifiers),
    }


def receipt_object(receipt: Receipt, machine: Mapping[str, str | None] | None = None) -> dict[str, Any]:
    """Return a receipt as plain data, with what only this machine can tell (see `ui.receipt_file`)."""
    return asdict(receipt) | ({"machine": dict(machine)} if machine else {})


def answer_object(
    answer: Answer,
    timings: Timings,
    device: dict[str, str] | None,
    *,
    machine: Mapping[str, str | None] | None = None,
) -> dict[str, Any]:
    """Return an answer as plain data, in the form that outsiders rely on.

    `machine` goes into the receipt; leave it out where the answer leaves this machine.
    """
    said = [statement.marked for statement in answer.statements]
    text = " ".join([answer.refusal.text, *said] if answer.refusal else said)
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "kind": answer.kind,
        "text": text,
        "statements": [
            {"text": s.text, "citations": list(s.citations), "support": s.support}
            for s in answer.statements
        ],
        "citations": [
            {
                "number": citation.number,
                "paper_id": citation.paper.id,
                "title": citation.paper.title,
                "url": citation.paper.url,
                "quotes": [_span(span) for span in citation.spans],
            }
            for citation in answer.citations
        ],
        "comparison": _comparison(answer.comparison),
        "refusal": _refusal(answer.refusal),
        "note": answer.note,
        "receipt": receipt_object(answer.receipt, machine) if answer.receipt else None,
        "timings": asdict(timings),
        "device": device,
    }


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.quote}


def _comparison(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    return {
        "subjects": [{"paper_id": paper.id, "title": paper.title} for paper in comparison.subjects],
        "rows": [
            {
                "aspect": row.aspect,
                "asked": row.asked,
                "cells": [_span(cell) if cell else None for cell in row.cells],
            }
            for row in comparison.rows
        ],
        "warnings": list(comparison.warnings),
    }


def _refusal(refusal: Refusal | None) -> dict[str, Any] | None:
    if refusal is None:
        return None
    nearest = [{"paper_id": paper.id, "title": paper.title} for paper in refusal.nearest]
    return {"reason": refusal.reason, "text": refusal.text, "nearest": nearest}
