"""Tells by which names people call a paper, and what in a text looks like a name.

In: a paper, or a text. Out: names. A paper's names are the part of its title before the colon, the whole
title, and what its abstract calls its own: names that look like names and stand where something is
introduced.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from index_store.values import Paper
from rag.linking.languages import ENGLISH, language_of
from rag.linking.plain_words import telling_stems
from rag.linking.spelled_out import FEWEST_WORDS, brought_in, is_short_for, spelled_out

__all__ = [
    "GENERIC",
    "JOINED",
    "capital_names",
    "distinct",
    "is_name_like",
    "key",
    "listed",
    "name_like",
    "names_of",
    "own_name",
    "short_name",
    "spellings_of",
    "title_names",
    "titled",
]

UNSPACED = r"\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef"
"""Letters that are written without spaces, right up to a name in Latin ones."""
NAME = re.compile(
    rf"(?<![^\W{UNSPACED}])(?<!-)(?!(?:or|and)\s[Vv]\d)(?:[A-Za-z0-9]+(?:[-+^.][A-Za-z0-9]+)*)(?:\s(?:V|v)\d)?\+{{0,2}}(?![^\W{UNSPACED}])"
)
UP_TO_NAME = (
    r"(?:[\s\"'“”‘’`(]+(?!(?:on|from|with|using|than|for|over|against|via|by|of|in|to|that|which|and|whose|"
    r"where|as|like)\b)[\w-]+,?){0,8}[\s\"'“”‘’`]*$"
)
"""Leads from a word of introducing to the name: a few words of the same phrase."""
INTRODUCES = re.compile(
    r"\b(?:dubbed|called|named|termed|coined|denoted|namely|propos\w+|present\w*|introduc\w+|develop\w*|"
    r"releas\w+|construct\w*|collect\w*|curat\w+|creat\w+|build|built|design\w*|formulat\w+|offer\w*|"
    r"generat(?:e|es|ed)(?= (?:the|an?|our)\b)|our|novel|new)\b" + UP_TO_NAME,
    re.I,
)
"""Fits what stands before a name where something is introduced by it, with nothing else in between."""
ADDRESS = re.compile(r"\b[\w-]+\.[\w.-]+/(?:[\w.~-]+/)*([\w-]+)/?(?=[\s.,)]|$)")
"""The last part of a web address: people call a method by the name of its repository."""
REPORT = re.compile(r"(?<=\S)\s+tech(?:nical)? report$", re.I)
"""What the name of a work is followed by in the title of its report."""
SIZED = re.compile(r"([A-Z][a-z]+[A-Z]\w*)-\d[\d.]*[KMB]|([A-Z]\w*-[A-Z]\w*)-[A-Z]\d[A-Z]")
SHORTEST_STEM = 5
"""Letters and digits of what people call a thing whose name ends with its size."""
BUILT_ON = re.compile(r"\b(?:on|with|of|in|from|using|via)$", re.I)
"""Stands before the words that a bracket is short for where they are used and not new."""
LISTED = re.compile(r"\b(?:including|such as|e\.g\.,?|(?<!-)like)\s[^.;]*$", re.I)
"""Stands before what is an example of many: what is given in brackets there is known already."""
PROPOSES = re.compile(
    r"(?:\b(?:we|this (?:paper|work|article|study|thesis)) (?:\w+ly |also |further |then |thus |here )?"
    r"(?:propos|present|introduc|develop|design|releas|build|construct|creat|call|nam|dub|devis)\w*|"
    r"\b(?:dubbed|called|termed|named|coined|namely)|"
    r"\bwe (?:propose|present|introduce|develop|design)\b[^.;:]{0,60} and "
    r"(?:propose|present|introduce|develop))\b" + UP_TO_NAME,
    re.I,
)
"""Fits what stands before a name by which the authors call what they made."""
JOINED = re.compile(r"-[a-z]{3,}$|-\w+ed$|^\dD$")
"""Makes a name one of a property, as DiT-based."""
PLURAL = re.compile(r"[A-Z]s$")
"""Ends what is one of many, as LLMs are."""
TWO_LETTERS = re.compile(r"[A-Za-z]{2}")
"""What is short for a thing of the field (HD, RL), and no name unless the title has it."""
SHORTEST_OWN = 3
SHORT_PREFIX = 3
"""Words before the colon of a title that are a name, though they do not look like one."""
MEASURES = re.compile(r"\bmetrics?\b|\bscores?\b|\bloss(?:es)?\b", re.I)
VERSION = re.compile(r"v?\d+")
CAPITAL_NAME = re.compile(
    r"(?<![.?!] )(?<!^)\b(?:\d+D )?[A-Z][\w@+-]*(?:\.[\w@+-]+)*"
    r"(?:[ -](?:of |[A-Z0-9][\w@+-]*(?:\.[\w@+-]+)*))*",
    re.M,
)
GENERIC = frozenset("llm mllm vlm cnn rnn gan vit ai nlp rgb gpu 2d 3d t2i t2v i2v".split())
"""Letters that are short for a kind of thing, and no name of one."""
SHORTEST_STRESSED = 4
"""Letters of a word in capitals that is more likely a word than letters for words."""
NOT_NAMES = frozenset(
    """i a the according which what who how why when where does do is are was were can could in on ok
    compare chinese english german french spanish yes no please and or but both name list abstract
    paper this these each another that phd""".split()
)
MUCH = 20_000
"""Characters of an abstract that are looked through for names."""
SEEN_BEFORE = 120
"""Characters before a name that say whether it is introduced."""
LONGEST_NAME = 6
"""Words. A longer part of a title before its colon is a sentence rather than a name."""
SHORTEST_SUBTITLE = 4
"""Words behind the colon of a title that people would quote for it."""
USED = re.compile(r"(?<=\s)(?:on|with|in|from|via|using|by|for|of)\s+[^\s:]+")
KEPT = 4096
"""Papers whose names are remembered."""
WORDS_KEPT = 65_536
"""Words of which is remembered what they are: abstracts repeat theirs."""
SHORT = 24
"""Characters of what is remembered: not of titles, sentences and questions."""


def name_like(text: str) -> list[str]:
    """Return what looks like a proper name of a method or dataset: SeViLA, T2T-ViT, HD-VG-130M, GR-1."""
    return [match.group() for match in NAME.finditer(text) if is_name_like(match.group())]


@lru_cache(maxsize=WORDS_KEPT)
def is_name_like(word: str) -> bool:
    """Whether a part of the word has two capitals, or a capital and a digit: T2T-ViT, not Zero-Shot."""
    if word.islower():  # most words are: the longer look is for the others
        return False
    return len(word) >= 2 and any(map(_is_coined, re.split(r"[-.\s]", word))) or _is_numbered(word)


def _is_coined(part: str) -> bool:
    capitals = sum(letter.isupper() for letter in part)
    return capitals >= 2 or (capitals == 1 and any(letter.isdigit() for letter in part))


def _is_numbered(word: str) -> bool:
    return bool(re.fullmatch(r"[A-Z][A-Za-z]*-\d[\w.]*", word))


def key(name: str) -> str:
    """Return what two spellings of a name have in common: letters and digits in lower case."""
    return _short_key(name) if len(name) <= SHORT else _key(name)


@lru_cache(maxsize=WORDS_KEPT)
def _short_key(name: str) -> str:
    return _key(name)


def _key(name: str) -> str:
    plain = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return re.sub(r"[^a-z0-9+]", "", plain.casefold())


def capital_names(question: str) -> list[str]:
    """Return what a question writes like a name: with capitals in a word, or one in mid-sentence.

    The latter counts in English only: German begins every noun with a capital.
    """
    found = name_like(question)
    if language_of(question) == ENGLISH:
        found += [match.group() for match in CAPITAL_NAME.finditer(question)]
    bare = [re.sub(r"['’]s?$", "", name.strip(" .")) for name in found]
    names = [
        name
        for name in bare
        if len(name) > 1 and name.casefold() not in NOT_NAMES and not _is_stressed(name)
    ]
    return list(dict.fromkeys(n for n in names if not any(n != m and n in m for m in names)))


def _is_stressed(word: str) -> bool:
    """Whether a word that could stand in any question is in capitals to be stressed: "a way to MEASURE"."""
    shouted = word.isupper() and word.isalpha() and len(word) >= SHORTEST_STRESSED
    return shouted and not telling_stems(word.casefold())


def names_of(paper: Paper) -> set[str]:
    """Return the keys of the names by which a paper may be called."""
    return set(spellings_of(paper))


@lru_cache(maxsize=KEPT)
def spellings_of(paper: Paper) -> dict[str, str]:
    """Return the names by which a paper may be called, each by its key as the paper spells it."""
    sentences = re.split(r"(?<=[.!?])\s", paper.abstract[:MUCH])
    introduced = dict.fromkeys(n for text in sentences for n in (*_introduced(text), *spelled_out(text)))
    own = [name for name in introduced if not (TWO_LETTERS.fullmatch(name) or _is_plain(name, paper))]
    names = [*title_names(paper).values(), *own]
    addresses = ADDRESS.findall(f"{paper.abstract} {paper.url or ''}")
    return _by_key([*names, *filter(is_name_like, addresses)])


def title_names(paper: Paper) -> dict[str, str]:
    """Return the names that a title holds, by key: its part before the colon, all of it, what stands behind
    the colon if that is long or what the part before it is short for, and the name-like words that it does
    not merely use ("on ImageNet").
    """
    prefix, colon, rest = paper.title.partition(":")
    names = [paper.title]
    if colon and len(prefix.split()) <= LONGEST_NAME:
        names[:0] = [prefix.strip(), REPORT.sub("", prefix.strip())]
    if len(rest.split()) >= SHORTEST_SUBTITLE or _abbreviates(prefix, rest.strip()):
        names.append(rest.strip())
    coined = [name for name in name_like(USED.sub(" ", paper.title)) if not PLURAL.search(name)]
    return _by_key([*names, *coined, *filter(None, map(_stem, coined))])


def _abbreviates(prefix: str, words: str) -> bool:
    """Whether what stands before the colon is short for what stands behind it: "ViR: Vision Retention
    Networks"."""
    letters = "".join(filter(str.isupper, prefix)).casefold()
    named = len(letters) > 1 and key(prefix) not in GENERIC
    return named and len(words.split()) >= FEWEST_WORDS and is_short_for(letters, words)


