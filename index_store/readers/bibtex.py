"""Reads BibTeX and BibLaTeX as reference managers, publishers and people write it.

In: a source, read whole, for an entry may inherit from one that follows it. Out: papers and rejections in
the order of the file. It knows nothing of what LaTeX means, nor of how identifiers are spelled.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index_store.identifiers import find_arxiv_id
from index_store.readers.bibtex_values import join_pieces, split_outside_braces
from index_store.readers.fields import author_names, build_paper, clean, person, read_year
from index_store.readers.latex import address_of_latex, latex_to_text
from index_store.readers.source import Source
from index_store.values import Paper, Rejection

if TYPE_CHECKING:
    from bibtexparser.model import Block, Entry, ParsingFailedBlock

__all__ = ["read_bibtex"]

VENUES = ("journaltitle", "journal", "booktitle", "eventtitle", "school", "institution", "publisher")
"""Where the name of a venue stands, the best first."""
ADDRESSES = ("url", "ee", "link", "howpublished")
DATES = ("year", "date")
WANTED = frozenset(
    [
        *VENUES, *ADDRESSES, *DATES, *"title subtitle abstract author doi eprint eprinttype archiveprefix"
        " arxivid pmid volume number note crossref xdata".split()
    ]
)  # fmt: skip
OWN_VENUES = VENUES[:4]
INHERITED = frozenset([*DATES, *OWN_VENUES])
"""What a part takes over from the whole it stands in, beside the title of that as its own venue."""
NO_PAPERS = {"control", "set", "xdata", "bibnote", "options"}
"""Entries that hold settings, or fields for others."""
WHOLES = {
    "proceedings",
    "mvproceedings",
    "collection",
    "mvcollection",
    "reference",
    "mvreference",
    "periodical",
}
"""What papers stand in. Only one with an abstract of its own is taken for a paper."""
MOST_ANCESTORS = 4
NAMELESS = {"others", "et al.", "et al"}
NAME_PART = re.compile(r"\s*(family|given|prefix|suffix)\s*=\s*(.*)", re.I | re.S)
LEADING_ESCAPE = re.compile(
    r"(?<=\sand\s)\\(?:[^A-Za-z\s{}](?:\{[^{}]*\}|\w)|[A-Za-z]+(?:\{[^{}]*\}|\s+)?)"
)
HOMONYM = re.compile(r"\s0\d{3}$")
"""By which DBLP tells persons of one name apart."""
OPENING = re.compile(r"@(\w*)\s*[{(]\s*([^,\s{}()=\"]*)")
STRAY_FIELD = re.compile(r"^\s*[A-Za-z][\w-]*\s*=\s*[{\"]", re.M)
LONGEST_KEY = 60


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry, its wanted fields as LaTeX. `fault` says why it cannot be a paper, if it cannot."""

    where: str
    kind: str
    key: str
    fields: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


def read_bibtex(source: Source) -> Iterator[Paper | Rejection]:
    """Yield a paper for each entry that describes one; one that cannot be read is rejected with its line.

    Volumes of proceedings without an abstract are not papers: they lend their fields to what
    cross-references them, and are rejected if nothing does. Entries that share a key are all read.

    Raises:
        FileError: it is not text, or too large.
    """
    items: list[_Entry | Rejection] = []
    by_key: dict[str, _Entry] = {}
    strings: dict[str, str] = {}
    for block in _blocks(source.text()):
        item = _read_block(block, source.name, strings)
        if isinstance(item, _Entry) and item.key:
            by_key.setdefault(item.key, item)
        if item is not None:
            items.append(item)
    entries = [item for item in items if isinstance(item, _Entry)]
    lenders = {entry.fields.get("crossref", "").strip().casefold() for entry in entries}
    for item in items:
        paper = item if isinstance(item, Rejection) else _paper(item, by_key)
        if paper is not None:
            yield paper
        elif isinstance(item, _Entry) and item.kind in WHOLES and item.key not in lenders:
            yield Rejection(item.where, "this is a volume without an abstract, not a paper.")


