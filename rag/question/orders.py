"""Takes the question out of what was typed: markup and orders to the assistant go, the question stays.

In: a text as it came. Out: the question in it, or nothing where there is none. What is taken for an order
has no effect whatever it says: this only keeps its words out of the search. It knows no library.
"""

from __future__ import annotations

import html
import re

from rag.linking.plain_words import telling_stems

__all__ = ["is_link_alone", "is_small_talk", "is_sum", "question_in"]

TAG = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)|</?[a-z][^<>]*>", re.I | re.S)
"""A script goes with what it holds, any other tag alone."""
BLOCK = re.compile(
    r"</?(?:address|article|blockquote|br|div|h[1-6]|li|ol|p|pre|section|table|td|tr|ul)\b", re.I
)
"""Begins a tag at which a line ends."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
POLITE = (
    r"^\W*(?:(?:please|now|and|then|so|ok|okay|just|also|hey|hi|hello|can you|could you|will you|"
    r"would you|i want you to|you (?:must|should|will|have to))\b\W*)*"
)
FORGETS = re.compile(
    POLITE + r"(?:ignore|disregard|forget|override|bypass|do not follow|don['’]t follow|stop following)\b"
    r"[^.!?\n]*?\b(?:instructions?|rules?|prompts?|guidelines?|directions?|constraints?|orders?|everything|"
    r"anything|what (?:you were|i) told|abstracts|context)\b"
    r"(?:[^.!?\n,:;]*?\b(?:above|before|previously|earlier|given|so far|(?:were|been) told)\b)?"
    r"(?:\s+(?:and|or)\s+(?:the\s+)?(?:abstracts|instructions|rules|context|papers))?",
    re.I,
)
"""The part of a sentence that would have us forget what we are; the rest of it may be a question."""
LABELS = re.compile(r"^\W*(?:[A-Za-z][\w ]{0,24}:\s+)+")
"""What stands before an order in mails and notes: "Fwd from Ana: IMPORTANT: ..."."""
ORDERS = [
    re.compile(POLITE + pattern, re.I)
    for pattern in (
        r"you are (?:now|no longer|from now)\b",
        r"(?:from now on|henceforth|starting now)\b",
        r"(?:act|behave|respond|reply|talk|speak|answer) (?:as if|as an?|like an?) ",
        r"(?:pretend|role-?play|imagine you(?: are|['’]re)?)\b",
        r"(?:print|reveal|show|repeat|output|display|tell me|give me|say|write|leak|dump|return)\b.{0,40}\b"
        r"(?:system|hidden|initial|secret|internal|your|above) (?:prompt|instruction|rule|message|config)",
        r"what (?:is|are|was|were) your (?:system |hidden |initial |secret )*(?:prompt|instruction|rule)",
        r"(?:only )?(?:answer|reply|respond|output|say|print|write)(?: only)?(?: with)?(?: only)? the "
        r"(?:single )?(?:word|phrase|text|string)\b",
        r"(?:enable|enter|activate|switch to) \w+(?: \w+)? mode\b",
        r"(?:system|assistant|user|developer)\s*:\s*$",
        r"(?:system|assistant|developer|admin)(?: (?:note|message|prompt|override|instructions?))?\s*:"
        r"(?![^.!?]*\?)",
    )
]
REQUEST = re.compile(
    POLITE + r"(?:write|compose|sing|tell|draw|paint|make up|invent|recite|read|play|give)\b(?: (?:me|us))?"
    r"[^.!?\n]{0,30}\b(?:poem|song|joke|haiku|limerick|riddle|story|rap|essay|email|e-mail|letter|picture)s?\b",
    re.I,
)
ARITHMETIC = re.compile(
    r"^\W*(?:what(?:['’]?s| is| are)|how much is|calculate|compute)?[\s(]*[\d.,]+"
    r"(?:\s*(?:[-+*/×÷^x()]|plus|minus|times|divided by)\s*[\d.,()]+)+\W*$",
    re.I,
)
GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hallo|hola|bonjour|ciao|good (?:morning|day|afternoon|evening)|"
    r"thanks?(?: a lot| very much)?(?:[,.!]? that(?:['’]s| is| was)? [a-z]+(?: [a-z]+)?)?|"
    r"thank you(?: so much| very much)?|danke|merci|gracias|bye|goodbye|how are you(?: doing)?(?: today)?|"
    r"ok|okay|great|cool|nice|test|who are you|what are you|what can you do|help)"
    r"(?: there| all| again)?\W*$",
    re.I,
)
ENDED = re.compile(r"[.!?]\s*$")
ALONE = re.compile(r"^\W*(?:no|yes|right|really|well)\?+\W*$", re.I)
"""A word that asks for nothing: "No? Then ..."."""
LINK = re.compile(r"^\W*(?:https?://|www\.|doi\.org/|arxiv\.org/)\S+\s*$", re.I)
MANY_WORDS = 60
"""A longer text tells a story around its question, as mails do."""
LEAST_TOLD = 4
"""Telling words with which the questions of a long text stand without the sentences before them."""
LEFT_OVER = re.compile(r"^[\s,;:.\-–]*(?:(?:and|but|then|instead|now|also|just|so)\b[\s,;:]*)*", re.I)


def question_in(text: str) -> str:
    """Return `text` on one line without markup and without the sentences that are orders or small talk.

    A text without either comes back as it is, but for its white space at the ends.
    """
    plain = text
    if "<" in text or "&" in text:
        plain = html.unescape(TAG.sub(lambda tag: "\n" if BLOCK.match(tag.group()) else " ", text))
    sentences = SENTENCE_END.split(plain.strip())
    kept = _questions_of(_without_small_talk([_without_orders(sentence) for sentence in sentences]))
    if plain == text and kept == sentences:
        return text.strip()
    return " ".join(" ".join(kept).split()).lstrip("-–—:;, ")


def _without_small_talk(sentences: list[str]) -> list[str]:
    """Return the sentences that are more than a greeting, or all if none is."""
    said = [
        sentence
        for sentence in sentences
        if not (ENDED.search(sentence) and (is_small_talk(sentence) or ALONE.match(sentence)))
    ]
    return said if any(re.search(r"\w", sentence) for sentence in said) else sentences


def _questions_of(sentences: list[str]) -> list[str]:
    """Return the sentences of a long text that ask, with those right before them as far as they need
    them; all of a short one, or of one that asks nothing."""
    asking = [number for number, sentence in enumerate(sentences) if sentence.rstrip().endswith("?")]
    if not asking or sum(len(sentence.split()) for sentence in sentences) <= MANY_WORDS:
        return sentences
    asked = " ".join(sentences[number] for number in asking)
    first = asking[0]
    while (
        first > 0 and len(telling_stems(f"{' '.join(sentences[first : asking[0]])} {asked}")) < LEAST_TOLD
    ):
        first -= 1
    return [s for number, s in enumerate(sentences) if number in asking or first <= number < asking[0]]


def _without_orders(sentence: str) -> str:
    """Return what of a sentence is left when its orders are gone."""
    rest = sentence
    if FORGETS.match(bare := LABELS.sub("", rest)) and not any(order.match(rest) for order in ORDERS):
        rest = bare
    if match := FORGETS.match(rest):
        rest = LEFT_OVER.sub("", rest[match.end() :], count=1)
    if any(order.match(rest) for order in ORDERS) or REQUEST.match(rest):
        return ""
    return rest


def is_small_talk(text: str) -> bool:
    """Whether a text is a greeting, thanks or the like."""
    return bool(GREETING.match(text))


def is_sum(text: str) -> bool:
    """Whether a text is a sum to work out."""
    return bool(ARITHMETIC.match(text))


def is_link_alone(text: str) -> bool:
    """Whether a text is an address and nothing else."""
    return bool(LINK.match(text))
