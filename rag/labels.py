"""Calls a row of a table by what a question asks of its papers, in the question's own words.

In: a part of a question with its papers blanked out. Out: a label, or nothing where the part names nothing
to compare. It knows no papers and no aspects.
"""

from __future__ import annotations

import re

from index_store.lexical import tokens

__all__ = ["BLANK", "EMPTY", "POLITE", "label_of", "readable"]

LONGEST_LABEL = 60
"""Characters of an aspect's name."""
BLANK = " § "
"""Stands where a question names a paper, while what is asked of the papers is read from it."""
SIDES = re.compile(
    r"(?:\b(?:of|in|for|between|by|do|does|did|from|with|is|are|sets?|what)\s+)*"
    r"§(?:['’]s?)?(?:(?:\s|,|\b(?:and|or|vs|versus|to|with|in|of|than|against|from)\b|[.&/|])*§(?:['’]s?)?)*"
    r"(?:\s*,?\s*\b(?:each|both|respectively)\b)?",
    re.I,
)
"""The sides of a comparison with the words that join them to it."""
ASKING = re.compile(
    r"^\W*(?:(?:please|can you|could you|tell me|summari[sz]e|describe|explain|and|but|so)\b[\s,]*)*"
    r"(?:how|what|who(?:se)?|which(?: one)?|where|why|in what|in which|by what|do|does|is|are|"
    r"compare|contrast|summari[sz]e|rank)\b(?:['’]s\b)?"
    r"(?: (?:way|ways|do|does|did|is|are|each|both|they|the|a|an|it|of|and|or|to|sets?|apart|from|"
    r"between|"
    r"difference|differences|compare[ds]?|contrast(?:ed)?|differ|different|similar(?:ities)?|common|"
    r"have|has|in|on|with|"
    r"regard|respect|regarding|terms|versus|vs\.?|against|other|than))*\b",
    re.I,
)
"""The words with which a question begins before it says which aspect it is about."""
EMPTY = frozenset(
    tokens("do compare differ difference different between each both one ones thing things they main")
)
"""Words, stemmed, that alone name nothing to compare papers on."""
POLITE = r"(?:pls|plz|please|thanks|thx)\W*$"
LINKS = re.compile(
    r"^\W*(?:and|or|of|in|on|for|the|to|about|with|respect|terms|regard(?:ing|s)?|each|both|by|from|vs\.?|"
    r"versus|"
    r"do|does|compared?|differ(?:ent|ences?)?|they|between|"
    r"(?:take|use|treat|choose)s? (?:as )?(?:their|its))\b|"
    r"\b(?:and|or|of|in|on|for|the|to|with|by|from|vs\.?|versus|compared(?: to| with)?|between|differ|each|"
    r"than|both|as opposed(?: to)?|as against|rather than|unlike)\W*$|"
    rf"\b{POLITE}|"
    r"\s(?:that |which )?they (?:claim|report|state|give|quote|mention|achieve|reach)\W*$",
    re.I,
)

HOW_MUCH = re.compile(
    r"\bhow (?=(many|much|long|big|large|small|fast|well|good|accurate|often|deep|strong)\b)", re.I
)
LEFT_OVER = re.compile(
    r"\((?:\s|and\b|or\b)*(?:\)|$)|“\s*”|\"\s*\"|(?<=\s)(?:,\s+)?in each(?: case)?$|^(?:(?:of )?them|be)\s+"
)
"""What a label has left of names that were in brackets or quotes, and of whom is asked."""
BY_EACH = re.compile(r"\s(?:do|does|did) (?:each|it|they|one|both)\b(?P<more>.*)")
"""What a question says behind the thing that it asks for: "input domains does each cover"."""
VERB_LEFT = re.compile(
    r"\s(?:is|are|was|were|has|have|does|do)(?: (?:it|they|each|the (?:first|second|other)))?$"
)
MODAL = re.compile(r"(?:must|can|could|should|would|will|may)\b", re.I)
PREPOSITION = r"\s(?:from|on|for|with|in|to|by|at)"
SETTING = re.compile(r"^\W*(?:for|in|on|when)\s+(?P<what>[^,?§]*),\s*(?=how\b)", re.I)
"""What a question begins with before it asks: "For editing, how do they differ in ...?"."""


def label_of(part: str) -> str:
    """Return what a part of a question asks about, in its own words: what its last sentence asks, or, where
    that alone says nothing ("What does each do?"), what the part says before."""
    before, _, behind = part.rpartition(":")
    if before and ASKING.match(behind) and _bare(behind):  # "A and B: what do they keep?"
        part = behind
    sentences = [s for s in re.split(r"(?<=[.?!])\s+", part) if re.search(r"\w", s)]
    asking = [s for s in sentences if s.rstrip().endswith("?") or ASKING.match(s)] or sentences[-1:]
    return _bare(" ".join(asking)) or _bare(" ".join(s for s in sentences if s not in asking))


def _bare(words: str) -> str:
    """Return words without those that only ask or join, or nothing when no others are left."""
    if setting := SETTING.match(words):
        return _bare(words[setting.end() :]) or setting["what"].strip()
    words = re.sub(r"\s+(?=[,.;:?!])", "", " ".join(SIDES.sub(" ", words).split()))
    label = ASKING.sub("", words, count=1)
    while (shorter := LINKS.sub("", label).strip(" ,.;:?!'\"“”-–—")) != label:
        label = shorter
    return label if set(tokens(label)) - EMPTY else ""


def readable(label: str, part: str) -> str:
    """Return the label of a part of a question as it is read without that, cut where it is long: "how big"
    for "big is"."""
    label = _told_whole(label, part)
    if len(label) <= LONGEST_LABEL:
        return label
    return f"{label[:LONGEST_LABEL].rpartition(' ')[0] or label[:LONGEST_LABEL]}…"


def _told_whole(label: str, asked: str) -> str:
    label = " ".join(LEFT_OVER.sub(" ", label).split())
    how = HOW_MUCH.search(asked)
    if how and re.match(rf"{how[1]}\b", label, re.I):
        return f"how {VERB_LEFT.sub('', label)}"
    by_each = BY_EACH.search(label)
    if by_each and len(by_each["more"].split()) < 2:
        return label[: by_each.start()]
    asks = re.search(rf"\b(?:what|which) {re.escape(label)}", asked, re.I)
    if asks and (by_each or MODAL.match(label)):
        return asks.group()
    behind = re.search(rf"{re.escape(label)}({PREPOSITION})\W*$", asked, re.I) if label else None
    return f"{label}{behind[1]}" if behind else label
