"""Says which weights are here and where they would run, and fetches them."""

from __future__ import annotations

from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from ui.printing import print_json, show_progress
from ui.settings import Settings
from ui.wiring import pull_embedder, weights_folder

__all__ = ["print_models", "pull_weights"]


def print_models(settings: Settings, *, as_json: bool) -> None:
    """Print every model that can be fetched, whether it is here, and the device that would run it."""
    from index_store.weights import MINILM, MINILM_NAME
    from rag.model_weights import MODELS, converted_folder
    from rag.transformers_model import choose_device

    cache, device = weights_folder(settings), choose_device()
    sizes = {MINILM_NAME: sum(file.size for file in MINILM)}
    sizes |= {name: row.file.size for name, row in MODELS.items()}
    here = {MINILM_NAME: all((cache / MINILM_NAME / file.name).is_file() for file in MINILM)}
    here |= {name: converted_folder(name, cache).is_dir() for name in MODELS}
    chosen = {settings.model, settings.embedder}
    if as_json:
        rows = [
            {"name": name, "bytes": size, "here": here[name], "chosen": name in chosen}
            for name, size in sizes.items()
        ]
        print_json({"models": rows, "device": asdict(device)})
        return
    table = Table("model", "download", "here", "chosen", box=None, header_style="dim")
    for name, size in sizes.items():
        table.add_row(name, f"{size / 1e6:,.0f} MB", "yes" if here[name] else "no", "*" * (name in chosen))
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    console.print(f"Runs on {device.name} in {device.dtype}.")
    if device.warning:
        console.print(device.warning, style="bold red")


def pull_weights(settings: Settings) -> None:
    """Fetch, verify and unpack the weights of the chosen embedder and model."""
    from rag.model_weights import pull_model

    console = Console(highlight=False, soft_wrap=True)
    with show_progress() as report:
        pull_embedder(settings, report)
        folder = pull_model(settings.model, weights_folder(settings), progress=report)
    console.print(f"{settings.model} is ready in {folder}")
