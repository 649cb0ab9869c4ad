"""Finds where in spans something is said that a sentence says, by the words around it.

In: a sign of a sentence and spans. Out: how much a place in the spans is like the place of the sign.
Words are not understood, only compared; `rag.checking.agreement` says what follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.checking.signs import Sign, denied_places, read_signs
from rag.values import Span

__all__ = ["Place", "Source", "Weight", "equal_weight", "places_in"]

Weight = Callable[[str], float]
"""How much a word tells apart."""
WINDOW = 5
"""Signs on either side that tell what a place is about."""
OTHER_SIDE = 0.5
"""What a word around counts that stands on the other side: before what it stood after."""
FACTS = ("name", "number")
FACT_WEIGHT = 2.0
"""How much more a name tells of the place of a number, and a number of that of a name, than other words do:
a score belongs to the dataset beside it."""
MOST_WEIGHT, ADDED_WEIGHT = 5.0, 0.3


def equal_weight(_word: str) -> float:
    """Weigh all words alike."""
    return 1.0


@dataclass(frozen=True)
class Place:
    """A sign in its text."""

    signs: Sequence[Sign]
    at: int

    @property
    def sign(self) -> Sign:
        """The sign itself."""
        return self.signs[self.at]

    @cached_property
    def around(self) -> Mapping[str, Sequence[int]]:
        """What stands around it: how many signs before (negative) or after it."""
        found: dict[str, list[int]] = {}
        for other in range(max(0, self.at - WINDOW), min(len(self.signs), self.at + WINDOW + 1)):
            if other != self.at and self.signs[other].kind != "break":
                found.setdefault(self.signs[other].key, []).append(other - self.at)
        return found


def places_in(signs: Sequence[Sign]) -> Iterator[Place]:
    """Yield the place of every sign."""
    return (Place(signs, at) for at in range(len(signs)))


class Source:
    """Spans, read to be compared with one sentence."""

    def __init__(self, spans: Sequence[Span], weight: Weight) -> None:
        self.spans = spans
        self.texts = [read_signs(span.quote) for span in spans]
        self.denied = [denied_places(signs) for signs in self.texts]
        self._weigh = weight
        self._facts = {
            key
            for signs in self.texts
            for sign in signs
            if sign.firm and sign.kind in FACTS
            for key in sign.keys
        }
        self._held = [{key for sign in signs for key in sign.keys} for signs in self.texts]

    def places(self, fits: Callable[[Sign], bool]) -> Iterable[tuple[int, Place]]:
        """Yield each place whose sign fits, with the number of its span from 0."""
        for number, signs in enumerate(self.texts):
            for place in places_in(signs):
                if fits(place.sign):
                    yield number, place

    def likeness(self, one: Place, other: Place) -> float:
        """Return how much the words around two places are the same; near ones count most.

        A word at distances d and e counts 1 / (d e), and all are divided by what they count in a copy:
        0 is nothing in common, 1 a copy, and words that stand nearer than in `one` can make it more.
        """
        total = found = 0.0
        is_fact = one.sign.kind in FACTS
        for key, distances in one.around.items():
            weight = self._weight(key) * (FACT_WEIGHT if is_fact and key in self._facts else 1.0)
            total += weight / min(abs(d) for d in distances) ** 2
            found += weight * max(
                ((1.0 if d * e > 0 else OTHER_SIDE) / abs(d * e))
                for d in distances
                for e in other.around.get(key, (float("inf"),))
            )
        return found / total if total else 0.0

    def best(self, place: Place, fits: Callable[[Sign], bool]) -> float:
        """Return the likeness of the place that is most like this one among those whose sign fits."""
        return max((self.likeness(place, other) for _, other in self.places(fits)), default=0.0)

    def shares(self, place: Place) -> list[float]:
        """Return for each span how much it holds of what stands around a place, from 0 to 1."""
        around = {
            key: self._weight(key) / min(abs(d) for d in distances) ** 0.5
            for key, distances in place.around.items()
        }
        total = sum(around.values()) or 1.0
        return [sum(share for key, share in around.items() if key in held) / total for held in self._held]

    def _weight(self, word: str) -> float:
        return min(self._weigh(word), MOST_WEIGHT) + ADDED_WEIGHT
