"""Reads a question against the turn before it: which papers it means, and how it reads on its own.

In: a question that may lean on what was said, and what that was about. Out: the question as a person
would type it who had not asked anything before, with the papers it is about, or nothing where it stands
alone. It looks nothing up but which of several papers a description fits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.absence import papers_spoken_of
from rag.linking.focus import without_mentions
from rag.linking.mentions import called_in, find_mentions
from rag.linking.names import distinct, key
from rag.linking.plain_words import telling_stems
from rag.linking.subjects import COMPARES, Named, meant_by
from rag.question.leaning import asks_anew, leans, refers, searches_anew, unknown_names
from rag.question.relatives import THE_OTHER, by_version, relative_meant
from rag.question.rephrasing import (
    COMPARED,
    LEADS_IN,
    Called,
    add,
    asks_of_sides,
    fragment_of,
    lean_on,
    replace_names,
    swap,
)

__all__ = ["Past", "Resolved", "may_lean", "resolve"]

CHANGES_TOPIC = re.compile(
    r"\b(?:different|new|another|other) (?:topic|question|subject|matter)\b|"
    r"\b(?:now|ok(?:ay)?|on to|and|but|then)\W+(?:for )?something (?:else|different)\s*[:.,;–-]|"
    r"(?:^|[.!?]\s+)\W*(?:(?:ok(?:ay)?|now|and|but|so|totally|completely|on to|for)\W+)*"
    r"(?:an? )?(?:different thing|unrelated(?: question)?|(?:changing|switching|change of) (?:the )?"
    r"(?:topics?|subject))\s*(?:[:.;–—]|,(?! or\b)|\s-\s)",
    re.I,
)
ADDS = re.compile(
    r"^\W*(?:(?:please|now|and|also|then|okay|ok|can you|could you)\W+)*(?:add|include|bring in)\b", re.I
)
BEFORE_NAME = re.compile(rf"\b(?:it|its|this|that one|{COMPARED}|they|them|both)\b", re.I)
PLACES = {"former": 0, "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3,
          "latter": -1, "last": -1}  # fmt: skip
ORDINAL = re.compile(
    rf"\b(?:the|no\.?|number) ({'|'.join(PLACES)}|[1-6])\b(?: (?:one|papers?|models?|methods?|work))?"
    rf"|^\W*({'|'.join(PLACES)}|[1-6])(?: one)?\W*$",
    re.I,
)
NEWER = re.compile(
    r"\bthe (?:(older|oldest|earlier|earliest|original)|newer|newest|later|latest|more recent|most recent)"
    r"(?: (?:one|paper|model|version))\b",
    re.I,
)
OTHER = re.compile(
    r"^\W*(?:(?:no|nope|sorry|actually|and|but|i mean|i meant|not that(?: one)?|what about|how about)\W+)*"
    r"the other(?: one| paper| model| method)?\W*$",
    re.I,
)
CORRECTS = re.compile(
    r"^\W*(?:no|nope|sorry|not (?:that|this))\b[^?]*\bI (?:meant?|was asking)\b[^?]*$", re.I
)
"""Names what the question before was about, and asks nothing else."""
FITS = re.compile(
    r"\bthe (?:one|paper|model|method|work) (?:about|on|for|with|from|that|which|using|in|by|of)\s+(.+)"
    r"|\bthe ([\w-]+(?: [\w-]+){0,2}) (?:one|paper|model|method)\b",
    re.I,
)
SAME = re.compile(
    r"^\W*(?:and |but )?(?:do|does|did|is|are|can|has|have)\b[^?]*\b(?:the same|too|as well)\W*$", re.I
)
"""Asks of another paper what was asked before, if it asks nothing else."""
ANY_BETTER = re.compile(
    r"^(?:(?:is|does|do|did|was)(?:it)?(?:any|much|even|still|do|fare|perform|score)*"
    r"(?:better|worse|higher|lower|larger|smaller|faster|cheaper)(?:there|now|onthat|inthat|onthis)?)?$",
    re.I,
)
"""What is left, without spaces, of a question that asks no more than what was asked before."""
AGREES = re.compile(
    r"^\W*(?:yes|yeah|yep|sure|ok|okay|right|correct|exactly|please|go on|go ahead|continue|more|"
    r"tell me more|explain|elaborate|in (?:more )?detail|do it)"
    r"(?:\W+(?:please|do|that|thanks|sure|go on))*\W*$",
    re.I,
)
ASKS_BACK = re.compile(r"(?:^|(?<=[.!?:\]]))\s*“?([^.!?:\[\]“”]{8,200}\?)”?\W*$")
"""The question at the end of an answer."""
OFFERS = re.compile(
    r"^\W*(?:you could ask|do you want(?: me)? to(?: know| hear)?|"
    r"would you like(?: me)?(?: to)?(?: know| hear)?|"
    r"(?:shall|should) i(?: also)?(?: tell you| look up| say)?|(?:do|did) you mean)\b[:,\s]*",
    re.I,
)
ASKS_WHY = re.compile(r"^\W*(?:(?:and|but|so)\W+)?(why|how|how so|how come|why not|why is that)\W*$", re.I)
EVERY = re.compile(r"^\W*(?:both|all|either|all of them|both of them|all three|compare them)\W*$", re.I)
BARE = re.compile(
    r"^\W*(?:and|(?:and )?what about|(?:and )?how about)\s+(?!(?:the|its?|their|this|that|these|those|on|"
    r"in|at|for|with|without|from|is|are|do|does|did|has|how|what|which|why|who|when|where|can)\b)"
    r"[\w-]+(?: [\w-]+)?\W*$",
    re.I,
)
"""Another topic for the question before, as "and segmentation?" is."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the last turn was about: its question as it stands alone and the papers it named, the papers
    it spoke of, those that share a name with them, what was asked back, the answer's text, and what the
    question named that the library lacks."""

    question: str
    papers: tuple[Paper, ...]
    choices: tuple[Paper, ...] = ()
    passed_over: tuple[Paper, ...] = ()
    answer: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question as it stands alone, and its papers. `passed_over` it might have been about as well."""

    question: str
    papers: tuple[Paper, ...]
    passed_over: tuple[Paper, ...] = ()


