"""The options that several commands share, each with its words for `--help`. It knows no command."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

__all__ = [
    "AsJson",
    "Draft",
    "Embedder",
    "ExportFormat",
    "Format",
    "Library",
    "Model",
    "Offline",
    "Sources",
    "TableFormat",
]

Library = Annotated[
    str | None,
    typer.Option("--library", help='Folder of the library, or "sample" for the built-in one.'),
]
Embedder = Annotated[str | None, typer.Option("--embedder", help="Name or folder of the embedder.")]
Model = Annotated[str | None, typer.Option("--model", help="Name or folder of the language model.")]
Offline = Annotated[bool | None, typer.Option("--offline/--online", help="Whether to fetch nothing.")]
Draft = Annotated[bool, typer.Option("--draft", help="Answer in quotes alone, without the model.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Sources = Annotated[
    list[str],
    typer.Argument(
        help="Files, folders and zips that hold papers; arxiv:ID and doi:DOI are fetched.",
        show_default=False,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="Read every file as this: page, jsonl, json, csv, bibtex, ris, nbib, atom, pdf.",
        show_default=False,
    ),
]
ExportFormat = Annotated[
    Literal["bibtex", "ris", "csl", "markdown"], typer.Option("--format", help="What to write.")
]
TableFormat = Annotated[
    Literal["markdown", "csv", "latex"] | None,
    typer.Option("--format", help="Print the table alone, as text to paste.", show_default=False),
]
