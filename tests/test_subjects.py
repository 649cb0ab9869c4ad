"""The papers that a text names are found in a library, small or large, however they are spelled."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import EGRET, HERON, TIDE, make_paper
from fakes import HashingEmbedding

from index_store.paper_index import PaperIndex
from rag.linking.subjects import SMALL_LIBRARY, find_named, meant_by

OWL = make_paper("Owl-R^2: Night Vision", "Owl-R^2 sees at night with sixty layers.")
GULL = make_paper("GullMAE V2: Scaling Seaside Encoders", "GullMAE V2 scales an encoder of gulls.")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> PaperIndex:
    """A library of more papers than are all looked at."""
    others = [
        make_paper(f"Sand{n}: Grains of Beach {n}", f"Grain {n} rolls down dune {n * 7}.")
        for n in range(SMALL_LIBRARY)
    ]
    index = PaperIndex(tmp_path_factory.mktemp("large") / "library", HashingEmbedding())
    index.add([HERON, EGRET, TIDE, OWL, GULL, *others])
    return index


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("How good is EgretNet?", EGRET),
        ("how good is egret net?", EGRET),
        ("How good is Egret-Net's accuracy?", EGRET),
        ("what is gullmaev2", GULL),
        ("what is gullmae-v2", GULL),
        ("Is GullMAE V2 big?", GULL),
        ("how does owl-r2 see", OWL),
        ("Convolutions Are Enough for Bird Songs", EGRET),
    ],
)
def test_name_is_known_in_any_spelling_in_a_large_library(
    large: PaperIndex, text: str, paper: object
) -> None:
    assert large.count_papers() > SMALL_LIBRARY
    assert find_named(text, large).papers == (paper,)


@pytest.mark.parametrize("text", ["What is GullMEA V2?", "How good is EgertNet?", "what is egretent"])
def test_mistyped_name_is_known_in_a_small_library(index: PaperIndex, text: str) -> None:
    index.add([GULL])
    assert len(find_named(text, index).papers) == 1


def test_mistyped_name_among_other_words_of_its_paper_is_known_in_a_large_library(
    large: PaperIndex,
) -> None:
    named = find_named("How many parameters has EgertNet for bird songs?", large)
    assert named.papers == (EGRET,)
    assert named.text == "How many parameters has EgretNet for bird songs?"


def test_text_that_names_nothing_names_nothing(large: PaperIndex, tmp_path: Path) -> None:
    assert find_named("How do grains roll?", large).papers == ()
    assert find_named(" ", large).papers == ()
    with PaperIndex(tmp_path / "empty", HashingEmbedding()) as empty:
        assert find_named("What is HERON?", empty).papers == ()


def test_words_of_the_text_decide_between_papers(large: PaperIndex) -> None:
    assert meant_by("sea levels and gauges", [HERON, TIDE], large) == TIDE
    assert meant_by("bird songs", [HERON, TIDE], large) == HERON
    assert meant_by("anything", [TIDE], large) == TIDE


def test_name_written_up_to_other_letters_is_known(index: PaperIndex) -> None:
    assert find_named("EgretNet的准确率是多少？", index).papers == (EGRET,)
    assert find_named("比较HERON和EgretNet", index).papers == (HERON, EGRET)


def test_only_thesis_of_a_library_is_known_as_that(index: PaperIndex) -> None:
    ruff = make_paper("Reeds in Motion", "Reeds move. This thesis tells how reeds move in the wind.")
    index.add([ruff])
    assert find_named("Some doctoral thesis is here. What does it claim?", index).papers == (ruff,)
    assert find_named("Is there a thesis on tides?", index).papers == ()
    index.add([make_paper("Tides", "This thesis is on tides.")])
    assert find_named("What does the thesis claim?", index).papers == ()


def test_long_name_names_a_paper_in_the_singular_as_well(tmp_path: Path) -> None:
    rail = make_paper("RaR: Reed Retention Networks", "We keep reeds.")
    with PaperIndex(tmp_path / "reeds", HashingEmbedding()) as reeds:
        reeds.add([rail])
        assert find_named("How large is a Reed Retention Network?", reeds).papers == (rail,)
        assert find_named("How large are retention networks?", reeds).papers == ()


def test_plural_of_a_coined_name_names_it(index: PaperIndex) -> None:
    assert find_named("Do EgretNets need labels?", index).papers == (EGRET,)
    assert find_named("Do herons need labels?", index).papers == ()


def test_thing_that_a_title_only_uses_names_no_paper(index: PaperIndex) -> None:
    user = make_paper("LarkNet: Training from Scratch on SongNet50", "We train on SongNet50.")
    index.add([user])
    assert find_named("What accuracy does HERON reach on SongNet50?", index).papers == (HERON,)
    assert find_named("What is LarkNet?", index).papers == (user,)


def test_word_in_capitals_for_its_letters_is_no_name(index: PaperIndex) -> None:
    owl = make_paper("OWL-RED: Redundancy Reduction", "We present OWL-RED for REDundancy in birds.")
    index.add([owl])
    assert find_named("How does HERON handle redundancy?", index).papers == (HERON,)


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("Which is better on BirdBench, HERON or the convolutions only model?", (HERON, EGRET)),
        ("How does HERON differ from the sea levels paper, and what does each forecast?", (HERON, TIDE)),
        ("How does HERON differ from the flying saucers paper?", (HERON,)),
        ("How does HERON differ from the songs model?", (HERON,)),
        ("How do the sea levels one and the convolutions only one differ?", (TIDE, EGRET)),
        ("What is the best one of all models?", ()),
    ],
)
def test_side_that_a_comparison_describes_is_found_by_two_words_or_more(
    index: PaperIndex, text: str, papers: tuple[object, ...]
) -> None:
    assert find_named(text, index).papers == papers


ROBOTS = make_paper(
    "Unleashing Video Pre-training for Robot Arms", "We introduce GRAB-1. GRAB-1 moves arms in kitchens."
)
HISTORY = make_paper("A Survey of Harbour Pilots", "This survey reads 90 papers on pilots of harbours.")
SOIL = make_paper(
    "Mapping Soil Salt from Orbit",
    "Salt harms fields. DustNet maps salt. Fields in Peru are mapped by radar.",
)
WIDE = make_paper("GullVid-2M: Clips of Gulls", "GullVid-2M has two million clips of gulls at sea.")


@pytest.fixture
def described(index: PaperIndex) -> PaperIndex:
    index.add([ROBOTS, HISTORY, SOIL, WIDE])
    return index


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("Compare the robot paper with HERON", (ROBOTS, HERON)),
        ("robot paper vs soil paper", (ROBOTS, SOIL)),
        ("How is the survey different from TideCast?", (HISTORY, TIDE)),
        ("What does HERON do and what does the robot arms paper do?", (HERON, ROBOTS)),
        ("Is TideCast cheaper than the paper on soil salt?", (TIDE, SOIL)),
        ("What is new in HERON as opposed to in the robot study?", (HERON, ROBOTS)),
        ("Rank HERON, EgretNet and the Peru model by accuracy", (HERON, EGRET, SOIL)),
        ("Contrast the soil model with HERON", (SOIL, HERON)),
        ("HERON versus mapping salt from orbit: which data?", (HERON, SOIL)),
        ("How do video pre-training for robots and forecasting sea levels differ?", (ROBOTS, TIDE)),
        ("Is GullVid larger than HERON?", (WIDE, HERON)),
        ("Is HERON better than the network trained on SongSet-50k labels?", (HERON, EGRET)),
        ("HERON versus mapping salt from orbit: compare them with regard to data", (HERON, SOIL)),
    ],
)
def test_side_is_found_by_one_rare_word_or_without_the_word_paper(
    described: PaperIndex, text: str, papers: tuple[object, ...]
) -> None:
    assert find_named(text, described).papers == papers


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("Compare the bird songs paper with TideCast", (TIDE,)),  # two fit
        ("Compare the protein paper with TideCast", (TIDE,)),
        ("Compare the radar paper with TideCast", (TIDE,)),  # said once, of something else
        ("How do the student and the teacher model of HERON differ?", (HERON,)),
        ("Is the original model larger than HERON?", (HERON,)),
        ("Does HERON use the graph model or the soil one?", (HERON,)),
        ("How does the salt model of TideCast compare with the larger one?", (TIDE,)),
        ("Compare HERON with ResNet on ImageNet", (HERON,)),
        ("Compare soil salt and walking", ()),
        ("How do I compare GPUs and TPUs?", ()),
        ("Do maps of soil salt compared with gauges cost less?", ()),
    ],
)
def test_what_fits_no_paper_or_several_is_no_side(
    described: PaperIndex, text: str, papers: tuple[object, ...]
) -> None:
    assert find_named(text, described).papers == papers


@pytest.mark.parametrize(
    "text",
    [
        "Which watches better? Contrast the harbour GAN with HERON.",
        "For a slide: compare the harbour GAN to HERON",
    ],
)
def test_side_is_found_by_the_initials_of_its_title_behind_another_sentence(
    described: PaperIndex, text: str
) -> None:
    gan = make_paper(
        "Generative Adversarial Networks for Watching a Harbour", "Ships are watched by night."
    )
    described.add([gan])
    assert find_named(text, described).papers == (gan, HERON)


def test_question_names_what_it_described(described: PaperIndex) -> None:
    said = find_named("How does the survey differ from HERON?", described).text
    assert said == "How does “A Survey of Harbour Pilots” differ from HERON?"


def test_name_given_as_an_example_of_many_is_not_that_of_the_paper(index: PaperIndex) -> None:
    names = "Networks such as Bird Encoder Representations (BIRDE) are large. We speed up BIRDE."
    index.add([make_paper("A Survey of Fast Networks", names)])
    assert find_named("Is HERON better than BIRDE?", index).papers == (HERON,)


def test_name_that_is_short_for_many_words_is_known(index: PaperIndex) -> None:
    owl = make_paper(
        "Dual Discriminators at Night",
        "We see owls by a Convolutional Transformer based Dual Discriminator Generative Adversarial "
        "Network (CT-D2GAN).",
    )
    index.add([owl])
    assert find_named("How do CT-D2GAN and HERON differ?", index).papers == (owl, HERON)


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("A pyramid of convolutions hears birds on phones: how large is the gain over HERON?", False),
        ("How large is the gain over HERON?", True),
        ("Hiding parts of a spectrogram to train an encoder: how good is HERON?", True),
    ],
)
def test_what_a_described_paper_is_better_than_is_not_the_one_asked_about(
    index: PaperIndex, text: str, is_named: bool
) -> None:
    assert (HERON in find_named(text, index).papers) == is_named
