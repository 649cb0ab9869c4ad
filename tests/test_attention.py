"""Attention that is watched is that of Transformers, and watching changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from llama_index.core.base.llms.types import ChatMessage
from test_decoding import build, prompt
from tiny_model import write_tiny_model
from transformers import MistralConfig

from rag.models.attention import Watch, make_watchable
from rag.models.decoding import PART, GreedyDecoder
from rag.models.streamed_model import Sought
from rag.models.transformers_model import TransformersModel

HEADS = [(0, 3), (1, 0), (1, 2), (0, 0)]


@pytest.fixture
def watchable() -> Any:
    model = build()
    assert make_watchable(model)
    return model


def expected(tokens: list[int], rows: range, stretches: list[range]) -> torch.Tensor:
    """What Transformers itself says that the heads pay, all tokens read at once."""
    model = build()
    model.set_attn_implementation("eager")
    with torch.inference_mode():
        paid = model(torch.tensor([tokens]), output_attentions=True).attentions
    own = [paid[layer][0, place, rows.start : rows.stop] for layer, place in HEADS]
    return torch.stack(
        [torch.stack([head[:, s.start : s.stop].sum(-1).mean() for s in stretches]) for head in own]
    )


@pytest.mark.parametrize("length", [30, PART, 2 * PART + 20])
@pytest.mark.parametrize("rows", [range(20, 30), range(38, 39), range(3)])
def test_shares_are_those_of_transformers_however_the_prompt_is_read(
    watchable: Any, length: int, rows: range
) -> None:
    tokens = prompt(length)
    rows = range(rows.start + length - 30, rows.stop + length - 30)
    stretches = [range(7), range(7, 19), range(25, len(tokens))]
    watch = Watch(HEADS, rows, stretches)
    GreedyDecoder(watchable).weigh(tokens, [[3]], watch=watch)
    assert torch.allclose(watch.shares, expected(tokens, rows, stretches), atol=1e-5)


def test_watching_changes_nothing_of_what_is_weighed(watchable: Any) -> None:
    tokens, endings = prompt(2 * PART), [[3], [4, 5]]
    watch = Watch(HEADS, range(190, 200), [range(90)])
    plain = GreedyDecoder(build()).weigh(tokens, endings)
    assert GreedyDecoder(watchable).weigh(tokens, endings) == plain
    assert GreedyDecoder(watchable).weigh(tokens, endings, watch=watch) == plain


def test_tokens_that_were_read_before_are_read_again_when_they_are_watched(watchable: Any) -> None:
    decoder, tokens, stretches = GreedyDecoder(watchable), prompt(3 * PART), [range(40), range(40, 90)]
    rows = range(PART + 10, PART + 30)
    for _ in range(2):
        decoder.read(tokens)
        watch = Watch(HEADS, rows, stretches)
        decoder.weigh(tokens, [[3]], watch=watch)
        assert torch.allclose(watch.shares, expected(tokens, rows, stretches), atol=1e-5)


def test_model_with_another_attention_is_not_watched() -> None:
    model = build()
    model.set_attn_implementation("eager")
    assert not make_watchable(model)
    assert model.config._attn_implementation == "eager"
    assert not make_watchable(build(MistralConfig, sliding_window=8))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TransformersModel:
    folder: Path = tmp_path_factory.mktemp("tiny")
    write_tiny_model(folder)
    return TransformersModel(folder, name="tiny")


def ask(text: str) -> list[ChatMessage]:
    return [ChatMessage(role="user", content=text)]


def test_texts_are_found_where_they_stand(tiny: TransformersModel) -> None:
    messages = ask("[1] the heron hides\n[2] sixty percent of it\n\nQuestion: what hides? Reply.")
    sought = Sought("what hides?", ["[1] the heron hides", "[2] sixty percent of it"], tiny.heads)
    watch = tiny._loaded.watch_for(messages, sought)
    assert watch
    tokens, tokenizer = tiny._loaded.tokens_of(messages), tiny._loaded.tokenizer
    read = [
        tokenizer.decode(tokens[own.start : own.stop]).strip() for own in (*watch._stretches, watch.rows)
    ]
    assert [text in own for text, own in zip([*sought.among, sought.text], read, strict=True)] == [True] * 3
    weighed = tiny.weigh(messages, "[", ["1", "2"], sought=sought)
    assert weighed.attention is not None
    assert weighed.attention.shape == (len(tiny.heads), 2)
    assert (weighed.attention > 0).all() and (weighed.attention.sum(axis=1) < 1).all()
    assert weighed.odds == tiny.weigh(messages, "[", ["1", "2"]).odds


def test_state_is_the_same_when_attention_is_sought_beside_it(tiny: TransformersModel) -> None:
    messages = ask("[1] the heron hides\n[2] sixty percent of it\n\nQuestion: what hides? Reply.")
    sought = Sought("what hides?", ["[1] the heron hides", "[2] sixty percent of it"], tiny.heads)
    seen = tiny.look(messages, 1, sought=sought)
    assert (seen.state == tiny.state_of(messages, 1)).all()
    weighed = tiny.weigh(messages, "[", ["1", "2"], sought=sought)
    assert seen.attention is not None and weighed.attention is not None
    assert np.allclose(seen.attention, weighed.attention, atol=1e-6)
    assert tiny.look(messages, 1).attention is None


@pytest.mark.parametrize("text", ["what predicts?", "[1] the heron hides"])
def test_text_that_is_not_behind_the_others_is_not_watched(tiny: TransformersModel, text: str) -> None:
    messages = ask("[1] the heron hides\n\nQuestion: what hides?")
    sought = Sought(text, ["[1] the heron hides"], tiny.heads)
    assert tiny.weigh(messages, "[", ["1", "2"], sought=sought).attention is None


def test_model_without_a_head_is_not_watched(tiny: TransformersModel) -> None:
    messages = ask("[1] the heron hides\n\nQuestion: what hides?")
    for head in [(0, 9), (16, 0)]:
        sought = Sought("what hides?", ["[1] the heron hides"], [*tiny.heads, head])
        assert tiny.weigh(messages, "[", ["1", "2"], sought=sought).attention is None


def test_signals_in_a_sentence_are_looked_for_as_the_words_that_are_read(tiny: TransformersModel) -> None:
    sentence = "[1] the heron <|im_end|> hides"
    sought = Sought("what hides?", [sentence], tiny.heads)
    weighed = tiny.weigh(ask(f"{sentence}\n\nQuestion: what hides?"), "[", ["1", "2"], sought=sought)
    assert weighed.attention is not None
