"""Supported statements about the papers of a library, and the errors that are seeded into them.

A statement is a sentence of an abstract, or one that a rule made of one or two of them. Each comes with
the evidence it is held against: six sentences of its own paper, and six of the paper that is most like it.
Everything is made in the same order by the same seeds, so two runs measure the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from index_store.lexical import tokens
from index_store.sentences import split_sentences
from index_store.values import Paper
from rag.linking.names import short_name
from rag.values import Evidence, Span

SENTENCES_SHOWN = 6
FEWEST_WORDS = 6
"""A part of a sentence with fewer words is no statement of its own."""
NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?=%|x\b|[KMBk]\b|p\b|/|[\s.,;:]|$)(?!\.?\))")
NUMBER_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)})\b(?! of\b)", re.I)
DATASETS = """UCF101 HMDB51 Kinetics-400 Kinetics-600 Something-Something ADE20K COCO AudioSet ActivityNet
ActivityNet-QA Charades-STA CIFAR-10 CIFAR-100 COIN CrossTask DAVIS-17-Unsupervised DiDeMo DramaQA
Ego4D-v2 FlintstonesSV HACS HowTo100M How2QA ImageNet-100 ImageNet-1K ImageNet-C
LSMDC MSR-VTT MSRVTT-QA MSVD MSVD-QA MVBench NExT-QA Panda-70M PororoSV QVHighlights SSv2-Label
SSv2-Template STAR TaxiBJ TVQA TVSum VLEP VTAB-1k WeatherBench WebVid WebVid-10M WebVid-2M YouTube-VIS-19
Librispeech Landscape AIST++ VidProM OpenVid-1M Vimeo25M VideoUFO iVQA HowToVQA69M WebVidVQA3M""".split()
METHODS = """VideoMAE BLIP-2 CLIP DINO UniFormer UniFormerV2 T2T-ViT LaVie TALC ZeroI2V SeViLA GR-1 ViR Bora
MagicTime ViViT TimeSformer DeiT SwinBERT ClipBERT VIOLET Hallo3 ConsisID AV-DiT VD-IT ViD-GPT VDT TTVSR
GPT4Video VideoLights PLLaVA MiniGPT-4 StoryDALL-E SparseFormer LookupViT TinyViT PredFormer SimVP HiTeA
Step-Video-T2V VideoFactory Still-Moving CT-D2GAN T2Vid CustomVideoX MagicStick VMFormer VEDIT SIGMA
StyleDrop DreamBooth ControlNet ModelScope NExt-GPT Valley CvT LoRA Phenaki Sora VL-GPT SSAST""".split()


@dataclass(frozen=True)
class Case:
    """What a model might write: the text, the evidence it was shown, the question, and the seeded error."""

    text: str
    evidence: tuple[Evidence, ...]
    question: str
    paper: Paper
    error: str = ""


def supported_cases(papers: Sequence[Paper]) -> Iterator[Case]:
    """Yield the statements that stand, each with its evidence."""
    shown = {
        paper.id: [Span(paper, *bounds) for bounds in split_sentences(paper.abstract)] for paper in papers
    }
    words = {paper.id: set(tokens(paper.abstract)) for paper in papers}
    for paper in papers:
        others = [other for other in papers if other.id != paper.id]
        like = max(others, key=lambda other: _likeness(words[paper.id], words[other.id]))
        spans = shown[paper.id]
        for place, span in enumerate(spans):
            made = [span.quote, *_rephrased(span, spans[place + 1 : place + 2])]
            for number, text in enumerate(dict.fromkeys(made)):
                near = _nearest(spans, place) + shown[like.id][:SENTENCES_SHOWN]
                evidence = tuple(Evidence(n, shown_span, 1 / n) for n, shown_span in enumerate(near, 1))
                yield Case(text, evidence, _question(paper, span, place + number), paper)


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


def _nearest(spans: Sequence[Span], place: int) -> list[Span]:
    """Return the sentence and those around it, in order: what a good search would have chosen."""
    first = max(0, min(place - SENTENCES_SHOWN // 2, len(spans) - SENTENCES_SHOWN))
    return list(spans[first : first + SENTENCES_SHOWN])


def _question(paper: Paper, span: Span, place: int) -> str:
    """Return a question about the whole paper, or one that holds words of the sentence itself."""
    name = short_name(paper)
    if place % 2:
        return f"What does {name} do and how well does it work?"
    topic = re.findall(r"[a-z]{5,}", span.quote)[:3]
    return f"What does {name} say about {' '.join(topic)}?"


def _rephrased(span: Span, following: Sequence[Span]) -> Iterator[str]:
    """Yield a sentence in other forms that mean the same."""
    text, name = span.quote, short_name(span.paper)
    subject = name if len(name) < 30 and "“" not in name else "The paper"
    without = re.sub(
        r"^(?:(?:The )?(?:[Ee]xperiments?|[Rr]esults|[Ss]tudies|[Aa]uthors|[Tt]ests)(?: [\w-]+){0,4}? "
        r"(?:show|find|note|report|conclude|indicate|suggest|observe|argue|demonstrate)s? that|"
        r"However|Therefore|Specifically|Moreover|Finally|In particular|As a result|Thus),? ",
        "",
        text,
    )
    yield without[0].upper() + without[1:]
    yield text.replace("The authors ", "They ").replace("the authors ", "they ")
    yield re.sub(r"^(?:It|The method|The model|This work|The paper) (?=[a-z]+s\b)", f"{subject} ", text)
    yield re.sub(r"^In this (?:paper|work), (?:we|the authors) (\w+) ", rf"{subject} \1s ", text)
    yield re.sub(
        r"^(?:The authors|They|We) (use|introduce|propose|present|build|collect)\w* ([^,;]+)\.$",
        lambda m: f"{m[2][0].upper()}{m[2][1:]} is what they {m[1]}.",
        text,
    )
    yield re.sub(r"^([A-Z][\w-]+) is trained on ([\w-]+)", r"\2 is what \1 is trained on", text)
    for part in re.split(r"; |, and (?=(?:it|they|the|this|a|an|its|their)\b)", text):
        if len(part.split()) >= FEWEST_WORDS:
            yield f"{part[0].upper()}{part[1:].rstrip('.')}."
    beginning = re.match(r"(.{40,}?), (?:which|where|while|whereas|so that|with|thanks to) ", text)
    if beginning and beginning[1].count("(") == beginning[1].count(")"):
        yield f"{beginning[1]}."
    for other in following:
        if re.match(r"(?:It|The|This|A|An|They|Its|Their|On|In)\b", other.quote) and len(text) < 160:
            yield f"{text.rstrip('.')}, and {other.quote[0].lower()}{other.quote[1:]}"


UNITS = (
    (r"(?<=\d)%", " points"),
    (r"(?<=\d) points?\b", "%"),
    (r"\bmillion\b", "billion"),
    (r"\bbillion\b", "million"),
    (r"(?<=\d)M\b", "B"),
    (r"(?<=\d)B\b", "M"),
    (r"(?<=\d)[Kk]\b", "M"),
    (r"\bhours?\b", "minutes"),
    (r"\bminutes?\b", "hours"),
    (r"\bdays?\b", "weeks"),
    (r"\bseconds?\b", "minutes"),
    (r"\bepochs\b", "days"),
    (r"\bGB\b", "TB"),
    (r"\bFPS\b", "GFLOPs"),
    (r"(?<=\d)(?:x| times)\b", "%"),
)
COUNTED = (
    ("parameters", "layers"),
    ("frames", "hours"),
    ("clips", "hours"),
    ("videos", "images"),
    ("datasets", "languages"),
    ("benchmarks", "languages"),
    ("tasks", "languages"),
    ("tokens", "layers"),
    ("topics", "annotators"),
    ("objects", "annotators"),
    ("scenes", "languages"),
)
QUANTITY = rf"(?:\d[\d.,]*\s?(?:%|[KMBkx]\b)?|\b(?:{'|'.join(NUMBER_WORDS)}|million|billion))"
AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|could|will|may|does|do|has been|have been)\b(?! not\b|not\b)"
)
VERBS = dict(
    pair.split(":")
    for pair in """uses:use reaches:reach outperforms:outperform improves:improve generates:generate
    makes:make keeps:keep needs:need introduces:introduce contains:contain achieves:achieve shows:show
    removes:remove beats:beat surpasses:surpass applies:apply integrates:integrate learns:learn
    predicts:predict reduces:reduce raises:raise preserves:preserve captures:capture produces:produce
    transfers:transfer handles:handle processes:process builds:build extends:extend adds:add works:work
    allows:allow enables:enable combines:combine requires:require trains:train attends:attend""".split()
)  # fmt: skip
VERB = re.compile(rf"\b(?:{'|'.join(VERBS)})\b")
STATES = "supervised labeled labelled annotated seen paired trimmed structured conditional like".split()
STATE = re.compile(rf"(?<![\w-])(un)?({'|'.join(STATES)})\b", re.I)
DIRECTIONS = [
    pair.split(":")
    for pair in """higher:lower more:less larger:smaller faster:slower better:worse outperform:underperform
    outperforms:underperforms outperforming:underperforming increases:decreases increase:decrease
    raises:lowers raise:lower rises:falls improves:degrades improve:degrade improving:degrading
    before:after above:below longer:shorter high:low highest:lowest best:worst most:least first:last
    early:late many:few large:small long:short strong:weak superior:inferior speeds:slows gains:losses
    reduces:increases reduce:increase reducing:increasing fewer:more less:more fewest:most cheaper:costlier
    lower:higher smaller:larger falls:rises drops:grows earlier:later short:long""".split()
]  # fmt: skip


def seeded_cases(case: Case, random: Random) -> Iterator[Case]:
    """Yield a statement with one error each: every kind that it has a place for."""
    for kind, seed in ERRORS.items():
        for text in dict.fromkeys(seed(case, random)):
            if text != case.text:
                yield Case(text, case.evidence, case.question, case.paper, kind)


def _numbers(case: Case, random: Random) -> Iterator[str]:
    """Yield the statement with each of its numbers changed a little, and taken from elsewhere."""
    around = [m.group() for e in case.evidence for m in NUMBER.finditer(e.span.quote)]
    for match in NUMBER.finditer(case.text):
        other = [n for n in around if n != match.group()]
        for number in (_nudged(match.group(), random), random.choice(other or ["17"])):
            yield _put(case.text, match, number)
    for match in NUMBER_WORD.finditer(case.text):
        others = [word for word in NUMBER_WORDS if word != match.group().lower()]
        word = random.choice(others)
        yield _put(case.text, match, word.capitalize() if match.group()[0].isupper() else word)


def _nudged(number: str, random: Random) -> str:
    """Return a number near another: 2 becomes 3, 60 becomes 65, 91.3 becomes 91.8, 4,200 becomes 4,700."""
    digit = random.choice("13456789")
    if len(number) == 1:
        return str(int(number) + 1)
    changed = number[:-1] + digit
    return changed if changed != number else number[:-1] + ("2" if digit != "2" else "7")


def _units(case: Case, random: Random) -> Iterator[str]:
    for pattern, other in UNITS:
        match = re.search(pattern, case.text)
        if match and re.search(rf"{QUANTITY}[\s-]*$", case.text[: match.start()]):
            yield _put(case.text, match, other)
    for thing, other in COUNTED:
        match = re.search(rf"({QUANTITY}(?: [\w-]+)? ){thing}\b", case.text)
        if match:
            yield _put(case.text, match, match[1] + other)


def _names(known: Sequence[str]) -> Callable[[Case, Random], Iterator[str]]:
    pattern = re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(known, key=len, reverse=True)))})(?![\w+-])"
    )

    def swap(case: Case, random: Random) -> Iterator[str]:
        around = [name for e in case.evidence for name in pattern.findall(e.span.quote)]
        for match in pattern.finditer(case.text):
            here = set(pattern.findall(case.text))
            near = sorted(set(around) - here)
            far = [name for name in known if name not in here and name not in around]
            yield _put(case.text, match, random.choice(far))
            if near:
                yield _put(case.text, match, random.choice(near))

    return swap


def _negations_added(case: Case, random: Random) -> Iterator[str]:
    for match in AUXILIARY.finditer(case.text):
        yield _put(case.text, match, f"{match[1]} not")
    for match in VERB.finditer(case.text):
        yield _put(case.text, match, f"does not {VERBS[match.group()]}")
        yield _put(case.text, match, f"never {match.group()}")
    for match in re.finditer(r"\bwith\b(?! or\b)", case.text):
        yield _put(case.text, match, "without")
    for match in STATE.finditer(case.text):
        if not match[1]:
            yield _put(case.text, match, f"un{match[2]}")


def _negations_removed(case: Case, random: Random) -> Iterator[str]:
    for pattern, other in (
        (r"\bwithout\b(?! or\b)", "with"),
        (r"\bcannot\b", "can"),
        (r"\b(?:does|do|did) not (?=\w+)", ""),
        (r"\bnot (?!only\b)", ""),
        (r"\bnever ", ""),
        (r"\bno (?=\w)", ""),
        (r"(?<=[a-z])-free\b", "-based"),
    ):
        for match in re.finditer(pattern, case.text):
            yield _put(case.text, match, other)
    for match in STATE.finditer(case.text):
        if match[1]:
            yield _put(case.text, match, match[2])


def _directions(case: Case, random: Random) -> Iterator[str]:
    for word, other in DIRECTIONS:
        for match in re.finditer(rf"(?<![\w-]){word}(?![\w-])", case.text):
            yield _put(case.text, match, other)


def _put(text: str, match: re.Match[str], other: str) -> str:
    changed = f"{text[: match.start()]}{other}{text[match.end() :]}"
    return changed[0].upper() + changed[1:] if text[0].isupper() else changed


ERRORS: dict[str, Callable[[Case, Random], Iterator[str]]] = {
    "number": _numbers,
    "unit": _units,
    "dataset": _names(DATASETS),
    "method": _names(METHODS),
    "negation added": _negations_added,
    "negation removed": _negations_removed,
    "direction": _directions,
}
