"""Of whom an abstract speaks, and that nothing it says of others is told as what its paper does.

The statements are about papers of the sample library, and stand before the same check that a model's do.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import as_file, files

import pytest
from conftest import make_paper

from index_store.lexical import LexicalIndex
from index_store.readers import read_papers
from index_store.sentences import group_sentences, split_sentences
from index_store.values import Chunk, Paper
from rag.checking.attribution import attribute
from rag.linking.names import short_name
from rag.speakers import clauses_of, own_names, read_clauses
from rag.values import Evidence, Span

Stands = Callable[[str, str], bool]
OF_ITSELF = [
    ("SIGMA", "SIGMA learns the video model jointly with a target feature space."),
    ("SIGMA", "SIGMA predicts cluster assignments instead of low-level targets such as pixels."),
    ("SIGMA", "Masked video modeling reconstructs predefined low-level targets such as pixels."),
    ("SIGMA", "SIGMA's authors note that masked video modeling falls short on higher-level semantics."),
    (
        "SIGMA",
        "Masked video modeling reconstructs low-level pixels; SIGMA learns a target feature space jointly.",
    ),
    (
        "SIGMA",
        "Unlike masked video modeling, which reconstructs low-level targets such as pixels, SIGMA learns "
        "the video model jointly with a target feature space.",
    ),
    ("Bora", "General diffusion models often fail to depict medical procedures accurately."),
    ("Bora", "Bora addresses that general diffusion models often fail to depict detailed anatomy."),
    ("Bora", "Bora uses a Transformer architecture pre-trained on general-purpose video generation."),
    ("ViD-GPT", "Most video diffusion models use bidirectional computation, which limits the context."),
    ("ViD-GPT", "ViD-GPT makes generation causal, so a frame depends only on earlier ones."),
    ("ZeroI2V", "Earlier lightweight adaptation schemes add computation; ZeroI2V avoids any added cost."),
    ("TTVSR", "It organizes the frames into pre-aligned trajectories made of continuous visual tokens."),
    ("TTVSR", "While existing methods align only 5 or 7 adjacent frames, TTVSR uses trajectories."),
    ("VEDIT", "VEDIT reaches state-of-the-art forecasting without supervision from language or ASR."),
    ("VEDIT", "Earlier works rely on large-scale pretraining with language supervision."),
    ("GMML", "GMML requires no momentum encoder, unlike most SSL approaches."),
    ("GMML", "GMML randomly manipulates groups of connected tokens and recovers what was hidden."),
    ("SwinBERT", "SwinBERT improves on previous methods on 5 video captioning datasets."),
    ("IA-RED^2", "Transformers are costly in computation and memory, which IA-RED^2 reduces."),
    ("PredFormer", "Existing methods are either recurrent-based, with trouble in parallelization, or not."),
    ("Hallo3", "Hallo3 yields highly dynamic, realistic results, where existing approaches struggle."),
    ("VideoFactory", "VideoFactory lets spatial and temporal blocks take the query role in turn."),
    ("Phenaki", "Phenaki can produce arbitrarily long videos, unlike previous methods."),
    ("MagicTime", "MagicTime absorbs physical knowledge from metamorphic videos with MagicAdapter."),
    ("VideoLights", "Recent models overlook the dynamics between the two tasks, according to VideoLights."),
]
"""What these papers say of themselves, or of others and told as of others."""
OF_OTHERS = [
    ("SIGMA", "SIGMA masks predefined low-level targets such as pixels."),
    ("SIGMA", "SIGMA reconstructs predefined low-level targets such as pixels."),
    (
        "SIGMA",
        "SIGMA learns a target feature space and reconstructs predefined low-level targets like pixels.",
    ),
    ("SIGMA", "In SIGMA, predefined low-level targets such as pixels are reconstructed."),
    ("SIGMA", "Like existing methods, SIGMA reconstructs predefined low-level targets such as pixels."),
    ("SIGMA", "The model falls short on higher-level semantics."),
    ("Bora", "Bora often fails to depict medical procedures and detailed anatomy accurately."),
    ("ViD-GPT", "ViD-GPT uses bidirectional computation, which limits the context available."),
    ("ViD-GPT", "The method extends a video clip by clip with bidirectional computation."),
    ("ZeroI2V", "ZeroI2V adds computation to bridge the image-video domain gap and to model time."),
    ("TTVSR", "TTVSR aligns and aggregates only a few adjacent frames, for example 5 or 7 frames."),
    ("VEDIT", "VEDIT relies on large-scale pretraining with language supervision."),
    ("GMML", "GMML generates several views of the training data and uses pretext tasks on these views."),
    ("GMML", "GMML lacks a natural tendency to extract context."),
    ("IA-RED^2", "IA-RED^2 is costly in computation and memory."),
    ("PredFormer", "PredFormer is recurrent-based, with trouble in parallelization and performance."),
    ("Hallo3", "Hallo3 struggles with non-frontal views and with dynamic objects around the person."),
    ("VideoFactory", "VideoFactory extends pretrained text-to-image models with temporal 1D convolution."),
    ("VideoFactory", "It produces temporal distortions and text-video misalignment."),
    ("MagicTime", "MagicTime encodes too little physical knowledge, and its videos show limited motion."),
    ("VideoLights", "VideoLights overlooks the dynamics between the two tasks."),
    ("VideoLights", "VideoLights uses limited uni-directional attention and integrates weakly."),
    ("SSAST", "SSAST depends on supervised pretraining with many labels and a complex pipeline."),
    ("eP-ALM", "eP-ALM trains many parameters and needs large multimodal pretraining."),
    ("TALC", "TALC mostly produces single-scene clips of one entity doing one action."),
    ("UniFormerV2", "UniFormerV2 needs a tedious image-pretraining phase before finetuning on video."),
]
"""The same papers, with what they say of others told as their own."""


@pytest.fixture(scope="module")
def stands() -> Stands:
    """Return what says whether a statement about a paper of the sample library may be shown."""
    with as_file(files("index_store") / "sample" / "papers.jsonl") as path:
        papers = [item for item in read_papers(path) if isinstance(item, Paper)]
    chunks = [
        Chunk(paper, number, *bounds)
        for paper in papers
        for number, bounds in enumerate(group_sentences(split_sentences(paper.abstract)))
    ]
    weight = LexicalIndex.build(chunks).weight

    def one(name: str, sentence: str) -> bool:
        paper = next(
            p for p in papers if name in (short_name(p), p.abstract.split()[0], p.title.split()[0])
        )
        spans = [Span(paper, *bounds) for bounds in split_sentences(paper.abstract)]
        evidence = [Evidence(number, span, 1 / number) for number, span in enumerate(spans, 1)]
        return bool(attribute(sentence, evidence, weight=weight, given=f"What does {name} do?"))

    return one


@pytest.mark.parametrize(("name", "sentence"), OF_ITSELF)
def test_what_a_paper_says_of_itself_or_is_told_as_of_others_stands(
    stands: Stands, name: str, sentence: str
) -> None:
    assert stands(name, sentence)


@pytest.mark.parametrize(("name", "sentence"), OF_OTHERS)
def test_what_a_paper_says_of_others_is_not_told_as_its_own(
    stands: Stands, name: str, sentence: str
) -> None:
    assert not stands(name, sentence)


@pytest.mark.parametrize(
    ("sentence", "subjects"),
    [
        ("We hide patches.", ["own"]),
        ("HERON hides patches, which helps.", ["own", "own"]),
        ("Existing methods hide patches, which costs time.", ["others", "others"]),
        ("Most of them hide patches; the proposed method shows them.", ["others", "own"]),
        ("Masked training scales well, but it falls short on calls.", ["others", "others"]),
        ("The authors note that earlier methods hide patches.", ["others"]),
        ("The authors hide patches.", ["own"]),
        ("Unlike earlier methods, HERON hides patches.", ["others", "own"]),
        ("HERON, unlike earlier methods, hides patches.", ["own", "others", "own"]),
        ("HERON outperforms earlier methods in accuracy.", ["own"]),
        ("Although transformers (CNNs) are good, they fail to see.", ["others", "others"]),
        ("Two encoders read songs, and they agree.", ["open", "open"]),
        ("Since labels are costly, we hide patches.", ["others", "own"]),
        ("It hides patches.", ["own"]),
    ],
)
def test_clause_speaks_of_its_subject(sentence: str, subjects: list[str]) -> None:
    assert [clause.subject for clause in read_clauses(sentence, frozenset({"heron"}))] == subjects


@pytest.mark.parametrize(
    ("sentence", "subjects"),
    [
        ("HERON hid patches, yet it needs labels.", ["others", "others"]),
        ("Although HERON hides patches, masking helps further.", ["open", "open"]),
        ("The original HERON hides patches.", ["others"]),
        ("HERON's encoder hides patches.", ["others"]),
        ("HERON V2 hides patches, and it needs none.", ["own", "own"]),
        ("HERON2 hides patches.", ["own"]),
    ],
)
def test_version_before_is_another(sentence: str, subjects: list[str]) -> None:
    clauses = read_clauses(sentence, frozenset({"heronv2", "heron2"}))
    assert [clause.subject for clause in clauses] == subjects


def test_work_that_has_a_numbered_one_is_not_the_version_before() -> None:
    names = frozenset({"densenet", "densenet12", "a3"})
    for sentence in ("DenseNet connects layers.", "DenseNet-12 is small.", "A new arena is built by it."):
        assert "others" not in {clause.subject for clause in read_clauses(sentence, names)}


def test_architecture_of_a_field_is_not_the_papers_own() -> None:
    sentence = "Challenges are the visual architecture and that datasets, such as Terns, are noisy."
    assert {clause.subject for clause in read_clauses(sentence, frozenset({"heron"}))} == {"others"}


def test_they_are_those_that_the_sentence_before_speaks_of() -> None:
    paper = make_paper(
        "HERON: Songs", "Existing methods are old. They hide patches. HERON is new. These hide none."
    )
    spans = [Span(paper, *bounds) for bounds in split_sentences(paper.abstract)]
    subjects = [clause.subject for span in spans for clause in clauses_of(span)]
    assert subjects == ["others", "others", "own", "own"]


@pytest.mark.parametrize(
    ("title", "abstract", "names"),
    [
        ("HERON: Songs", "HERON beats other encoders (CNNs) and EgretNet.", {"heron"}),
        ("Songs in the Wild", "We propose a Tern-like Encoder Net (TerNet).", {"songsinthewild", "ternet"}),
        ("HERONv2: Songs with HERON", "HERON was good. HERONv2 is better.", {"heronv2"}),
    ],
)
def test_own_names_are_those_of_the_paper_alone(title: str, abstract: str, names: set[str]) -> None:
    assert own_names(make_paper(title, abstract)) == names


def test_they_behind_words_that_only_lead_in_are_those_of_the_sentence_before() -> None:
    clauses = read_clauses("In particular, they use labels.", frozenset({"heron"}), before="others")
    assert clauses[-1].subject == "others"


@pytest.mark.parametrize(
    "sentence",
    [
        "The key step used by the majority of methods is masking.",
        "Unlike common encoders (e.g., Tern) trained with labels, it hides songs.",
        "Current screening for arrhythmia relies on staff.",
    ],
)
def test_what_is_used_by_others_begins_with_them(sentence: str) -> None:
    assert read_clauses(sentence, frozenset({"heron"}))[0].subject == "others"
