"""Rewords a follow-up so that it stands alone: names for pronouns, another paper in the same question.

In: a question, the papers it leans on and what to call them. Out: a question that a person could have
typed. It is all words: nothing is looked up here, and what papers are meant is decided in
`rag.question.turns`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from index_store.values import Paper
from rag.linking.mentions import find_mentions
from rag.linking.names import distinct, listed, short_name
from rag.suggesting import name_among

__all__ = [
    "ASKS",
    "EXPLETIVE",
    "LEADS_IN",
    "Called",
    "add",
    "asks_of_sides",
    "fragment_of",
    "lean_on",
    "replace_names",
    "swap",
]

LEADS_IN = re.compile(
    r"^\W*(?:(?:and|but|so|also|ok|okay|no|nope|yes|sorry|actually|well|now|then|thanks|i meant?|rather|"
    r"what about|how about|(?:the )?same (?:question )?for|for|with|about)\b[\s,:;.]*)+",
    re.I,
)
"""What connects a question with the one before it and asks nothing."""
OPENS = re.compile(
    r"^\W*(?:(?:and|but|so|also|ok|okay|no|yes|sorry|actually|well|then|thanks|now)\b[\s,:;.]*)+", re.I
)
TAIL = re.compile(
    r"\b(?:and|or|versus|vs|instead|then|too|please|as well|the|paper|here|though)\b|\W", re.I
)
"""What may stand beside a name without asking anything of it."""
ASKS = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|might|which|what|how|why|who|"
    r"whose|when|where|compare|explain|describe|summari[sz]e|tell|list|show|give|name)\b",
    re.I,
)
ABOUT = re.compile(r"^\W*(?:(?:and|but|so)\W+)?(?:what|how) about\b\W*", re.I)
PLACE = re.compile(
    r"^(on|in|at|for|with|without|against|from|under|over|using|during|after|before) (?!it\b)(.+)$", re.I
)
EXPLETIVE = re.compile(
    r"\bit(?=\s+(?:(?:is|was|be|seems?)\s+)?(?:true|possible|clear|likely|fair|correct|known|easy|hard|"
    r"common)\b)|\bit(?=\s+(?:costs?|takes?|took)\b[^?]*\bto\b)|"
    r"\b(?:why|when|how|where) it is\b(?=\s+that)|"
    r"\b(?:is|are|was|were|s) there\b|\bthe first to\b|"
    r"\b(?:papers?|works?|models?|methods?|approach(?:es)?|stud(?:y|ies)|research|datasets?|any(?:thing|one)|"
    r"something|everything|nothing) that(?=\s+\w)",
    re.I,
)
"""What refers to nothing before it: the empty "it" and "there", and "that" after its own noun."""
COMPARED = (
    r"(?:(?<=\bis )|(?<=\bwas ))that"
    r"(?= (?:any |much |far |still )?(?:\w{3,}er|more|less|worse)\b[^?]* than\b)"
)
""""Is that smaller than ...": what was spoken of."""
OF_ONE = re.compile(
    r"\b(?:this|that|the same|said) (?:paper|model|method|work|approach|framework|one|study)\b|\bit\b|"
    rf"\b{COMPARED}",
    re.I,
)
OWN_OF_ONE = re.compile(r"\bits\b", re.I)
OF_SEVERAL = re.compile(
    r"\b(?:(?:both|all|either|each|which) of (?:them|these|those|the (?:two|three|papers|models|methods))|"
    r"(?:these|those|the)(?: two| three)? (?:papers|models|methods|approaches|works)|the two|they|them|"
    r"these|those|both)\b",
    re.I,
)
OWN_OF_SEVERAL = re.compile(r"\btheir\b", re.I)
SIDES = re.compile(
    r"\b(?:(?:all|any|either|each|which|one|both) of (?:them|these|those)|they|them|their|the two)\b|"
    r"\b(?:these|those)(?=\W*$|\s+(?:is|are|do|does|has|have|two|papers|models|methods)\b)|"
    r"^\W*(?:(?:and|but|so|then)\W+)*which (?:one|is|was|has|does|did)\b",
    re.I,
)
"""Speaks of the sides of a comparison, or asks which of them."""
SOME_OF_THEM = re.compile(r"\b(which|any|one|some|all) of (?:them|these|those)\b", re.I)
PLURALS = {"is": "are", "was": "were", "does": "do", "has": "have"}
ONE_WITH_VERB = re.compile(
    rf"\b(?:(?P<before>{'|'.join(PLURALS)})(?P<gap>\s+))?(?P<one>{OF_ONE.pattern})"
    rf"(?:\s+(?P<after>{'|'.join(PLURALS)})\b)?",
    re.I,
)
"""One paper, and the verb that says that it is one."""
LOWERED = re.compile(
    r"^(?:What|Which|How|Why|Who|When|Where|Is|Are|Was|Were|Do|Does|Did|Can|Could|Has|Have)\b"
)


@dataclass(frozen=True, slots=True)
class Called:
    """Papers and what to call each of them, and what was asked about beside them that the library lacks."""

    papers: tuple[Paper, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def each(self) -> list[str]:
        """The names, in order, those that are missing first."""
        return [*self.missing, *(self.names.get(paper.id) or short_name(paper) for paper in self.papers)]

    @property
    def joined(self) -> str:
        """The names in one phrase: A, B and C."""
        return listed(self.each)

    @property
    def owning(self) -> str:
        """The names in one phrase that owns something: A's and B's."""
        return " and ".join(f"{name}'s" for name in self.each)


def asks_of_sides(question: str) -> bool:
    """Whether a question that leans on another speaks of several things, and of no single one."""
    one = OF_ONE.search(question) or OWN_OF_ONE.search(question)
    return SIDES.search(question) is not None and not one


def fragment_of(question: str, papers: Sequence[Paper]) -> str:
    """Return what a question asks beside the papers it names: nothing for "and what about X?"."""
    rest = LEADS_IN.sub("", question)
    places = {(mention.start, mention.end) for mention in find_mentions(rest, papers)}
    if not places:
        return rest
    for start, end in sorted(places, reverse=True):
        rest = f"{rest[:start]} {rest[end:]}"
    return TAIL.sub("", rest)


def replace_names(question: str, papers: Sequence[Paper], name: str) -> str:
    """Return a question with `name` wherever it names one of `papers`, or with it at the end."""
    places = sorted({(m.start, m.end) for m in find_mentions(question, papers)}, reverse=True)
    if not places:
        return f"{question.rstrip(' ?.!')} ({name})?"
    for start, end in places:
        owns = re.search(r"['’]s?$", question[start:end])
        question = f"{question[:start]}{name}{owns.group() if owns else ''}{question[end:]}"
    return question


def swap(question: str, papers: Sequence[Paper], others: Sequence[Paper]) -> tuple[str, tuple[Paper, ...]]:
    """Return a question asked of other papers, and its papers; a comparison gets them added."""
    named = distinct(mention.paper for mention in find_mentions(question, papers))
    if len(named) > 1:
        return add(question, papers, others)
    return replace_names(question, papers, _name_of(others, papers)), tuple(others)


def add(question: str, papers: Sequence[Paper], others: Sequence[Paper]) -> tuple[str, tuple[Paper, ...]]:
    """Return a question asked of other papers as well, and its papers."""
    name, all_papers = _name_of(others, papers), tuple(distinct([*papers, *others]))
    places = find_mentions(question, papers)
    if not places:
        return f"{question.rstrip(' ?.!')} ({Called(all_papers).joined})?", all_papers
    last = max(places, key=lambda mention: mention.end)
    named = distinct(mention.paper for mention in places)
    return f"{question[: last.end]} and {name}{question[last.end :]}", tuple(distinct([*named, *others]))


def _name_of(others: Sequence[Paper], papers: Sequence[Paper]) -> str:
    return Called(tuple(others), {other.id: name_among(other, papers) for other in others}).joined


def lean_on(question: str, called: Called, *, after: str = "") -> str:
    """Return a question with names where it has pronouns; one without either says what it is about.

    `after` is the question before, which a fragment ("and on ImageNet?") changes in one place.
    """
    asked = OPENS.sub("", question).strip() or question
    if not ASKS.search(ABOUT.sub("", asked)):
        return _completed(ABOUT.sub("", asked).strip(" ?.!"), called, after)
    worded = _named(asked, called)
    if worded == asked:
        lower = asked[:1].lower() + asked[1:] if LOWERED.match(asked) else asked
        among = "For each of" if OF_ONE.search(asked) else "For"
        if len(called.each) == 1:
            rest = SOME_OF_THEM.sub(r"\1", lower)
            worded = f"In {called.joined}, {rest}"
        else:
            worded = f"{among} {called.joined}, {lower}"
    return worded[:1].upper() + worded[1:]


def _named(question: str, called: Called) -> str:
    """Return a question with names for its first pronouns."""
    several = len(called.each) > 1
    if not several and OF_SEVERAL.search(question):
        return question
    if several and not OF_SEVERAL.search(question) and not OWN_OF_SEVERAL.search(question):
        return _pluralised(question, called)
    owning, those = (OWN_OF_SEVERAL, OF_SEVERAL) if several else (OWN_OF_ONE, OF_ONE)
    names = called.joined
    dummy = [match.start() for match in EXPLETIVE.finditer(question)]
    found = next((m for m in those.finditer(question) if m.start() not in dummy), None)
    owned = owning.search(question)
    if owned and (not found or owned.start() < found.start()):
        return f"{question[: owned.start()]}{called.owning}{question[owned.end() :]}"
    if not found:
        return question
    if several and (match := re.match(r"(both|all|either|each|which)\b", found.group(), re.I)):
        names = f"both {names}" if match[1].casefold() == "both" else f"{match[1]} of {names}"
    return f"{question[: found.start()]}{names}{question[found.end() :]}"


def _pluralised(question: str, called: Called) -> str:
    """Return a question that was put for one paper ("how large is it?") put for several: "how large are A
    and B?". One whose verb cannot be told stays as it is."""
    dummy = [match.start() for match in EXPLETIVE.finditer(question)]
    found = next((m for m in ONE_WITH_VERB.finditer(question) if m.start("one") not in dummy), None)
    owned = OWN_OF_ONE.search(question)
    if owned and (not found or owned.start() < found.start()):
        return f"{question[: owned.start()]}{called.owning}{question[owned.end() :]}"
    if not found:
        return question
    before, after = found["before"] or "", found["after"] or ""
    asked = re.search(
        r"\b(?:do|does|did|can|could|will|would|should|is|are|was|were|has|have)\b",
        question[: found.start()] + before,
        re.I,
    )
    if not before and not after and not asked:
        return question
    verb = PLURALS.get(before.casefold(), before) + (found["gap"] or "")
    behind = f" {PLURALS[after.casefold()]}" if after else ""
    verb = verb.capitalize() if before.istitle() else verb
    return f"{question[: found.start()]}{verb}{called.joined}{behind}{question[found.end() :]}"


def _completed(fragment: str, called: Called, after: str) -> str:
    """Return the question that a fragment without a verb stands for."""
    if (place := PLACE.match(fragment)) and after:
        asked = re.sub(rf"\s+{place[1]}\s+[^?]*?(?=\?|$)", "", after.rstrip(" ?.!"), count=1, flags=re.I)
        return f"{asked} {fragment}?"
    if owned := re.match(r"(?:its|their)\s+(.+)", fragment, re.I):
        verb = "are" if re.search(r"[^s]s$", fragment) else "is"
        return f"What {verb} {called.owning} {owned[1]}?"
    return f"What about {fragment} in {called.joined}?"
