"""The command line. Every command opens what it needs and nothing more; `--help` imports no library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from index_store.errors import PaperchatError
from ui.mcp_command import mcp
from ui.options import (
    AsJson,
    Draft,
    Embedder,
    ExportFormat,
    Format,
    Library,
    Model,
    Offline,
    Sources,
    TableFormat,
    read_options,
)
from ui.quiet import stay_home
from ui.serve_command import key, serve, user

__all__ = ["app", "main"]

app = typer.Typer(
    help="Ask your papers: every sentence of an answer carries the exact words it rests on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(help="Say which weights are here, or fetch them.", invoke_without_command=True)
app.add_typer(models_app, name="models")
for command in (serve, key, user, mcp):
    app.command()(command)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def main() -> None:
    """Run the command line: errors that a person can act on are one line and exit status 1."""
    stay_home()
    try:
        app()
    except PaperchatError as error:
        errors.print(str(error), style="red", markup=False, emoji=False)
        raise SystemExit(1) from None


@app.command()
def add(
    sources: Sources,
    *,
    format: Format = None,
    library: Library = None,
    embedder: Embedder = None,
    offline: Offline = None,
) -> None:
    """Read papers into the library. Adding a file again changes nothing."""
    from ui.adding import add_files

    settings = read_options(library=library, embedder=embedder, offline=offline)
    if not add_files(settings, sources, format=format, console=Console(highlight=False)):
        raise typer.Exit(1)


@app.command()
def papers(
    query: Annotated[str, typer.Argument(help="Words to search for.")] = "",
    *,
    library: Library = None,
    embedder: Embedder = None,
    as_json: AsJson = False,
) -> None:
    """List the papers of the library, or those that a query names: by id, title, words, else by meaning."""
    from ui.upkeep import list_papers

    list_papers(read_options(library=library, embedder=embedder), query, as_json=as_json)


@app.command()
def remove(
    names: Annotated[
        list[str], typer.Argument(help="Ids of papers, or words: those in which all of them occur.")
    ],
    *,
    library: Library = None,
    embedder: Embedder = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before papers found by words go.")] = False,
) -> None:
    """Remove papers from the library, by id or by words; what words find is shown and asked for first."""
    from ui.upkeep import remove_papers

    settings = read_options(library=library, embedder=embedder)
    remove_papers(settings, names, sure=yes, console=Console(highlight=False))


@app.command()
def export(
    wanted: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of papers, or words that find them; all if left out.", show_default=False),
    ] = None,
    *,
    format: ExportFormat = "bibtex",
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; else it is printed.", show_default=False)
    ] = None,
    library: Library = None,
    embedder: Embedder = None,
) -> None:
    """Print papers of the library in a format that other tools read, or write them to a file."""
    from ui.exporting import export_papers

    settings = read_options(library=library, embedder=embedder)
    export_papers(settings, wanted or [], format=format, out=out, console=Console(highlight=False))


@app.command()
def reindex(library: Library = None, embedder: Embedder = None) -> None:
    """Index the library anew with the embedder that is named."""
    from ui.upkeep import reindex_library

    reindex_library(read_options(library=library, embedder=embedder), console=Console(highlight=False))


@app.command()
def ask(  # noqa: PLR0913 - one parameter for each option
    question: Annotated[str, typer.Argument(help="A question in plain words.")],
    *,
    library: Library = None,
    model: Model = None,
    embedder: Embedder = None,
    draft: Draft = False,
    as_json: AsJson = False,
    receipt: Annotated[
        Path | None,
        typer.Option("--receipt", help="File to write what the answer was made from.", show_default=False),
    ] = None,
) -> None:
    """Answer one question, with its references."""
    from ui.asking import ask_once

    settings = read_options(library=library, model=model, embedder=embedder)
    ask_once(settings, question, draft=draft, as_json=as_json, receipt=receipt)


@app.command()
def replay(
    receipt: Annotated[Path, typer.Argument(help="A receipt, or an answer that --json printed.")],
    *,
    library: Library = None,
    model: Model = None,
    embedder: Embedder = None,
    as_json: AsJson = False,
) -> None:
    """Ask a question again from its receipt, and show whether the answer is the same; else exit with 1."""
    from ui.replaying import replay_receipt

    if not replay_receipt(receipt, library=library, model=model, embedder=embedder, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def compare(
    subjects: Annotated[
        list[str], typer.Argument(help="Two to six papers: titles, short names or ids.", show_default=False)
    ],
    *,
    aspect: Annotated[
        list[str] | None,
        typer.Option("--aspect", help="What to compare them on; may be repeated.", show_default=False),
    ] = None,
    format: TableFormat = None,
    draft: Draft = False,
    library: Library = None,
    as_json: AsJson = False,
) -> None:
    """Put papers side by side: a row for each aspect, a quote in every cell."""
    from ui.comparing import compare_once

    settings = read_options(library=library)
    compare_once(settings, subjects, aspect or [], draft=draft, as_json=as_json, format=format)


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
        read_options(library=library, model=model, embedder=embedder), questions, out, draft=draft
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

    settings = read_options(library=library, model=model, embedder=embedder)
    print_scores(settings, questions, draft=draft, as_json=as_json)


@app.command()
def doctor(
    *,
    library: Library = None,
    embedder: Embedder = None,
    model: Model = None,
    port: Annotated[int | None, typer.Option(help="Port that the chat would listen on.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check everything that commonly goes wrong, and say how to mend it."""
    from ui.doctor import run_doctor

    if not run_doctor(as_json=as_json, library=library, embedder=embedder, model=model, port=port):
        raise typer.Exit(1)


@models_app.callback()
def models(context: typer.Context, model: Model = None, as_json: AsJson = False) -> None:
    """Say which weights are here, on what device they would run, and which model suits this machine."""
    if context.invoked_subcommand is None:
        from ui.model_list import print_models

        print_models(read_options(model=model), as_json=as_json)


@models_app.command("pull")
def models_pull(
    name: Annotated[
        str | None,
        typer.Argument(help="Name of a model, or OWNER/NAME on the hub; the default one if left out."),
    ] = None,
) -> None:
    """Fetch, verify and unpack weights, the embedder's and a model's."""
    from ui.model_list import pull_weights

    pull_weights(read_options(model=name))


if __name__ == "__main__":
    main()
