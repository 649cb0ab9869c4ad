"""Tells in which language a question is asked. Names of papers and addresses have no say in it.

In: a text of any length. Out: the English name of a language, "English" where the text has no ordinary
words, or where it is not nearly certain that they are of another. It translates nothing, and has but one
sentence in each. py3langid tells languages apart, kept to those below: among 139 a short question is soon
taken for one that nobody speaks.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

__all__ = ["ENGLISH", "LANGUAGES", "all_is_english", "language_of"]

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
ALL_IS_ENGLISH = {
    "Arabic": "الأبحاث هنا بالإنجليزية، وكذلك البحث والإجابات.",
    "Chinese": "这里的论文、搜索和回答均为英文。",
    "Dutch": "Artikelen, zoekopdrachten en antwoorden zijn hier in het Engels.",
    "French": "Ici, les articles, la recherche et les réponses sont en anglais.",
    "German": "Arbeiten, Suche und Antworten sind hier auf Englisch.",
    "Greek": "Εδώ τα άρθρα, η αναζήτηση και οι απαντήσεις είναι στα αγγλικά.",
    "Hebrew": "המאמרים, החיפוש והתשובות כאן הם באנגלית.",
    "Hindi": "यहाँ शोधपत्र, खोज और उत्तर अंग्रेज़ी में हैं।",
    "Italian": "Qui gli articoli, la ricerca e le risposte sono in inglese.",
    "Japanese": "ここでは論文も検索も回答も英語です。",
    "Korean": "여기서는 논문, 검색, 답변이 모두 영어로 되어 있습니다.",
    "Portuguese": "Aqui os artigos, a pesquisa e as respostas estão em inglês.",
    "Russian": "Статьи, поиск и ответы здесь на английском языке.",
    "Spanish": "Los artículos, la búsqueda y las respuestas están aquí en inglés.",
    "Thai": "ที่นี่บทความ การค้นหา และคำตอบเป็นภาษาอังกฤษ",
}
"""That papers, search and answers are in English, in each of the other languages."""
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


def all_is_english(language: str) -> str:
    """Return, in that language, that papers, search and answers are in English; nothing in English."""
    return ALL_IS_ENGLISH.get(language, "")


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier
