"""What a sentence says at a place must be what its source says there."""

from __future__ import annotations

import pytest
from conftest import make_paper

from rag.checking.agreement import agrees
from rag.values import Span

SCORES = "On UCF101 it scores 99.05%, on HMDB51 86.08%, and on Kinetics-400 85.51%."
TRAINED = "It is trained on SongSet-50k with labels."
FASTER = "Over 6 benchmarks the strategy cuts training costs by about 50%."
LIST = "It beats strong models on MSR-VTT, MSVD, DiDeMo and LSMDC."
BASELINE = "On MVBench its accuracy averages 58.1%, ahead of GPT4V by 14.5%."
FREE = "It has a tuning-free video model of motion."
NEIGHBOUR = "GPT4V and ViViT are slow on LSMDC."


def spans(*sentences: str, title: str = "HERON: Songs") -> list[Span]:
    paper = make_paper(title, " ".join(sentences))
    starts = [paper.abstract.index(sentence) for sentence in sentences]
    return [Span(paper, start, start + len(s)) for start, s in zip(starts, sentences, strict=True)]


@pytest.mark.parametrize(
    ("right", "wrong", "sources"),
    [
        ("On HMDB51 it scores 86.08%.", "On HMDB51 it scores 99.05%.", [SCORES]),
        ("It cuts training costs by 50%.", "It cuts training costs by 6%.", [FASTER]),
        ("It gains 3.1 points.", "It gains 3.1%.", ["It gains 3.1 points on BirdBench."]),
        ("It has 1.09 million clips.", "It has 1.09 billion clips.", ["It has 1.09 million clips."]),
        ("It has 1.5B parameters.", "It has 1.5M parameters.", ["It has 1.5 billion parameters."]),
        ("It beats all on MSR-VTT and MSVD.", "It beats all on MSR-VTT and SongSet-50k.", [LIST, TRAINED]),
        ("It is ahead of GPT4V by 14.5%.", "It is ahead of ViViT by 14.5%.", [BASELINE, NEIGHBOUR]),
        ("It is trained with labels.", "It is trained without labels.", [TRAINED]),
        ("It is trained with labels.", "It is not trained with labels.", [TRAINED]),
        ("It needs no labels.", "It needs labels.", ["It needs no labels and is small."]),
        ("It works without labels.", "It works with labels.", ["It works well without labels."]),
        ("It works on songs.", "It is trained with labels.", ["It works on songs and needs no labels."]),
        ("It has a tuning-free video model.", "It has a tuning-based video model.", [FREE]),
        ("It is supervised by people.", "It is unsupervised by people.", ["It is supervised by people."]),
        ("Results are consistent.", "Results are inconsistent.", ["The results are consistent over time."]),
        ("It has fewer parameters.", "It has more parameters.", ["It has fewer parameters than others."]),
        ("It outperforms CNNs.", "It underperforms CNNs.", ["It outperforms the CNNs of others."]),
        ("It prunes after training.", "It prunes before training.", ["It prunes weights after training."]),
        ("Drug A inhibits growth.", "Drug A promotes growth.", ["Drug A inhibits the growth of cells."]),
    ],
)  # fmt: skip
def test_right_statement_agrees_and_a_wrong_one_does_not(
    right: str, wrong: str, sources: list[str]
) -> None:
    held = spans(*sources)
    assert agrees(right, held)
    assert not agrees(wrong, held)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("It is 14.5% ahead of GPT4V.", BASELINE),
        ("An accuracy of 86.3% is reached.", "Its accuracy is 86.3 on ImageNet-1K."),
        ("Both modules, two in all, are small.", "The Localizer and the Answerer are small."),
        ("Labels are not needed.", "It does not need any labels."),
        ("It avoids labels.", "It works without labels."),
        ("It is pruned, and better than without it.", "It beats models without Sparse Regularization."),
        ("HERON uses CLIP.", "It uses CLIP."),
        ("HERON is trained on SongSet-50k.", TRAINED),
        ("It needs less computation.", "It costs less computation but more memory."),
        ("Language models need video.", "Large Language Models (LLMs) need video."),
    ],
)
def test_other_words_for_the_same_agree(sentence: str, source: str) -> None:
    assert agrees(sentence, spans(source))


def test_name_is_of_the_paper_that_says_what_is_said_of_it() -> None:
    heron = spans("It hides 60% of a spectrogram.")
    egret = spans("EgretNet uses convolutions only.", title="EgretNet: Convolutions")
    assert agrees("HERON hides 60% of a spectrogram.", [*heron, *egret])
    assert not agrees("EgretNet hides 60% of a spectrogram.", [*heron, *egret])
