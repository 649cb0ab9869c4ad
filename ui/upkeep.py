"""Looks after a library from the terminal: lists its papers, removes some, indexes it anew."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from rich.console import Console

from index_store.errors import LibraryError, PaperchatError
from index_store.values import Paper
from ui.printing import print_json, show_progress
from ui.settings import SAMPLE, Settings
from ui.wiring import library_folder, load_embedder, open_library

__all__ = ["NEAREST", "list_papers", "reindex_library", "remove_papers"]

NEAREST = 50
"""Passages of which the papers are listed or exported when no paper holds the words of a query."""


def list_papers(settings: Settings, query: str, *, as_json: bool) -> None:
    """Print the papers of the library, or those that a query names by id, title, words or meaning."""
    from ui.answer_json import paper_object

    with open_library(settings) as index:
        found = index.find(query, nearest=NEAREST) if query.strip() else index.papers()
    if as_json:
        print_json({"papers": [paper_object(paper) for paper in found]})
        return
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        for paper in found:
            typer.echo(f"{paper.title}\t{paper.year or ''}\t{paper.id}")
        return
    _print_table(found, console)
    bare = sum(not paper.abstract for paper in found)
    console.print(f"{len(found)} papers" + (f", {bare} of them without an abstract" if bare else ""))


def _print_table(papers: Sequence[Paper], console: Console) -> None:
    from rich.table import Table

    table = Table("title", "year", "id", box=None, header_style="dim")
    for paper in papers:
        table.add_row(paper.title, str(paper.year or ""), paper.id, style=None if paper.abstract else "dim")
    console.print(table)


def remove_papers(settings: Settings, names: Sequence[str], *, sure: bool, console: Console) -> None:
    """Remove papers by id, or those in which all the given words occur, once that was confirmed.

    Raises:
        PaperchatError: there is no such paper, or nobody can be asked; nothing was removed.
    """
    with open_library(settings) as index:
        papers = index.papers(names)
        if missing := [name for name in names if name not in {paper.id for paper in papers}]:
            papers = index.find(" ".join(names))
            if not papers or (len(missing) < len(names)):
                raise PaperchatError(f"There is no paper {', '.join(missing)} here; nothing was removed.")
            _print_table(papers, console)
            if not sure and not sys.stdin.isatty():
                raise PaperchatError(
                    f"{len(papers)} papers have these words; nothing was removed. Add --yes to remove them."
                )
            if not sure and not typer.confirm(f"Remove these {len(papers)} papers?"):
                return
        count = index.remove([paper.id for paper in papers])
    console.print(f"{count} removed")


def reindex_library(settings: Settings, *, console: Console) -> None:
    """Index the library anew with the embedder of the settings."""
    from index_store.reindexing import reindex

    if settings.library == SAMPLE:
        raise LibraryError("The sample library is read-only; it has an index for each embedder.")
    with show_progress() as report:
        embedder = load_embedder(settings, progress=report)
        folder = library_folder(settings)
        count = reindex(folder, embedder, progress=lambda done, total: report("Chunks", done, total))
    console.print(f"{count} papers indexed with {embedder.model_name}")
