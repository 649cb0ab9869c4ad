"""Decides what each paper of a file is to a library: new, updated, unchanged, or one that is here already.

In: a batch of papers as they were read. Out: what to write, and how it is to be counted. It reads the
catalog and writes nothing.

A record that was read before is known by its key and its hash, so the same file changes nothing, however
its papers were merged and whatever was read since (docs/decisions/0006). A record that changed renews its
paper, but only once in one run: a second record of the paper fills gaps and takes no turns with the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index_store.catalog import Catalog
from index_store.merging import Identities, are_one, fill, keys, record_hash, record_key, renew
from index_store.values import AddSummary, Doubt, Paper, Rejection, slug

__all__ = ["Batch", "Counts"]


@dataclass(slots=True)
class Counts:
    """How many papers were what, in one run of adding."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    seen: set[int] = field(default_factory=set)
    """Hashes of the ids of the papers that this run came upon: some 60 bytes for each."""
    renamed: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many papers this run has dealt with."""
        return self.new + self.updated + self.unchanged + self.merged

    def note(self, item: Doubt | Rejection) -> None:
        """Keep what a person should read when the run is over."""
        if isinstance(item, Doubt):
            self.doubts.append(item)
        else:
            self.rejected.append(item)

    def summary(self, touched: Sequence[Paper]) -> AddSummary:
        """Return what came of the run; `touched` are the papers that may have no abstract."""
        return AddSummary(
            self.new,
            self.updated,
            self.unchanged,
            self.merged,
            rejected=tuple(self.rejected),
            doubts=tuple(self.doubts),
            merged_titles=tuple(self.renamed),
            without_abstract=tuple(paper.title for paper in touched if not paper.abstract),
        )


class Batch:
    """A run of papers held against the catalog, one after the other: each sees what those before it did."""

    def __init__(self, papers: Sequence[Paper], catalog: Catalog, counts: Counts) -> None:
        """Look up, in a few queries, everything that the catalog knows of these papers."""
        self._counts = counts
        self._records = catalog.records([record_key(paper) for paper in papers])
        unknown = [paper for paper in papers if not self._is_known(paper)]
        self._ids_by_key = catalog.known_by([key for paper in unknown for key in keys(paper)])
        ids = {id for ids in self._ids_by_key.values() for id in ids}
        ids |= {id for hashes in self._records.values() for id in hashes.values()} if unknown else set()
        self._papers = {paper.id: paper for paper in catalog.papers(sorted(ids))}
        self._catalog = catalog
        self._changed: dict[str, None] = {}
        self._replaced: dict[str, str] = {}
        self._new_records: list[tuple[str, str, str]] = []
        self._new_keys: list[tuple[str, str]] = []
        self.ids: dict[str, None] = {}
        for paper in papers:
            self._take(paper)

    @property
    def changed(self) -> list[Paper]:
        """The papers that are new or not what they were, as they are to be written."""
        return [self._papers[id] for id in self._changed if id not in self._replaced]

    @property
    def identities(self) -> Identities:
        """What is to be remembered of who is who."""
        return Identities(
            [(key, hash, self._kept(id)) for key, hash, id in self._new_records],
            [(key, self._kept(id)) for key, id in self._new_keys],
            {gone: self._kept(gone) for gone in self._replaced},
        )

    def _is_known(self, paper: Paper) -> bool:
        return record_hash(paper) in self._records.get(record_key(paper), {})

    def _kept(self, id: str) -> str:
        while id in self._replaced:
            id = self._replaced[id]
        return id

    def _take(self, paper: Paper) -> None:
        key = record_key(paper)
        if self._is_known(paper):
            self._counts.unchanged += 1
            self._see(self._kept(self._records[key][record_hash(paper)]))
            return
        known, twins = self._edited(paper, key), self._twins(paper)
        if known is None and not twins:
            self._add_new(paper, key)
            return
        first, *others = [known] if known else twins
        renews = hash(first.id) not in self._counts.seen and (known is not None or _is_newer(paper, first))
        result = renew(first, paper) if renews else fill(first, paper)
        for other in others:
            result = fill(result, other)
            self._replaced[other.id] = first.id
        self._count(renews, changed=result != first or bool(others))
        if slug(paper.title) != slug(first.title) and not renews:
            self._counts.renamed.append(f"{paper.title} → {first.title}")
        self._remember(paper, key, first.id)
        if result != first or others:
            self._papers[first.id] = result
            self._changed[first.id] = None
        self._see(first.id)

    def _count(self, own: bool, *, changed: bool) -> None:
        if own:
            self._counts.updated += changed
            self._counts.unchanged += not changed
        else:
            self._counts.merged += 1

    def _edited(self, paper: Paper, key: str) -> Paper | None:
        """Return the paper of a record that was read before in other words.

        Whatever other papers the record joins was seen when it came first.
        """
        ids = map(self._kept, self._records.get(key, {}).values())
        return next((self._papers[id] for id in ids if are_one(self._papers[id], paper)), None)

    def _twins(self, paper: Paper) -> list[Paper]:
        """Return the papers of the library that this record is of; more than one if it joins them."""
        ids = [id for key in keys(paper) for id in self._ids_by_key.get(key, [])]
        candidates = dict.fromkeys(map(self._kept, ids))
        return [self._papers[id] for id in candidates if are_one(self._papers[id], paper)]

    def _add_new(self, record: Paper, key: str) -> None:
        taken = record.id in self._papers or bool(self._catalog.papers([record.id]))
        paper = replace(record, id=f"{record.id}-{key[:6]}") if taken else record  # two of one title
        self._counts.new += 1
        self._papers[paper.id] = paper
        self._changed[paper.id] = None
        self._remember(record, key, paper.id)
        self._see(paper.id)

    def _remember(self, paper: Paper, key: str, id: str) -> None:
        hash = record_hash(paper)
        self._records.setdefault(key, {})[hash] = id
        self._new_records.append((key, hash, id))
        for name in keys(paper):
            self._new_keys.append((name, id))
            self._ids_by_key.setdefault(name, []).append(id)

    def _see(self, id: str) -> None:
        self._counts.seen.add(hash(id))
        self.ids[id] = None


def _is_newer(record: Paper, paper: Paper) -> bool:
    """Whether a record is of the same source as a paper, or knows it better: it has all its identifiers."""
    return bool(paper.identifiers) and paper.identifiers.items() <= record.identifiers.items()
