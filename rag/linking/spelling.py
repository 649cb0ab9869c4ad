"""Puts mistyped names of papers right: "UniFromer" becomes "UniFormer".

In: a text, the papers it may mean, and which words the library holds. Out: the text with those names as
their papers spell them. Other words stay as they are, and so does a name that is rather another one: what
differs in a number or in the capital that begins one of its parts (LLaMA, LLaVA) is no slip of a finger.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from index_store.lexical import tokens
from index_store.values import Paper
from rag.linking.mentions import runs_of_words
from rag.linking.names import capital_names, key, name_like, spellings_of

__all__ = ["correct_names", "name_most_like"]

SHORTEST = 5
"""Letters and digits of a name; among shorter ones every slip is another name."""
SHORTEST_PLAIN = 7
"""The same for a word that is typed like an ordinary one, or all in capitals, unless two letters of it are
only exchanged."""
TWO_SLIPS = 9
"""From this length on, of what is typed or of the name, two slips may be made, where no capitals are typed:
with them it is another name."""
LONGEST = 32
MOST_WORDS = 3
ACRONYM = 3
"""Capitals in a row of which one can be left out by mistake: BERT, MAE."""
ALIKE = 0.75
"""Share of the letters of two names, in order, from which one may be asked about for the other."""
NEVER = 9
"""What a change costs that makes another name."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter or digit of a name: whether it is a capital, one that begins a part, one of an acronym."""

    sign: str
    capital: bool
    begins: bool
    acronym: bool


def correct_names(text: str, papers: Iterable[Paper], is_known: Callable[[str], bool]) -> str:
    """Return `text` with every mistyped name put right.

    A run of words is taken for a mistyped name when it holds a word that is nowhere in the library
    (`is_known` says so of a stemmed word), no name that is typed right, and exactly one name is nearest.
    """
    runs = list(_strange_runs(text, is_known))
    if not runs:
        return text
    names = {own: name for paper in papers for own, name in spellings_of(paper).items()}
    right = [(start, end) for start, end, run_key in runs_of_words(text) if run_key in names]
    runs = [run for run in runs if not any(run[0] <= start and end <= run[1] for start, end in right)]
    written = " ".join([*name_like(text), *capital_names(text)])
    found = [
        (slips, start, end, name)
        for start, end, run in runs
        for slips, name in _nearest(run, names, plain=run not in written)
    ]
    done: list[tuple[int, int, str]] = []
    for _, start, end, name in sorted(found, key=lambda item: (item[0], item[1] - item[2], item[1])):
        if all(end <= other or start >= last for other, last, _ in done):
            done.append((start, end, name))
    for start, end, name in sorted(done, reverse=True):
        text = f"{text[:start]}{name}{text[end:]}"
    return text


def name_most_like(name: str, papers: Iterable[Paper]) -> str:
    """Return the name of a paper that may have been meant by one that none has; nothing if none is near.
    It is not taken for that: who asked has to say so."""
    names = {k: own for paper in papers for k, own in spellings_of(paper).items() if name_like(own)}
    near = get_close_matches(key(name), sorted(names), n=1, cutoff=ALIKE)
    return names[near[0]] if near else ""


def _strange_runs(text: str, is_known: Callable[[str], bool]) -> Iterator[tuple[int, int, str]]:
    """Yield the runs of up to three words with a word that the library does not hold, as they are typed."""
    for start, end, run_key in runs_of_words(text):
        run = re.sub(r"['’]s?$", "", text[start:end])
        short = len(run.split()) <= MOST_WORDS and SHORTEST <= len(run_key) <= LONGEST
        if short and any(not is_known(word) for word in tokens(run)):
            yield start, start + len(run), run


def _nearest(run: str, names: dict[str, str], *, plain: bool) -> list[tuple[int, str]]:
    """Return the one name that `run` is meant to be, with the number of slips, or nothing.

    `plain` says that it is typed like an ordinary word.
    """
    typed = _letters(run)
    is_short = len(typed) < SHORTEST_PLAIN and (plain or run.isupper())
    near: dict[str, int] = {}
    for own, name in names.items():
        allowed = 2 if plain and max(len(typed), len(own)) >= TWO_SLIPS else 1
        if abs(len(own) - len(typed)) > allowed or not _could_be(run, name, plain=plain):
            continue
        if is_short and sorted(own) != sorted(key(run)):
            continue
        slips = _slips(typed, _letters(name))
        if 0 < slips <= allowed:
            near[name] = slips
    least = [name for name, slips in near.items() if slips == min(near.values())]
    return [(near[least[0]], least[0])] if len(least) == 1 else []


def _could_be(run: str, name: str, *, plain: bool) -> bool:
    """Whether a run may be `name` mistyped. An ordinary word may where the name looks like none itself, or
    where the letters are the same: "violent" is no VIOLET."""
    if re.findall(r"\d", run) != re.findall(r"\d", name):
        return False
    mixed = any(map(str.islower, name)) and any(map(str.isupper, name[1:]))
    return not plain or mixed or sorted(run.casefold()) == sorted(name.casefold())


def _letters(name: str) -> list[Letter]:
    letters = []
    for at, sign in enumerate(name):
        if not (sign.isascii() and sign.isalnum()):
            continue
        before, after = name[at - 1 : at], name[at + 1 : at + 2]
        doubled = before == sign  # of two that are alike one is soon left out
        begins = sign.isupper() and not doubled and (not before.isupper() or after.islower())
        run = re.search(r"[A-Z]*$", name[:at])[0] + re.match(r"[A-Z]*", name[at:])[0]  # type: ignore[index]
        letters.append(Letter(sign.casefold(), sign.isupper(), begins, doubled or len(run) >= ACRONYM))
    return letters


def _slips(typed: list[Letter], name: list[Letter]) -> int:
    """Return how many slips lead from `name` to what was typed: a letter too many, too few, another, or
    two exchanged (the optimal string alignment distance)."""
    before: list[int] = []
    last = [0]
    for letter in typed:
        last.append(last[-1] + _too_many(letter))
    for i, right in enumerate(name, 1):
        row = [last[0] + _too_few(right)]
        for j, letter in enumerate(typed, 1):
            best = min(
                last[j] + _too_few(right),
                row[j - 1] + _too_many(letter),
                last[j - 1] + _another(letter, right),
            )
            swapped = i > 1 and j > 1 and (name[i - 2].sign, right.sign) == (letter.sign, typed[j - 2].sign)
            if swapped and right.sign != letter.sign:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def _too_few(right: Letter) -> int:
    """What it costs to leave out a letter of the name."""
    return NEVER if right.begins or (right.capital and not right.acronym) else 1


def _too_many(letter: Letter) -> int:
    """What it costs to type one more."""
    return NEVER if letter.begins else 1


def _another(letter: Letter, right: Letter) -> int:
    """What it costs to type one for another."""
    if letter.sign == right.sign:
        return 0
    return NEVER if right.capital else 1
