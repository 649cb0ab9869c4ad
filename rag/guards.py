"""Guards against sentences that share the words of their source and not its meaning.

In: a sentence and the spans it would rest on. Out: whether it may. Each guard looks for one way in which
a small model goes wrong: it denies, fails to deny, moves a number to another
thing, or takes what a paper says of others for what it does itself. They never make a sentence true;
they only stop it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from index_store.lexical import tokens
from rag.names import key, short_name
from rag.values import Span

__all__ = ["NEGATION", "may_rest_on"]

NEGATION = re.compile(r"\b(?:not|no|never|without|cannot|neither|nor|none|fails?|lacks?)\b|n['’]t\b", re.I)
DENIES = re.compile(
    rf"{NEGATION.pattern}|\b(?:zero|avoid\w*|eliminat\w*|unnecessary|free|remov\w*|only)\b", re.I
)
DENIED = re.compile(r"(?:\b(?:not|never|without|cannot|nor)|n['’]t)\b(?!\s+(?:only|just|merely))", re.I)
QUANTIFIER = re.compile(r"\b(?:any|all|every|each|such)\b", re.I)
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
NUMBER = re.compile(r"(?<![\w-])\d+(?:[.,]\d+)*")
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
MAGNITUDES = frozenset({"k", "K", "M", "B", "T", "x"})
NEAR = 45
"""Characters on either side of a number in which it is said what is counted."""


def may_rest_on(sentence: str, spans: Sequence[Span]) -> bool:
    """Whether no guard stops a sentence from resting on these spans."""
    return (
        _denies_no_more(sentence, spans)
        and _denies_no_less(sentence, spans)
        and _counts_the_same(sentence, spans)
        and _speaks_for_itself(sentence, spans)
    )


def _denies_no_more(sentence: str, spans: Sequence[Span]) -> bool:
    """Whether a negation in the sentence has one in its spans to rest on."""
    return not NEGATION.search(sentence) or any(NEGATION.search(span.quote) for span in spans)


def _denies_no_less(sentence: str, spans: Sequence[Span]) -> bool:
    """Whether what the first span denies is not said without the denial."""
    if DENIES.search(sentence):
        return True
    said = set(tokens(sentence))
    quote = spans[0].quote
    after = [QUANTIFIER.sub("", quote[match.end() :][:60]) for match in DENIED.finditer(quote)]
    denied = [tokens(words)[:2] for words in after]
    return not any(len(words) == 2 and said.issuperset(words) for words in denied)


def _counts_the_same(sentence: str, spans: Sequence[Span]) -> bool:
    """Whether what each number counts, if it counts something, stands beside it in a span, too."""
    for match in NUMBER.finditer(sentence):
        after = _follows(sentence, match)
        counted = [things for things in _stemmed() if things & after]
        held = [
            _beside(span.quote, other)
            for span in spans
            for other in NUMBER.finditer(span.quote)
            if other.group() == match.group()
        ]
        if counted and held and not any(things & words for things in counted for words in held):
            return False
    return True


def _follows(text: str, number: re.Match[str]) -> set[str]:
    """Return the stems of the two words after a number, if it is a number of something."""
    words = re.findall(r"[^\W\d]\w*", text[number.end() :][:NEAR])
    words = [word for word in words if word not in MAGNITUDES][:2]
    return set(tokens(" ".join(words))) if words and tokens(words[0]) else set()


@cache
def _stemmed() -> list[set[str]]:
    return [{stem for word in row for stem in tokens(word)} for row in COUNTED]


def _beside(text: str, number: re.Match[str]) -> set[str]:
    return set(
        tokens(f"{text[max(0, number.start() - NEAR) : number.start()]} {text[number.end() :][:NEAR]}")
    )


def _speaks_for_itself(sentence: str, spans: Sequence[Span]) -> bool:
    """Whether a sentence about a paper itself rests on more than what that paper says of others."""
    own = [span for span in spans if key(sentence).startswith(key(short_name(span.paper)))]
    return not own or not all(_is_about_others(span) for span in own)


def _is_about_others(span: Span) -> bool:
    named = key(short_name(span.paper)) in key(span.quote)
    return (
        not named and not SPEAKS_OF_ITSELF.search(span.quote) and bool(SPEAKS_OF_OTHERS.search(span.quote))
    )
