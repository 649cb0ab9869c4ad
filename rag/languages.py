"""Tells in which language a question is asked. Names of papers and addresses have no say in it.

In: a text of any length. Out: the English name of a language, "English" where the text has no ordinary
words, or where it is not nearly certain that they are of another. It translates nothing. py3langid tells
languages apart, kept to those below: among 139 a short question is soon taken for one that nobody speaks.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

__all__ = ["ENGLISH", "LANGUAGES", "language_of"]

ENGLISH = "English"
LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "el": "Greek",
    "en": ENGLISH,
    "es": "Spanish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pt": "Portuguese",
    "ru": "Russian",
    "th": "Thai",
    "zh": "Chinese",
}
"""The languages that are told apart, by their ISO 639-1 codes."""
LEAST_SURE = 0.7
"""Probability from which a text is not in English: to take English for something else does more harm."""
LATIN = r"[A-Za-z0-9]+(?:[-+^.][A-Za-z0-9]+)*"
UNSPACED = r"\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef"
NAME_OR_ADDRESS = re.compile(
    rf"\b\w+://\S+|(?<![^\W{UNSPACED}])(?=[A-Za-z.+^-]*(?:\d|[A-Z][A-Za-z.+^-]*[A-Z])){LATIN}(?![^\W{UNSPACED}])"
)
"""A word in Latin letters with a digit or two capitals, or a web address."""


def language_of(text: str) -> str:
    """Return the English name of the language in which `text` is written."""
    words = NAME_OR_ADDRESS.sub(" ", unicodedata.normalize("NFKC", text))
    if not re.search(r"[^\W\d_]", words):
        return ENGLISH
    code, probability = _identifier().classify(words)
    return LANGUAGES[code] if probability >= LEAST_SURE else ENGLISH


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier
