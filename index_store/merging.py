"""Decides which records are one paper, and makes one paper of them.

In: papers as they were read. Out: the keys by which a paper is known again, and merged papers. It knows no
store. A preprint and its published version are one paper; two papers that share a title alone are not when
their authors, identifiers or, if the title is short, years and abstracts say otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from index_store.identifiers import PREPRINT_PREFIXES
from index_store.values import Paper, slug

__all__ = ["Identities", "are_one", "fill", "keys", "record_hash", "record_key", "renew"]

NAME_WORD = re.compile(r"[^\W\d_]+")
TELLING_WORDS = 5
"""Words of a title that no two papers share by chance."""
ALIKE = 0.3
"""The share of the longer words of an abstract that an edited one, or that of the preprint, has as well."""


@dataclass(frozen=True, slots=True)
class Identities:
    """What is to be remembered of who is who: rows for the catalog.

    `records` are (record key, record hash, paper id), `keys` are (key, paper id) beyond those of the papers
    themselves, `replaced` maps the id of a paper that went into another one to that one's id.
    """

    records: Sequence[tuple[str, str, str]] = ()
    keys: Sequence[tuple[str, str]] = ()
    replaced: dict[str, str] = field(default_factory=dict)


def keys(paper: Paper) -> tuple[str, ...]:
    """Return everything by which a paper is known again: its id, its identifiers, its title."""
    named = [f"{name}:{value}" for name, value in sorted(paper.identifiers.items())]
    return tuple(dict.fromkeys([f"id:{paper.id}", *named, f"title:{slug(paper.title)}"]))


def record_key(paper: Paper) -> str:
    """Return a name for the record from which a paper was read: the same when its abstract is edited."""
    own = "" if paper.id in (*paper.identifiers.values(), slug(paper.title)) else paper.id
    named = map(repr, sorted(paper.identifiers.items()))
    parts = [own, *named, slug(paper.title), *paper.authors[:1]]
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def record_hash(paper: Paper) -> str:
    """Return a hash of everything that was read, by which a record that did not change is known."""
    return sha256(repr(paper).encode()).hexdigest()[:32]


def are_one(paper: Paper, other: Paper) -> bool:
    """Whether two records that share a key are one paper.

    When in doubt they are two: a paper that is there twice can be seen and removed, one that went into
    another is lost unseen.
    """
    same_title = slug(paper.title) == slug(other.title)
    met = _have_met(paper, other)
    shared = {name for name, value in paper.identifiers.items() if other.identifiers.get(name) == value}
    if shared - {"doi"}:
        return same_title or met is not False
    if shared:  # a DOI may be that of a whole book, and stand at each of its chapters
        return same_title or (met is not False and (_is_begun_by(paper, other) or _are_alike(paper, other)))
    if paper.id == other.id and paper.id != slug(paper.title) and (same_title or met):
        return True
    if not same_title or met is False or _contradict(paper, other):
        return False
    return _is_telling(paper.title) or _agree(paper, other, met=bool(met))


def _have_met(paper: Paper, other: Paper) -> bool | None:
    """Whether the two have an author in common; None if the authors of one are not known."""
    if not paper.authors or not other.authors:
        return None
    return any(_is_one_name(name, another) for name in paper.authors for another in other.authors)


def _is_one_name(name: str, other: str) -> bool:
    """Whether two spellings can be of one person: "Ada Byron", "A. Byron" and "Byron, A."."""
    words, others = ([word.casefold() for word in NAME_WORD.findall(side)] for side in (name, other))
    for shared in {word for word in words if len(word) > 1} & set(others):
        initials, theirs = ({word[0] for word in side if word != shared} for side in (words, others))
        if initials & theirs or not initials or not theirs:
            return True
    return False


def _contradict(paper: Paper, other: Paper) -> bool:
    """Whether both have an identifier of one kind, of which a paper has only one, and they differ."""
    for name, value in paper.identifiers.items():
        theirs = other.identifiers.get(name, value)
        preprint = name == "doi" and {value.split("/")[0], theirs.split("/")[0]} & PREPRINT_PREFIXES
        if theirs != value and not preprint:
            return True
    return False


def _is_telling(title: str) -> bool:
    """Whether a title is long enough to be that of one paper: "Global Tuberculosis Report" is not."""
    return slug(title).count("-") + 1 >= TELLING_WORDS


def _is_begun_by(paper: Paper, other: Paper) -> bool:
    """Whether one title is the beginning of the other, as when a subtitle is left out."""
    shorter, longer = sorted((slug(paper.title), slug(other.title)), key=len)
    return longer.startswith(f"{shorter}-")


def _are_alike(paper: Paper, other: Paper) -> bool:
    """Whether both have an abstract, and the shorter one shares many of its words with the other."""
    words, others = (
        {word for word in map(str.casefold, NAME_WORD.findall(side.abstract)) if len(word) > 3}
        for side in (paper, other)
    )
    shorter = min(len(words), len(others))
    return shorter > 0 and len(words & others) >= ALIKE * shorter


def _agree(paper: Paper, other: Paper, *, met: bool) -> bool:
    """Whether year and abstract make two papers of one short title one."""
    if paper.year and other.year and paper.year != other.year:
        return False
    if paper.abstract and other.abstract:
        return _are_alike(paper, other)
    return met


def fill(paper: Paper, other: Paper) -> Paper:
    """Return `paper` with its gaps filled from another record of it."""
    return replace(
        paper,
        abstract=paper.abstract or other.abstract,
        authors=paper.authors or other.authors,
        year=paper.year or other.year,
        venue=paper.venue or other.venue,
        url=paper.url or other.url,
        identifiers={**other.identifiers, **paper.identifiers},
    )


def renew(paper: Paper, record: Paper) -> Paper:
    """Return `paper` as a newer edition of its record has it; what the record leaves open stays."""
    return replace(fill(record, paper), id=paper.id)
