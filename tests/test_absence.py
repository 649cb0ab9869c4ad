"""What a question asks for that a text does not hold."""

from __future__ import annotations

import pytest

from rag.absence import (
    abbreviates,
    absent_details,
    absent_names,
    denied_premise,
    gives_figures,
    is_counted,
    papers_spoken_of,
    takes_for_granted,
)

TEXT = (
    "HERON. We train HERON for three days on 8 A100 cards with Adam. It has 86M parameters and gets 91.3% "
    "accuracy on BirdBench and 80.1 on SongSet V2. It runs at 120 frames per second."
)


@pytest.mark.parametrize(
    "question",
    [
        "How many GPUs was it trained on?",
        "How many parameters does HERON have?",
        "How many days does training take?",
        "Which optimizer was used?",
        "How fast is it?",
        "What accuracy does it reach on BirdBench?",
        "What does it reach on SongSetV2?",
    ],
)
def test_detail_that_the_text_gives_is_not_absent(question: str) -> None:
    assert absent_details(question, TEXT) == []


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("What learning rate and which dropout were used?", ["the optimizer or its settings"]),
        ("How many GPUs was it trained on, and for how many epochs?", ["the hardware it was trained on"]),
        ("What FID does it get?", ["FID figures"]),
        ("What is its R@1 on ClipSet?", ["R@1 figures", "results on ClipSet"]),
        ("How much memory does it need?", ["the memory it needs"]),
        ("How many annotators were there?", ["the number of people who took part"]),
        ("What was the inter-annotator agreement?", ["the agreement of those who judged"]),
        ("Under which licence is it released?", ["the licence"]),
        ("Which Stable Diffusion version is it built on?", ["a version of Stable Diffusion"]),
    ],
)
def test_detail_that_the_text_lacks_is_named(question: str, absent: list[str]) -> None:
    found = absent_details(question, "HERON hides patches and predicts them. It is good on BirdBench.")
    assert found[: len(absent)] == absent


def test_kind_of_which_each_has_its_own_name_has_no_absent_version() -> None:
    assert absent_details("Which GAN variant is it built on?", "It is built on StyleBirds.") == []
    assert absent_details("Which Transformer variant does it use?", "It uses linear attention.") == []
    for text in ("It is built on BirdNet-2.", "It is built on BirdNetV2.", "It is built on BirdNet2.5-VL."):
        assert absent_details("Which version of BirdNet is it built on?", text) == []


def test_question_that_also_asks_for_something_else_has_no_absent_detail() -> None:
    assert (
        absent_details("How many GPUs were used, and what does HERON hide?", "HERON hides patches.") == []
    )


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("How does AnimateDiff move things?", ["AnimateDiff"]),
        ("What does the SAM 2 paper say?", ["SAM 2"]),
        ("Which papers use 3D Gaussian Splatting?", ["3D Gaussian Splatting"]),
        ("How does HERON train?", []),
        ("Is it good on SS-V2?", []),
        ("Is it good on SongSet-V2?", []),
        ("Is it good on BirdBench V2?", []),
        ("Is it good on BirdBench V3?", ["BirdBench V3"]),
        ("What is new in this paper?", []),
        ("How does b2b-egret work?", ["b2b-egret"]),
        ("what does songsetv2 hold?", []),
        ("What is its top1 accuracy?", []),
        ("Do the SongSet-adjusted nets help?", []),
    ],
)
def test_name_that_no_text_holds_is_absent_unless_abbreviated(question: str, absent: list[str]) -> None:
    assert absent_names(question, [TEXT]) == absent


def test_name_that_has_to_stand_in_capitals_is_absent_where_it_is_a_word() -> None:
    words = "We cut videos into clips."
    assert absent_names("Which papers use CLIP?", [words]) == []
    assert absent_names("Which papers use CLIP?", [words], in_capitals=["CLIP"]) == ["CLIP"]
    assert absent_names("Which papers use CLIP?", [f"{words} CLIP-like."], in_capitals=["CLIP"]) == []


@pytest.mark.parametrize(
    ("name", "absent"),
    [("Kinetics-600", []), ("Kinetics-700", []), ("Kinetics-800", ["Kinetics-800"]), ("K600", [])],
)
def test_names_that_share_their_first_part_are_held(name: str, absent: list[str]) -> None:
    assert absent_names(f"Who tests on {name}?", ["It is tested on Kinetics-400/600/700."]) == absent


