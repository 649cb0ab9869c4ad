"""Tells what a question asks for that a text does not hold: details, names, and premises it denies.

In: a question and the text of the papers it is about. Out: what is absent, in words a refusal can use.
It decides nothing; `rag.refusals` does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from index_store.lexical import tokens
from rag.details import ASKS_NUMBER, DETAILS, METRICS, NUMBER
from rag.linking.capitals import writes_in_capitals
from rag.linking.initials import is_initials, stands_in
from rag.linking.names import NOT_NAMES, capital_names, key, name_like
from rag.linking.plain_words import telling_stems
from rag.scoring import parts_of

__all__ = [
    "HOW_MANY",
    "abbreviates",
    "absent_details",
    "absent_names",
    "denied_premise",
    "gives_figures",
    "is_counted",
    "made_from",
    "papers_spoken_of",
    "takes_for_granted",
    "unheld_names",
]

HOW_MANY = re.compile(rf"\bhow many\b|{ASKS_NUMBER}", re.I)
COUNTED = re.compile(
    r"(?:\s+(?!(?:do|does|did|is|are|was|were|ha[sd]|have|can|in|of|on|for|from|with)\b)[\w-]+){1,3}", re.I
)
"""Words behind "how many" that say what is counted."""
COUNTED_WITHIN = 30
"""Characters behind a number in which they stand."""
VERSION = r"(?:versions?|releases?|checkpoints?)"
VARIANT = rf"(?:{VERSION}|variants?)"
NEGATION = r"(?:\b(?:not|no|never|without|neither|nor|needless|safely|free of)\b|n['’]t\b)"
CODED = re.compile(r"(?<![\w.@/-])(?=[\w-]{3})(?!top)[a-z]+\d[a-z0-9]*(?:-[a-z0-9]+)*(?![\w@/-])")
"""A name in small letters that can be told by its digits: t2v-vit, llama3, cifar10."""
NUMBERED = re.compile(r"(?<![\w-])([A-Z][\w-]*?[a-z])[ -]?(\d+(?:/\d+)+)(?![\w%])")
"""Names that share all but their numbers: Kinetics-400/600."""
ENUMERATES = re.compile(r"(\([^()]*\))|(?<![\w.])\d\)(?=\s)")
"""Numbers what a text lists, "1) the", which is no part of a name; or is in brackets, as a name may be."""
MOST_LETTERS = 3
"""Letters of what is short for a name: K400, SSv2. One of more, BLIP-2, is a name by itself."""
LEAST_SLIPPED = 8
"""Letters of a name that is known in spite of a slip."""
DENIED_LENGTH = 70
"""Characters after a negation that it may deny."""
SAYS_NO = re.compile(
    NEGATION + r"|\bnon\b|\bavoid|\belimin|\bremov|\bwhy (?:is|are|does|do|can|did)n|\bonly\b|\binstead\b",
    re.I,
)


def absent_details(question: str, text: str, *, partly: bool = False) -> list[str]:
    """Return the details that a question asks for and a text does not give.

    Nothing is returned when some part of the question asks for something else, unless `partly` allows that:
    then there may be an answer to that part.
    """
    absent: list[str] = []
    for part in _asking_parts(question):
        asked = [detail for detail in DETAILS if re.search(detail.asks, part, re.I)]
        metrics = [m for m in METRICS if re.search(_measure(m), part)]
        here = [d.name for d in asked if not re.search(d.gives, text, re.I)]
        here += [f"{metric} figures" for metric in metrics if not _holds(text, metric)]
        absent_here = absent_names(part, [text])
        on = [match[1] for name in absent_here if (match := _tested_on(part, name))]
        here += [f"results on {name}" for name in on]
        here += [f"a version of {name}" for name in absent_here if _asks_version(part, name, text)]
        if not partly and (not here or len(here) < len(asked)):
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


def _asks_version(part: str, name: str, text: str) -> bool:
    """Whether a part of a question asks which version is meant of a thing that a text does not name in any,
    as Llama3. What is written in capitals, or has variants, may be a kind: "which Transformer variant?"."""
    kind = VARIANT if " " in name or name_like(name) else VERSION
    of_it = rf"{re.escape(name)} {kind}|{kind} of (?:the )?{re.escape(name)}"
    if name.isupper() or not re.search(rf"\b(?:which|what) (?:{of_it})\b", part, re.I):
        return False
    return not any(run.startswith(key(name)) for run in _runs_of_words(text))


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
            or (is_initials(want) and any(stands_in(want, text) for text in texts))
            or _slipped(want, texts)
        )
    ]


def unheld_names(question: str, texts: Sequence[str]) -> list[str]:
    """Return the names in a question that no text holds, without runs of capitals that are none: most words
    of "YouTube CC-licensed T2V" are held, and the last."""
    return [name for name in absent_names(question, texts) if not _is_phrase(name, texts)]


def _is_phrase(name: str, texts: Sequence[str]) -> bool:
    *words, head = name.split()
    absent = absent_names(f"about {', '.join(words)}", texts) if len(words) > 1 else words
    return len(words) > 1 and len(absent) * 2 <= len(words) and not absent_names(f"about {head}", texts)


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
    """Return the keys of every run of up to five words, so that HD-VG-130M is found however it is put, of
    names that share their first part, Kinetics-400/600, and of words with a plus, AIST++."""
    plain = ENUMERATES.sub(r"\1 ", text).casefold()
    shared = {key(match[1] + number) for match in NUMBERED.finditer(text) for number in match[2].split("/")}
    shared.update(_runs(re.findall(r"[a-z0-9]+", plain)))
    if "+" in plain:
        plussed = re.findall(r"[a-z0-9]+(?:\+{1,2}(?![a-z0-9+]))?", plain)
        shared.update(run for run in _runs(plussed) if run.endswith("+"))
        shared.update(map(key, re.findall(r"[a-z0-9][\w-]*\+[a-z0-9][\w-]*", plain)))
    return shared


def _runs(words: Sequence[str]) -> Iterator[str]:
    return ("".join(words[at : at + length]) for length in range(1, 6) for at in range(len(words)))


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


def _slipped(name: str, texts: Iterable[str]) -> bool:
    """Whether a text has a long name but for one small letter in its middle: Kinectics-400."""
    if len(re.sub(r"[^A-Za-z]", "", name)) < LEAST_SLIPPED or " " in name:
        return False
    between = rf"[\w-]{{{len(name) - 3},{len(name) - 1}}}"
    like = rf"(?<![\w-]){re.escape(name[0])}{between}{re.escape(name[-1])}(?![\w-])"
    return any(_one_apart(name, word) for text in texts for word in re.findall(like, text))


def _one_apart(one: str, other: str) -> bool:
    """Whether two words differ in one small letter."""
    changed = [
        (one[a:b], other[c:d])
        for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
    return len(changed) == 1 and all(re.fullmatch(r"[a-z]?", part) for part in changed[0])


def is_counted(part: str, text: str) -> bool:
    """Whether a text has a number right before one of the things of which a question asks how many."""
    asked = HOW_MANY.search(part)
    things = COUNTED.match(part, asked.end()) if asked else None
    counted = _stems(things.group()) if things else set()
    text = text.replace("%", " percent ")
    behind = (text[number.end() :][:COUNTED_WITHIN] for number in re.finditer(NUMBER, text, re.I))
    return any(counted & _stems(words) for words in behind)


def _stems(words: str) -> set[str]:
    """Return the stems of words, those in capitals in the singular as well: GPUs."""
    return {stem.removesuffix("s") for stem in tokens(words)}


def gives_figures(question: str, text: str) -> bool:
    """Whether a text has all the names in a question and a number beside each measure that it asks for."""
    asked = [metric for metric in METRICS if re.search(_measure(metric), question)]
    return bool(asked) and not absent_names(question, [text]) and all(_has_figure(text, m) for m in asked)


def _has_figure(text: str, metric: str) -> bool:
    name = _measure(metric)
    beside = rf"{NUMBER}\s?%?\s(?:[\w-]+\s)?{name}|{name}\s(?:of |is |= ?)?{NUMBER}"
    return re.search(beside, text) is not None


def _measure(metric: str) -> str:
    return rf"(?<![\w-]){re.escape(metric)}(?![\w@-])"


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
