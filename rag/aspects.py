"""The aspects under which papers are compared, as rows of data, and how well a sentence states one.

In: the sentences of one abstract. Out: for an aspect the span that states it best, or None where none
does. Nothing is learnt and nothing embedded, so that the same abstract always gives the same cells;
tests/test_aspects.py holds how often they are right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index_store.lexical import tokens
from rag.speakers import subjects_of
from rag.values import Span

__all__ = ["ASPECTS", "Aspect", "best_span", "standard_aspect"]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One row of a comparison: its name, what asks for it, and what a sentence has that states it.

    `states` counts whole (without it a sentence begins at `ungated`, and is none at 0), each different
    thing that `hints` finds a part, `bars` against it; `early` and `late` say how much the place in the
    abstract counts; a cell is left empty below `least`. Patterns are searched without regard to case.
    """

    name: str
    asks: str
    states: str
    hints: str = r"(?!)"
    bars: str = r"(?!)"
    early: float = 0.0
    late: float = 0.0
    least: float = 1.0
    ungated: float = 0.0


RELEASE = (
    r"\b(?:codes?|models?|weights|checkpoints?|data|datasets?|demos?|project|source|implementation|"
    r"benchmark|suite)\b"
    r"[^.;]{0,40}?\b(?:(?:is|are|was|were|be|been|being|made|both|to be|get) (?:also |fully |now |"
    r"publicly |all |to be )*"
    r"(?:released|available|public|open|opened|published|announced|provided|downloaded|found|"
    r"accessible)|(?:freely |openly |publicly )?available"
    r"(?!\s+(?:(?!(?:and|or|on|at|in|for|with|to|of|the)\b)[\w-]+\s+){0,4}"
    r"(?:datasets?|data|models?|corpora|benchmarks?|videos?|images?)\b)|"
    r"open-?sourced?)\b|\bopen-?sourc(?:ed|es|ing)\b(?! (?:pre-?trained|vi|model))|https?://|"
    r"\bgithub\b|\.github\.io|"
    r"\bcodes?\b[^.;]{0,30}\b(?:at|release\w*|available|announced)\b|\bproject page\b|"
    r"\b(?:releas\w+|announc\w+|publish\w*|open-?sourc\w+)\b[^.;]{0,40}\b(?:codes?|models?|weights|"
    r"checkpoints?|datasets?|data)\b"
)
CLAIM = (
    r"\boutperform\w*|\bstate[ -]of[ -]the[ -]art\b|\bsurpass\w*|\bsuperior\w*|\bexceed\w*|\bbeats?\b|"
    r"\bon par\b|\bcompetitive\b|\bexperiments?\b|\bfind that\b|\bresults? (?:show|demonstrat|on|"
    r"indicat)\w*|\d ?%"
)
OUTCOME = (
    rf"{CLAIM}|\bachiev\w+|\bbetter (?:than|results?|performance)|\baccurac\w+|"
    rf"\bimprov\w+ .{{0,40}}\bby\b|"
    r"\b(?:does? |is |are )(?:significantly |much |clearly )?better\b|\bgains?\b|"
    r"\bbest\b.{0,30}\b(?:result|method|score)|"
    r"\bimprovements?\b|\bevaluated on\b|\bexcellent\b|\bpromising results\b|\brises?\b|\breach\w*|"
    r"\bstrong(?:er)?\b|\bperforms?\b|\bfind(?:s|ings?)?\b|"
    r"\bconfirm\w*|\bvalidat\w+|\bverif\w+|\beffective(?:ness)?\b"
)
OPENING = (
    r"^\W*(?:recent(?:ly)?|with the (?:advance|rise|success|advent|development|rapid)\w*|"
    r"in recent years)\b|"
    r"\b(?:has|have|is|are) (?:recently )?(?:emerged|become|becoming|gained|attracted|drawn|achieved|"
    r"shown|made)\b"
)
NUMBER = r"[+-]?\d[\d.,]*\s?(?:%|percent|points?|x\b|times\b)|\d+\.\d+"

