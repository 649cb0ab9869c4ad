"""Finds the papers of a library that a text names, however it spells them.

In: a text and the paper index. Out: the papers it names, and those that share a name with them. Where
papers share a name, the rest of the text says which is meant; where it says nothing, all are choices.
It works alike for ten papers and for a million: what may be meant comes from searches.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index_store.identifiers import find_arxiv_id, find_doi
from index_store.lexical import tokens
from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.linking.british import is_known
from rag.linking.described import SMALL_LIBRARY, name_described
from rag.linking.descriptions import SAYS_NOTHING
from rag.linking.focus import without_mentions
from rag.linking.mentions import Mention, find_mentions
from rag.linking.names import distinct, name_like
from rag.linking.plain_words import telling_stems
from rag.linking.spelling import correct_names

__all__ = ["COMPARES", "SAYS_NOTHING", "SMALL_LIBRARY", "Named", "find_named", "meant_by"]

COMPARES = re.compile(
    r"\b(?:compar\w+|differ\w*|versus|vs\.?|contrast\w*|both|respectively|than|or|each|"
    r"in common|(?:dis)?agree|similar\w*|better|larger|faster|smaller|higher|lower|cheaper|"
    r"as (?:opposed to|against)|next to (?:that|those|the)|alongside|side by side|distinguish\w*|apart)\b|"
    r"^\W*(?:please |can you |could you )?rank\b",
    re.I,
)
SEVERAL = re.compile(
    r"\b(?:two|both|three|four|all|papers|models|methods|versions|variants|they|their|them|each|which)\b",
    re.I,
)
BEATS = re.compile(
    r"\b(?:gains?|improvements?|improves?|improved|margin|lead|advantage)\b[^,;?.]{0,20}\bover (?:the )?$",
    re.I,
)
"""Stands before what something else is better than."""
QUALIFIES = re.compile(
    r"\b(?:the|their|an?)\s+((?:(?!(?:of|in|on|for|by|with|and|or|to|from)\b)[\w-]+ ){1,4})$", re.I
)
"""What stands between an article and a name."""
ORDER = frozenset(tokens("first second third original new newer old older other latest earlier later"))
"""Stems that say which of several a name is by when it came, not by what it is about."""
LEAST_TELLING = 4
"""Telling words before that, with which a paper is described."""
THESIS = re.compile(r"\b(?:thesis|dissertation)\b", re.I)
OWN_THESIS = re.compile(r"\b(?:this|our|my|the present) (?:thesis|dissertation)\b", re.I)
ASKS_FOR_ANY = re.compile(r"\b(?:is|are|isn['’]t) there|\bany\b|\bdo (?:you|we) have\b", re.I)
CANDIDATE_PASSAGES = 40
LONGEST_SEARCH = 2000
"""Characters of a text that are searched for papers it may name."""
MOST_NAMES = 8
"""Name-like words of a text that are searched for by themselves."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a text names: `text` has the names spelled right, `papers` are in its order.

    `choices` share one name, and the text does not say which is meant; `passed_over` share a name with
    one of `papers` and were not meant.
    """

    text: str
    papers: tuple[Paper, ...] = ()
    choices: tuple[Paper, ...] = ()
    passed_over: tuple[Paper, ...] = ()


def find_named(text: str, index: PaperIndex) -> Named:
    """Return the papers that a text names.

    Where papers share a name, the one that the rest of the text is about is meant, unless the text
    compares them.
    """
    if not text.strip():
        return Named(text)
    candidates = index.papers() if index.count_papers() <= SMALL_LIBRARY else _found(text, index)
    text = correct_names(text, candidates, lambda word: is_known(word, index))
    named = distinct(mention.paper for mention in find_mentions(text, candidates))
    text, described = name_described(text, named, candidates, index, compares=bool(COMPARES.search(text)))
    mentions = find_mentions(text, distinct([*candidates, *described]))
    places = list(dict.fromkeys(mention.start for mention in mentions))
    alternatives = [distinct(m.paper for m in mentions if m.start == place) for place in places]
    identified = _identified(text, index) or ([] if places else _only_thesis(text, index))
    if len(alternatives) == 1 and len(alternatives[0]) > 1:
        if COMPARES.search(text) and SEVERAL.search(text):
            return Named(text, tuple(distinct([*identified, *alternatives[0]])))
        if not _says_which(text, alternatives[0]):
            return Named(text, choices=tuple(alternatives[0]))
    if len(places) == 1 and not identified and _is_baseline(text, mentions[0]):
        return Named(text)
    said = [_qualified(place, text, mentions) for place in places]
    meant = (meant_by(text, own, index, called=name) for name, own in zip(said, alternatives, strict=True))
    papers = distinct([*identified, *meant])
    others = distinct(paper for group in alternatives for paper in group if paper not in papers)
    return Named(text, tuple(papers), passed_over=tuple(others))


def _is_baseline(text: str, mention: Mention) -> bool:
    """Whether a text that describes a paper at length names another as what that is better than."""
    is_beaten = BEATS.search(text[: mention.start]) is not None
    return is_beaten and len(telling_stems(text[: mention.start])) >= LEAST_TELLING


def meant_by(text: str, papers: Sequence[Paper], index: PaperIndex, *, called: str = "") -> Paper:
    """Return the one of `papers` that a text is about, and that what it is `called` there fits."""
    if len(papers) == 1:
        return papers[0]
    ids = {paper.id for paper in papers}
    best: Counter[str] = Counter()
    for said in filter(None, (text, called)):
        found = index.search(said, limit=CANDIDATE_PASSAGES, papers=ids)
        scores = {passage.chunk.paper.id: passage.score for passage in reversed(found)}
        best.update(scores)
    return max(papers, key=lambda paper: best[paper.id])


def _qualified(place: int, text: str, mentions: Sequence[Mention]) -> str:
    """Return a name at a place of a text with what tells of it in the same phrase, "the first video
    UniFormer", or "" where nothing does."""
    end = next(mention.end for mention in mentions if mention.start == place)
    before = QUALIFIES.search(text[:place])
    telling = [word for word in before[1].split() if telling_stems(word) - ORDER] if before else []
    return " ".join([*telling, text[place:end]]) if telling else ""


