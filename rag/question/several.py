"""Tells whether a question asks for several papers, by which noun, and what they are to have.

In: a question. Out: its request for several papers, or None. What is asked for decides, and not how the
question begins: a plural of papers or of what they bring ("which models", "any papers", "I'm after
methods"), work or research, "anything", "everything" or "who". One paper, and what one paper uses, is none
of these. It knows no library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.linking.plain_words import telling_stems
from rag.question.openings import (
    ALL_THERE_ARE,
    AUTHORS,
    BREAKS,
    CANS,
    COUNTED,
    DATASETS,
    DETERMINERS,
    DOES,
    EVERY,
    IN_LIBRARY,
    MASS,
    METHODS,
    NETWORKS,
    OPENS,
    PAPERS,
    POLITE,
    REQUESTS,
    WHICH,
    WORD,
    Opening,
    opening_of,
    words_of,
)
from rag.question.request_forms import (
    A_KIND_OF,
    ASKS,
    DEALS_WITH,
    FORMS,
    LEANS_BACK,
    ONE_OF_THEM,
    ONE_THEN_ASKED,
    PAPERS_ALONE,
    SHOWS_PAPERS,
    THEM_ALL,
    TO_READ,
    WHAT_THERE_IS,
    WHICH_QUALIFY,
    WORKS_ON,
)

__all__ = ["Several", "read_several"]

CLAUSE = re.compile(r"(?:(?!\s[-–—]+\s)[^.?!:;]|[.?!:;](?=\S))+(?:[.?!:;]+|\s[-–—]+\s)?")
"""Up to a mark, or a dash between spaces."""
WHO = re.compile(
    r"who(?:['’]?s| is| are)(?: (?:else|also|still|here))* \w+ing\b|"
    rf"who(?: (?:also|still|here|all|{IN_LIBRARY}))* (?!is\b|was\b|does (?:best|better|worse)\b)"
    r"(?:\w{2,}s|used|tried|tested|evaluated|compared)\b|"
    r"who else\b",
    re.I,
)
"""Present tense: "who invented" asks for one, and "who uses" for all."""
STOCK = re.compile(
    r"what(?:['’]?s)?(?: (?:else|more|is|do|does|can|could|should|we|i|you|the|this|library|have))*? "
    r"(?:there|have|got|read|cite|here|exists)(?: here)? (?:on|about|for|regarding|concerning)\b",
    re.I,
)
"""Asks what the library has, as "what else is there on" does."""
RELATES = re.compile(
    r"\W*(?:(?:else|here|you have|you've got|we have|there is|at all|in (?:here|this library))\s+)*"
    r"(?:about|on|that|which|who|where|whose|for|with|using|in|from|by|regarding|concerning|like|"
    r"to (?:do with|read)|related|based|\w{2,}ing)\b",
    re.I,
)
"""What leads from papers to what they are to have: papers on, anything with."""
MADE = re.compile(r"\W*\w{3,}ed (?:at|on|with|for|by|from|in|to|as|without)\b", re.I)
"""The same behind "anything" at the beginning, or a noun alone, as "anything trained on owls" asks."""
LONGEST_TYPED = 7
"""Words of what is typed without a question."""
PICKS = re.compile(r"\b(?:of|between|among) (?:the |these |those )?(?:two|three|both)\b", re.I)
OF_ONE = re.compile(
    r"\b(?:the|this|that|said) (?:(?!an?\b)[\w-]+ ){0,6}?"
    r"(?:paper|study|survey|thesis|report|article|authors?)\b",
    re.I,
)
"""One paper, of which the methods or the models are asked for."""
THERE = re.compile(
    r"\W*(?:is there|exists?|are there|do (?:we|you) have|have (?:we|you)|are available|has been|have been|"
    r"is being|here)\b",
    re.I,
)
IN_HERE = re.compile(
    r"\W*(?:are )?(?:described|presented|introduced|released|proposed|covered|included)"
    r"(?: here| in th(?:is|e|ese) (?:library|collection|papers|abstracts)|\W*$)",
    re.I,
)
"""Asks, behind a noun, for those that the library has."""
OF_ONE_TOO = METHODS | DATASETS | AUTHORS | NETWORKS | {"anything", "them", "ways"}
"""What a question may ask of one paper, too, where it names one."""
AFTER = frozenset("after looking searching hunting interested".split())
OF_LIBRARY = re.compile(r"\W*(?:else )?(?:(?:in )?here|in this library|you have|we have)\b", re.I)
"""Says that anything is asked for that the library has."""
EXPLAINS = re.compile(
    r"\W*(?:(?:in )?here |in this library )?(?:say|tell|explain|discuss|argue|report|show|know)s?\b"
    r"[^?.,]{0,20}\b(?:why|how|what)\b|"
    rf"\W*(?:{IN_LIBRARY} )?(?:found|finds?|knows?) the (?:cause|reason|fix)\b",
    re.I,
)
"""Asks, behind "does any paper", for the reason rather than for the papers."""
OF_ITS_OWN = re.compile(
    r"\W*(?:(?:were|was|are|is) "
    r"(?:screened|reviewed|included|surveyed|covered|read|analy[sz]ed|cited|selected)\b"
    rf"(?!\W*(?:{IN_LIBRARY}|here)\W*$)|"
    r"did (?:the|it|they|this|that|[\w-]+ (?:survey|cover|review|include|read))\b)",
    re.I,
)
"""What follows "how many papers" where one study read them."""
WELL = re.compile(r"\W*(?:best|better|well)\b", re.I)
JOINS = re.compile(
    r"^(?:\W|\b(?:should|could|can|must) (?:I|we) (?:cite|read|look at)(?: (?:for|on|about))?\b|"
    rf"\b(?:that|which|who|here|there|{IN_LIBRARY}|(?:do )?(?:we|you) have|"
    r"have (?:we|you)|are|do|does|is|any|of|the)\b)+",
    re.I,
)
ENDS = re.compile(
    r"(?:,(?![^?.;]*\b(?:only|them|those|these|without|ones?|it)\b)\s*(?:I|we)"
    r"(?:['’]m| am|['’]ve| have|['’]re| are|['’]d| need| want| write)\b[^?.;]*|"
    r"(?:\W*\b(?:please|thanks|thank you|which|which ones|"
    r"(?:give|show|list|name|tell)(?: me| all| of| the| them)+"
    r"(?: candidates| options)?(?: from this library| in here| here| you have)?)\b)+)\W*$",
    re.I,
)
POINTS_BACK = re.compile(
    r"\W*(?:(?:[a-z]+\s+){0,4}(?:that|this|it|these|those|so|such an? \w+)(?: here)?)?\W*", re.I
)
"""What follows "which papers" where what they are to have was said before: "... Which papers do that?"."""
LEAST_SAID = 2
"""Telling words before such a question, if it is not a remark ("Interesting!")."""


@dataclass(frozen=True, slots=True)
class Several:
    """A request for several papers: its noun, and the words right before and behind it. `of_papers` says
    that papers are asked for by that word, so that one that is named is not the one it is about."""

    noun: str
    adjectives: str
    rest: str
    of_papers: bool

    @property
    def wanted(self) -> str:
        """What the papers are to have, without the request; "" where all that there are are asked for."""
        is_said = self.adjectives.casefold().endswith(self.noun)
        noun = self.noun if self.noun in DATASETS | NETWORKS and not is_said else ""
        said = " ".join(filter(None, [self.adjectives, noun, self.rest.strip()]))
        said = JOINS.sub("", A_KIND_OF.sub("", ENDS.sub("", said))).strip(" ?.!,:;")
        return "" if ALL_THERE_ARE.issuperset(words_of(said)) else said


def read_several(question: str) -> Several | None:
    """Return the request for several papers in a question, None where it asks for something else first."""
    if PICKS.search(question):
        return None
    question = WHICH_QUALIFY.sub("", ONE_OF_THEM.sub(r"\1any ", question))
    typed = "?" not in question or CLAUSE.fullmatch(question)
    asks_before = False
    for clause in CLAUSE.finditer(question):
        text = question[clause.start() :].lstrip()
        if asks_before and not SHOWS_PAPERS.match(text):
            continue
        before = question[: clause.start()]
        found = _said_before(text, before) or _asked_for(text) or (_typed(text) if typed else None)
        if found and asks_before and not _says_by_itself(found.wanted):
            continue
        if found and ONE_THEN_ASKED.search(text):
            return None
        if found and (found.of_papers or not OF_ONE.search(found.rest)):
            return found
        asks_before |= clause.group().rstrip().endswith("?")
    return None


def _says_by_itself(wanted: str) -> bool:
    """Whether what papers are to have needs nothing that was said before, as "that do the same" does."""
    return bool(telling_stems(wanted)) and not LEANS_BACK.search(wanted)


def _said_before(text: str, before: str) -> Several | None:
    """Return the request of a text that leaves what the papers are to have to what stands before it."""
    start, said = opening_of(text), WORKS_ON.sub("", before).strip(" .:;,–—-")
    asks = {
        "hits": bool(start.request & REQUESTS or start.determiners & WHICH),
        "who": WHO.match(f"who{start.rest}") is not None,
    }.get(start.noun, start.noun in PAPERS and bool(WHICH & start.determiners))
    rest = re.sub(r"\W*\w+", "", start.rest, count=1) if start.noun == "who" else start.rest
    reason = start.request & DOES and EXPLAINS.match(start.rest)
    points = (
        asks
        and not (start.adjectives or reason)
        and (
            POINTS_BACK.fullmatch(rest)
            or telling_stems(rest) <= {"here"}
            or TO_READ.fullmatch(f"what{rest}")
        )
    )
    all_of_it = any(form.fullmatch(text) for form in (WHAT_THERE_IS, TO_READ, THEM_ALL))
    all_of_it = all_of_it or bool(PAPERS_ALONE.fullmatch(text) and not ASKS.match(said))
    if not (points or all_of_it) or len(telling_stems(said)) < (1 if all_of_it else LEAST_SAID):
        return None
    earlier = read_several(said)
    of_papers = not THEM_ALL.fullmatch(text)
    return Several(start.noun or "what", "", f" {earlier.wanted if earlier else said}", of_papers)


def _asked_for(text: str) -> Several | None:
    """Return the request with which a text begins."""
    for form, is_of_papers in FORMS.items():
        if match := form.match(text):
            return Several("papers", "", " ".join(["", *map(str.strip, match.groups())]), is_of_papers)
    stock = STOCK.search(text)
    if stock and OPENS.issuperset(words_of(text[: stock.start()])):
        return Several("what", "", text[stock.end() :], True)
    start = opening_of(text)
    asks = {
        "who": WHO.match(f"who{start.rest}") is not None,
        "anyone": start.request & DOES and not (start.request & CANS or EXPLAINS.match(start.rest)),
        "anything": RELATES.match(start.rest) or (MADE.match(start.rest) and not start.request & DOES),
        "them": bool(WHICH & start.determiners and start.rest.strip(" ?.!")),
    }.get(start.noun, _asks_for_noun(start))
    of_papers = start.noun not in OF_ONE_TOO or OF_LIBRARY.match(start.rest)
    return Several(start.noun, start.adjectives, start.rest, bool(of_papers)) if asks else None


def _asks_for_noun(start: Opening) -> bool:
    """Whether the noun of an opening is asked for. Papers are by any request; what papers bring only with a
    word for several beside it: "what do models learn" asks for something else."""
    if _is_vague(start):
        return False
    asked, which = bool(start.request & REQUESTS), start.determiners & WHICH
    there = THERE.match(start.rest) or IN_HERE.match(start.rest)
    if start.noun in PAPERS:
        any_request = asked or bool((start.request | start.determiners) & (WHICH | DOES))
        others = start.noun == "works" and WELL.match(start.rest)
        reason = start.request & DOES and EXPLAINS.match(start.rest)
        return any_request and not (others or reason or ("many" in which and OF_ITS_OWN.match(start.rest)))
    if start.noun in MASS:
        does = "what" in which and DEALS_WITH.match(start.rest)
        told = bool(does or THERE.match(start.rest))
        idle = (which & {"what", "which"} and not told) or WELL.match(start.rest)
        that = re.match(r"\W*(?:that|which|where|in which|whose|by)\b", start.rest)
        one = "the" in start.determiners and start.request & AFTER and that  # "I'm after the work that ..."
        return (asked or bool(which)) and not (idle or one)
    if start.noun in DATASETS:
        one = "the" in start.determiners and re.match(
            r"\W*(?:for|of|in|from) (?:the|that|this)\b", start.rest
        )
        used = one or re.match(
            r"\W*(?:that (?:are|were) )?used\b", start.rest
        )  # by a paper, not in the library
        return bool((asked or which & {"any", "some"} or (which and there)) and not used)
    return {
        "ways": asked,
        **dict.fromkeys(AUTHORS, "which" in which),
        **dict.fromkeys(NETWORKS, bool((which and there) or (asked and RELATES.match(start.rest)))),
        **dict.fromkeys(METHODS, asked or bool(which)),
    }.get(start.noun, False)


def _is_vague(start: Opening) -> bool:
    """Whether nothing is said of what is asked for: "which models?", "list the methods" of some paper."""
    if start.adjectives or start.rest.strip(" ?.!") or (start.request | start.determiners) & COUNTED:
        return False
    return not start.request & REQUESTS or ("the" in start.determiners and start.noun not in PAPERS)


def _typed(text: str) -> Several | None:
    """Return what is asked for by a noun alone, as one types it: "video LLMs", "papers on owls"."""
    start = opening_of(text)
    known = (
        start.noun in PAPERS | MASS | METHODS | DATASETS | NETWORKS
        and start.determiners <= EVERY
        and start.request <= POLITE
    )
    if known and (RELATES.match(start.rest) or MADE.match(start.rest)):
        return Several(start.noun, start.adjectives, start.rest, start.noun in PAPERS | MASS)
    words = WORD.findall(re.sub(r"\s*\([^)]*\)", "", text))
    last = words[-1] if words else ""
    plural = last.casefold() in PAPERS | METHODS | DATASETS | NETWORKS or re.fullmatch(r"[A-Z]{2,}s", last)
    if not plural or not 2 <= len(words) <= LONGEST_TYPED:
        return None
    other = any(word.casefold() in BREAKS | DETERMINERS for word in words[:-1])
    return None if other else Several(last, text, "", last.casefold() in PAPERS)
