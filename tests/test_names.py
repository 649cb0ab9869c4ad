"""Papers are recognised by the names that people use for them, and not by ordinary words."""

from __future__ import annotations

import pytest
from conftest import EGRET, HERON, PAPERS, make_paper

from index_store.values import Paper
from rag.linking.mentions import Mention, called_in, find_mentions
from rag.linking.names import capital_names, name_like, names_of, own_name, titled

ONE = make_paper("UniFormer: Convolution and Attention", "We unify convolution and attention.")
TWO = make_paper("UniFormerV2: Arming Image Models", "We arm image models for video.")
CORPUS = make_paper("A Large Corpus of Songs", "We present SongSet-50k, recorded with AudioBox on a lake.")


def named(text: str, papers: list[Paper] = PAPERS) -> list[Paper]:
    return [mention.paper for mention in find_mentions(text, papers)]


@pytest.mark.parametrize(
    "text",
    [
        "What is EgretNet?",
        "what is egretnet?",
        "What is EgretNet's size?",
        "What is EgretNet’s size?",
        "Is Egret-Net small?",
        "Is egret net small?",
        "Tell me about “EgretNet”.",
        "Summarise EgretNet: Convolutions Are Enough for Bird Songs.",
        "summarise egretnet convolutions are enough for bird songs",
        "Which (if any) labels does it need (EgretNet)?",
    ],
)
def test_paper_is_known_by_the_name_before_its_colon_however_it_is_spelled(text: str) -> None:
    assert named(text) == [EGRET]


def test_mention_says_where_the_name_stands() -> None:
    text = "Is Egret Net better than HERON?"
    assert find_mentions(text, PAPERS) == [Mention(EGRET, 3, 12), Mention(HERON, 25, 30)]


def test_names_are_found_in_the_order_of_the_text() -> None:
    assert named("Is HERON better than EgretNet?") == [HERON, EGRET]
    assert named("Is EgretNet better than HERON?") == [EGRET, HERON]


@pytest.mark.parametrize(
    "text", ["HERON/EgretNet", "HERON—EgretNet", "HERON, EgretNet", "(HERON) EgretNet"]
)
def test_names_are_told_apart_at_any_sign(text: str) -> None:
    assert named(f"Compare {text}!") == [HERON, EGRET]


def test_name_inside_a_longer_word_is_not_a_mention() -> None:
    assert named("Which herons sing, and what is an EgretNetwork or a SubHERON?") == []


def test_name_that_the_abstract_introduces_names_the_paper() -> None:
    assert named("How big is SongSet-50k?", [CORPUS, HERON]) == [CORPUS]
    assert named("How big is songset 50k?", [CORPUS, HERON]) == [CORPUS]


def test_name_that_the_abstract_only_uses_does_not() -> None:
    assert "birdbench" not in names_of(HERON)
    assert named("What is BirdBench?") == []


def test_two_letters_that_the_title_lacks_are_no_name() -> None:
    paper = make_paper("Hearing Owls", "We propose SDNet, a song detector (SD).")
    sequence = make_paper("Long Songs", "We propose a structured song sequence model (S4).")
    assert [mention.paper for mention in find_mentions("What is S4?", [paper, sequence])] == [sequence]
    assert find_mentions("How good is it in SD?", [paper]) == []
    assert find_mentions("How good is SDNet?", [paper]) != []


def test_word_in_capitals_for_stress_is_no_name() -> None:
    asked = "Who offers a new way to MEASURE songs? ONLY those with CLIP or BERT."
    assert capital_names(asked) == ["CLIP", "BERT"]


def test_what_others_made_is_no_own_name() -> None:
    assert own_name(make_paper("A Study of Reeds", "We evaluate CLIP and present DINO results.")) == ""
    assert "visionlanguagemodels" not in names_of(make_paper("VLM: Vision Language Models", "We see."))


def test_paper_without_a_name_in_its_title_is_called_as_a_turn_calls_it() -> None:
    smew = make_paper(
        "Searching for Efficient Transformers of Reeds",
        "Vision Transformer (ViT) is good. We propose to search reeds and present SMEW-Net, a net.",
    )
    assert own_name(smew) == "SMEW-Net"
    assert called_in(smew, f"'{smew.title}' presents SMEW-Net.") == "SMEW-Net"
    assert called_in(smew, "Which paper searches for a ViT?") == f"“{smew.title}”"


def test_plural_in_a_title_is_no_name_of_the_paper() -> None:
    paper = make_paper("LLMs Hear Birds: Listening with Adapters", "We teach LLMs to hear.")
    assert find_mentions("Which LLM hears best?", [paper]) == []
    assert find_mentions("What is LLMs Hear Birds about?", [paper]) != []


