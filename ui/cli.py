"""The command line. Every command opens what it needs and nothing more; `--help` imports no library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from index_store.errors import PaperchatError
from ui.quiet import stay_home
from ui.settings import read_settings

__all__ = ["app", "main"]

app = typer.Typer(
    help="Ask your papers: every sentence of an answer carries the exact words it rests on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(help="Say which weights are here, or fetch them.", invoke_without_command=True)
app.add_typer(models_app, name="models")
errors = Console(stderr=True, highlight=False, soft_wrap=True)

Library = Annotated[
    str | None,
    typer.Option("--library", help='Folder of the library, or "sample" for the built-in one.'),
]
Embedder = Annotated[str | None, typer.Option("--embedder", help="Name or folder of the embedder.")]
Model = Annotated[str | None, typer.Option("--model", help="Name or folder of the language model.")]
Draft = Annotated[bool, typer.Option("--draft", help="Answer in quotes alone, without the model.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Files = Annotated[list[Path], typer.Argument(help="Files that list papers.", show_default=False)]
Format = Annotated[
    str | None, typer.Option("--format", help="Read the files as this: page, jsonl.", show_default=False)
]


def main() -> None:
    """Run the command line: errors that a person can act on are one line and exit status 1."""
    stay_home()
    try:
        app()
    except PaperchatError as error:
        errors.print(str(error), style="red", markup=False, emoji=False)
        raise SystemExit(1) from None


@app.command()
def add(files: Files, format: Format = None, library: Library = None, embedder: Embedder = None) -> None:
    """Read papers from files into the library. Adding a file again changes nothing."""
    from ui.adding import add_files

    settings = read_settings(library=library, embedder=embedder)
    if not add_files(settings, files, format=format, console=Console(highlight=False)):
        raise typer.Exit(1)


@app.command()
def papers(
    query: Annotated[str, typer.Argument(help="Words to search for.")] = "",
    *,
    library: Library = None,
    embedder: Embedder = None,
    as_json: AsJson = False,
) -> None:
    """List the papers of the library, or search them."""
    from ui.answer_json import paper_object
    from ui.wiring import open_library

    with open_library(read_settings(library=library, embedder=embedder)) as index:
        found = index.papers()
        if query:
            hits = [passage.chunk.paper for passage in index.search(query, limit=50)]
            found = list({paper.id: paper for paper in hits}.values())
    if as_json:
        from ui.printing import print_json

        print_json({"papers": [paper_object(paper) for paper in found]})
        return
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        for paper in found:
            typer.echo(f"{paper.title}\t{paper.year or ''}\t{paper.id}")
        return
    from rich.table import Table

    table = Table("title", "year", "id", box=None, header_style="dim")
    for paper in found:
        table.add_row(paper.title, str(paper.year or ""), paper.id, style=None)
    console.print(table)
    console.print(f"{len(found)} papers")


@app.command()
def remove(
    ids: Annotated[list[str], typer.Argument(help="Ids of papers, as `paperchat papers` shows them.")],
    library: Library = None,
    embedder: Embedder = None,
) -> None:
    """Remove papers from the library."""
    from ui.wiring import open_library

    with open_library(read_settings(library=library, embedder=embedder)) as index:
        there = {paper.id for paper in index.papers(ids)}
        if missing := [id for id in ids if id not in there]:
            raise PaperchatError(f"There is no paper {', '.join(missing)} here; nothing was removed.")
        index.remove(ids)
    Console(highlight=False).print(f"{len(there)} removed")


@app.command()
def reindex(library: Library = None, embedder: Embedder = None) -> None:
    """Index the library anew with the embedder that is named."""
    from ui.wiring import open_library

    with open_library(read_settings(library=library, embedder=embedder), check=False) as index:
        index.reindex()
        name, count = index.embedder.model_name, index.count_papers()
    Console(highlight=False).print(f"{count} papers indexed with {name}")


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="A question in plain words.")],
    *,
    library: Library = None,
    model: Model = None,
    embedder: Embedder = None,
    draft: Draft = False,
    as_json: AsJson = False,
) -> None:
    """Answer one question, with its references."""
    from ui.asking import ask_once

    settings = read_settings(library=library, model=model, embedder=embedder)
    ask_once(settings, question, draft=draft, as_json=as_json)


@app.command()
def serve(
    files: Annotated[list[Path] | None, typer.Argument(help="Files to add first.")] = None,
    *,
    library: Library = None,
    model: Model = None,
    embedder: Embedder = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Open the chat in the browser. The given files are added first."""
    from ui.serving import serve_chat

    settings = read_settings(library=library, model=model, embedder=embedder, host=host, port=port)
    serve_chat(settings, files or [])


@app.command()
def batch(
    questions: Annotated[Path, typer.Argument(help="JSON lines of questions.")],
    out: Annotated[Path, typer.Option("--out", help="File to write predictions to.")],
    *,
    library: Library = None,
    model: Model = None,
    embedder: Embedder = None,
    draft: Draft = False,
) -> None:
    """Answer a file of questions; write a file of predictions."""
    from ui.batching import write_predictions

    write_predictions(
        read_settings(library=library, model=model, embedder=embedder), questions, out, draft=draft
    )


@app.command()
def evaluate(
    questions: Annotated[Path, typer.Argument(help="JSON lines of questions with their answers.")],
    *,
    library: Library = None,
    model: Model = None,
    embedder: Embedder = None,
    draft: Draft = False,
    as_json: AsJson = False,
) -> None:
    """Answer a file of questions and print how well."""
    from ui.batching import print_scores

    settings = read_settings(library=library, model=model, embedder=embedder)
    print_scores(settings, questions, draft=draft, as_json=as_json)


@models_app.callback()
def models(context: typer.Context, model: Model = None, as_json: AsJson = False) -> None:
    """Say which weights are here, and on what device and in what precision they would run."""
    if context.invoked_subcommand is None:
        from ui.model_list import print_models

        print_models(read_settings(model=model), as_json=as_json)


@models_app.command("pull")
def models_pull(
    name: Annotated[
        str | None, typer.Argument(help="Name of a model; the default one if left out.")
    ] = None,
) -> None:
    """Fetch, verify and unpack weights, the embedder's and a model's."""
    from ui.model_list import pull_weights

    pull_weights(read_settings(model=name))


if __name__ == "__main__":
    main()
