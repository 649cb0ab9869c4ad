"""How a paper is cited, whatever the format: its key, what kind of publication it is, the parts of a name.

In: papers and names as people say them. Out: keys, kinds and `Name`s. It writes no format itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

from index_store.values import Paper

__all__ = ["Kind", "Name", "citation_keys", "kind_of", "one_line", "split_name"]

Kind = Literal["article", "inproceedings", "misc"]

PREPRINT = re.compile(r"\b(arxiv|corr|biorxiv|medrxiv|chemrxiv|psyarxiv|ssrn|preprints?)\b", re.I)
MEETING = re.compile(r"\b(conference|conf|workshops?|symposium|symp|congress|meeting|colloquium)\b", re.I)
JOURNAL = re.compile(
    r"\b(journal|transactions|trans|letters|magazine|annals|reviews?|bulletin)\b"
    r"|\bproceedings of the (national academy|royal society|(london|american) \w+ society|acm on)\b"
    r"|^proceedings of the (ieee|vldb endowment)$",
    re.I,
)
PROCEEDINGS = re.compile(r"\b(proceedings|proc|advances in neural|lecture notes|findings of)\b", re.I)
ACRONYMS = frozenset(
    "aaai aamas accv acl aistats alt asplos bmvc ccs chi cikm coling colm colt conll corl cvpr eacl "
    "eccv ecir emnlp esa euro eurosys fast focs iccv icde icdm icassp icip iclr icml icra icse ijcai "
    "interspeech iros isca ismar iswc kdd lrec mlsys miccai micro mobicom naacl ndss neurips nips "
    "nsdi osdi pakdd pldi pods popl rss sigcomm siggraph sigir sigmod soda sosp stoc tacas uai uist "
    "vldb wacv wmt wsdm www".split()
)
"""Meetings that are known by their letters alone: "CVPR 2023" is one."""

PARTICLES = frozenset(
    "af al av bin da dal dalla das de degli dei del della den der des di do dos du el ibn la las le "
    "les los ten ter und van vom von y zu zum zur 't".split()
)
SUFFIXES = frozenset(["jr", "jr.", "sr", "sr.", "ii", "iii", "iv"])
ORGANISATION = re.compile(
    r"\b(agency|alliance|association|bureau|cent(er|re)|collaborat(ion|ors)|commission|committee|company|consortium|"
    r"corporation|council|department|foundation|group|inc|initiative|institut[eo]?|laborator(y|ies)|labs?|ltd|ministry|"
    r"network|organi[sz]ation|project|research|society|team|trust|universit\w+|and|for|of)\b|^the\b|[&,;\d]",
    re.I,
)
MOST_WORDS = 7
"""Words in the name of a person."""

STOP_WORDS = frozenset(
    "a an and are as at be by can do does for from how in into is it its no not of on or our that the "
    "their to towards toward we what when where which who why will with via".split()
)
LONGEST_WORD = 30
LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"}
)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in parts; one without `given` is a whole that is never turned round."""

    family: str
    given: str = ""
    suffix: str = ""

    @property
    def inverted(self) -> str:
        """The name as lists are sorted by it: "King, Martin Luther, Jr."; a whole stays as it is."""
        return ", ".join(filter(None, (self.family, self.given, self.suffix)))


def one_line(text: str) -> str:
    """Return `text` with every run of white space and line ends made one space."""
    return " ".join(text.split())


def split_name(name: str) -> Name:
    """Return the parts of a name as it is spoken: "Ludwig van Beethoven" has the family "van Beethoven".

    Particles belong to the family. A single word and an organisation are one whole.
    """
    words = one_line(name).split(" ")
    if len(words) < 2 or len(words) > MOST_WORDS or ORGANISATION.search(name):
        return Name(" ".join(words))
    suffix = words.pop() if len(words) > 2 and words[-1].casefold() in SUFFIXES else ""
    start = _family_start(words)
    if start == 0 or any(word.casefold() in SUFFIXES for word in words):
        return Name(one_line(name))
    return Name(" ".join(words[start:]), " ".join(words[:start]), suffix)


def _family_start(words: Sequence[str]) -> int:
    """Return where the family begins: at its first particle, or else with the last word.

    A particle with a capital counts only before another one ("Van den Berg"): alone it is as often a given
    name ("Nguyen Van Anh").
    """
    for place, word in enumerate(words[:-1]):
        follows = words[place + 1].casefold() in PARTICLES and place + 2 < len(words)
        if word in PARTICLES or (place and word.casefold() in PARTICLES and follows):
            return place
    return len(words) - 1


def kind_of(paper: Paper) -> Kind:
    """Return what a paper is, as BibTeX calls it: "misc" is a preprint, or anything without a venue."""
    venue = one_line(paper.venue or "")
    if not venue or PREPRINT.search(venue):
        return "misc"
    if MEETING.search(venue):
        return "inproceedings"
    if JOURNAL.search(venue):
        return "article"
    return "inproceedings" if PROCEEDINGS.search(venue) or _is_acronym(venue) else "article"


def _is_acronym(venue: str) -> bool:
    """Whether a venue is called by the letters of a meeting; in lower case they must be all there is."""
    words = re.findall(r"[A-Za-z]+", venue)
    said = [word for word in words if len(words) == 1 or sum(map(str.isupper, word)) > 1]
    return any(word.casefold() in ACRONYMS for word in said)


def citation_keys(papers: Sequence[Paper]) -> list[str]:
    """Return a key for each paper, such as "vaswani2017attention": small ASCII letters and digits.

    No two are the same: where several papers would share a key, the first has it, and the next have a, b, c
    behind it.
    """
    plain = [_key(paper) for paper in papers]
    taken = set(plain)
    keys: list[str] = []
    seen: set[str] = set()
    following: dict[str, int] = {}
    for key in plain:
        if key in seen:
            numbers = count(following.get(key, 0))
            number = next(n for n in numbers if f"{key}{_letters(n)}" not in taken)
            following[key] = number + 1
            keys.append(f"{key}{_letters(number)}")
            taken.add(keys[-1])
        else:
            keys.append(key)
        seen.add(key)
    return keys


def _key(paper: Paper) -> str:
    author = split_name(paper.authors[0]) if paper.authors else Name("")
    surname = _ascii(author.family) if author.given else _first_word(author.family)
    key = f"{surname[:LONGEST_WORD]}{paper.year or ''}{_first_word(paper.title)}"
    return key if key[:1].isalpha() else f"anon{key}"


def _first_word(text: str) -> str:
    """Return the first word that says something, in ASCII; the first of all when none does."""
    words = [word for piece in re.split(r"[\W_]+", text) if (word := _ascii(piece))]
    return next((word for word in words if word not in STOP_WORDS), words[0] if words else "")[
        :LONGEST_WORD
    ]


def _ascii(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    return re.sub(r"[^a-z0-9]", "", decomposed)


def _letters(number: int) -> str:
    """Return a, b, ..., z, aa, ab, ... for 0, 1, ..."""
    letters = ""
    number += 1
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("a") + place) + letters
    return letters
