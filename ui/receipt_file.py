"""Keeps receipts in files, and reads them back: one alone, or within an answer of `ask --json`.

In: a receipt, and what only this machine can tell of it: the folders of library and model, the device.
Out: a JSON file; or, the other way, the same values, checked. Nothing is compared here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from index_store.errors import FileError
from rag.models.model_weights import MODELS
from rag.receipts import answer_hash
from rag.values import RECEIPT_FORMAT, Receipt
from ui.answer_json import receipt_object
from ui.exporting import write_whole
from ui.settings import SAMPLE, Settings

__all__ = ["Kept", "Machine", "machine_of", "read_receipt", "write_receipt"]

Machine = Mapping[str, str | None]
"""`library`: its folder, or "sample". `model`: a name or folder that can be loaded. `device`: where the
model ran and in what precision, None where none was loaded."""
HOW = "paperchat ask QUESTION --receipt FILE"
MARK = "library_fingerprint"
"""The key by which an object is known to be a receipt."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A receipt as it lay in a file; `machine` is empty when the answer came from elsewhere."""

    receipt: Receipt
    machine: Machine


def machine_of(settings: Settings, device: Mapping[str, str] | None) -> Machine:
    """Return what is needed to open the same library and model again, from whichever folder."""
    library, model = settings.library, settings.model
    is_folder = model not in MODELS and Path(model).expanduser().is_dir()
    return {
        "library": library if library == SAMPLE else _absolute(library),
        "model": _absolute(model) if is_folder else model,
        "device": f"{device['name']} {device['dtype']}" if device else None,
    }


def _absolute(folder: str) -> str:
    return str(Path(folder).expanduser().absolute())


def write_receipt(path: Path, receipt: Receipt, machine: Machine) -> None:
    """Write a receipt as JSON; the file takes its name when all of it is there.

    Raises:
        FileError: the file cannot be written.
    """
    write_whole(path, json.dumps(receipt_object(receipt, machine), indent=1) + "\n")


def read_receipt(path: Path) -> Kept:
    """Return the receipt in a file, or that of the answer in it.

    Raises:
        FileError: there is no such file, no receipt in it, or one that this paperchat cannot read.
    """
    found = _receipt_in(_read_json(path))
    if found is None:
        raise FileError(f"{path}: there is no receipt in it; to have one: {HOW}")
    if isinstance(kept := found.get("format", 1), int) and kept > RECEIPT_FORMAT:
        raise FileError(
            f"{path}: this receipt was written by a newer paperchat, {found.get('version')}; update "
            "paperchat to replay it."
        )
    try:
        receipt = TypeAdapter(Receipt).validate_python(found)
        machine = TypeAdapter(dict[str, str | None]).validate_python(found.get("machine", {}))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise FileError(f'{path}: the receipt in it is not whole: "{where}": {first["msg"]}.') from error
    if answer_hash(receipt.answer) != receipt.answer_hash:
        raise FileError(f"{path}: the answer in this receipt was changed after it was written.")
    return Kept(receipt, machine)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path}: this is no JSON ({error}); a receipt comes from: {HOW}") from error


def _receipt_in(value: Any) -> dict[str, Any] | None:
    """Return `value` if it is a receipt, or the receipt that it holds as an answer does."""
    if isinstance(value, dict) and isinstance(value.get("receipt"), dict):
        value = value["receipt"]
    return value if isinstance(value, dict) and MARK in value else None
