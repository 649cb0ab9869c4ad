"""Reads and makes the pairs of a statement and sentences that the support check is fitted and measured on.

In: the folder of benchmarks. Out: pairs with a label: "support", "refute" or "neither". Those to fit on are
SciFact's train part, and what is made of summaries, of titles of papers that are in no validation pair, and
of sentences of abstracts: with their own abstract, with that of a like paper, and with an error seeded into
either side. The same change on both sides supports again, so that no word gives the label away.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from index_store.lexical import tokens
from index_store.sentences import split_sentences
from index_store.values import Paper
from rag.values import Evidence, Span

LABELS = {
    "SUPPORT": "support", "CONTRADICT": "refute", "NOT_ENOUGH_INFO": "neither",
    "Supports": "support", "Refutes": "refute", "Neutral": "neither",
    "supported": "support", "partially_supported": "neither", "not_supported": "neither",
    "Consistent": "support", "Benign": "support", "Unwanted": "refute", "Questionable": "refute",
}  # fmt: skip
TURNED = dict(
    pair.split(":")
    for pair in """increases:decreases increase:decrease increased:decreased increasing:decreasing
    reduces:increases reduce:increase reduced:increased reducing:increasing promotes:inhibits
    promote:inhibit inhibits:promotes inhibit:promote inhibition:activation activation:inhibition
    enhances:impairs enhance:impair enhanced:impaired improves:worsens improve:worsen improved:worsened
    suppresses:enhances suppress:enhance prevents:causes prevent:cause causes:prevents induces:prevents
    higher:lower lower:higher high:low low:high more:less less:more greater:smaller larger:smaller
    smaller:larger faster:slower better:worse worse:better positive:negative negative:positive
    presence:absence absence:presence gain:loss loss:gain early:late late:early before:after after:before
    outperforms:underperforms outperform:underperform essential:dispensable effective:ineffective
    sensitive:resistant resistant:sensitive with:without without:with strong:weak weak:strong long:short
    short:long large:small small:large many:few few:many most:least supervised:unsupervised
    unsupervised:supervised significant:insignificant dependent:independent independent:dependent
    static:dynamic local:global global:local sparse:dense dense:sparse efficient:inefficient
    robust:fragile accurate:inaccurate easier:harder fewer:more""".split()
)
TURN = re.compile(rf"(?<![\w-])(?:{'|'.join(TURNED)})(?![\w-])", re.I)
AUXILIARY = re.compile(r"\b(?:is|are|was|were|can|could|will|may|has been|have been)\b(?! not\b)")
VERB = re.compile(
    r"\b(use|reach|outperform|improve|generate|introduce|contain|achieve|show|learn|predict|reduce|raise|"
    r"preserve|capture|produce|handle|allow|enable|combine|require|regulate|mediate|control|induce|inhibit|"
    r"promote|activate|affect|cause|prevent|increase|decrease|lead|contribute|protect|suppress|provide|"
    r"propose|reveal)(?:e?s)\b"
)
NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?![\w-])")
MOST_SENTENCES = 8
"""Sentences that are shown; of more, those that together hold most words of the statement."""
ALSO = 0.1
"""What a word counts that a sentence chosen before holds already."""
SHORTEST = 6
"""Words of a title or sentence that can be a statement."""
DESIGN = re.compile(r":|\?|randomi[sz]ed|trial|review|study|survey", re.I)
"""In the titles of SciFact's papers: they name a study rather than what it found."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Whether `sentences` support `statement`; `group` is the paper or claim that it was made of, `title`
    that of the sentences if they have one, and `seeded` says that an error was put into either of them, or
    the same change into both."""

    source: str
    statement: str
    sentences: tuple[str, ...]
    label: str
    group: str
    seeded: bool = False
    title: str = ""


def sentences_of(text: str) -> tuple[str, ...]:
    """Return the sentences of a text."""
    parts = (text[start:end].strip() for start, end in split_sentences(text))
    return tuple(part for part in parts if part)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSON Lines file, zipped or not."""
    read = path.read_bytes()
    text = (gzip.decompress(read) if path.suffix == ".gz" else read).decode()
    return [json.loads(line) for line in text.split("\n") if line]


