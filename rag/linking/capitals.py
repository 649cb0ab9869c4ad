"""Tells a name from the ordinary word with the same letters: CLIP from video clips, SAM from Sam.

In: a question, or names in it, and the texts of papers. Out: which names have to stand in a text as they
are written, and the question with capitals where somebody typed such a name in small letters. It knows
only what the texts write, and no dictionary.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from index_store.lexical import tokens
from index_store.values import Paper
from rag.linking.names import capital_names, name_like

__all__ = ["names_in_capitals", "read_texts", "with_capitals", "writes_in_capitals"]

SHORT = 4
"""Letters of a name in capitals and small ones that may be a word, too (LoRA, SiT); a longer one is put
together from parts, as ImageNet is."""
SHORTEST_TYPED = 3
PLAINLY_A_WORD = 5
"""How many times as often in small letters as in capitals: "video" is no VIdeO, whoever spells it so."""
TYPED = re.compile(r"(?<![\w-])[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?![\w-])")
"""A word in small letters."""
NAME_OF_WORDS = re.compile(r"[A-Z][a-z]+(?:-[A-Z][a-z]+)+")
"""A name that is put together from words, as Something-Something is."""
NUMBERED = re.compile(r"([a-z]{3,})(-\d+)")
"""A name in small letters with a number that may differ from those in the library: kinetics-600."""
USES_BEFORE = re.compile(
    r"\b(?:us(?:e|es|ed|ing)|employ(?:s|ed|ing)?|(?:builds?|building|built|based|rel(?:y|ies)|tested|"
    r"evaluated?) (?:up)?on|(?:compared?|compares|compare themselves) (?:to|with|against)|against|with|"
    r"than|beats?)\s+$",
    re.I,
)
ENDS_PHRASE = re.compile(r"\s*(?:[^\w\s]|$|(?:and|or|for|as|in|to|instead)\b)", re.I)


def read_texts(papers: Iterable[Paper]) -> list[str]:
    """Return the title and abstract of each paper; a title all in capitals says nothing of names."""
    return [f"{'' if p.title.isupper() else p.title}. {p.abstract}" for p in papers]


def names_in_capitals(question: str, texts: Sequence[str]) -> list[str]:
    """Return the names in a question that might be words as well, and that a text has in capitals: where
    they stand in small letters they are words."""
    return [
        name
        for name in capital_names(question)
        if _could_be_word(name) and any(writes_in_capitals(name, text) for text in texts)
    ]


def writes_in_capitals(name: str, text: str) -> bool:
    """Whether a text has a name, or its plural or singular, with more than a first capital."""
    return any(map(name_like, _spelled(_stem(name), text)))


def with_capitals(question: str, papers: Iterable[Paper]) -> str:
    """Return a question with the names that were typed in small letters as the papers write them.

    A word that the papers have in small letters, too, counts as a name only where it stands as one: the
    singular without an article, as in "which papers use clip?", and never where it is a word nearly always.
    """
    library = "\n".join(read_texts(papers))

    def written(match: re.Match[str]) -> str:
        word = match.group()
        if len(word) < SHORTEST_TYPED or not tokens(word):
            return word
        spelled = _spelled(_stem(word), library)
        names = Counter(_stem(one) for one in spelled if name_like(one) or NAME_OF_WORDS.fullmatch(one))
        if (numbered := NUMBERED.fullmatch(word)) and not spelled:
            return _head_of(numbered[1], library) + numbered[2]
        in_small = sum(map(str.islower, spelled))
        if not names or (in_small and not _stands_as_name(match)):
            return word
        best = max(names, key=lambda name: (names[name], name))
        if in_small > PLAINLY_A_WORD * names[best]:
            return word
        return f"{best}{'s' if _stem(word) != word else ''}"

    return TYPED.sub(written, question)


def _head_of(word: str, text: str) -> str:
    """Return the word before a number as most names of a text have it, or as it is."""
    found = Counter(re.findall(rf"(?<![\w-])({word})-?\d", text, re.I))
    return max(found, key=lambda one: (found[one], one), default=word)


def _could_be_word(name: str) -> bool:
    stem = _stem(name)
    return stem.isalpha() and (stem.isupper() or len(stem) <= SHORT)


def _stem(name: str) -> str:
    """Return a name without what makes it a plural or is joined to it: GANs, CLIP-based."""
    return re.sub(r"(?<=[^\Ws])s$", "", re.sub(r"(?<=[A-Z])-[a-z]{3,}$", "", name))


def _spelled(stem: str, text: str) -> list[str]:
    """Return the spellings of a name in a text."""
    parts = r"[ -]?".join(map(re.escape, stem.split("-")))
    return re.findall(rf"(?<![A-Za-z0-9]){parts}s?(?![A-Za-z0-9])", text, re.I)


def _stands_as_name(match: re.Match[str]) -> bool:
    before, after = match.string[: match.start()], match.string[match.end() :]
    return (
        not match.group().endswith("s")
        and USES_BEFORE.search(before) is not None
        and ENDS_PHRASE.match(after) is not None
    )
