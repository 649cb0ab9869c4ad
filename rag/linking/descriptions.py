"""Finds where a text describes a paper instead of naming it: "the drone paper", "the survey".

In: a text, and the places in it that are taken by names. Out: the places that describe a paper, the words
that do, and whether a part of another paper may be meant ("the larger model"). It knows no papers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index_store.lexical import tokens
from rag.linking.names import name_like
from rag.linking.plain_words import telling_stems

__all__ = ["KIND", "SAYS_NOTHING", "Description", "find_descriptions", "stemmed_words", "telling_words"]

SAYS_NOTHING = frozenset(
    tokens(
        """work works propose present introduce describe say tell summarise summarize summary explain about
        main idea contribution key novel new do mean abstract method model approach framework architecture
        result results finding conclusion data dataset datasets train training trained limitation weakness
        strength code github task problem goal purpose motivation author write publish year good name call
        know think please give short overview detail information evaluate test performance compare
        difference differ better version variant all two three there much many long have get other else
        paper"""
    )
)
"""Words, stemmed, of questions that could be asked of any paper: they do not say which is meant."""
POINTS = frozenset(
    tokens(
        """original previous prior earlier first second third fourth last latter former next same whole full
        entire underlying proposed final existing traditional standard conventional common usual typical
        baseline base teacher student large larger small smaller big bigger best simple basic current recent
        above following respective corresponding single pretrained frozen right wrong
        any every another some which what no own different similar given cited whose not"""
    )
)
"""Words, stemmed, that point at a paper, or at a part of one, and do not tell what it is about."""
PAPER = r"(?:paper|study|article|preprint)"
KIND = r"(?:survey|thesis|dissertation|tutorial|technical report|tech report)"
"""What a paper may be called alone: few libraries have many of these."""
LOOSE = r"(?:work|method|model|approach|one)"
"""What may also be a part of a paper that is named."""
APART = (
    r"(?!(?:the|an?|in|of|and|or|on|for|from|with|by|to|than|as|at|is|are|was|were|does|do|did|has|have|"
    r"this|that|these|its|their|how|what|which|why|both|vs|versus|compared?|between|against)\b)"
)
TRAINED = r"(?:(?:pre-?)?trained|fine-?tuned) (?:on|with|from)"
SAID = (
    r"(?P<said>[\w'’-]+(?: (?!(?:vs|versus|than|differs?|compares?|compared|or|as opposed|"
    r"and (?:what|how|which|the))\b|(?:and|to|with|from|against|by) §)[\w'’-]+){0,9})"
)
BEFORE = re.compile(
    rf"\bthe (?P<said>(?:{APART}[\w'’-]+ ){{1,5}}?)(?:foundation )?(?P<head>{PAPER}|{LOOSE}|{KIND})\b",
    re.I,
)
WITHOUT_ARTICLE = re.compile(
    r"(?:^|\b(?:compare|contrast|between|and|or|with|to|vs\.?|versus|than|from|against)\s+)"
    rf"(?P<all>(?P<said>(?:{APART}[\w'’-]+ ){{1,4}}?)(?P<head>{PAPER}))\b",
    re.I,
)
BEHIND = re.compile(
    rf"\bthe (?P<head>{PAPER}|{LOOSE}|{KIND}) "
    rf"(?:on|about|for|with|that|which|from|using|where|of|{TRAINED})\s+{SAID}",
    re.I,
)
TRAINED_ON = re.compile(rf"\bthe (?P<head>[\w-]+) {TRAINED}\s+{SAID}", re.I)
"""Describes a model by what it was trained on, whatever it is called: "the ViT trained on ..."."""
OF_TRAINING = re.compile(rf"the [\w-]+ {TRAINED}\b", re.I)
ALONE = re.compile(rf"\bthe (?P<said>(?P<head>{KIND}))\b", re.I)
TAKEN = "§"
OF_TAKEN = re.compile(rf"\s+(?:of|in|by|from|that) {TAKEN}")


@dataclass(frozen=True, slots=True)
class Description:
    """A place in a text, [start, end) in characters, that describes a paper by `said`.

    A `loose` one may also be a part of a paper that is named; `said_last` says that the place ends with
    what is said.
    """

    start: int
    end: int
    said: str
    loose: bool = False
    said_last: bool = False

    @property
    def is_telling(self) -> bool:
        """Whether it has more than one word that tells which paper is meant."""
        return len(telling_words(self.said)) > 1


def find_descriptions(text: str, taken: Sequence[tuple[int, int]] = ()) -> list[Description]:
    """Return what a text describes as a paper, in order; none overlaps another, or what is `taken`."""
    found: list[Description] = []
    for start, end in taken:
        text = f"{text[:start]}{TAKEN * (end - start)}{text[end:]}"
    for pattern in (BEHIND, TRAINED_ON, BEFORE, ALONE, WITHOUT_ARTICLE):
        for match in pattern.finditer(text):
            head = match["head"]
            said = match["said"]
            if pattern is not ALONE and re.fullmatch(KIND, head, re.I):
                said = f"{head} {said}" if pattern is BEHIND else f"{said}{head}"
            start = match.start("all") if pattern is WITHOUT_ARTICLE else match.start()
            loose = pattern is TRAINED_ON or re.fullmatch(LOOSE, head, re.I) is not None
            one = Description(start, match.end(), said.strip(), loose, pattern in (BEHIND, TRAINED_ON))
            if OF_TRAINING.match(match.group()) and not (name_like(said) and one.is_telling):
                continue  # baselines are trained on something, too
            if loose and OF_TAKEN.match(text[match.end() :]):
                continue  # the name is that of what this is a part of
            if (
                telling_words(said)
                and telling_stems(said)
                and not any(one.start < o.end and o.start < one.end for o in found)
            ):
                found.append(one)
    return sorted(found, key=lambda one: one.start)


def telling_words(said: str) -> list[str]:
    """Return the words of a description, stemmed, that tell which paper is meant."""
    words = list(dict.fromkeys(stemmed_words(re.sub(r"['’]s?\b", "", said))))
    return [word for word in words if word not in SAYS_NOTHING | POINTS and len(word) > 1]


def stemmed_words(text: str) -> list[str]:
    """Return the stemmed words of a text; a prefix with a hyphen is one with its word: pre-training."""
    return tokens(
        re.sub(r"\b(pre|multi|self|semi|non|co|re|spatio|bio|micro)-(?=[a-z])", r"\1", text, flags=re.I)
    )
