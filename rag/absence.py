"""Tells what a question asks for that a text does not hold: details, names, and premises it denies.

In: a question and the text of the papers it is about. Out: what is absent, in words a refusal can use.
Details that people ask of papers and abstracts rarely give are rows of data: what asks for one, and what
a text that gives it looks like. It decides nothing; `rag.refusals` does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from index_store.lexical import tokens
from rag.capitals import writes_in_capitals
from rag.names import NOT_NAMES, capital_names, key
from rag.plain_words import telling_stems
from rag.scoring import parts_of

__all__ = [
    "DETAILS",
    "METRICS",
    "Detail",
    "abbreviates",
    "absent_details",
    "absent_names",
    "denied_premise",
    "made_from",
    "papers_spoken_of",
    "takes_for_granted",
]

NUMBER = (
    r"(?:(?<![\d.,])\d[\d.,]*+\s?[kKMB]?\+?|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|"
    r"hundreds?|thousands?|millions?|billions?|single|half|few|several|couple(?: of)?|"
    r"an?(?= (?:second|minute|hour|day|week|month)\b)))"
)
LANGUAGES = (
    r"(?:mono|bi|tri|multi)-?lingual\b|\b(?:English|Chinese|Mandarin|Spanish|French|German|Italian|"
    r"Portuguese|Russian|Arabic|Hindi|Japanese|Korean|Turkish|Swahili)\b"
)
PEOPLE = (
    r"annotators|participants|raters|workers|people|users|humans|patients|subjects|volunteers|respondents|"
    r"students|children|adults|households"
)
AMOUNT = (
    r"(?:\d[\d.,]*\s?(?:%|percent|x\b|×|times|-?fold)|\bhal(?:f|ves?|ved|ving)\b|\bthirds?\b|\bquarters?\b)"
)
"""How much less or more something is; an amount of bytes or of money has its own signs."""


@dataclass(frozen=True, slots=True)
class Detail:
    """Something people ask of a paper: its name, what asks for it, and what gives it (both are searched
    for without regard to case)."""

    name: str
    asks: str
    gives: str


def _count(name: str, nouns: str, given: str | None = None, *, also: str = "") -> Detail:
    """Return the detail that a number of something is; what gives it without a number is `also`."""
    return Detail(
        name,
        rf"\bhow many (?:[\w-]+ ){{0,3}}?(?:{nouns})\b|{ASKS_NUMBER} (?:[\w-]+ ){{0,2}}?(?:{nouns})\b",
        rf"{NUMBER}[\s-]*+(?:[\w/]++[\s-]++){{0,6}}?(?:{given or nouns})" + (f"|{also}" if also else ""),
    )


ASKS_NUMBER = (
    r"(?:(?:^|[.?!:;,]\s)\W*(?:and |but )?|"
    r"\b(?:what(?:['’]s| is| was| are| were)?|give|state|report|tell me|name|know) )"
    r"(?:the )?(?:total |exact |overall |approximate )?number of"
)
"""How a number is asked for. One that a question only speaks of ("keep the number of ... low") is not."""


DETAILS = (
    Detail(
        "the hardware it was trained on",
        r"\b[GT]PUs?\b(?! (?:memory|RAM))|\bgraphics cards?\b",
        r"\b[GT]PUs?\b|\b[AVHP]100\b|\bRTX\b|\bhardware\b|accelerator",
    ),
    Detail(
        "the hardware it was trained on",
        r"\bhardware\b|\baccelerators?\b",
        r"\b[CGT]PUs?\b|\b[AVHP]100\b|\bRTX\b|\bhardware\b|accelerator|\b(?:smart)?phones?\b|\blaptops?\b|"
        r"\bJetson\b|\b(?:mobile|edge|wearable) devices?\b",
    ),
    Detail(
        "the training time",
        r"\bhow (?:long|many hours)\b(?! (?:do|does|can|are|is|may) (?:(?:the|its|their) )?(?:[\w-]+ )?"
        r"(?:videos?|clips?|films?|stories|sequences?)\b)"
        r"[^?]*\b(?:train|pre-?train|fine-?tun|take|run)|\btraining time\b|"
        r"\bhow many (?:days|weeks|epochs|(?:training )?(?:steps|iterations))\b",
        rf"{NUMBER}[\s-]*+(?:[\w-]++ )?(?:days?|weeks?|hours?|minutes?|epochs?|steps|iterations)\b",
    ),
    Detail(
        "the optimizer or its settings",
        r"\boptimi[sz]ers?\b|\blearning[ -]rates?\b|\bbatch[ -]sizes?\b|\bweight decay\b|\bwarm-?up\b|"
        r"\bdropout\b|\bhyper-?parameters?\b|\bmomentum (?:value|coefficient)\b|\brandom seeds?\b",
        r"\boptimi[sz]er\b|\bAdam|\bSGD\b|learning rate|batch size|weight decay|warm-?up\b|dropout|"
        r"hyper-?parameter",
    ),
    _count("the number of parameters", "param(?:eter)?s?|weights", r"param(?:eter)?s?\b"),
    _count("hours of material", "hours of", r"hours?\b"),
    _count(
        "the number of layers or heads", "layers|blocks|heads|transformer layers", r"layers|blocks|heads"
    ),
    _count("the number of people who took part", PEOPLE),
    _count("the number of languages", "languages", also=LANGUAGES),
    _count("the number of citations", "citations|times cited"),
    Detail(
        "the speed",
        r"\b(?:FPS|frames per second|latency|inference (?:time|speed))\b|\bhow (?:fast|many seconds|many "
        r"milliseconds)\b",
        r"\bFPS\b|frames per second|latency|faster|slower|speed|real[ -]time|\b(?:seconds?|ms|minutes?|"
        r"hours?)\b|throughput|inference (?:time|cost)",
    ),
    Detail(
        "the memory it needs",
        r"\bhow (?:much|many (?:giga|mega)bytes of) (?:[GT]PU |peak |video )*(?:memory|VRAM|RAM)\b|"
        r"\bwhat(?:['’]s| is| was| are)? (?:the |its )?(?:[GT]PU |peak )*(?:memory|VRAM|RAM)\b"
        r"(?! (?:bank|module))",
        rf"\d\s?[KMGT]i?B\b|(?:giga|mega|tera)bytes|(?:memory|VRAM)\b[^.;]{{0,40}}?{AMOUNT}|"
        rf"{AMOUNT}[^.;]{{0,40}}?\b(?:memory|VRAM)\b",
    ),
    Detail(
        "the cost",
        r"\b(?:how much|what) (?:did|does|was)\b(?![^?]*\b(?:reduc|sav|lower|cut|add|increas))[^?]*"
        r"\b(?:cost|pay|paid)\b|\bhow many dollars\b|\bwhat price\b",
        rf"[$€£]\s?\d|\bdollars?\b|\beuros?\b|\bUSD\b|\bcosts?\b[^.;]{{0,40}}?{AMOUNT}|"
        rf"{AMOUNT}[^.;]{{0,40}}?\bcosts?\b",
    ),
    Detail(
        "the licence",
        r"\blicen[cs]e[ds]?\b",
        r"licen[cs]e|\bCC[ -]BY\b|\bApache\b|\bMIT\b|open-?source",
    ),
    Detail(
        "the authors or their funding",
        r"\bwho (?:wrote|authored|funded|are the authors|is the (?:first |lead )?author)\b|"
        r"\bwhich (?:university|company|lab|institution|affiliation)\b|\bfund(?:ed|ing)\b|\baffiliat",
        r"\bfund(?:ed|ing)\b|\bUniversity\b|\baffiliat",
    ),
    Detail(
        "the language model it builds on",
        r"\b(?:which|what) (?:LLM|large language model|language model)\b",
        r"\b(?:LLaMA|Vicuna|GPT|Qwen|OPT|T5|Mistral|BERT|PaLM|Gemma|Phi)[\w.-]*",
    ),
    Detail("the size", r"\b(?:what|which) size\b", r"\d[\d.,]*\s?(?:[KMB]\b|million|billion|x\s?\d)"),
)
METRICS = (
    "FVD FID IS PSNR SSIM LPIPS mAP AP mIoU IoU WER BLEU CIDEr METEOR ROUGE AUC AUROC EER F1 MSE MAE RMSE "
    "perplexity CLIPSIM CLIP-SIM R@1 R@5 R@10 recall@1 Recall@1 MRR nDCG Hits@1"
).split()
"""What figures are of, as it is written: "IS" is a score, and "is" is not."""
NEGATION = r"(?:\b(?:not|no|never|without|neither|nor|needless|safely|free of)\b|n['’]t\b)"
CODED = re.compile(r"(?<![\w.@/-])(?=[\w-]{3})(?!top)[a-z]+\d[a-z0-9]*(?:-[a-z0-9]+)*(?![\w@/-])")
"""A name in small letters that can be told by its digits: t2v-vit, llama3, cifar10."""
NUMBERED = re.compile(r"(?<![\w-])([A-Z][\w-]*?[a-z])[ -]?(\d+(?:/\d+)+)(?![\w%])")
"""Names that share all but their numbers: Kinetics-400/600."""
MOST_LETTERS = 3
"""Letters of what is short for a name: K400, SSv2. One of more, BLIP-2, is a name by itself."""
DENIED_LENGTH = 70
"""Characters after a negation that it may deny."""
SAYS_NO = re.compile(
    NEGATION + r"|\bnon\b|\bavoid|\belimin|\bremov|\bwhy (?:is|are|does|do|can|did)n|\bonly\b|\binstead\b",
    re.I,
)


def absent_details(question: str, text: str) -> list[str]:
    """Return the details that a question asks for and a text does not give.

    Nothing is returned when some part of the question asks for something else: then there may be an
    answer to that part.
    """
    absent: list[str] = []
    for part in _asking_parts(question):
        asked = [detail for detail in DETAILS if re.search(detail.asks, part, re.I)]
        metrics = [m for m in METRICS if re.search(rf"(?<![\w-]){re.escape(m)}(?![\w@-])", part)]
        here = [d.name for d in asked if not re.search(d.gives, text, re.I)]
        here += [f"{metric} figures" for metric in metrics if not _holds(text, metric)]
        on = [match[1] for name in absent_names(part, [text]) if (match := _tested_on(part, name))]
        here += [f"results on {name}" for name in on]
        if not here or len(here) < len(asked):
            return []
        absent += here
    return list(dict.fromkeys(absent))


def _asking_parts(question: str) -> list[str]:
    """Return the things that a question asks, without the sentences beside it that ask nothing."""
    sentences = re.split(r"(?<=[.?!])\s+", question)
    asking = [sentence for sentence in sentences if sentence.endswith("?")]
    return [part for sentence in asking or sentences for part in parts_of(sentence)]


def _tested_on(part: str, name: str) -> re.Match[str] | None:
    return re.search(rf"\b(?:on|against|over)\s+(?:the\s+)?({re.escape(name)})", part)


def _holds(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.I) is not None


def absent_names(question: str, texts: Iterable[str], *, in_capitals: Collection[str] = ()) -> list[str]:
    """Return the names in a question that no text holds, not in any spelling or abbreviation.

    Those `in_capitals` must stand in capitals, since in small letters they are words.
    """
    wanted = list(dict.fromkeys([*capital_names(question), *CODED.findall(question)]))
    texts = list(texts)
    held = {name for text in texts for name in _runs_of_words(text)} if wanted else set()
    coined = {name for name in held if name[:1] in {key(want)[:1] for want in wanted}}
    return [
        want
        for want in wanted
        if (want in in_capitals and not any(writes_in_capitals(want, text) for text in texts))
        or not (
            held & _forms(key(want)) | held & _forms(key(made_from(want)))
            or _versioned(want) <= held
            or any(abbreviates(key(want), long) for long in coined)
        )
    ]


def _forms(name: str) -> set[str]:
    return {name, f"{name}s", name.removesuffix("s")}


def made_from(name: str) -> str:
    """Return the name in a word that is made from it: TikTok-pretrained, CLIP-based."""
    ending = r"-(?:\w*trained|based|style|like|tuned)$" if name.islower() else r"-[a-z]{3,}$"
    return re.sub(ending, "", name)


def _versioned(name: str) -> set[str]:
    """Return a name and its version apart, as an abstract may have them: SongSet (80.1 on V2)."""
    parts = re.fullmatch(r"(.+?)[ -]?([vV]\d+)", name)
    return {key(parts[1]), key(parts[2])} if parts else {key(name)}


def _runs_of_words(text: str) -> set[str]:
    """Return the keys of every run of up to five words, so that HD-VG-130M is found however it is put, and
    those of names that share their first part: Kinetics-400/600."""
    words = [word.casefold() for word in re.findall(r"[A-Za-z0-9]+", text)]
    shared = {key(match[1] + number) for match in NUMBERED.finditer(text) for number in match[2].split("/")}
    return shared.union(
        "".join(words[start : start + length]) for length in range(1, 6) for start in range(len(words))
    )


def abbreviates(one: str, other: str) -> bool:
    """Whether one name is short for the other, either way: K400 and Kinetics-400, SSv2, IN-1K."""
    short, long = sorted((one, other), key=len)
    if len(short) < 2 or short[0] != long[0] or not short[0].isalpha():
        return False
    if long.startswith(short) or re.fullmatch(r"v\d+", short) or not re.search(r"[a-z]{5}", long):
        return False  # a part of the name, its version, or another short name
    if len(re.sub(r"\d", "", short)) > MOST_LETTERS:
        return False
    if re.sub(r"\D", "", short) != re.sub(r"\D", "", long):
        return False
    letters = iter(long)
    return any(letter.isdigit() for letter in short) and all(letter in letters for letter in short)


def papers_spoken_of(question: str) -> list[str]:
    """Return what a question calls a paper or a report: "the Sora technical report"."""
    called = re.findall(
        r"(?:^|[^\w\s]\s*|\b(?:the|an?|from|in|of|by|with|and|or|to|original|first|new)\s+)"
        r"([A-Z][\w-]*(?: \d+)?) (?:technical report|tech report|paper|article|preprint)\b",
        question,
    )
    return [name for name in called if name.casefold() not in NOT_NAMES and telling_stems(name)]


def takes_for_granted(question: str) -> bool:
    """Whether a question takes something for granted that a text could deny: it denies nothing itself."""
    asks = re.match(r"\W*(?:(?:and|but|so)\b\W*)?(?:why|how|for what reason|what makes)\b", question, re.I)
    return bool(asks) and not SAYS_NO.search(question)


def denied_premise(question: str, text: str) -> bool:
    """Whether a text denies what a question takes for granted: it must hold two of the words that the text
    denies."""
    if not takes_for_granted(question):
        return False
    asked = set(tokens(question))
    return any(
        len(asked & set(tokens(text[match.end() : match.end() + DENIED_LENGTH]))) >= 2
        for match in re.finditer(NEGATION, text, re.I)
    )