def test_part_of_a_name_is_no_abbreviation_of_it() -> None:
    assert abbreviates("k400", "kinetics400")
    assert not abbreviates("t2v", "t2vvit")
    assert not abbreviates("t2t", "t2vvit")
    assert not abbreviates("v2", "videomaev2")


@pytest.mark.parametrize(
    ("name", "absent"),
    [("Kinetics-400", []), ("Kinetics-600", ["Kinetics-600"]), ("Kinetix-400", ["Kinetix-400"])],
)
def test_long_name_is_held_in_spite_of_a_slip_in_the_text(name: str, absent: list[str]) -> None:
    assert absent_names(f"Is it {name}?", ["It reaches 87.1% on Kinectics-400."]) == absent


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("StyleGAN-T", "We train StyleGAN-XT."),
        ("ActivityNet-QA", "We test on ActivityNet-CA."),
        ("Segment Anything", "This is a net that segments anything."),
        ("CogVideo", "We start from CogVideoX."),
    ],
)
def test_another_name_is_no_slip(name: str, text: str) -> None:
    assert absent_names(f"Is it {name}?", [text]) == [name]


@pytest.mark.parametrize(
    ("question", "text", "given"),
    [
        ("UNet: box AP on LAKE and mIoU?", "UNet gets 53.8 box AP on LAKE and 50.8 mIoU.", True),
        ("UNet: box AP on LAKE and mIoU?", "UNet gets 53.8 box AP on LAKE.", False),
        ("UNet: box AP on POND?", "UNet gets 53.8 box AP on LAKE.", False),
        ("What FID does UNet reach?", "UNet reaches an FID of 3.2.", True),
        ("What FID does UNet reach?", "UNet improves FID on 4 sets.", False),
        ("What does UNet reach?", "UNet reaches an FID of 3.2.", False),
    ],
)
def test_figures_are_given_beside_their_measures(question: str, text: str, given: bool) -> None:
    assert gives_figures(question, text) == given


def test_number_counts_what_stands_right_behind_it() -> None:
    text = "OWL-Eval is new. Two encoders run on OWL-Eval. There are 300 short clips."
    assert is_counted("How many clips does OWL-Eval have?", text)
    assert not is_counted("How many prompts does OWL-Eval have?", text)


def test_number_of_what_a_text_lists_is_no_part_of_a_name() -> None:
    text = "This is 1) the same old efficiency; 2) the redundant design of models (e.g., BLIP-2) and more."
    assert absent_names("What are SE 2 and BLIP-2?", [text]) == ["SE 2"]


@pytest.mark.parametrize(
    ("name", "is_held"),
    [
        ("AIST++", True),
        ("Landscape", True),
        ("DeepLab-v3+", True),
        ("Kinetics 700+", True),
        ("CLIP+GPT", True),
        ("CLIP", True),
        ("CLIP+", False),
        ("AIST+", False),
        ("DeepLab-v3++", False),
    ],
)
def test_plus_belongs_to_a_name_and_may_stand_behind_one(name: str, is_held: bool) -> None:
    text = "It is tested on AIST++, Landscape+ and Kinetics 700+, and beats DeepLab-v3+ and CLIP+GPT."
    assert (absent_names(f"Is it {name}?", [text]) == []) == is_held


def test_which_labels_is_no_question_for_a_laboratory() -> None:
    assert absent_details("Which labels is HERON trained with?", TEXT) == []


def test_sentence_beside_the_question_asks_for_nothing() -> None:
    question = "Under which licence is HERON released? I'd need to know whether commercial use is fine."
    assert absent_details(question, TEXT) == ["the licence"]


def test_report_that_is_spoken_of_is_found() -> None:
    assert papers_spoken_of("According to the Sora technical report, what are patches?") == ["Sora"]
    assert papers_spoken_of("What is the best paper on birds?") == []
    assert papers_spoken_of("One paper hides calls. Any paper that counts them? Recent article?") == []
    assert papers_spoken_of("What happens first in the multiple-choice video QA paper?") == []


def test_premise_is_denied_by_a_negation_of_its_own_words() -> None:
    denial = "HERON does not require a momentum encoder."
    assert denied_premise("Why does HERON depend on its momentum encoder?", denial)
    assert not denied_premise(
        "Why does HERON depend on its momentum encoder?", "It has a momentum encoder."
    )
    assert not denied_premise("Why does HERON work without a momentum encoder?", denial)
    assert not denied_premise("Which parts does HERON have?", denial)


