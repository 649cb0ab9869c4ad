"""Holds a sentence against the spans it would rest on, place by place.

In: a sentence and spans. Out: whether what it says at each place is what they say there. The number among
some words of the sentence must be the number among these words in a span, and so must a name, a direction
("higher") and a denial. How often this is right, and how often not, tests/test_seeded_errors.py measures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

from index_store.values import Paper
from rag.checking.opposites import other_sides, turned_around
from rag.checking.places import Place, Source, Weight, equal_weight, places_in
from rag.checking.signs import LACKS, Sign, anchors, denied_places, read_signs, rounds
from rag.linking.names import names_of
from rag.speakers import own_names
from rag.values import Span

__all__ = ["agrees"]

LIKE = 0.3
"""Likeness from which a place that says something else speaks against a sentence."""
FAIRLY_LIKE = 0.2
"""The same for what is denied there: the denial itself is missing around it."""
SURELY_LIKE = 0.6
"""Where the sentence names the paper that its span is of: "LaVie uses" for "It uses"."""
CLEAR = 1.25
"""How much more like the place must be than any that says the same."""
LEAST_SHARE = 0.5
"""Share of what the fullest span holds around a number or name that a span must have that holds it."""
FULL_SHARE = 0.3
"""What the fullest span must hold for this to count."""
NEARLY = 0.8
"""Share of what the fullest span holds from which a span is as good as that."""
ACCURACY = ("%", "")
"""Units of a sentence and a span: an accuracy of 86.3 may be called 86.3%."""
SHORTEST_BASE = 3
"""Letters of a name on which another can be built."""
TOPIC = 3
MUCH = 20_000
"""Times that an abstract has a name which all of it is about, in as many characters as are looked at."""


def agrees(sentence: str, spans: Sequence[Span], weight: Weight = equal_weight) -> bool:
    """Whether a sentence says at each place what the spans say there."""
    source, signs = Source(spans, weight), read_signs(sentence)
    said = {key for sign in signs for key in sign.keys}
    return (
        all(_holds(place, source, said) for place in places_in(signs))
        and not _leaves_out_denial(signs, source)
        and not _has_what_is_denied(signs, source)
    )


def _holds(place: Place, source: Source, said: set[str]) -> bool:
    """Whether the spans say the same where they say what stands around this place."""
    sign = place.sign
    if sign.kind == "number" and not _is_number_there(place, source):
        return False
    if sign.kind == "name" and not _is_name_there(place, source, said):
        return False
    if sign.kind == "denial" and _says_no(sign) and not _is_denied_there(place, source):
        return False
    return not _is_turned_around(place, source)


def _says_no(sign: Sign) -> bool:
    return sign.firm or sign.key in LACKS


def _is_number_there(place: Place, source: Source) -> bool:
    """Whether the number stands among the same words in a span. One in words that no span has was counted
    by the model, and is left to who looks for missing facts."""
    sign = place.sign

    def is_it(other: Sign) -> bool:
        counts_in = sign.unit in ("", other.unit) or (sign.unit, other.unit) == ACCURACY
        is_same = other.kind == "number" and (other.key == sign.key or _rounds(sign, other))
        return is_same and counts_in

    if not any(is_it(other) for text in source.texts for other in text):
        return not sign.firm
    return _is_there(place, source, is_it, lambda other: other.kind == "number")


def _rounds(sign: Sign, other: Sign) -> bool:
    return sign.firm and rounds(sign.key, other.key)


def _is_name_there(place: Place, source: Source, said: set[str]) -> bool:
    """Whether the name stands among the same words in a span, or is of the paper that says them."""
    sign = place.sign
    if not sign.firm and any(
        other.kind == "word" and other.is_like(sign) for text in source.texts for other in text
    ):
        return True

    def is_other(other: Sign) -> bool:
        is_name = other.kind == "name" and (other.firm or not sign.firm)
        return (
            is_name and not said.intersection(other.keys) and not (place.at and _is_built_on(other, source))
        )

    shares = source.shares(place)
    own = max(
        (s for s, span in zip(shares, source.spans, strict=True) if _is_about(span, sign)), default=-1.0
    )
    if own < NEARLY * max(shares):
        return _is_there(place, source, sign.is_like, is_other)
    other = source.best(place, is_other)
    return place.at == 0 or other < SURELY_LIKE or other <= CLEAR * source.best(place, sign.is_like)


def _is_built_on(name: Sign, source: Source) -> bool:
    """Whether a paper of the spans has its own name from another: the "AST" that is pretrained is SSAST."""
    own = {name for span in source.spans for name in own_names(span.paper)}
    return len(name.key) >= SHORTEST_BASE and any(one != name.key and one.endswith(name.key) for one in own)


def _is_about(span: Span, name: Sign) -> bool:
    """Whether the paper of a span is called by a name, or has it in the title or all over the abstract."""
    if not _names(span.paper).isdisjoint(name.keys):
        return True
    if any(name.is_like(other) for other in read_signs(span.paper.title)):
        return True
    return sum(name.is_like(other) for other in read_signs(span.paper.abstract[:MUCH])) >= TOPIC


@lru_cache(maxsize=128)
def _names(paper: Paper) -> frozenset[str]:
    return frozenset(names_of(paper))


def _is_there(
    place: Place, source: Source, is_it: Callable[[Sign], bool], is_other: Callable[[Sign], bool]
) -> bool:
    """Whether what stands at a place stands there in the spans: no other thing stands among the same words,
    and the span that holds it holds these words, too."""
    shares = source.shares(place)
    holding = max(
        (s for s, text in zip(shares, source.texts, strict=True) if any(map(is_it, text))), default=0
    )
    same = other = 0.0
    for number, found in source.places(lambda sign: is_it(sign) or is_other(sign)):
        if is_it(found.sign):
            same = max(same, source.likeness(place, found))
        elif shares[number] >= holding:
            other = max(other, source.likeness(place, found))
    if other >= LIKE and other > CLEAR * same:
        return False
    return holding >= LEAST_SHARE * max(shares) or max(shares) < FULL_SHARE


def _is_turned_around(place: Place, source: Source) -> bool:
    """Whether the spans have the opposite of a word where the sentence has the word."""
    sign = place.sign
    if opposite := other_sides(sign.sides):
        against = source.best(
            place, lambda other: bool(other.sides & opposite) and not other.sides & sign.sides
        )
        if against >= LIKE and against > CLEAR * source.best(place, lambda o: bool(o.sides & sign.sides)):
            return True
    if sign.kind not in ("word", "denial") or _says_no(sign) and sign.kind == "denial":
        return False
    turned = turned_around(sign.keys[-1])
    against = source.best(place, lambda other: other.keys[-1].rstrip("e") in turned)
    return against >= LIKE and against > CLEAR * source.best(place, sign.is_like)


def _is_denied_there(place: Place, source: Source) -> bool:
    """Whether the spans deny what a denial of the sentence speaks of."""
    signs, at = place.signs, place.at
    if at + 1 < len(signs) and signs[at + 1].kind == "denial" and signs[at + 1].firm:
        return any(a.kind == b.kind == "denial" for text in source.texts for a, b in pairwise(text))
    told = [_is_denied(Place(signs, anchor), source) for anchor in anchors(signs, at)]
    if all(verdict is None for verdict in told):
        return any(sign.kind == "denial" for text in source.texts for sign in text)
    return any(told)


def _is_denied(place: Place, source: Source) -> bool | None:
    """Whether the spans deny something where they speak of it; None when they do not."""
    denied = said = -1.0
    for number, other in source.places(place.sign.is_like):
        like = source.likeness(place, other)
        if other.at in source.denied[number]:
            denied = max(denied, like)
        else:
            said = max(said, like)
    return None if denied == said == -1.0 else denied * CLEAR >= said


def _leaves_out_denial(signs: Sequence[Sign], source: Source) -> bool:
    """Whether what the spans deny is said without the denial.

    A denial in the sentence of something that is not named ("without it") may be the one.
    """
    if any(sign.kind == "denial" and not anchors(signs, at) for at, sign in enumerate(signs)):
        return False
    denied = denied_places(signs, limits=True)
    return any(
        _is_left_out(Place(text, at), signs, denied, source)
        for text in source.texts
        for at, sign in enumerate(text)
        if sign.kind == "denial" and (sign.firm or sign.key == "free")
    )


def _has_what_is_denied(signs: Sequence[Sign], source: Source) -> bool:
    """Whether a sentence that denies nothing has a thing of which the spans only say that there is none."""
    if any(sign.kind == "denial" for sign in signs):
        return False
    return any(_is_denied_wherever_said(sign, source) for sign in signs if sign.kind in ("word", "name"))


def _is_denied_wherever_said(sign: Sign, source: Source) -> bool:
    denied = [
        any(at in anchors(text, no) for no, by in enumerate(text) if by.kind == "denial" and by.firm)
        for text in source.texts
        for at, other in enumerate(text)
        if other.is_like(sign)
    ]
    return bool(denied) and all(denied)


def _is_left_out(denial: Place, signs: Sequence[Sign], denied: frozenset[int], source: Source) -> bool:
    """Whether the sentence has all that a denial speaks of first, in the same place and undenied."""
    found: list[tuple[Place, float]] = []
    for anchor in anchors(denial.signs, denial.at):
        there = Place(denial.signs, anchor)
        here = [(place, source.likeness(place, there)) for place in places_in(signs) if _same(place, there)]
        if not here:
            return False
        found.append(max(here, key=lambda pair: pair[1]))
    if not found or found[0][0].at in denied:
        return False
    return any(like >= FAIRLY_LIKE and _is_denied(place, source) for place, like in found)


def _same(one: Place, other: Place) -> bool:
    return one.sign.is_like(other.sign)
