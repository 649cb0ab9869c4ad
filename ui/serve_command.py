"""The commands that serve, and those that say who may come: `serve`, `key` and `user`, with their options.

Like `ui.cli` it imports nothing that it does not need.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.options import Embedder, Library, Model, read_options

__all__ = ["key", "serve", "user"]


OPTIONS: dict[str, Any] = {
    "library": Library,
    "model": Model,
    "embedder": Embedder,
    "host": Annotated[str | None, typer.Option(help="Address to listen on.")],
    "port": Annotated[int | None, typer.Option(help="Port to listen on.")],
    "api_keys": Annotated[
        Path | None,
        typer.Option("--api-keys", help="File of keys; programs then need one.", show_default=False),
    ],
    "auth": Annotated[
        Path | None,
        typer.Option("--auth", help="File of people; everybody then has to log in.", show_default=False),
    ],
    "public": Annotated[
        bool | None, typer.Option("--public", help="Let nobody add or remove papers.", show_default=False)
    ],
    "embed_origins": Annotated[
        list[str] | None,
        typer.Option(
            "--embed-origin",
            help="Site whose pages may embed the chat, like https://example.org; may be repeated.",
            show_default=False,
        ),
    ],
    "root_path": Annotated[
        str | None,
        typer.Option("--root-path", help="Path under which a proxy shows it.", show_default=False),
    ],
}
"""Each is the setting of the same name: too many for the parameters of a function."""


def taking(options: dict[str, Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let a command take these options, by name, as its keyword arguments."""

    def declare(command: Callable[..., None]) -> Callable[..., None]:
        known = signature(command, eval_str=True).parameters.values()
        named = [one for one in known if one.kind is not one.VAR_KEYWORD]
        kind = Parameter.KEYWORD_ONLY
        more = [Parameter(name, kind, default=None, annotation=what) for name, what in options.items()]
        command.__dict__["__signature__"] = Signature([*named, *more])
        command.__annotations__ |= options
        return command

    return declare


@taking(OPTIONS)
def serve(
    files: Annotated[list[Path] | None, typer.Argument(help="Files to add first.")] = None, **options: Any
) -> None:
    """Open the chat in the browser, and the API for programs. The given files are added first."""
    from ui.serving import serve_chat

    options["embed_origins"] = options["embed_origins"] or None  # none are named: those of the settings
    serve_chat(read_options(**options), files or [])


def key(
    name: Annotated[str, typer.Argument(help="Whose key it is; whoever runs the server sees it.")],
    *,
    file: Annotated[Path, typer.Option("--file", help="File of keys, made if there is none.")],
) -> None:
    """Make a key for the API, and print it this once: the file keeps its hash alone."""
    from ui.api.keys import make_key

    typer.echo(make_key(name, file.expanduser()))
    typer.echo(f"Keep it: it is not shown again. {file} lets {name} in, also while it is served.", err=True)


def user(
    name: Annotated[str, typer.Argument(help="The name to log in with.")],
    *,
    file: Annotated[Path, typer.Option("--file", help="File of people, made if there is none.")],
) -> None:
    """Let somebody log in, or change their password, which is asked for; the file keeps its hash alone."""
    from ui.people import write_person

    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    known = write_person(name, password, file.expanduser())
    typer.echo(f"{name} has a new password." if known else f"{name} can log in where {file} is served.")
