"""Turns one record of a file, a mapping of field names to values, into a paper."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from index_store.values import Paper, slug

__all__ = ["clean", "paper_from_record"]

INVISIBLE = re.compile(
    r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
"""Zero-width and direction marks, which hide words from people and searches; lone surrogates."""

LATEST_YEAR = 9999


def clean(text: str) -> str:
    """Return `text` composed (NFC), with white space made single and invisible marks taken out."""
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def paper_from_record(record: Mapping[str, object]) -> Paper:
    """Return the paper that a record describes.

    `title` and `abstract` are needed; `authors` (list, or names joined by commas), `year`, `venue`,
    `url`, `doi`, `arxiv_id` and `id` are taken when there.

    Raises:
        ValueError: a needed field is missing or of the wrong kind; the message names it.
    """
    title, abstract = _text(record, "title"), _text(record, "abstract")
    for name, value in (("title", title), ("abstract", abstract)):
        if not value:
            raise ValueError(f'"{name}" is missing.')
    identifiers = {name: value for name in ("arxiv_id", "doi") if (value := _text(record, name).lower())}
    return Paper(
        id=_text(record, "id") or next(iter(identifiers.values()), "") or slug(title),
        title=title,
        abstract=abstract,
        authors=_authors(record.get("authors")),
        year=_year(record.get("year")),
        venue=_text(record, "venue") or None,
        url=_text(record, "url") or None,
        identifiers=identifiers,
    )


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f'"{name}" is not text.')
    return clean(value)


def _authors(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError('"authors" is not a list of names.')
    return tuple(cleaned for name in names if (cleaned := clean(name)))


def _year(value: object) -> int | None:
    if value is None or value == "":
        return None
    try:
        year = int(str(value).removesuffix(".0"))
    except ValueError:
        raise ValueError('"year" is not a number.') from None
    if not 0 < year <= LATEST_YEAR:
        raise ValueError('"year" is not a year.')
    return year
