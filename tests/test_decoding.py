"""Greedy decoding over a kept cache, with real Transformers models that are tiny and random."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from tiny_model import tiny_config
from transformers import AutoModelForCausalLM, MistralConfig, PreTrainedConfig, Qwen2Config

from rag.models.decoding import PART, GreedyDecoder

END = 0
LIMIT = 60


def build(kind: type[PreTrainedConfig] = Qwen2Config, **options: Any) -> Any:
    torch.manual_seed(5)
    return AutoModelForCausalLM.from_config(tiny_config(kind, vocab_size=40, **options)).eval()


@pytest.fixture(scope="module")
def model() -> Any:
    return build()


def prompt(length: int, *, seed: int = 1) -> list[int]:
    tokens = torch.randint(1, 40, (length,), generator=torch.Generator().manual_seed(seed)).tolist()
    return [*tokens, *tokens[:9]]  # with something to guess from


def plainly(model: Any, tokens: list[int], limit: int = LIMIT) -> list[int]:
    ids = model.generate(torch.tensor([tokens]), do_sample=False, max_new_tokens=limit)
    return ids[0, len(tokens) :].tolist()


def written(decoder: GreedyDecoder, tokens: list[int], limit: int = LIMIT) -> list[int]:
    return [token for run in decoder.answer(tokens, ends={END}, limit=limit) for token in run]


@pytest.fixture
def read(model: Any) -> Iterator[list[int]]:
    """How many tokens the model is given at each step."""
    lengths: list[int] = []
    hook = model.register_forward_pre_hook(
        lambda _module, _arguments, named: lengths.append(named["input_ids"].shape[1]), with_kwargs=True
    )
    yield lengths
    hook.remove()


@pytest.mark.parametrize("length", [1, 8, PART - 10, PART - 9, PART, 3 * PART + 5])
def test_answers_are_those_of_transformers(model: Any, length: int) -> None:
    decoder = GreedyDecoder(model)
    for seed in range(4):
        tokens = prompt(length, seed=seed)
        assert written(decoder, tokens) == plainly(model, tokens)


@pytest.mark.parametrize("limit", [1, 2, 5, 13])
def test_answer_is_never_longer_than_the_limit(model: Any, limit: int) -> None:
    tokens = prompt(30)
    assert written(GreedyDecoder(model), tokens, limit) == plainly(model, tokens, limit)


@pytest.mark.parametrize("seed", [1, 5])  # with 5 an end stands in the middle of a guess
def test_answer_goes_as_far_as_its_end_and_no_further(model: Any, seed: int) -> None:
    tokens = prompt(30, seed=seed)
    whole = plainly(model, tokens)
    for end in set(whole):
        answer = GreedyDecoder(model).answer(tokens, ends={end, 4000}, limit=LIMIT)
        assert [token for run in answer for token in run] == whole[: whole.index(end) + 1]


def test_guesses_that_come_true_save_steps(model: Any, read: list[int]) -> None:
    tokens = prompt(30)
    answer = written(GreedyDecoder(model), tokens)
    assert len(answer) == LIMIT
    assert len(read) < LIMIT
    assert max(read[1:]) > 1


def test_beginning_that_prompts_share_is_read_once(model: Any, read: list[int]) -> None:
    decoder = GreedyDecoder(model)
    shared = prompt(2 * PART + 20)
    decoder.read(shared)
    assert sum(read) == len(shared)
    read.clear()
    follow = [*shared[: 2 * PART + 3], *prompt(30, seed=2)]
    answer = written(decoder, follow, 1)
    assert sum(read) == len(follow) - 2 * PART
    assert answer == plainly(model, follow, 1)
    read.clear()
    written(decoder, follow, 1)
    assert sum(read) == len(follow) - 2 * PART
    read.clear()
    written(decoder, [*shared[: PART + 5], *prompt(30, seed=2)], 1)
    assert sum(read) == PART + 5 + 39 - PART  # in whole parts


def test_prompt_that_was_read_as_a_whole_still_gets_its_answer(model: Any) -> None:
    decoder = GreedyDecoder(model)
    tokens = prompt(2 * PART - 9)
    assert len(tokens) == 2 * PART
    decoder.read(tokens)
    assert written(decoder, tokens) == plainly(model, tokens)


def test_what_was_asked_before_changes_no_bit_of_what_is_read(model: Any) -> None:
    shared, last = prompt(PART), prompt(3 * PART, seed=7)
    fresh, used = GreedyDecoder(model), GreedyDecoder(model)
    for seed in (3, 4):
        used.read([*shared, *prompt(40, seed=seed)])
    for decoder in (fresh, used):
        decoder.read([*shared, *last])
    (kept, cache), (kept_too, cache_too) = fresh._kept, used._kept
    assert kept == kept_too
    for layer, layer_too in zip(cache.layers, cache_too.layers, strict=True):
        assert torch.equal(layer.keys, layer_too.keys)
        assert torch.equal(layer.values, layer_too.values)


def test_answer_that_is_closed_leaves_the_beginning_for_the_next(model: Any, read: list[int]) -> None:
    decoder = GreedyDecoder(model)
    tokens = prompt(PART + 30)
    answer = decoder.answer(tokens, ends={END}, limit=LIMIT)
    next(answer)
    next(answer)
    answer.close()
    read.clear()
    assert written(decoder, tokens) == plainly(model, tokens)
    assert read[0] == len(tokens) - PART


def test_error_in_one_answer_leaves_the_next_one_whole(model: Any) -> None:
    decoder = GreedyDecoder(model)
    decoder.read(prompt(PART))
    with pytest.raises(IndexError):
        written(decoder, [*prompt(PART), 4000])
    tokens = prompt(PART + 3)
    assert written(decoder, tokens) == plainly(model, tokens)


def test_model_whose_window_slides_is_neither_guessed_for_nor_kept() -> None:
    model = build(MistralConfig, sliding_window=16)
    decoder = GreedyDecoder(model)
    tokens = prompt(30)
    for _ in range(2):
        assert written(decoder, tokens) == plainly(model, tokens)
    assert decoder._kept == ([], None)


def test_tokens_too_close_to_tell_are_decided_alone(model: Any, read: list[int]) -> None:
    tokens = prompt(30)
    answer = written(GreedyDecoder(model, rounding=1e9), tokens)
    assert read.count(1) >= LIMIT - 1
    assert answer == plainly(model, tokens)


@pytest.mark.parametrize("rounding", [0.003, 0.01, 0.03, 0.1])
def test_answer_is_the_same_however_many_tokens_are_too_close_to_tell(model: Any, rounding: float) -> None:
    for seed in range(4):
        tokens = prompt(30, seed=seed)
        assert written(GreedyDecoder(model, rounding=rounding), tokens) == plainly(model, tokens)
