"""The command `paperchat mcp`, with its options. Like `ui.cli` it imports nothing that it does not need."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.options import Draft, Embedder, Library, Model, read_options

__all__ = ["PORT", "mcp"]

PORT = 7861


def mcp(
    *,
    library: Library = None,
    model: Model = None,
    embedder: Embedder = None,
    draft: Draft = False,
    http: Annotated[bool, typer.Option("--http", help="Listen on this machine, not on stdin.")] = False,
    port: Annotated[
        int, typer.Option("--port", help="Port to listen on, with --http.", min=0, max=65535)
    ] = PORT,
) -> None:
    """Let assistants that speak MCP ask the library: on stdin and stdout, or over HTTP on this machine."""
    from ui.mcp_server import serve_mcp

    settings = read_options(library=library, model=model, embedder=embedder)
    serve_mcp(settings, port=port if http else None, draft=draft)
