"""Reads what a question asks of its papers: the question without the names that stand for all of a paper.

In: a question and the papers that it names. Out: its words, to hold sentences of those papers against. The
name of a whole paper says nothing of which sentence is asked for; that of a part of it, as a dataset, says
just that. It looks nothing up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from index_store.lexical import tokens
from index_store.values import Paper
from rag.linking.mentions import find_mentions
from rag.linking.names import key, name_like, spellings_of, title_names

__all__ = ["data_called", "focus_of", "whole_names", "without_manner", "without_mentions"]

ASKS_WHAT = frozenset(
    tokens(
        """explain describe define tell give say know mean meant meaning stand stands letters letter acronym
        abbreviation short name called call about please s exactly idea gist essence"""
    )
)
"""Words, stemmed, that ask what something is: without its name they ask for nothing."""
COUNTED = r"(?:an?|one|two|three|four|five|six|ten|\d+|a few|few|a couple of|some)(?: (?:or|to) \w+)?"
MANNER = re.compile(
    rf"\b(?:in|with|using) (?:(?:just|only|about|at most|no more than|under) )?{COUNTED} "
    r"(?:\w+ )?(?:sentences?|lines?|words|bullet points?|bullets|paragraphs?)\b|"
    r"\bin (?:plain|simple|lay|layman['’]?s|everyday)(?: \w+)? (?:english|terms|words|language)\b|"
    r"\bin (?:short|brief|a nutshell)\b|\b(?:no|without(?: any)?|avoid(?:ing)?) jargon\b|\beli5\b|"
    r"\btl;?dr\b|\bbriefly\b|\b(?:keep it|be) (?:short|brief|concise|simple)\b",
    re.I,
)
"""Says how to answer and not what is asked."""
DATA = r"\b(?:data ?sets?|benchmarks?|corpus|corpora)\b"
OTHERS_LISTED = r"(?:[\w+-]+(?:, (?:and )?| and ))*"
EMPTY_QUOTES = re.compile(r"[“\"']\s*[”\"']")


def focus_of(question: str, papers: Sequence[Paper]) -> str:
    """Return a question without the names of whole papers, or all of it where it asks what one is; either
    without how it is to be answered."""
    question = without_manner(question)
    rest = _without(
        question,
        {
            (mention.start, mention.end)
            for mention in find_mentions(question, papers)
            if not _is_of_a_part(
                question[mention.start : mention.end], mention.paper, of_several=len(papers) > 1
            )
        },
        " ",
    )
    return rest if set(tokens(rest)) - ASKS_WHAT else question


def _is_of_a_part(name: str, paper: Paper, *, of_several: bool) -> bool:
    """Whether a name stands for a part of a paper; beside those of other papers, for data in it."""
    name = re.sub(r"['’]s?$", "", name)
    is_part = key(name) not in whole_names(paper)
    return is_part and (not of_several or _is_of_data(name, paper))


def _is_of_data(name: str, paper: Paper) -> bool:
    """Whether an abstract has a name as that of data: "the dataset X", "X, a large video dataset"."""
    spelled = re.escape(spellings_of(paper).get(key(name), name))
    behind = rf"{DATA}(?:,? (?:named|called|dubbed|termed|of))?[\s,(:]+{OTHERS_LISTED}{spelled}(?![\w-])"
    before = rf"(?<![\w-]){spelled},? (?:(?:is )?(?:an?|the|our) (?:[\w-]+ ){{0,4}}|[\w-]+ )?{DATA}"
    return re.search(f"{behind}|{before}", paper.abstract, re.I) is not None


def data_called(question: str, papers: Sequence[Paper]) -> dict[str, str]:
    """Return by paper id the name of data by which alone a question calls each of some papers, "Vimeo25M
    and WebVid-2M"; nothing where it calls one otherwise."""
    mentions = find_mentions(question, papers)
    called = [(mention.paper, question[mention.start : mention.end]) for mention in mentions]
    first = {paper.id: name for paper, name in reversed(called)}
    is_data = all(_is_of_a_part(name, paper, of_several=True) for paper, name in called)
    return first if is_data and len(first) == len(papers) else {}


def without_manner(text: str) -> str:
    """Return `text` without the words that say how to answer it, or as it is if it has no others."""
    rest = " ".join(MANNER.sub(" ", text).split())
    return rest if tokens(rest) else text


def without_mentions(text: str, papers: Sequence[Paper], *, blank: str = " ") -> str:
    """Return `text` with `blank` for the names of `papers`, or as it is when nothing else would be left."""
    rest = _without(text, {(mention.start, mention.end) for mention in find_mentions(text, papers)}, blank)
    return rest if tokens(rest) else text


def _without(text: str, places: set[tuple[int, int]], blank: str) -> str:
    for start, end in sorted(places, reverse=True):
        text = f"{text[:start]}{blank}{text[end:]}"
    return " ".join(EMPTY_QUOTES.sub(" ", text).split())


def whole_names(paper: Paper) -> set[str]:
    """Return the keys of the names that stand for all of a paper: those of its title, of its repository,
    and, where the title has none, the one that the abstract says most often."""
    introduced = {own: name for own, name in spellings_of(paper).items() if own not in title_names(paper)}
    said = Counter({own: _times_said(name, paper.abstract) for own, name in introduced.items()})
    parts = {own for own, times in said.items() if times}
    most = said.most_common(2)
    if most and not _title_is_name(paper) and (len(most) == 1 or most[0][1] > most[1][1]):
        parts.discard(most[0][0])
    return set(spellings_of(paper)) - parts


def _times_said(name: str, abstract: str) -> int:
    return len(re.findall(rf"(?<![\w/-]){re.escape(name)}(?![\w/-])", abstract))


def _title_is_name(paper: Paper) -> bool:
    return ":" in paper.title or bool(name_like(paper.title))
