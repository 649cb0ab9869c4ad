"""What is done ahead of the first question, so that it is not the slow one."""

from __future__ import annotations

from pathlib import Path

from conftest import HERON, PAPERS, make_paper
from fakes import HashingEmbedding
from pydantic import Field

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.assistant import Assistant
from rag.warming import MOST_PAPERS, warm_up


def alike(count: int) -> list[Paper]:
    """Papers that are nearer to any question of somebody who has none than the others here are."""
    said = "Alpha and Beta report how the two differ."
    return [make_paper(f"Alpha{number}: What Beta Reports", said) for number in range(count)]


class RememberingEmbedding(HashingEmbedding):
    """Keeps the texts that it embeds, and the questions."""

    texts: list[str] = Field(default_factory=list)
    questions: list[str] = Field(default_factory=list)

    def _get_query_embedding(self, query: str) -> list[float]:
        self.questions.append(query)
        return super()._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        self.texts.append(text)
        return super()._get_text_embedding(text)


def test_after_warming_up_a_question_has_nothing_embedded_but_itself(tmp_path: Path) -> None:
    embedder = RememberingEmbedding()
    with PaperIndex(tmp_path / "library", embedder) as index:
        index.add([*alike(40), *PAPERS])
        told: list[tuple[str, int, int]] = []
        warm_up(index, lambda *progress: told.append(progress))
        assert told == [("reading sentences", done, 43) for done in (0, 16, 32)]
        assert embedder.questions  # for what is loaded on the way to an answer
        assert any(HERON.abstract[:20] in text for text in embedder.texts)
        embedder.texts.clear()
        answer = Assistant(index).ask("What does HERON predict?", draft=True)
    assert [citation.paper for citation in answer.citations] == [HERON]
    assert embedder.texts == []


def test_empty_library_is_warmed_up_too(tmp_path: Path) -> None:
    told: list[object] = []
    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        warm_up(index, lambda *progress: told.append(progress))
    assert told == []


def test_sentences_of_a_large_library_are_left_until_they_are_asked_for(tmp_path: Path) -> None:
    told: list[object] = []
    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        index.add(alike(MOST_PAPERS + 1))
        warm_up(index, lambda *progress: told.append(progress))
    assert told == []