def may_lean(named: Named) -> bool:
    """Whether a question could lean on an earlier one at all, so that those are worth reading."""
    if (named.choices or named.passed_over) and THE_OTHER.search(named.text):
        return True
    if named.choices:
        return False
    if named.papers:
        if ADDS.match(named.text) or SAME.match(named.text):
            return True
        return not fragment_of(named.text, named.papers) or refers(BEFORE_NAME, named.text) is not None
    return leans(named.text)


def resolve(named: Named, past: Past, index: PaperIndex) -> Resolved | None:
    """Return what a question means after the turn before it, or None when it stands alone."""
    question = named.text
    if past.choices and (chosen := _chosen_one(named, past.choices, index)):
        called = " and ".join(f"“{paper.title}”" for paper in chosen)
        return Resolved(replace_names(past.question, past.choices, called), chosen)
    if relative := relative_meant(named, past.papers, past.question, index):
        return _of_relative(relative, past)
    new = CHANGES_TOPIC.search(question) or papers_spoken_of(question)
    if new or searches_anew(question, [*past.missing, *past.papers]):
        return None
    if named.papers or not past.papers:
        return _with_named(named, past) if named.papers else _without_papers(question, past)
    found = _said_shortly(question, past) or _referring(question, past, index)
    if not found:
        return None
    rest = distinct([*past.passed_over, *past.papers])
    return replace(found, passed_over=tuple(paper for paper in rest if paper not in found.papers))


def _chosen_one(named: Named, choices: tuple[Paper, ...], index: PaperIndex) -> tuple[Paper, ...]:
    """Return which of the papers that were asked back for is meant; nothing when something else is."""
    if EVERY.match(named.text):
        return choices
    if own := [paper for paper in named.papers if paper in choices]:
        return tuple(own)
    if named.papers:
        return ()
    if match := ORDINAL.search(named.text):
        return tuple(_at(match, choices))
    asks = re.search(r"\?\s*$|^\W*(?:what|how|why|when|where|who)\b", named.text, re.I)
    fits = FITS.search(named.text)
    return (meant_by(named.text, choices, index),) if fits or not asks else ()


def _at(match: re.Match[str], papers: Sequence[Paper]) -> Sequence[Paper]:
    """Return the paper at the place that an ordinal names, or all when there is none."""
    word = (match[1] or match[2]).casefold()
    place = int(word) - 1 if word.isdigit() else PLACES[word]
    return papers[place : place + 1 or None] if place < len(papers) else papers


def _of_relative(named: Named, past: Past) -> Resolved:
    """Return a question about a paper that is related to those of the turn: the one before, asked of it,
    where it says no more than which is meant."""
    if ANY_BETTER.match(fragment_of(named.text, named.papers)):
        found = Resolved(*swap(past.question, past.papers, named.papers))
    else:
        found = _with_named(named, past) or Resolved(named.text, named.papers)
    return replace(found, passed_over=tuple(p for p in past.papers if p not in found.papers))


