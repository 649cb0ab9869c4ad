"""Models of the Hugging Face hub, by their name there: found in the cache, or fetched when they are named.

In: a name like `Qwen/Qwen3-4B-Instruct-2507`. Out: a folder that Transformers loads. This process itself
never asks the hub (see `ui.quiet`): a child of it does (`ui.hub_child`), and only until the model is here.
A model that is here stays as it is, whatever becomes of it on the hub.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from filelock import FileLock

from index_store.errors import WeightsError

__all__ = ["here_from_hub", "hub_folder", "is_hub_name", "pull_hub_model"]

NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)
PARTIAL, REVISION = ".partial", "revision"
"""How a folder ends in which not all is here yet, and what is written last into one."""
LOOK_SECONDS = 0.5
"""How often is looked how much has come."""
Progress = Callable[[str, int, int], None]


def is_hub_name(model: str) -> bool:
    """Return whether `model` is written as models are on the hub, and is no folder here."""
    return bool(NAME.fullmatch(model)) and not Path(model).is_dir()


def hub_folder(name: str, cache: Path) -> Path:
    """Return where a model of the hub belongs."""
    return cache / "hub" / name.replace("/", "--")


def here_from_hub(cache: Path) -> dict[str, Path]:
    """Return the folders of the models of the hub that are wholly here, by name."""
    found = sorted((cache / "hub").glob(f"*/{REVISION}"))
    whole = [path.parent for path in found if path.parent.suffix != PARTIAL]
    return {folder.name.replace("--", "/", 1): folder for folder in whole}


def pull_hub_model(
    name: str,
    cache: Path,
    *,
    offline: bool = False,
    hub: str | None = None,
    progress: Progress | None = None,
) -> Path:
    """Return the folder of a model of the hub; fetch it if it is not here. Two processes take turns.

    An interrupted download goes on where it was. With `offline` nothing is fetched. `hub` is the address of
    another hub. `progress` is called with what is being done, how far it is, and how far it goes.

    Raises:
        WeightsError: the model is not here and cannot be fetched, or is of a kind that cannot be used.
    """
    folder = hub_folder(name, cache)
    if folder.is_dir():
        return folder
    if offline:
        raise WeightsError(
            f"{name} is not here, and nothing is fetched while offline is set; name a model that is here "
            "(paperchat models), or run: paperchat models pull with offline unset."
        )
    partial = folder.with_name(f"{folder.name}{PARTIAL}")
    try:
        partial.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f"{folder.name}.lock")):
            if not folder.is_dir():
                _run_child(name, partial, hub or "", progress or _ignore)
                partial.rename(folder)
    except OSError as error:
        raise WeightsError(f"{name} cannot be kept in {folder}: {error.strerror or error}.") from error
    return folder


def _ignore(_what: str, _done: int, _total: int) -> None:
    """Take a report of progress that nobody asked for."""


def _run_child(name: str, partial: Path, hub: str, report: Progress) -> None:
    """Have a child fetch a model. It is told to end by its stdin, which closes with this process."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    kept_at_home = {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"}
    child = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "ui.hub_child",
            name,
            str(partial),
            hub,
            ",".join(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={key: value for key, value in os.environ.items() if key not in kept_at_home},
    )
    ended, fault = Event(), ""
    with child:
        assert child.stdout
        try:
            for line in child.stdout:
                said = json.loads(line)
                fault = said.get("error", "")
                if total := said.get("total"):
                    Thread(target=_watch, args=(partial, total, report, ended), daemon=True).start()
        finally:
            ended.set()
            child.kill()
    if fault or not (partial / REVISION).is_file():
        raise WeightsError(
            fault or f"{name} could not be fetched from the hub; run the same command again."
        )


def _watch(folder: Path, total: int, report: Progress, ended: Event) -> None:
    """Report how much of a model has come, until no more comes."""
    while not ended.wait(LOOK_SECONDS):
        report("downloading", min(_size(folder), total), total)


def _size(folder: Path) -> int:
    """Return how many bytes are in a folder, from which files are moved at the same time."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                size += (Path(place) / name).stat().st_size
            except FileNotFoundError:
                continue
    return size
