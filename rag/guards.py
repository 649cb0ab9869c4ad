"""Guards against sentences that share the words of their source and not its meaning.

In: a sentence and the spans it would rest on. Out: whether it may. Each guard looks for one way in which
a small model goes wrong: it says something else than the source does in the same place, moves a number to
another thing, or takes what a paper says of others for what it does itself. They never make a sentence
true; they only stop it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from index_store.lexical import tokens
from rag.agreement import agrees
from rag.names import key, short_name
from rag.places import Weight, equal_weight
from rag.signs import Sign, read_signs
from rag.values import Span

__all__ = ["NEGATION", "may_rest_on"]

NEGATION = re.compile(r"\b(?:not|no|never|without|cannot|neither|nor|none|fails?|lacks?)\b|n['’]t\b", re.I)
SPEAKS_OF_ITSELF = re.compile(
    r"\b(?:we|our|ours|us|this (?:paper|work|study|article|thesis|report)|the (?:authors?|proposed|"
    r"resulting|new|approach|method|model|framework)|it|its|they|here|thus|therefore|by doing so)\b",
    re.I,
)
SPEAKS_OF_OTHERS = re.compile(
    r"\b(?:however|but|although|despite|existing|previous\w*|prior|earlier|conventional|traditional\w*|"
    r"most|often|usually|typically|limit\w*|suffer\w*|falls? short|challeng\w*|difficult\w*|struggl\w*|"
    r"remain\w*)\b",
    re.I,
)
FOLLOWS = re.compile(
    r"(?:[\s-]+(?!(?:of|in|on|at|for|with|and|or|to|by|from|over|across|per|as|than|that|which)\b)"
    r"[^\W\d_][\w+]*){1,3}"
)
"""Up to three words that go on from a number, as far as the next preposition."""
COUNTED = [
    frozenset(words.split())
    for words in (
        "gpu gpus tpu tpus accelerator", "second", "minute", "hour", "day", "week", "epoch",
        "step iteration",
        "parameter param", "frame", "layer block", "head", "token", "image picture", "video clip",
        "pair sample example instance", "dataset benchmark corpus corpora", "task", "language",
        "class category", "annotator participant people person", "topic", "dollar",
    )
]  # fmt: skip
"""What people count in papers; words of one row are the same thing."""
NEAR = 45
"""Characters on either side of a number in which it is said what is counted."""


def may_rest_on(sentence: str, spans: Sequence[Span], weight: Weight = equal_weight) -> bool:
    """Whether no guard stops a sentence from resting on these spans."""
    return (
        agrees(sentence, spans, weight)
        and _counts_the_same(sentence, spans)
        and _speaks_for_itself(sentence, spans)
    )


def _counts_the_same(sentence: str, spans: Sequence[Span]) -> bool:
    """Whether what each number counts, if it counts something, is what a span counts with it."""
    for number in _numbers(sentence):
        counted = _things(_follows(sentence, number))
        held = [
            (_things(_follows(span.quote, other)), _things(_beside(span.quote, other)))
            for span in spans
            for other in _numbers(span.quote)
            if other.key == number.key
        ]
        if counted and held and not any(_counts(counted, *things) for things in held):
            return False
    return True


def _counts(counted: set[int], after: set[int], beside: set[int]) -> bool:
    return counted <= beside and (not after or bool(after & counted))


def _numbers(text: str) -> list[Sign]:
    return [sign for sign in read_signs(text) if sign.kind == "number"]


def _follows(text: str, number: Sign) -> str:
    """Return the words right after a number that can say what it counts."""
    match = FOLLOWS.match(text, number.end)
    return match.group() if match else ""


def _beside(text: str, number: Sign) -> str:
    return f"{text[max(0, number.start - NEAR) : number.start]} {text[number.end :][:NEAR]}"


def _things(text: str) -> set[int]:
    """Return the rows of the things that are named."""
    words = set(tokens(text))
    return {row for row, things in enumerate(_stemmed()) if things & words}


@cache
def _stemmed() -> list[set[str]]:
    return [{stem for word in row for stem in tokens(word)} for row in COUNTED]


def _speaks_for_itself(sentence: str, spans: Sequence[Span]) -> bool:
    """Whether a sentence about a paper itself rests on more than what that paper says of others."""
    own = [span for span in spans if key(sentence).startswith(key(short_name(span.paper)))]
    return not own or not all(_is_about_others(span) for span in own)


def _is_about_others(span: Span) -> bool:
    named = key(short_name(span.paper)) in key(span.quote)
    return (
        not named and not SPEAKS_OF_ITSELF.search(span.quote) and bool(SPEAKS_OF_OTHERS.search(span.quote))
    )
