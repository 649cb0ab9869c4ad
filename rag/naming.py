"""Reads whether a question asks for the name of a thing, and whether texts tell one.

In: a part of a question, or texts. Out: the thing that has a name, or the names that the question does not
have. "On which dataset is it trained?" is not answered by "a large dataset".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index_store.values import Paper
from rag.absence import made_from
from rag.linking.abbreviations import written_out
from rag.linking.names import GENERIC, capital_names, key, name_like

__all__ = ["names_beside", "new_names", "thing_asked_for"]

NO_ADJECTIVES = (
    r"kinds?|types?|sorts?|is|are|was|were|do|does|did|can|ha[sd]|have|makes?|limits?|causes?|helps?|should|"
    r"of|in|on|for|to|by|with|and|or|the|an?|its?|their|this|these|each"
)
NOUN = (
    r"(?:data ?sets?|corpus|corpora|benchmarks?|models?|backbones?|checkpoints?|[MV]?LLMs?|VLMs?|"
    r"robots?(?: arm)?|graphics cards?|[GT]PUs?|simulators?|software)"
)
THING = re.compile(
    r"(?:^|[,:.?!] )\W*(?:and |but |so )?(?:(?:on|in|for|from|with|by|to|of|at|against|over) )?"
    r"(?:which|what) "
    rf"((?:(?!(?:{NO_ADJECTIVES})\b)[\w-]+ ){{0,4}}?"
    rf"{NOUN})"
    r"(?: (?:exactly |precisely )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|should|"
    r"sits?|lies|serves?|powers?|drives?|underlies|acts?)\b"
    r"(?P<rest>.*)|\W*$)",
    re.I,
)
"""Asks for things that have names. Of 43 questions of bench/answerability_*.jsonl to abstracts which say
what it was, all have a name in the sentences that answer."""
ONE = (
    rf"(?:the|its?|their|that|this) ((?:(?!(?:{NO_ADJECTIVES})\b)[\w-]+ ){{0,3}}?"
    rf"(?:{NOUN}|networks?|encoders?|decoders?|frameworks?|simulators?))"
)
WHAT_IS = r"\bwhat(?:['’]s| is| was| are| were)"
ENDS = r"(?=\W*$|[,;.?!]|\s(?:that|which|whose|it|they|used|in|on|for|from|by|with|where|when)\b)"
NAME_OF = re.compile(
    rf"(?:^|[.?!:,;]\s|\b(?:please|and|you|to) )name {ONE}{ENDS}|{WHAT_IS} the names? of {ONE}{ENDS}|"
    rf"{WHAT_IS} {ONE}(?:['’]s? names?| called| named){ENDS}",
    re.I,
)
"""Asks for a name in so many words."""
MADE_OF = re.compile(
    r"\W*(?:(?:that|which|of which|it|they|the)\b[^?.]*)?"
    r"\b(?:made up|make up|consists?|consisting|compris\w+|composed|cascades?)\b",
    re.I,
)
"""Behind such a question: the parts of a thing are asked for, which seldom have names."""
ASKS_MORE = re.compile(
    r"\b(?:introduc|propos|releas|present|call|nam|buil[dt](?! on)|creat|collect|compar|benefit|or\b|"
    r"and (?:its|the|how)\b|outperform|beat|surpass|exceed|improv|suffer|fail|vulnerab|"
    r"(?:better|best|worse|worst|good|bad|highest|lowest)\b)",
    re.I,
)
"""In the rest of such a question: the thing is the paper's own, or one of those that are named, or a kind
of them."""
SAME = (
    ("dataset", "data set", "set", "corpus", "corpora"),
    ("model", "llm", "mllm", "vlm", "backbone", "checkpoint", "network"),
)
"""Nouns for one thing."""
COINED = re.compile(r"\b[a-z]+(?:[A-Z]|\d)\w*")
"""A name that begins with a small letter: nuScenes."""


def thing_asked_for(part: str) -> str:
    """Return the thing whose name a part of a question asks for, "" if it asks for something else."""
    if (named := NAME_OF.search(part)) and not MADE_OF.match(part, named.end()):
        return str(named[named.lastindex or 0])
    asked = THING.search(part)
    return asked[1] if asked and not ASKS_MORE.search(asked["rest"] or "") else ""


def new_names(texts: Sequence[str], question: str, paper: Paper) -> list[str]:
    """Return the names in texts about a paper that a question does not have, nor in full what it has in
    letters. A word that only begins a text is one if the abstract has it elsewhere in capitals, too."""
    known = {_singular(name) for name in _names(f"It is {question}")} | GENERIC
    known |= {_singular(words) for letters, words in written_out(paper).items() if letters in known}
    names = dict.fromkeys(name for text in texts for name in _names(text, paper.abstract))
    return [name for name in names if _singular(name) not in known]


def names_beside(thing: str, question: str, paper: Paper) -> list[str]:
    """Return the names in an abstract that the question does not have and that stand beside the thing it
    asks for: "the WetlandAudio corpus", "a dataset called LakeBench"."""
    noun = thing.casefold().rsplit(maxsplit=1)[-1].removesuffix("s")
    nouns = "|".join(next((same for same in SAME if noun in same), (noun,)))

    def is_beside(name: str) -> bool:
        apart, name = r"[^\w.;]+(?:[\w-]+[^\w.;]+)?", re.escape(name)
        beside = rf"\b{name}{apart}(?:{nouns})s?\b|\b(?:{nouns})s?{apart}{name}"
        return re.search(beside, paper.abstract, re.I) is not None

    return list(filter(is_beside, new_names([paper.abstract], question, paper)))


def _singular(name: str) -> str:
    return key(made_from(name)).removesuffix("s")


def _names(text: str, abstract: str = "") -> list[str]:
    first = re.match(r"\W*([A-Z][\w-]*)", text)
    begins = [first[1]] if first and re.search(rf"(?<=[\w,;:(] ){re.escape(first[1])}\b", abstract) else []
    return [*capital_names(text), *name_like(text), *COINED.findall(text), *begins]
