"""The embedder over a small real encoder: unit vectors, whatever the batch, close to those in float32."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from index_store.embedder import LONGEST_INPUT, MeanPoolingEmbedding, best_dtype
from index_store.errors import WeightsError

WORDS = "[PAD] [UNK] [CLS] [SEP] herons wait in the reeds tides turn and gauges rise".split()
TEXTS = [
    "herons wait",
    "tides turn and gauges rise in the reeds",
    "zebras",
    "",
    "herons wait in the reeds " * 400,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A two-layer BERT with seeded weights and a tokenizer of a few words."""
    folder = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertModel(config).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    yield folder


@pytest.fixture(scope="module")
def embedder(folder: Path) -> MeanPoolingEmbedding:
    return MeanPoolingEmbedding(folder, name="tiny", batch=2)


def reference(folder: Path, text: str) -> np.ndarray:
    """The mean of the last layer in float32, worked out for one text alone."""
    ids = Tokenizer.from_file(str(folder / "tokenizer.json")).encode(text).ids
    ids = [*ids[: LONGEST_INPUT - 1], ids[-1]] if len(ids) > LONGEST_INPUT else ids
    with torch.inference_mode():
        states = BertModel.from_pretrained(folder).eval()(torch.tensor([ids])).last_hidden_state[0]
    mean = states.mean(0).numpy()
    return mean / np.linalg.norm(mean)


def test_vectors_are_the_mean_of_the_last_layer_whatever_shares_their_batch(
    folder: Path, embedder: MeanPoolingEmbedding
) -> None:
    vectors = np.asarray(embedder.get_text_embedding_batch(TEXTS))
    assert vectors.shape == (len(TEXTS), 32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert vector @ reference(folder, text) > 0.999


def test_query_and_text_share_one_space(embedder: MeanPoolingEmbedding) -> None:
    assert np.allclose(embedder.get_query_embedding(TEXTS[1]), embedder.get_text_embedding(TEXTS[1]))


def test_same_texts_give_the_same_vectors_to_the_bit(embedder: MeanPoolingEmbedding) -> None:
    assert embedder.get_text_embedding_batch(TEXTS) == embedder.get_text_embedding_batch(TEXTS)


def test_batches_are_computed_by_one_thread_each_and_the_rest_of_the_program_keeps_its_threads(
    folder: Path,
) -> None:
    usual = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        embedder = MeanPoolingEmbedding(folder, name="tiny", batch=1)
        seen: list[int] = []
        layer = embedder._model.encoder.layer[0]
        with_hook = layer.register_forward_hook(lambda *_: seen.append(torch.get_num_threads()))
        many = embedder.get_text_embedding_batch(TEXTS * 4)
        with_hook.remove()
        assert seen == [1] * (4 * len(TEXTS))
        assert many == embedder.get_text_embedding_batch(TEXTS) * 4
        assert torch.get_num_threads() == 3
        with ThreadPoolExecutor(1) as another:
            assert another.submit(torch.get_num_threads).result() == 3
    finally:
        torch.set_num_threads(usual)


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU computes in one thread")
def test_texts_that_come_together_are_shared_out_among_the_threads(folder: Path) -> None:
    usual = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        embedder = MeanPoolingEmbedding(folder, name="tiny")
        both_here = Barrier(2, timeout=20)
        computing: list[int] = []
        hook = embedder._model.register_forward_hook(lambda *_: computing.append(both_here.wait()))
        embedder.get_text_embedding_batch(TEXTS * 16)
        assert sorted(computing) == [0] * 5 + [1] * 5
        embedder.get_text_embedding_batch(TEXTS[:2])
        assert len(computing) == 12
        hook.remove()
    finally:
        torch.set_num_threads(usual)


def test_query_is_embedded_once_and_whoever_has_its_vector_cannot_change_it(
    embedder: MeanPoolingEmbedding,
) -> None:
    seen: list[object] = []
    hook = embedder._model.register_forward_hook(lambda *_: seen.append(1))
    first = embedder.get_query_embedding("gauges rise and herons turn")
    kept = list(first)
    first[0] = 9.0
    assert embedder.get_query_embedding("gauges rise and herons turn") == kept
    assert len(seen) == 1
    hook.remove()


def test_precision_is_the_one_that_the_processor_multiplies_natively() -> None:
    names = torch.cpu.get_capabilities()
    native = names.get("avx512_bf16") or names.get("amx_bf16")
    assert best_dtype("cpu") is (torch.bfloat16 if native else torch.float32)


def test_folder_that_holds_no_encoder_says_so_in_one_line(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(WeightsError, match="The embedder tiny cannot be loaded from") as error:
        MeanPoolingEmbedding(tmp_path, name="tiny")
    assert "\n" not in str(error.value)