def _blocks(text: str) -> list[Block]:
    from bibtexparser.entrypoint import parse_string

    log = logging.getLogger("bibtexparser")
    if not log.handlers:  # what it warns of is reported as rejections
        log.addHandler(logging.NullHandler())
    return parse_string(text, parse_stack=[]).blocks


def _read_block(block: Block, name: str, strings: dict[str, str]) -> _Entry | Rejection | None:
    """Return what a block holds; an abbreviation is added to `strings`."""
    from bibtexparser.model import Entry, ImplicitComment, ParsingFailedBlock, String

    while isinstance(block, ParsingFailedBlock) and block.ignore_error_block is not None:
        block = block.ignore_error_block  # a key or a field that is there twice
    where = _where(block, name)
    if isinstance(block, ParsingFailedBlock):
        return _rejection(block, where)
    if isinstance(block, Entry):
        return _read_entry(block, where, strings)
    if isinstance(block, String):
        try:
            strings[block.key.casefold()] = join_pieces(block.value, strings)
        except ValueError as error:
            return Rejection(where, f"this abbreviation cannot be read: {error}")
    if isinstance(block, ImplicitComment) and STRAY_FIELD.search(block.comment):
        return Rejection(
            where, "these fields belong to no entry; is there a closing brace too many above them?"
        )
    return None


def _where(block: Block, name: str) -> str:
    match = OPENING.match(block.raw or "")
    key = clean(getattr(block, "key", match[2] if match else ""))[:LONGEST_KEY]
    return f"{name}, line {(block.start_line or 0) + 1}" + (f" ({key})" if key else "")


def _rejection(block: ParsingFailedBlock, where: str) -> Rejection | None:
    match = OPENING.match(block.raw or "")
    if match and match[1].casefold() in ("comment", "preamble"):
        return None
    why = clean(str(getattr(block.error, "abort_reason", block.error)))
    if "looking for" in why or "end of file" in why:
        return Rejection(where, "a closing brace or quotation mark is missing.")
    return Rejection(where, f"this entry is not BibTeX: {why}")


def _read_entry(entry: Entry, where: str, strings: Mapping[str, str]) -> _Entry:
    kind, key = entry.entry_type.casefold(), entry.key.strip().casefold()
    fields: dict[str, str] = {}
    for given in entry.fields:
        name = given.key.casefold()
        if name not in WANTED or name in fields:
            continue
        try:
            value = join_pieces(str(given.value), strings)
        except ValueError as error:
            return _Entry(where, kind, key, fault=f'"{name}" cannot be read: {error}')
        if value.strip(" {}\n"):
            fields[name] = value
    return _Entry(where, kind, key, fields)


def _paper(entry: _Entry, by_key: Mapping[str, _Entry]) -> Paper | Rejection | None:
    if entry.kind in NO_PAPERS or (
        entry.kind in WHOLES and "abstract" not in entry.fields and not entry.fault
    ):
        return None
    if entry.fault:
        return Rejection(entry.where, entry.fault)
    try:
        return _build(_complete(entry, by_key))
    except ValueError as error:
        return Rejection(entry.where, str(error))


def _complete(entry: _Entry, by_key: Mapping[str, _Entry]) -> dict[str, str]:
    """Return the fields of an entry with those that it inherits."""
    fields = dict(entry.fields)
    for key in fields.get("xdata", "").split(",")[:MOST_ANCESTORS]:
        shared = by_key.get(key.strip().casefold())
        fields = {**shared.fields, **fields} if shared else fields
    whole = by_key.get(fields.get("crossref", "").strip().casefold())
    for _ in range(MOST_ANCESTORS):  # not for ever: entries can refer to each other in a circle
        if whole is None:
            break
        fields = {**_lent(whole, fields), **fields}
        whole = by_key.get(whole.fields.get("crossref", "").strip().casefold())
    return fields


def _lent(whole: _Entry, fields: Mapping[str, str]) -> dict[str, str]:
    """Return what a whole lends to a part that has these fields: when and where it was published."""
    lent = {name: value for name, value in whole.fields.items() if name in INHERITED}
    if "title" in whole.fields and not any(name in lent for name in OWN_VENUES):
        lent["booktitle"] = whole.fields["title"]
    kept = [group for group in (DATES, OWN_VENUES) if any(name in fields for name in group)]
    return {name: value for name, value in lent.items() if not any(name in group for group in kept)}


