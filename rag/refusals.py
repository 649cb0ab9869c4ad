"""Decides when not to answer, and says which kind of no it is.

In: a question before the search, or a plan with what the search found. Out: a refusal, or None. It is
decided from the evidence and never from what a model says; docs/quality-log.md has the figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index_store.values import Paper
from rag.absence import absent_details, absent_names, denied_premise
from rag.evidence import Found
from rag.names import papers_spoken_of, short_name
from rag.query import COMPARES
from rag.values import QueryPlan, Refusal

__all__ = [
    "LONGEST_QUESTION",
    "correct_premise",
    "missing_side",
    "refuse_before_search",
    "refuse_for_evidence",
]

LONGEST_QUESTION = 2000
"""Characters. Longer texts are pasted by mistake or hold a question that should be taken out."""
LEAST_SCORE = 0.33
"""Below this no sentence of the library is about the question."""
LEAST_COSINE = 0.22
"""Below this the words that a question shares with a sentence are there by chance: "the speed of light"."""
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
    """Return a refusal when the library, or the abstract of the paper asked about, holds no answer."""
    if plan.papers and not any(paper.abstract for paper in plan.papers):
        return Refusal("not_in_abstract", _title_alone(plan.papers), plan.papers)
    if not found.evidence:
        bare = "The papers near this have no abstract that could be quoted."
        none = "This library holds no papers yet. Add some first."
        return Refusal("not_in_library", bare if found.candidates else none)
    if plan.papers:
        return None if plan.kind == "comparison" else _refuse_for_abstract(plan, plan.papers[0])
    if names := unknown_subjects(plan, found):
        return _not_in_library(f"No paper in this library is about {_either(names)}.", found)
    far = plan.kind == "answer" and found.best_cosine < LEAST_COSINE
    if far or found.best_score < LEAST_SCORE:
        return _not_in_library("No paper in this library is about that.", found)
    return _refuse_for_abstract(plan, found.evidence[0].span.paper) if plan.kind == "answer" else None


def missing_side(plan: QueryPlan, found: Found) -> str:
    """Return what to say of a side of a comparison of which the library holds nothing, or nothing."""
    if not plan.papers or not COMPARES.search(plan.question):
        return ""
    if bare := [paper for paper in plan.papers if not paper.abstract]:
        return _title_alone(bare)
    texts = [f"{paper.title}. {paper.abstract}" for paper in found.candidates]
    names = absent_names(plan.question, texts)
    return f"No paper in this library is about {_either(names)}." if names else ""


def _title_alone(papers: Sequence[Paper]) -> str:
    names = " and ".join(map(short_name, papers))
    return f"The library has no abstract of {names}, only the title; the full text may answer."


def unknown_subjects(plan: QueryPlan, found: Found) -> list[str]:
    """Return the names in a question that nothing near it speaks of, and the reports it names."""
    return absent_names(
        plan.question, [f"{p.title}. {p.abstract}" for p in found.candidates]
    ) or papers_spoken_of(plan.question)


def _not_in_library(said: str, found: Found) -> Refusal:
    nearest = "; ".join(paper.title for paper in found.nearest)
    return Refusal("not_in_library", f"{said} The nearest are: {nearest}.", found.nearest)


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)


def _refuse_for_abstract(plan: QueryPlan, paper: Paper) -> Refusal | None:
    """Return a refusal when a paper is here and its abstract does not say what is asked."""
    details = absent_details(plan.question, f"{paper.title}. {paper.abstract}")
    if not details:
        return None
    return Refusal(
        "not_in_abstract",
        f"The abstract of {short_name(paper)} does not give {_either(details)}; its full text may.",
        (paper,),
    )


def correct_premise(plan: QueryPlan, found: Found) -> Refusal | None:
    """Return the correction of a question whose assumption is denied by the very words that decide it."""
    if plan.kind != "answer":
        return None
    best = max(found.evidence, key=lambda item: item.score).span
    if not denied_premise(plan.question, best.quote):
        return None
    said = f"The abstract of {short_name(best.paper)} says otherwise."
    return Refusal("false_premise", said, (best.paper,))
