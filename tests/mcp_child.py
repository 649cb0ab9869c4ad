"""Run as a process of its own: serves a library over stdin and stdout, with a model that is scripted.

Arguments: the folder of the library, and what the model says. All that is opened, loaded and written prints
to stdout, in every way there is, as libraries do.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fakes import HashingEmbedding, ScriptedModel

from index_store.following import FollowedLibrary
from ui.mcp_server import serve_stdio


def chatter(what: str) -> None:
    print(f"chatter: {what}", flush=True)
    os.write(1, f"chatter: {what}, below Python\n".encode())
    subprocess.run([sys.executable, "-S", "-c", f"print('chatter: {what}, from a child')"], check=True)


class Chatterbox(ScriptedModel):
    def _stream(self, messages: Sequence[Any]) -> Iterator[str]:
        chatter("writing")
        return super()._stream(messages)


def open_library() -> FollowedLibrary:
    chatter("opening")
    return FollowedLibrary(Path(sys.argv[1]), HashingEmbedding())


def load(_progress: Any) -> Any:
    chatter("loading")
    return Chatterbox().enqueue(sys.argv[2])


if __name__ == "__main__":
    serve_stdio(open_library, load)
