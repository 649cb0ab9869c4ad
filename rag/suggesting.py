"""Says what could be asked instead, and in which words a paper comes near.

In: papers of the library. Out: a question that one of them answers, and a line of another's abstract. The
question is made of what an abstract really gives, so that asking it is no second disappointment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index_store.sentences import split_sentences
from index_store.values import Paper
from rag.names import key, short_name, title_names
from rag.values import Evidence

__all__ = ["name_among", "question_for", "quoted", "reason_for", "shortened"]

LINE = 90
"""Characters of an abstract that are shown of a paper that is only near."""
GIVES = (
    (r"\b\d[\d.,]*\s?(?:[KMB]|million|billion)?\s+param(?:eter)?s?\b", "How many parameters does {} have?"),
    (
        r"\b(?:introduc|present|construct|collect|curat|releas|propos)\w*\s(?:[\w-]+\s){0,6}(?:dataset|corpus)\b",
        "Which dataset does {} introduce?",
    ),
    (r"\b(?:outperform|surpass|exceed|state[- ]of[- ]the[- ]art)", "What results does {} report?"),
)
"""What an abstract may give, and the question that asks for it."""
SPEAKS_OF_ITSELF = re.compile(
    r"\b(?:we|our|this (?:paper|work|study)|propos\w+|introduc\w+|present\w*)\b", re.I
)
OTHERWISE = "What is {} about?"


def question_for(paper: Paper, others: Sequence[Paper]) -> str:
    """Return a question that the abstract of a paper answers. `others` may share its name."""
    asks = (ask for gives, ask in GIVES if re.search(gives, paper.abstract, re.I))
    return next(asks, OTHERWISE).format(name_among(paper, others))


def name_among(paper: Paper, others: Sequence[Paper]) -> str:
    """Return the short name of a paper, or its title where one of `others` has the same name."""
    short = short_name(paper)
    shared = any(key(short) in title_names(other) for other in others if other.id != paper.id)
    return f"“{paper.title}”" if shared else short


def reason_for(paper: Paper, evidence: Sequence[Evidence]) -> str:
    """Return the words of an abstract that say why it is near: its best sentence, else the
    first one that speaks of the paper itself.
    """
    own = [item for item in evidence if item.span.paper == paper]
    if own:
        return shortened(max(own, key=lambda item: item.score).span.quote)
    sentences = [paper.abstract[start:end] for start, end in split_sentences(paper.abstract)]
    speaks = (s for s in sentences if SPEAKS_OF_ITSELF.search(s) or key(short_name(paper)) in key(s))
    return shortened(next(speaks, sentences[0] if sentences else ""))


def quoted(line: str) -> str:
    """Return a line in quotation marks, with dots where it breaks off."""
    return f"“{line}”" if re.search(r"[.!?]$", line) else f"“{line} …”"


def shortened(text: str, length: int = LINE) -> str:
    """Return the beginning of a text, as many whole words as fit into `length` characters."""
    if len(text) <= length:
        return text
    cut = text[: length + 1]
    return (cut[: cut.rfind(" ")] if " " in cut else text[:length]).rstrip(" ,;:(–-")
