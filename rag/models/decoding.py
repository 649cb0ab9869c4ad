"""Greedy decoding of one answer after another, over what was read for the one before.

In: a causal model of Transformers and the tokens of a prompt. Out: the tokens of its greedy answer, some at
a time. Two things make it fast, and neither changes the answer: tokens guessed from the prompt are checked
in one step (prompt lookup; Saxena, 2023), and the beginning that a prompt shares with the last one is not
read again. Prompts are read in parts of one length, so that a part comes out the same to the last bit
whether it was read now or for an earlier prompt. Text and messages are not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from itertools import takewhile
from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from rag.models.attention import Watch

__all__ = ["PART", "GreedyDecoder"]

PART = 96
"""Tokens that are read at a time; our instructions are a little longer, and so are read once."""
GUESSED = 8
"""Tokens guessed at most: a step of 9 costs little more than a step of 1."""
LONGEST_TAIL = 3
"""Tokens that must have stood in the prompt, or in the answer, for those behind them to be guessed."""


class GreedyDecoder:
    """Writes answers with one model, one at a time; it keeps the cache of the last prompt."""

    def __init__(self, model: Any, *, rounding: float = 0.0) -> None:
        """Take a causal model of Transformers.

        `rounding` is by how much a logit may differ with the tokens that are read beside it, which half
        precision shows. A token that is no further ahead of the next is decided in a step of its own.
        """
        self._model = model
        self._rounding = rounding
        self._kept: tuple[list[int], Any] = ([], None)

    def read(self, prompt: Sequence[int]) -> None:
        """Read a prompt, so that one that begins alike is answered sooner."""
        with torch.inference_mode():
            self._read(prompt)

    def state(self, prompt: Sequence[int], layer: int, *, watch: Watch | None = None) -> torch.Tensor:
        """Return the hidden state of the last token of a prompt after a layer, counted from 0: shape
        (hidden size,).

        With a `watch` the attention that is paid while the prompt is read is in it afterwards.
        """
        with torch.inference_mode():
            _, read = self._read(prompt, watch=watch, output_hidden_states=True)
            state: torch.Tensor = read.hidden_states[layer + 1][0, -1].float().cpu()
            return state

    def weigh(
        self, prompt: Sequence[int], endings: Sequence[Sequence[int]], *, watch: Watch | None = None
    ) -> list[float]:
        """Return for each ending, of one token or more, the log probability with which it follows a prompt.

        With a `watch` the attention that is paid while the prompt is read is in it afterwards.

        Raises:
            RuntimeError: the model can take back no token, and an ending has more than one.
        """
        with torch.inference_mode():
            cache, read = self._read(prompt, watch=watch)
            return self._weigh(cache, read.logits[0, -1], endings)

    def _weigh(self, cache: Any, logits: torch.Tensor, endings: Sequence[Sequence[int]]) -> list[float]:
        weights = logits.float().log_softmax(-1)
        found = [float(weights[first]) for first, *_ in endings]
        longer = {n: ending for n, ending in enumerate(endings) if len(ending) > 1}
        if longer and not _can_crop(cache):
            raise RuntimeError("this model can take back no token")
        for first in dict.fromkeys(ending[0] for ending in longer.values()):
            rests = {n: ending[1:] for n, ending in longer.items() if ending[0] == first}
            step = self._run([first], cache).logits[0, -1]
            for n, weight in zip(rests, self._weigh(cache, step, list(rests.values())), strict=True):
                found[n] += weight
            cache.crop(-1)
        return found

    def answer(self, prompt: Sequence[int], *, ends: set[int], limit: int) -> Iterator[list[int]]:
        """Yield the answer to a prompt, some tokens at a time, up to and with one of `ends`.

        `limit` is the most tokens. Another answer may begin only when this one is complete or closed.
        """
        with torch.inference_mode():
            cache, read = self._read(prompt)
        first = int(read.logits[0, -1].argmax())
        tokens, last = [*prompt, first], len(prompt) + limit
        yield [first]
        while tokens[-1] not in ends and len(tokens) < last:
            guessed = _guess(tokens, min(GUESSED, last - len(tokens) - 1)) if _can_crop(cache) else []
            with torch.inference_mode():
                new = _until(self._step(tokens, guessed, cache), ends)
            tokens += new
            yield new

    def _read(
        self, prompt: Sequence[int], *, watch: Watch | None = None, **options: Any
    ) -> tuple[Any, Any]:
        """Read a prompt; return its cache and what the model gives out for the last part of it, of which
        the logits are those of the last token. The whole parts of it are kept. Tokens that are watched are
        read now."""
        kept, cache = self._kept
        pairs = zip(kept, prompt[: watch.rows.start if watch else -1], strict=False)
        if watch:
            options["watch"] = watch
        known = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs)) // PART * PART
        cache = _beginning(cache, known) if known else DynamicCache(config=self._model.config)
        for start in range(known, len(prompt), PART):
            read = self._run(prompt[start : start + PART], cache, logits_to_keep=1, **options)
        whole = len(prompt) // PART * PART
        if whole and _can_crop(cache):
            self._kept = list(prompt[:whole]), _beginning(cache, whole)
        return cache, read

    def _step(self, tokens: Sequence[int], guessed: Sequence[int], cache: Any) -> list[int]:
        """Return the tokens that follow: those that were guessed rightly, and one more."""
        best, found = torch.topk(self._run([tokens[-1], *guessed], cache).logits[0], 2, dim=-1)
        is_clear: list[bool] = (best[:, 0] - best[:, 1] > self._rounding).tolist()
        following: list[int] = found[:, 0].tolist()
        right = 0
        while right < len(guessed) and is_clear[right] and guessed[right] == following[right]:
            right += 1
        if right < len(guessed):
            cache.crop(right - len(guessed))
        if not guessed or is_clear[right]:
            return [*guessed[:right], following[right]]
        cache.crop(-1)  # too close to tell beside others: once more, alone
        alone = self._run([guessed[right - 1] if right else tokens[-1]], cache)
        return [*guessed[:right], int(alone.logits[0, -1].argmax())]

    def _run(self, tokens: Sequence[int], cache: Any, **options: Any) -> Any:
        """Return what the model gives out for these tokens; its logits are of shape (1, those of them that
        are kept, vocabulary)."""
        ids = torch.tensor([list(tokens)], device=self._model.device)
        return self._model(input_ids=ids, past_key_values=cache, use_cache=True, **options)


def _beginning(cache: Any, length: int) -> Any:
    """Return a cache of the first tokens of another, which stays as it is; nothing is copied."""
    beginning = copy(cache)
    beginning.layers = [copy(layer) for layer in cache.layers]
    beginning.crop(length - cache.get_seq_length())
    return beginning


def _can_crop(cache: Any) -> bool:
    """Whether tokens can be taken back: not from a state, nor once a window has slid over them."""
    return all(type(layer) is DynamicLayer for layer in cache.layers)


def _guess(tokens: Sequence[int], count: int) -> list[int]:
    """Return what followed the longest tail of these tokens where it last stood, or nothing."""
    for length in range(LONGEST_TAIL, 0, -1):
        tail = tokens[-length:]
        for start in range(len(tokens) - length - 1, -1, -1):
            if tokens[start : start + length] == tail:
                return list(tokens[start + length : start + length + count])
    return []


def _until(tokens: list[int], ends: set[int]) -> list[int]:
    """Return the tokens up to and with the first that ends an answer."""
    for place, token in enumerate(tokens):
        if token in ends:
            return tokens[: place + 1]
    return tokens
