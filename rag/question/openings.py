"""Reads how a request begins: its verbs, and the noun phrase that is asked for, where it means several.

In: a text. Out: its opening. What it asks for with that, `rag.question.several` says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

__all__ = [
    "ALL_THERE_ARE",
    "AUTHORS",
    "BREAKS",
    "CANS",
    "COUNTED",
    "DATASETS",
    "DETERMINERS",
    "DOES",
    "EVERY",
    "IN_LIBRARY",
    "MASS",
    "METHODS",
    "NETWORKS",
    "OPENS",
    "PAPERS",
    "POLITE",
    "REQUESTS",
    "WHICH",
    "WORD",
    "Opening",
    "opening_of",
    "words_of",
]

WORD = re.compile(r"[^\W_](?:[\w+^.-]*[\w+])?")
POLITE = frozenset(
    "please pls hi hello hey thanks ok okay so and but also then now well just sorry".split()
)
OPENS = POLITE | frozenset(
    """can could would will may i we m d s ll ve am me us like love want know need wonder wondering if
    whether looking look searching search hunting hunt interested in on to after for find finding get list
    collect collecting gather gathering compiling name show give tell recommend suggest point bring
    pull see hear read is are there do does
    did have has got thank you about""".split()
)
"""What a request may begin with, before the words for what it asks for."""
REQUESTS = frozenset(
    """find finding get list collect collecting gather gathering compiling name show give recommend suggest
    looking look searching search hunting hunt interested want need after see read point bring pull tell
    there have got""".split()
)
"""Those of them that ask for what follows without "which" or "any"."""
WHICH = frozenset("which what any some many more other".split())
DETERMINERS = WHICH | frozenset(
    "how all every of the these those my our your else several few here".split()
)
IN_LIBRARY = r"in (?:here|(?:this|the|my|our) (?:library|collection))"
EVERY = frozenset("any all every".split())
COUNTED = EVERY | {"many"}
DOES = frozenset("do does did are is has have".split())
CANS = frozenset("can could would will".split())
NUMBERS = frozenset("two three four five six".split())
PAPERS = frozenset(
    """papers works studies abstracts articles publications surveys reviews overviews tutorials theses
    preprints""".split()
)
AUTHORS = frozenset("authors groups teams researchers".split())
NETWORKS = frozenset("transformers networks generators systems chatbots llms vits".split())
HITS = frozenset("candidates options matches hits entries".split())
"""What is asked for where what they are to have was said before."""
DATASETS = frozenset("datasets benchmarks corpora".split())
METHODS = frozenset("methods models approaches techniques algorithms architectures frameworks".split())
MASS = frozenset("work research literature".split())
SINGLE = {noun.removesuffix("s"): noun for noun in PAPERS | DATASETS | METHODS} | {
    "study": "studies", "approach": "approaches", "corpus": "corpora", "thesis": "theses"}  # fmt: skip
"""Nouns that mean several after "any"."""
ANYTHING = frozenset("anything something everything nothing".split())
ANYONE = frozenset("anyone anybody someone somebody".split())
BREAKS = frozenset(
    """a an it its they their them he his she her him ones this that not at of from with without by into
    than when where who why how was were be been being isn don doesn aren t should might must make people
    both each compare explain describe summarise summarize versus vs about using""".split()
).union(OPENS, NUMBERS)
"""What is no adjective: a noun behind it is not what is asked for."""
NO_ADJECTIVES = BREAKS.union(SINGLE, MASS, ANYTHING, ANYONE)
MOST_ADJECTIVES = 4

ALL_THERE_ARE = frozenset(
    """are is there here you we have know of in this the my your library collection exist available at all
    total altogether now got do please included""".split()
)
"""Words that say of papers no more than that the library has them."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a text begins: the words of a request, those that go with its noun, the adjectives, and the noun,
    or "" where no noun phrase is asked for; and the text behind the noun."""

    request: frozenset[str]
    determiners: frozenset[str]
    adjectives: str
    noun: str
    rest: str


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, names with their marks as one."""
    return [match.group().casefold() for match in WORD.finditer(text)]


def opening_of(text: str) -> Opening:
    """Return how a text begins."""
    low, ends = words_of(text), [0, *(match.end() for match in WORD.finditer(text))]
    first = next((n for n, word in enumerate(low) if word not in OPENS | DETERMINERS | NUMBERS), len(low))
    begins = max((n + 1 for n in range(first) if low[n] in OPENS), default=0)
    request, own = frozenset(low[:begins]), frozenset(low[begins:first])
    words = [text[start:end].lstrip() for start, end in pairwise(ends)]
    at = next((n for n in range(first, len(low)) if not _is_adjective(words[n])), len(low))
    noun = _noun(low[at], own) if at < len(low) and at - first <= MOST_ADJECTIVES else ""
    named = at == first and noun and noun not in NETWORKS
    if not named and "of" in own and low[first - 1] in ("these", "those"):
        return Opening(request, own, "", "them", text[ends[first] :])
    number = "how" in low[:first] and "many" not in low[:first]  # "how well do models", "how much work"
    number = number or bool(own & NUMBERS and not (noun in PAPERS and request & REQUESTS))
    rest = text[ends[at + 1] :] if noun else ""
    return Opening(request, own, text[ends[first] : ends[at]].strip(), "" if number else noun, rest)


def _is_adjective(word: str) -> bool:
    """Whether a word may stand before the noun that is asked for: no such noun, and no verb ("makes")."""
    plain = word.casefold()
    verb = word.islower() and re.search(r"[^aius]s$", word)
    return not verb and plain not in NO_ADJECTIVES | PAPERS


def _noun(word: str, determiners: frozenset[str]) -> str:
    """Return the noun for several that a word is, or "". One of a kind is several after "any"."""
    if word in ANYTHING | ANYONE:
        return "anything" if word in ANYTHING else "anyone"
    if word in ("ones", "them"):
        return "them"
    if word in HITS:
        return "hits"
    if word in SINGLE and determiners & EVERY:
        return SINGLE[word]
    return word if word in PAPERS | DATASETS | METHODS | MASS | AUTHORS | NETWORKS | {"who", "ways"} else ""
