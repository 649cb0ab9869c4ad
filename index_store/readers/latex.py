"""Turns the LaTeX in which BibTeX files are written into plain text.

In: the value of one field. Out: its words in Unicode; formulas stay as they are written. It knows nothing
of fields or files, and runs no macro: what it does not know it leaves standing.
"""

from __future__ import annotations

import logging
import re
from functools import cache, lru_cache
from typing import Any

__all__ = ["address_of_latex", "is_balanced", "latex_to_text"]

LONGEST_TEXT = 40_000
"""Characters. No abstract is as long, and what is longer takes long to parse."""
DEEPEST_NESTING = 60
MARKED = re.compile(r"[\\{}$%~&]|--|``|''|[!?]`")
"""Without one of these a text is as plain as it will be."""
PIECE = re.compile(
    r"""
      \{\$(?P<symbol>\\[a-zA-Z]+|[^\\$%&~\#\s{}])\$\}
    | (?P<formula>\$\$[^$]{1,2000}\$\$
        | \$(?![\s$\d])(?:[^$\\]|\\.){1,2000}(?<!\s)\$
        | \$(?=\d)(?:[^$\\]|\\.){1,2000}(?<!\s)\$(?!\d)
        | \\\([^\\]{0,200}(?:\\[^()][^\\]{0,200}){0,40}\\\))
    | (?P<letter>\\[`'^"~=.][ ]?(?:\{\\?[a-zA-Z]\}|[a-zA-Z]|\\[ij](?![a-zA-Z])[ ]?)
        | \\[cvkHrudb](?:\{[a-zA-Z]\}|[ ][a-zA-Z])
        | \{\\[a-zA-Z]{1,30}\} | \\[a-zA-Z]{1,30}\{\})
    | \\(?P<sign>[%&_\#$])
    | \\(?:begin|end|href)\s*\{(?P<unseen>[^{}]{0,2000})\}
    | \\(?P<macro>[a-zA-Z]+)
    | (?P<escaped>\\.)
    | (?P<raw>[%$])
    | (?<![^\s(])(?P<about>~)(?=\d)
    """,
    re.X | re.S,
)
"""A dollar opens a formula where no blank follows it, and ends it where none precedes; any other dollar is
money, and so are two of which each stands before a digit. A tilde that follows a blank ties nothing: before
a number it means "about"."""
BRACE = re.compile(r"\\.|([{}])", re.S)
LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", "!`": "¡", "?`": "¿", "~": " ", "{": "", "}": ""}
LIGATURE = re.compile("|".join(map(re.escape, LIGATURES)))
KEPT = 0xD800
"""What the conversion shall not touch passes it as lone surrogates, which no stored text holds."""
MOST_KEPT = 0x800
SURROGATE = re.compile(r"[\ud800-\udfff]")
SYMBOLS = {
    "textbraceleft": "{", "textbraceright": "}",
    "textless": "<", "textgreater": ">", "textbar": "|", "textunderscore": "_", "slash": "/", "S": "§",
    "P": "¶", "copyright": "©", "pounds": "£", "textasciicircum": "^", "textperiodcentered": "·", "-": "",
    "LaTeX": "LaTeX", "TeX": "TeX", "LaTeXe": "LaTeX2e", "BibTeX": "BibTeX", "textquotesingle": "'",
    "textquotedbl": '"', "textrightarrow": "→", "textleftarrow": "←", "textdollar": "$", "textpercent": "%",
    "textcent": "¢", "textyen": "¥", "textsection": "§", "texttildelow": "~", "item": " ", "ddag": "‡",
    "degree": "°", "texthyphen": "-", "glqq": "„", "grqq": "“", "flqq": "«", "frqq": "»", "par": " ",
    "newline": " ", "linebreak": " ", "newblock": " ", "textvisiblespace": " ",
}  # fmt: skip
"""What pylatexenc does not know or gives another form."""
GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho _ sigma tau "
    "upsilon phi chi psi omega"
).split()
"""The letters in the order of Unicode, which has the final sigma before the other."""
SILENT = (
    "cite citep citet citealp citeauthor label em it bf sc sl rm sf tt itshape bfseries scshape slshape "
    "upshape mdseries rmfamily sffamily ttfamily normalfont small large Large tiny footnotesize scriptsize "
    "huge Huge protect relax noindent centering ignorespaces unskip bgroup egroup maketitle"
).split()
"""Macros that put no words on the page."""
ADDRESS_SIGNS = {
    r"\textasciitilde": "~", r"\~": "~", r"$\sim$": "~", r"\textless": "<", r"\textgreater": ">",
    "$<$": "<", "$>$": ">", r"\textunderscore": "_", r"\textbackslash": "\\", r"\slash": "/", r"\url": "",
    r"\path": "", "{": "", "}": "", r"\{": "{", r"\}": "}",
}  # fmt: skip
ADDRESS_SIGN = re.compile(r"\$(?:[<>]|\\sim)\$|\\(?:[a-zA-Z]+[ ]?|.)|[{}]", re.S)


def latex_to_text(latex: str) -> str:
    r"""Return the words of a LaTeX text: `{\'e}` is "é", `{BERT}` is "BERT", `$x^2$` stays as it is.

    A `%` or `&` that should have been escaped stands for itself; so does a macro that nobody defined.

    Raises:
        ValueError: it is longer or nested more deeply than anything people write.
    """
    if not MARKED.search(latex):
        return latex
    kept: dict[str, int] = {}
    text = PIECE.sub(lambda piece: _prepared(piece, kept), SURROGATE.sub("", latex))
    words = _converted(text) if "\\" in text else LIGATURE.sub(lambda found: LIGATURES[found[0]], text)
    texts = list(kept)
    return SURROGATE.sub(lambda place: texts[ord(place[0]) - KEPT], words)


