"""Renders papers as BibTeX that LaTeX can print and that every reader decodes to the same text.

In: papers. Out: one text. Letters beyond ASCII stay as they are (UTF-8); what TeX would take for a command
is escaped. How BibTeX is read is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index_store.values import Paper
from index_store.writers.citing import citation_keys, kind_of, one_line, split_name

__all__ = ["latex", "render_bibtex"]

MATH = re.compile(r"(?<![\\$])\$(?=[^\s$])([^$@]*)(?<=[^\s\\])\$(?![\d$])")
"""As Pandoc tells math from money: no space inside the dollars, no digit after them."""
ONE_SIGN = re.compile(r"\$(?:\\[A-Za-z]+|.)\$")
UNSAFE_MATH = re.compile(r"(?<!\\)(?:\\\\)*[%#&]|\\(?![A-Za-z,;:!|{}_%#&\\ ])|\\(?:begin|end)\b|\\\\[{}]")
SPECIAL = re.compile(r"[&%#_$\\~^{}@]|([-`',<>])(?=\1)|[?!](?=`)")
"""What TeX does not print as it stands. Pairs such as "--" would become one sign, and some readers take an
"@" before a brace for the next entry."""
ESCAPES = {
    "\\": r"{\textbackslash}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "@": "{@}",
}
UNBALANCED = {"{": r"{\textbraceleft}", "}": r"{\textbraceright}"}
"""BibTeX counts escaped braces as well, so one without its other half has to go by its name."""
WORD = re.compile(r"[^\W_]+")
SENTENCE_CASE = 0.5
"""Below this share of capitalised words in a title, a capital is a name's ("a model of the Elbe")."""
LONG_WORD = 4


def latex(text: str, *, title: bool = False, name: bool = False) -> str:
    """Return `text` as the value of a BibTeX field, without the braces around it.

    Balanced math between dollars stays, but not in a `name`. In a `title`, the words whose capitals a style
    may not touch are put in braces.
    """
    text = one_line(text)
    balanced = not name and _is_balanced(text, "")
    names = set(_names(text)) if title else set()
    pieces: list[str] = []
    end = 0
    for start, stop in () if name else _math(text):
        pieces.append(_escape(text[end:start], names, balanced=balanced))
        pieces.append(_protected(text[start:stop]) if title else text[start:stop])
        end = stop
    return "".join([*pieces, _escape(text[end:], names, balanced=balanced)])


def _math(text: str) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of each formula that TeX and BibTeX can both take as it stands."""
    for match in MATH.finditer(text):
        inside = match[1]
        if not UNSAFE_MATH.search(inside) and _is_balanced(inside, "") and _is_balanced(inside, r"\\."):
            yield match.span()


def _protected(formula: str) -> str:
    """Return a formula of a title so that its capitals stay.

    Zotero writes "<" as `{$<$}`, so a formula of one sign is told from that by an empty group.
    """
    if not any(map(str.isupper, formula)):
        return formula
    return f"{{{formula}{{}}}}" if ONE_SIGN.fullmatch(formula) else f"{{{formula}}}"


def _is_balanced(text: str, ignored: str) -> bool:
    """Whether every brace has its other half, those that match `ignored` left out."""
    depth = 0
    for brace in re.findall(r"[{}]", re.sub(ignored, "", text) if ignored else text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _escape(text: str, names: set[str], *, balanced: bool) -> str:
    def escaped(match: re.Match[str]) -> str:
        sign = match[0]
        if sign in UNBALANCED and not balanced:
            return UNBALANCED[sign]
        if match[1] or sign in "?!":
            return f"{sign}{{}}"
        return ESCAPES.get(sign, f"\\{sign}")

    pieces: list[str] = []
    end = 0
    for word in WORD.finditer(text) if names else ():
        if word[0] in names:
            pieces += [SPECIAL.sub(escaped, text[end : word.start()]), f"{{{word[0]}}}"]
            end = word.end()
    return "".join([*pieces, SPECIAL.sub(escaped, text[end:])])


def _names(title: str) -> Iterator[str]:
    """Yield the words of a title that keep their capitals in every style."""
    words = WORD.findall(title)
    long = [word for word in words[1:] if len(word) >= LONG_WORD]
    capitals = sum(word[0].isupper() for word in long)
    sentence_case = bool(long) and capitals < SENTENCE_CASE * len(long)
    for place, word in enumerate(words):
        inner = any(letter.isupper() for letter in word[1:])
        letter = len(word) == 1 and word.isupper() and word not in "AI"
        digits = word[0].isupper() and not word.isalpha()
        if inner or letter or digits or (sentence_case and place and word[0].isupper()):
            yield word


def render_bibtex(papers: Sequence[Paper]) -> str:
    """Return a BibTeX file of `papers`: @article, @inproceedings, or @misc where there is no such venue."""
    return "\n".join(_entry(paper, key) for paper, key in zip(papers, citation_keys(papers), strict=True))


def _entry(paper: Paper, key: str) -> str:
    kind = kind_of(paper)
    if kind == "misc" and paper.venue:
        kind = "article"  # "CoRR" and "arXiv preprint" are journals to those who write BibTeX
    arxiv_id = paper.identifiers.get("arxiv_id", "")
    fields = {
        "author": " and ".join(_author(name) for name in paper.authors),
        "title": latex(paper.title, title=True),
        "booktitle" if kind == "inproceedings" else "journal": latex(paper.venue or ""),
        "year": str(paper.year or ""),
        "eprint": _verbatim(arxiv_id),
        "archiveprefix": "arXiv" if arxiv_id else "",
        "doi": _verbatim(paper.identifiers.get("doi", "")),
        "pmid": _verbatim(paper.identifiers.get("pmid", "")),
        "url": _verbatim(paper.url or ""),
        "abstract": latex(paper.abstract),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return ",\n".join([f"@{kind}{{{key}", *lines]) + "\n}\n"


def _author(spoken: str) -> str:
    name = split_name(spoken)
    if not name.given:
        return f"{{{latex(name.family, name=True)}}}"
    parts = filter(None, (name.family, name.suffix, name.given))
    text = ", ".join(latex(part, name=True) for part in parts)
    return re.sub(r"(?<!\S)\\.", r"{\g<0>}", text)  # bibtexparser loses a bare escape beside an "and"


def _verbatim(text: str) -> str:
    r"""Return an identifier or address as it is: styles print them with \url, which escapes by itself."""
    return re.sub(r"[{}\\ ]", lambda sign: f"%{ord(sign[0]):02X}", one_line(text))
