"""Draws the badge of the model: what writes, where it runs, in what precision, and how fast.

In: the loader of the model. Out: HTML in one line.
"""

from __future__ import annotations

import re

from ui.markup import text
from ui.model_loader import ModelLoader

__all__ = ["render_badge"]

DEVICES = {"cpu": "CPU", "cuda": "GPU", "mps": "Apple GPU"}
PRECISIONS = {"bfloat16": "bf16", "float16": "fp16", "float32": "fp32"}
MODEL_SUFFIX = re.compile(r"-(?:instruct|chat|it)$", re.I)


def render_badge(loader: ModelLoader) -> str:
    """Return the badge, or how far the loading is, or why there is no model."""
    if loader.model is None:
        return f'<p class="loading">{text(loader.status)}</p>'
    device, speed = loader.model.device, loader.gate.words_per_second
    facts = [
        MODEL_SUFFIX.sub("", loader.model.name),
        DEVICES.get(device.name, device.name),
        PRECISIONS.get(device.dtype, device.dtype),
        *([f"{speed:.0f} words/s" if speed >= 1 else "under 1 word/s"] if speed is not None else []),
    ]
    warning = f'<p class="warning">{text(device.warning)}</p>' if device.warning else ""
    return f'<p class="badge">{"".join(f"<span>{text(fact)}</span>" for fact in facts)}</p>{warning}'
