"""Turns a conversation into plain data that a browser can keep, and back.

In: questions with their answers. Out: JSON values without one word of an abstract: papers by their ids,
quotes as offsets. Back again they are looked up in the library, and an answer whose papers are gone or have
changed becomes its text with a note. What comes back is foreign: whatever is not right is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.values import (
    Answer,
    Citation,
    Comparison,
    Kind,
    Refusal,
    RefusalReason,
    Row,
    Span,
    Statement,
    Support,
)

__all__ = ["MOST_TURNS", "Exchange", "keep", "open_question", "unpack"]

MOST_TURNS = 40
"""Turns that are kept, the last ones. Each takes a few kilobytes of the five megabytes of a browser."""
FORMAT = 1
"""Grows when what is kept changes its meaning; what has another is ignored."""
MARK_LENGTH = 12
LOST = (
    "What this answer cites is no longer in the library, or has changed; this is its text alone. "
    "Ask again for an answer from the library as it is now."
)
Text = Annotated[str, Field(max_length=20_000)]
Offsets = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer, and whether the person liked it, if they said."""

    answer: Answer
    liked: bool | None = None


class _Plain(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=False, frozen=True)


class _Sentence(_Plain):
    text: Text
    numbers: tuple[int, ...] = ()
    support: Support


class _Cited(_Plain):
    number: int
    paper: Text
    spans: tuple[Offsets, ...]


class _Row(_Plain):
    aspect: Text
    cells: tuple[Offsets | None, ...]
    asked: bool = False


class _Table(_Plain):
    subjects: tuple[Text, ...]
    rows: tuple[_Row, ...]
    warnings: tuple[Text, ...] = ()


class _No(_Plain):
    reason: RefusalReason
    text: Text
    suggestion: Text = ""


class _Turn(_Plain):
    question: Text
    standalone: Text
    kind: Kind
    said: tuple[_Sentence, ...] = ()
    cited: tuple[_Cited, ...] = ()
    table: _Table | None = None
    no: _No | None = None
    note: Text = ""
    marks: dict[str, str] = {}
    liked: bool | None = None


def keep(exchanges: Sequence[Exchange], *, asked: str = "") -> dict[str, Any]:
    """Return the last turns as values for JSON; unfinished answers are left out. `asked` is a question
    that is being answered.
    """
    done = [exchange for exchange in exchanges if exchange.answer.stage == "complete"]
    turns = (_turn(exchange) for exchange in done[-MOST_TURNS:])
    kept = {"format": FORMAT, "turns": [turn.model_dump(exclude_defaults=True) for turn in turns]}
    return kept | ({"asked": asked} if asked else {})


def _turn(exchange: Exchange) -> _Turn:
    answer = exchange.answer
    table, no = answer.comparison, answer.refusal
    return _Turn(
        question=answer.question,
        standalone=answer.standalone_question,
        kind=answer.kind,
        said=tuple(
            _Sentence(text=s.text, numbers=s.citations, support=s.support) for s in answer.statements
        ),
        cited=tuple(
            _Cited(number=c.number, paper=c.paper.id, spans=tuple((s.start, s.end) for s in c.spans))
            for c in answer.citations
        ),
        table=_table(table) if table else None,
        no=_No(reason=no.reason, text=no.text, suggestion=no.suggestion) if no else None,
        note=answer.note,
        marks={paper.id: _mark(paper) for paper in _papers_of(answer)},
        liked=exchange.liked,
    )


def _table(comparison: Comparison) -> _Table:
    rows = tuple(
        _Row(
            aspect=row.aspect,
            cells=tuple((cell.start, cell.end) if cell else None for cell in row.cells),
            asked=row.asked,
        )
        for row in comparison.rows
    )
    subjects = tuple(paper.id for paper in comparison.subjects)
    return _Table(subjects=subjects, rows=rows, warnings=comparison.warnings)


def _papers_of(answer: Answer) -> list[Paper]:
    """Return the papers without which an answer cannot be drawn."""
    compared = answer.comparison.subjects if answer.comparison else ()
    return [*(citation.paper for citation in answer.citations), *compared]


def _mark(paper: Paper) -> str:
    """Return what shows whether the words of a paper have changed."""
    return sha256(f"{paper.title}\n{paper.abstract}".encode()).hexdigest()[:MARK_LENGTH]


def open_question(kept: object) -> str:
    """Return the question whose answer was cut off by the page being left, or nothing."""
    asked = kept.get("asked") if isinstance(kept, dict) and kept.get("format") == FORMAT else None
    return asked if isinstance(asked, str) else ""


def unpack(kept: object, index: PaperIndex) -> list[Exchange]:
    """Return the exchanges that `keep` made values of, as far as they can be read and drawn again."""
    turns = list(_turns_in(kept))
    papers = {p.id: p for p in index.papers(list({id for turn in turns for id in turn.marks}))}
    unpacked = (_unpacked(turn, papers) for turn in turns)
    return [exchange for exchange in unpacked if exchange]


def _turns_in(kept: object) -> Iterable[_Turn]:
    turns = kept.get("turns") if isinstance(kept, dict) and kept.get("format") == FORMAT else None
    for turn in turns[-MOST_TURNS:] if isinstance(turns, list) else ():
        try:
            yield _Turn.model_validate(turn)
        except ValidationError:  # written by another version, or by somebody else
            continue


def _unpacked(turn: _Turn, papers: dict[str, Paper]) -> Exchange | None:
    bare = Answer(
        question=turn.question,
        standalone_question=turn.standalone,
        kind=turn.kind,
        refusal=Refusal(turn.no.reason, turn.no.text, suggestion=turn.no.suggestion) if turn.no else None,
        stage="complete",
        note=turn.note,
    )
    if any(id not in papers or _mark(papers[id]) != mark for id, mark in turn.marks.items()):
        said = tuple(Statement(sentence.text, (), "unsupported") for sentence in turn.said)
        return Exchange(replace(bare, kind="answer", statements=said, note=LOST), turn.liked)
    try:
        citations = tuple(
            Citation(c.number, papers[c.paper], tuple(_span(papers[c.paper], s) for s in c.spans))
            for c in turn.cited
        )
        known = {citation.number for citation in citations}
        said = tuple(Statement(s.text, _among(s.numbers, known), s.support) for s in turn.said)
        compared = _comparison(turn.table, papers) if turn.table else None
    except (KeyError, ValueError):  # a hand has been at it
        return None
    return Exchange(replace(bare, statements=said, citations=citations, comparison=compared), turn.liked)


def _among(numbers: tuple[int, ...], known: set[int]) -> tuple[int, ...]:
    if not known.issuperset(numbers):
        raise ValueError(f"{numbers} are not all references")
    return numbers


def _span(paper: Paper, offsets: Offsets) -> Span:
    start, end = offsets
    if not 0 <= start < end <= len(paper.abstract):
        raise ValueError(f"{offsets} are no words of {paper.id}")
    return Span(paper, start, end)


def _comparison(table: _Table, papers: dict[str, Paper]) -> Comparison:
    subjects = tuple(papers[id] for id in table.subjects)
    rows = tuple(
        Row(
            row.aspect,
            tuple(
                _span(paper, cell) if cell else None
                for paper, cell in zip(subjects, row.cells, strict=True)
            ),
            row.asked,
        )
        for row in table.rows
    )
    return Comparison(subjects, rows, table.warnings)
