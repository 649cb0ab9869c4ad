"""The values that travel through the library: papers in, passages out.

All are frozen and know no store. Offsets are Python string indexes into `Paper.abstract`, half open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from index_store.identifiers import links

__all__ = [
    "TITLE_ALONE",
    "AddSummary",
    "Chunk",
    "Doubt",
    "Paper",
    "Passage",
    "Rejection",
    "fingerprint",
    "slug",
]

SLUG_LENGTH = 80
TITLE_ALONE = [(0, 0)]
"""The chunk of a paper without an abstract: it is found by its title, and there is nothing to quote."""


def slug(title: str) -> str:
    """Return an id made of a title's words: lower case, no accents, joined by hyphens.

    Two spellings of one title that differ in case, accents or punctuation have one slug.
    """
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    words = "-".join(re.findall(r"[^\W_]+", letters))
    if words and len(words) <= SLUG_LENGTH:
        return words
    digest = sha256(letters.encode()).hexdigest()[:8]
    return f"{words[: SLUG_LENGTH - 9].rstrip('-')}-{digest}".lstrip("-")


@dataclass(frozen=True, slots=True)
class Paper:
    """One publication record. `id` is its arXiv id, else its DOI, else the slug of its title."""

    id: str
    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str | None = None
    url: str | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def links(self) -> tuple[str, ...]:
        """Every address at which the paper can be read, its own first."""
        return links(self.url, self.identifiers)


def fingerprint(papers: Iterable[Paper], embedder: str = "") -> str:
    """Return a SHA-256 of papers, in the order of their ids, and of the embedder they are indexed with.

    They are gone through once and not kept. The order in which identifiers came does not count.
    """
    digest = sha256(embedder.encode())
    for paper in papers:
        digest.update(repr(replace(paper, identifiers=dict(sorted(paper.identifiers.items())))).encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences of one abstract: `paper.abstract[start:end]`."""

    paper: Paper
    ordinal: int
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words of the chunk, a literal slice of the abstract."""
        return self.paper.abstract[self.start : self.end]

    @property
    def indexed_text(self) -> str:
        """What is embedded and searched: the title, then the words."""
        return f"{self.paper.title}\n{self.text}"

    @property
    def id(self) -> str:
        """A name that changes whenever what is indexed changes."""
        key = f"{self.paper.id}\0{self.start}\0{self.indexed_text}"
        return sha256(key.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk retrieved for a query. `rank` counts from 1; `score` is fused, from 0 to 1."""

    chunk: Chunk
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something in a file that did not become a paper: where it stands, and why it was left out."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about a paper that was read, but that a person should look at."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class AddSummary:
    """What came of adding papers to a library. The counts are of papers, each counted once.

    `merged` are those that turned out to be a paper that is here already: its gaps were filled;
    `merged_titles` names those among them that had another title there.
    `without_abstract` names the papers among all these whose abstract was in no file.
    """

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: tuple[Rejection, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    merged_titles: tuple[str, ...] = ()
    without_abstract: tuple[str, ...] = ()

    @property
    def done(self) -> int:
        """How many papers were read and dealt with."""
        return self.new + self.updated + self.unchanged + self.merged
