"""Corrects what a question takes for granted where the words that decide it deny it.

In: a query plan and what was found. Out: the correction, or None. `rag.refusals` says when it is made.
"""

from __future__ import annotations

from index_store.values import Paper
from rag.absence import denied_premise, takes_for_granted
from rag.checking.guards import whole_abstracts
from rag.checking.rejections import has_what_is_rejected
from rag.evidence import Found
from rag.linking.mentions import called_in
from rag.speakers import clauses_of
from rag.suggesting import quoted
from rag.values import QueryPlan, Refusal, Span

__all__ = ["correct_premise", "premise_of"]


def correct_premise(plan: QueryPlan, found: Found) -> Refusal | None:
    """Return the correction of a question whose assumption is denied by the very words that decide it."""
    if plan.kind != "answer":
        return None
    best = max(found.evidence, key=lambda item: item.score).span
    denial = _denial(plan.standalone_question, best, found)
    if denial is None:
        return None
    return premise_of(best.paper, plan, "" if denial == best else denial.quote)


def premise_of(paper: Paper, plan: QueryPlan, denial: str = "") -> Refusal:
    """Return the correction of a premise, with the words that deny it where they are not quoted anyway."""
    said = f"The abstract of {called_in(paper, plan.standalone_question)} says otherwise"
    return Refusal("false_premise", f"{said}: {quoted(denial)}" if denial else f"{said}.", (paper,))


def _denial(question: str, best: Span, found: Found) -> Span | None:
    """Return the sentence that denies what a question takes for granted: the best one, or any other of its
    paper that turns down a thing by name ("instead of leads")."""
    if denied_premise(question, best.quote):
        return best
    if not takes_for_granted(question) or not has_what_is_rejected(question, whole_abstracts([best])):
        return None
    spans = (item.span for item in found.evidence if item.span.paper == best.paper)
    return next((span for span in spans if has_what_is_rejected(question, clauses_of(span))), None)
