"""What stands beside an answer: the details that its abstract lacks, though it has the others."""

from __future__ import annotations

import pytest

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant


@pytest.mark.parametrize(
    ("question", "note"),
    [
        (
            "What does HERON hide, and which learning rate does it use?",
            "The abstract of HERON does not give the optimizer or its settings; its full text may.",
        ),
        ("What does HERON hide, and what is it trained on?", ""),
    ],
)
def test_detail_that_is_not_given_is_said_beside_the_answer_to_the_rest(
    index: PaperIndex, question: str, note: str
) -> None:
    answer = Assistant(index).ask(question)
    assert answer.refusal is None
    assert answer.note == note
