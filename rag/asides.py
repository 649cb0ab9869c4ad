"""Leaves out what people say of themselves before or after they ask: "I work with CCTV.", "Need it today."

In: the text of a question and the paper index. Out: the text without such sentences. One that names a paper
of the library stays, and so do all where what is asked leans on them ("I study owls. Who films those?").
"""

from __future__ import annotations

import re

from index_store.paper_index import PaperIndex
from index_store.sentences import split_sentences
from rag.plain_words import telling_stems
from rag.subjects import find_named

__all__ = ["without_asides"]

SO = re.compile(
    r"^\W*(?:I|we)\b[^.?!]*?,? so (?=(?:I|we)(?:['’](?:m|re)| am| are) "
    r"(?:after|looking|searching|interested)\b)",
    re.I,
)
"""Says first why something is looked for: "we have old cards, so I'm after ..."."""
ASIDE = re.compile(
    r"\W*(?:(?:hi|hello|hey|ok|okay|so|well|sorry|also|but|and)\b\W*)*"
    r"(?:(?:I|we)(?:['’](?:m|re)| am| are)(?: (?:just|only|still|currently))?"
    r" (?!looking|after|interested|searching|trying|curious|wondering|thinking|talking|asking|referring|"
    r"reading|sure|told|confused)|"
    r"(?:I|we) (?:(?:just|only|still|currently|also|really) )?"
    r"(?:work|teach|study|write|run|maintain|build|do|must|have to|need to|want to|need (?:it|this|that))"
    r"\b|"
    r"(?:just )?(?:need(?:ed)? (?:it|this|that)|asking|this is|it(?:['’]s| is)) for\b|"
    r"(?:an? )?[\w/-]+(?: [\w/-]+){0,3} here[.!]$|"
    r"(?:not|no) an? [\w -]+(?:person|expert|researcher)\b)",
    re.I,
)
LEANS = re.compile(r"\b(?:it|its|they|them|their|this|that|these|those|such|there|so|ones)\b", re.I)
LEAST_TOLD = 2
"""Telling words of what is left."""


def without_asides(text: str, index: PaperIndex) -> str:
    """Return a text without the sentences in which people speak of themselves, if it asks something without
    them."""
    if because := SO.match(text):
        return text if find_named(because.group(), index).papers else text[because.end() :]
    sentences = [text[start:end].strip() for start, end in split_sentences(text)]
    if len(sentences) < 2:
        return text
    asides = [s for s in sentences if not s.endswith("?") and ASIDE.match(s)]
    rest = " ".join(sentence for sentence in sentences if sentence not in asides)
    if not asides or LEANS.search(rest) or len(telling_stems(rest)) < LEAST_TOLD:
        return text
    named = (find_named(sentence, index) for sentence in asides)
    return text if any(one.papers or one.choices for one in named) else rest