def test_letters_of_what_a_paper_builds_on_do_not_name_it() -> None:
    gull = make_paper("Gull Stories", "The model is based on Generative Adversarial Networks (GAN).")
    tern = make_paper("Tern Stories", "We propose Gradual Array Norms (GAN) for flocks.")
    assert "gan" not in names_of(gull)
    assert "gan" in names_of(tern)


def test_ordinary_words_of_a_title_are_no_names() -> None:
    paper = make_paper(
        "The First Zero-Shot Pre-Training of Image Models",
        "We present the first zero-shot method. Our Pretraining is novel. In 2023 we build Self-Attention.",
    )
    assert names_of(paper) == {"thefirstzeroshotpretrainingofimagemodels"}
    assert named("What is the first zero-shot pretraining with self-attention in 2023?", [paper]) == []


def test_words_that_look_like_names_have_capitals_or_digits_inside() -> None:
    text = "SeViLA and T2T-ViT on HD-VG-130M with GR-1, Zero-Shot in 2023 by First Author"
    assert name_like(text) == ["SeViLA", "T2T-ViT", "HD-VG-130M", "GR-1"]


@pytest.mark.parametrize("text", ["UniFormerV2", "uniformer v2", "UniFormer-V2", "UniFormer V2"])
def test_longest_name_wins(text: str) -> None:
    for papers in ([ONE, TWO], [TWO, ONE]):
        assert named(f"What is {text}?", papers) == [TWO]
        assert named("What is UniFormer?", papers) == [ONE]
        assert named(f"Compare {text} and UniFormer.", papers) == [TWO, ONE]


def test_long_part_before_a_colon_is_a_sentence_and_no_name() -> None:
    paper = make_paper("Birds sing in the rain all day long: a report", "We listened.")
    assert "birdssingintherainalldaylong" not in names_of(paper)


def test_name_that_two_papers_share_mentions_both_at_one_place() -> None:
    other = make_paper("HERON: Hierarchical Routing", "We route packets.")
    mentions = find_mentions("What is HERON?", [HERON, EGRET, other])
    assert mentions == [Mention(HERON, 8, 13), Mention(other, 8, 13)]


def test_paper_whose_title_begins_with_a_name_owns_it() -> None:
    user = make_paper(
        "Listening at Night", "We present NightHERON, built on HERON. We propose HERON at night."
    )
    assert "heron" in names_of(user)
    assert named("What is HERON?", [user, HERON]) == [HERON]


def test_name_that_many_papers_speak_of_names_none_of_them() -> None:
    papers = [make_paper(f"Study {n}", f"We propose AudioBox, part {n}.") for n in range(3)]
    assert named("What is AudioBox?", papers) == []
    assert named("What is AudioBox?", papers[:1]) == papers[:1]


@pytest.mark.parametrize(
    ("abstract", "named"),
    [
        ("We propose AudioBox, a model of sounds.", True),
        ("We propose a model that is tested on AudioBox.", False),
        ("We introduce an encoder that is fine-tuned from AudioBox.", False),
        ("We present an acoustic box (AudioBox) for sounds.", True),
        ("It is evaluated in audio boxes (AudioBox) for sounds.", False),
        ("We leverage a novel single language model (AudioBox) for sounds.", False),
    ],
)
def test_name_in_an_abstract_names_its_paper_when_it_is_introduced_there(
    abstract: str, named: bool
) -> None:
    paper = make_paper("A Study of Sounds", abstract)
    assert bool(find_mentions("How good is AudioBox?", [paper])) is named


def test_name_that_is_also_a_part_of_an_address_is_a_name() -> None:
    paper = make_paper(
        "Learning to Fly", "We present DriftNet. See driftnet.example.org or https://x.org/driftnet."
    )
    assert named("How does DriftNet fly?", [paper]) == [paper]


def test_ordinary_word_that_an_abstract_writes_in_capitals_is_no_name() -> None:
    paper = make_paper("TRIM: Less Redundancy", "We propose TRIM for REDundancy. It finds redundancy.")
    assert named("How is redundancy removed?", [paper]) == []


def test_words_behind_the_colon_of_a_title_name_its_paper() -> None:
    assert named("What does Convolutions Are Enough for Bird Songs say?") == [EGRET]


def test_name_at_the_end_of_a_sentence_does_not_run_on_into_the_next() -> None:
    assert capital_names("Both report about 90% on BirdBench. How do they differ?") == ["BirdBench"]


def test_name_whose_letters_make_ordinary_words_of_the_paper_is_no_name() -> None:
    paper = make_paper(
        "WADER: Bird-Song Transformers",
        "We present WADER, a BIrd-SonG Transformer for bird-song retrieval.",
    )
    assert find_mentions("Which bird-song model is the fastest?", [paper]) == []
    assert [mention.paper for mention in find_mentions("How fast is WADER?", [paper])] == [paper]