def address_of_latex(latex: str) -> str:
    r"""Return a DOI, a link or an id without what LaTeX needs around it: `a{\_}b` is "a_b"."""
    if "\\" not in latex and "{" not in latex:
        return latex
    return ADDRESS_SIGN.sub(lambda sign: ADDRESS_SIGNS.get(sign[0].rstrip(), sign[0].lstrip("\\")), latex)


def is_balanced(latex: str) -> bool:
    """Whether each brace has its counterpart.

    Raises:
        ValueError: they are nested more deeply than anything people write.
    """
    depth = 0
    for brace in BRACE.finditer(latex):
        depth += {"{": 1, "}": -1}.get(brace[1], 0)
        if depth < 0:
            return False
        if depth > DEEPEST_NESTING:
            raise ValueError(f"braces are nested more than {DEEPEST_NESTING} deep.")
    return depth == 0


def _prepared(piece: re.Match[str], kept: dict[str, int]) -> str:
    """Return what the conversion shall see instead of a formula, a letter, a sign or an unknown macro."""
    match piece.lastgroup:
        case "symbol" | "formula":
            return _formula(piece, kept)
        case "letter":
            letter = _parsed(piece[0])
            return _keep(letter, kept) if MARKED.search(letter) or letter in ("'", "`", "-") else letter
        case "sign" | "raw" | "about":
            return _keep(piece["sign"] or piece[0], kept)
        case "macro":
            return piece[0] if _formats(piece) else _keep(piece[0], kept)
        case "unseen":
            return " "
    return piece[0]


def _keep(text: str, kept: dict[str, int]) -> str:
    place = kept.setdefault(text, len(kept))
    if place >= MOST_KEPT:
        raise ValueError(f"a field holds more than {MOST_KEPT:,} formulas.")
    return chr(KEPT + place)


def _formula(piece: re.Match[str], kept: dict[str, int]) -> str:
    symbol = piece["symbol"]
    if symbol and (symbol[0] != "\\" or symbol[1:] in _known_macros()):
        return _parsed(
            f"{symbol}{{}}"
        )  # Zotero and JabRef write signs like this that are letters elsewhere
    return _keep(piece[0].strip("{}") if symbol else piece[0], kept)


def _formats(piece: re.Match[str]) -> bool:
    """Whether a macro is known, or stands where it formats what follows; otherwise somebody's own name."""
    text, start, end = piece.string, piece.start(), piece.end()
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return piece["macro"] in _known_macros() or after in ("{", "[") or before == "{"


def _converted(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"a field has more than {LONGEST_TEXT:,} characters.")
    if not is_balanced(text):
        text = BRACE.sub(lambda brace: "" if brace[1] else brace[0], text)
    return _parsed(text)


@lru_cache(maxsize=1000)
def _parsed(text: str) -> str:
    """Convert by pylatexenc; what it cannot parse loses its mark-up but no word.

    It is told not to be tolerant: its recovery from errors takes exponential time.
    """
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    converter, known = _converter()
    try:
        walker = LatexWalker(f"{text}{{}}", latex_context=known, tolerant_parsing=False)
        return str(converter.nodelist_to_text(walker.get_latex_nodes()[0]))
    except (LatexWalkerError, LookupError):  # also what its own rules raise for macros without arguments
        return re.sub(r"\\([a-zA-Z]+|.)|[{}]", "", text, flags=re.S)
    except RecursionError:
        raise ValueError("its LaTeX is nested too deeply.") from None


@cache
def _converter() -> tuple[Any, Any]:
    """Return pylatexenc's converter and the macros its parser knows, both with our additions."""
    from pylatexenc import latex2text, latexwalker
    from pylatexenc.macrospec import MacroSpec

    logging.getLogger("pylatexenc").addHandler(logging.NullHandler())
    greek = {f"text{name}": chr(ord("α") + place) for place, name in enumerate(GREEK)}
    texts = latex2text.get_default_latex_context_db()
    texts.add_context_category(
        "paperchat",
        prepend=True,
        macros=[
            *(latex2text.MacroTextSpec(name, sign) for name, sign in (SYMBOLS | greek).items() if sign),
            *(latex2text.MacroTextSpec(name, discard=True) for name in [*SILENT, "-"]),
            latex2text.MacroTextSpec("url", discard=False),
        ],
        specials=[latex2text.SpecialsTextSpec("&", "&")],
    )
    texts.set_unknown_macro_spec(latex2text.MacroTextSpec("", discard=False))
    known = latexwalker.get_default_latex_context_db()
    known.add_context_category(
        "paperchat",
        prepend=True,
        macros=[MacroSpec("url", "{"), *(MacroSpec(name, "") for name in SYMBOLS)],
    )
    return latex2text.LatexNodes2Text(latex_context=texts, math_mode="verbatim"), known


@cache
def _known_macros() -> frozenset[str]:
    converter, known = _converter()
    macros = [*converter.latex_context.iter_macro_specs(), *known.iter_macro_specs()]
    return frozenset(macro.macroname for macro in macros)