ASPECTS = (
    Aspect(
        "task",
        r"\b(?:tasks?|problems?|goals?|aims?|purposes?|applications?)\b|\bwhat (?:is|"
        r"are) .{0,30}\bfor\b",
        r"\bfor\b|\bto\b|\bof\b|\binto\b|\b(?:pre-?)?trains?\b|\bthat\b|\btask\b|\bproblem\b",
        hints=r"\baims? (?:to|at)\b|\bthe (?:task|problem|goal) (?:of|is)\b|\btackl\w+|\baddress\w*\b|"
        r"\bfor [\w-]+\b|"
        r"\b(?:generation|recognition|segmentation|detection|retrieval|classification|prediction|"
        r"editing|localization|"
        r"question answering|matting|super-resolution|pre-?training|understanding|learning|adaptation|"
        r"synthesis|animation)\b",
        bars=rf"{RELEASE}|{CLAIM}|{OPENING}",
        early=2.0,
        least=1.5,
        ungated=0.7,
    ),
    Aspect(
        "core idea",
        r"\b(?:ideas?|insights?|contributions?|novel\w*|approach(?:es)?|methods?|new|strateg(?:y|ies)|"
        r"proposal)\b",
        r"\b(?:propos\w+|introduc\w+|present\w*|develop\w*|design\w*|formulat\w+)\b|\bby [\w-]+ing\b|"
        r"\b(?:key|main|core|central) (?:idea|insight|contribution)|\binsight\b|\bidea\b|"
        r"\bconsists? of\b|"
        r"\b(?:trains?|us(?:es|ing)|turns?|replaces?|adds?|combines?|treats?|predicts?|builds?|"
        r"applies|splits?|joins?|"
        r"separates?|adapts?|maps?|freezes?|extends?|inserts?|masks?|recovers?|transfers?|places?|"
        r"unif(?:y|ies))\b",
        hints=r"\bnovel\b|\bnew\b|\bfirst\b|\bby [\w-]+ing\b|\binstead of\b|\bthrough\b|\bmechanism\b|"
        r"\bframework\b|"
        r"\bstrategy\b|\bmodule\b|\bobjective\b|\bpretext\b|\bso that\b|\bkey\b|\bidea\b|\binsight\b|"
        r"\bpropos\w+|"
        r"\bintroduc\w+|\bwithout\b|\brather than\b",
        bars=rf"{RELEASE}|{CLAIM}|\bdifficult\b|\bchalleng\w+|\baddress\w*|\bsettings?\b|"
        rf"\bdatasets?\b|\bbenchmarks?\b|"
        r"\bproblem\b|\bin this way\b",
        early=0.4,
        least=0.9,
        ungated=0.3,
    ),
    Aspect(
        "architecture",
        r"\b(?:architectures?|backbones?|networks?|modules?|layers?|model type|built|encoders?|"
        r"decoders?|"
        r"components?)\b",
        r"\b(?:architecture|backbone|encoders?|decoders?|U-?Net|modules?|layers?|blocks?|adapters?|"
        r"heads?|networks?|"
        r"branch(?:es)?|transformers?|autoencoder|VAE|GAN|CNNs?|ViTs?|MLP|tokeni[sz]er|codebook|DiT|"
        r"attention|diffusion|"
        r"aggregators?|generative model)\b",
        hints=r"\bconsist\w*|\bcompris\w+|\bcompos\w+|\bstack\w*|\binsert\w*|\bequip\w*|\bintegrat\w+|"
        r"\bcombin\w+|"
        r"\bbuilt\b|\bbuilds?\b|\bemploy\w*|\buses?\b|\badopt\w*|\bfrozen\b|\battention\b|\bencoder|"
        r"\bdecoder|"
        r"\bmodule|\blayers?\b|\bblock|\bbackbone|\badapter|\btransformers?\b|\bbranch|\bcodebook|"
        r"\bqueries\b|\bcoupled\b|"
        r"\badds?\b|\bplaces?\b|\btoken\b|\bnetworks?\b|\barchitecture\b|\baggregator",
        bars=rf"{RELEASE}|{CLAIM}",
        least=1.4,
    ),
    Aspect(
        "training data",
        r"\b(?:data|datasets?|corpora|corpus)\b(?: (?:that|which|they|it|each|both|is|are|was|were|"
        r"use[ds]?|for|to|in))* (?:pre-?)?train\w*|"
        r"\b(?:train\w* (?:data\w*|sets?|on|from|with)|pre-?train\w* (?:data\w*|on)|datasets?|data|"
        r"supervision|"
        r"labels?|annotations?|corpora|corpus)\b",
        r"\b(?:pre-?)?train(?:s|ed|ing)?\b[^.;]{0,90}\b(?:on|with|using|uses|"
        r"from)\b[^.;]{0,60}\b(?:data\b|datasets?|images?\b|videos?\b|clips|pairs|"
        r"corpus|hours|ImageNet\w*|Kinetics\w*|AudioSet|WebVid\w*|labels)|\bunlabell?ed\b|"
        r"\bwithout (?:any )?(?:extra |additional |human |manual )?(?:labels|annotations?|supervision|"
        r"data)\b|"
        r"\b(?:collect|curat|gather|annotat|establish|contain|compris|consist|construct)\w*\b[^.;]{0,60}"
        r"(?:\d[\d,.]*[KMB]?\b|million|thousand|pairs\b|videos\b|clips\b)|\btraining-free\b|"
        r"\bno (?:extra |additional |labell?ed )?"
        r"(?:training data|data|labels|annotations?)\b|\blarge-scale data\b",
        hints=r"\bdatasets?\b|\bmillion\b|\b[\d,.]+\s?[KM]\b|\d{3}|\bpairs\b|\bhours\b|\bcorpus\b|"
        r"\bself-supervised\b|\blabels?\b|"
        r"\bunlabell?ed\b|\bdata\b|\b(?-i:[A-Z])\w*-?\d+[KMB]\b|\bImageNet|\bcurat\w+|\bgather\w*|"
        r"\bcollect\w*",
        bars=rf"{RELEASE}|\bbenchmarks?\b|\bevaluat\w+|\btested\b|{CLAIM}|\bfew-shot|\bfinds?\b|"
        rf"\blessons?\b|\bexpensive\b|\bcheap\w*|\bwhether\b",
        early=0.2,
        least=1.35,
    ),
    Aspect(
        "efficiency",
        r"\b(?:efficien\w+|comput\w+|costs?|speed|fast\w*|cheap\w*|latency|FLOPs?|memory|parameters?|"
        r"GPUs?|"
        r"overhead|throughput|expensive|quadratic|savings?)\b",
        r"\befficien\w+|\bcomput(?:e\b|ing\b|ation\w*)|\bcosts?\b|\bspeed\w*|\bfast(?:er)?\b|"
        r"\bcheap\w*|\blatency\b|\bFLOPs?\b|\bMACs\b|"
        r"\bmemory\b|(?<!billion-)(?<!million-)\bparameters?\b|\bGPUs?\b|\boverhead\b|\bthroughput\b|"
        r"\blightweight\b|\bFPS\b|"
        r"\bcomplexity\b|"
        r"\breal[ -]time\b|\b\d+ (?:seconds?|minutes?)\b|\bparameter-\w+|\bcompact\b",
        hints=rf"{NUMBER}|\breduc\w+|\bfewer\b|\bless\b|\bcuts?\b|\bsav\w+|\blower\w*|\bwithout\b|"
        rf"\bonly\b|\bno\b|\bfree\b|"
        r"\bFLOPs\b|\bcosts?\b|\bcomputation",
        bars=rf"{RELEASE}|\bexpensive\b|\bbarrier\b|\bheav\w+|\blarge cost|\blessons?\b",
        late=0.2,
        least=1.0,
    ),
    Aspect(
        "results",
        r"\b(?:results?|perform\w*|accurac\w+|scores?|figures?|outperform\w*|better|higher|best|"
        r"achiev\w*|"
        r"evaluat\w+|benchmarks?|gains?|improv\w+|report)\b",
        OUTCOME,
        hints=rf"{NUMBER}|\b(?:on|in) (?:the )?(?-i:[A-Z])\w+|\bbenchmarks?\b|\bdatasets?\b|"
        rf"\boutperform\w*|"
        rf"\bstate[ -]of[ -]the[ -]art\b|"
        r"\baccuracy\b|\btop-1\b|\bmAP\b|\bFVD\b|\bthan\b|\btasks\b|\bbetter\b",
        bars=RELEASE,
        late=1.0,
        least=1.5,
    ),
    Aspect(
        "limitations",
        r"\b(?:limit\w*|weakness\w*|drawbacks?|fail\w*|caveats?|shortcomings?|future work|"
        r"open questions?)\b",
        r"\blimitations?\b|\bfail(?:s|ed|ure)?\b|\bcannot\b|\bfuture work\b|\bstruggl\w+|"
        r"\bremains? (?:open|unclear|challenging|difficult)\b|\bdiminish\w*|\bcaveat|\bat the (?:cost|"
        r"expense)\b|"
        r"\bworse\b|\bdegrad\w+|\bdrops?\b.{0,30}\b(?:accuracy|performance)|\bnot yet\b|"
        r"\bstill (?:lags?|behind|needs?|falls?)",
        bars=r"\bovercom\w+|\baddress\w*|\bavoid\w*|\bprevent\w*|\bmitigat\w+|\bwithout\b|\bsolv\w+|"
        r"\breduc\w+",
        late=1.5,
        least=1.9,
    ),
    Aspect(
        "code",
        r"\b(?:code|open-?source\w*|available|releas\w+|public\w*|licen[cs]e\w*|weights|checkpoints?|"
        r"github|repository)\b",
        RELEASE,
        late=0.5,
        least=1.0,
    ),
)
"""The standard rows, in the order in which a table has them."""

