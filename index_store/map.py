"""The map of a library: every paper a point, those alike near each other, in named topics.

In: an open library. Out: a map, made once for what the library holds and kept in its folder. It knows
nothing of how a map is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index_store.browsing import Browsing, Look
from index_store.topics import find_topics, name_topics
from index_store.values import Paper

if TYPE_CHECKING:
    from index_store.paper_index import PaperIndex

__all__ = ["MOST_POINTS", "PaperMap", "Point", "build_map", "open_map"]

MOST_POINTS = 5000
"""Papers on a map: more can neither be told apart nor be placed while somebody waits."""
PAGE = 200
"""Papers whose vectors are read at a time."""
DIMENSIONS = 50
"""Principal components from which places are found: the rest is mostly noise, and time."""
VERSION = 1
NAME = "map.json"
Progress = Callable[[str, int, int], None]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Point:
    """A paper on the map. `x` and `y` go from 0 to 1; `topic` is the number of its topic."""

    id: str
    title: str
    x: float
    y: float
    topic: int


@dataclass(frozen=True, slots=True)
class PaperMap:
    """The points of a library that had `fingerprint` and `total` papers, and the names of their topics."""

    fingerprint: str
    total: int
    topics: tuple[str, ...]
    points: tuple[Point, ...]


def open_map(index: PaperIndex, progress: Progress) -> PaperMap:
    """Return the map of the library: the one in its folder if that is of today, else a new one.

    `progress` is called with what is being done, how far it is and how far it goes. Where the folder cannot
    be written to, the map is made again the next time.

    Raises:
        LibraryError: the library cannot be read.
    """
    progress("looking whether it is there", 0, 0)
    fingerprint, path = index.fingerprint, index.folder / NAME
    kept = _read(path)
    if kept is not None and kept.fingerprint == fingerprint:
        return kept
    made = build_map(index, fingerprint, progress)
    with suppress(OSError):  # it can always be made again
        _write(path, made)
    return made


def build_map(
    index: PaperIndex, fingerprint: str, progress: Progress, *, most: int = MOST_POINTS
) -> PaperMap:
    """Return a new map of a library; of a large one, that of an even sample of `most` papers."""
    ids = Browsing(index.folder).ids(Look(), "added")
    wanted = min(len(ids), most)
    sample = index.papers([ids[number * len(ids) // wanted] for number in range(wanted)])
    papers, vectors = _read_vectors(index, sample, progress)
    if not papers:
        return PaperMap(fingerprint, len(ids), (), ())
    progress("placing the papers", 0, 0)
    places = _places(vectors)
    progress("naming topics", 0, 0)
    topics = find_topics(places)
    names = name_topics(papers, topics)
    points = tuple(
        Point(paper.id, paper.title, round(float(x), 4), round(float(y), 4), int(topic))
        for paper, (x, y), topic in zip(papers, places, topics, strict=True)
    )
    return PaperMap(fingerprint, len(ids), tuple(names), points)


def _read_vectors(
    index: PaperIndex, papers: Sequence[Paper], progress: Progress
) -> tuple[list[Paper], Floats]:
    """Return a row for each paper: the mean vector of its chunks, of length 1. A paper that was removed
    meanwhile has none, and is left out."""
    browsing, there, rows = Browsing(index.folder), list[Paper](), list[Floats]()
    for start in range(0, len(papers), PAGE):
        progress("reading vectors", start, len(papers))
        page = [own for own in browsing.chunks(papers[start : start + PAGE]) if own]
        vectors = iter(index.vectors([chunk.indexed_text for own in page for chunk in own]))
        there += [own[0].paper for own in page]
        rows += [np.mean([next(vectors) for _ in own], axis=0) for own in page]
    found = np.array(rows, dtype=np.float32)
    return there, found / np.maximum(np.linalg.norm(found, axis=-1, keepdims=True), np.float32(1e-9))


def _places(vectors: Floats) -> Floats:
    """Return a place for each row, as (x, y) from 0 to 1: t-SNE from principal components.

    Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 9 (2008). Few papers are placed by principal
    components alone, and papers that are all alike in a circle.
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    count = len(vectors)
    if len(np.unique(vectors, axis=0)) < 3:
        angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
        return np.stack([0.5 + np.cos(angles) / 3, 0.5 + np.sin(angles) / 3], axis=1).astype(np.float32)
    parts = PCA(min(DIMENSIONS, *vectors.shape), random_state=0).fit_transform(vectors)
    if count < 8:
        placed = parts[:, :2]
    else:
        nearby = min(30.0, (count - 1) / 3)
        placed = TSNE(perplexity=nearby, init="pca", random_state=0, metric="euclidean").fit_transform(
            parts
        )
    low, high = placed.min(axis=0), placed.max(axis=0)
    return np.asarray((placed - low) / np.maximum(high - low, 1e-9), dtype=np.float32)


def _read(path: Path) -> PaperMap | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept.pop("version") != VERSION:
            return None
        points = tuple(Point(**point) for point in kept.pop("points"))
        return PaperMap(**kept | {"topics": tuple(kept["topics"]), "points": points})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(path: Path, paper_map: PaperMap) -> None:
    """Write a map so that it takes its name when all of it is there."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(json.dumps({"version": VERSION, **asdict(paper_map)}), encoding="utf-8")
    partial.replace(path)
