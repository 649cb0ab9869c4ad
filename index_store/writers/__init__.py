"""Renders papers in the formats that other tools read: BibTeX, RIS, CSL-JSON, and Markdown for people.

In: papers. Out: one text, which ends with a line end. It knows no files and no library.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Sequence
from urllib.parse import quote

from index_store.identifiers import links
from index_store.values import Paper
from index_store.writers.bibtex import render_bibtex
from index_store.writers.citing import Kind, citation_keys, kind_of, one_line, split_name

__all__ = ["EXPORTS", "render_bibtex", "render_csl", "render_markdown", "render_ris"]

RIS_TYPES: dict[Kind, str] = {"article": "JOUR", "inproceedings": "CONF", "misc": "GEN"}
CSL_TYPES: dict[Kind, str] = {
    "article": "article-journal",
    "inproceedings": "paper-conference",
    "misc": "article",
}
WEB = re.compile(r"https?://[^\s/]", re.I)
MARKDOWN = re.compile(r"[\\`*_{}\[\]|~$^@]|(?<=:)//|(?<=www)\.", re.I)
"""What may mean something inside a line, in CommonMark or its dialects: emphasis, links, code, math,
tables, templates, and addresses that become links by themselves."""
LINE_START = re.compile(r"([-+#=:%])|(\d+)([.)])")
"""What may mean something at the start of a line: a list, a heading, a rule."""
READABLE_IN_URL = "%/:=?~#+!$,;&@-._"


def render_ris(papers: Sequence[Paper]) -> str:
    """Return a RIS file of `papers`, with the line ends that its specification asks for."""
    lines: list[str] = []
    for paper, key in zip(papers, citation_keys(papers), strict=True):
        fields = [
            ("TY", RIS_TYPES[kind_of(paper)]),
            *(("AU", _ris_author(name)) for name in paper.authors),
            ("TI", paper.title),
            ("AB", paper.abstract),
            ("PY", str(paper.year or "")),
            ("T2", paper.venue or ""),
            ("DO", paper.identifiers.get("doi", "")),
            *(("UR", address) for address in _addresses(paper)),
            *_ris_pmid(paper),
            ("ID", key),
        ]
        lines += [f"{tag}  - {line}" for tag, value in fields if (line := one_line(value))]
        lines += ["ER  - ", ""]
    return "".join(f"{line}\r\n" for line in lines)


def _ris_author(spoken: str) -> str:
    """Return a name as RIS has it. A comma always parts it, so a whole can have none."""
    name = split_name(spoken)
    return name.inverted if name.given else one_line(name.family.replace(",", " "))


def _ris_pmid(paper: Paper) -> list[tuple[str, str]]:
    pmid = paper.identifiers.get("pmid")
    return [("AN", pmid), ("DB", "PubMed")] if pmid else []


def render_csl(papers: Sequence[Paper]) -> str:
    """Return a CSL-JSON array of `papers`, as Zotero, Pandoc and citeproc take it."""
    items = [_csl_item(paper, key) for paper, key in zip(papers, citation_keys(papers), strict=True)]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _csl_item(paper: Paper, key: str) -> dict[str, object]:
    arxiv_id = paper.identifiers.get("arxiv_id")
    item: dict[str, object | None] = {
        "id": key,
        "type": CSL_TYPES[kind_of(paper)],
        "title": paper.title,
        "author": [_csl_author(name) for name in paper.authors],
        "issued": {"date-parts": [[paper.year]]} if paper.year else None,
        "container-title": paper.venue,
        "DOI": paper.identifiers.get("doi"),
        "PMID": paper.identifiers.get("pmid"),
        "archive": "arXiv" if arxiv_id else None,
        "number": f"arXiv:{arxiv_id}" if arxiv_id else None,
        "URL": next(iter(_addresses(paper)), None),
        "abstract": paper.abstract,
    }
    return {name: value for name, value in item.items() if value}


def _csl_author(spoken: str) -> dict[str, str]:
    name = split_name(spoken)
    if not name.given:
        return {"literal": name.family}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: value for part, value in parts.items() if value}


def render_markdown(papers: Sequence[Paper]) -> str:
    """Return a numbered reference list of `papers`: authors, year, title, venue, links.

    Whatever a title holds is shown as it stands: none of it becomes mark-up, HTML or a link.
    """
    return "".join(f"{number}. {_reference(paper)}\n" for number, paper in enumerate(papers, 1))


def _reference(paper: Paper) -> str:
    authors = _at_line_start(", ".join(_plain(name) for name in paper.authors))
    year = f"({paper.year})" if paper.year else ""
    title, venue = _plain(paper.title), _plain(paper.venue or "")
    parts = [
        " ".join(filter(None, (authors, year))),
        f"**{title}**" if title else "",
        f"*{venue}*" if venue else "",
        ", ".join(_link(address) for address in _addresses(paper)),
    ]
    return ". ".join(part for part in parts if part)


def _plain(text: str) -> str:
    """Return `text` so that Markdown shows it as it stands in the middle of a line."""
    return html.escape(MARKDOWN.sub(lambda sign: f"\\{sign[0]}", one_line(text)), quote=False)


def _at_line_start(text: str) -> str:
    return (
        LINE_START.sub(lambda sign: f"{sign[2] or ''}\\{sign[1] or sign[3]}", text, count=1)
        if (LINE_START.match(text))
        else text
    )


def _link(address: str) -> str:
    target = html.escape(quote(address, safe=READABLE_IN_URL))
    return f"[{_plain(re.sub('^https?://', '', address, flags=re.I))}](<{target}>)"


def _addresses(paper: Paper) -> list[str]:
    """Return the addresses at which a paper can be read, and nothing that is no web address."""
    return [address for address in links(paper.url, paper.identifiers) if WEB.match(address)]


EXPORTS: dict[str, Callable[[Sequence[Paper]], str]] = {
    "bibtex": render_bibtex,
    "ris": render_ris,
    "csl": render_csl,
    "markdown": render_markdown,
}
"""What `--format` accepts, and the function that renders it."""