def test_paper_is_called_what_a_text_calls_it_if_that_is_a_name() -> None:
    paper = make_paper("Keeping Songs Apart by Frequency", "We present CurlewNet. CurlewNet splits songs.")
    assert called_in(paper, "How do HERON and CurlewNet differ?") == "CurlewNet"
    assert called_in(paper, "What is it?", "CurlewNet's songs are split.") == "CurlewNet"
    assert called_in(paper, "What is “Keeping Songs Apart by Frequency” about?") == f"“{paper.title}”"
    still = make_paper("Still-Moving: Customised T2V", "Still-Moving adapts T2V models of customers.")
    assert called_in(still, "Which T2V models? T2V or Still-Moving?") == "Still-Moving"
    assert called_in(HERON, "What does the bird paper say?") == "HERON"


@pytest.mark.parametrize(
    ("title", "abstract", "name"),
    [
        (
            "Keeping Songs Apart by Frequency",
            "We further propose CurlewNet, which splits songs.",
            "CurlewNet",
        ),
        ("Keeping Songs Apart", "We build a net dubbed CurlewNet on AudioBox.", "CurlewNet"),
        ("Keeping Songs Apart", "We propose a Masked Song Network (MSN) for songs.", "MSN"),
        ("Keeping Songs Apart", "We present an AudioBox-based net, CurlewNet.", "CurlewNet"),
        ("Keeping Songs Apart", "We propose a metric called SongFID and train on AudioBox.", ""),
        ("Keeping Songs Apart", "Deep song networks (DSN) are slow. We make them fast.", ""),
        ("CurlewNet Splits Songs", "We propose MelNet.", ""),
        ("Curlew: Splitting Songs", "We propose MelNet.", ""),
        ("Keeping Songs Apart", "", ""),
    ],
)
def test_paper_without_a_name_in_its_title_is_titled_with_its_own(
    title: str, abstract: str, name: str
) -> None:
    paper = make_paper(title, abstract)
    assert own_name(paper) == name
    assert titled(paper) == (f"{title} ({name})" if name else title)


SIT = make_paper("SiT: Masked Pretraining of Perch Videos", "SiT sits still and masks.")
VDT = make_paper("VDT: Diffusion", "We introduce Video Diffusion Transformer (VDT), which makes videos.")


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("where does it sit in the network?", False),
        ("Where do convolutions sit in EgretNet?", False),
        ("does the adapter have to sit behind it?", False),
        ("how does sit work?", True),
        ("what does sit predict?", True),
        ("do both sit and egretnet mask?", True),
        ("compare egretnet to sit", True),
        ("why not sit?", False),
        ("Does it SiT?", True),
    ],
)
def test_verb_that_is_spelled_like_a_name_is_none(text: str, is_named: bool) -> None:
    assert (SIT in named(text, [SIT, EGRET])) == is_named


@pytest.mark.parametrize(
    "text",
    ["does the original egretnet sing?", "why not egretnet?", "is it egretnet that sings?"],
)
def test_name_that_is_no_verb_is_one_behind_any_word(text: str) -> None:
    assert named(text) == [EGRET]


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("How is an image brought into a video diffusion transformer?", False),
        ("What does the video diffusion transformer make?", True),
        ("What is a Video Diffusion Transformer?", True),
    ],
)
def test_one_of_a_kind_is_not_the_paper_of_that_name(text: str, is_named: bool) -> None:
    assert (VDT in named(text, [VDT])) == is_named


MEASURE = make_paper("Tuning Songs", "We build a measure called FID. We propose SongNet.")


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("What FID does HERON get?", [HERON]),
        ("which FID score does HERON get", [HERON]),
        ("What is FID?", [MEASURE]),
        ("What FID does it get?", [MEASURE]),
        ("How do FID and HERON differ?", [MEASURE, HERON]),
    ],
)
def test_measure_that_is_asked_of_another_paper_does_not_name_the_one_that_brings_it(
    text: str, papers: list[Paper]
) -> None:
    assert [mention.paper for mention in find_mentions(text, [HERON, MEASURE])] == papers


def test_work_is_not_called_a_technical_report() -> None:
    tern = make_paper("Tern-7B Technical Report: Songs at Scale", "We release Tern-7B.")
    assert called_in(tern, "How many songs does it know?") == "Tern-7B"
    for name in ("Tern-7B", "the Tern-7B technical report"):
        assert [m.paper for m in find_mentions(f"How large is {name}?", [tern])] == [tern]
    assert called_in(make_paper("Technical Report: Songs", "Songs."), "What is it?") == "Technical Report"


def test_kind_of_a_work_is_not_what_it_is_called() -> None:
    tern = make_paper("GAN-based Songs of Terns", "We use a GAN.")
    assert called_in(tern, "What does the GAN-based one reach?") == f"“{tern.title}”"
