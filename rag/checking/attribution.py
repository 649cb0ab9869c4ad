"""Guards what the model writes: every sentence is aligned to spans of the evidence, or dropped.

In: a sentence and the evidence. Out: the spans that it rests on, or nothing. A sentence stands when
every number and name in it occurs in what it rests on, when enough of its words are there, and when no
guard speaks against it. Marks that the model wrote itself are never believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from index_store.lexical import tokens
from index_store.readers.fields import clean
from index_store.sentences import split_sentences
from index_store.values import Paper
from rag.absence import made_from
from rag.checking.borrowed import borrowed_terms
from rag.checking.degrees import echoed_degrees, without_degrees
from rag.checking.guards import NEGATION, may_rest_on
from rag.checking.signs import lone_subject, rounds
from rag.linking.focus import whole_names
from rag.linking.initials import stands_in
from rag.linking.mentions import called_in
from rag.linking.names import capital_names, key, name_like
from rag.linking.plain_words import plain_stems
from rag.values import Evidence, Span

__all__ = ["attribute", "is_made_up", "plain", "spans_near", "split_stream"]

MARK = re.compile(r"\s*\[\s*\d[\d\s,;–-]*\]|\s*\[[\d\s,;–-]*$|^\s*(?:Answer|A)\s*:\s*", re.I)
MARKDOWN = re.compile(
    r"(?<!\S)#+\s|(?<!\w)\*+(?=\S)|(?<=\S)\*+(?!\w)|(?<!\w)_+(?=\w)|(?<=\w)_+(?![\w{])|`{3,}"
)
"""Signs of emphasis and headings at the edges of words; within a word or a formula they are its own."""
LIST_SIGN = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])(?:\s+|$)")
HALF_LIST_SIGN = re.compile(r"\s*\d{1,2}")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
ROUGHLY = re.compile(r"\b(?:about|around|roughly|approximately) (?=\d)", re.I)
FIGURE = re.compile(r"\d+(?:\.\d+)?")
DECIMAL = re.compile(r"\d+\.\d+")
THOUSANDS = re.compile(r"(?<![\w.,-])(\d{2,}(?:\.\d)?|\d\.\d)[kK]\b(?!-)")
"""A number of thousands: 433k, and neither 4K, which is a resolution, nor that in ImageNet-1K."""
EITHER = re.compile(r"([\w-]+),? or (?:(?:an?|the|by|with|in|on|from) )?([\w-]+)")
"""Two things of which a question asks for one."""
NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), 1
    )
}
COUNTS = r"(?:exactly|only|just|least|most|of|than|to|or|from)"
SOMETHING = re.compile(
    rf"(?<!\w)({COUNTS}\s+)?one(?=[^\w\s-]|\s*$|\s+(?:because|since|as|that|which|who|whose|where|when|while|"
    r"is|are|was|were|has|have|does|can|may|will|would|but|if|in|on|for|from|by|with|at|than|rather|another)\b)",
    re.I,
)
"""A "one" that stands for a thing and counts none: "the text-to-video one because", "the one that"."""
LEAST_COVERED = 0.55
"""Share of what a statement tells, by weight of words, that its spans must hold. Found on the
development set."""
LEAST_NEAR = 0.5
"""The same for a sentence that falls, from which on its spans are quoted in its place."""
LEAST_GAIN = 0.12
"""A further span is cited when it adds at least this share, or a number or name."""
MOST_SPANS = 3
LONGEST_STATEMENT = 1000
"""Characters. What is longer is no sentence, and would take long to compare."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Spans that hold a sentence, the share of what it tells that they hold, and its numbers and names that
    they lack."""

    spans: tuple[Span, ...]
    share: float
    missing: set[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """The stems of one of two things that a question asks about, which was chosen, and of the other."""

    chosen: frozenset[str]
    other: frozenset[str]


def plain(text: str) -> str:
    """Return what the model wrote without its own marks, list signs, emphasis and invisible signs."""
    lines = (LIST_SIGN.sub("", line) for line in text.splitlines())
    cleaned = clean(MARKDOWN.sub("", " ".join(lines)))
    while (shorter := MARK.sub("", cleaned)) != cleaned:
        cleaned = shorter
    return cleaned.strip()


def split_stream(text: str) -> tuple[list[str], str]:
    """Split what has come so far into finished sentences and the one that is being written.

    A sentence is finished when another has begun, so that no later piece of the stream changes it.
    """
    lines = text.splitlines(keepends=True)
    if lines and HALF_LIST_SIGN.fullmatch(lines[-1]):
        lines.pop()
    cleaned = plain("".join(lines))
    starts = [start for start, _ in split_sentences(cleaned) if start == 0 or cleaned[start - 1] == " "]
    while len(starts) > 1 and not re.search(r"[^\W_]", cleaned[starts[-1] :]):
        starts.pop()
    pieces = [cleaned[start:end].strip() for start, end in pairwise([*starts, len(cleaned)])]
    return pieces[:-1], pieces[-1] if pieces else ""


def attribute(
    sentence: str, evidence: Sequence[Evidence], *, weight: Callable[[str], float], given: str = ""
) -> tuple[Span, ...]:
    """Return the spans that a sentence rests on, best first; none when it must not stand.

    `given` is what the reader knows already, the question: its words need no quote, but its numbers and
    names do, its terms must be the cited paper's own, and a sentence that only repeats it says nothing.
    """
    if len(sentence) > LONGEST_STATEMENT or _is_title_alone(sentence, evidence):
        return ()
    cover = _cover(sentence, evidence, weight, given)
    if cover.missing or cover.share < LEAST_COVERED or not _is_its_own(sentence, given, cover.spans):
        return ()
    return cover.spans if may_rest_on(sentence, cover.spans, weight) else ()


def _is_title_alone(sentence: str, evidence: Sequence[Evidence]) -> bool:
    """Whether a sentence is no more than the title of a paper, once or again."""
    rest = sentence
    for title in {item.span.paper.title for item in evidence}:
        rest = rest.replace(title, " ")
    return rest != sentence and not tokens(rest)


def spans_near(
    sentence: str, evidence: Sequence[Evidence], *, weight: Callable[[str], float], given: str = ""
) -> tuple[tuple[Span, ...], bool]:
    """Return the spans that a sentence comes from, best first, whether or not it may stand; none where they
    hold little of it. Also whether they hold all its numbers and names, with one that was not given."""
    if len(sentence) > LONGEST_STATEMENT:
        return (), False
    cover = _cover(sentence, evidence, weight, given)
    if cover.share < LEAST_NEAR:
        return (), False
    new = _hard_facts(sentence) - _hard_facts(given) - set(tokens(given))
    return cover.spans, not cover.missing and bool(new)


def is_made_up(text: str, evidence: Sequence[Evidence], *, given: str = "") -> bool:
    """Whether a text answers with what is nowhere in the evidence: it has a number or name that neither
    that nor the question has, or nothing that the question does not say itself."""
    chosen = frozenset[str]().union(*(choice.chosen for choice in _choices(given, text)))
    told = set(tokens(NEGATION.sub(" ", text))) - plain_stems() - {"yes"}
    if told <= set(tokens(given)) - chosen:
        return True
    new = _hard_facts(text) - _hard_facts(given) - set(tokens(given))
    names = {key(name): name for name in name_like(text)}
    return bool(new.difference(*(_held_by(item.span, new, names) for item in evidence)))


def _cover(
    sentence: str, evidence: Sequence[Evidence], weight: Callable[[str], float], given: str
) -> Cover:
    """Choose the spans that hold most of a sentence, one after the other."""
    words = {word: weight(word) for word in tokens(ROUGHLY.sub("", NEGATION.sub(" ", sentence)))}
    choices = _choices(given, sentence)
    known = set() if _denies(sentence, given) else set(tokens(without_degrees(given)))
    known = known.difference(*(choice.chosen for choice in choices))
    open_words = {word: words[word] for word in words if word not in known}
    total, told = sum(words.values()), sum(open_words.values())
    missing = _hard_facts(sentence)
    names = {key(name): name for name in name_like(sentence)}
    if not told or not any(map(str.isalpha, words)):  # a number alone says nothing
        return Cover((), 0.0, missing)
    chosen: list[Span] = []

    def words_of(span: Span) -> frozenset[str]:
        """Return its words and its paper's name, without one of two things to choose from that it has."""
        held = _words(span).union(tokens(_called(span.paper, given)))
        return held.difference(*(choice.chosen for choice in choices if choice.other <= held))

    def held_by(span: Span) -> set[str]:
        """Return the facts that it has; the name of its paper needs no quote."""
        return _held_by(span, missing, names) | missing & {key(_called(span.paper, given))}

    def gain(span: Span) -> float:
        held = words_of(span)
        covered = sum(share for word, share in open_words.items() if word in held) / total
        return covered + len(held_by(span)) / (len(missing) or 1)

    while len(chosen) < MOST_SPANS:
        rest = [e.span for e in evidence if e.span not in chosen and _fits(e.span, chosen)]
        best = max(rest, key=gain, default=None)
        if best is None or (chosen and gain(best) < LEAST_GAIN):
            break
        chosen.append(best)
        held = held_by(best)
        missing -= held
        for word in words_of(best) | held:
            open_words.pop(word, None)
    return Cover(tuple(chosen), 1 - sum(open_words.values()) / told, missing)


