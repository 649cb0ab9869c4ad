"""The default embedder: all-MiniLM-L6-v2 as a LlamaIndex `BaseEmbedding`, straight on Transformers.

Any other `BaseEmbedding` can stand in its place. Mean pooling over the last layer, then unit
length (Reimers and Gurevych, 2019); in float32 equal to Sentence Transformers to 1.5e-8, without its
imports. Where the processor multiplies bfloat16 natively the encoder runs in it: twice as fast, at a cosine
similarity to float32 above 0.9999 (bench/embedding.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import chain
from pathlib import Path
from threading import Barrier
from typing import Any

import torch
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr
from transformers import AutoModel, BertConfig, PreTrainedTokenizerFast

from index_store.errors import WeightsError

__all__ = ["LONGEST_INPUT", "MeanPoolingEmbedding", "best_dtype"]

LONGEST_INPUT = 256
"""Word pieces, the official `max_seq_length` of all-MiniLM-L6-v2."""
HANDED_OVER = 512
"""Texts that LlamaIndex passes on at a time: enough that each thread has batches of its own."""
BATCH = {"cpu": 8, "cuda": 128}
"""Texts that a thread computes at a time: on a CPU small batches are padded less."""
LENGTH_STEP = 16
"""Word pieces. oneDNN keeps memory for every shape that it has seen: there must not be hundreds."""
QUERIES_KEPT = 256
"""Queries whose vectors are remembered: to answer a question it is searched for more than once."""
MINILM_CONFIG = {
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
}
"""Used for a folder that holds no config.json: the one of the default embedder."""


def best_dtype(device: str) -> torch.dtype:
    """Return the precision in which a device runs the encoder fastest without a change that matters."""
    if device == "cpu":
        capabilities = torch.cpu.get_capabilities()
        native = any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16"))
    else:
        native = torch.cuda.is_bf16_supported()
    return torch.bfloat16 if native else torch.float32


def _start_workers(count: int) -> ThreadPoolExecutor:
    """Return threads that each compute alone, one batch at a time.

    Threads of torch that share a small batch wait for one another at every step: beside a model that
    writes, or on a busy machine, that takes ten times as long as one thread alone.
    """
    usual, all_here = torch.get_num_threads(), Barrier(count)

    def begin() -> None:
        torch.get_num_threads()  # else the first computation of the thread would set it
        torch.set_num_threads(1)  # of this thread, and of those to come until it is set again

    workers = ThreadPoolExecutor(count, "embedder", initializer=begin)
    list(workers.map(lambda _: all_here.wait(), range(count)))
    torch.set_num_threads(usual)
    return workers


class MeanPoolingEmbedding(BaseEmbedding):  # type: ignore[misc]
    """Texts to vectors of unit length, by a BERT-like encoder, on the GPU when there is one."""

    _tokenizer: Any = PrivateAttr()
    _model: Any = PrivateAttr()
    _device: str = PrivateAttr()
    _batch: int = PrivateAttr()
    _threads: int = PrivateAttr()
    _of_query: Any = PrivateAttr()
    _workers: ThreadPoolExecutor = PrivateAttr()

    def __init__(self, folder: Path, *, name: str, batch: int | None = None) -> None:
        """Load `model.safetensors` and `tokenizer.json` from `folder`; `name` is kept with the library.

        `batch` texts are computed at a time, by default what suits the device.

        Raises:
            WeightsError: the files in `folder` are no such model.
        """
        super().__init__(model_name=name, embed_batch_size=HANDED_OVER)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._batch = batch or BATCH[self._device]
        config = {} if (folder / "config.json").exists() else {"config": BertConfig(**MINILM_CONFIG)}
        try:
            self._tokenizer = PreTrainedTokenizerFast(
                tokenizer_file=str(folder / "tokenizer.json"), pad_token="[PAD]"
            )
            self._model = AutoModel.from_pretrained(folder, **config, local_files_only=True)
        except Exception as error:  # Transformers and its readers raise many kinds
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise WeightsError(f"The embedder {name} cannot be loaded from {folder}: {reason}") from error
        self._model.to(self._device, dtype=best_dtype(self._device)).eval()
        self._threads = torch.get_num_threads() if self._device == "cpu" else 1
        self._workers = _start_workers(self._threads)
        self._of_query = lru_cache(QUERIES_KEPT)(lambda query: tuple(self._embed([query])[0]))

    def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a unit vector for each text. Texts of like length share a batch: less padding."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        size = min(self._batch, -(-len(texts) // self._threads)) or 1
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        made: list[list[float]] = []
        for start in range(0, len(batches), self._threads):  # whoever asks meanwhile waits for no more
            turn = ([texts[i] for i in batch] for batch in batches[start : start + self._threads])
            made += chain.from_iterable(self._workers.map(self._embed_batch, turn))
        vectors = dict(zip(chain.from_iterable(batches), made, strict=True))
        return [vectors[i] for i in range(len(texts))]

    @torch.inference_mode()
    def _embed_batch(self, texts: list[str]) -> list[list[float]]:
        inputs = self._tokenizer(
            texts,
            padding=True,
            pad_to_multiple_of=LENGTH_STEP,
            truncation=True,
            max_length=LONGEST_INPUT,
            return_tensors="pt",
        ).to(self._device)
        states = self._model(
            input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]
        ).last_hidden_state.float()
        mask = inputs["attention_mask"].unsqueeze(-1).float()
        means = (states * mask).sum(1) / mask.sum(1)
        units: list[list[float]] = torch.nn.functional.normalize(means, dim=-1).cpu().tolist()
        return units

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embed([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._embed(texts)

    def _get_query_embedding(self, query: str) -> list[float]:
        return list(self._of_query(query))

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)
