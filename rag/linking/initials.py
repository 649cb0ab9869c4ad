"""Tells whether a text holds a name, in full or by its initials: SSV2 is Something-Something V2.

In: a name with a version or a number, or one of several parts, and a text. Out: whether the text has it,
either way. It goes by the letters alone, and knows no list of names.
"""

from __future__ import annotations

import re

__all__ = ["is_initials", "stands_in"]

INITIALS = re.compile(r"([A-Za-z]{1,4}?)-?([vV]?\d+[kK]?)")
"""A short name with a version or a number: SSV2, K400, IN-1K."""
CAPITALS = re.compile(r"[A-Z]{3,5}s?")
FULL = re.compile(r"(.*?[a-z])[- ]?([vV]?\d+[kK]?)?")
WITHIN = 40
"""Characters between a name and its version: "Something-Something, 69.4% on V1 and 80.1% on V2"."""


def is_initials(name: str) -> bool:
    """Whether a name is so short that only the very letters and what they stand for are the same name."""
    return INITIALS.fullmatch(name) is not None


def stands_in(name: str, text: str) -> bool:
    """Whether a text has a name as it is, with or without hyphens, or its other form."""
    if short := INITIALS.fullmatch(name):
        in_full = r"[- ]?".join(f"{letter.upper()}[a-z]+" for letter in short[1])
        return _spells(short[1], short[2], text) or _numbers(in_full, short[2], text)
    if CAPITALS.fullmatch(name):  # GANs, as Generative Adversarial Networks
        in_full = "[- ]".join(f"{letter}[a-z]+" for letter in name.removesuffix("s"))
        return re.search(rf"\b{in_full}\b", text) is not None
    full = FULL.fullmatch(name)
    words = re.findall(r"[A-Z][a-z]+", full[1]) if full else []
    if not full or "".join(words) != re.sub(r"[- ]", "", full[1]) or (len(words) < 2 and not full[2]):
        return False
    initials = "".join(word[0] for word in words)
    if not full[2]:
        return re.search(rf"\b{initials}[vV]\d", text) is not None
    return _spells(initials, full[2], text) or _numbers(full[1], full[2], text)


def _spells(letters: str, number: str, text: str) -> bool:
    spelled = rf"(?<![A-Za-z0-9]){letters}-?{number}(?![A-Za-z0-9])"
    return re.search(spelled, text, re.I) is not None


def _numbers(name: str, number: str, text: str) -> bool:
    """Whether a text has a name with its number ("Kinetics-400/600"), or its version soon behind it."""
    between = rf"(?:[^;]{{0,{WITHIN}}}\W)?" if number[0] in "vV" else r"(?:\d+/)*"
    return re.search(rf"\b{name}[- ]?{between}(?i:{number})\b", text) is not None
