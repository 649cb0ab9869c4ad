"""The lexical index: BM25 over the words of the chunks, kept in a folder beside the Chroma collection.

In: chunks. Out: chunk ids, best first. It is rebuilt from the catalog whenever its generation is not
the catalog's. It knows no vectors.
"""

from __future__ import annotations

import json
import math
import re
import shutil
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from index_store.values import Chunk

__all__ = ["LexicalIndex", "tokens"]

WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
STOP_WORDS = frozenset(
    """a an and are as at be been but by can could did do does for from had has have how i if in into is
    it its me more of on one or our paper papers that the their them then there these they this those to
    use used uses using was we were what when where which who why will with would you your""".split()
)  # fmt: skip
MOST_COUNTED = 8
"""Chunks of a paper that count for how common a word is: an abstract of any usual length has fewer."""
SPREAD = "spread.npy"
NO_WORDS = np.zeros(1, dtype=np.int32)


@cache
def _stem() -> Callable[[str], str]:
    import Stemmer

    return Stemmer.Stemmer("english").stemWord  # type: ignore[no-any-return]


def tokens(text: str) -> list[str]:
    """Return the words that are searched: lower case, stemmed, no stop words; numbers stay whole."""
    return [_stem()(word) for word in WORD.findall(text.lower()) if word not in STOP_WORDS]


class LexicalIndex:
    """BM25 (Lucene's variant, k1 1.2, b 0.75) over the chunks of one generation of a catalog."""

    def __init__(self, index: bm25s.BM25 | None, ids: list[str], spread: NDArray[np.int32]) -> None:
        """`spread` has for each word, by its number, how many chunks hold it, and last how many there are;
        of a long paper only the first chunks count."""
        self._index = index
        self._ids = ids
        self._spread = spread

    @classmethod
    def build(cls, chunks: Iterable[Chunk]) -> LexicalIndex:
        """Index chunks in memory; those of a paper stand together. They are gone through once, and only
        the numbers of their words are kept."""
        numbers: dict[str, int] = {}
        ids: list[str] = []
        texts: list[array[int]] = []
        spread: Counter[int] = Counter()
        count = 0
        for _, own in groupby(chunks, key=lambda chunk: chunk.paper.id):
            for place, chunk in enumerate(own):
                ids.append(chunk.id)
                words = tokens(chunk.indexed_text)
                texts.append(array("i", (numbers.setdefault(word, len(numbers)) for word in words)))
                if place < MOST_COUNTED:
                    spread.update(set(texts[-1]))
                    count += 1
        if not numbers:
            return cls(None, [], NO_WORDS)
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        index.index((texts, numbers), show_progress=False)
        counts = [*(spread[number] for number in range(len(numbers))), count]
        return cls(index, ids, np.array(counts, dtype=np.int32))

    @classmethod
    def load(cls, folder: Path, generation: int) -> LexicalIndex | None:
        """Return the index kept in `folder`, or None when it is of another generation or damaged."""
        ids = _read_ids(folder, generation)
        if ids is None:
            return None
        try:
            spread = np.load(folder / SPREAD)
            index = bm25s.BM25.load(folder) if ids else None
            if len(spread) != len(index.vocab_dict if index else ()) + 1:
                return None
            return cls(index, ids, spread)
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def save(self, folder: Path, generation: int) -> None:
        """Keep the index in `folder`. The file that says so is written last."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if self._index is not None:
            self._index.save(folder)
        np.save(folder / SPREAD, self._spread)
        (folder / "chunks.json").write_text(json.dumps({"generation": generation, "ids": self._ids}))

    def weight(self, word: str) -> float:
        """Return the inverse document frequency of a stemmed word: near 0 if every chunk has it. However
        long one paper is, it cannot make the words of others weigh much more or less."""
        if self._index is None:
            return 1.0
        number, count = self._index.vocab_dict.get(word), int(self._spread[-1])
        held = 0 if number is None else int(self._spread[number])
        return math.log(1 + (count - held + 0.5) / (held + 0.5))

    def search(self, query: str, limit: int, *, among: Collection[str] | None = None) -> list[str]:
        """Return the ids of at most `limit` chunks that share a word with the query, best first.

        Equal scores are ordered by id, so that the order in which papers were added does not count.
        """
        scores = self._scores(query)
        hits = np.flatnonzero(scores > 0)
        if among is not None:
            hits = np.array([i for i in hits if self._ids[i] in among], dtype=np.intp)
        if len(hits) > limit:
            least = np.partition(scores[hits], -limit)[-limit]
            hits = hits[scores[hits] >= least]
        ranked = sorted((-float(scores[i]), self._ids[i]) for i in hits)
        return [id for _, id in ranked[:limit]]

    def scores(self, query: str, ids: Sequence[str]) -> dict[str, float]:
        """Return the score of each chunk for a query, by id; 0 for one that shares no word with it."""
        scores = self._scores(query)
        return {id: float(scores[self._rows[id]]) if id in self._rows else 0.0 for id in ids}

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {id: row for row, id in enumerate(self._ids)}

    def _scores(self, query: str) -> NDArray[np.float32]:
        """Return the score of every chunk."""
        words = [word for word in tokens(query) if self._index and word in self._index.vocab_dict]
        if self._index is None or not words:
            return np.zeros(len(self._ids), dtype=np.float32)
        return np.asarray(self._index.get_scores(words))


def _read_ids(folder: Path, generation: int) -> list[str] | None:
    try:
        kept = json.loads((folder / "chunks.json").read_text())
        return list(kept["ids"]) if kept["generation"] == generation else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
