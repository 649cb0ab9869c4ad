"""What programs send and get, as types from which the OpenAPI page is made.

In: nothing. Out: models of requests, which refuse what does not fit, and of answers, which are those of
`ask --json` (see `ui.answer_json`). How a request is answered is not known here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.refusals import LONGEST_QUESTION
from rag.values import Kind, Receipt, RefusalReason, Support
from ui.timing import Timings

__all__ = [
    "AnswerObject",
    "AskRequest",
    "CompareRequest",
    "ErrorObject",
    "HealthObject",
    "Message",
    "PaperObject",
    "PapersObject",
    "described_errors",
]

MOST_MESSAGES = 200
MOST_NAMES = 20
"""Names in a list of subjects or aspects; how many fit one table is said in the answer."""
Name = Annotated[str, Field(max_length=500)]
MEANINGS = {
    400: "What is asked for cannot be read or answered as it was put.",
    401: "A key is needed, or the one that was sent is not right.",
    403: "The request comes from a place that may not ask.",
    404: "There is no paper or model of this name.",
    408: "The body took too long to come.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A field is missing, too long or of the wrong kind.",
    429: "Too much was asked; Retry-After says when to try again.",
    503: "The library cannot be read just now.",
}
"""Of the statuses with which a request is not answered."""


def described_errors(shape: type[BaseModel], *statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return these errors, each told in an object of this shape, as routes name what they answer with."""
    return {status: {"model": shape, "description": MEANINGS[status]} for status in statuses}


class Sent(BaseModel):
    """What is sent here: its types must be right, and nothing else may stand in it."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Message(Sent):
    """One message of what was said before."""

    role: Literal["user", "assistant"]
    content: str


class AskRequest(Sent):
    """A question. `draft` answers in quotes alone, without the model; `stream` sends events."""

    question: str = Field(max_length=LONGEST_QUESTION, examples=["How is VideoMAE V2 trained?"])
    history: list[Message] = Field(default=[], max_length=MOST_MESSAGES)
    draft: bool = False
    stream: bool = False


class CompareRequest(Sent):
    """Papers to be put side by side, by title, short name or id, and what to compare them on."""

    subjects: list[Name] = Field(max_length=MOST_NAMES, examples=[["TinyViT", "SiT"]])
    aspects: list[Name] = Field(default=[], max_length=MOST_NAMES)
    draft: bool = False
    stream: bool = False


class PaperMention(BaseModel):
    """A paper that is spoken of."""

    paper_id: str
    title: str


class QuoteObject(BaseModel):
    """Words of an abstract, by [start, end) in characters (code points), and the words themselves."""

    start: int
    end: int
    text: str


class StatementObject(BaseModel):
    """A sentence of the answer with the numbers of the citations that it rests on."""

    text: str
    citations: list[int]
    support: Support


class CitationObject(BaseModel):
    """The [number] in an answer: a paper, and the exact words of it."""

    number: int
    paper_id: str
    title: str
    url: str | None
    quotes: list[QuoteObject]


class RowObject(BaseModel):
    """One aspect, with a quote of each paper, or null where its abstract does not say."""

    aspect: str
    asked: bool
    cells: list[QuoteObject | None]


class ComparisonObject(BaseModel):
    """Papers side by side; warnings say which figures are not to be set against each other."""

    subjects: list[PaperMention]
    rows: list[RowObject]
    warnings: list[str]


class RefusalObject(BaseModel):
    """Why nothing is answered, and the papers that come nearest."""

    reason: RefusalReason
    text: str
    nearest: list[PaperMention]


class DeviceObject(BaseModel):
    """Where the model runs, and in what precision."""

    name: str
    dtype: str
    warning: str = ""


class AnswerObject(BaseModel):
    """An answer: the object that `paperchat ask --json` prints."""

    question: str
    standalone_question: str
    kind: Kind
    text: str
    statements: list[StatementObject]
    citations: list[CitationObject]
    comparison: ComparisonObject | None
    refusal: RefusalObject | None
    note: str
    receipt: Receipt | None
    timings: Timings
    device: DeviceObject | None


class PaperObject(BaseModel):
    """A paper of the library."""

    id: str
    title: str
    abstract: str
    authors: list[str]
    year: int | None
    venue: str | None
    url: str | None
    identifiers: dict[str, str]


class PapersObject(BaseModel):
    """Some of the papers that were looked for: `total` is how many there are, from `offset` on these."""

    papers: list[PaperObject]
    total: int
    offset: int
    by_meaning: bool = Field(description="No paper holds all the words; these come nearest in meaning.")


class LibraryHealth(BaseModel):
    """How many papers there are; the fingerprint is of what they say and how they are indexed."""

    papers: int
    fingerprint: str | None


class ModelHealth(BaseModel):
    """The model, and where it runs; until it is ready answers are quotes."""

    name: str
    device: DeviceObject | None
    ready: bool


class HealthObject(BaseModel):
    """That the server answers, and what from."""

    status: Literal["ok"]
    version: str
    library: LibraryHealth
    model: ModelHealth


class ErrorWords(BaseModel):
    """What is wrong, for people, and a code for programs."""

    what: str
    code: str


class ErrorObject(BaseModel):
    """Why a request was not answered."""

    error: ErrorWords