def _with_named(named: Named, past: Past) -> Resolved | None:
    """Return a question that names a paper and still leans on the turn: "what about X?", "is it better
    than X?"; None for any other."""
    question = named.text
    if ADDS.match(question) and past.papers:
        return Resolved(*add(past.question, past.papers, named.papers))
    same = SAME.match(question) and not telling_stems(without_mentions(question, named.papers))
    if same or CORRECTS.match(question) or not fragment_of(question, named.papers):
        if all(paper in past.papers for paper in named.papers) and len(past.papers) == 1:
            return None
        return Resolved(*swap(past.question, past.papers, named.papers))
    first = min((mention.start for mention in find_mentions(question, named.papers)), default=0)
    before = refers(BEFORE_NAME, question[:first])
    rest = [paper for paper in past.papers if paper not in named.papers]
    if not before or not rest or len(named.papers) > 1:
        return None
    if len(rest) > 1 and before.group().casefold() not in ("they", "them", "both"):
        rest = rest[:1]
    papers = distinct([*rest, *named.papers]) if COMPARES.search(question) else rest
    return Resolved(lean_on(question, _called(rest, past)), tuple(papers))


def _without_papers(question: str, past: Past) -> Resolved | None:
    """Return a follow-up on a turn that spoke of no paper: it is searched together with that question."""
    if not past.question or not leans(question):
        return None
    if AGREES.match(question):
        return Resolved(_offered(past.answer) or past.question, ())
    return Resolved(f"{past.question} {question}", ())


def _said_shortly(question: str, past: Past) -> Resolved | None:
    """Return what "yes", "no, the other one", "why?" and "what about AnimateDiff?" mean."""
    if AGREES.match(question):
        called = _called(past.papers, past)
        if (offered := _offered(past.answer)) and not find_mentions(offered, past.papers):
            return Resolved(lean_on(offered, called), past.papers)
        return Resolved(offered or f"What else does the abstract of {called.joined} say?", past.papers)
    if OTHER.match(question) and past.passed_over:
        return Resolved(*swap(past.question, past.papers, past.passed_over[:1]))
    if match := ASKS_WHY.match(question):
        asked = past.question.rstrip(" ?.!")
        return Resolved(f"{asked}, and {match[1].split()[0].casefold()}?", past.papers)
    unknown = unknown_names(question, past.papers)
    if unknown and key(LEADS_IN.sub("", question).strip(" ?.!")) == key(unknown[0]):
        return Resolved(replace_names(past.question, past.papers, unknown[0]), ())
    return None


def _offered(answer: str) -> str:
    """Return the question with which an answer ended, as one that can be asked."""
    match = ASKS_BACK.search(answer.strip())
    if not match:
        return ""
    asked = OFFERS.sub("", match[1]).strip(" “”")
    return asked[:1].upper() + asked[1:]


def _referring(question: str, past: Past, index: PaperIndex) -> Resolved | None:
    """Return a question that speaks of the papers of the turn in other words, or is too short to stand."""
    if not leans(question) or asks_anew(question, past.papers, index):
        return None
    if BARE.match(question) and not find_mentions(past.question, past.papers):
        return Resolved(f"{past.question} {question}", ())
    papers, said = _spoken_of(question, past.papers, index)
    called = _called(papers, past)
    if len(past.papers) == 1 and asks_of_sides(question):
        called = replace(called, missing=past.missing)
    if said:
        rest = [paper for paper in past.papers if paper not in papers]
        asked = LEADS_IN.sub("", f"{question[: said[0]]}{called.joined}{question[said[1] :]}")
        asked = asked[:1].upper() + asked[1:]
        if rest and (compared := re.search(r"\b(compare|differ)s?\W*$", asked, re.I)):
            link = " with " if compared[1].casefold() == "compare" else " from "
            asked = asked.rstrip(" ?.!") + link + _called(rest, past).joined + "?"
            return Resolved(asked, tuple(distinct([*papers, *rest])))
        return Resolved(asked, tuple(papers))
    return Resolved(lean_on(question, called, after=past.question), tuple(papers))


def _spoken_of(
    question: str, papers: tuple[Paper, ...], index: PaperIndex
) -> tuple[tuple[Paper, ...], tuple[int, int] | None]:
    """Return the papers that "the latter" or "the one about X" means, and where that stands, if it does."""
    if len(papers) > 1 and (match := ORDINAL.search(question)):
        chosen = tuple(_at(match, papers))
        return chosen, match.span() if len(chosen) == 1 else None
    if len(papers) > 1 and (match := NEWER.search(question)) and (dated := by_version(papers)):
        return (dated[0] if match[1] else dated[-1],), match.span()
    if len(papers) > 1 and (match := FITS.search(question)):
        chosen = (meant_by(match[1] or match[2], papers, index),)
        return chosen, match.span() if match[2] else None
    return papers, None


def _called(papers: Sequence[Paper], past: Past) -> Called:
    """Return papers with what to call them: what the turn before did."""
    names = {paper.id: called_in(paper, past.question, past.answer) for paper in papers}
    return Called(tuple(papers), names)
