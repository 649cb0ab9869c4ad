"""A text as signs: what is a number, a name or a denial, and which spellings are one thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checking.signs import anchors, denied_places, lone_subject, read_signs, rounds


def read(text: str) -> list[tuple[str, str]]:
    return [(sign.kind, sign.key) for sign in read_signs(text) if sign.kind != "break"]


def denied(text: str) -> list[str]:
    signs = read_signs(text)
    return [signs[place].key for place in sorted(denied_places(signs))]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("It has 1,500 clips.", "1500", ""),
        ("It has 1.5K clips.", "1500", ""),
        ("It has 1.5 thousand clips.", "1500", ""),
        ("It has 30B parameters.", "3e+10", ""),
        ("It has thirty or 30 billion.", "3e+10", ""),
        ("It gains 3.1 points.", "3.1", "points"),
        ("It gains 3.1 percentage points.", "3.1", "points"),
        ("It gains 3.1%.", "3.1", "%"),
        ("It gains 3.1 percent.", "3.1", "%"),
        ("It is twelve times faster.", "12", "times"),
        ("It is 12x faster.", "12", "times"),
        ("It costs 12-fold.", "12", "times"),
        ("It has two million videos.", "2e+06", ""),
        ("It has five-second clips.", "5", ""),
        ("It is version 1.2.3.", "1.2.3", ""),
    ],
)
def test_numbers_are_read_with_scale_and_unit(text: str, value: str, unit: str) -> None:
    [number] = [sign for sign in read_signs(text) if sign.kind == "number"]
    assert (number.key, number.unit) == (value, unit)


@pytest.mark.parametrize(
    "text", ["1) It is fast.", "(2) It is fast", "on Kinetics-400", "at 16x16", "in 3D"]
)
def test_items_of_lists_and_parts_of_names_are_no_numbers(text: str) -> None:
    assert "number" not in {sign.kind for sign in read_signs(text)}


def test_number_in_words_is_not_firm() -> None:
    assert [sign.firm for sign in read_signs("two clips, 2 clips, two million")] == [
        *[False, True],
        *[True, True, True],
        *[True, True],
    ]


def test_names_keep_what_tells_them_apart() -> None:
    assert read("on CIFAR-10") == [("name", "cifar10")]
    assert read("on CIFAR-100") == [("name", "cifar100")]
    assert read("many LLMs") == [("word", "mani"), ("name", "llm")]
    assert read("a DiT-based model") == [("name", "dit"), ("word", "base"), ("word", "model")]
    assert [sign.firm for sign in read_signs("on BirdBench or Landscape") if sign.kind == "name"] == [
        True,
        False,
    ]


def test_capital_word_is_like_the_same_word_without() -> None:
    [capital] = read_signs("by Transformers")
    [plain] = read_signs("by transformers")
    assert capital.kind == "name"
    assert capital.is_like(plain)


def test_first_word_is_a_name_only_when_it_is_the_subject_by_itself() -> None:
    assert lone_subject("Bora uses a transformer.") == "Bora"
    assert lone_subject("Stable Diffusion (SD) also is a model.") == "Stable Diffusion"
    for text in ("It is fast.", "This uses less.", "Models are fast.", "No labels are needed.", "", "Bora"):
        assert lone_subject(text) == ""
    assert read("Bora uses clips.")[0] == ("name", "bora")
    assert read("Labels are rare.")[0] == ("word", "label")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("It does not need any labels, but clips.", ["need", "ani", "label"]),
        ("Labels are not needed.", ["label", "need"]),
        ("It works without labels.", ["label"]),
        ("It is label-free.", ["label"]),
        ("It needs no labels for training on birds.", ["label", "train"]),
        ("It doesn't need labels.", ["need", "label"]),
        ("It needs labels.", []),
    ],
)
def test_denial_speaks_of_what_is_near(text: str, what: list[str]) -> None:
    assert denied(text) == what


def test_anchors_are_what_is_denied_first() -> None:
    signs = read_signs("It does not need any labels for birds; it is mask-free.")
    assert [signs[place].key for place in anchors(signs, 0)] == ["need", "label"]
    assert [signs[place].key for place in anchors(signs, len(signs) - 2)] == ["mask"]


@given(st.text(max_size=300))
def test_signs_of_any_text_are_slices_of_it_in_order(text: str) -> None:
    end = 0
    for sign in read_signs(text):
        assert end <= sign.start < sign.end <= len(text)
        assert all(sign.keys)
        end = sign.end


@pytest.mark.parametrize(
    ("said", "held", "right"),
    [
        ("51", "51.3", True),
        ("52", "51.5", True),
        ("3.5", "3.48", True),
        ("1.1e+06", "1.09e+06", True),
        ("52", "51.3", False),
        ("1", "1.4", False),
        ("51.3", "51", False),
        ("51.30", "51.3", False),
        ("2.1", "2.1.0", False),
        ("0", "0.4", False),
    ],
)
def test_number_may_be_rounded_as_it_should_be_and_by_little(said: str, held: str, right: bool) -> None:
    assert rounds(said, held) is right


@pytest.mark.parametrize(
    "no", ["instead of", "rather than", "as opposed to", "in place of", "no longer", "free from"]
)
def test_words_that_say_no_together_deny_what_follows(no: str) -> None:
    assert denied(f"It is heated {no} frozen.") == ["frozen"]
    assert denied("Instead it is frozen.") == []
