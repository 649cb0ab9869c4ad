"""Turns the fields of a record, however a tool wrote them, into the fields of a paper.

In: texts, lists and mappings as JSON, CSV, BibTeX and their like hold them. Out: clean values, and
`build_paper`, through which every reader makes its papers. It knows no file format.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Required, TypedDict, Unpack

from index_store.identifiers import identifiers_in, links
from index_store.values import Paper, slug

__all__ = ["PaperFields", "author_names", "build_paper", "clean", "person", "plain_text", "read_year"]

INVISIBLE = re.compile(
    r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
"""Zero-width and direction marks, which hide words from people and searches; lone surrogates."""
ENDLESS = re.compile(r"([^\w\x00-\x7f]{64})[^\w\x00-\x7f]+")
"""More marks upon one letter than any script has; to put them in order takes the square of their number."""
TAG_NAMES = (
    "p|i|b|em|strong|sub|sup|br|sc|tt|u|span|div|h[1-6]|ul|ol|li|sec|italic|bold|list|list-item|"
    r"inline-formula|jats:[\w-]+|mml:[\w-]+"
)
TAG = re.compile(rf"</?(?:{TAG_NAMES})(?:\s+[\w:-]+=(?:\"[^\"<>]*\"|'[^'<>]*'))*\s*/?>", re.I)
HEADING = re.compile(r"<(jats:)?title>([^<]{0,200})</\1?title>", re.I)
"""The tags that Crossref, PubMed and Zotero leave in titles and abstracts; another "<" is a "less than"."""
INLINE = re.compile(r"</?(?:jats:)?(?:i|b|em|strong|sub|sup|sc|tt|u|span|italic|bold)\b", re.I)
ENTITY = re.compile(r"&(?:amp;)*([a-zA-Z][a-zA-Z0-9]{1,11}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
"""An entity, which some tools escape twice."""
NOTHING = re.compile(
    r"\W*(?:no abstract(?: is)?(?: available| provided)?|n/?a|none|null|nan|not available)\W*", re.I
)
HEADED = re.compile(r"\A(?:(?:Abstract|ABSTRACT)(?:\s*[:.—–]\s*|\s+-\s+)(?=\S))+")
YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
LATEST_YEAR = 9999
LONGEST_ID = 200
QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
NAME_JOINT = re.compile(r"\s(?:and|&)\s")
NAME_PARTS = (
    "given firstName first dropping-particle non-dropping-particle family lastName last suffix".split()
)
SUFFIXES = {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"}


def clean(text: str) -> str:
    """Return `text` composed (NFC), with white space made single and invisible marks taken out."""
    visible = ENDLESS.sub(r"\1", INVISIBLE.sub("", text))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def plain_text(text: str) -> str:
    """Return the words of a title or abstract without mark-up and entities; "" for "N/A" and its like."""
    if "&" in text:
        text = ENTITY.sub(_character, text)
    if "<" in text:
        text = HEADING.sub(_headline, text)
        text = TAG.sub(lambda tag: "" if INLINE.match(tag[0]) else " ", text)
    text = clean(text)
    return "" if NOTHING.fullmatch(text) else text


def _character(entity: re.Match[str]) -> str:
    character = html.unescape(f"&{entity[1]};")
    return entity[0] if character.endswith(";") and len(character) > 1 else character


def _headline(heading: re.Match[str]) -> str:
    return f" {heading[2].strip(' :.')}: "


def author_names(value: object) -> tuple[str, ...]:
    """Return the names in an author field: a text, or a list of texts, mappings or name parts.

    A text is taken apart at ";" or "|", else at " and ", else at commas. "Byron, Ada" becomes "Ada Byron"
    wherever a comma cannot part two names.

    Raises:
        ValueError: it is none of these.
    """
    if value is None:
        return ()
    if isinstance(value, str):
        names = _split_names(value)
    elif isinstance(value, list | tuple):
        names = [_name(item) for item in value]
    else:
        raise ValueError('"authors" is not a list of names.')
    return tuple(cleaned for name in names if (cleaned := clean(name)))


def _split_names(text: str) -> list[str]:
    if text.startswith("[") and text.endswith("]"):  # a list that went through a table as Python or JSON
        return [person(first or second) for first, second in QUOTED.findall(text)]
    if ";" in text or "|" in text:
        return [person(piece) for piece in re.split("[;|]", text)]
    pieces = [piece.strip(" ,") for piece in NAME_JOINT.split(text)]
    if len(pieces) > 1:
        if "," in pieces[0] and not any("," in piece for piece in pieces[1:]):
            return [*pieces[0].split(","), *pieces[1:]]  # "A, B and C"
        return [person(piece) for piece in pieces]
    parts = text.split(",")
    if len(parts) == 2 and any(len(part.split()) == 1 for part in parts):
        return [person(text)]  # one half of "Byron, Ada" is not a name
    return parts


def person(name: str) -> str:
    """Return a name in the order in which it is spoken: "Byron, Ada" is "Ada Byron"."""
    parts = [part.strip() for part in name.split(",") if part.strip()]
    suffix = [parts.pop(at) for at in (1, 2) if len(parts) == 3 and parts[at].casefold() in SUFFIXES]
    if len(parts) == 2 and parts[1].casefold() in SUFFIXES:
        return " ".join(parts)
    return " ".join([*reversed(parts), *suffix] if len(parts) == 2 else [*parts, *suffix])


def _name(item: object) -> str:
    if isinstance(item, str):
        return person(item)
    if isinstance(item, Mapping):
        return _name_of_mapping(item)
    if isinstance(item, list) and all(isinstance(part, str) for part in item):
        last, first, suffix = [*item, "", "", ""][:3]  # arXiv's authors_parsed; affiliations come after
        return f"{first} {last} {suffix}"
    raise ValueError('"authors" is not a list of names.')


def _name_of_mapping(item: Mapping[str, object], depth: int = 2) -> str:
    for key in ("name", "display_name", "literal", "author", "raw_author_name", "fullName"):
        value = item.get(key)
        if isinstance(value, Mapping) and depth:
            return _name_of_mapping(value, depth - 1)
        if isinstance(value, str):
            return person(value)
    parts = [item.get(key) for key in NAME_PARTS]
    return " ".join(part for part in parts if isinstance(part, str))


def read_year(value: object) -> int | None:
    """Return the year in a field: a number, a date as text, or CSL's date parts; None if there is none.

    Raises:
        ValueError: it is a number that is no year, or something else altogether.
    """
    if isinstance(value, Mapping):
        value = _date_of_mapping(value)
    if value is None:
        return None
    if isinstance(value, str):
        match = YEAR.search(value)
        return int(match[1]) if match else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError('"year" is not a number.')
    if not 0 < value <= LATEST_YEAR:  # a NaN is not either
        raise ValueError('"year" is not a year.')
    return int(value)


def _date_of_mapping(date: Mapping[str, object]) -> object:
    parts = date.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
        return str(parts[0][0])
    return next((date[key] for key in ("raw", "literal", "year") if key in date), None)


class PaperFields(TypedDict, total=False):
    """The fields that a paper is built from, each as it stands in a file."""

    title: Required[str]
    abstract: str
    authors: Sequence[str]
    year: int | None
    venue: str
    url: str
    id: str
    ids: Mapping[str, str]
    texts: Sequence[str]


def build_paper(**fields: Unpack[PaperFields]) -> Paper:
    """Return the paper that these fields describe; each is cleaned here.

    `ids` may hold `doi`, `arxiv_id` and `pmid` in any spelling; `texts` is where they may stand as well.
    The id is the given one, else the arXiv id, the DOI, or the slug of the title. A paper without an
    address of its own gets the one that its identifiers lead to. The abstract may be empty.

    Raises:
        ValueError: there is no title.
    """
    title = plain_text(fields["title"])
    if not title:
        raise ValueError('"title" is missing.')
    id = clean(fields.get("id", ""))[:LONGEST_ID]
    url = clean(fields.get("url", ""))
    address = url if re.match(r"https?://", url) else ""
    texts = clean(" ".join([address, *fields.get("texts", ())]))
    ids = {name: clean(value) for name, value in fields.get("ids", {}).items()}
    identifiers = identifiers_in(**ids, texts=texts)
    known = links(address, identifiers)
    return Paper(
        id=id or identifiers.get("arxiv_id") or identifiers.get("doi") or slug(title),
        title=title,
        abstract=HEADED.sub("", plain_text(fields.get("abstract", "")), count=1),
        authors=tuple(fields.get("authors", ())),
        year=fields.get("year"),
        venue=plain_text(fields.get("venue", "")) or None,
        url=known[0] if known else None,
        identifiers=identifiers,
    )
