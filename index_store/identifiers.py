"""Finds DOIs, arXiv ids and PubMed ids in whatever people write them in, and gives each one spelling.

It knows nothing of papers or files.
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Mapping

__all__ = ["PREPRINT_PREFIXES", "find_arxiv_id", "find_doi", "identifiers_in", "links"]

DOI = re.compile(r"\b10\.\d{1,9}(?:\.\d{1,9}){0,4}/[^\s\"<>{}|\\^`]{1,300}", re.I)
OLD_DOI = re.compile(r"\b10\.\d{4,9}/\(?sici\)?[^\s\"{}|\\^`]{1,300}", re.I)
"""The DOIs that publishers made of SICIs before 2000 hold angle brackets."""
TAIL = re.compile(
    r"/(?:full|fulltext|pdf|epdf|abstract|summary|html|meta)$|\.(?:full|abstract)$|\.pdf$|(?<=\d)v\d+$"
    r"|[?#&][\w.-]*(?:=.*)?$"
)
"""What the addresses of publishers put behind a DOI: the kind of page, a version, a query."""
CLOSING = {")": "(", "]": "["}
ARXIV_DOI = "10.48550/arxiv."
ARCHIVES = (
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat "
    "cs dg-ga funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin nucl-ex nucl-th "
    "patt-sol physics plasm-ph q-alg q-bio quant-ph solv-int supr-con"
).split()
ARXIV_ID = re.compile(
    r"(?:(\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})"
    rf"|({'|'.join(ARCHIVES)})(?:\.[A-Z]{{2}})?(/\d{{7}}))(?:v\d+)?(?!\d)",
    re.I,
)
ARXIV_NAMED = re.compile(r"arxiv\.org/(?:abs|pdf|html)/|\babs/|\barxiv\s*[:.]\s*", re.I)
PMID = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)?(?<![^\W_])(\d{1,9})/?$")
PREPRINT_PREFIXES = frozenset(
    "10.48550 10.1101 10.2139 10.21203 10.26434 10.31234 10.31219 10.20944 10.36227 10.31222".split()
)
"""DOI registrants that hold preprints: arXiv, bioRxiv and medRxiv, SSRN, Research Square, ChemRxiv,
PsyArXiv, OSF, Preprints.org, TechRxiv, and MetaArXiv."""


def find_doi(text: str) -> str:
    """Return the first DOI in `text`, in lower case and without what follows it; "" if there is none."""
    if "%" in text:
        text = urllib.parse.unquote(text)
    match = OLD_DOI.search(text) or DOI.search(text)
    if match is None:
        return ""
    doi = _without_closing(match[0].casefold())
    while (cut := TAIL.sub("", doi)) != doi and DOI.fullmatch(cut):
        doi = _without_closing(cut)
    return doi if "/" in doi else ""


def _without_closing(doi: str) -> str:
    """Return a DOI without the marks of the sentence or the brackets that it stands in."""
    while doi and (
        doi[-1] in ".,;:'*/" or (doi[-1] in CLOSING and doi.count(doi[-1]) > doi.count(CLOSING[doi[-1]]))
    ):
        doi = doi[:-1]
    return doi


def find_arxiv_id(text: str, *, bare: bool = False) -> str:
    """Return the arXiv id in `text` without its version; "" if there is none.

    It must be called one ("arXiv:2303.12345", a link, an arXiv DOI), for bare digits can be a number
    or the end of another DOI; with `bare`, the whole text may also be the id alone.
    """
    matches = [ARXIV_ID.match(text, named.end()) for named in ARXIV_NAMED.finditer(text)]
    if bare:
        matches.append(ARXIV_ID.fullmatch(text.strip()))
    match = next(filter(None, matches), None)
    return (match[1] or f"{match[2]}{match[3]}").casefold() if match else ""


def identifiers_in(*, doi: str = "", arxiv_id: str = "", pmid: str = "", texts: str = "") -> dict[str, str]:
    """Return `doi`, `arxiv_id` and `pmid` as far as the fields of a record hold them.

    `texts` is where they may also stand (links, journal references, notes); the fields come first. A DOI
    that arXiv gave out is an arXiv id by another name.
    """
    found_doi = find_doi(doi) or find_doi(texts)
    found_arxiv = find_arxiv_id(arxiv_id, bare=True) or find_arxiv_id(texts)
    if found_doi.startswith(ARXIV_DOI):
        found_arxiv = found_arxiv or find_arxiv_id(found_doi)
        found_doi = ""
    number = PMID.search(pmid.strip())
    found = {"arxiv_id": found_arxiv, "doi": found_doi, "pmid": number[1] if number else ""}
    return {name: value for name, value in found.items() if value}


def links(url: str | None, identifiers: Mapping[str, str]) -> tuple[str, ...]:
    """Return every address at which a paper can be read, its own first, none twice."""
    patterns = {
        "arxiv_id": "https://arxiv.org/abs/{}",
        "doi": "https://doi.org/{}",
        "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    }
    known = [pattern.format(identifiers[name]) for name, pattern in patterns.items() if name in identifiers]
    return tuple(dict.fromkeys([*([url] if url else []), *known]))