def _build(fields: Mapping[str, str]) -> Paper:
    """Return the paper that complete fields describe.

    Raises:
        ValueError: there is no title, or a field cannot be converted from LaTeX.
    """
    words = {name: latex_to_text(fields.get(name, "")) for name in ("title", "subtitle", "abstract")}
    title = words["title"]
    if title and words["subtitle"] and clean(words["subtitle"]).casefold() not in clean(title).casefold():
        title = f"{title.rstrip(' :')}: {words['subtitle']}"
    venue = latex_to_text(next((fields[name] for name in VENUES if name in fields), ""))
    addresses = [part for name in ADDRESSES for part in address_of_latex(fields.get(name, "")).split()]
    years = (read_year(address_of_latex(fields[name])) for name in DATES if name in fields)
    return build_paper(
        title=title,
        abstract=words["abstract"],
        authors=_authors(fields.get("author", "")),
        year=next(filter(None, years), None),
        venue=venue,
        url=next((part for part in addresses if part.startswith(("http://", "https://"))), ""),
        ids=_identifiers(fields),
        texts=[*addresses, venue, *_where_arxiv_stands(fields)],
    )


def _identifiers(fields: Mapping[str, str]) -> dict[str, str]:
    eprint = address_of_latex(fields.get("eprint", "")).strip()
    archive = (
        address_of_latex(fields.get("eprinttype") or fields.get("archiveprefix", "")).strip().casefold()
    )
    arxiv_id = eprint if archive in ("", "arxiv") else ""
    volume = address_of_latex(fields.get("volume", ""))
    if clean(fields.get("journal", "")).strip("{}").casefold() == "corr":
        arxiv_id = arxiv_id or find_arxiv_id(volume, bare=True) or find_arxiv_id(f"arxiv:{volume}")
    return {
        "doi": address_of_latex(fields.get("doi", "")),
        "arxiv_id": arxiv_id or address_of_latex(fields.get("arxivid", "")),
        "pmid": address_of_latex(fields.get("pmid") or (eprint if archive in ("pubmed", "pmid") else "")),
    }


def _where_arxiv_stands(fields: Mapping[str, str]) -> list[str]:
    """Return the fields in which tools write "arXiv:2303.12345"; a note may also speak of other papers."""
    texts = [address_of_latex(fields.get(name, "")).strip() for name in ("volume", "number", "note")]
    return [text for text in texts if text.casefold().startswith(("arxiv", "abs/"))]


def _authors(value: str) -> tuple[str, ...]:
    from bibtexparser.middlewares.names import split_multiple_persons_names

    kept = LEADING_ESCAPE.sub(r"{\g<0>}", value)  # else the splitter loses one that follows "and"
    raw = [name.strip() for name in split_multiple_persons_names(kept)]
    if len(raw) == 1 and _is_list(raw[0]):
        return author_names(latex_to_text(raw[0]))
    names = (
        HOMONYM.sub("", clean(_author(name)))
        for name in raw
        if clean(name).strip("{}").casefold() not in NAMELESS
    )
    return tuple(filter(None, names))


def _is_list(name: str) -> bool:
    """Whether this is no name but several, joined by something else than "and"."""
    parts = [part.strip() for part in split_outside_braces(name)]
    if any(NAME_PART.fullmatch(part) for part in parts):
        return False
    return ";" in name or len(parts) > 3 or (len(parts) == 3 and all(" " in part for part in parts))


def _author(name: str) -> str:
    r"""Return a name as it is spoken; in braces it is one word: `{Barnes and Noble, Inc.}`."""
    parts = split_outside_braces(name)
    named = {match[1].casefold(): match[2] for part in parts if (match := NAME_PART.fullmatch(part))}
    if "family" in named:  # BibLaTeX's extended format
        parts = [named.get(key, "").strip(' "') for key in ("given", "prefix", "family", "suffix")]
        return latex_to_text(" ".join(parts))
    if len(parts) == 1:
        return latex_to_text(name)
    return person(", ".join(latex_to_text(part) for part in parts))
