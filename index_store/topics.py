"""Sorts papers into topics, and names each by its most telling words, as the texts have them.

In: papers with their places on a map. Out: the number of a topic for each paper, and the names of the
topics. The same papers always give the same topics. It knows no library.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index_store.lexical import tokens
from index_store.values import Paper

__all__ = ["MOST_TOPICS", "find_topics", "name_topics"]

MOST_TOPICS = 10
"""More could not be told apart by colour and shape."""
NEXT_BEST = 30
"""Words after the best one among which that beside it is looked for."""
OFTEN = 2
"""Papers in which two words must stand side by side to be a name."""
TITLE_WEIGHT = 3
"""A word of a title says more of what a paper is about than one of its abstract."""
NOT_TELLING = frozenset(
    """able achieve achieves achieved across address allow also although among analysis approach approaches
    art available based baseline baselines benchmark benchmarks better beyond both case challenge
    challenges code compared comparable comprehensive conduct consider consists current data dataset
    datasets demonstrate demonstrates design despite different due during each effective effectively
    efficient enable enables enabling end evaluate evaluation even existing experimental experiments
    extensive few find findings first five following four framework frameworks further furthermore
    general generally given good high highly hours however https http www com github identify implement
    important improve improved improvement improvements improves improving including introduce
    introduced introduces introducing key known large leading leads learning led less level leverage
    leveraging like low lower main make makes many may mean method methodology methods model models
    moreover most much must need needs new non not novel number obtain obtained often only open order
    other out outperform outperforms over overall per perform performance performs points potential
    present presented presents previous prior problem problems process proposed propose proposes
    provide provided provides providing public publicly quality range rather real recent recently
    reduce reduces reducing related remain remains require required requires research respectively
    result results run runs same second set several show showing shown shows significant significantly
    similar simple simply single size small so some specific standard state studies study such suitable
    system systems task tasks technique techniques test than third three through thus time times
    together toward towards train trained training two type types under up upon useful utilize various
    very via way well whereas whether while wide widely within without work works world yet""".split()
)
"""Words that stand in papers of every kind, and those of plain English; the stop words of
`index_store.lexical`, which are not even searched for, name nothing either."""
WORD = r"\b[^\W\d_][^\W\d_]+(?:-[^\W\d_]+)*\b"


def find_topics(places: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the topic of each paper, counted from 0, the largest first; `places` has a row for each.

    Topics are found on the map and not in all dimensions, so that each is one region of it.
    """
    from sklearn.cluster import KMeans

    wanted = min(MOST_TOPICS, round(math.sqrt(len(places) / 2)), len(np.unique(places, axis=0)))
    if wanted < 2:
        return np.zeros(len(places), dtype=np.intp)
    found = KMeans(wanted, n_init=4, random_state=0).fit_predict(places)
    order = np.argsort(-np.bincount(found, minlength=wanted), kind="stable")
    place = np.empty(wanted, dtype=np.intp)
    place[order] = np.arange(wanted)
    return np.asarray(place[found])


def name_topics(papers: Sequence[Paper], topics: NDArray[np.intp]) -> list[str]:
    """Return the name of each topic: its most telling word with the one that stands beside it most often,
    or with the next most telling one after a comma; no word is in two names.

    A word tells as much as its weight in the topic is above that in all papers (mean tf-idf), and as the
    share of the topic's papers that have it: a word of one paper names no topic. A topic of papers
    without any words is called "other".
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [f"{f'{paper.title} ' * TITLE_WEIGHT}{paper.abstract}" for paper in papers]
    count = int(topics.max(initial=-1)) + 1
    if not any(re.search(WORD, text) for text in texts):
        return ["other"] * count
    vectorizer = TfidfVectorizer(token_pattern=WORD, sublinear_tf=True, dtype=np.float32)
    weights = vectorizer.fit_transform(texts)
    words, whole = vectorizer.get_feature_names_out(), np.asarray(weights.mean(axis=0)).ravel()
    taken: set[str] = set()
    names = []
    for topic in range(count):
        rows = weights[np.flatnonzero(topics == topic)]
        own, share = (np.asarray(values.mean(axis=0)).ravel() for values in (rows, rows > 0))
        telling = (own - (whole if count > 1 else 0)) * share
        ranked = [str(words[i]) for i in np.argsort(-telling, kind="stable")[:400] if own[i] > 0]
        own_papers = [paper for paper, number in zip(papers, topics, strict=True) if number == topic]
        beside = _pairs([f"{paper.title}. {paper.abstract}" for paper in own_papers])
        names.append(_name(ranked, beside, taken))
    titles = " ".join(paper.title for paper in papers)
    return [re.sub(r"[^\s,]+", lambda word: _as_written(word.group(), titles), name) for name in names]


def _pairs(texts: Sequence[str]) -> Counter[tuple[str, str]]:
    """Return in how many texts two words stand side by side, with nothing but a space between them."""
    found: Counter[tuple[str, str]] = Counter()
    for text in texts:
        runs = re.findall(rf"{WORD}(?: {WORD})*", text.lower())
        found.update({pair for run in runs for pair in pairwise(run.split())})
    return found


def _name(ranked: Sequence[str], beside: Counter[tuple[str, str]], taken: set[str]) -> str:
    """Return the best word whose stems are not `taken`, with the one most often `beside` it of the next
    best words, else with the next best one. Their stems are taken from now on."""
    free = [
        word for word in ranked if word not in NOT_TELLING and _stems(word) and not _stems(word) & taken
    ]
    if not free:
        return "other"
    first = free[0]
    others = [word for word in free[1:] if not _stems(word) & _stems(first)]
    pairs = [pair for word in others[:NEXT_BEST] for pair in ((word, first), (first, word)) if beside[pair]]
    best = max(pairs, key=lambda pair: beside[pair], default=None)
    name = " ".join(best) if best and beside[best] >= OFTEN else ", ".join([first, *others[:1]])
    taken |= set[str]().union(*map(_stems, re.findall(r"[^\s,]+", name)))
    return name


def _stems(word: str) -> set[str]:
    return {stem.rstrip("s") for stem in tokens(word)}


def _as_written(word: str, titles: str) -> str:
    """Return a word in the capitals in which it stands most often in titles: "LLMs", not "llms"."""
    written = Counter(re.findall(rf"\b{re.escape(word)}\b", titles, re.I))
    best = max(written, key=lambda spelling: (written[spelling], spelling), default=word)
    return word if best.istitle() or best == best.capitalize() else best
