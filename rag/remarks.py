"""Says what belongs beside an answer: which paper of a name it is about, what it leaves out, how many.

In: a plan with what the search found. Out: sentences, or nothing. It refuses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from index_store.lexical import tokens
from index_store.values import Paper
from rag.absence import absent_details, unheld_names
from rag.checking.borrowed import pairs_of, unmentioned_terms
from rag.evidence import Found
from rag.linking.languages import all_is_english
from rag.linking.mentions import called_in
from rag.linking.names import listed, short_name, titled
from rag.linking.subjects import COMPARES, SAYS_NOTHING
from rag.question.missing import say_missing
from rag.suggesting import name_among
from rag.values import QueryPlan

__all__ = ["count_in_words", "either", "listed_as", "remarks", "title_alone"]

MOST_AUTHORS = 6
LEAST_SPEAKING = 3
"""Papers that speak of a term of the field which no title has."""


def remarks(plan: QueryPlan, found: Found) -> str:
    """Return what to say beside an answer: that it is in English, which paper of a name it is about, which
    side is missing, and what it asks about that the abstract does not mention."""
    about = [_meant_among(plan), _missing_side(plan, found), _counted(plan, found), _others(found)]
    said = [all_is_english(plan.language), *about, _unmentioned(plan, found)]
    return " ".join(filter(None, said))


def _unmentioned(plan: QueryPlan, found: Found) -> str:
    """Return which details and terms of a question about one paper its abstract does not have, and which
    names of one that describes its paper none has."""
    if plan.kind == "answer" and not plan.papers:
        names = unheld_names(
            plan.standalone_question, [f"{p.title}. {p.abstract}" for p in found.candidates]
        )
        return f"No abstract here mentions {either(names)}." if names else ""
    if plan.kind != "answer" or len(plan.papers) != 1:
        return ""
    paper = plan.papers[0]
    details = absent_details(plan.standalone_question, f"{paper.title}. {paper.abstract}", partly=True)
    others = [other for other in found.candidates if other != paper]
    unmentioned = unmentioned_terms(plan.focus, paper, found.candidates)
    terms = [f"“{term}”" for term in unmentioned if _is_term(term, plan.focus, others)]
    abstract = f"The abstract of {called_in(paper, plan.standalone_question)}"
    said = [
        f"{abstract} does not give {either(details)}; its full text may." if details else "",
        f"{abstract} does not mention {either(terms)}." if terms else "",
    ]
    return " ".join(filter(None, said))


def _is_term(words: str, question: str, others: Sequence[Paper]) -> bool:
    """Whether two words are a term of the field: a title has them, or several abstracts, and the question
    does not tear them from a longer compound. Words that could be asked of any paper make none."""
    if set(tokens(words)) & SAYS_NOTHING:
        return False
    apart = rf"(?<![\w-]){re.escape(words).replace(chr(92) + ' ', '[ -]')}(?![\w-])"
    pair = tuple(tokens(words))
    in_title = any(pair == two for paper in others for two in pairwise(tokens(paper.title)))
    spoken_of = sum(pair in pairs_of(paper) for paper in others) >= LEAST_SPEAKING
    return (in_title or spoken_of) and re.search(apart, question) is not None


def _counted(plan: QueryPlan, found: Found) -> str:
    """Return how many papers a list has, and of how many: each paper of a large library is not read."""
    if plan.kind != "list":
        return ""
    count = len({item.span.paper.id for item in found.evidence})
    papers = "1 paper" if count == 1 else f"{count} papers"
    if plan.like:
        return f"The {papers} nearest to {short_name(plan.like)}; the library holds {plan.searched:,}."
    if found.matching == plan.searched > count:
        return f"The library holds {plan.searched:,} papers; here are {count} of them."
    if found.matching > count:
        papers = f"The best {count} of {found.matching} papers that match, out"
    return f"{papers} of {found.examined:,} examined; the library holds {plan.searched:,}."


def _others(found: Found) -> str:
    """Return, by title, which papers belong to a list as well, and which may."""
    others = {"Also": found.unquoted, "Less sure": found.less_sure}
    titles = {said: "; ".join(titled(p).rstrip(".") for p in papers) for said, papers in others.items()}
    return " ".join(f"{said}: {named}." for said, named in titles.items() if named)


def _meant_among(plan: QueryPlan) -> str:
    """Return which of the papers of one name was meant, in a sentence, or nothing."""
    for paper in plan.papers:
        others = [other for other in plan.passed_over if name_among(paper, [other]) != short_name(paper)]
        if others:
            number = count_in_words(len(others) + 1)
            return f"{number} papers here are called {short_name(paper)}; this is about “{paper.title}”."
    return ""


def _missing_side(plan: QueryPlan, found: Found) -> str:
    """Return what to say of a side of a comparison of which the library holds nothing, or nothing."""
    if not plan.papers or not (plan.missing or COMPARES.search(plan.standalone_question)):
        return ""
    if bare := [paper for paper in plan.papers if not paper.abstract]:
        return title_alone(bare)
    return say_missing(plan.standalone_question, plan.missing, plan.papers, found.candidates)


def listed_as(paper: Paper) -> str:
    """Return by whom a paper is and where it came out, as far as the library knows; "" if not at all."""
    authors = [*paper.authors[:MOST_AUTHORS], *(["others"] if len(paper.authors) > MOST_AUTHORS else [])]
    came_out = " ".join(filter(None, [paper.venue, str(paper.year or "")]))
    known = ", ".join(filter(None, [listed(authors), came_out]))
    return f"The library has it as: {known}." if known else ""


def title_alone(papers: Sequence[Paper]) -> str:
    """Return that of some papers there is the title alone."""
    names = listed(list(map(short_name, papers)))
    return f"The library has no abstract of {names}, only the title; the full text may answer."


def count_in_words(number: int) -> str:
    """Return a number as a sentence begins with it."""
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six")
    return words[number] if number < len(words) else str(number)


def either(names: Sequence[str]) -> str:
    """Return names of which one is enough."""
    return " or ".join(names)
