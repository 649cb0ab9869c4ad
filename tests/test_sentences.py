"""Sentences of research prose, with exact offsets, and the chunks that are made of them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store.sentences import LONGEST_SENTENCE, group_sentences, split_sentences

PROSE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.lists(
        st.sampled_from(
            ["We", "show", "et al.", "i.e.,", "3.14", "1.", "etc.", "Next", "\n", " ", "(a)", "?!", "é"]
        ),
        max_size=80,
    ).map(" ".join),
    st.integers(900, 3100).map(lambda n: "x" * n),
    st.integers(150, 700).map(lambda n: "word and " * n),
)
LENGTHS = st.lists(st.integers(1, 900), min_size=1, max_size=30)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@given(PROSE)
def test_slices_in_order_rebuild_the_text(text: str) -> None:
    spans = split_sentences(text)
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    assert all(text[end:start].strip() == "" for end, start in zip(ends, starts, strict=True))
    assert all(end <= start for end, start in zip(ends, starts, strict=True))
    assert all(0 < end - start <= LONGEST_SENTENCE and text[start:end].strip() for start, end in spans)


@pytest.mark.parametrize(
    "sentence",
    [
        "As Smith et al. (2020) show, it works.",
        "As shown by Smith et al. It works.",
        "It is fast, i.e. Real time is reached.",
        "We use birds, e.g. Herons and egrets.",
        "We use many birds (e.g~herons).",
        "It costs 3.14 points and p < .05 holds.",
        "The code is at https://example.org/a.b/c.html and www.example.org.",
        "It is 2.5$\\times$ faster than v1.0 of HERON.",
        "See Fig. 3 and Sec. 4, cf. Eq. 2 in vol. 5.",
        "We compare HERON vs. EgretNet w.r.t. Accuracy.",
        "The dataset of the U.S. Library of birds is used.",
    ],
)
def test_full_stop_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    assert sentences(f"{sentence} Then comes another.") == [sentence, "Then comes another."]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("We use herons, egrets, etc. Next we train.", ["etc.", "train."]),
        ("It grows by 5. We stop at 6.1. Then we go on.", ["5.", "6.1.", "on."]),
        ("Does it work? Yes! It does.", ["work?", "Yes!", "does."]),
        ('He calls it "the end." We go on.', ['end."', "on."]),
        ("It is 4 $\\times$. Speed is 2$\\times$. We win.", ["$\\times$.", "$\\times$.", "win."]),
        ("Code: https://example.org/code. Data follows.", ["code.", "follows."]),
    ],
)
def test_sentence_ends_where_a_reader_would_end_it(text: str, ends: list[str]) -> None:
    found = sentences(text)
    assert len(found) == len(ends)
    assert all(sentence.endswith(end) for sentence, end in zip(found, ends, strict=True))


def test_number_of_a_list_item_stays_with_its_words() -> None:
    text = "We do: 1. First, we hide patches. 2. Then we predict. (a) It is fast. We are done."
    assert sentences(text) == [
        "We do: 1. First, we hide patches.",
        "2. Then we predict.",
        "(a) It is fast.",
        "We are done.",
    ]


def test_endless_words_and_sentences_are_cut() -> None:
    assert [len(piece) for piece in sentences("x" * 2500)] == [1000, 1000, 500]
    pieces = sentences("some words without an end " * 100)
    assert len(pieces) == 3
    assert all(piece.split()[0] in "some words without an end".split() for piece in pieces)


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_emptiness_has_no_sentences_and_no_chunks(text: str) -> None:
    assert split_sentences(text) == group_sentences([]) == []


@given(LENGTHS, st.integers(50, 1000))
def test_chunks_are_whole_sentences_in_order_and_of_the_right_length(
    lengths: list[int], longest: int
) -> None:
    spans, at = [], 0
    for length in lengths:
        spans.append((at, at + length))
        at += length + 1
    chunks = group_sentences(spans, longest)
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    assert all(start in starts and end in ends for start, end in chunks)
    assert (chunks[0][0], chunks[-1][1]) == (spans[0][0], spans[-1][1])
    assert all(start == end + 1 for (_, end), (start, _) in pairwise(chunks))
    assert all(end - start <= longest or (start, end) in spans for start, end in chunks)


def test_chunks_are_balanced() -> None:
    spans = [(start, start + 99) for start in range(0, 700, 100)]
    assert [end - start for start, end in group_sentences(spans, 560)] == [399, 299]
