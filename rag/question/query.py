"""Turns a question and the turns before it into a query plan: what is asked, about which papers.

It takes the question out of what was typed, has its papers found and its follow-ups read against the
turns before, and says what kind of answer is asked for. It writes no answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.absence import absent_names
from rag.checking.borrowed import share_held
from rag.linking.capitals import with_capitals
from rag.linking.focus import focus_of, without_manner, without_mentions
from rag.linking.languages import ENGLISH, language_of
from rag.linking.names import capital_names, distinct, key, name_like, short_name
from rag.linking.plain_words import telling_stems
from rag.linking.subjects import COMPARES, SMALL_LIBRARY, Named, find_named
from rag.question.asides import without_asides
from rag.question.missing import EXTENDED, missing_sides
from rag.question.orders import is_link_alone, is_small_talk, question_in
from rag.question.pairs import two_sides
from rag.question.relatives import with_other_version
from rag.question.several import read_several
from rag.question.similar import asks_for_similar
from rag.question.turns import Past, may_lean, resolve
from rag.values import PlanKind, QueryPlan, Turn

__all__ = ["COMPARES", "plan_query", "put_into_english"]

NEAREST = 60
"""Passages of a large library in which a name may stand that was typed in small letters."""
POINTS_BACK = re.compile(
    r"\W*(?:\w+ )?(?:it|them)\b|"
    r"\W*(?:would |could |can |may |actually |really |also )*\w+ (?:that|this)"
    r"(?:\W*$|,|\W+(?:and|or|but)\b|\W+(?:up|too|as well|already)(?:\W*$|,))",
    re.I,
)
"""In what the papers of a list are to have: what that is was said before."""
WHO_OF = re.compile(r"^\W*who(?:se)?\b[^?,:]*[,:][^?]*\bor\b", re.I)
"""Asks which of those that it names: "who uses distillation, A or B?"."""
LEAST_TOLD = 0.6
"""Share of the words of an answer that a paper holds of which it tells."""
TURNS_READ = 4
"""Turns that a follow-up is read against: each may lean on the one before it."""
Translate = Callable[[str], str]


def plan_query(
    question: str, turns: Sequence[Turn], index: PaperIndex, *, translate: Translate | None = None
) -> QueryPlan:
    """Return the plan for a question.

    `translate` puts a question in another language into English, in which the library is searched; it
    is asked to only where no paper is named, and what loses a name is not used.
    """
    asked = without_asides(question_in(question) or question.strip(), index)
    language = language_of(asked)
    named = find_named(asked, index)
    if translate and language != ENGLISH and not (named.papers or named.choices):
        named = find_named(_translated(asked, translate), index)
    named = with_other_version(named, index)
    similar = not named.choices and asks_for_similar(named.text, named.papers)
    leans = may_lean(named)
    past = _past(turns[-TURNS_READ:], index) if turns and (similar or leans) else None
    if similar and (like := _to_resemble(named, past)):
        plan = QueryPlan(question, asked, "list", (), like.title, language=language, like=like)
        return _of_similar(like, named, plan, index)
    pair: Sequence[Paper] = ()
    if past and leans and (resolved := resolve(named, past, index)):
        named = Named(resolved.question, resolved.papers, passed_over=resolved.passed_over)
    elif pair := _side_by_side(named, index):
        named = Named(named.text, pair)
    standalone, papers = named.text, named.papers
    if papers and is_link_alone(asked):
        standalone = f"What is {short_name(papers[0])} about?"
    readable = language_of(standalone) == ENGLISH  # of another language the search reads the names alone
    kind = _kind(standalone, papers)
    if kind == "list":
        standalone = with_capitals(standalone, _nearest(standalone, index))
        named, papers = Named(standalone), ()
    several = read_several(standalone) if kind == "list" else None
    wanted = several.wanted if several else ""
    asked = wanted if wanted and not POINTS_BACK.match(wanted) else standalone
    focus = focus_of(standalone, papers) if papers and readable else without_manner(asked)
    return QueryPlan(
        question,
        standalone,
        kind,
        papers,
        focus,
        language=language,
        choices=named.choices,
        passed_over=named.passed_over,
        searched=index.count_papers(),
        missing=() if pair else missing_sides(standalone, papers),
    )


def _to_resemble(named: Named, past: Past | None) -> Paper | None:
    """Return the one paper to which similar ones are asked for: that is named, or of the last turn."""
    papers = named.papers or (past.papers if past else ())
    return papers[0] if len(papers) == 1 and papers[0].abstract else None


def _of_similar(like: Paper, named: Named, plan: QueryPlan, index: PaperIndex) -> QueryPlan:
    """Return the plan of a question for papers that are like one, with the name of that one in it."""
    standalone = named.text if named.papers else f"Which papers are similar to {short_name(like)}?"
    return replace(plan, standalone_question=standalone, searched=index.count_papers())


def put_into_english(plan: QueryPlan, translate: Translate) -> QueryPlan:
    """Return the plan with a question that is in another language in English, or as it is where nothing but
    a title is, or when a name was lost."""
    asked = without_mentions(plan.standalone_question, plan.papers)
    if ENGLISH in (plan.language, language_of(asked)):
        return plan
    english = _translated(plan.standalone_question, translate)
    if english == plan.standalone_question:
        return plan
    return replace(plan, standalone_question=english, focus=focus_of(english, plan.papers))


def _nearest(question: str, index: PaperIndex) -> list[Paper]:
    """Return the papers whose names a question may hold: all of a small library."""
    if index.count_papers() <= SMALL_LIBRARY:
        return index.papers()
    return distinct(hit.chunk.paper for hit in index.search(question, limit=NEAREST))


def _translated(question: str, translate: Translate) -> str:
    """Return a question in English, or as it is when its names did not come through."""
    english = " ".join(translate(question).split())
    kept = all(key(name) in key(english) for name in name_like(question))
    return english if english and kept else question


def _kind(question: str, named: Sequence[Paper]) -> PlanKind:
    several = read_several(question)
    either = len(named) > 1 and WHO_OF.search(question)
    if several and not either and (several.of_papers or not named):
        return "list"
    return "comparison" if len(named) > 1 else "answer"


def _side_by_side(named: Named, index: PaperIndex) -> tuple[Paper, ...]:
    """Return the two papers that a question compares and does not both name: none where it names one that
    they do not speak of, or asks for papers."""
    several = read_several(named.text)
    if named.choices or (several and several.of_papers):
        return ()
    pair = two_sides(named.text, named.papers, index)
    if pair is None:
        return ()
    names = capital_names(named.text)
    if named.papers:
        missing = missing_sides(named.text, named.papers)
        names = [name for one in missing for name in capital_names(f"about {one}")]
    names = [name for name in names if not _is_a_circumstance(name, named.text)]
    texts = [f"{p.title}. {p.abstract if p in named.papers or not named.papers else ''}" for p in pair]
    return () if absent_names(f"about {', '.join(names)}", texts) else pair


def _is_a_circumstance(name: str, question: str) -> bool:
    """Whether a name tells of what a paper does, as in "trained on TikTok clips" or "the CLIP extension",
    and is no side itself."""
    told = rf"\b(?:on|using) (?:the )?{re.escape(name)}\b|\b{re.escape(name)}{EXTENDED}"
    return re.search(told, question) is not None


def _told_of(turn: Turn, index: PaperIndex) -> tuple[Paper, ...]:
    """Return the paper that an answer without a name tells of: the nearest one, if it holds the words."""
    told = telling_stems(turn.answer)
    if not told or not (near := index.search(f"{turn.question} {turn.answer}", limit=1)):
        return ()
    paper = near[0].chunk.paper
    return (paper,) if share_held(told, paper) >= LEAST_TOLD else ()


def _past(turns: Sequence[Turn], index: PaperIndex) -> Past | None:
    """Return what the last turn that asked something was about; it may itself lean on those before it."""
    first: Past | None = None
    for at in reversed(range(len(turns))):
        turn = turns[at]
        if not re.search(r"\w", turn.question) or is_small_talk(turn.question):
            continue
        plan = plan_query(turn.question, turns[:at], index)
        cited = turn.papers or find_named(turn.answer, index).papers or _told_of(turn, index)
        asked = () if set(cited) & set(plan.passed_over) else plan.papers  # the answer says which was meant
        papers = tuple(distinct([*asked, *cited, *([plan.like] if plan.like else [])]))
        past = Past(
            plan.standalone_question, papers, plan.choices, plan.passed_over, turn.answer, plan.missing
        )
        if papers or plan.choices:
            return past
        first = first or past
    return first
