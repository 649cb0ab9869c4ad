"""Tells whether a question asks for several papers, by which noun, and what they are to have.

In: a question. Out: its request for several papers, or None. What is asked for decides, and not how the
question begins: a plural of papers or of what they bring ("which models", "any papers", "I'm after
methods"), work or research, "anything", "everything" or "who". One paper, and what one paper uses, is none
of these. It knows no library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from rag.plain_words import telling_stems

__all__ = ["Several", "read_several"]

WORD = re.compile(r"[^\W_](?:[\w+^.-]*[\w+])?")
CLAUSE = re.compile(r"(?:[^.?!:;]|[.?!:;](?=\S))+[.?!:;]*")
POLITE = frozenset("please hi hello hey thanks ok okay so and but also then now well just sorry".split())
OPENS = POLITE | frozenset(
    """can could would will may i we m d s ll ve am me us like love want know need wonder wondering if
    whether looking look searching search hunting hunt interested in on to after for find finding get list
    name show give tell recommend suggest point bring pull see hear read is are there do does did have has
    got thank you about""".split()
)
"""What a request may begin with, before the words for what it asks for."""
REQUESTS = frozenset(
    """find finding get list name show give recommend suggest looking look searching search hunting hunt
    interested want need after see read point bring pull tell there have got""".split()
)
"""Those of them that ask for what follows without "which" or "any"."""
WHICH = frozenset("which what any some many more other".split())
DETERMINERS = WHICH | frozenset(
    "how all every of the these those my our your else several few here".split()
)
EVERY = frozenset("any all every".split())
COUNTED = EVERY | {"many"}
DOES = frozenset("do does did are is has have".split())
CANS = frozenset("can could would will".split())
NUMBERS = frozenset("two three four five six".split())
PAPERS = frozenset(
    """papers works studies abstracts articles publications surveys reviews overviews tutorials theses
    preprints""".split()
)
NETWORKS = frozenset("transformers networks generators".split())
DATASETS = frozenset("datasets benchmarks corpora".split())
METHODS = frozenset("methods models approaches techniques algorithms architectures frameworks".split())
MASS = frozenset("work research literature".split())
SINGLE = {noun.removesuffix("s"): noun for noun in PAPERS | DATASETS | METHODS} | {
    "study": "studies", "approach": "approaches", "corpus": "corpora", "thesis": "theses"}  # fmt: skip
"""Nouns that mean several after "any"."""
ANYTHING = frozenset("anything something everything nothing".split())
ANYONE = frozenset("anyone anybody someone somebody".split())
WHO = re.compile(
    r"who(?:['’]?s| is| are)(?: (?:else|also|still|here))* \w+ing\b|"
    r"who(?: (?:also|still|here|all))* (?!is\b|was\b)(?:\w{2,}s|used|tried|tested|evaluated|compared)\b|"
    r"who else\b",
    re.I,
)
"""Present tense: "who invented" asks for one, and "who uses" for all."""
STOCK = re.compile(
    r"what(?:['’]?s)?(?: (?:else|more|is|do|does|can|could|should|we|i|you|the|this|library|have))*? "
    r"(?:there|have|got|read|here|exists)(?: here)? (?:on|about|for|regarding|concerning)\b",
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
BREAKS = frozenset(
    """a an it its they their them he his she her him ones this that not at of from with without by into
    than when where who why how was were be been being isn don doesn aren t should might must make people
    both each compare explain describe summarise summarize versus vs about using""".split()
).union(OPENS, NUMBERS)
"""What is no adjective: a noun behind it is not what is asked for."""
NO_ADJECTIVES = BREAKS.union(SINGLE, MASS, ANYTHING, ANYONE)
MOST_ADJECTIVES = 4
LONGEST_TYPED = 7
"""Words of what is typed without a question."""
PICKS = re.compile(r"\b(?:of|between|among) (?:the |these |those )?(?:two|three|both)\b", re.I)
OF_ONE = re.compile(
    r"\b(?:the|this|that|said) (?:[\w-]+ ){0,6}?(?:paper|study|survey|thesis|report|article|authors?)\b",
    re.I,
)
"""One paper, of which the methods or the models are asked for."""
THERE = re.compile(
    r"\W*(?:is there|exists?|are there|are available|has been|have been|is being|here)\b", re.I
)
WELL = re.compile(r"\W*(?:best|better|well)\b", re.I)
JOINS = re.compile(
    r"^(?:\W|\b(?:that|which|who|here|there|in this library|are|do|does|is|any|of|the)\b)+", re.I
)
ALL_THERE_ARE = frozenset(
    """are is there here you we have know of in this the my your library collection exist available at all
    total altogether now got do please included""".split()
)
ENDS = re.compile(r"(?:\W*\b(?:please|thanks|thank you|which|which ones)\b)+\W*$", re.I)
POINTS_BACK = re.compile(r"\W*(?:(?:[a-z]+\s+){0,4}(?:that|this|it|these|those|so)(?: here)?)?\W*", re.I)
"""What follows "which papers" where what they are to have was said before: "... Which papers do that?"."""
LEAST_SAID = 2
"""Telling words before such a question, if it is not a remark ("Interesting!")."""
WHERE = re.compile(
    r"\W*where(?: else)? (?:do|does|is|are|has|have) (?P<rest>.+?) (?:plays? an? (?:\w+ )?(?:role|part)|"
    r"comes? up|appears?|occurs?|(?:been |being )?(?:used|applied|mentioned|discussed|studied))\b",
    re.I,
)
"""Asks for all places in which something is found."""


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
        noun = self.noun if self.noun in DATASETS else ""
        said = " ".join(filter(None, [self.adjectives, noun, self.rest.strip()]))
        said = JOINS.sub("", ENDS.sub("", said)).strip(" ?.!,:;")
        return "" if ALL_THERE_ARE.issuperset(_words(said)) else said


@dataclass(frozen=True, slots=True)
class Opening:
    """How a text begins: the words of a request, those that go with its noun, the adjectives, and the noun,
    or "" where no noun phrase is asked for; and the text behind the noun."""

    request: frozenset[str]
    determiners: frozenset[str]
    adjectives: str
    noun: str
    rest: str


def read_several(question: str) -> Several | None:
    """Return the request for several papers in a question, None where it asks for something else first."""
    if PICKS.search(question):
        return None
    typed = "?" not in question or CLAUSE.fullmatch(question)
    for clause in CLAUSE.finditer(question):
        text = question[clause.start() :].lstrip()
        found = (
            _said_before(text, question[: clause.start()])
            or _asked_for(text)
            or (_typed(text) if typed else None)
        )
        if found and (found.of_papers or not OF_ONE.search(found.rest)):
            return found
        if clause.group().rstrip().endswith("?"):
            return None
    return None


def _said_before(text: str, before: str) -> Several | None:
    """Return the request of a text that leaves what the papers are to have to what stands before it."""
    start, said = _opening(text), before.strip(" .:;,–—-")
    asks = start.noun in PAPERS and not start.adjectives and WHICH & start.determiners
    if not (asks and POINTS_BACK.fullmatch(start.rest)) or len(telling_stems(said)) < LEAST_SAID:
        return None
    earlier = read_several(said)
    return Several(start.noun, "", f" {earlier.wanted if earlier else said}", True)


def _asked_for(text: str) -> Several | None:
    """Return the request with which a text begins."""
    if where := WHERE.match(text):
        return Several("papers", "", where["rest"], False)
    stock = STOCK.search(text)
    if stock and OPENS.issuperset(_words(text[: stock.start()])):
        return Several("what", "", text[stock.end() :], True)
    start = _opening(text)
    asks = {
        "who": WHO.match(f"who{start.rest}") is not None,
        "anyone": bool(start.request & DOES) and not start.request & CANS,
        "anything": RELATES.match(start.rest) is not None,
        "them": bool(WHICH & start.determiners),
    }.get(start.noun, _asks_for_noun(start))
    of_papers = start.noun not in METHODS | DATASETS | {"anything"}
    return Several(start.noun, start.adjectives, start.rest, of_papers) if asks else None


def _words(text: str) -> list[str]:
    return [match.group().casefold() for match in WORD.finditer(text)]


def _opening(text: str) -> Opening:
    """Return how a text begins."""
    low, ends = _words(text), [0, *(match.end() for match in WORD.finditer(text))]
    first = next((n for n, word in enumerate(low) if word not in OPENS | DETERMINERS | NUMBERS), len(low))
    begins = max((n + 1 for n in range(first) if low[n] in OPENS), default=0)
    request, own = frozenset(low[:begins]), frozenset(low[begins:first])
    words = [text[start:end].lstrip() for start, end in pairwise(ends)]
    at = next((n for n in range(first, len(low)) if not _is_adjective(words[n])), len(low))
    noun = _noun(low[at], own) if at < len(low) and at - first <= MOST_ADJECTIVES else ""
    if (at > first or not noun) and "of" in own and low[first - 1] in ("these", "those"):
        return Opening(request, own, "", "them", text[ends[first] :])
    number = "how" in low[:first] and "many" not in low[:first]  # "how well do models", "how much work"
    number = number or bool(own & NUMBERS and not (noun in PAPERS and request & REQUESTS))
    rest = text[ends[at + 1] :] if noun else ""
    return Opening(request, own, text[ends[first] : ends[at]].strip(), "" if number else noun, rest)


def _is_adjective(word: str) -> bool:
    """Whether a word may stand before the noun that is asked for: no such noun, and no verb ("makes")."""
    plain = word.casefold()
    verb = word.islower() and re.search(r"[^aius]s$", word)
    return not verb and plain not in NO_ADJECTIVES


def _noun(word: str, determiners: frozenset[str]) -> str:
    """Return the noun for several that a word is, or "". One of a kind is several after "any"."""
    if word in ANYTHING | ANYONE:
        return "anything" if word in ANYTHING else "anyone"
    if word in ("ones", "them"):
        return "them"
    if word in SINGLE and determiners & EVERY:
        return SINGLE[word]
    return word if word in PAPERS | DATASETS | METHODS | MASS | {"who"} else ""


def _asks_for_noun(start: Opening) -> bool:
    """Whether the noun of an opening is asked for. Papers are by any request; what papers bring only with a
    word for several beside it: "what do models learn" asks for something else."""
    asked, which = start.request & REQUESTS, start.determiners & WHICH
    if _is_vague(start):
        return False
    if start.noun in PAPERS:
        any_request = bool(asked or (start.request | start.determiners) & (WHICH | DOES))
        return any_request and not (start.noun == "works" and WELL.match(start.rest))
    if start.noun in MASS:
        there = which & {"what", "which"} and not THERE.match(start.rest)
        return bool(asked or which) and not there and not WELL.match(start.rest)
    if start.noun in DATASETS:
        used = re.match(r"\W*(?:that (?:are|were) )?used\b", start.rest)  # by a paper, not in the library
        return bool((asked or which & {"any", "some"} or (which and THERE.match(start.rest))) and not used)
    return start.noun in METHODS and bool(asked or which)


def _is_vague(start: Opening) -> bool:
    """Whether nothing is said of what is asked for: "which models?", "list the methods" of some paper."""
    if start.adjectives or start.rest.strip(" ?.!") or (start.request | start.determiners) & COUNTED:
        return False
    return not start.request & REQUESTS or ("the" in start.determiners and start.noun not in PAPERS)


def _typed(text: str) -> Several | None:
    """Return what is asked for by a noun alone, as one types it: "video LLMs", "papers on owls"."""
    start = _opening(text)
    known = (
        start.noun in PAPERS | MASS | METHODS | DATASETS
        and start.determiners <= EVERY
        and start.request <= POLITE
    )
    if known and RELATES.match(start.rest):
        return Several(start.noun, start.adjectives, start.rest, start.noun in PAPERS | MASS)
    words = WORD.findall(re.sub(r"\s*\([^)]*\)", "", text))
    last = words[-1] if words else ""
    plural = last.casefold() in PAPERS | METHODS | DATASETS | NETWORKS or re.fullmatch(r"[A-Z]{2,}s", last)
    if not plural or not 2 <= len(words) <= LONGEST_TYPED:
        return None
    other = any(word.casefold() in BREAKS | DETERMINERS for word in words[:-1])
    return None if other else Several(last, text, "", last.casefold() in PAPERS)
