"""Words that turn a statement around when one is put for the other: more and less, before and after.

In: the stem of a word. Out: the sides it is on, each a row of opposites and one half of it. Rows overlap,
because a word can have several opposites. It knows single words and no sentences.
"""

from __future__ import annotations

__all__ = ["Sides", "other_sides", "sides_of", "turned_around"]

Sides = frozenset[tuple[int, int]]
ROWS = """
more higher larger greater bigger increas rais rise risen rose grow grew enlarg high highest larg \
largest most mani abov exceed upper / less fewer lower smaller decreas reduc fall fell fallen drop low \
lowest small smallest fewest least few below cut shrink lessen diminish halv
increas rais enhanc promot encourag facilit stimul boost elev / decreas reduc lower inhibit suppress \
impair prevent imped block diminish attenu discourag
better best superior outperform surpass beat improv gain / wors worst inferior underperform degrad \
loss lose lost lag deterior
improv allevi reliev / worsen wors exacerb aggrav degrad
befor earlier prior earli previous preced / after later late latest subsequ
first / last
faster fast fastest quick quicker acceler speed / slow slower slowest
long longer longest / short shorter shortest brief
strong stronger strongest / weak weaker weakest
cheap cheaper cheapest / costlier expens
easi easier simpl simpler / hard harder difficult complex
posit / negat
maxim maximum / minim minimum
deep deeper / shallow shallower
global / local
dens / spars
static / dynam
discret / continu
forward / backward
input / output
wide wider broad broader / narrow narrower
rich / poor scarc
same ident / differ
alway / never
succeed success / fail failur
enabl allow permit / prevent
train / test
activ / inactiv deactiv
upregul / downregul
protect / damag harm
"""
"""Stems, a row for each pair of halves."""
PREFIXES = ("un", "in", "im", "ir", "il", "dis")
SHORTEST = 3
"""Letters of a word that can be turned around by a prefix."""


def _read_rows() -> dict[str, Sides]:
    sides: dict[str, set[tuple[int, int]]] = {}
    for row, line in enumerate(ROWS.strip().splitlines()):
        for half, words in enumerate(line.split(" / ")):
            for word in words.split():
                sides.setdefault(word, set()).add((row, half))
    return {word: frozenset(places) for word, places in sides.items()}


SIDES = _read_rows()


def sides_of(stem: str) -> Sides:
    """Return the sides that a word is on: none for most."""
    return SIDES.get(stem, frozenset())


def other_sides(sides: Sides) -> Sides:
    """Return the opposite sides."""
    return frozenset((row, 1 - half) for row, half in sides)


def turned_around(stem: str) -> frozenset[str]:
    """Return what a word's stem may be with a prefix that turns it around, or without its own; a last "e"
    is left out, because the stem of "like" has one and that of "unlike" has none."""
    bare = stem.rstrip("e")
    without = {bare.removeprefix(prefix) for prefix in PREFIXES if len(bare) - len(prefix) >= SHORTEST} - {
        bare
    }
    return frozenset({prefix + bare for prefix in PREFIXES if len(bare) >= SHORTEST} | without)
