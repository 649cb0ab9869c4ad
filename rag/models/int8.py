"""Linear layers in eight bits, for processors that multiply small integers fast.

In: a causal model of Transformers. Out: the same model, whose linear layers hold whole numbers from -127
to 127 with a scale for each output, and whose inputs are rounded to as many steps, with a scale for each
token. That scale, instead of one for all tokens, is what keeps the answers: the first token of a prompt
has activations hundreds of times larger than the others (Sun et al., 2024, "Massive Activations in Large
Language Models"). It also makes a token come out the same whichever others it is read with. Everything
else is computed in 32 bits. Prompts and caches are not known here.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

__all__ = ["can_run_int8", "is_all_linear", "make_int8"]

STEPS = 127
ZERO = 128
"""Activations are kept as unsigned numbers, since that is what processors multiply with signed ones."""
SMALLEST = 1e-9
ROWS = 8192
"""Of a matrix that are rounded at a time: the largest ones would need gigabytes in 32 bits."""


class Int8Linear(nn.Module):
    """A linear layer with weights of eight bits: (..., inputs) in, (..., outputs) out, in 32 bits."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        rounded, self._scales = _rounded(linear.weight.detach())
        self._packed = torch.ops.onednn.qlinear_prepack(rounded, None)
        self._zeros = torch.zeros(len(rounded), dtype=torch.int64)
        self._bias = None if linear.bias is None else linear.bias.detach().float()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the outputs for each token."""
        largest = inputs.abs().amax(-1, keepdim=True).clamp_min_(SMALLEST)
        rounded = inputs.mul(STEPS / largest).round_().add_(ZERO).to(torch.uint8)
        outputs = _multiply(rounded, self._packed, self._scales, self._zeros).mul_(largest / STEPS)
        return outputs if self._bias is None else outputs.add_(self._bias)


class _Embedding(nn.Module):
    """An embedding that keeps its weights as they are, and gives them out in 32 bits."""

    def __init__(self, embedding: nn.Embedding) -> None:
        super().__init__()
        self.weight = nn.Parameter(embedding.weight.detach().clone(), requires_grad=False)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return nn.functional.embedding(tokens, self.weight).float()


def _rounded(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return weights of shape (outputs, inputs) as whole numbers, and the scale of each output."""
    rounded, scales = torch.empty(weight.shape, dtype=torch.int8), torch.empty(len(weight))
    for start in range(0, len(weight), ROWS):
        rows = slice(start, start + ROWS)
        part = weight[rows].float()
        scales[rows] = part.abs().amax(1).div_(STEPS).clamp_min_(SMALLEST)
        rounded[rows] = part.div(scales[rows, None]).round_().to(torch.int8)
    return rounded, scales


def _multiply(
    inputs: torch.Tensor, packed: torch.Tensor, scales: torch.Tensor, zeros: torch.Tensor
) -> torch.Tensor:
    """Return inputs times the weights, in 32 bits; the sums of whole numbers are exact.

    The scale of the inputs is left to the caller: the kernels for few rows and for many round its product
    with those of the weights in another order on some processors, and a token would depend on the others.
    """
    outputs: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
        inputs, 1.0, ZERO, packed, scales, zeros, None, 1.0, 0, torch.float32, "none", [], ""
    )
    return outputs


def can_run_int8() -> bool:
    """Return whether this processor multiplies such numbers exactly: some let large sums run over."""
    inputs = torch.full((2, 256), 255, dtype=torch.uint8)
    weights = torch.full((64, 256), STEPS, dtype=torch.int8)
    try:
        packed = torch.ops.onednn.qlinear_prepack(weights, None)
        found = _multiply(inputs, packed, torch.ones(64), torch.zeros(64, dtype=torch.int64))
    except (AttributeError, RuntimeError):  # this build of torch has no such kernel
        return False
    exact = 256 * (255 - ZERO) * STEPS
    return bool(torch.allclose(found, torch.tensor(float(exact)), rtol=1e-5))


def is_all_linear(model: nn.Module) -> bool:
    """Return whether all matrices of a model are linear layers and embeddings, so that int8 can hold it."""
    known = {
        id(weight)
        for module in model.modules()
        if isinstance(module, nn.Linear | nn.Embedding)
        for weight in module.parameters(recurse=False)
    }
    return all(id(weight) in known or weight.dim() < 2 for weight in model.parameters())


def make_int8(model: Any) -> None:
    """Turn the linear layers of a model into eight bits, in place, one after another."""
    for weight in model.parameters():
        if weight.dim() < 2:
            weight.data = weight.data.float().clone()
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear):
                setattr(parent, name, Int8Linear(child))
            elif isinstance(child, nn.Embedding):
                setattr(parent, name, _Embedding(child))
