"""Decides which records are one paper, and makes one paper of them.

In: papers as they were read. Out: the keys by which a paper is known again, and merged papers. It knows no
store. A preprint and its published version are one paper; two papers that share a title alone are not when
their authors or identifiers say otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from index_store.identifiers import PREPRINT_PREFIXES
from index_store.values import Paper, slug

__all__ = ["Identities", "are_one", "fill", "keys", "record_hash", "record_key", "renew"]

NAME_WORD = re.compile(r"[^\W\d_]{2,}")


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
    """Return a name for the record from which a paper was read: the same when it is read again, edited."""
    own = "" if paper.id in (*paper.identifiers.values(), slug(paper.title)) else paper.id
    parts = (
        [own]
        if own
        else [*map(repr, sorted(paper.identifiers.items())), slug(paper.title), *paper.authors[:1]]
    )
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def record_hash(paper: Paper) -> str:
    """Return a hash of everything that was read, by which a record that did not change is known."""
    return sha256(repr(paper).encode()).hexdigest()[:32]


def are_one(paper: Paper, other: Paper) -> bool:
    """Whether two records that share a key are one paper."""
    same_title = slug(paper.title) == slug(other.title)
    strangers = _share_no_author(paper, other)
    if _shares_identifier(paper, other):
        return same_title or not strangers
    return same_title and not strangers and not _contradict(paper, other) and _tells_apart(paper, other)


def _shares_identifier(paper: Paper, other: Paper) -> bool:
    titles = (slug(paper.title), slug(other.title))
    if paper.id == other.id and paper.id not in titles:
        return True
    return any(other.identifiers.get(name) == value for name, value in paper.identifiers.items())


def _share_no_author(paper: Paper, other: Paper) -> bool:
    """Whether the authors are known on both sides and have no word of a name in common."""
    words, others = (
        {word.casefold() for author in side.authors for word in NAME_WORD.findall(author)}
        for side in (paper, other)
    )
    return bool(words and others) and not words & others


def _contradict(paper: Paper, other: Paper) -> bool:
    """Whether both have an identifier of one kind, of which a paper has only one, and they differ."""
    for name, value in paper.identifiers.items():
        theirs = other.identifiers.get(name, value)
        preprint = name == "doi" and {value.split("/")[0], theirs.split("/")[0]} & PREPRINT_PREFIXES
        if theirs != value and not preprint:
            return True
    return False


def _tells_apart(paper: Paper, other: Paper) -> bool:
    """Whether the title says which paper it is: a single word ("Editorial") does not without an author."""
    return "-" in slug(paper.title) or bool(paper.authors and other.authors) or paper.id == other.id


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
