"""Sentences that share the words of their source and not its meaning."""

from __future__ import annotations

import pytest
from conftest import make_paper

from rag.checking.guards import may_rest_on
from rag.values import Span


def spans(title: str, *sentences: str) -> list[Span]:
    paper = make_paper(title, " ".join(sentences))
    starts = [paper.abstract.index(sentence) for sentence in sentences]
    return [Span(paper, start, start + len(s)) for start, s in zip(starts, sentences, strict=True)]


@pytest.mark.parametrize(
    ("sentence", "source", "stands"),
    [
        ("HERON needs labels.", "HERON does not need any labels for pre-training.", False),
        ("HERON does not need labels.", "HERON does not need any labels for pre-training.", True),
        ("HERON does not hide patches.", "HERON hides patches of a spectrogram.", False),
        ("It works with zero extra cost.", "It works without extra cost.", True),
        ("It helps songs and calls.", "It helps not only songs but calls.", True),
        ("It has 30 GPUs.", "It has 30B parameters and 16 layers.", False),
        ("It has 30B parameters.", "It has 30B parameters and 16 layers.", True),
        ("It was trained for 16 days.", "It has 30B parameters and 16 layers.", False),
        ("It has 12 videos.", "It comprises 12 short clips.", True),
        ("It is 3.1 points better.", "It is better by 3.1 points.", True),
        ("GR-1 has 4 layers.", "The 4 layers of GR-1 are small.", True),
        ("HERON reconstructs pixels.", "However, existing methods reconstruct pixels.", False),
        ("HERON reconstructs pixels.", "Unlike existing methods, HERON reconstructs pixels.", True),
        ("HERON reconstructs pixels.", "However, we reconstruct pixels.", True),
        ("HERON hides songs.", "Bird songs are rare, but it fails to hide songs.", False),
        ("HERON is trained with labels.", "Labelled bird songs are rare.", False),
        ("It gets 82.9/84.8 on Set-400.", "It gets 82.9/84.8 accuracy on Set-400/600.", False),
        ("It gets 82.9%/84.8% on Set-400.", "It gets 82.9%/84.8% accuracy on Set-400/Set-600.", False),
        ("It gets 82.9/84.8 on Set-400/600.", "It gets 82.9/84.8 accuracy on Set-400/600.", True),
        ("It gets 60/71 on Bird V1.", "It gets 60/71 accuracy on Bird V1/V2.", False),
        ("It gets 60/71 accuracy.", "It gets 60/71 accuracy with two seeds.", True),
        ("Existing methods reconstruct pixels.", "However, existing methods reconstruct pixels.", True),
    ],
)
def test_sentence_may_rest_on_its_source(sentence: str, source: str, stands: bool) -> None:
    assert may_rest_on(sentence, spans("HERON: Songs", source)) is stands


def test_sentence_about_a_paper_may_also_use_what_it_says_of_others() -> None:
    both = spans("HERON: Songs", "We present HERON, which hides patches.", "Existing methods show them.")
    assert may_rest_on("HERON hides patches that existing methods show.", both)
