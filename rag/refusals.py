"""Decides when not to answer, and says which kind of no it is.

In: a question before the search, or a plan with what the search found. Out: a refusal, or None. The
thresholds are on the score of the best sentence; docs/quality-log.md says how they were found.
"""

from __future__ import annotations

import re

from rag.evidence import Found
from rag.values import QueryPlan, Refusal

__all__ = ["LONGEST_QUESTION", "refuse_before_search", "refuse_for_evidence"]

LONGEST_QUESTION = 2000
"""Characters. Longer texts are pasted by mistake or hold a question that should be taken out."""
LEAST_SCORE = 0.34
"""Below this no sentence of the library is about the question."""
GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hallo|good (?:morning|day|afternoon|evening)|thanks?|thank you(?: so much)?|"
    r"bye|goodbye|how are you|ok|okay|test|who are you|what can you do)(?: there| all| again)?\W*$",
    re.I,
)


def refuse_before_search(question: str) -> Refusal | None:
    """Return a refusal for what is no question: nothing, a greeting, or a text of great length."""
    if not re.search(r"\w", question):
        return Refusal("not_a_question", "Ask a question about the papers in this library.")
    if GREETING.match(question):
        return Refusal(
            "not_a_question",
            "Hello. Ask about a paper in this library by its name, or compare two of them.",
        )
    if len(question) > LONGEST_QUESTION:
        return Refusal(
            "unclear",
            f"That is {len(question):,} characters long. Ask one question in at most "
            f"{LONGEST_QUESTION:,} characters.",
        )
    return None


def refuse_for_evidence(plan: QueryPlan, found: Found) -> Refusal | None:
    """Return a refusal when nothing in the library is about the question."""
    if not found.evidence:
        return Refusal("not_in_library", "This library holds no papers yet. Add some first.")
    if plan.papers or found.best_score >= LEAST_SCORE:
        return None
    nearest = "; ".join(paper.title for paper in found.nearest)
    return Refusal(
        "not_in_library",
        f"No paper in this library is about that. The nearest are: {nearest}.",
        found.nearest,
    )