OWN_VOICE = 0.4
OTHERS_VOICE = 1.0
HINT = 0.25
MOST_HINTS = 4


def standard_aspect(label: str) -> str:
    """Return the name of the aspect that is all that a label asks about, or nothing."""
    named = (aspect.name for aspect in ASPECTS if not tokens(re.sub(aspect.asks, " ", label, flags=re.I)))
    return next(named, "") if tokens(label) else ""


def best_span(aspect: Aspect, spans: Sequence[Span]) -> Span | None:
    """Return the span that states an aspect best, the first of equals, or None when none states it."""
    scores = [_score(aspect, span, place, len(spans)) for place, span in enumerate(spans)]
    best = max(range(len(spans)), key=lambda n: scores[n], default=None)
    return None if best is None or scores[best] < aspect.least else spans[best]


def _score(aspect: Aspect, span: Span, place: int, count: int) -> float:
    quote = span.quote
    states = 1.0 if re.search(aspect.states, quote, re.I) else aspect.ungated
    if not states:
        return 0.0
    hints = {match.group().casefold() for match in re.finditer(aspect.hints, quote, re.I)}
    score = states + HINT * min(len(hints), MOST_HINTS)
    score += aspect.early * (1 - place / count) + aspect.late * (place + 1) / count
    score -= bool(re.search(aspect.bars, quote, re.I))
    return score + _voice(span)


def _voice(span: Span) -> float:
    """Return what it counts whom a sentence speaks of: the paper, or none but others."""
    subjects = subjects_of(span)
    return OWN_VOICE if "own" in subjects else -OTHERS_VOICE if subjects == {"others"} else 0.0
