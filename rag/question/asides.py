"""Leaves out what people say of themselves before or after they ask: "I work with CCTV.", "Need it today."

In: the text of a question and the paper index. Out: the text without such sentences. One that names a paper
of the library stays, and so do all where what is asked leans on them ("I study owls. Who films those?").
"""

from __future__ import annotations

import re

from index_store.paper_index import PaperIndex
from index_store.sentences import split_sentences
from rag.linking.plain_words import telling_stems
from rag.linking.subjects import find_named
from rag.question.request_forms import TO_READ

__all__ = ["without_asides"]

SO = re.compile(
    r"^\W*(?:I|we)\b[^.?!]*?,? so (?=(?:I|we)(?:['’](?:m|re)| am| are) "
    r"(?:after|looking|searching|interested)\b)",
    re.I,
)
"""Says first why something is looked for: "we have old cards, so I'm after ..."."""
PREFACE = re.compile(
    r"^\W*for (?:an?|my|our) (?:[\w-]+ ){0,3}?(?:slides?|talk|presentation|poster|lecture|class|"
    r"report|thesis|proposal|grant|blog|post|summary|section|chapter|newsletter|estimate|calculation)\b"
    r"[^,:.?!()]{0,40}:\s+",
    re.I,
)
"""Says first what the answer is for: "for a slide on latency: ..."."""
LAST = re.compile(
    r"(?<=\S),? for (?:an?|my|our) (?:[\w-]+ )?(?:table|figure|slides?|talk|poster|lecture|footnote|thesis|"
    r"report|grant|blog post|survey section|related[ -]work section)"
    r"(?: (?:in|of|on) (?:my|our|an?) [\w-]+(?: [\w-]+)?)?(?=(?:,? (?:please|pls|thanks))?\W*$)",
    re.I,
)
"""Says last what the answer is for: "..., for a table in my thesis, please"."""
OPENS = r"\W*(?:(?:hi|hello|hey|ok|okay|so|well|sorry|also|but|and)\b\W*)*"
ASIDE = re.compile(
    OPENS + r"(?:(?:I|we)(?:['’](?:m|re)| am| are)(?: (?:just|only|still|currently))?"
    r" (?!looking|after|interested|searching|trying|curious|wondering|thinking|talking|asking|referring|"
    r"reading|sure|told|confused)|"
    r"(?:I|we) (?:(?:just|only|still|currently|also|really) )?"
    r"(?:work|teach|study|write|run|maintain|build|do|need (?:it|this|that) (?:for|by|in))\b|"
    r"(?:just )?(?:need(?:ed)? (?:it|this|that)|asking|this is|it(?:['’]s| is)) for\b|"
    r"(?:an? )?[\w/-]+(?: [\w/-]+){0,3} here[.!]$|"
    r"(?:not|no) an? [\w -]+(?:person|expert|researcher)\b)",
    re.I,
)
PURPOSE = re.compile(
    OPENS + r"(?:I|we) (?:must|have to|need to|want to) (?!know\b|see\b|find\b|exclude\b|compare\b|have\b)"
    r"(?![^.!?]*\b(?:only|without|not|no|under|over|than|less|more|fewer)\b)",
    re.I,
)
"""What people are about to do, which before the question is its reason, and behind it a condition."""
LEANS = re.compile(r"\b(?:it|its|they|them|their|this|that|these|those|such|there|so|ones)\b", re.I)
OF_BEFORE = re.compile(r"\b(?:it|its|they|them|their)\b", re.I)
LONGEST = 500
"""Characters of what people say of themselves that are searched for names."""
LEAST_TOLD = 2
"""Telling words of what is left."""


def without_asides(text: str, index: PaperIndex) -> str:
    """Return a text without what people say of themselves and of what they need the answer for, if it asks
    something without that."""
    rest = _without_sentences(text, index)
    *_, (start, _) = split_sentences(rest) or [(0, 0)]
    return rest if ASIDE.match(rest[start:]) else LAST.sub("", rest)


def _without_sentences(text: str, index: PaperIndex) -> str:
    if because := SO.match(text) or PREFACE.match(text):
        asides, rest = [because.group()], text[because.end() :]
        if OF_BEFORE.search(re.split(r"[.?!]", rest)[0]):
            return text
    else:
        sentences = [text[start:end].strip() for start, end in split_sentences(text)]
        asks = next((at for at, sentence in enumerate(sentences) if sentence.endswith("?")), 0)
        asides = [s for s in sentences if not s.endswith("?") and ASIDE.match(s)]
        asides += [s for s in sentences[:asks] if s not in asides and PURPOSE.match(s)]
        rest = " ".join(sentence for sentence in sentences if sentence not in asides)
    leans = TO_READ.fullmatch(rest) or (not because and LEANS.search(rest))
    if not asides or leans or len(telling_stems(rest)) < LEAST_TOLD:
        return text
    named = find_named(" ".join(asides)[:LONGEST], index)
    return text if named.papers or named.choices else rest
