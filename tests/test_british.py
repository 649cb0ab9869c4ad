"""Questions are spelled as the library spells, where it knows only that spelling."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import make_paper
from fakes import HashingEmbedding

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.linking.british import as_held

PAPERS = [
    make_paper("Songs", "Customized nets analyze the color of songs in a center. Modelling is optional."),
    make_paper("Nests", "We promise precise nests, otherwise noise. A vision of a license in a file."),
]


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("customised nets", "customized nets"),
        ("who analyses colours?", "who analyzes colors?"),
        ("the centre of modelling, otherwise noise", "the center of modelling, otherwise noise"),
        ("licence to summarise a promise", "license to summarise a promise"),
        ("Customised-Net by CUSTOMISED", "Customised-Net by CUSTOMISED"),
        ("colour-specific filling", "color-specific filling"),
        ("", ""),
    ],
)
def test_words_are_spelled_as_the_library_holds_them(tmp_path: Path, asked: str, held: str) -> None:
    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        index.add(PAPERS)
        assert as_held(asked, index) == held


def test_question_stays_as_it_was_typed_and_finds_the_other_spelling(tmp_path: Path) -> None:
    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        index.add(
            [*PAPERS, make_paper("Roofs", "We hear which one is there, by its sound and by its age.")]
        )
        answer = Assistant(index).ask("Which one hears with customised nets?")
        assert answer.standalone_question == "Which one hears with customised nets?"
        assert answer.citations[0].paper == PAPERS[0]
