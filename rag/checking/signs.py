"""Reads a text as the signs that carry its meaning: words, numbers, names and denials.

In: a sentence of a model or of an abstract. Out: its signs in order, each with its kind and with keys that
two spellings of one thing share. It compares nothing; `rag.checking.agreement` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Literal

from index_store.lexical import tokens
from rag.checking.opposites import Sides, sides_of
from rag.linking.names import key, name_like

__all__ = ["Sign", "anchors", "denied_places", "lone_subject", "read_signs", "rounds"]

Kind = Literal["word", "number", "name", "denial", "break"]
NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), 2)
}
"""Without "one", which mostly means somebody or something."""
SCALES = {"k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "billion": 9, "t": 12, "trillion": 12}
UNITS = {
    "%": "%", "percent": "%", "per cent": "%", "points": "points", "point": "points", "pp": "points",
    "percentage points": "points", "percentage point": "points", "% points": "points", "x": "times",
    "×": "times", "times": "times", "fold": "times",
}  # fmt: skip
NUMBER = re.compile(
    rf"(?<![\w.])(?P<figure>(?<!-)(?<!\d,)\d+(?:[.,]\d+)*|(?:{'|'.join(NUMBER_WORDS)})\b)"
    rf"(?:[\s-]?(?P<scale>thousand|million|billion|trillion)\b|\s?(?P<letter>[kKMBT])(?!\w))?"
    rf"(?:[\s-]?(?P<unit>{'|'.join(sorted(UNITS, key=len, reverse=True))})(?!\w))?(?!\w)",
    re.I,
)
ITEM = re.compile(r"(?<![^\s(;,])\d{1,2}\)")
"""The number of an item in a list, "1) simple": it counts nothing."""
REJECTS = re.compile(
    r"(?:(?:instead|in place|in lieu|free) of|free from|rather than|as opposed to|no longer)\b", re.I
)
"""Words that say no together: what follows is not so."""
PIECE = re.compile(r"[^\W_]+['’]t\b|[^\W_]+(?:[-+.&@^][^\W_]+)*\+*|[,;:.!?()]")
NOT = re.compile(r"n['’]t$")
BREAKS = frozenset(",;:.!?()")
ENDS_SENTENCE = frozenset(".!?:")
JOINTS = frozenset("and or".split())
"""They end what a denial speaks of first, and not all that it speaks of: "without labels and masks"."""
CLAUSES = frozenset("with via but while whereas although though however yet because since".split())
DENIALS = frozenset("not no never without cannot neither nor none non".split())
LACKS = frozenset("fail fails failed failing lack lacks lacked lacking".split())
AVOIDS = frozenset(
    """zero free avoid avoids avoiding avoided eliminate eliminates eliminating eliminated unnecessary
    remove removes removing removed unlike absent missing dispense dispenses omit omits rarely seldom
    hardly impossible unable""".split()
)
LIMITS = frozenset("only just instead rather".split())
CAN_SPEAK_BACK = frozenset("not never cannot free unnecessary".split())
"""Denials of what stands right before them, too: "labels are not needed"."""
REACH, SHORT_REACH = 4, 2
"""Signs after a denial that it may speak of; "no" and "only" speak of fewer."""
LOOSE = frozenset("ani all everi each such further addit".split())
"""Stems between a denial and what it denies."""
PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
"""Of a version, 2.1.0, nothing is rounded."""
MOST_ROUNDED = Decimal("0.03")
"""Share of a number by which it may change when it is rounded: 1 is not 1.4."""
VERBS = """is was has does achieves adopts aims allows animates applies attains avoids beats brings
builds captures combines compares consists contains converts creates defines delivers demonstrates
describes detects employs enables encodes enhances exceeds exploits explores extends extracts
focuses generates gives handles helps hides improves includes increases integrates introduces keeps
learns leverages makes obtains offers operates outperforms performs pioneers predicts presents
preserves produces proposes provides raises reaches reconstructs reduces relies removes replaces
requires solves strengthens supports surpasses synthesizes tackles takes targets transfers
transforms treats turns underperforms unifies uses utilizes yields"""
"""What the subject of a sentence does when it is one thing; none of these is also a plural."""
SUBJECT = re.compile(
    r"([A-Z][\w+-]*(?: [A-Z0-9][\w+-]*)*)(?: \([^)]*\))? (?:[a-z]+ly |also |then |only |does not )?"
    rf"(?:{'|'.join(VERBS.split())})\b"
)


@dataclass(frozen=True, slots=True)
class Sign:
    """A word or mark that means something, at [start, end) of its text.

    `keys` are what it says, in spellings that are alike for one thing, the plainest first; `unit` is what
    a number counts in; `sides` are those of a word that has opposites. A `firm` denial says no and nothing
    else; a firm name is coined ("LaVie"), while others only have a capital; a firm number is in figures.
    """

    kind: Kind
    start: int
    end: int
    keys: tuple[str, ...]
    unit: str = ""
    sides: Sides = frozenset()
    firm: bool = True

    @property
    def key(self) -> str:
        """What it says."""
        return self.keys[0]

    def is_like(self, other: Sign) -> bool:
        """Whether both say the same."""
        return any(key in other.keys for key in self.keys)


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    """Return the stem of a single word; that of "cifar-10" would be that of "cifar-100"."""
    return next(iter(tokens(word)), "") if word.isalnum() else ""


@lru_cache(maxsize=512)
def read_signs(text: str) -> tuple[Sign, ...]:
    """Return the signs of a text, in order. Words that mean nothing by themselves are left out."""
    return tuple(_signs(text))


def _signs(text: str) -> Iterator[Sign]:
    found = (match for match in NUMBER.finditer(text) if not ITEM.match(text, match.start()))
    numbers = {match.start(): match for match in found}
    done, begins = 0, not lone_subject(text)
    for match in PIECE.finditer(text):
        if match.start() < done:
            continue
        if number := numbers.get(match.start()):
            done = number.end()
            yield _number(number)
        elif rejects := REJECTS.match(text, match.start()):
            done = rejects.end()
            word = rejects.group().casefold()
            yield Sign("denial", rejects.start(), done, (word,), firm=word.startswith("no"))
        else:
            yield from _piece(match.group(), match.start(), begins)
        begins = match.group() in ENDS_SENTENCE


def rounds(said: str, held: str) -> bool:
    """Whether a number is another one, rounded as it should be and not by much: 51 for 51.3, not 52."""
    if not (PLAIN_NUMBER.fullmatch(said) and PLAIN_NUMBER.fullmatch(held)):
        return False
    short, exact = Decimal(said), Decimal(held)
    digits = len(short.as_tuple().digits)
    if not exact or digits >= len(exact.as_tuple().digits):
        return False
    up = Context(prec=digits, rounding=ROUND_HALF_UP).plus(exact)
    return short in (up, Context(prec=digits).plus(exact)) and abs(short - exact) <= MOST_ROUNDED * abs(
        exact
    )


def lone_subject(text: str) -> str:
    """Return the first words of a sentence when they are its subject without an article: a name, as in
    "Bora uses a transformer", or a thing without a number, as in "Training takes two hours"."""
    match = SUBJECT.match(text)
    return match[1] if match and tokens(match[1].split()[0]) else ""


def _number(match: re.Match[str]) -> Sign:
    figure = match["figure"].lower()
    bare = NUMBER_WORDS.get(figure, figure.replace(",", ""))
    scale = (match["scale"] or match["letter"] or "").lower()
    value = f"{float(bare) * 10 ** SCALES.get(scale, 0):g}" if bare.count(".") < 2 else bare
    unit = UNITS.get((match["unit"] or "").lower(), "")
    spelled = match.group().lower() in NUMBER_WORDS
    return Sign("number", match.start(), match.end(), (value,), unit=unit, firm=not spelled)


def _piece(piece: str, start: int, begins: bool) -> Iterator[Sign]:
    """Yield the signs of a piece of text: a word, or the parts of a hyphenated one that is no name."""
    parts = piece.split("-")
    described = any(part.isalpha() and part.islower() and len(part) > 3 for part in parts)
    if len(parts) == 1 or (name_like(piece) and not described):
        parts = [piece]
    for part in parts:
        yield from _word(part, start, begins)
        start += len(part) + 1


def _word(word: str, start: int, begins: bool) -> Iterator[Sign]:
    low, end = word.casefold(), start + len(word)
    stem = _stem(low)
    bare = re.sub(r"(?<=[A-Z0-9])s$", "", word)
    keys = tuple(dict.fromkeys(k for k in (_stem(bare.casefold()), key(bare)) if k)) or (low,)
    sides = sides_of(stem or low)
    if low in BREAKS or low in CLAUSES or low in JOINTS:
        yield Sign("break", start, end, (low,))
    elif NOT.search(low):
        yield Sign("denial", start, end, ("not",))
    elif low in DENIALS | LACKS | AVOIDS | LIMITS:
        yield Sign("denial", start, end, (low, *keys), sides=sides, firm=low in DENIALS)
    elif name_like(word):
        yield Sign("name", start, end, keys, sides=sides)
    elif stem and word[0].isupper() and not begins and len(word) > 1:
        yield Sign("name", start, end, keys, sides=sides, firm=False)
    elif stem or sides:
        yield Sign("word", start, end, (stem or low,), sides=sides)


def denied_places(signs: Sequence[Sign], *, limits: bool = False) -> frozenset[int]:
    """Return the places of the signs that a denial speaks of. With `limits`, "only" denies, too."""
    return frozenset(
        denied
        for place, sign in enumerate(signs)
        if sign.kind == "denial" and (limits or sign.key not in LIMITS)
        for denied in _denied_by(signs, place)
    )


def _denied_by(signs: Sequence[Sign], place: int) -> Iterator[int]:
    word = signs[place].key
    if place and word in CAN_SPEAK_BACK and signs[place - 1].kind != "break":
        yield place - 1
    reach = SHORT_REACH if word == "no" or word in LIMITS else REACH
    for after in range(place + 1, min(place + 1 + reach, len(signs))):
        if signs[after].kind != "break":
            yield after
        elif signs[after].key not in JOINTS:
            return


def anchors(signs: Sequence[Sign], place: int) -> list[int]:
    """Return the places of what a denial speaks of first: two signs after it, or the one that it is tied
    to, as in "label-free"."""
    if signs[place].key == "free" and place and signs[place].start == signs[place - 1].end + 1:
        return [place - 1]
    found: list[int] = []
    for after in range(place + 1, min(place + 1 + REACH, len(signs))):
        if signs[after].kind in ("break", "denial"):
            break
        if signs[after].key not in LOOSE:
            found.append(after)
    return found[:2]
