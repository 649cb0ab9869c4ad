"""Turns what the model writes, as it writes it, into checked statements with citations.

In: the draft of an answer and the text so far. Out: the answer so far. A sentence is tentative until
the next one begins; then it is attributed to evidence or dropped. Where there is a check that needs the
model, it stays tentative until the text has ended and that is done. What a dropped sentence came from is
quoted in its place. Numbers of papers never change: the draft gives them out, and a paper that only the
prose cites gets the next one. Whatever a sentence rests on is quoted: one that would need more quotes than
an answer may have is dropped, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from rag.checking.attribution import attribute, is_made_up, spans_near, split_stream
from rag.comparison import asked_spans
from rag.evidence import quotes_per_paper
from rag.linking.mentions import called_in
from rag.values import Answer, Citation, Evidence, Span, Statement, Support

__all__ = ["MOST_SENTENCES", "MayStand", "Writing"]

MayStand = Callable[[str, Sequence[Evidence]], bool]
MOST_WORDS = 120
MOST_SENTENCES = 4
BEGINS_WITH_IT = re.compile(r"^\s*(Its?)(?=\s)")
ORDINAL = re.compile(
    r"(?:^\s*|(?<=[.!?] ))The (?:first|second|third|former|latter|other) "
    r"(?:paper|study|work|article|one)(?=['’ ])"
)
"""What a model calls a side that it is shown alone: it knows no other to count."""
LEANS = re.compile(
    r"(?:Its?|They|Their|(?:This|These) (?:is|are|was|were|can|could|will|allows?|enables?|means?|makes?|"
    r"helps?|leads?|lets?|gives?|reduces?|improves?|ensures?|requires?))(?=\s)"
    r"(?! (?:is|was|has been) (?:\w+ly )?(?:possible|known|shown|clear|important|difficult|hard|easy|"
    r"common|found|noted|observed|reported|likely|necessary|crucial|believed|expected|thought)\b)"
)
"""What a sentence begins with that is about one before; "it is known that" is about none."""
OPENER = 3
"""Words of "Yes, it is.", which is no sentence to lean on."""
OF_THE_AUTHORS = {"We": "The authors", "Our": "The authors'", "we": "they", "our": "their", "us": "them"}
FIRST_PERSON = re.compile(rf"“[^”]*”|\"[^\"]*\"|(?<![\w'’-])({'|'.join(OF_THE_AUTHORS)})(?![\w-])")
"""What a model copies of how authors speak of themselves; between quotation marks it stays."""
LONGEST_TEXT = 8000
"""Characters. A model that has written so much and is not done repeats itself."""


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with the spans that it rests on, the one that it leans on, and as the model wrote it."""

    text: str
    spans: tuple[Span, ...]
    support: Support = "supported"
    leans_on: str = ""
    written: str = ""

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


