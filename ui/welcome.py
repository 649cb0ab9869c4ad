"""What the page says before the first question: what this is, and what to do or to ask first.

In: a library. Out: HTML in one line, and questions that the library can answer. It knows no Gradio.
"""

from __future__ import annotations

from collections.abc import Sequence

from index_store.paper_index import PaperIndex
from index_store.values import Paper

__all__ = ["example_questions", "render_welcome", "welcome_questions"]

LOOKED_AT = 200
"""Papers of which the first questions are made up."""
WORDS = "every sentence carries the exact words it rests on"
STAYS = "What you ask goes to the model named above, and to nobody else."
ASKS = (
    '<div class="welcome"><h2>Ask your papers</h2>'
    f"<p>Answers come from the abstracts in this library, and {WORDS}. "
    f"When the papers do not say it, the answer says so. {STAYS}</p></div>"
)
EMPTY = (
    '<div class="welcome"><h2>Ask your papers</h2>'
    f"<p>Answers come from the abstracts in your library, and {WORDS}. {STAYS} "
    "The library is still empty:</p>"
    "<ul><li>Press <strong>Add papers</strong> and drop a file: BibTeX, RIS, PubMed, CSL, CSV, JSON, PDF, "
    "or a zip of these.</li>"
    "<li>Or add them in a terminal: <code>paperchat add refs.bib</code></li>"
    "<li>Or look around first: <code>paperchat serve --library sample</code></li></ul></div>"
)


def render_welcome(index: PaperIndex) -> str:
    """Return what stands in the chat before the first question."""
    return ASKS if index.count_papers() else EMPTY


def welcome_questions(index: PaperIndex) -> list[str]:
    """Return what could be asked first."""
    return example_questions(index.papers(limit=LOOKED_AT))


def example_questions(papers: Sequence[Paper]) -> list[str]:
    """Return questions that a library can answer, made of the short names in its titles."""
    names = [
        name.strip()
        for name, colon, _ in (paper.title.partition(":") for paper in papers)
        if colon and len(name.split()) == 1
    ]
    if len(names) < 3:
        return [f"What is new in “{paper.title}”?" for paper in papers[:2]]
    return [
        f"How does {names[0]} work?",
        f"How do {names[1]} and {names[2]} differ?",
        "Which papers introduce a dataset?",
    ]