@lru_cache(maxsize=128)
def _called(paper: Paper, question: str) -> str:
    """Return what a question calls a paper, "" where that is only a part of it."""
    name = called_in(paper, question)
    return name if key(name) in whole_names(paper) else ""


def _choices(question: str, sentence: str) -> list[Choice]:
    """Return what a sentence chooses of two things that a question asks about ("discrete or continuous?"):
    to say it is more than to repeat the question."""
    said = set(tokens(sentence))
    pairs = [tuple(frozenset(tokens(part)) for part in pair) for pair in EITHER.findall(question)]
    both = [pair for one, other in pairs if one and other for pair in ((one, other), (other, one))]
    return [Choice(one, other) for one, other in both if one <= said and not other <= said]


def _is_its_own(sentence: str, given: str, spans: Sequence[Span]) -> bool:
    """Whether a sentence takes no term, and no "larger" or "only", from the question alone."""
    papers = [span.paper for span in spans]
    return not borrowed_terms(sentence, given, papers) and not echoed_degrees(sentence, given, spans)


def _denies(sentence: str, question: str) -> bool:
    """Whether a sentence says no to a question, and with that something that is not in it."""
    told = set(tokens(NEGATION.sub(" ", sentence))) - set(tokens(question))
    return not told and bool(NEGATION.search(sentence)) and not NEGATION.search(question)


