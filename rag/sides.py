"""Turns the names of papers and of aspects, as a person gives them to be compared, into a query plan.

In: names, aspects and the paper index. Out: a plan with the papers found, the names of which the library
holds nothing, and the choices where a name is that of several papers. It compares nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from index_store.errors import QuestionError
from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.comparison import MOST_SUBJECTS
from rag.linking.described import described_paper
from rag.linking.names import distinct, listed, short_name
from rag.linking.subjects import find_named
from rag.values import QueryPlan

__all__ = ["plan_comparison"]


def plan_comparison(subjects: Sequence[str], aspects: Sequence[str], index: PaperIndex) -> QueryPlan:
    """Return the plan for comparing papers, each named by title, short name or id.

    Raises:
        QuestionError: there are fewer than two different names, or more than fit into one table.
    """
    names = [name for subject in dict.fromkeys(subjects) if (name := " ".join(subject.split()))]
    if len(names) < 2:
        raise QuestionError("Name at least two papers to compare: by title, short name or id.")
    if len(names) > MOST_SUBJECTS:
        raise QuestionError(
            f"{len(names)} papers are too many for one table; name at most {MOST_SUBJECTS}."
        )
    sides = {name: _papers_called(name, index) for name in names}
    papers = distinct(found[0] for found in sides.values() if found)
    if len(papers) == 1 and all(sides.values()):
        raise QuestionError(f"All these names are of one paper: {papers[0].title}")
    called = [short_name(found[0]) if len(found) == 1 else name for name, found in sides.items()]
    on = f" on {listed(aspects)}" if aspects else ""
    question = f"How do {listed(called)} differ{on}?"
    return QueryPlan(
        question,
        question,
        "comparison" if papers else "answer",
        tuple(papers),
        listed(aspects) or "How do they differ?",
        choices=tuple(next((found for found in sides.values() if len(found) > 1), ())),
        searched=index.count_papers(),
        subjects=tuple(subjects),
        aspects=tuple(aspects),
        missing=tuple(name for name, found in sides.items() if not found),
    )


def _papers_called(name: str, index: PaperIndex) -> list[Paper]:
    """Return the paper of a name, all that share it, or none."""
    exact = index.find(name)
    if len(exact) == 1:
        return exact
    named = find_named(name, index)
    described = None if named.papers or named.choices else described_paper(name, index)
    return [described] if described else list(named.papers[:1] or named.choices)
