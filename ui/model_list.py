"""Says which weights are here, where they would run and which suit the machine, and fetches them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from index_store.errors import PaperchatError
from ui.endpoints import is_endpoint
from ui.hardware import describe_hardware, find_hardware
from ui.hub_models import here_from_hub, is_hub_name
from ui.printing import print_json, show_progress
from ui.recommended_models import Hardware, memory_needed, recommend
from ui.settings import Settings
from ui.wiring import pull_embedder, pull_language_model, weights_folder

__all__ = ["print_models", "pull_weights", "recommended_object"]


def print_models(settings: Settings, *, as_json: bool) -> None:
    """Print every model that can be fetched, whether it is here, and what suits the machine."""
    from rag.models.transformers_model import choose_device

    rows, device = _model_rows(settings), choose_device(settings.precision)
    hardware = find_hardware(device)
    recommended = recommended_object(hardware, chosen=settings.model)
    if as_json:
        hardware_object = {"hardware": asdict(hardware), "recommended": recommended}
        print_json({"models": rows, "device": asdict(device), **hardware_object})
        return
    table = Table("model", "download", "here", "chosen", box=None, header_style="dim")
    for row in rows:
        size = f"{row['bytes'] / 1e6:,.0f} MB" if row["bytes"] else ""
        table.add_row(row["name"], size, "yes" if row["here"] else "no", "*" * row["chosen"])
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    console.print(_where_it_runs(settings, f"{device.name} in {device.dtype}"))
    if device.warning:
        console.print(device.warning, style="bold red")
    console.print(describe_hardware(hardware))
    console.print(_advice(recommended), markup=False)


def _model_rows(settings: Settings) -> list[dict[str, Any]]:
    """Return the models that paperchat knows, those of the hub that are here, and the chosen one."""
    from index_store.weights import MINILM, MINILM_NAME
    from rag.models.model_weights import MODELS, converted_folder

    cache = weights_folder(settings)
    sizes = {MINILM_NAME: sum(file.size for file in MINILM)}
    sizes |= {name: row.file.size for name, row in MODELS.items()}
    here = {MINILM_NAME: all((cache / MINILM_NAME / file.name).is_file() for file in MINILM)}
    here |= {name: converted_folder(name, cache).is_dir() for name in MODELS}
    for name, folder in here_from_hub(cache).items():
        here[name] = True
        sizes[name] = sum(path.stat().st_size for path in folder.iterdir())
    if is_hub_name(settings.model):
        here.setdefault(settings.model, False)
    chosen = {settings.model, settings.embedder}
    return [
        {"name": name, "bytes": sizes.get(name), "here": is_here, "chosen": name in chosen}
        for name, is_here in here.items()
    ]


def _where_it_runs(settings: Settings, device: str) -> str:
    if is_endpoint(settings.model):
        return f"The chosen model runs behind {settings.model}."
    if Path(settings.model).expanduser().is_dir():
        return f"The chosen model is in {settings.model}. Runs on {device}."
    return f"Runs on {device}."


def recommended_object(hardware: Hardware, *, chosen: str) -> dict[str, Any] | None:
    """Return the model that suits the machine, as plain data, with the command that takes it.

    None if no model fits: then answers are quotes.
    """
    model = recommend(hardware)
    if model is None:
        return None
    return {
        "name": model.name,
        "licence": model.licence,
        "memory_bytes": memory_needed(model, hardware.dtype),
        "why": model.why,
        "chosen": model.name == chosen,
        "command": f"paperchat serve --model {model.name}",
    }


def _advice(recommended: dict[str, Any] | None) -> str:
    if recommended is None:
        return "No model fits its memory: answer in quotes with --draft, or name an endpoint as URL#NAME."
    size = f"{recommended['memory_bytes'] / 1e9:.0f} GB"
    facts = f"{recommended['name']} ({recommended['licence']}, about {size} while it answers)"
    if recommended["chosen"]:
        return f"The chosen model suits it: {facts}."
    return f"Recommended for it: {facts}, {recommended['why']}. To use it: {recommended['command']}"


def pull_weights(settings: Settings) -> None:
    """Fetch, verify and unpack the weights of the chosen embedder and model.

    Raises:
        PaperchatError: there is no such model, or it is an endpoint.
        WeightsError: weights cannot be fetched.
    """
    if is_endpoint(settings.model):
        raise PaperchatError(
            f"{settings.model} is an endpoint: there is nothing to fetch, its model runs there."
        )
    console = Console(highlight=False, soft_wrap=True)
    with show_progress() as report:
        pull_embedder(settings, report)
        folder = pull_language_model(settings, report)
    console.print(f"{settings.model} is ready in {folder}")
