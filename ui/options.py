"""The options that several commands share, each with its words for `--help`. It knows no command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from ui.settings import Settings

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
    "read_options",
]

Library = Annotated[
    str | None,
    typer.Option("--library", help='Folder of the library, or "sample" for the built-in one.'),
]
Embedder = Annotated[str | None, typer.Option("--embedder", help="Name or folder of the embedder.")]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="The language model: a name, a folder, OWNER/NAME on the hub, or URL#NAME of an endpoint.",
    ),
]
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


def read_options(**options: object) -> Settings:
    """Return the settings with the options of a command; what checks them is loaded only now.

    Raises:
        PaperchatError: a key is unknown or a value is of the wrong kind; the message names it.
    """
    from ui.settings import read_settings

    return read_settings(**options)
