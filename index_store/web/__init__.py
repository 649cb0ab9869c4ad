"""Fetches the record of one paper by its arXiv id or DOI, and nothing that was not asked for by name.

In: "arxiv:2303.12345" or "doi:10.1000/xyz", or the address of one. Out: what a reader of a file would give.
Records come from the API of arXiv and from doi.org; an abstract that a DOI's record lacks from OpenAlex. It
does not know whether the user wants to be online.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from urllib.parse import quote, unquote

from index_store.errors import FileError
from index_store.identifiers import identifiers_in
from index_store.readers.record import paper_from_record
from index_store.readers.source import Source
from index_store.values import Doubt, Paper
from index_store.web.fetching import FetchError, Patience, fetch

__all__ = ["Services", "is_online_reference", "read_online"]

NAMED = re.compile(r"(arxiv|doi)\s*:\s*(?=\S)", re.I)
ADDRESS = re.compile(r"https?://(?:(?:www|export)\.)?(arxiv\.org|(?:dx\.)?doi\.org)/", re.I)
VERSION = re.compile(r"v\d+(?=(?:\.pdf)?/?$)", re.I)
CSL_JSON = "application/vnd.citationstyles.csl+json"


@dataclass(frozen=True, slots=True)
class Services:
    """The addresses of those who are asked."""

    arxiv: str = "https://export.arxiv.org/api/query"
    doi: str = "https://doi.org"
    openalex: str = "https://api.openalex.org/works"


def is_online_reference(text: str) -> bool:
    """Whether `text` names a paper to be fetched. A file of that name comes first, but not here."""
    return bool(NAMED.match(text) or ADDRESS.match(text))


def read_online(
    reference: str,
    *,
    contact: str = "",
    services: Services | None = None,
    patience: Patience | None = None,
) -> list[Paper | Doubt]:
    """Return the paper that `reference` names, and a doubt if its abstract could not be asked for.

    `contact`, a mail address, is told to the services: they are kinder to those whom they can reach. A
    paper whose abstract nobody has comes without one.

    Raises:
        FileError: the reference names nothing, there is no such paper, or a service cannot be reached.
    """
    ask = _Ask(reference.strip(), contact, services or Services(), patience or Patience())
    named = _identifier(ask.reference)
    try:
        if "arxiv_id" in named:
            return [_from_arxiv(ask, named["arxiv_id"])]
        return _from_doi(ask, named["doi"])
    except FetchError as error:
        raise FileError(_in_words(ask.reference, error)) from error


def _identifier(reference: str) -> dict[str, str]:
    """Return the one identifier that a reference names. A DOI that arXiv gave out is an arXiv id."""
    address = ADDRESS.match(reference)
    match = address or NAMED.match(reference)
    named = {}
    if match and "doi" in match[1].casefold():
        named = identifiers_in(doi=unquote(reference) if address else reference)
    elif match:
        named = identifiers_in(arxiv_id=reference)
    if not named:
        raise FileError(
            f"{reference}: this is no arXiv id and no DOI; they look like arxiv:2303.12345 and "
            "doi:10.1000/xyz."
        )
    return named


@dataclass(frozen=True, slots=True)
class _Ask:
    reference: str
    contact: str
    services: Services
    patience: Patience

    def fetch(self, url: str, accept: str) -> bytes:
        agent = f"paperchat/{version('paperchat')}"
        if self.contact:
            agent += f" (mailto:{self.contact})"
        return fetch(url, {"Accept": accept, "User-Agent": agent}, self.patience)


def _in_words(reference: str, error: FetchError) -> str:
    if error.missing:
        return f"{reference}: there is no such paper at {error.host}; look at the number again."
    if error.unreachable:
        return (
            f"{reference} needs the internet, and {error.host} cannot be reached; export the entry as "
            "BibTeX elsewhere and add that file."
        )
    return f"{reference}: {error.host} {error.reason}; try again later, or add the entry as BibTeX."


def _from_arxiv(ask: _Ask, arxiv_id: str) -> Paper:
    from index_store.readers.atom import read_atom

    found = VERSION.search(ask.reference)
    edition = quote(arxiv_id + found[0].lower() if found else arxiv_id)
    data = ask.fetch(f"{ask.services.arxiv}?id_list={edition}&max_results=1", "application/atom+xml")
    try:
        items = list(read_atom(Source(io.BytesIO(data), ask.reference)))
    except FileError as error:
        raise FileError(f"{ask.reference}: the answer of arXiv cannot be read; try again later.") from error
    papers = [item for item in items if isinstance(item, Paper)]
    paper = next((one for one in papers if one.identifiers.get("arxiv_id") == arxiv_id), None)
    if paper is None:
        raise FileError(f"{ask.reference}: there is no such paper at arXiv; look at the number again.")
    return paper


def _from_doi(ask: _Ask, doi: str) -> list[Paper | Doubt]:
    data = ask.fetch(f"{ask.services.doi}/{quote(doi, safe='/:;()')}", CSL_JSON)
    record = _record(data)
    if record is None:
        raise FileError(
            f"{ask.reference}: whoever gave out this DOI has no record of it that can be read; add "
            "the entry as BibTeX."
        )
    known: dict[str, object] = {name: value for name, value in record.items() if name != "source"}
    try:
        paper = paper_from_record(known | {"DOI": doi})
    except ValueError as error:
        raise FileError(f"{ask.reference}: the record of this DOI cannot be used: {error}") from error
    if paper.abstract:
        return [paper]
    abstract, problem = _abstract_from_openalex(ask, doi)
    paper = replace(paper, abstract=abstract)
    return [paper, Doubt(ask.reference, problem)] if problem else [paper]


def _record(data: bytes) -> Mapping[str, object] | None:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _abstract_from_openalex(ask: _Ask, doi: str) -> tuple[str, str]:
    """Return the abstract, "" if OpenAlex has none, and what kept it from being asked for."""
    url = f"{ask.services.openalex}/doi:{quote(doi, safe='/:;()')}?select=abstract_inverted_index"
    try:
        record = _record(ask.fetch(url, "application/json"))
        paper = paper_from_record({**record, "title": "-"}) if record else None
    except FetchError as error:
        return "", "" if error.missing else f"its abstract was not found: {error.host} {error.reason}."
    except ValueError as error:
        return "", f"its abstract was not found: the answer of OpenAlex cannot be used ({error})"
    if paper is None:
        return "", "its abstract was not found: the answer of OpenAlex cannot be read."
    return paper.abstract, ""