def read_tests(folder: Path) -> Iterator[tuple[str, list[Pair]]]:
    """Yield the sets to measure on, none of which anything may be fitted to."""

    def pair(source: str, statement: str, shown: Sequence[str], label: str) -> Pair:
        return Pair(source, statement.strip(), tuple(shown), LABELS[label], statement)

    def read(path: str) -> list[dict[str, Any]]:
        return read_lines(folder / path)

    name = "healthver dev"
    found = read("healthver/dev.jsonl")
    yield name, [pair(name, r["claim"], sentences_of(r["evidence"]), r["label"]) for r in found]
    for part in ("dev", "test"):
        name = f"wice {part}"
        found = read(f"wice/claim_{part}.jsonl")
        yield name, [pair(name, r["claim"], r["evidence"], r["label"]) for r in found]
    name = "faithbench"
    found = read("faithbench/faithbench.jsonl")
    yield name, [pair(name, r["summary"], sentences_of(r["source"]), r["worst_label"]) for r in found]
    name = "scifact validation"
    found = read("scifact/verify_validation.jsonl")
    yield name, [replace(_verified(r), source=name) for r in found]


def _verified(record: dict[str, Any]) -> Pair:
    """Return a claim of SciFact with the abstract that it is held against."""
    shown, group = sentences_of(record["abstract"]), f"claim {record['claim_id']}"
    return Pair(
        "scifact", record["claim"], shown, LABELS[record["label"]], group, title=record.get("title", "")
    )


def evidence_for(statement: str, pair: Pair) -> list[Evidence]:
    """Return what is shown of a pair for a sentence of its statement, as an answer shows its evidence."""
    shown = _choose(frozenset(tokens(statement)), pair.sentences)
    paper = Paper("paper", pair.title, "\n".join(shown))
    ends = list(accumulate(len(sentence) + 1 for sentence in shown))
    spans = [
        Span(paper, end - 1 - len(sentence), end - 1) for sentence, end in zip(shown, ends, strict=True)
    ]
    return [Evidence(number, span, 1.0) for number, span in enumerate(spans, 1)]


def _choose(words: frozenset[str], sentences: Sequence[str]) -> list[str]:
    """Return, in their order, the sentences that together hold most words."""
    held = [words & set(tokens(sentence)) for sentence in sentences]
    rest, left, chosen = list(range(len(sentences))), words, list[int]()
    while rest and len(chosen) < MOST_SENTENCES:
        best = max(rest, key=lambda n: (len(held[n] & left) + ALSO * len(held[n]), -n))
        chosen.append(best)
        rest.remove(best)
        left -= held[best]
    return [sentences[n] for n in sorted(chosen)]


def make_train(folder: Path, *, most: int = 400, seed: int = 0) -> list[Pair]:
    """Return the pairs to fit on: SciFact's, and those made of `most` statements of each other source."""
    random = Random(seed)
    verify = read_lines(folder / "scifact/verify_train.jsonl")
    pairs = [_verified(record) for record in verify]
    kept_out = {r["doc_id"] for r in read_lines(folder / "scifact/verify_validation.jsonl")}
    titles = [
        (r["title"].rstrip(".") + ".", sentences_of(r["text"]))
        for r in read_lines(folder / "scifact/beir/corpus.jsonl.gz")
        if r["_id"] not in kept_out and not DESIGN.search(r["title"])
    ]
    summaries = [
        (random.choice(r["tldrs"]), tuple(r["sentences"]))
        for r in read_lines(folder / "scitldr/train.jsonl")
    ]
    recent = read_lines(folder / "arxiv_recent/corpus.jsonl.gz")
    random.shuffle(recent)
    quoted = []
    for r in recent[:most]:
        shown = sentences_of(r["abstract"])
        quoted.append((_in_other_words(random.choice(shown)), shown))
    for source, items in (("titles", titles), ("summaries", summaries), ("sentences", quoted)):
        usable = [item for item in items if len(item[0].split()) >= SHORTEST and len(item[1]) > 1]
        random.shuffle(usable)
        pairs += _around(source, usable[:most], random)
    return pairs


