"""The details that people ask of papers and abstracts rarely give, as rows of data.

Each has what asks for it, and what a text that gives it looks like. `rag.absence` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ASKS_NUMBER", "DETAILS", "METRICS", "NUMBER", "Detail"]

NUMBER = (
    r"(?:(?<![\d.,])\d[\d.,]*+\s?[kKMB]?\+?|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|zero|"
    r"dozens?|hundreds?|thousands?|millions?|billions?|single|half|few|several|couple(?: of)?|"
    r"an?(?= (?:second|minute|hour|day|week|month)\b))\b)"
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


def _count(
    name: str, nouns: str, given: str | None = None, *, also: str = "", asked: str = "(?!)"
) -> Detail:
    """Return the detail that a number of something is; what gives it without a number is `also`, and what
    asks for it without those words `asked`."""
    return Detail(
        name,
        rf"\bhow many (?:[\w-]+ ){{0,3}}?(?:{nouns})\b|"
        rf"(?:{ASKS_NUMBER}|(?:^|[.?!:;,]\s)\W*(?:the )?total) (?:[\w-]+ ){{0,2}}?(?:{nouns})\b|{asked}",
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
        r"[^?]*\b(?:train|pre-?train|fine-?tun|take|run)|"
        r"(?:^|[.?!:,;]\s|\b(?:what|which|how much|give|state|tell me|report|know)(?:['’]s| is| was)? )"
        r"\W*(?:and )?(?:the |its |their |total |overall |reported |exact )*(?:[\w-]+['’]s )?"
        r"(?:pre-?)?training time\b|"
        r"\btraining time (?:did|does|was|is)\b|"
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
    _count(
        "the number of parameters",
        "param(?:eter)?s?|weights",
        r"param(?:eter)?s?\b",
        asked=r"\bhow (?:big|large|small|heavy) (?:is|are|was|were) "
        r"(?:(?:the|this|their|its) (?:model|network|backbone|encoder)|(?!the\b)[\w.-]+(?: [\w.-]+)?),? "
        r"in (?:(?:terms|millions?|billions?) of )?param(?:eter)?s\b",
    ),
    _count("hours of material", "hours of", r"hours?\b"),
    _count(
        "the number of layers or heads", "layers|blocks|heads|transformer layers", r"layers|blocks|heads"
    ),
    _count("the number of people who took part", PEOPLE),
    Detail(
        "the agreement of those who judged",
        r"\b(?:inter-?)?(?:annotator|rater|coder)s?['’]? agreement\b|\btheir agreement\b|\bkappa\b",
        r"\bagreement\b|\bkappa\b",
    ),
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
        r"\b(?:cost|pay|paid)\b|\bhow many dollars\b|"
        r"\bwhat price\b(?! (?:in|of)\b)",
        rf"[$€£]\s?\d|\bdollars?\b|\beuros?\b|\bUSD\b|\bcosts?\b[^.;]{{0,40}}?{AMOUNT}|"
        rf"{AMOUNT}[^.;]{{0,40}}?\bcosts?\b",
    ),
    Detail(
        "the energy it took",
        r"\bCO2\b|\bcarbon (?:footprint|emissions?|dioxide)\b|\bkWh\b|"
        r"\bhow much (?:[\w-]+ ){0,2}?(?:energy|electricity|power)\b",
        r"\bCO2\b|\bcarbon\b|\bemissions?\b|\bkWh\b|\benergy\b|\belectricity\b|\bwatts?\b",
    ),
    Detail(
        "the licence",
        r"\blicen[cs]e[ds]?\b",
        r"licen[cs]e|\bCC[ -]BY\b|\bApache\b|\bMIT\b|open-?source",
    ),
    Detail(
        "the authors",
        r"\bwho (?:wrote|authored|are the authors|is the (?:first |lead )?author)\b",
        r"(?!)",
    ),
    Detail(
        "the authors' institution or funding",
        r"\bwho funded\b|\bwhich (?:university|company|lab|institution|affiliation)\b|"
        r"\bfund(?:ed|ing)\b|\baffiliat",
        r"\bfund(?:ed|ing)\b|\bUniversity\b|\baffiliat",
    ),
    Detail(
        "where it was published",
        r"\bwhere (?:was|is|were) [^?,;]*?\b(?:published|presented)\b|"
        r"\bwhere did [\w-]+(?: \([^)]*\))? appear\b|"
        r"\b(?:which|what) (?:venue|conference|journal|proceedings)\b",
        r"\b(?:published|accepted|appear(?:s|ed)?) (?:in|at|by|to)\b|\bproceedings\b",
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