class Writing:
    """The prose of one answer while it is being written."""

    def __init__(
        self, draft: Answer, weight: Callable[[str], float], *, may_stand: MayStand | None = None
    ) -> None:
        """Start from a draft; `weight` says how much a stemmed word tells apart.

        `may_stand` says of a sentence with the evidence of the papers that it cites whether it may stand;
        it is asked between texts, when the model is free.
        """
        self._draft = draft
        self._weight = weight
        self._may_stand = may_stand
        self._standing = 0
        self._prose: list[Told] = []
        self._near: list[Span] = []
        self.found_facts = False
        """Whether a sentence was dropped of which the evidence has the numbers and names, with new ones."""
        self._dropped: list[str] = []
        self._most_quotes = quotes_per_paper(draft.kind if draft.kind != "refusal" else "answer")
        self._cells = self._first_cells(self._most_quotes - 1)
        self.begin(draft.evidence)

    def begin(self, evidence: Sequence[Evidence], *, most: int = MOST_SENTENCES, subject: str = "") -> None:
        """Begin a text of at most `most` sentences that may rest on this evidence alone.

        Where the text is about one `subject`, "It" at its beginning and "The second paper" are put as that
        name.
        """
        self._evidence, self._subject = evidence, subject
        self._limit = min(len(self._prose) + most, MOST_SENTENCES)
        self._near_before = len(self._near)
        self._read, self._last, self._told_of, self._length = 0, "", "", 0

    @property
    def is_full(self) -> bool:
        """Whether this text is as long as it may be."""
        long = self._words >= MOST_WORDS or self._length >= LONGEST_TEXT
        return long or len(self._prose) >= self._limit

    @property
    def is_made_up(self) -> bool:
        """Whether what was dropped answers with what is nowhere in the evidence of the last text."""
        text = " ".join(self._dropped)
        return bool(text) and is_made_up(text, self._evidence, given=self._draft.question)

    @property
    def _words(self) -> int:
        return sum(told.words for told in self._prose)

    def take(self, text: str) -> Answer:
        """Read the whole text so far and return the answer so far."""
        finished, self._last = split_stream(self._as_told(text[:LONGEST_TEXT]))
        self._check(finished[self._read :])
        self._read, self._length = len(finished), len(text)
        return self._answer(tentative="" if self.is_full else self._last, stage_done=False)

    def end(self) -> None:
        """Say that the model came to its end: its last sentence counts, what may not stand is dropped.

        Of a side of which nothing stands, what its text came from is quoted instead.
        """
        self._check([self._last])
        self._last = ""
        new, self._prose = self._prose[self._standing :], self._prose[: self._standing]
        for told in new:
            alone = self._alone(told)
            if alone and self._stands(alone):
                self._prose.append(alone)
            else:
                self._near += told.spans
                self._dropped.append(told.text)
        near = self._near[self._near_before :]
        if self._subject and near and len(self._prose) == self._standing:
            instead = Told(near[0].quote, (near[0],), "quoted")
            if self._words + instead.words <= MOST_WORDS:
                self._prose.append(instead)
        self._standing = len(self._prose)

    def _stands(self, told: Told) -> bool:
        cited = {span.paper for span in told.spans}
        own = [item for item in self._evidence if item.span.paper in cited]
        return self._may_stand is None or self._may_stand(told.text, own)

    def finish(self, *, note: str = "") -> Answer:
        """Return the complete answer, without sentences of a text that was begun and did not end."""
        if self._may_stand:
            del self._prose[self._standing :]
        return replace(self._answer(tentative="", stage_done=True), note=note)

    def _as_told(self, text: str) -> str:
        """Return a text as told of others: by their name where it is about one, and never as "we"."""
        text = FIRST_PERSON.sub(lambda own: OF_THE_AUTHORS.get(own[1], own[0]), text)
        if not self._subject:
            return text
        text = ORDINAL.sub(lambda _: self._subject, text)
        return BEGINS_WITH_IT.sub(lambda it: _for_it(it[1], self._subject), text, count=1)

    def _check(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            leans_on = self._told_of if LEANS.match(sentence) else ""
            if not leans_on and len(sentence.split()) > OPENER:
                self._told_of = sentence
            too_long = self._words + len(sentence.split()) > MOST_WORDS
            if self.is_full or too_long or any(sentence == told.text for told in self._prose):
                continue
            spans = self._spans_of(sentence)
            told = Told(sentence, spans, leans_on=leans_on, written=sentence)
            if spans and (alone := self._alone(told)):
                self._prose.append(alone)
            else:
                given = self._draft.question
                near, has_facts = spans_near(sentence, self._evidence, weight=self._weight, given=given)
                self._near += near
                self.found_facts |= has_facts
                self._dropped.append(sentence)

    def _alone(self, told: Told) -> Told | None:
        """Return a sentence as it can be understood where the one that it leans on fell: with a name for
        "It" if that was about the name. None where it cannot."""
        if not told.leans_on or any(told.leans_on == other.written for other in self._prose):
            return told
        name = self._subject or called_in(told.spans[0].paper, self._draft.question)
        is_about_it = re.match(rf"(?:The )?[“\"]?{re.escape(name.strip('“”'))}(?![\w-])", told.leans_on)
        text = BEGINS_WITH_IT.sub(lambda it: _for_it(it[1], name), told.text)
        if text == told.text or not is_about_it:
            return None
        spans = self._spans_of(text)
        return replace(told, text=text, spans=spans, leans_on="") if spans else None

    def _spans_of(self, sentence: str) -> tuple[Span, ...]:
        """Return what a sentence rests on, if there is room to quote it all."""
        quoted = {span for told in self._prose for span in told.spans}
        spans = self._attribute(sentence, self._evidence)
        if self._has_room(quoted.union(spans)):
            return spans
        return self._attribute(sentence, [item for item in self._evidence if item.span in quoted])

    def _attribute(self, sentence: str, evidence: Sequence[Evidence]) -> tuple[Span, ...]:
        return attribute(sentence, evidence, weight=self._weight, given=self._draft.question)

    def _has_room(self, spans: Iterable[Span]) -> bool:
        quoted = {*spans, *self._cells}
        return max(Counter(span.paper.id for span in quoted).values(), default=0) <= self._most_quotes

    def _answer(self, *, tentative: str, stage_done: bool) -> Answer:
        kept = self._prose[: self._standing] if self._may_stand else self._prose
        held = self._prose[len(kept) :]
        numbers = {citation.paper.id: citation.number for citation in self._draft.citations}
        papers = {citation.paper.id: citation.paper for citation in self._draft.citations}
        for span in (span for told in kept for span in told.spans):
            numbers.setdefault(span.paper.id, len(numbers) + 1)
            papers.setdefault(span.paper.id, span.paper)
        citations = tuple(
            Citation(number, papers[id], self._quotes_of(id, kept)) for id, number in numbers.items()
        )
        statements = tuple(
            Statement(
                told.text, tuple(sorted({numbers[span.paper.id] for span in told.spans})), told.support
            )
            for told in kept
        )
        if not any(told.support == "supported" for told in kept):
            statements = self._quotes_alone(citations) if stage_done else ()
        return replace(
            self._draft,
            statements=statements,
            tentative=" ".join(filter(None, [*(told.text for told in held), tentative])),
            citations=citations,
            stage="complete" if stage_done else "writing",
        )

    def _first_cells(self, most: int) -> list[Span]:
        """Return at most so many of the cells of each paper that were asked for: they are quoted, whatever
        is written, and leave room for what prose rests on."""
        table = self._draft.comparison
        papers = table.subjects if table else ()
        return [cell for paper in papers if table for cell in asked_spans(table, paper)[:most]]

    def _quotes_alone(self, citations: tuple[Citation, ...]) -> tuple[Statement, ...]:
        """Return the quotes as statements, in the order of the draft where they are those of the draft."""
        quoted = [(citation.number, span) for citation in citations for span in citation.spans]
        drafted = {(citation.number, span) for citation in self._draft.citations for span in citation.spans}
        if drafted.issuperset(quoted):
            return self._draft.draft
        return tuple(Statement(span.quote, (number,), "quoted") for number, span in quoted)

    def _quotes_of(self, paper: str, prose: Sequence[Told]) -> tuple[Span, ...]:
        """Return the spans of a paper that prose rests on, then the cells that were asked for, those that
        dropped sentences came from, and the best of the draft, in the order of the abstract."""
        told = [span for one in prose for span in one.spans]
        best = {item.span: item.score for item in self._draft.evidence}
        drafted = [span for citation in self._draft.citations for span in citation.spans]
        drafted.sort(key=lambda span: -best.get(span, 0.0))
        own = (span for span in (*told, *self._cells, *self._near, *drafted) if span.paper.id == paper)
        quoted = list(dict.fromkeys(own))[: self._most_quotes]
        return tuple(sorted(quoted, key=lambda span: span.start))


def _for_it(word: str, name: str) -> str:
    """Return a name for "It" or "Its"."""
    return name + "'s" * (word == "Its")
