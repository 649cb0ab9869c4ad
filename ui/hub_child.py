"""Fetches a model of the Hugging Face hub, as a process of its own: the one that may use the network.

In: a name on the hub, a folder, the address of another hub or nothing, and the kinds of models that
Transformers knows by itself. Out: the folder with the model's texts and its safetensors, of which each has
the SHA-256 that the hub states; lines of JSON on stdout say how many bytes there will be, or in one
sentence what went wrong. Pickles and programs are never fetched. It ends when its stdin does, so that it
does not outlive who asked for it.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from glob import escape
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn

__all__ = ["TEXTS", "check_kind", "main"]

LOOK_SECONDS = 2.0
"""For the first question to the hub: without it a machine that has no internet waits 23 seconds."""
TEXTS = (".json", ".jinja", ".txt", ".model")
"""Endings of what stands beside weights: settings, vocabularies, and how a conversation is written down."""
WEIGHTS = ".safetensors"
TWICE = "consolidated"
"""How the same weights are called once more, in the form of their makers."""


def main() -> None:
    """Fetch what the arguments name: the model, the folder, the hub, the kinds with commas between them."""
    name, folder, hub, kinds = sys.argv[1:]
    Thread(target=_end_with_stdin, daemon=True).start()
    try:
        _fetch(name, Path(folder), hub or None, kinds.split(","))
    except Exception as error:
        _fail(_told(name, error))


def _end_with_stdin() -> None:
    sys.stdin.read()
    os._exit(1)


def _say(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _fail(sentence: str) -> NoReturn:
    _say(error=sentence)
    os._exit(1)  # also when a thread of a download still waits for an answer


def _fetch(name: str, folder: Path, hub: str | None, kinds: Sequence[str]) -> None:
    from huggingface_hub import HfApi, snapshot_download

    there = HfApi(endpoint=hub).model_info(name, files_metadata=True, timeout=LOOK_SECONDS)
    files = {file.rfilename: file for file in there.siblings or []}
    texts = [path for path in files if "/" not in path and path.endswith(TEXTS)]
    weights = [path for path in files if _is_weights(path)]
    if "config.json" not in texts or not weights:
        _fail(f"{name} on the hub has no weights that Transformers reads as safetensors; choose another.")

    def fetch(paths: Iterable[str]) -> None:
        patterns = [escape(path) for path in paths]
        snapshot_download(name, revision=there.sha, local_dir=folder, endpoint=hub, allow_patterns=patterns)

    fetch(texts)
    if fault := check_kind(folder, kinds):
        _fail(f"{name} cannot be used: {fault}.")
    sizes = [files[path].size or 0 for path in [*texts, *weights]]
    _check_room(folder, sum(sizes))
    _say(total=sum(sizes))
    fetch(weights)
    for path in weights:
        if (known := files[path].lfs) and _hash(folder / path) != known.sha256:
            (folder / path).unlink()
            _fail(f"{path} of {name} came with another SHA-256 than the hub states; run the command again.")
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    (folder / "revision").write_text(f"{there.sha}\n", encoding="ascii")


def _is_weights(path: str) -> bool:
    return "/" not in path and path.endswith(WEIGHTS) and not path.startswith(TWICE)


def check_kind(folder: Path, kinds: Sequence[str]) -> str:
    """Return what keeps the model whose texts are in `folder` from being used, "" if nothing does."""
    kind = _read(folder / "config.json").get("model_type", "")
    if kind not in kinds:
        return (
            f'Transformers {version("transformers")} knows no language model of its kind ("{kind}") '
            "without running programs from the hub, which paperchat never does"
        )
    if not ((folder / "tokenizer.json").exists() or (folder / "tokenizer.model").exists()):
        return "it has no tokenizer"
    if not ((folder / "chat_template.jinja").exists() or _has_template(folder)):
        return "it is not made for conversations; choose one that is, often called Instruct"
    return ""


def _has_template(folder: Path) -> bool:
    stated = _read(folder / "tokenizer_config.json").get("chat_template")
    return bool(stated) or (folder / "chat_template.json").exists()


def _read(path: Path) -> dict[str, Any]:
    read = json.loads(path.read_bytes()) if path.exists() else {}
    return read if isinstance(read, dict) else {}


def _check_room(folder: Path, size: int) -> None:
    here = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    if free < size - here:
        _fail(
            f"It needs {(size - here) / 1e9:.1f} GB in {folder.parent}, and {free / 1e9:.1f} GB are free; "
            "make room and run the same command again."
        )


def _hash(path: Path) -> str:
    from hashlib import file_digest

    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _told(name: str, error: Exception) -> str:
    """Return in one sentence why a model could not be fetched, and what to do now."""
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    again = "what came is kept, run the same command again"
    if isinstance(error, GatedRepoError):
        return (
            f"{name} is given only to those who accept its terms: do so on its page of the hub, and run: "
            "hf auth login"
        )
    if isinstance(error, RepositoryNotFoundError):
        return f"The hub has no model {name} that everybody may have; look how it is written."
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    if isinstance(error, HfHubHTTPError):
        return f"The hub did not give {name} ({reason}); {again}."
    if isinstance(error, OSError) and error.errno:
        return f"{name} cannot be kept: {error.strerror}."
    return f"{name} is not here, and the hub does not give it ({reason}); {again} when it can be reached."


if __name__ == "__main__":
    main()
