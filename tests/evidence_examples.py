"""Evidence without an index, and the texts that a model might write about it, for the property tests."""

from __future__ import annotations

from conftest import EGRET, HERON, TIDE
from hypothesis import strategies as st

from index_store.sentences import split_sentences
from index_store.values import Paper
from rag.values import Evidence, Span


def evidence_of(*papers: Paper) -> tuple[Evidence, ...]:
    """Return every sentence of the papers as numbered evidence, the first the best."""
    spans = [Span(paper, *bounds) for paper in papers for bounds in split_sentences(paper.abstract)]
    return tuple(Evidence(number, span, 1 / number) for number, span in enumerate(spans, 1))


def is_literal(span: Span) -> bool:
    """Whether a span is a slice of the abstract that is stored for its paper, and not empty."""
    return 0 <= span.start < span.end <= len(span.paper.abstract) and span.quote in span.paper.abstract


SENTENCES = [span.span.quote for span in evidence_of(HERON, EGRET, TIDE)]
FRAGMENTS = [
    *SENTENCES,
    *[sentence.replace("3", "7").replace("HERON", "EgretNet") for sentence in SENTENCES],
    "HERON reaches 91.3% accuracy, and EgretNet obtains 88.2% accuracy on BirdBench.",
    "HERON does not hide anything.",
    "The answer is 42.",
    *["[1, 2]", "\n", "\n\n", " 3 ", "A: ", "Answer: "],
    *"""[1] [9] [*3*] [[4]5] [7 1. 2) - * ** ` # . ? ! ... e.g. et al. " ( ) A. 12 HERON it is""".split(),
    "bird " * 130,
]
model_texts = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=8)), st.sampled_from([" ", " ", "", "\n"])
    ),
    max_size=14,
).map(lambda pieces: "".join(fragment + gap for fragment, gap in pieces))
"""What a model might write: true sentences, false ones, its own marks, lists, and any character."""
