"""A name in full and its initials are one name, and initials of something else are not."""

from __future__ import annotations

import pytest

from rag.linking.initials import is_initials, stands_in


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SSV2", "and SSv2-Template"),
        ("SSV2", "on Something-Something V2"),
        ("SSV2", "on Something-Something V1 and V2, it"),
        ("SSV2", "60.9/71.2 on Something-Something V1/V2"),
        ("Something-Something", "wins on SSV2 via"),
        ("Something-Something V2", "wins on SSv2 via"),
        ("K400", "on Kinetics-400"),
        ("K600", "on Kinetics-400/600 and"),
        ("Kinetics-600", "on Kinetics-400/600 and"),
        ("Kinetics-400", "90.0% on K400 and"),
        ("IN-1K", "accuracy on ImageNet-1k"),
        ("ImageNet-1K", "labels of IN-1K"),
        ("GANs", "Dual Generative Adversarial Networks"),
    ],
)
def test_name_stands_in_a_text_in_either_form(name: str, text: str) -> None:
    assert stands_in(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SSV2", "Self-Supervised Video, in 2 parts"),
        ("SSV2", "on Something-Something V1"),
        ("K400", "Key frames of 400 videos, and Kinetics-600"),
        ("K400", "on K4000"),
        ("IN-1K", "in 1k steps, on ImageNet-21k"),
        ("Something-Something", "on HMDB51"),
        ("Kinetics", "90.0% on K400"),
        ("GANs", "it gains and never loses"),
    ],
)
def test_name_does_not_stand_where_its_letters_happen_to(name: str, text: str) -> None:
    assert not stands_in(name, text)


def test_only_a_few_letters_with_a_number_are_initials() -> None:
    assert all(map(is_initials, ["SSV2", "K400", "IN-1K"]))
    assert not any(map(is_initials, ["BirdBench", "Kinetics-400", "CLIP", "GANs"]))