def _around(source: str, items: Sequence[tuple[str, tuple[str, ...]]], random: Random) -> Iterator[Pair]:
    """Yield each statement with its own abstract, with a like one, and with errors on either side."""
    like = _most_like([" ".join((statement, *shown)) for statement, shown in items])
    for number, (statement, shown) in enumerate(items):
        group = f"{source} {number}"
        yield Pair(source, statement, shown, "support", group)
        yield Pair(source, statement, items[like[number]][1], "neither", group)
        for text in denied_and_renumbered(statement, random):
            yield Pair(source, text, shown, "refute", group, seeded=True)
        turns = sorted({match.group().lower() for match in TURN.finditer(statement)})
        if turns:
            word = random.choice(turns)
            text, other = turn(statement, word), tuple(turn(sentence, word) for sentence in shown)
            yield Pair(source, text, shown, "refute", group, seeded=True)
            if other != shown:
                yield Pair(source, text, other, "support", group, seeded=True)
                yield Pair(source, statement, other, "refute", group, seeded=True)


def denied_and_renumbered(statement: str, random: Random) -> Iterator[str]:
    """Yield a statement with a "not" added, and with another number, where it has a place for them."""
    places = [(m.end(), m.end(), " not") for m in AUXILIARY.finditer(statement)]
    places += [(m.start(), m.end(), f"does not {m[1]}") for m in VERB.finditer(statement)]
    numbers = [(m.start(), m.end(), _other_number(m.group(), random)) for m in NUMBER.finditer(statement)]
    for found in (places, numbers):
        if found:
            start, end, text = random.choice(found)
            yield statement[:start] + text + statement[end:]


def turn(text: str, word: str) -> str:
    """Return a text with its opposite for each place of a word of `TURNED`."""
    return re.sub(
        rf"(?<![\w-]){word}(?![\w-])", lambda m: _cased(m.group(), TURNED[word]), text, flags=re.I
    )


def _cased(old: str, new: str) -> str:
    return new.capitalize() if old[0].isupper() else new


def _other_number(number: str, random: Random) -> str:
    last = random.choice([digit for digit in "123456789" if digit != number[-1]])
    return number[:-1] + last


def _in_other_words(sentence: str) -> str:
    """Return a sentence as one who reports it would begin it."""
    changes = (
        (
            r"^(?:However|Therefore|Specifically|Moreover|Finally|Furthermore|Additionally|Thus), (\w)",
            lambda m: m[1].upper(),
        ),
        (r"^We ", lambda _: "The authors "),
        (r"\bour\b", lambda _: "their"),
        (r"\bwe\b", lambda _: "they"),
        (r"(?<=.{40}),? (?:which|where|while|whereas|so that) .*$", lambda _: "."),
    )
    for pattern, put in changes:
        sentence = re.sub(pattern, put, sentence)
    return sentence


def _most_like(texts: Sequence[str]) -> list[int]:
    """Return for each text the other that shares most rare words with it."""
    rows = [set(tokens(text)) for text in texts]
    holders: dict[str, list[int]] = {}
    for number, words in enumerate(rows):
        for word in words:
            holders.setdefault(word, []).append(number)
    found = []
    for number, words in enumerate(rows):
        shared = np.zeros(len(texts))
        for word in sorted(words):
            if len(holders[word]) < len(texts) / 10:
                shared[holders[word]] += np.log(len(texts) / len(holders[word]))
        shared[number] = -1
        found.append(int(shared.argmax()))
    return found


def auroc(positive: Sequence[bool], scores: Sequence[float]) -> float:
    """Return the area under the ROC curve: ties counting half."""
    labels = np.asarray(positive, dtype=bool)
    _, places, counts = np.unique(np.asarray(scores), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    yes, no = int(labels.sum()), int((~labels).sum())
    return float((ranks[labels].sum() - yes * (yes + 1) / 2) / (yes * no))


def words_held(pair: Pair) -> float:
    """Return the lexical floor: the share of a statement's different words that the sentences hold."""
    words = set(tokens(pair.statement))
    held = {word for sentence in pair.sentences for word in tokens(sentence)}
    return len(words & held) / max(1, len(words))
