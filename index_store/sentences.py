"""Splits an abstract into sentences with exact offsets, and groups sentences into chunks.

NLTK's Punkt finds the boundaries; the abbreviations of research prose are given to it here, so no
trained model has to be fetched. It knows nothing of papers or stores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nltk.tokenize.punkt import PunktSentenceTokenizer

__all__ = ["group_sentences", "split_sentences"]

ABBREVIATIONS = frozenset(
    """e.g i.e al fig figs eq eqs vs cf resp approx no sec tab ref refs dr prof mr mrs ms st viz w.r.t
    a.k.a et ca i.i.d ed eds vol pp dept univ inc ltd u.s u.k ph.d""".split()
)  # fmt: skip
ITEM_NUMBER = re.compile(r"(?:^|:\s)\(?(?:\d{1,2}|[A-Za-z])[.)]$")
LONGEST_SENTENCE = 1000
"""Characters. A longer run without a boundary is cut at a space: no embedder reads more at once."""
CHUNK_LENGTH = 560
"""Characters, about 120 word pieces: all-MiniLM-L6-v2 was trained on sequences of 128."""


@cache
def _punkt() -> PunktSentenceTokenizer:
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    parameters = PunktParameters()
    parameters.abbrev_types = set(ABBREVIATIONS)
    return PunktSentenceTokenizer(parameters)


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return the [start, end) of each sentence, in order.

    The slices hold every character of `text` but the white space between sentences, so joining
    them with what lies between gives `text` back.
    """
    spans: list[tuple[int, int]] = []
    for start, end in _punkt().span_tokenize(text):
        if spans and (_continues(text[start:end]) or _is_unfinished(text[slice(*spans[-1])])):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [piece for span in spans for piece in _cut_long(text, *span)]


def _continues(sentence: str) -> bool:
    """Whether a piece cannot begin a sentence: its first word is in lower case throughout."""
    word = sentence.split(maxsplit=1)[0]
    return all(letter.islower() for letter in word)


def _is_unfinished(sentence: str) -> bool:
    """Whether a piece ends in the number of a list's item, which belongs to the words after it."""
    return ITEM_NUMBER.search(sentence) is not None


def _cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST_SENTENCE:
        cut = text.rfind(" ", start + 1, start + LONGEST_SENTENCE)
        cut = cut if cut > start else start + LONGEST_SENTENCE
        yield start, cut
        start = cut
        while text[start].isspace():
            start += 1
    yield start, end


def group_sentences(
    sentences: Sequence[tuple[int, int]], longest: int = CHUNK_LENGTH
) -> list[tuple[int, int]]:
    """Return the [start, end) of each chunk: runs of whole sentences of at most `longest` characters.

    A sentence that is longer than that is a chunk of its own. Runs are balanced, so that the last
    chunk is not a left-over of a few words.
    """
    if not sentences:
        return []
    total = sentences[-1][1] - sentences[0][0]
    target = total / -(-total // longest)
    chunks = [sentences[0]]
    for start, end in sentences[1:]:
        first = chunks[-1][0]
        middle = (start + end) / 2 - first
        if end - first <= longest and middle <= target:
            chunks[-1] = (first, end)
        else:
            chunks.append((start, end))
    return chunks
