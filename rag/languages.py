"""Tells in which language a question is asked, by its script or by its small words.

In: a text of any length. Out: the English name of a language, "English" where nothing speaks against it.
It translates nothing. A question of names and numbers alone has no language, and counts as English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["ENGLISH", "LANGUAGES", "language_of"]

ENGLISH = "English"
LEAST_SHARE = 0.12
"""Of all letters: that many of another script make a text one of its language, for names stay in Latin."""
SCRIPTS = (
    ("Japanese", r"[\u3040-\u30ff]", 1),
    ("Korean", r"[\uac00-\ud7af\u1100-\u11ff]", 2),
    ("Chinese", r"[\u3400-\u9fff\uf900-\ufaff]", 2),
    ("Russian", r"[\u0400-\u04ff]", 1),
    ("Greek", r"[\u0370-\u03ff]", 1),
    ("Arabic", r"[\u0600-\u06ff]", 1),
    ("Hebrew", r"[\u0590-\u05ff]", 1),
    ("Hindi", r"[\u0900-\u097f]", 1),
    ("Thai", r"[\u0e00-\u0e7f]", 1),
)
"""Language, its letters, and how many letters of Latin one of them stands for."""


@dataclass(frozen=True, slots=True)
class SmallWords:
    """The words that hold the sentences of a language together, and letters that only it has."""

    language: str
    words: frozenset[str]
    letters: str = ""


def _row(language: str, words: str, letters: str = "") -> SmallWords:
    return SmallWords(language, frozenset(words.split()), letters)


LANGUAGES = (
    _row(
        ENGLISH,
        """the a an of and is are was were do does did what which who why how when where with for from by on
        in to it its that this these than not or can has have be as at there both between""",
    ),
    _row(
        "German",
        """der die das den dem des ein eine einen einem einer eines und oder ist sind war wird werden wurde
        wie was welche welcher welches welchen warum wieso wer wo wann worin wozu wodurch mit für von vom zu
        zum zur auf bei nicht kein keine sich auch als im am aus über nach viele viel unterscheidet
        unterscheiden verwendet erreicht gibt hat haben kann funktioniert""",
        "äöüß",
    ),
    _row(
        "French",
        """le la les l un une des du de d et ou est sont était que qu quel quelle quels quelles comment
        pourquoi qui où quand avec pour par sur dans en au aux ce cette ces ne pas il elle se sa son ses
        combien quoi entre plus utilise utilisé fonctionne""",
        "èêëàâçîôûœ",
    ),
    _row(
        "Spanish",
        """el la los las un una unos unas del de y es son fue qué que cuál cuáles cuántos cuántas cuánto
        cómo o por para con en al se su sus no más como dónde quién entre cuando usa utiliza funciona cual
        cuantos cuantas""",
        "ñ¿¡",
    ),
    _row(
        "Portuguese",
        """o os as um uma uns umas do da dos das no na nos nas e ou é são foi que qual quais quantos
        quantas quanto como por para com em ao se seu sua não mais onde quem entre usa utiliza funciona
        pelo pela""",
        "ãõ",
    ),
    _row(
        "Italian",
        """il lo la gli le un uno una del della dei delle degli di e o è sono che quale quali quanti quante
        quanto come perché per con in al nel nella si suo sua non più dove chi tra usa utilizza funziona
        cosa viene""",
        "ìò",
    ),
    _row(
        "Dutch",
        """de het een van en of is zijn was wordt worden wat welke hoe waarom wie waar wanneer met voor door
        op in te naar bij niet geen ook als uit over veel tussen gebruikt werkt verschilt""",
        "ĳ",
    ),
)
SPECIAL_LETTER = 0.5
"""What a letter that only one language has counts beside a small word; "Müller" alone makes no German."""
AT_LEAST = 1.0
WORD = re.compile(r"[^\W\d_]+")
ADDRESS = re.compile(r"\b\w+://\S+|\b[\w-]+(?:\.[\w-]+)+\S*")


def language_of(text: str) -> str:
    """Return the English name of the language in which `text` is written."""
    if language := _by_script(text):
        return language
    words = [word.casefold() for word in WORD.findall(ADDRESS.sub(" ", text))]
    scores = {row.language: _score(row, words, text) for row in LANGUAGES}
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] >= max(AT_LEAST, scores[ENGLISH] + 1) else ENGLISH


def _by_script(text: str) -> str:
    letters = sum(map(str.isalpha, text))
    for language, own, worth in SCRIPTS:
        if worth * len(re.findall(own, text)) >= LEAST_SHARE * letters > 0:
            return language
    return ""


def _score(row: SmallWords, words: list[str], text: str) -> float:
    special = SPECIAL_LETTER * sum(letter in text.casefold() for letter in row.letters)
    return sum(word in row.words for word in words) + special