def _fits(span: Span, chosen: Sequence[Span]) -> bool:
    """Whether a span may join those chosen: two papers stand behind one sentence, never more."""
    return len({span.paper.id, *(other.paper.id for other in chosen)}) <= 2


def _words(span: Span) -> frozenset[str]:
    return _words_of(f"{span.paper.title} {span.quote}")


@lru_cache(maxsize=1024)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(tokens(text))


def _hard_facts(sentence: str) -> set[str]:
    """Return the numbers and names of a sentence: what may not be wrong by a letter."""
    names = {key(made_from(name)) for name in name_like(sentence)}
    proper = {stem for name in capital_names(sentence) if not name_like(name) for stem in tokens(name)}
    proper.update(tokens(lone_subject(sentence)))
    return _numbers(sentence) | {name for name in names if name} | proper


def _numbers(text: str) -> set[str]:
    text = THOUSANDS.sub(lambda number: str(round(float(number[1]) * 1000)), text)
    digits = {number.replace(",", "") for number in NUMBER.findall(text)}
    text = SOMETHING.sub(lambda one: one.group() if one[1] else " ", text)
    words = re.findall(r"[a-z]+", text.lower())
    return digits | {NUMBER_WORDS[word] for word in words if word in NUMBER_WORDS}


def _held_by(span: Span, facts: set[str], names: Mapping[str, str]) -> set[str]:
    """Return the facts that a span has. A part of a number is none, but a number may be rounded: 91.3%
    bears out 91%, and neither 92% nor 3%. A name, given as it is spelled, may stand for another: SSV2."""
    own = _facts_of(span)
    exact = [fact for fact in own if DECIMAL.fullmatch(fact)]
    figures = {fact for fact in facts - own if FIGURE.fullmatch(fact)}
    short = {fact for fact in facts - own if fact in names and stands_in(names[fact], span.quote)}
    return facts & own | short | {fact for fact in figures if any(rounds(fact, other) for other in exact)}


def _facts_of(span: Span) -> frozenset[str]:
    """Return every number and name of a span and its title, to hold facts against."""
    return _facts_in(f"{span.paper.title} {span.quote}")


@lru_cache(maxsize=1024)
def _facts_in(text: str) -> frozenset[str]:
    runs = {key(part) for word in text.split() for part in (word, *re.split(r"[-/+(),.:]", word))}
    pairs = {key(a + b) for a, b in zip(text.split(), text.split()[1:], strict=False)}
    names = runs | pairs | {key(name) for name in name_like(text)}
    return frozenset(
        _numbers(text)
        | {name for name in names if not name.isdigit()}
        | {stem for stem in tokens(text) if not stem[0].isdigit()}
    )
