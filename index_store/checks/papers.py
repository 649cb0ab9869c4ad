"""Checks every paper of a catalog: its sentences, its chunks, and the vectors of these.

In: an open catalog. Out: two findings. The papers are gone through once, a page at a time. It knows no
index and no embedder.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from index_store.checks.finding import Finding
from index_store.values import TITLE_ALONE, Chunk, Paper

__all__ = ["PapersCheck"]

PAGE = 500
"""Papers in memory at a time, and values of one SQL `IN`."""
NAMED = 3
"""Papers that are named in a finding; the rest are counted."""
NUMBER = 4
"""Bytes of a float32."""
Row = tuple[int, int, int, str]
"""The ordinal, start and end of a sentence or chunk, and the id of a chunk."""


@dataclass(slots=True)
class PapersCheck:
    """What is found in the papers of a catalog whose vectors are of `embedder` and `dimension` long."""

    embedder: str
    dimension: int
    papers: int = 0
    bare: int = 0
    wrong: int = 0
    named: list[str] = field(default_factory=list)
    chunks: int = 0
    lost: int = 0
    misfits: int = 0

    def read(self, db: sqlite3.Connection) -> None:
        """Compare every paper with its sentences, chunks and vectors."""
        last = -1
        sql = (
            "SELECT position, id, title, abstract FROM papers WHERE position > ? ORDER BY position LIMIT ?"
        )
        while rows := db.execute(sql, (last, PAGE)).fetchall():
            last = rows[-1][0]
            self._read_page(db, [Paper(str(row[1]), str(row[2]), str(row[3])) for row in rows])

    def _read_page(self, db: sqlite3.Connection, papers: Sequence[Paper]) -> None:
        ids = [paper.id for paper in papers]
        sentences = _rows_of(db, "SELECT paper, ordinal, start, \"end\", '' FROM sentences", ids)
        chunks = _rows_of(db, 'SELECT paper, ordinal, start, "end", id FROM chunks', ids)
        sound: list[Chunk] = []
        for paper in papers:
            if _fits(paper, sentences[paper.id], chunks[paper.id]):
                sound += [Chunk(paper, *row[:3]) for row in chunks[paper.id]]
            else:
                self.wrong += 1
                self.named += [paper.id] if len(self.named) < NAMED else []
            self.bare += not paper.abstract.strip()
        self.papers += len(papers)
        self._read_vectors(db, sound)

    def _read_vectors(self, db: sqlite3.Connection, chunks: Sequence[Chunk]) -> None:
        from index_store.vectors import text_hash

        self.chunks += len(chunks)
        hashes = [text_hash(chunk.indexed_text) for chunk in chunks]
        for start in range(0, len(hashes), PAGE):
            block = hashes[start : start + PAGE]
            sql = "SELECT text_hash, length(vector) FROM vectors WHERE embedder = ? AND text_hash "
            sizes = dict(db.execute(sql + _in(block), (self.embedder, *block)))
            self.lost += sum(hash not in sizes for hash in block)
            right = NUMBER * self.dimension
            self.misfits += sum(sizes[hash] != right for hash in block if right and hash in sizes)

    def found_in_papers(self, folder: Path) -> Finding:
        """Return how the papers of the library in `folder` stand."""
        if not self.wrong:
            bare = f" {self.bare} have no abstract and are found by title alone." if self.bare else ""
            return Finding("papers", "ok", f"{self.papers} papers in {self.chunks} chunks.{bare}")
        text = (
            f"{self.wrong} of {self.papers} papers have sentences or chunks that do not fit their "
            f"abstract: {', '.join(self.named)}{', and others' if self.wrong > NAMED else ''}."
        )
        ids, place = " ".join(map(quote, self.named)), quote(str(folder))
        mend = f"Run: paperchat remove {ids} --library {place}, then add the files they came from again."
        return Finding("papers", "broken", text, mend)

    def found_in_vectors(self, folder: Path) -> Finding:
        """Return how the vectors of the library in `folder` stand."""
        place = quote(str(folder))
        reindex = f"paperchat reindex --library {place} --embedder {quote(self.embedder)}"
        if self.misfits:
            text = f"{self.misfits} vectors of {self.embedder} do not have {self.dimension} numbers."
            sql = f"DELETE FROM vectors WHERE length(vector) <> {NUMBER * self.dimension}"
            mend = f'Run: sqlite3 {quote(str(folder / "catalog.sqlite"))} "{sql}", then: {reindex}'
            return Finding("vectors", "broken", text, mend)
        if self.lost:
            text = f"{self.lost} of {self.chunks} chunks have no vector."
            return Finding("vectors", "broken", text, f"Run: {reindex}")
        return Finding("vectors", "ok", f"{self.chunks} chunks have vectors of {self.dimension} numbers.")


def _in(values: Sequence[object]) -> str:
    return f"IN ({', '.join('?' * len(values))})"


def _rows_of(db: sqlite3.Connection, sql: str, papers: Sequence[str]) -> Mapping[str, list[Row]]:
    """Return the rows of each of some papers, by their ordinals."""
    found: dict[str, list[Row]] = defaultdict(list)
    for paper, *row in db.execute(f"{sql} WHERE paper {_in(papers)} ORDER BY paper, ordinal", papers):
        found[paper].append(tuple(row))
    return found


def _fits(paper: Paper, sentences: Sequence[Row], chunks: Sequence[Row]) -> bool:
    """Whether the sentences cover the abstract, and the chunks are runs of all of them, in order."""
    if [row[0] for row in (*sentences, *chunks)] != [*range(len(sentences)), *range(len(chunks))]:
        return False
    done = 0
    for _, start, end, _ in sentences:
        if not done <= start < end <= len(paper.abstract) or paper.abstract[done:start].strip():
            return False
        done = end
    if paper.abstract[done:].strip():
        return False
    if any(Chunk(paper, *row[:3]).id != row[3] for row in chunks):
        return False
    runs = [row[1:3] for row in chunks]
    return _are_runs(runs, [row[1:3] for row in sentences]) or (not sentences and runs == TITLE_ALONE)


def _are_runs(chunks: Sequence[tuple[int, int]], sentences: Sequence[tuple[int, int]]) -> bool:
    """Whether the chunks, one after the other, are runs of the sentences, and leave none out."""
    place = {end: n for n, (_, end) in enumerate(sentences)}
    following = 0
    for start, end in chunks:
        if following == len(sentences) or start != sentences[following][0]:
            return False
        if place.get(end, -1) < following:
            return False
        following = place[end] + 1
    return following == len(sentences)
