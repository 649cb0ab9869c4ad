"""Looks at the machine: its processor, its memory, its GPU.

In: nothing. Out: what `ui.recommended_models` wants to know, and the same in words.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ui.recommended_models import Hardware

if TYPE_CHECKING:
    from rag.models.streamed_model import Device

__all__ = ["describe_hardware", "find_hardware"]

LIMIT = Path("/sys/fs/cgroup/memory.max")
"""Where Linux says how much memory a container may take."""


def find_hardware(device: Device) -> Hardware:
    """Return what the machine has, for a model that would run on `device`."""
    import torch

    gpu, gpu_memory = "", None
    if device.name == "cuda":
        found = torch.cuda.get_device_properties(0)
        gpu, gpu_memory = found.name, found.total_memory
    elif device.name == "mps":
        gpu, gpu_memory = "Apple GPU", torch.mps.recommended_max_memory()
    return Hardware(device.name, device.dtype, _count_cores(), _find_memory(), gpu, gpu_memory)


def describe_hardware(hardware: Hardware) -> str:
    """Return in one sentence what the machine has."""
    cores = "1 core" if hardware.cores == 1 else f"{hardware.cores} cores"
    memory = f"{hardware.memory / 1e9:.1f} GB of memory" if hardware.memory else "memory of unknown size"
    gpu = "no GPU that can be used"
    if hardware.gpu:
        size = f" with {hardware.gpu_memory / 1e9:.1f} GB" if hardware.gpu_memory else ""
        gpu = f"{hardware.gpu}{size}"
    return f"This machine has {cores}, {memory} and {gpu}."


def _count_cores() -> int:
    """Return how many cores this process may use: fewer than there are, in many a container."""
    with suppress(AttributeError):  # only Linux tells it
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _find_memory() -> int | None:
    """Return the bytes of memory, or None where the system does not tell the standard library."""
    known: list[int] = []
    with suppress(AttributeError, ValueError, OSError):  # Windows has none of it
        known.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with suppress(ValueError, OSError):  # in a container; it says "max" where there is no limit
        known.append(int(LIMIT.read_text(encoding="ascii")))
    return min(known, default=None)
