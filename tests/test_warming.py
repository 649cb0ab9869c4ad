"""What is done ahead of the first question, so that it is not the slow one."""

from __future__ import annotations

from pathlib import Path

from conftest import HERON, PAPERS
from fakes import HashingEmbedding
from pydantic import Field

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.warming import warm_up


class RememberingEmbedding(HashingEmbedding):
    """Keeps the texts that it embeds, without the questions."""

    texts: list[str] = Field(default_factory=list)

    def _get_text_embedding(self, text: str) -> list[float]:
        self.texts.append(text)
        return super()._get_text_embedding(text)


def test_after_warming_up_a_question_has_nothing_embedded_but_itself(tmp_path: Path) -> None:
    embedder = RememberingEmbedding()
    with PaperIndex(tmp_path / "library", embedder) as index:
        index.add(PAPERS)
        told: list[tuple[str, int, int]] = []
        warm_up(index, lambda *progress: told.append(progress))
        assert told == [("reading sentences", 0, len(PAPERS))]
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
