"""Watches how much attention heads of a model pay from some tokens of what it reads to others.

In: a model of Transformers with scaled dot-product attention, and a watch that is passed to it with the
tokens. Out: the shares of attention, in the watch. What the model gives out is the same to the last bit,
whether it is watched or not. What the tokens stand for is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

__all__ = ["Watch", "make_watchable"]

NAME = "watched_sdpa"


class Watch:
    """The attention that is paid by some tokens of a prompt to stretches of it, by some heads.

    It is read in parts, from `rows` on at least. A head is a layer with its place there, both from 0.
    """

    def __init__(self, heads: Sequence[tuple[int, int]], rows: range, stretches: Sequence[range]) -> None:
        self.rows = rows
        self._heads = heads
        self._stretches = stretches
        self._paid = torch.zeros(len(heads), len(stretches))

    @property
    def shares(self) -> torch.Tensor:
        """The share of its attention that a token of the rows pays to each stretch, on average: shape
        (heads, stretches)."""
        return self._paid / max(len(self.rows), 1)

    def see(self, layer: int, query: torch.Tensor, key: torch.Tensor, scaling: float) -> None:
        """Add what a layer pays: `query` of shape (1, heads, tokens read now, size), `key` of shape (1, key
        heads, tokens read so far, size)."""
        places = [place for place, (own, _) in enumerate(self._heads) if own == layer]
        read = key.shape[2]
        first = read - query.shape[2]
        rows = range(max(self.rows.start, first), min(self.rows.stop, read))
        if not places or not rows:
            return
        heads = [self._heads[place][1] for place in places]
        shared = query.shape[1] // key.shape[1]
        asking = query[0, heads, rows.start - first : rows.stop - first].float()
        known = key[0, [head // shared for head in heads]].float()
        behind = torch.arange(read) > torch.tensor(rows)[:, None]
        scores = (asking @ known.transpose(1, 2) * scaling).cpu().masked_fill(behind, float("-inf"))
        paid = scores.softmax(-1).sum(1)
        for number, stretch in enumerate(self._stretches):
            self._paid[places, number] += paid[:, stretch.start : stretch.stop].sum(-1)


def make_watchable(model: Any) -> bool:
    """Make a model of Transformers take a `watch` beside its tokens; return whether it does: its attention
    is of this kind, and in every layer to all that was read."""
    config = model.config.get_text_config()
    is_full = {"full_attention"}.issuperset(getattr(config, "layer_types", None) or ["unknown"])
    if is_full and model.config._attn_implementation == "sdpa":
        AttentionInterface.register(NAME, _watched_attention)
        AttentionMaskInterface.register(NAME, sdpa_mask)
        model.set_attn_implementation(NAME)
    return bool(model.config._attn_implementation == NAME)


def _watched_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    watch: Watch | None = None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    if watch:
        watch.see(module.layer_idx, query, key, module.scaling)
    attended: tuple[torch.Tensor, None] = sdpa_attention_forward(
        module, query, key, value, attention_mask, **options
    )
    return attended
