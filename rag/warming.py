"""Does ahead of the first question what would make it the slow one.

In: a library. Out: nothing; what a question needs is loaded, and what can be remembered is. It knows
nothing of models or servers.
"""

from __future__ import annotations

from collections.abc import Callable

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.scoring import titled_sentence
from rag.values import Span

__all__ = ["warm_up"]

REHEARSAL = "What do Alpha and Beta report, and how do the two differ?"
"""Asked for what is loaded on the way to its answer: it is in English, long enough, and names something."""
MOST_PAPERS = 2000
BLOCK = 16


def warm_up(index: PaperIndex, progress: Callable[[str, int, int], None]) -> None:
    """Answer a question for nobody, then embed the sentences of the library, unless it is a large one.

    Raises:
        LibraryError: the library cannot be read or written to.
    """
    Assistant(index).ask(REHEARSAL, draft=True)
    papers = index.papers() if index.count_papers() <= MOST_PAPERS else []
    for done in range(0, len(papers), BLOCK):
        block = papers[done : done + BLOCK]
        sentences = index.sentences([paper.id for paper in block])
        index.vectors(
            [titled_sentence(Span(paper, *span)) for paper in block for span in sentences[paper.id]]
        )
        progress("reading sentences", done, len(papers))
