"""What the doctor looks at in the weights and the device that runs them. Nothing is fetched or loaded.

In: settings, or folders and the official files that belong there. Out: findings; weights that can still
be fetched are a warning, weights that are wrong are broken. An endpoint is asked which models it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index_store.checks.finding import Finding
from index_store.errors import HashMismatchError, PaperchatError
from ui.endpoints import is_endpoint, try_endpoint
from ui.hub_models import hub_folder, is_hub_name
from ui.settings import Settings
from ui.wiring import weights_folder

if TYPE_CHECKING:
    from index_store.weights import WeightsFile

__all__ = [
    "check_device",
    "check_embedder",
    "check_files",
    "check_model",
    "check_offline",
    "find_fault",
    "memory_needed",
]

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
BESIDE_THE_MODEL = 1_500_000_000
"""Bytes: PyTorch, the embedder, the page and the words of one answer."""


def check_embedder(settings: Settings) -> Finding:
    """Return how the embedder of the settings stands: ours, or a folder."""
    from index_store.weights import MINILM, MINILM_NAME

    if settings.embedder == MINILM_NAME:
        folder = weights_folder(settings) / MINILM_NAME
        return check_files("embedder", folder, MINILM, pull="paperchat models pull")
    choice = f"Name {MINILM_NAME}, or a folder that holds config.json, {SINGLE} and tokenizer.json."
    return _check_own_folder("embedder", settings.embedder, ["tokenizer.json"], choice)


def check_model(settings: Settings) -> Finding:
    """Return how the language model stands: one of ours, one of the hub, a folder, or an endpoint."""
    from rag.models.model_weights import MODELS

    if is_endpoint(settings.model):
        return _check_endpoint(settings)
    if settings.model in MODELS:
        return _check_our_model(settings)
    if is_hub_name(settings.model):
        return _check_hub_model(settings)
    choice = (
        "Name a folder of Transformers weights, a model of the hub as OWNER/NAME, an endpoint as URL#NAME, "
        f"or one of: {', '.join(MODELS)}."
    )
    return _check_own_folder("model", settings.model, ["config.json"], choice)


def _check_endpoint(settings: Settings) -> Finding:
    try:
        endpoint = try_endpoint(settings.model, settings.key_of_model)
    except PaperchatError as error:
        text, _, mend = str(error).rpartition("; ")
        return Finding("model", "broken", f"{text}.", f"{mend[:1].upper()}{mend[1:]}")
    where = endpoint.warning or "It is of this machine."
    return Finding("model", "ok", f"The endpoint {endpoint.place} answers. {where}")


def _check_hub_model(settings: Settings) -> Finding:
    name, folder = settings.model, hub_folder(settings.model, weights_folder(settings))
    if not folder.is_dir():
        mend = (
            f"It is fetched from the hub when it is first needed, or now by: paperchat models pull {name}"
        )
        return Finding("model", "warning", f"{name} is not in {folder}.", mend)
    if fault := find_fault(folder, ["config.json"]):
        mend = f"Delete the folder {folder} and run: paperchat models pull {name}"
        return Finding("model", "broken", f"{name} in {folder} is not whole: {fault}.", mend)
    return Finding("model", "ok", f"{name} is here, in {folder}.")


def _check_our_model(settings: Settings) -> Finding:
    from rag.models.model_weights import MODELS, converted_folder

    cache, file = weights_folder(settings), MODELS[settings.model].file
    folder, pull = converted_folder(settings.model, cache), f"paperchat models pull {settings.model}"
    download = check_files("model", cache / settings.model, [file], pull=pull)
    if download.state == "broken" or not folder.is_dir():
        return download
    if fault := find_fault(folder, ["config.json", "tokenizer.json"]):
        mend = f"Delete the folder {folder} and run: {pull}"
        return Finding("model", "broken", f"{settings.model} in {folder} is not whole: {fault}.", mend)
    came = "; the file it came from has the right SHA-256" if download.state == "ok" else ""
    return Finding("model", "ok", f"{settings.model} is here, unpacked in {folder}{came}.")


def check_files(name: str, folder: Path, files: Sequence[WeightsFile], *, pull: str) -> Finding:
    """Compare files in `folder` with the official ones by size and SHA-256; `pull` would fetch them."""
    from index_store.weights import verify

    paths = [folder / file.name for file in files]
    missing = [
        file
        for path, file in zip(paths, files, strict=True)
        if not path.is_file() or path.stat().st_size != file.size
    ]
    if missing:
        what, size = " and ".join(file.name for file in missing), sum(file.size for file in missing) / 1e6
        text = f"{what} (together {size:,.0f} MB) is not, or not wholly, in {folder}."
        return Finding(name, "warning", text, f"It is fetched when it is first needed, or now by: {pull}")
    for path, file in zip(paths, files, strict=True):
        try:
            verify(path, file, str(folder))
        except HashMismatchError:
            text = f"{path} is not the official file of {file.repository}: its SHA-256 is another."
            return Finding(name, "broken", text, f"Delete {path} and run: {pull}")
        except OSError as error:
            text = f"{path} cannot be read: {error.strerror}."
            return Finding(name, "broken", text, "Give yourself the right to read it.")
    return Finding(name, "ok", f"The official files are in {folder}, with the right SHA-256.")


def _check_own_folder(name: str, said: str, needed: Sequence[str], choice: str) -> Finding:
    folder = Path(said).expanduser()
    if not folder.is_dir():
        return Finding(name, "broken", f'There is no {name} "{said}".', choice)
    if fault := find_fault(folder, needed):
        mend = f"Put it right where {folder} came from, or copy it again. {choice}"
        return Finding(name, "broken", f"The {name} in {folder} is not whole: {fault}.", mend)
    return Finding(name, "ok", f"{folder} holds what a {name} needs; its files are your own.")


def find_fault(folder: Path, needed: Sequence[str]) -> str:
    """Return what is wrong with a folder of Transformers weights, "" if it is whole.

    Each safetensors file is read as far as its header, which tells how long the file must be.
    """
    if missing := [name for name in needed if not (folder / name).is_file()]:
        return f"{missing[0]} is missing"
    read: dict[str, Any] = {}
    for name in ("config.json", "tokenizer.json", INDEX):
        try:
            read[name] = json.loads((folder / name).read_bytes()) if (folder / name).exists() else {}
        except (ValueError, OSError):
            return f"{name} cannot be read"
    if (folder / INDEX).exists():
        shards = sorted(set(read[INDEX].get("weight_map", {}).values())) or [SINGLE]
    elif (folder / SINGLE).exists() or not list(folder.glob("pytorch_model*.bin")):
        shards = [SINGLE]
    else:
        shards = []  # weights of an older kind, which only loading can try
    return next(filter(None, (_fault_of_shard(folder / shard) for shard in shards)), "")


def _fault_of_shard(path: Path) -> str:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np"):
            return ""
    except FileNotFoundError:
        return f"{path.name} is missing"
    except (SafetensorError, OSError) as error:
        return f"{path.name} is damaged or cut off ({' '.join(str(error).split())})"


def check_offline(weights: Iterable[Finding]) -> Finding:
    """Return whether a start would do without network, from how embedder and model stand."""
    missing = [found.name for found in weights if found.state == "warning"]
    if not missing:
        return Finding("offline", "ok", "A start needs no network: nothing is still to be fetched.")
    text = f"The first start needs a network, to fetch: {', '.join(missing)}."
    return Finding(
        "offline", "warning", text, "While there is a network, run what is said at each of them."
    )


def check_device(settings: Settings) -> Finding:
    """Return where the model would run; a GPU that cannot be used is a warning."""
    if is_endpoint(settings.model):
        return Finding("device", "ok", "The model runs where its endpoint is.")
    try:
        from rag.models.transformers_model import choose_device

        device = choose_device(settings.precision)
    except Exception as error:  # an installation that does not fit the machine fails in many ways
        text = f"PyTorch or Transformers cannot be loaded: {' '.join(str(error).split())}."
        return Finding("device", "broken", text, "Install torch and transformers again, for this machine.")
    text = f"The model runs on {device.name} in {device.dtype}."
    if device.warning:
        said, _, mend = device.warning.partition(". ")
        return Finding("device", "warning", f"{text} {said}.", mend)
    return Finding("device", "ok", text)


def memory_needed(settings: Settings) -> int:
    """Return about how many bytes of memory the model of the settings takes while it answers."""
    from rag.models.model_weights import MODELS, converted_folder

    if is_endpoint(settings.model):
        return BESIDE_THE_MODEL
    row, cache = MODELS.get(settings.model), weights_folder(settings)
    if row:
        folder = converted_folder(settings.model, cache)
    elif is_hub_name(settings.model):
        folder = hub_folder(settings.model, cache)
    else:
        folder = Path(settings.model).expanduser()
    here = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    return (here or (row.converted_size if row else 0)) + BESIDE_THE_MODEL
