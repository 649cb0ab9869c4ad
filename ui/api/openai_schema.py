"""What programs that speak OpenAI's chat completions send and get, as types.

In: nothing. Out: models of requests, which take whatever else OpenAI takes, and of answers. What is done
with them is not known here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ui.api.schema import CitationObject

__all__ = ["ChatMessage", "ChatRequest", "Completion", "ModelList", "ModelObject", "OpenAIError"]


class Part(BaseModel):
    """A part of a message; pictures and sounds are left out."""

    type: str
    text: str = ""


class ChatMessage(BaseModel):
    """A message of a chat."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def words(self) -> str:
        """The text of the message."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """What else is sent with a stream."""

    include_usage: bool | None = False


class ChatRequest(BaseModel):
    """A chat to be gone on with. Everything else that OpenAI takes is taken, and changes nothing."""

    model_config = ConfigDict(extra="allow")

    model: str = Field(examples=["paperchat"])
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None


class SaidMessage(BaseModel):
    """What the assistant says; `citations` are those of `POST /api/ask`."""

    role: Literal["assistant"]
    content: str
    refusal: None
    citations: list[CitationObject]


class Choice(BaseModel):
    """The one answer."""

    index: int
    message: SaidMessage
    finish_reason: Literal["stop"]
    logprobs: None


class Usage(BaseModel):
    """Always zero: tokens are not counted."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(BaseModel):
    """An answer as OpenAI sends it."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage


class ModelObject(BaseModel):
    """A name that can be given as `model`."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    description: str


class ModelList(BaseModel):
    """All that can be given as `model`."""

    object: Literal["list"]
    data: list[ModelObject]


class OpenAIErrorWords(BaseModel):
    """What is wrong, as OpenAI says it."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(BaseModel):
    """Why a request was not answered, as OpenAI says it."""

    error: OpenAIErrorWords
