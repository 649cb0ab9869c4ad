"""Which model suits which machine: a small table, and the rule that picks a row of it.

In: what the machine has. Out: the row of the largest model that fits, or none. How the machine is looked
at is not known here (`ui.hardware`), and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["MODELS_BY_NEED", "Hardware", "Recommended", "memory_needed", "recommend"]

BYTES, WIDEST = {"int8": 2, "bfloat16": 2, "float16": 2}, 4
"""Of one number, by precision: int8 is made of bf16 while it is loaded."""
TOKENS = 16_384
"""Held at once: sixteen answers in the making, each of a prompt of 600 and an answer of 220, with room."""
BESIDE = 1_500_000_000
"""Bytes: PyTorch, the embedder, the page, and what is computed in between."""
SHARE = {"cuda": 0.95, "mps": 0.75, "cpu": 0.75}
"""How much of the memory the model may have. A GPU is its own; a computer's is its owner's as well."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """What the machine has: `memory` and `gpu_memory` are bytes, None where it cannot be told.

    `device` is where a model would run ("cpu", "cuda", "mps"), `dtype` in what precision, `gpu` its name.
    """

    device: str
    dtype: str
    cores: int
    memory: int | None
    gpu: str = ""
    gpu_memory: int | None = None


@dataclass(frozen=True, slots=True)
class Recommended:
    """A model with its shape, its licence, why it is here, and the devices that it is fast enough on.

    `width` is the numbers that a token leaves in one layer: 2 (key and value) x heads of them x their size.
    """

    name: str
    parameters: int
    layers: int
    width: int
    licence: str
    why: str
    devices: tuple[str, ...]


MODELS_BY_NEED: Sequence[Recommended] = (
    # https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B-Instruct: Apache-2.0. Parameters as they are unpacked
    # here, with an output layer of its own (0.136 billion). Why: docs/quality-log.md.
    Recommended(
        name="qwen2.5-coder-0.5b-instruct",
        parameters=630_000_000,
        layers=24,
        width=2 * 2 * 64,
        licence="Apache-2.0",
        why="the smallest; it phrases worse than the default, and the quotes carry the answer",
        devices=("cpu",),
    ),
    # https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct: Apache-2.0. As above (0.233 billion). Why: it
    # is measured here. Models of 3 billion of this family have another licence.
    Recommended(
        name="qwen2.5-coder-1.5b-instruct",
        parameters=1_777_000_000,
        layers=28,
        width=2 * 2 * 128,
        licence="Apache-2.0",
        why="the default, with which everything here is measured; larger ones are slow without a GPU",
        devices=("cpu", "mps", "cuda"),
    ),
    # https://huggingface.co/Qwen/Qwen3-4B-Instruct-2507: Apache-2.0, 4.0 billion, 36 layers, 8 heads of
    # keys. Why: its card says that it never thinks aloud, so that all it writes is answer.
    Recommended(
        name="Qwen/Qwen3-4B-Instruct-2507",
        parameters=4_022_000_000,
        layers=36,
        width=2 * 8 * 128,
        licence="Apache-2.0",
        why="newer and larger than the default, and it answers without thinking aloud first",
        devices=("mps", "cuda"),
    ),
    # https://huggingface.co/Qwen/Qwen2.5-7B-Instruct: Apache-2.0, 7.6 billion, 28 layers, 4 heads of keys.
    # Why: fills a GPU of 24 GB, of the family that everything here is measured with.
    Recommended(
        name="Qwen/Qwen2.5-7B-Instruct",
        parameters=7_616_000_000,
        layers=28,
        width=2 * 4 * 128,
        licence="Apache-2.0",
        why="of the family of the default, five times as large",
        devices=("mps", "cuda"),
    ),
    # https://huggingface.co/Qwen/Qwen2.5-14B-Instruct: Apache-2.0, 14.7 billion, 48 layers, 8 heads of
    # keys. Why: fills a GPU of 40 or 48 GB.
    Recommended(
        name="Qwen/Qwen2.5-14B-Instruct",
        parameters=14_770_000_000,
        layers=48,
        width=2 * 8 * 128,
        licence="Apache-2.0",
        why="of the family of the default, ten times as large",
        devices=("cuda",),
    ),
    # https://huggingface.co/Qwen/Qwen3-30B-A3B-Instruct-2507: Apache-2.0, 30.5 billion of which 3.3 work on
    # each token, 48 layers, 4 heads of keys. Why: as large as 80 GB take, as fast as a small one.
    Recommended(
        name="Qwen/Qwen3-30B-A3B-Instruct-2507",
        parameters=30_532_000_000,
        layers=48,
        width=2 * 4 * 128,
        licence="Apache-2.0",
        why="the largest here; only a tenth of it works on each word, so that it stays fast",
        devices=("cuda",),
    ),
)
"""From the smallest to the largest. Only models whose licence is open and known for certain."""


def memory_needed(model: Recommended, dtype: str) -> int:
    """Return the bytes of memory that a model takes while it answers.

    (parameters + layers x width x TOKENS) x bytes of a number + BESIDE: the weights, the keys and values of
    every token that is held at once, and what stands beside the model. In bf16 a number is 2 bytes.
    """
    return (model.parameters + model.layers * model.width * TOKENS) * BYTES.get(dtype, WIDEST) + BESIDE


def recommend(hardware: Hardware) -> Recommended | None:
    """Return the largest model that fits the machine and is fast enough there, or None if none fits."""
    memory = hardware.memory if hardware.device == "cpu" else hardware.gpu_memory
    room = SHARE[hardware.device] * (memory or 0)
    fitting = [
        model
        for model in MODELS_BY_NEED
        if hardware.device in model.devices and memory_needed(model, hardware.dtype) <= room
    ]
    return max(fitting, key=lambda model: model.parameters, default=None)
