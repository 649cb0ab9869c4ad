"""The values that travel from a question to its answer. All are frozen and know no store.

A quote is always a literal slice of a stored abstract: nothing here can hold one that is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from index_store.values import Paper

__all__ = [
    "Answer",
    "Citation",
    "Comparison",
    "Evidence",
    "Kind",
    "PaperMark",
    "PastTurn",
    "PlanKind",
    "QueryPlan",
    "RECEIPT_FORMAT",
    "Receipt",
    "Refusal",
    "RefusalReason",
    "Row",
    "Span",
    "Statement",
    "Support",
    "Turn",
    "Words",
]

Kind = Literal["answer", "comparison", "list", "refusal"]
PlanKind = Literal["answer", "comparison", "list"]
Support = Literal["quoted", "supported", "unsupported"]
RefusalReason = Literal["not_in_library", "not_in_abstract", "false_premise", "unclear", "not_a_question"]
Stage = Literal["draft", "writing", "complete"]
RECEIPT_FORMAT = 1
"""Grows when what a receipt holds changes its meaning."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words of an abstract, by [start, end) in characters."""

    paper: Paper
    start: int
    end: int

    @property
    def quote(self) -> str:
        """The words themselves."""
        return self.paper.abstract[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A numbered sentence that the model is shown. `score` orders it among others, nothing more."""

    number: int
    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """The [number] in an answer: a paper, and the spans of it that the answer rests on, in order."""

    number: int
    paper: Paper
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or cell of an answer. `citations` are the numbers that stand behind it."""

    text: str
    citations: tuple[int, ...]
    support: Support

    @property
    def marked(self) -> str:
        """The text with its marks behind it."""
        return f"{self.text} {''.join(f'[{number}]' for number in self.citations)}"

    @property
    def in_prose(self) -> Statement:
        """What stands among sentences of our own: a quote has quotation marks there."""
        return replace(self, text=f"“{self.text}”") if self.support == "quoted" else self


@dataclass(frozen=True, slots=True)
class Row:
    """One aspect of a comparison, with a cell for each subject; None where the abstract is silent.

    `asked` rows are what the question is about; the others are there to be looked up.
    """

    aspect: str
    cells: tuple[Span | None, ...]
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Papers side by side; `warnings` say which figures are not to be set against each other."""

    subjects: tuple[Paper, ...]
    rows: tuple[Row, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that says no: which kind of no, in which words, and the papers that come nearest.

    `text` says all of it; `lines` are its words about each of `nearest`, literal slices of their abstracts,
    and `suggestion` is a question that this library answers.
    """

    reason: RefusalReason
    text: str
    nearest: tuple[Paper, ...] = ()
    lines: tuple[str, ...] = ()
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class PaperMark:
    """A paper as a receipt keeps it: enough to see that it is gone, or that its record has changed."""

    id: str
    title: str
    hash: str


@dataclass(frozen=True, slots=True)
class Words:
    """A span as a receipt keeps it: [start, end) in characters of an abstract, and what stood there.

    `number` is that of the evidence, or of the citation.
    """

    number: int
    paper_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A turn as a receipt keeps it, with the ids of the papers that were cited in it."""

    question: str
    answer: str
    paper_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an answer was made from, and what came of it, so that it can be made again and compared.

    `model` is the one that wrote, None where none was asked. `papers` are all that the answer, its
    evidence and the turns before it speak of; `answer` is what it says, a line for each statement. Where
    papers were picked one by one to be compared, `subjects` are their names as given, and `aspects` what to
    compare them on.
    """

    library_fingerprint: str
    embedder: str
    model: str | None
    prompt_hash: str
    version: str
    question: str
    turns: tuple[PastTurn, ...]
    draft: bool
    papers: tuple[PaperMark, ...] = ()
    evidence: tuple[Words, ...] = ()
    cited: tuple[Words, ...] = ()
    answer: str = ""
    answer_hash: str = ""
    subjects: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    format: int = RECEIPT_FORMAT


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """What is asked, about which papers.

    `papers` are those the question names, in its order; `focus` is what it asks of them: the question
    without their names. `language` is the English name of the one it was asked in. `choices` share a name
    of which it does not say whose it is; `passed_over` share a name with one of `papers` and were not
    meant. `searched` is how many papers the library holds. `subjects` are names of papers, and `aspects`
    what to compare them on, where these were given one by one; `missing` are names of sides that the
    library does not hold. `like` is the paper to which those of a list are to be similar.
    """

    question: str
    standalone_question: str
    kind: PlanKind
    papers: tuple[Paper, ...]
    focus: str
    language: str = "English"
    choices: tuple[Paper, ...] = ()
    passed_over: tuple[Paper, ...] = ()
    searched: int = 0
    subjects: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    like: Paper | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as far as it has come.

    `draft` are the quotes that stand there before any prose; `statements` is the prose that has been
    checked; `tentative` is the sentence that is being written. A refusal has no statements.
    """

    question: str
    standalone_question: str
    kind: Kind
    draft: tuple[Statement, ...] = ()
    statements: tuple[Statement, ...] = ()
    tentative: str = ""
    citations: tuple[Citation, ...] = ()
    comparison: Comparison | None = None
    refusal: Refusal | None = None
    evidence: tuple[Evidence, ...] = ()
    receipt: Receipt | None = None
    stage: Stage = "draft"
    note: str = ""

    @property
    def has_prose(self) -> bool:
        """Whether any sentence is more than a quote."""
        return any(statement.support != "quoted" for statement in self.statements)

    @property
    def prose(self) -> tuple[Statement, ...]:
        """The statements as one text; none where all are quotes, which stand for themselves."""
        return tuple(statement.in_prose for statement in self.statements) if self.has_prose else ()

    @property
    def abstains(self) -> bool:
        """Whether nothing is answered; a false premise is, with what the abstract does say."""
        return self.refusal is not None and self.refusal.reason != "false_premise"


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question with its answer as plain text, and the papers that were cited in it."""

    question: str
    answer: str
    papers: tuple[Paper, ...] = ()
