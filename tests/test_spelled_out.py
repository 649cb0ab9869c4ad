"""Names in full are found where a sentence introduces them with their letters, and nowhere else."""

from __future__ import annotations

import pytest
from conftest import make_paper

from rag.linking.mentions import find_mentions
from rag.linking.spelled_out import spelled_out


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("We propose group masked bird learning (GMBL), which hides.", ["group masked bird learning"]),
        (
            "We introduce a new task, Turning to Birds for Song Sorting (TBSS), of songs.",
            ["Turning to Birds for Song Sorting"],
        ),
        ("We present an approach for masked bird segmentation (MBS).", []),
        ("It builds on a masked bird autoencoder (MBA).", []),
        ("We propose nets that help large bird models (LBMs).", []),
        ("We propose a bird net (BN).", []),
        ("Our method, called song-textual inversion, hides songs.", ["song-textual inversion"]),
        ("We introduce metrics called song distance and song score.", []),
        ("So-called large bird models, as we know, sing.", []),
        ("We propose (A1) and masked bird learning (XYZ).", []),
        ("", []),
    ],
)
def test_full_name_is_one_that_is_introduced_with_its_letters(sentence: str, names: list[str]) -> None:
    assert list(spelled_out(sentence)) == names


def test_paper_is_named_by_the_full_name_of_its_method() -> None:
    paper = make_paper("GMBL Is Enough", "We propose group masked bird learning (GMBL). It is small.")
    [mention] = find_mentions("How does group masked bird learning hide birds?", [paper])
    assert (mention.paper, mention.start, mention.end) == (paper, 9, 35)
