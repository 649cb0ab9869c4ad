"""Puts the parts together: settings in, an open library, a model and an assistant out. Only here."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from index_store.errors import LibraryBusyError, PaperchatError, WeightsError
from ui.endpoints import is_endpoint, load_endpoint_model
from ui.hub_models import is_hub_name, pull_hub_model
from ui.quiet import stay_home
from ui.settings import SAMPLE, Settings

if TYPE_CHECKING:
    from index_store.embedder import MeanPoolingEmbedding
    from index_store.paper_index import PaperIndex
    from index_store.values import Paper
    from rag.assistant import Assistant
    from rag.models.streamed_model import StreamedModel

__all__ = [
    "Progress",
    "library_folder",
    "load_embedder",
    "load_model",
    "open_assistant",
    "open_library",
    "pull_embedder",
    "pull_language_model",
    "weights_folder",
]

SAMPLE_SECONDS = 60.0
"""How long to wait for another process that makes the index of the sample library."""
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how far it is, and how far it goes."""


def weights_folder(settings: Settings) -> Path:
    """Return where weights are kept."""
    return settings.cache / "weights"


def open_library(
    settings: Settings, *, progress: Progress | None = None, read_only: bool = False
) -> PaperIndex:
    """Open the library of the settings with its embedder; the weights are fetched if need be.

    Raises:
        WeightsError: the embedder's weights are not here and cannot be fetched.
        LibraryError: the library cannot be opened, or belongs to another embedder.
    """
    from index_store.paper_index import PaperIndex

    embedder = load_embedder(settings, progress=progress)
    if settings.library != SAMPLE:
        return PaperIndex(library_folder(settings), embedder, read_only=read_only)
    return _open_sample(settings, embedder)


def load_embedder(settings: Settings, *, progress: Progress | None = None) -> MeanPoolingEmbedding:
    """Load the embedder of the settings; the weights are fetched if need be.

    Raises:
        WeightsError: the weights are not here and cannot be fetched, or are of another kind.
    """
    stay_home()
    from index_store.embedder import MeanPoolingEmbedding

    _silence()
    return MeanPoolingEmbedding(pull_embedder(settings, progress), name=settings.embedder)


def _silence() -> None:
    """Keep the progress bars and notices of libraries out of the terminal."""
    import transformers

    transformers.logging.disable_progress_bar()
    transformers.logging.set_verbosity_error()
    logging.getLogger("transformers").setLevel(logging.ERROR)


def pull_embedder(settings: Settings, progress: Progress | None) -> Path:
    """Return the folder of the embedder; its weights are fetched and verified if need be."""
    from index_store.weights import MINILM, MINILM_NAME, pull

    if settings.embedder == MINILM_NAME:
        report = progress or _ignore
        folder = weights_folder(settings) / MINILM_NAME
        pull(MINILM, folder, progress=lambda done, total: report("Embedder", done, total))
        return folder
    folder = Path(settings.embedder).expanduser()
    if not (folder / "tokenizer.json").is_file():
        raise WeightsError(
            f'There is no embedder "{settings.embedder}"; name {MINILM_NAME}, or a folder that holds '
            "config.json, model.safetensors and tokenizer.json."
        )
    return folder


def _ignore(_what: str, _done: int, _total: int) -> None:
    """Take a report of progress that nobody asked for."""


def sample_papers() -> list[Paper]:
    """Return the papers of the built-in library."""
    from index_store.readers import read_papers
    from index_store.values import Paper

    with as_file(files("index_store").joinpath("sample", "papers.jsonl")) as path:
        return [item for item in read_papers(path) if isinstance(item, Paper)]


def library_folder(settings: Settings) -> Path:
    """Return where the library of the settings lies; the sample library has a folder in the cache."""
    if settings.library != SAMPLE:
        return Path(settings.library).expanduser()
    edition = hashlib.sha256(repr(sample_papers()).encode()).hexdigest()[:12]
    name = hashlib.sha256(settings.embedder.encode()).hexdigest()[:6]
    return settings.cache / f"sample-{edition}-{name}"


def _open_sample(settings: Settings, embedder: MeanPoolingEmbedding) -> PaperIndex:
    """Open the built-in library, whose index is made in the cache when it is first asked for."""
    from index_store.paper_index import PaperIndex

    papers, folder = sample_papers(), library_folder(settings)
    deadline = monotonic() + SAMPLE_SECONDS
    while True:
        with PaperIndex(folder, embedder) as index:
            if index.count_papers() == len(papers):
                break
            try:
                index.add(papers)
            except LibraryBusyError:  # another process is making it
                if monotonic() > deadline:
                    raise
                sleep(0.5)
    return PaperIndex(folder, embedder, read_only=True)


def load_model(settings: Settings, *, progress: Progress | None = None) -> StreamedModel:
    """Load the model of the settings: one of ours, of the hub, a folder of weights, or an endpoint.

    Where questions will leave this machine, `progress` is told so.

    Raises:
        PaperchatError: there is no such model.
        WeightsError: its weights are not here and cannot be fetched.
        ModelError: it cannot be loaded or reached.
    """
    stay_home()
    if is_endpoint(settings.model):
        endpoint = load_endpoint_model(settings.model, settings.key_of_model)
        if endpoint.device.warning:
            (progress or _ignore)(endpoint.device.warning, 1, 1)
        return endpoint
    from rag.models.transformers_model import TransformersModel, choose_device
    from rag.prompt import build_messages

    _silence()
    device = choose_device(settings.precision)
    folder = pull_language_model(settings, progress)
    is_own = Path(settings.model).expanduser() == folder
    name = folder.name if is_own else settings.model
    if device.name == "cuda":  # where one step costs the same for many
        from rag.models.batched_model import BatchedModel

        return BatchedModel(folder, name=name, device=device)
    model = TransformersModel(folder, name=name, device=device)
    model.prepare(build_messages("", []))
    return model


def pull_language_model(settings: Settings, progress: Progress | None) -> Path:
    """Return the folder of the language model; its weights are fetched if need be.

    Raises:
        PaperchatError: there is no such model.
        WeightsError: its weights are not here and cannot be fetched.
    """
    from rag.models.model_weights import MODELS, pull_model

    if settings.model in MODELS:
        return pull_model(settings.model, weights_folder(settings), progress=progress)
    if is_hub_name(settings.model):
        cache = weights_folder(settings)
        return pull_hub_model(settings.model, cache, offline=settings.offline, progress=progress)
    local = Path(settings.model).expanduser()
    if not local.is_dir():
        raise PaperchatError(
            f'There is no model "{settings.model}"; name a folder of Transformers weights, a model of the '
            f"hub as OWNER/NAME, an endpoint as URL#NAME, or one of: {', '.join(MODELS)}."
        )
    return local


def open_assistant(
    settings: Settings, *, draft: bool = False, progress: Progress | None = None
) -> Assistant:
    """Load the model, unless only drafts are wanted, and open the library."""
    model = None if draft else load_model(settings, progress=progress)
    index = open_library(settings, progress=progress)
    from rag.assistant import Assistant

    return Assistant(index, model)
