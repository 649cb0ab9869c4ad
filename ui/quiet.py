"""Turns off everything that would call home or chatter, before the libraries that would are imported."""

from __future__ import annotations

import os

__all__ = ["stay_home"]

VARIABLES = {
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
}


def stay_home() -> None:
    """Set the variables by which Chroma, Gradio and Transformers know that nothing may leave."""
    os.environ.update(VARIABLES)
