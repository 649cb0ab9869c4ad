"""What a sentence counts before it is known what it is about: for what it is, given what is asked.

In: a span and a question. Out: a number to add to its score. What an abstract says of others, of its code
and of its success answers few questions; how something works is told in words of doing. Found on the
development set; docs/quality-log.md has the figures.
"""

from __future__ import annotations

import re

from rag.aspects import ASPECTS
from rag.speakers import subjects_of
from rag.values import Span

__all__ = ["is_release", "prior_of"]

OF_OTHERS = -0.15
OF_RELEASE = -0.2
OF_SUCCESS = -0.05
OF_DOING = 0.05
"""For each different word of doing, in a question of how something is done."""
MOST_DOING = 3
NAMED = {aspect.name: aspect for aspect in ASPECTS}
SUCCESS = re.compile(r"\b(?:outperform|state[ -]of[ -]the[ -]art|extensive|experiments|superior)", re.I)
HOW = re.compile(
    r"^\W*how (?!many\b|much\b|long\b|large\b|big\b|fast\b|often\b)|\bhow (?:do|does|did|is|are|can)\b",
    re.I,
)
DOING = re.compile(
    r"\b(?:by [\w-]+ing|first|second|then|which|specifically|introduc\w+|propos\w+|design\w*|uses?|using|"
    r"consists?|via|through|train(?:s|ed)?|encod\w+|predict\w*|enabl\w+|allow\w*|appl(?:y|ies)|attention|"
    r"token)\b",
    re.I,
)


def is_release(span: Span, question: str) -> bool:
    """Whether a sentence tells where code or data can be had, and the question does not ask for that."""
    code = NAMED["code"]
    return bool(re.search(code.states, span.quote, re.I)) and not re.search(code.asks, question, re.I)


def prior_of(span: Span, question: str) -> float:
    """Return what to add to the score of a sentence of an abstract."""
    quote, prior = span.quote, 0.0
    if subjects_of(span) == {"others"}:
        prior += OF_OTHERS
    if is_release(span, question):
        prior += OF_RELEASE
    if SUCCESS.search(quote) and not re.search(NAMED["results"].asks, question, re.I):
        prior += OF_SUCCESS
    if HOW.search(question):
        done = {word.casefold() for word in DOING.findall(quote)}
        prior += OF_DOING * min(len(done), MOST_DOING)
    return prior
