"""Reads of whom a text speaks, clause by clause: of the paper itself, of others, or of neither for sure.

In: an abstract's sentence, or one that a model wrote about the paper. Out: its clauses, each with its
subject. It goes by the words that people begin such clauses with ("Existing methods", "but it falls
short", "we") and by what "they" refers back to; it knows no grammar, and says "open" where it cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from index_store.sentences import split_sentences
from index_store.values import Paper
from rag.linking.names import key, name_like, names_of, short_name
from rag.values import Span

__all__ = ["Clause", "Subject", "clauses_of", "own_names", "read_clauses", "subjects_of"]

Subject = Literal["own", "others", "open"]
SEEN_BEFORE = 1500
"""Characters before a span that are read for what "they" in it refers to."""
SEEN_BEFORE_NAME = 120
MUCH = 20_000
"""Characters of an abstract that are looked through for the paper's own names."""
CUT = re.compile(
    r"(?<=[,;:])(?<!\be\.g\.,)(?<!\bi\.e\.,)\s+|(?<=[.!?])\s+|"
    r"\s+(?=(?:but|while|whereas|although|though|because|since|yet|so that)\s)",
    re.I,
)
CONNECTORS = re.compile(
    r"\A(?:(?:however|but|while|whereas|although|though|because|since|yet|so|and|or|that|therefore|thus|"
    r"also|moreover|further(?:more)?|in (?:addition|contrast|particular)|"
    r"by contrast|\(?[\da-c]\))[,\s]+)+",
    re.I,
)
REPORTS = re.compile(
    r"\A(?:[\w'’-]+ ){1,4}?(?:show|find|note|report|conclude|indicate|suggest|observe|argue|demonstrate|"
    r"state|say|claim|point out|explain|mention|see|believe)s?(?: here)? that ",
    re.I,
)
AGENT = (
    r"(?:methods?|approach(?:es)?|models?|works?|techniques?|stud(?:y|ies)|networks?|systems?|algorithms?|"
    r"frameworks?|solutions?|strategies|pipelines?|architectures?|transformers?|paradigms?|schemes?|research|"
    r"researchers|efforts|literature|baselines|(?:pre-?)?training|learning|generation|generators|tasks|"
    r"extractors|detectors|datasets|screenings?|tests|treatments?|therap(?:y|ies)|practices?|devices|"
    r"instruments|measurements|surveys|estimat(?:es|ors|ion)|analys[ei]s|theories|protocols|experiments|(?-i:[A-Z][\w-]*[A-Z]s))\b"
)
WORD = r"(?!(?:is|are|was|were|has|have|its|our|their|the|that|of)\b)[\w/+.&-]+ "
FEW = rf"(?:{WORD}){{0,5}}?"
EARLIER = r"(?:existing|previous|prior|earlier|conventional|traditional|mainstream|prevailing|former)"
SOME = (
    r"(?:most|many|several|some|few|other|current|recent|popular|typical|usual|common|general|vanilla|naive|"
    r"standard|regular|state-of-the-art|today's)"
)
OTHERS = re.compile(
    rf"(?:{EARLIER}|(?:the|all|other|most|many|several|some|these|such|\d+) {EARLIER} {FEW}{AGENT}|"
    rf"(?:previous|traditional|conventional)ly|(?:the |most of the |all of the |\d+ )?{SOME} {FEW}{AGENT}|"
    r"(?:most|few) (?:of (?:them|these|those)|also|rely|use|focus|address|consider|study)|others|unlike)\b",
    re.I,
)
BY_OTHERS = re.compile(
    rf"\b(?:used|adopted|employed|followed|applied|shared|taken|made|assumed|needed|required) (?:\w+ly )?"
    rf"(?:by|in) (?:the majority of|{SOME}|{EARLIER}|almost all|all (?:of the )?{EARLIER}) {FEW}{AGENT}",
    re.I,
)
"""Says of a thing, wherever that stands, that others have it."""
WEAK = re.compile(SOME, re.I)
"""Words that may also go on with a list, as in "a scalable, general model"."""
ARTICLE = re.compile(r"(?:an?|the)\b", re.I)
GENERIC = re.compile(
    rf"(?!(?:a|an|the|our|its|their|this|these|one|two|three|each|both|all)\b)(?:{WORD}){{1,5}}?"
    rf"{AGENT}|[A-Z][\w-]*[A-Z]s\b"
)
"""The kind of thing that many make, without an article: "Vision transformers"."""
OWN = re.compile(
    r"\b(?:we|ours?|us|here|this (?:paper|work|study|article|thesis|report|research|survey)|the authors|"
    r"the (?!best|same|other)(?:(?:[\w-]+ )?(?:proposed|resulting|new|novel|final|full|pre-?trained|"
    r"finetuned)? ?(?:approach|method|model|framework|paper|study|work|report|thesis|system)|"
    r"(?:(?:proposed|resulting|new|novel|final|full) )?(?:design|architecture))(?! of\b)|"
    r"propos\w+|introduc\w+|novel)\b",
    re.I,
)
LEADS_IN = re.compile(
    r"(?:(?:however|moreover|furthermore|additionally|specifically|recently|typically|generally|thus|also|besides)"
    r"|(?:in|for|as|by|to|on) (?:[\w-]+ ){0,2}[\w-]+),$",
    re.I,
)
"""A piece that only leads in: "they" behind it refers to the sentence before."""
THEY = re.compile(r"(?:they|them|their|these|those|this|that|such|which|who|whose)\b", re.I)
IT = re.compile(r"(?:it|its)\b", re.I)
PRONOUN = re.compile(rf"{THEY.pattern}|{IT.pattern}", re.I)
IT_IS_TO = re.compile(
    r"it (?:is|was|remains) (?:[\w-]+ ){0,2}(?:challenging|difficult|hard|crucial|important|necessary)\b",
    re.I,
)
"""What is hard and yet to be done is mostly what the paper does."""
QUOTES = " \"'“”‘’(["
UNLIKE = re.compile(r"unlike\b", re.I)
UNLIKE_IT = re.compile(r"unlike [^,]*\b(?:it|we)\b", re.I)
ADJUNCT = re.compile(
    r"(?:to|by|with|without|for|in|on|at|during|from|via|through|using|given|after|before|when|if|as|despite|"
    r"inspired|guided|based|instead|rather|compared|like|over|across|under|among|of)\b",
    re.I,
)
PLURAL = re.compile(r"[A-Z]s$")
VERSION = re.compile(r"(?<=[a-z]{3})(?:v?\d{1,2}(?:\.\d+)?|plus|next)$")
"""What a name has that its predecessor lacks: UniFormerV2."""
THE_ORIGINAL = re.compile(r"(?:the )?(?:original |first |older )?", re.I)
LONGEST_BEFORE = 4
"""Words of the name of a version before."""
CONCEDES = re.compile(r"(?:al)?though\b|while\b|whereas\b", re.I)
"""What the version before is conceded, the new one may have as well."""
CONTRASTS = re.compile(r"\b(?:but|yet|however|although|though)\b", re.I)
PROBLEM = re.compile(
    r"\b(?:often|usually|typically|commonly|fail(?:s|ed)? to|"
    r"f[ae]lls? short|suffer(?:s|ed)?|struggle[sd]?|lack(?:s|ed)?|overlook(?:s|ed)?|"
    r"neglect(?:s|ed)?|ignore[sd]?|limit(?:s|ed) (?:the|their|its|to)|restrict(?:s|ed)?|hinder(?:s|ed)?|"
    r"poorly|badly|blindly|too (?:many|few|little|limited|large|costly|expensive)|disappoint\w*|"
    r"(?:open|unsolved) (?:problem|question)|obstacle|barrier|drawbacks?|bottleneck|shortcomings?|"
    r"(?:has|have|face|faces) (?:[\w-]+ ){0,2}(?:problems?|limitations?|difficulties|challenges)|"
    r"underexplored|(?:is|are|was|were|remains?|be|being|become) "
    r"(?:still |often |very |too |highly |rather |mostly )*"
    r"(?:limited|expensive|costly|inefficient|infeasible|tedious|suboptimal|prohibitive|wasteful|difficult|"
    r"hard|challenging|unclear|slow|insufficient|scarce|rare|missing|lacking|burdensome|noisy|ill-suited))\b",
    re.I,
)
INTRODUCED = re.compile(
    r"\b(?:we|our|this|new|novel|the authors|propos\w+|present\w*|introduc\w+|develop\w*|dubbed|called|"
    r"named)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence, and whom it speaks of; `goes_on` if it has its subject from the one before."""

    text: str
    subject: Subject
    goes_on: bool = False


@lru_cache(maxsize=128)
def own_names(paper: Paper) -> frozenset[str]:
    """Return the keys of the names that are this paper's alone: that before the colon of its title, and
    those that its abstract gives it; not what it puts in brackets, "vision transformers (ViTs)", unless
    it has no other name and puts it where something is introduced."""
    prefix, colon, rest = paper.title.rpartition(": ")
    abstract, given, bracketed = paper.abstract[:MUCH], set[str](), set[str]()
    for name in dict.fromkeys([*name_like(rest), *name_like(abstract)]):
        place = re.search(rf"(?<![\w-]){re.escape(name)}", abstract)
        before = abstract[: place.start()][-SEEN_BEFORE_NAME:] if place else ""
        if PLURAL.search(name) or (colon and name in rest):
            continue
        if not before.endswith("("):
            given.add(key(name))
        elif INTRODUCED.search(before):
            bracketed.add(key(name))
    own = (given if colon or given else bracketed) & names_of(paper)
    return frozenset({*own, key(prefix.strip() or short_name(paper))})


@lru_cache(maxsize=4096)
def read_clauses(sentence: str, names: frozenset[str], *, before: Subject = "open") -> tuple[Clause, ...]:
    """Return the clauses of a sentence about a paper of these names. `before` is whom the sentence before
    speaks of. Each is read again for every sentence after it, so they are remembered."""
    clauses: list[Clause] = []
    generic: set[int] = set()
    for piece in CUT.split(sentence):
        bare = _without_lead(piece)
        subject = _own_subject(piece, names, clauses)
        goes_on = subject is None and bool(clauses)
        subject = subject or _inherited(bare, clauses, before)
        if subject == "open" and not ADJUNCT.match(bare) and not IT_IS_TO.match(bare):
            generic.add(len(clauses))
        clauses.append(Clause(piece, subject, goes_on))
    return tuple(_with_problems(clauses, generic, sentence))


def clauses_of(span: Span) -> tuple[Clause, ...]:
    """Return the clauses of a span, read with the sentences before it in its abstract."""
    start = max(0, span.start - SEEN_BEFORE)
    names = own_names(span.paper)
    before: Subject = "open"
    for begins, ends in split_sentences(span.paper.abstract[start : span.start]):
        sentence = span.paper.abstract[start + begins : start + ends]
        before = _main_subject(sentence, read_clauses(sentence, names, before=before))
    return read_clauses(span.quote, names, before=before)


@lru_cache(maxsize=4096)
def subjects_of(span: Span) -> frozenset[Subject]:
    """Return whom the clauses of a span speak of."""
    return frozenset(clause.subject for clause in clauses_of(span))


def _main_subject(sentence: str, clauses: Sequence[Clause]) -> Subject:
    """Return whom the next sentence means by "they"."""
    if OWN.search(sentence) or any(clause.subject == "own" for clause in clauses):
        return "own"
    return "others" if any(clause.subject == "others" for clause in clauses) else "open"


def _without_lead(piece: str) -> str:
    """Return a clause from its subject on: without "but" and "the authors note that"."""
    return REPORTS.sub("", CONNECTORS.sub("", piece.lstrip(QUOTES), count=1), count=1)


def _own_subject(piece: str, names: frozenset[str], clauses: Sequence[Clause]) -> Subject | None:
    """Return whom a clause speaks of by its own words; None when it goes on from what is before it."""
    bare = _without_lead(piece)
    in_list = bool(clauses) and clauses[-1].subject == "own" and clauses[-1].text.endswith(",")
    if BY_OTHERS.search(bare):
        return "others"
    if OTHERS.match(bare) and not (in_list and WEAK.match(bare)) and not UNLIKE_IT.match(bare):
        return "others"
    named = _without_lead(clauses[-1].text) if clauses and IT.match(bare) else bare
    if not CONCEDES.match(piece) and _is_of_the_version_before(named, names):
        return "others"
    if OWN.search(bare) or _is_named(bare, names):
        return "own"
    if REPORTS.search(CONNECTORS.sub("", piece.lstrip(QUOTES), count=1)) and not PRONOUN.match(bare):
        return "open"
    begins_anew = CONNECTORS.match(piece) and (GENERIC.match(bare) or ADJUNCT.match(bare))
    return "open" if begins_anew and clauses and clauses[-1].subject == "own" else None


def _inherited(bare: str, clauses: Sequence[Clause], before: Subject) -> Subject:
    """Return whom a clause speaks of that has no subject of its own."""
    last = next((c for c in reversed(clauses) if not UNLIKE.match(c.text)), None)
    if IT.match(bare) or UNLIKE_IT.match(bare):
        return last.subject if last and last.subject == "open" else "own"
    if THEY.match(bare):
        return before if all(LEADS_IN.match(c.text) for c in clauses) else clauses[-1].subject
    if not last or (last.subject != "own" and ARTICLE.match(bare) and not last.text.endswith(":")):
        return "open"
    return last.subject


def _is_named(piece: str, names: frozenset[str]) -> bool:
    words = re.findall(r"[\w+-]+", piece)
    runs = (
        "".join(words[first:last]) for first in range(len(words)) for last in range(first + 1, first + 4)
    )
    return any(key(run) in names or key(run.split("-")[0]) in names for run in runs)


def _is_of_the_version_before(bare: str, names: frozenset[str]) -> bool:
    """Whether a clause begins with the name that a paper's own one adds a version to."""
    before = {VERSION.sub("", name) for name in names} - names
    words = re.findall(r"[\w+-]+", THE_ORIGINAL.sub("", bare, count=1))[: LONGEST_BEFORE + 1]
    runs = [key("".join(words[:count])) for count in range(1, len(words) + 1)]
    return not before.isdisjoint(runs) and names.isdisjoint(runs)


def _with_problems(clauses: list[Clause], told: set[int], sentence: str) -> list[Clause]:
    """Give to others what stands around a problem that is not the paper's own; `told` are the places of
    open clauses that tell something, and do not only add to what others tell."""
    contrasts = bool(CONTRASTS.search(sentence))
    troubled = {
        place
        for place in told
        if PROBLEM.search(clauses[place].text)
        or (contrasts and GENERIC.match(_without_lead(clauses[place].text)))
    }
    for step in (1, -1):
        for place in range(len(clauses))[::step]:
            if place - step in troubled and clauses[place].subject == "open":
                troubled.add(place)
    return [replace(c, subject="others") if place in troubled else c for place, c in enumerate(clauses)]
