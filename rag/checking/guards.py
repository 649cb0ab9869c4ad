"""Guards against sentences that share the words of their source and not its meaning.

In: a sentence and the spans it would rest on. Out: whether it may. Each guard looks for one way in which
a small model goes wrong: it says something else than the source does in the same place, moves a number to
another thing, or takes what a paper says of others for what it does itself. They never make a sentence
true; they only stop it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from index_store.lexical import tokens
from index_store.sentences import split_sentences
from index_store.values import Paper
from rag.checking.agreement import agrees
from rag.checking.degrees import compares_the_other_way
from rag.checking.places import Weight, equal_weight
from rag.checking.rejections import has_what_is_rejected
from rag.checking.signs import Sign, read_signs
from rag.linking.names import key, name_like
from rag.speakers import Clause, clauses_of, own_names, read_clauses
from rag.values import Span

__all__ = ["NEGATION", "may_rest_on", "whole_abstracts"]

NEGATION = re.compile(r"\b(?:not|no|never|without|cannot|neither|nor|none|fails?|lacks?)\b|n['’]t\b", re.I)
SPEAKS_OF_OTHERS = re.compile(
    r"\b(?:instead|rather|unlike|without|avoid\w*|replac\w*|remov\w*|eliminat\w*|than|beyond|over|against|"
    r"address\w*|tackl\w*|solv\w*|resolv\w*|overcom\w*|fix\w*|mitigat\w*|alleviat\w*|reduc\w*|lower\w*|"
    r"improv\w*|outperform\w*|beat\w*|surpass\w*|problems?|limitations?|issues?|challenges?|challenging|"
    r"difficult\w*|shortcomings?|drawbacks?|counter\w*|bridg\w*|cop(?:e|es|ing)|deal\w*|because|since|where|"
    r"when|not|no|never|neither|nor|criticiz\w*|contrast\w*|compar\w*|differ\w*|existing|previous|prior|"
    r"earlier|conventional|traditional|other|others)\b|n['’]t\b",
    re.I,
)
"""What stands after such a word in a clause about a paper may be what others do, or a problem."""
LEAST_OF_OTHERS = 0.5
"""Share, by weight, of the words of a predicate from which it is told of others alone."""
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
NUMBERS_IN_A_ROW = re.compile(r"(?<![\w./-])\d+(?:\.\d+)?\s?%?(?:/\d+(?:\.\d+)?\s?%?)+(?![\w/-])")
NAMES_IN_A_ROW = re.compile(r"\b[A-Za-z][\w-]*?\d+(?:/[\w-]*\d+)+")
MUCH = 20_000
"""Characters of an abstract that are looked through for what it turns down."""
NEAR = 45
"""Characters on either side of a number in which it is said what is counted."""


def may_rest_on(sentence: str, spans: Sequence[Span], weight: Weight = equal_weight) -> bool:
    """Whether no guard stops a sentence from resting on these spans."""
    return (
        agrees(sentence, spans, weight)
        and _counts_the_same(sentence, spans)
        and _names_all_of_a_row(sentence, spans)
        and _speaks_for_itself(sentence, spans, weight)
        and not has_what_is_rejected(sentence, whole_abstracts(spans))
        and not compares_the_other_way(sentence, spans)
    )


def whole_abstracts(spans: Sequence[Span]) -> tuple[Clause, ...]:
    """Return the clauses of the papers of some spans, all together: what one turns down another may use."""
    papers = tuple({span.paper.id: span.paper for span in spans}.values())
    return tuple(clause for paper in papers for clause in _clauses_of_abstract(paper))


@lru_cache(maxsize=64)
def _clauses_of_abstract(paper: Paper) -> tuple[Clause, ...]:
    spans = (Span(paper, start, end) for start, end in split_sentences(paper.abstract[:MUCH]))
    return tuple(clause for span in spans for clause in clauses_of(span))


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


def _names_all_of_a_row(sentence: str, spans: Sequence[Span]) -> bool:
    """Whether numbers in a row ("82.9/84.8") stand beside all the names that a span has for them
    ("Kinetics-400/600"), and not beside the first one alone."""
    told = [_digits(row.group()) for row in NUMBERS_IN_A_ROW.finditer(sentence)]
    for span in spans if told else ():
        for row in NUMBERS_IN_A_ROW.finditer(span.quote):
            numbers, found = _digits(row.group()), NAMES_IN_A_ROW.search(span.quote[row.end() :][:NEAR])
            names = _digits(found.group()) if found else []
            is_told = numbers in told and len(names) == len(numbers)
            if is_told and not all(_has_number(sentence, name) for name in names):
                return False
    return True


def _digits(row: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?", row)


def _has_number(text: str, digits: str) -> bool:
    return re.search(rf"(?<![\d.]){re.escape(digits)}(?![\d.]*\d)", text) is not None


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


def _speaks_for_itself(sentence: str, spans: Sequence[Span], weight: Weight) -> bool:
    """Whether what a sentence says that a paper does is said of the paper, and not of others there."""
    return not any(
        _is_of_others(words, paper, spans, weight)
        for paper in {span.paper.id: span.paper for span in spans}.values()
        for words in _predicates(sentence, paper)
    )


def _predicates(sentence: str, paper: Paper) -> Iterator[set[str]]:
    """Yield the words of each thing that a sentence says of a paper itself."""
    names, of_others = own_names(paper), False
    for clause in read_clauses(sentence, names, before="own"):
        if clause.subject == "own" and not (clause.goes_on and of_others):
            own, *rest = SPEAKS_OF_OTHERS.split(clause.text, maxsplit=1)
            of_others = bool(rest)
            called = {word for name in name_like(own) if key(name) in names for word in tokens(name)}
            for part in re.split(r"\band\b", own):
                yield set(tokens(part)) - called - names


def _is_of_others(words: set[str], paper: Paper, spans: Sequence[Span], weight: Weight) -> bool:
    """Whether the spans say a predicate of others, and of the paper neither it nor most of its words."""
    own, others = set(tokens(paper.title)), set[str]()
    for span in spans:
        for clause in clauses_of(span):
            is_others = clause.subject == "others" and span.paper == paper
            (others if is_others else own).update(tokens(clause.text))
    alone = words & others - own
    share = sum(map(weight, sorted(alone))) / (sum(map(weight, sorted(words))) or 1.0)
    return bool(alone) and share >= LEAST_OF_OTHERS
