"""Decides when not to answer, and says which kind of no it is.

In: a question before the search, or a plan with what the search found. Out: a refusal, or None. It is
decided from the evidence and never from what a model says; docs/quality-log.md has the figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index_store.values import Paper
from rag.absence import (
    HOW_MANY,
    absent_details,
    absent_names,
    gives_figures,
    is_counted,
    papers_spoken_of,
    unheld_names,
)
from rag.details import NUMBER
from rag.evidence import Found
from rag.linking.languages import ENGLISH, all_is_english
from rag.linking.mentions import called_in
from rag.linking.names import short_name
from rag.linking.plain_words import telling_stems
from rag.linking.spelling import name_most_like
from rag.lists import holding_names_alone
from rag.naming import names_beside, new_names, thing_asked_for
from rag.premises import premise_of
from rag.probing.reading import Read
from rag.question.kinds import asked_kind, asks_for_kind_alone, papers_of_kind
from rag.question.orders import is_link_alone, is_small_talk, is_sum, question_in
from rag.remarks import count_in_words, either, listed_as, title_alone
from rag.scoring import parts_of
from rag.suggesting import SENTENCE, question_for, quoted, reason_for
from rag.thresholds import LEAST_COSINE, LEAST_SCORE
from rag.values import Answer, QueryPlan, Refusal

__all__ = [
    "LONGEST_QUESTION",
    "may_be_read",
    "refuse_before_search",
    "refuse_for_evidence",
    "refuse_list",
    "refuse_unanswered",
    "refuse_unsaid",
]

ASKS_DETAIL = re.compile(
    r"\W*(?:(?:and|but|so|on|in|for|from|with|by|to|of|at) )*"
    r"(?:which|what (?!(?:is|are|was|were|do|does|did)\b)|how (?:many|much|long|large|big)\b)",
    re.I,
)
"""Begins a question for one thing, and not for how something works."""
SEEKS_ONE = re.compile(r"\b(?:papers?|works?|stud(?:y|ies)|models?|methods?|which|who)\b", re.I)
"""Asks for a paper, and not for what something is."""
CATALOGUED = frozenset({"the authors", "where it was published"})
"""Details that a library may know though no abstract gives them."""
LOOKED_AT = 2
"""Best sentences in which a number is looked for where nothing was written."""
LONGEST_QUESTION = 2000
"""Characters. Longer texts are pasted by mistake or hold a question that should be taken out."""
MANY_TOLD = 8
LEAST_DESCRIBED = 0.45
"""Telling words, and score of the best sentence, from which a paper is described whatever it is called:
questions about others had at most seven, and .35 with so many."""
MOST_CHOICES = 6
"""Papers of one name that are listed when it is asked which is meant."""


def refuse_before_search(question: str) -> Refusal | None:
    """Return a refusal for what is no question: nothing, a greeting, an order, or too long a text."""
    if not re.search(r"\w", question):
        return Refusal("not_a_question", "Ask a question about the papers in this library.")
    if len(question) > LONGEST_QUESTION:
        return Refusal(
            "unclear",
            f"That is {len(question):,} characters long. Ask one question in at most "
            f"{LONGEST_QUESTION:,} characters.",
        )
    if is_small_talk(question):
        return Refusal(
            "not_a_question",
            "Hello. Ask about a paper in this library by its name, or compare two of them.",
        )
    asked = question_in(question)
    if not re.search(r"\w", asked) or is_small_talk(asked) or is_sum(asked):
        return Refusal(
            "not_a_question",
            "That is no question about papers. Ask about one in this library by its name, or compare two.",
        )
    return None


def refuse_for_evidence(plan: QueryPlan, found: Found) -> Refusal | None:
    """Return a refusal when it is open which paper is meant, or when the library, or the abstract of the
    paper asked about, holds no answer."""
    if plan.choices:
        return _ask_which(plan.choices)
    if plan.papers and not any(paper.abstract for paper in plan.papers):
        return Refusal("not_in_abstract", title_alone(plan.papers), plan.papers)
    if not found.evidence:
        bare = "The papers near this have no abstract that could be quoted."
        none = "This library holds no papers yet. Add some first."
        return Refusal("not_in_library", bare if found.candidates else none)
    if said := "" if plan.papers else _far_from(plan, found):
        return _not_in_library(said, plan, found)
    if plan.kind != "answer":
        return None
    paper = plan.papers[0] if plan.papers else found.evidence[0].span.paper
    near = () if plan.papers else found.nearest
    given = any(not _refuse_for_abstract(plan, other, found) for other in near)
    return None if given else _refuse_for_abstract(plan, paper, found)


def may_be_read(plan: QueryPlan, found: Found) -> bool:
    """Whether papers may still belong to a list of which no sentence comes near: its words are not theirs,
    and it asks for no name that none has."""
    return bool(found.to_read) and not (plan.missing or unknown_subjects(plan, found))


def refuse_list(plan: QueryPlan, found: Found) -> Refusal | None:
    """Return what to say of a list to which none of the papers that were read belongs."""
    if found.matching:
        return None
    return _not_in_library(f"None of the nearest {len(found.to_read)} papers matches that", plan, found)


def _far_from(plan: QueryPlan, found: Found) -> str:
    """Return in what way the library is not about a question that names none of its papers, or nothing."""
    if names := plan.missing or unknown_subjects(plan, found):
        return f"No paper in this library is about {either(names)}"
    if is_link_alone(plan.standalone_question):
        return "No paper in this library is known by that address"
    is_near = _is_listed_whole if plan.kind == "list" else _has_the_name
    if is_near(plan, found):
        return ""
    far = plan.kind == "answer" and found.best_cosine < LEAST_COSINE
    return "No paper in this library is about that" if far or found.best_score < LEAST_SCORE else ""


def _has_the_name(plan: QueryPlan, found: Found) -> bool:
    """Whether a question asks which paper has to do with a name, and the nearest one holds that."""
    asks = SEEKS_ONE.search(plan.standalone_question)
    return bool(asks and holding_names_alone(plan, [found.evidence[0].span.paper]))


def _is_listed_whole(plan: QueryPlan, found: Found) -> bool:
    """Whether a list is of all papers with a name, or of a kind: then no sentence has to come near."""
    chosen = [item.span.paper for item in found.evidence]
    kind = asked_kind(plan.standalone_question)
    if kind and asks_for_kind_alone(plan.standalone_question):
        return bool(papers_of_kind(kind, chosen))
    return bool(holding_names_alone(plan, found.candidates))


def _ask_which(choices: Sequence[Paper]) -> Refusal:
    """Ask which of the papers of one name is meant: a number, a title or a description answers."""
    shown = tuple(choices[:MOST_CHOICES])
    listed = [f"{number}. {paper.title}" for number, paper in enumerate(shown, 1)]
    papers = f"{count_in_words(len(choices))} papers here are called {short_name(choices[0])}."
    return Refusal("unclear", "\n".join([f"{papers} Which one is meant?", *listed]), shown)


def unknown_subjects(plan: QueryPlan, found: Found) -> list[str]:
    """Return the names in a question that nothing near it speaks of, and the reports it names, unless a
    title has that name."""
    asked = plan.standalone_question
    texts = [f"{paper.title}. {paper.abstract}" for paper in found.candidates]
    titles = [paper.title for paper in found.candidates]
    reports = papers_spoken_of(asked)
    absent = unheld_names(asked, texts)
    if _is_described(asked, absent) and found.best_score >= LEAST_DESCRIBED:
        return []
    return absent or [name for name in reports if name in absent_names(asked, titles)]


def _is_described(question: str, names: Sequence[str]) -> bool:
    """Whether a question describes a paper at such length that a name beside that tells little."""
    told = telling_stems(question) - telling_stems(" ".join(names))
    return not papers_spoken_of(question) and len(told) >= MANY_TOLD


def _not_in_library(said: str, plan: QueryPlan, found: Found) -> Refusal:
    """Return the refusal with how many papers were searched, those that come nearest, and what to ask."""
    searched = f" ({plan.searched:,} searched)" if plan.searched else ""
    foreign = "The papers are searched in English: ask in English, or name a paper."
    lines = tuple(reason_for(paper, found.evidence) for paper in found.nearest)
    nearest = [
        f"- {paper.title}: {quoted(line)}" if line else f"- {paper.title}"
        for paper, line in zip(found.nearest, lines, strict=True)
    ]
    ask = next((question_for(p, found.candidates) for p in found.nearest if p.abstract), "")
    unknown = next(iter(unknown_subjects(plan, found)), "")
    alike = name_most_like(unknown, found.candidates) if unknown else ""
    if alike:
        ask = plan.standalone_question.replace(unknown, alike)
    parts = [
        f"{said}{searched}.",
        f"The name most like it here is {alike}." if alike else "",
        f"{foreign} {all_is_english(plan.language)}" if plan.language != ENGLISH else "",
        "Nearest:" if nearest else "",
        *nearest,
        f"You could ask: {ask}" if ask else "",
    ]
    return Refusal("not_in_library", "\n".join(filter(None, parts)), found.nearest, lines, ask)


def refuse_unanswered(read: Read, *, made_up: bool = False) -> Refusal | None:
    """Return what to say of a question that the evidence, as the model reads it, does not answer: that it
    denies what is taken for granted, or is silent. Where what the model wrote was `made_up`, it is silent
    unless it surely was not."""
    named, best = read.plan.papers, max(read.found.evidence, key=lambda item: item.score).span
    if gives_figures(read.plan.standalone_question, f"{best.paper.title}. {best.quote}"):
        return None
    if read.answerability.is_denied and named:
        return premise_of(named[0], read.plan)
    if not (read.answerability.is_doubtful or (made_up and read.is_unsure)):
        return None
    if named:
        return _not_in_abstract("say", read.plan, named[0], read.found)
    return _not_in_library("No abstract in this library says that", read.plan, read.found)


def refuse_unsaid(
    plan: QueryPlan, found: Found, answer: Answer, *, is_unlikely: bool = False
) -> Refusal | None:
    """Return what to say where numbers or names alone were asked of one paper, and none is told; or where
    nothing was written, and its abstract lacks one of several details that were asked. Where it
    `is_unlikely` that the abstract states what is asked, a number of other things tells none."""
    if plan.kind != "answer" or not found.evidence:
        return None
    parts = parts_of(plan.standalone_question)
    unsaid = [_unsaid(part, answer, found, is_unlikely) for part in parts]
    paper = plan.papers[0] if plan.papers else found.evidence[0].span.paper
    if all(unsaid):
        return _not_in_abstract(" or ".join(dict.fromkeys(unsaid)), plan, paper, found)
    if answer.has_prose or not all(map(ASKS_DETAIL.match, parts)):
        return None
    return _refuse_for_abstract(plan, paper, found, partly=True)


def _unsaid(part: str, answer: Answer, found: Found, is_unlikely: bool) -> str:
    """Return what an answer and the best sentences fail to do where a part of a question asks for a name,
    how many, or for a detail: "" if it asks for something else, or that is said."""
    prose = [statement.text for statement in answer.statements if statement.support != "quoted"]
    best = [item.span for item in sorted(found.evidence, key=lambda item: -item.score)[:LOOKED_AT]]
    paper = best[0].paper
    if thing := thing_asked_for(part):
        asked = answer.standalone_question
        named = new_names([*prose, best[0].quote], asked, paper) or names_beside(thing, asked, paper)
        return "" if named else f"name the {thing}"
    if details := absent_details(part, f"{paper.title}. {paper.abstract}"):
        return f"give {either(details)}"
    if not HOW_MANY.search(part):
        return ""
    if not prose and is_counted(part, paper.abstract):
        return ""
    if not prose and is_unlikely:
        return "say how many"
    quoted = [span for citation in answer.citations for span in citation.spans] if prose else best
    said = [*prose, *(span.quote for span in quoted)]
    return "" if any(re.search(rf"(?<![\w-]){NUMBER}", text, re.I) for text in said) else "say how many"


def _refuse_for_abstract(
    plan: QueryPlan, paper: Paper, found: Found, *, partly: bool = False
) -> Refusal | None:
    """Return a refusal when a paper is here and its abstract does not give the detail that is asked for;
    `partly` when it is not all that is asked for, too."""
    text = f"{paper.title}. {paper.abstract}"
    details = absent_details(plan.standalone_question, text, partly=partly)
    known = listed_as(paper) if not CATALOGUED.isdisjoint(details) else ""
    return _not_in_abstract(f"give {either(details)}", plan, paper, found, known) if details else None


def _not_in_abstract(
    does_not: str, plan: QueryPlan, paper: Paper, found: Found, known: str = ""
) -> Refusal:
    """Return the refusal with what an abstract does not do, what is known all the same, what comes nearest
    in it, and what to ask."""
    line = reason_for(paper, found.evidence, length=SENTENCE)
    ask = question_for(paper, found.candidates)
    name = called_in(paper, plan.standalone_question)
    said = f"The abstract of {name} does not {does_not}; its full text may."
    lines = [said, known, all_is_english(plan.language)]
    lines += [f"Nearest in it: {quoted(line)}", f"You could ask: {ask}"]
    return Refusal("not_in_abstract", "\n".join(filter(None, lines)), (paper,), (line,), ask)
