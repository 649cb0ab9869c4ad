"""Sentences are scored by what attention heads look at, alike for abstracts of any length."""

from __future__ import annotations

import numpy as np
import pytest

from rag.models.model_weights import DEFAULT_MODEL
from rag.models.streamed_model import Weighed
from rag.probing.retrieval_heads import RetrievalHeads, read_heads, traits_of

RANKED = [0.5, 1.0, 1 / 3]


def weighed(*shares: list[float]) -> Weighed:
    return Weighed([-1.0, -4.0, -3.0], np.array(shares, dtype=np.float32))


def test_default_model_has_heads_with_a_weight_each() -> None:
    heads = read_heads(DEFAULT_MODEL)
    assert heads
    assert len(heads.weights) == 2 + len(heads.heads) == 2 + len(set(heads.heads))
    assert all(0 <= layer < 28 and 0 <= place < 12 for layer, place in heads.heads)


@pytest.mark.parametrize("name", ["qwen2.5-coder-0.5b-instruct", "somebody/else", ""])
def test_heads_of_other_models_are_not_known(name: str) -> None:
    assert read_heads(name) is None


def test_traits_are_standardised_over_the_sentences() -> None:
    traits = traits_of(weighed([0.1, 0.2, 0.4], [0.0, 0.0, 0.5]), RANKED)
    assert traits.shape == (4, 3)
    assert np.allclose(traits.mean(axis=1), 0) and np.allclose(traits.std(axis=1), 1)
    assert np.allclose(traits[2], [-1.2247, 0, 1.2247], atol=1e-3)


def test_what_does_not_tell_sentences_apart_counts_nothing() -> None:
    heads = RetrievalHeads(((0, 0),), (1.0, 0.5, 2.0))
    alike = weighed([0.2, 0.2, 0.2])
    assert np.allclose(heads.scores(alike, RANKED), [1.0, 0.5] @ traits_of(alike, RANKED)[:2])
    only = heads.scores(Weighed([-1.0], np.array([[0.3]], dtype=np.float32)), [1.0])
    assert np.allclose(only, [0.0])


def test_sentence_that_is_looked_at_leads() -> None:
    heads = RetrievalHeads(((16, 4), (20, 9)), (0.1, 0.1, 1.0, 1.0))
    scores = heads.scores(weighed([0.01, 0.02, 0.3], [0.02, 0.01, 0.4]), RANKED)
    assert int(scores.argmax()) == 2
