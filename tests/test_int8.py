"""Linear layers in eight bits, with the kernel that PyTorch has."""

from __future__ import annotations

import pytest
import torch
from tiny_model import tiny_config
from torch import nn
from transformers import AutoModelForCausalLM

from rag.models.int8 import ROWS, Int8Linear, can_run_int8, is_all_linear, make_int8

pytestmark = pytest.mark.skipif(not can_run_int8(), reason="this processor has no exact kernel for int8")


def make_linear(inputs: int = 96, outputs: int = 160, *, bias: bool = True) -> nn.Linear:
    torch.manual_seed(2)
    return nn.Linear(inputs, outputs, bias=bias)


@pytest.mark.parametrize(("bias", "outputs"), [(True, 160), (False, 160), (True, ROWS + 64)])
def test_outputs_are_those_of_the_layer_within_a_hundredth(bias: bool, outputs: int) -> None:
    linear = make_linear(outputs=outputs, bias=bias)
    inputs = torch.randn(3, 50, 96)
    with torch.inference_mode():
        found, expected = Int8Linear(linear)(inputs), linear(inputs)
    assert found.shape == expected.shape
    assert (found - expected).norm() < 0.015 * expected.norm()


def test_output_of_small_weights_is_as_exact_as_the_others() -> None:
    linear = make_linear(bias=False)
    with torch.inference_mode():
        linear.weight[::2] *= 0.001
        inputs = torch.randn(50, 96)
        found, expected = Int8Linear(linear)(inputs)[:, ::2], linear(inputs)[:, ::2]
    assert (found - expected).norm() < 0.015 * expected.norm()


@pytest.mark.parametrize("outputs", [64, 256])
def test_token_comes_out_the_same_whichever_others_it_is_read_with(outputs: int) -> None:
    layer = Int8Linear(make_linear(outputs=outputs))
    inputs = torch.randn(200, 96)
    whole = layer(inputs)
    for start, count in ((0, 1), (7, 1), (3, 9), (50, 96), (0, 199)):
        assert torch.equal(layer(inputs[start : start + count]), whole[start : start + count])


def test_token_a_thousand_times_larger_leaves_the_others_as_they_are() -> None:
    layer = Int8Linear(make_linear())
    inputs = torch.randn(20, 96)
    expected = layer(inputs)
    inputs[4] *= 1000
    found = layer(inputs)
    others = [place for place in range(20) if place != 4]
    assert torch.equal(found[others], expected[others])


def test_token_of_nothing_gives_the_bias() -> None:
    linear = make_linear()
    assert torch.allclose(Int8Linear(linear)(torch.zeros(2, 96)), linear.bias.detach().expand(2, -1))


@pytest.mark.parametrize("tied", [True, False])
def test_model_in_eight_bits_says_nearly_what_it_said(tied: bool) -> None:
    torch.manual_seed(2)
    config = tiny_config(tie_word_embeddings=tied)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16).eval()
    assert is_all_linear(model)
    ids = torch.randint(0, 300, (1, 80))
    with torch.inference_mode():
        expected = model(ids).logits.float()
        make_int8(model)
        found = model(ids).logits
    assert found.dtype == torch.float32
    assert not any(isinstance(module, nn.Linear) for module in model.modules())
    assert (found - expected).norm() < 0.05 * expected.norm()
