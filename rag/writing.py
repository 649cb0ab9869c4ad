"""Turns what the model writes, as it writes it, into checked statements with citations.

In: the draft of an answer and the text so far. Out: the answer so far. A sentence is tentative until
the next one begins; then it is attributed to evidence or dropped. Numbers of papers never change:
the draft gives them out, and a paper that only the prose cites gets the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.attribution import attribute, split_stream
from rag.evidence import quotes_per_paper
from rag.values import Answer, Citation, Evidence, Span, Statement

__all__ = ["MOST_SENTENCES", "Writing"]

MOST_WORDS = 120
MOST_SENTENCES = 4


class Writing:
    """The prose of one answer while it is being written."""

    def __init__(self, draft: Answer, weight: Callable[[str], float]) -> None:
        """Start from a draft; `weight` says how much a stemmed word tells apart."""
        self._draft = draft
        self._weight = weight
        self._prose: list[tuple[str, tuple[Span, ...]]] = []
        self.begin(draft.evidence)

    def begin(self, evidence: Sequence[Evidence], *, most: int = MOST_SENTENCES) -> None:
        """Begin a text of at most `most` sentences that may rest on this evidence alone."""
        self._evidence = evidence
        self._limit = min(len(self._prose) + most, MOST_SENTENCES)
        self._read, self._last = 0, ""

    @property
    def is_full(self) -> bool:
        """Whether this text is as long as it may be."""
        words = sum(len(sentence.split()) for sentence, _ in self._prose)
        return len(self._prose) >= self._limit or words >= MOST_WORDS

    def take(self, text: str) -> Answer:
        """Read the whole text so far and return the answer so far."""
        finished, self._last = split_stream(text)
        self._check(finished[self._read :])
        self._read = len(finished)
        return self._answer(tentative="" if self.is_full else self._last, stage_done=False)

    def end(self) -> None:
        """Say that the model came to its end: the sentence that it ended with counts."""
        self._check([self._last])
        self._last = ""

    def finish(self, *, note: str = "") -> Answer:
        """Return the complete answer."""
        return replace(self._answer(tentative="", stage_done=True), note=note)

    def _check(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            words = sum(len(kept.split()) for kept, _ in self._prose) + len(sentence.split())
            if self.is_full or words > MOST_WORDS or any(sentence == kept for kept, _ in self._prose):
                continue
            spans = attribute(sentence, self._evidence, weight=self._weight, given=self._draft.question)
            if spans:
                self._prose.append((sentence, spans))

    def _answer(self, *, tentative: str, stage_done: bool) -> Answer:
        numbers = {citation.paper.id: citation.number for citation in self._draft.citations}
        papers = {citation.paper.id: citation.paper for citation in self._draft.citations}
        for span in (span for _, spans in self._prose for span in spans):
            numbers.setdefault(span.paper.id, len(numbers) + 1)
            papers.setdefault(span.paper.id, span.paper)
        statements = tuple(
            Statement(text, tuple(sorted({numbers[span.paper.id] for span in spans})), "supported")
            for text, spans in self._prose
        )
        citations = tuple(
            Citation(number, papers[id], self._quotes_of(id)) for id, number in numbers.items()
        )
        return replace(
            self._draft,
            statements=statements if statements or not stage_done else self._draft.draft,
            tentative=tentative,
            citations=citations,
            stage="complete" if stage_done else "writing",
        )

    def _quotes_of(self, paper: str) -> tuple[Span, ...]:
        """Return the spans of a paper that the prose rests on, then those of the draft, in order.

        What the limit cuts off are the further spans of statements, never the first of one before
        the second of another.
        """
        by_rank = sorted(
            ((rank, span) for _, spans in self._prose for rank, span in enumerate(spans)),
            key=lambda pair: pair[0],
        )
        own = [span for _, span in by_rank if span.paper.id == paper]
        drafted = [s for c in self._draft.citations if c.paper.id == paper for s in c.spans]
        kind = self._draft.kind if self._draft.kind != "refusal" else "answer"
        kept = list(dict.fromkeys([*own, *drafted]))[: quotes_per_paper(kind)]
        return tuple(sorted(kept, key=lambda span: span.start))