def _says_which(text: str, papers: Sequence[Paper]) -> bool:
    """Whether the text asks for anything that not every paper could be asked for."""
    rest = without_mentions(text, papers)
    return rest != text and bool(set(tokens(rest)) - SAYS_NOTHING)


def _found(text: str, index: PaperIndex) -> list[Paper]:
    """Return the papers that searches for the text and for each name in it bring up."""
    named = dict.fromkeys([*name_like(text), *_respelled(text, index)])
    queries = [text[:LONGEST_SEARCH], *list(named)[:MOST_NAMES]]
    passages = [p for query in queries for p in index.search(query, limit=CANDIDATE_PASSAGES)]
    return distinct(passage.chunk.paper for passage in passages)


def _respelled(text: str, index: PaperIndex) -> list[str]:
    """Return other spellings of the words of a text that the library knows: "egret net" written as one
    word, "videomae2" as two."""
    words = [word for word in re.findall(r"[^\W_]+", text.casefold()[:LONGEST_SEARCH]) if word.isascii()]
    joined = [one + two for one, two in pairwise(words)]
    parts = [re.sub(r"(?<=[a-z])(?=v?\d+$)", " ", word) for word in words]
    apart = [part for part, word in zip(parts, words, strict=True) if part != word]
    known = [word for word in dict.fromkeys(joined) if all(is_known(stem, index) for stem in tokens(word))]
    return [*apart, *(word for word in known if tokens(word))]


def _only_thesis(text: str, index: PaperIndex) -> list[Paper]:
    """Return the one paper that calls itself a thesis, where a text speaks of one."""
    if not THESIS.search(text) or ASKS_FOR_ANY.search(text):
        return []
    found = distinct(
        passage.chunk.paper for passage in index.search("this thesis", limit=CANDIDATE_PASSAGES)
    )
    own = [paper for paper in found if OWN_THESIS.search(paper.abstract)]
    return own if len(own) == 1 else []


def _identified(text: str, index: PaperIndex) -> list[Paper]:
    """Return the papers whose arXiv id or DOI stands in the text."""
    ids = [id for id in (find_arxiv_id(text, bare=True), find_doi(text)) if id]
    return distinct(paper for id in ids for paper in index.find(id))
