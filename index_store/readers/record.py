"""Turns one record, a mapping of field names to values, into a paper, whoever named the fields.

It reads our own JSON, CSV columns, CSL-JSON, and the JSON of arXiv's metadata snapshot, OpenAlex, Semantic
Scholar and Crossref. A name is compared without case, spaces and marks: "Publication Year" is
"publication_year". It knows no file format.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from index_store.identifiers import find_arxiv_id
from index_store.readers.fields import author_names, build_paper, read_year
from index_store.values import Paper

__all__ = ["FIELDS", "field_name", "paper_from_record"]

FIELDS: dict[str, tuple[str, ...]] = {
    "title": (
        "title", "displayname", "papertitle", "articletitle", "documenttitle", "primarytitle", "itemtitle",
        "ti",
    ),
    "abstract": ("abstract", "abstractnote", "abstractinvertedindex", "abstracttext", "summary", "ab"),
    "authors": (
        "authorsparsed", "authors", "author", "authorships", "authornames", "authorfullnames", "creators",
        "af", "au",
    ),
    "year": (
        "year", "publicationyear", "pubyear", "issued", "published", "publicationdate", "date", "created",
        "updatedate", "py",
    ),
    "venue": (
        "venue", "containertitle", "journal", "journaltitle", "publicationtitle", "sourcetitle",
        "booktitle", "journalref", "journalbook", "conference", "primarylocation", "publicationvenue",
        "publication", "source", "so",
    ),
    "url": (
        "url", "link", "links", "landingpageurl", "openaccesspdf", "pdfurl", "pdflink", "articleurl",
        "externalurl",
    ),
    "doi": ("doi", "itemdoi", "di"),
    "arxiv_id": ("arxivid", "arxiv", "eprint", "arxivlink", "arxivurl"),
    "pmid": ("pmid", "pubmed", "pubmedid", "pm"),
}  # fmt: skip
"""What other tools call the fields of a paper, the best name first; the shortest are Web of Science's."""
WRAPPERS = ("citedpaper", "citingpaper")
"""Under what Semantic Scholar keeps the paper itself in its lists of references and citations."""
NESTED = ("identifiers", "ids", "externalids")
"""Mappings of identifiers inside a record: our own, OpenAlex's and Semantic Scholar's."""
FOREIGN = {"type", "abstractinvertedindex", "paperid"}
"""With one of these the record's own `id` is a citation key or an address of another tool's database."""
CATALOGUED = {"type", "documenttype", "itemtype"}
"""With one of these "source" is the database that a record was found in, and no venue."""
NEEDED = ("title", "abstract")
NAMING = ("display_name", "name", "url", "href", "source")
"""Where mappings keep what they are called: the venues, links and authors of the JSON dialects."""
NOTED = re.compile(r"^\s*(arxiv|doi|pmid)\s*:\s*(\S.*)", re.I | re.M)
"""An identifier in a note, as Zotero keeps those for which a kind of item has no field."""
LARGEST_NUMBER = 10**15
MOST_LOCATIONS = 10
MARKS = re.compile(r"[\W_]+")


def field_name(name: str) -> str:
    """Return a field's name as it is compared: its letters and digits in lower case."""
    return MARKS.sub("", name).casefold()


def paper_from_record(record: Mapping[str, object]) -> Paper:
    """Return the paper that a record describes. Only a title is needed.

    Raises:
        ValueError: the title is missing, or a field is of the wrong kind; the message names it.
    """
    values = _named(record)
    own = "" if FOREIGN & values.keys() else _plain(values.get("id"))
    arxiv_id = find_arxiv_id(own, bare=True)
    if own.isdigit() or own.startswith(("http://", "https://")):
        own = ""  # the number of a row, or a place in another tool's database
    venue = _text(values, "venue")
    return build_paper(
        title=_text(values, "title"),
        abstract=_text(values, "abstract"),
        authors=_authors(values),
        year=read_year(_first(values, "year")),
        venue=venue,
        url=_text(values, "url"),
        id=arxiv_id or own,
        ids={
            "doi": _text(values, "doi") or (own if own.startswith("10.") else ""),
            "arxiv_id": _text(values, "arxiv_id") or arxiv_id,
            "pmid": _text(values, "pmid"),
        },
        texts=[venue, _plain(values.get("number")), _plain(values.get("archiveid")), *_locations(values)],
    )


def _named(record: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a record by the names that are compared, with those that lie deeper."""
    values = _by_name(record)
    for wrapper in WRAPPERS:
        values = _by_name(values.get(wrapper)) or values
    for name in NESTED:
        values = _by_name(values.get(name)) | values
    match values.get("versions"):
        case [{"created": created}, *_]:  # arXiv's snapshot: when the first version came
            values = {"year": created} | values
    match values.get("primarylocation"):
        case {"landing_page_url": address}:
            values = {"landingpageurl": address} | values
    notes = "\n".join(_plain(values.get(name)) for name in ("note", "extra"))
    for name, value in NOTED.findall(notes):
        values[field_name(name)] = values.get(field_name(name)) or value
    if CATALOGUED & values.keys():
        values.pop("source", None)
    return values


def _by_name(record: object) -> dict[str, object]:
    if not isinstance(record, Mapping):
        return {}
    return {field_name(str(name)): value for name, value in record.items()}


def _authors(values: Mapping[str, object]) -> tuple[str, ...]:
    authors = _first(values, "authors")
    if isinstance(authors, str) and "itemtype" in values:  # Zotero's tables: "Family, Given; Family, Given"
        return author_names(authors.split(";"))
    return author_names(authors)


def _locations(values: Mapping[str, object]) -> list[str]:
    """Return the addresses at which OpenAlex knows a paper: the preprint of a journal's is among them."""
    locations = values.get("locations")
    known = locations[:MOST_LOCATIONS] if isinstance(locations, list) else []
    return [_plain(location.get("landing_page_url")) for location in known if isinstance(location, Mapping)]


def _first(values: Mapping[str, object], field: str) -> object:
    """Return the first filled value among the names of a field."""
    found = (values[name] for name in FIELDS[field] if values.get(name) not in (None, "", [], {}))
    return next(found, None)


def _text(values: Mapping[str, object], field: str) -> str:
    value = _first(values, field)
    if field == "abstract" and isinstance(value, Mapping):
        return _from_inverted_index(value)
    if field == "abstract" and isinstance(value, list):
        return " ".join(_plain(part) for part in value)
    if field in NEEDED and isinstance(value, bool | int | float):
        raise ValueError(f'"{field}" is not text.')
    return _plain(value)


def _plain(value: object, depth: int = 3) -> str:
    """Return the text in a value: itself, the first of a list, or what a mapping calls its name."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < LARGEST_NUMBER else ""
    inside: list[object] = []
    if isinstance(value, list):
        inside = value[:10]
    elif isinstance(value, Mapping):
        inside = [value[key] for key in NAMING if key in value]
    return next(filter(None, (_plain(item, depth - 1) for item in inside)), "") if depth else ""


def _from_inverted_index(index: Mapping[str, object]) -> str:
    """Return the text of which OpenAlex gives the places of each word."""
    places = [
        (place, word)
        for word, where in index.items()
        if isinstance(where, list)
        for place in where
        if isinstance(place, int)
    ]
    return " ".join(word for _, word in sorted(places))