@pytest.mark.parametrize(
    ("question", "text", "given"),
    [
        ("How long does that take?", "Training takes just a few hours.", True),
        ("How long does fine-tuning take?", "It is tuned in under an hour.", True),
        ("How many hours does the assay take to run?", "It gives results within several hours.", True),
        ("How long can the videos run?", "It makes videos of up to 16 seconds.", True),
        ("How long does fine-tuning take?", "Fine-tuning is fast.", False),
        ("How does it keep the number of trained parameters low?", "It freezes layers.", True),
        ("Why does the number of participants matter?", "Power depends on it.", True),
        ("What is the number of parameters?", "It is small.", False),
        ("Number of layers?", "It is deep.", False),
        ("I am on a budget. Exact number of trainable weights?", "It has few weights.", False),
        ("Tell me the number of participants", "We enrolled 412 patients.", True),
        ("How many languages does it understand?", "It is bilingual.", True),
        ("What number of languages is covered?", "It answers in English and Hindi.", True),
        ("How many languages does it cover?", "It covers 23 languages.", True),
        ("How many languages are there?", "The corpus is multilingual.", True),
        ("How many languages does it cover?", "Language models are large.", False),
        ("How much GPU memory does it need?", "It fits on a card with 24 GB.", True),
        ("How much memory does it save?", "Memory use drops by 38%.", True),
        ("How much memory does it need?", "It halves the memory of training.", True),
        ("How does it reduce memory use?", "It recomputes activations.", True),
        ("How much GPU memory does it need?", "Logits are stored to save memory.", False),
        ("How much did the trial cost?", "The trial cost $2 million.", True),
        ("What does it cost?", "It costs 300 euros per unit.", True),
        ("How much does it reduce the cost?", "It reduces the cost of care.", True),
        ("How much does training cost?", "Training is cheap.", False),
        ("How much did it cost to train?", "It has a low computational cost.", False),
        ("What hardware does it run on?", "It runs in real time on a phone.", True),
        ("Which accelerator was used?", "The beam comes from a linear accelerator.", True),
        ("How many GPUs were used?", "It runs on a phone.", False),
        ("What hardware was it trained on?", "It was trained on images.", False),
        ("How many volunteers were tested?", "Volunteers were tested.", False),
        ("How does it keep accuracy up to save training time?", "It freezes layers.", True),
        ("What is its training time?", "It freezes layers.", False),
        ("And HERON's training time?", "It freezes layers.", False),
        ("Where did HERON (the masked one) appear?", "It freezes layers.", False),
        ("Where did HERON appear, and who is the first author?", "It freezes layers.", False),
        ("Where do the artifacts appear?", "It freezes layers.", True),
        ("What is the pre-training time of HERON?", "It freezes layers.", False),
        ("In HERON, the total loss combines what?", "It freezes layers.", True),
        ("How large is the reduction in parameters?", "It halves the parameters.", True),
        ("Total hours of drone footage in it?", "It freezes layers.", False),
        ("Total hours of drone footage in it?", "It has 300 hours of footage.", True),
        ("How big is it, in parameters?", "It has fewer parameters.", False),
        ("How big is it, in parameters?", "It has 21 million parameters.", True),
        ("How much training time does it take?", "It freezes layers.", False),
        ("Which two things does the paper on cutting training time do?", "It freezes layers.", True),
        ("How fast is it, at what price in accuracy?", "It is 1.4x faster, at 0.7%.", True),
        ("At what price does it come?", "It is 1.4x faster.", False),
        ("How much CO2 did it emit?", "It was trained for long.", False),
        ("How much energy does it take?", "Its carbon footprint is small.", True),
    ],
)
def test_detail_is_absent_only_where_the_text_does_not_say(question: str, text: str, given: bool) -> None:
    assert (absent_details(question, text) == []) is given


@pytest.mark.parametrize(
    ("question", "taken"),
    [
        ("Why does it use leads?", True),
        ("And how does it use leads?", True),
        ("Why does it use no leads?", False),
        ("How does it work without leads?", False),
        ("Does it use leads?", False),
    ],
)
def test_question_takes_for_granted_what_it_asks_the_reason_of(question: str, taken: bool) -> None:
    assert takes_for_granted(question) is taken


@pytest.mark.parametrize(
    ("name", "is_held"), [("SSv2", True), ("SSV1", True), ("SSv3", False), ("STv2", False)]
)
def test_initials_with_a_version_are_a_name_in_full_with_the_version_behind_it(
    name: str, is_held: bool
) -> None:
    text = "It reaches 90.0% on Kinetics and, on Something-Something, 68.7% (V1) and 77.0% (V2)."
    assert (absent_names(f"And on {name}?", [text]) == []) == is_held
