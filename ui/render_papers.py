"""Draws papers as HTML for the Library tab: a list, the page of one paper, bars of years and venues.

In: papers and counts. Out: one line of HTML without blank lines, in which nothing of a paper is markup.
Nothing here knows Gradio.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index_store.values import Paper
from index_store.writers import render_bibtex
from ui.formulas import rich_text
from ui.markup import text
from ui.taking import render_button, render_taking

__all__ = ["render_abstract", "render_bars", "render_count", "render_known", "render_list"]

MOST_AUTHORS = 3
"""Authors in a list; the page of a paper names them all."""
IDENTIFIERS = {"arxiv_id": "arXiv", "doi": "DOI", "pmid": "PubMed"}
LINKS = {"arxiv.org": "arXiv", "doi.org": "DOI", "pubmed.ncbi.nlm.nih.gov": "PubMed"}
WEB = re.compile(r"https?://([^/\s?#]+)", re.I)


def render_count(shown: int, found: int, total: int, *, by_meaning: bool = False) -> str:
    """Return how many papers of a library are found, and how many of these are in the list."""
    if by_meaning and found:
        said = f"No paper has all of these words. The {found:,} nearest in meaning:"
    elif not found:
        said = "No paper is found. Try fewer words, or other years and venues."
    else:
        of_all = "" if found == total else f" of {total:,}"
        said = f"{found:,}{of_all} {'paper' if found == total == 1 else 'papers'}"
        said += f", the first {shown:,} below" if shown < found else ""
    return f'<p class="count" role="status">{text(said)}</p>'


def render_list(papers: Sequence[Paper]) -> str:
    """Return a list of papers, each a button whose value is the id of the paper."""
    rows = "".join(f"<li>{_row(paper)}</li>" for paper in papers)
    return f'<ol class="papers">{rows}</ol>' if rows else ""


def _row(paper: Paper) -> str:
    facts = " · ".join(fact for fact in (_authors(paper), paper.venue, str(paper.year or "")) if fact)
    below = f'<span class="facts">{text(facts)}</span>' if facts else ""
    title = f'<span class="title">{rich_text(paper.title)}</span>'
    return f'<button type="button" class="paper-row" value="{text(paper.id)}">{title}{below}</button>'


def _authors(paper: Paper) -> str:
    more = " et al." if len(paper.authors) > MOST_AUTHORS else ""
    return ", ".join(paper.authors[:MOST_AUTHORS]) + more


def render_known(paper: Paper) -> str:
    """Return the head of a paper's page: all that is known of it, with its BibTeX to be copied."""
    facts = ", ".join(str(fact) for fact in (paper.venue, paper.year) if fact)
    parts = [
        f"<h2>{rich_text(paper.title)}</h2>",
        f'<p class="authors">{text(", ".join(paper.authors))}</p>' if paper.authors else "",
        f'<p class="facts">{text(facts)}</p>' if facts else "",
        _known_as(paper),
        render_taking(render_button("copy", "bibtex", "Copy BibTeX"), {"bibtex": render_bibtex([paper])}),
    ]
    return f'<div class="paper">{"".join(parts)}</div>'


def render_abstract(paper: Paper) -> str:
    """Return the abstract of a paper for its page, or that there is none."""
    if not paper.abstract:
        none = "There is no abstract of it here: it is found by its title alone."
        return f'<div class="paper"><p class="abstract none">{none}</p></div>'
    return f'<div class="paper"><p class="abstract">{rich_text(paper.abstract)}</p></div>'


def _known_as(paper: Paper) -> str:
    """Return the identifiers of a paper and the web addresses at which it can be read."""
    named = {IDENTIFIERS.get(name, name): value for name, value in sorted(paper.identifiers.items())}
    leading: dict[str, str] = {}
    for address in paper.links:
        if site := WEB.match(address):
            name = LINKS.get(site[1].casefold().removeprefix("www."), "")
            leading.setdefault(name if name in named else site[1], address)
    parts = [
        f"{text(name)} {_link(leading[name], value) if name in leading else text(value)}"
        for name, value in named.items()
    ]
    parts += [_link(address, name) for name, address in leading.items() if name not in named]
    return f'<p class="known">{" · ".join(parts)}</p>' if parts else ""


def _link(address: str, words: str) -> str:
    return f'<a href="{text(address)}" target="_blank" rel="noopener">{text(words)}</a>'


def render_bars(
    title: str, counts: Sequence[tuple[str, int]], *, rest: Sequence[tuple[int, str]] = ()
) -> str:
    """Return a chart of counts: a table, as it is read aloud, with a bar in each row.

    `rest` says which papers are in no row: how many, and what of them. There is no chart of nothing.
    """
    if not counts:
        return ""
    most = max(count for _, count in counts)
    rows = "".join(
        f'<tr><th scope="row">{text(name)}</th><td class="bar"><svg width="100%" height="12">'
        f'<rect width="{100 * count / most:.1f}%" height="12" rx="2"></rect></svg></td>'
        f'<td class="number">{count:,}</td></tr>'
        for name, count in counts
    )
    left = ", ".join(f"{count:,} {what}" for count, what in rest if count)
    below = f'<p class="rest">{text(f"Not shown: {left}")}</p>' if left else ""
    return f'<table class="bars"><caption>{text(title)}</caption><tbody>{rows}</tbody></table>{below}'
