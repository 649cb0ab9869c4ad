"""Estimates how probably some sentences support a statement.

In: a statement, the sentences it would rest on, and what embeds them. Out: a probability. Eight cheap signs
(words shared, likeness of meaning, numbers missing, denials and directions that differ) are weighed by a
logistic model whose coefficients lie in support_model.json; bench/fit_support.py fits it and
bench/support.py measures it. It is no part of the product: it does not yet tell enough to decide anything.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index_store.lexical import tokens
from rag.opposites import other_sides
from rag.signs import Sign, denied_places, read_signs

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SIGNS", "SupportModel", "least_support", "read_model", "signs_of_support", "support_score"]

Embed = Callable[[Sequence[str]], "Sequence[NDArray[Any]]"]
"""Texts to vectors of unit length, one for each: `PaperIndex.vectors`."""
MOST_SENTENCES = 8
"""Sentences that are looked at; of more, those that together hold most words of the statement."""
NEAREST, NEAR = 2, 3
"""Sentences, most words shared first, in which a denial, and an opposite, is looked for."""
ALSO = 0.1
"""What a word counts that a sentence chosen before holds already."""
MOST_OPPOSITES = 2
SIGNS = ("words", "meaning", "numbers", "opposites", "denies", "affirms", "adds_no", "drops_no")
"""What `signs_of_support` returns, in this order:

words      share of the statement's different words (stems) that any sentence holds
meaning    cosine of the statement with the mean of the sentences
numbers    share of its numbers that no sentence has
opposites  how many of its words stand in the nearest sentences only as their opposites, 2 at most
denies     1 when it says what the nearest sentences deny
affirms    1 when it denies what they say
adds_no    1 when it denies something and they nothing
drops_no   1 when it denies nothing and the nearest one does
"""


@dataclass(frozen=True, slots=True)
class SupportModel:
    """A logistic model: for each sign its mean, its deviation and its weight; and the threshold."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    weight: tuple[float, ...]
    bias: float
    threshold: float

    def probability(self, signs: Sequence[float]) -> float:
        """Return the probability, from 0 to 1, for signs in the order of `SIGNS`."""
        total = self.bias + sum(
            weight * (sign - mean) / deviation
            for sign, mean, deviation, weight in zip(
                signs, self.mean, self.deviation, self.weight, strict=True
            )
        )
        return 1 / (1 + math.exp(-total))


@lru_cache(maxsize=1)
def read_model() -> SupportModel:
    """Return the model that is shipped."""
    read = json.loads(Path(__file__).with_name("support_model.json").read_text(encoding="utf-8"))
    rows = [read["signs"][name] for name in SIGNS]
    return SupportModel(
        mean=tuple(row["mean"] for row in rows),
        deviation=tuple(row["deviation"] for row in rows),
        weight=tuple(row["weight"] for row in rows),
        bias=read["bias"],
        threshold=read["threshold"],
    )


def least_support() -> float:
    """Return the score below which a statement should not stand: 5% of the supported ones lay below it."""
    return read_model().threshold


def support_score(statement: str, sentences: Sequence[str], *, embed: Embed) -> float:
    """Return the probability, from 0 to 1, that the sentences support a statement of one sentence.

    Of a longer text, score each sentence and multiply. Without sentences, or words in the statement,
    it is 0.
    """
    if not tokens(statement) or not any(tokens(sentence) for sentence in sentences):
        return 0.0
    return read_model().probability(signs_of_support(statement, sentences, embed=embed))


def signs_of_support(statement: str, sentences: Sequence[str], *, embed: Embed) -> list[float]:
    """Return the signs of `SIGNS`, in that order. There must be a word in both."""
    words = frozenset(tokens(statement))
    chosen = _choose(words, sentences)
    near = sorted(chosen, key=lambda sentence: -len(words & _words(sentence)))[:NEAR]
    held = frozenset().union(*(_words(sentence) for sentence in sentences))
    read = [read_signs(sentence) for sentence in near]
    said = read_signs(statement)
    return [
        len(words & held) / len(words),
        _likeness(statement, chosen, embed),
        _missing_numbers(said, sentences),
        float(min(_opposites(said, read), MOST_OPPOSITES)),
        *_denials(said, read[:NEAREST]),
    ]


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(tokens(text))


def _choose(words: frozenset[str], sentences: Sequence[str]) -> list[str]:
    """Return, in their order, the sentences that together hold most words."""
    rest = list(range(len(sentences)))
    left = words
    chosen: list[int] = []
    while rest and len(chosen) < MOST_SENTENCES:
        shared = {n: words & _words(sentences[n]) for n in rest}
        best = max(rest, key=lambda n: (len(shared[n] & left) + ALSO * len(shared[n]), -n))
        chosen.append(best)
        rest.remove(best)
        left -= shared[best]
    return [sentences[n] for n in sorted(chosen)]


def _likeness(statement: str, sentences: Sequence[str], embed: Embed) -> float:
    import numpy as np

    own, *others = (np.asarray(vector, dtype=np.float64) for vector in embed([statement, *sentences]))
    middle = np.mean(others, axis=0)
    return float(own @ middle / (np.linalg.norm(middle) or 1.0))


def _missing_numbers(said: Sequence[Sign], sentences: Sequence[str]) -> float:
    numbers = [sign for sign in said if sign.kind == "number"]
    if not numbers:
        return 0.0
    held = {key for sentence in sentences for sign in read_signs(sentence) for key in sign.keys}
    return sum(held.isdisjoint(sign.keys) for sign in numbers) / len(numbers)


def _opposites(said: Sequence[Sign], near: Sequence[Sequence[Sign]]) -> int:
    """Count the words whose opposites stand in sentences that have neither them nor their like."""
    held = {key for signs in near for sign in signs for key in sign.keys}
    sides = frozenset().union(*(sign.sides for signs in near for sign in signs))
    return sum(
        bool(other_sides(sign.sides) & sides) and not sign.sides & sides and held.isdisjoint(sign.keys)
        for sign in said
    )


def _denials(said: Sequence[Sign], near: Sequence[Sequence[Sign]]) -> list[float]:
    """Return `denies`, `affirms`, `adds_no` and `drops_no`."""
    denied, told = _split(said)
    denied_there: set[str] = set()
    told_there: set[str] = set()
    for signs in near:
        no, yes = _split(signs)
        denied_there |= no
        told_there |= yes
    says_no, nearest_says_no = _says_no(said), _says_no(near[0])
    return [
        float(bool((told - denied) & (denied_there - told_there))),
        float(bool(denied & (told_there - denied_there))),
        float(says_no and not any(map(_says_no, near))),
        float(not says_no and nearest_says_no),
    ]


def _split(signs: Sequence[Sign]) -> tuple[set[str], set[str]]:
    """Return what signs deny, and what they say without denying it."""
    places = denied_places(signs)
    denied: set[str] = set()
    told: set[str] = set()
    for place, sign in enumerate(signs):
        if sign.kind in ("word", "number", "name"):
            (denied if place in places else told).update(sign.keys)
    return denied, told


def _says_no(signs: Sequence[Sign]) -> bool:
    return any(sign.kind == "denial" and sign.firm for sign in signs)