def _stem(name: str) -> str:
    """Return a name without the size or the task behind it, if that is one: OpenVid for OpenVid-1M."""
    sized = SIZED.fullmatch(name)
    stem = (sized[1] or sized[2]) if sized else ""
    return stem if len(key(stem)) >= SHORTEST_STEM else ""


def _by_key(names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(key(name), name)
    return {key: name for key, name in found.items() if len(key) >= 2 and not VERSION.fullmatch(key)}


def _is_plain(name: str, paper: Paper) -> bool:
    """Whether the title or abstract has a name as ordinary words too, as "REDundancy" for its letters."""
    text = f"{paper.title} {paper.abstract[:MUCH]}"
    is_always_one = is_name_like(name) and text.count(name) == text.casefold().count(name.casefold())
    if is_always_one or not name.replace("-", "").isalpha():
        return False
    spelled = rf"(?<![\w/-]){re.escape(name)}(?![\w-]|[./]\w)"
    return not all(map(is_name_like, re.findall(spelled, text, re.I)))


def _introduced(sentence: str) -> Iterator[str]:
    """Yield the names that a sentence introduces: as its first word, after "we present a new" and the
    like, or in brackets after words of which one begins with the same letter."""
    for match in NAME.finditer(sentence):
        if not is_name_like(match.group()):
            continue
        before = sentence[max(0, match.start() - SEEN_BEFORE) : match.start()]
        spelled_out = max(LONGEST_NAME, len(key(match.group())) + 1)
        initials = {word[0].casefold() for word in re.findall(r"[^\W_]{3,}", before)[-spelled_out:]}
        words = before[:-1].split()[: -sum(map(str.isupper, match.group())) or None]
        bracketed = (
            before.endswith("(")
            and not BUILT_ON.search(" ".join(words))
            and match.group()[0].casefold() in initials
            and not PLURAL.search(match.group())
            and not LISTED.search(before)
        )
        if bracketed or not before.strip("\"'“” ") or INTRODUCES.search(before):
            yield match.group()


def short_name(paper: Paper) -> str:
    """Return what to call a paper in a sentence: its title up to the colon, but for "technical report", or
    the title in quotes."""
    name, colon, _ = paper.title.partition(":")
    return REPORT.sub("", name.strip()) if colon else f"“{paper.title}”"


@lru_cache(maxsize=KEPT)
def own_name(paper: Paper) -> str:
    """Return what the authors call what they made where the title has no name, "" if nothing."""
    prefix, colon, _ = paper.title.partition(":")
    if name_like(USED.sub(" ", paper.title)) or (colon and len(prefix.split()) <= SHORT_PREFIX):
        return ""
    called, in_letters = [], []
    for sentence in re.split(r"(?<=[.!?])\s", paper.abstract[:MUCH]):
        letters = brought_in(sentence)
        for match in NAME.finditer(sentence):
            name, before = match.group(), sentence[max(0, match.start() - SEEN_BEFORE) : match.start()]
            if name in letters and before.endswith("("):
                in_letters.append(name)
            elif PROPOSES.search(before) and not MEASURES.search(before):
                called.append(name)
    names = (name for name in (*called, *in_letters) if is_name_like(name) and len(name) >= SHORTEST_OWN)
    return next((name for name in names if not JOINED.search(name) and not _is_plain(name, paper)), "")


def titled(paper: Paper) -> str:
    """Return a title with the name by which people know the paper, if that is not in it: "Identity-
    Preserving Text-to-Video Generation by Frequency Decomposition (ConsisID)"."""
    name = own_name(paper)
    return f"{paper.title} ({name})" if name else paper.title


def listed(words: Sequence[str]) -> str:
    """Return words in one phrase: A, B and C."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def distinct(papers: Iterable[Paper]) -> list[Paper]:
    """Return papers in order, each once."""
    return list({paper.id: paper for paper in papers}.values())
