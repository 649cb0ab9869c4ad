"""Asks one question over MCP, with the official client: starts `paperchat mcp`, prints its answer.

    pip install "paperchat[mcp]"
    python examples/mcp_client.py
    python examples/mcp_client.py "How do UniFormer and UniFormerV2 differ?" --library sample

Options after the question go to `paperchat mcp`. With --draft no model is needed.
"""

from __future__ import annotations

import asyncio
import sys

from mcp import Client, StdioServerParameters
from mcp.types import TextContent

QUESTION = "How does dual masking make VideoMAE V2 cheaper to pre-train?"


async def show_progress(_progress: float, _total: float | None, message: str | None) -> None:
    """Say on stderr how far the answer is."""
    print(message, file=sys.stderr)


async def ask(question: str, options: list[str]) -> None:
    """Ask, and print the answer as a model would read it, then the ids of the papers it cites."""
    # paperchat as a module, so that it is the one of this Python, wherever its command lies
    server = StdioServerParameters(command=sys.executable, args=["-m", "ui.cli", "mcp", *options])
    async with Client(server) as client:
        result = await client.call_tool("ask", {"question": question}, progress_callback=show_progress)
    print("".join(block.text for block in result.content if isinstance(block, TextContent)))
    answer = result.structured_content or {}
    for citation in answer.get("citations", []):
        print(f"[{citation['number']}] {citation['paper_id']}: {len(citation['quotes'])} quotes")


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else QUESTION
    asyncio.run(ask(asked, sys.argv[2:] or ["--library", "sample"]))
