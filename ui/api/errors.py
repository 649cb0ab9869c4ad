"""What a program is told when its request cannot be answered: a status, a code, one line of words.

In: an error. Out: an answer in JSON, `{"error": {"what", "code"}}`, or in OpenAI's shape where the address
is one of theirs. No error that was not meant for the reader gets out with its own words.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

from index_store.errors import LibraryError, PaperchatError, QuestionError
from ui.addresses import OPENAI
from ui.limits import BUSY_SECONDS, TooMuchAskedError

if TYPE_CHECKING:
    from starlette.responses import JSONResponse

__all__ = ["RequestError", "error_object", "error_of", "error_reply"]

CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many",
    503: "unavailable",
}


class RequestError(PaperchatError):
    """A request that is not answered. `wait` is after how many seconds another try makes sense."""

    def __init__(self, status: int, what: str, *, code: str = "", wait: float = 0) -> None:
        super().__init__(what)
        self.status = status
        self.code = code or CODES.get(status, "internal")
        self.wait = wait


def error_of(error: Exception) -> RequestError:
    """Return what to tell a program of an error; one that nobody foresaw goes into the log instead."""
    if isinstance(error, RequestError):
        return error
    if isinstance(error, TooMuchAskedError):
        return RequestError(429, str(error), wait=error.wait)
    if isinstance(error, QuestionError):
        return RequestError(400, str(error), code="bad_question")
    if isinstance(error, LibraryError):
        return RequestError(503, str(error), wait=BUSY_SECONDS)
    if isinstance(error, PaperchatError):
        return RequestError(503, str(error))
    logging.getLogger(__name__).error("a request broke off", exc_info=error)
    return RequestError(500, "The answer broke off; the log of the server says why.")


def error_object(error: RequestError, path: str) -> dict[str, Any]:
    """Return an error as plain data, in the shape that belongs to the address."""
    if not path.startswith(OPENAI):
        return {"error": {"what": str(error), "code": error.code}}
    kind = "server_error" if error.status >= 500 else "invalid_request_error"
    kind = "rate_limit_error" if error.status == 429 else kind
    return {"error": {"message": str(error), "type": kind, "param": None, "code": error.code}}


def error_reply(error: Exception, path: str) -> JSONResponse:
    """Return the answer to a request at a path that ended in an error."""
    from starlette.responses import JSONResponse

    told = error_of(error)
    headers = {"x-content-type-options": "nosniff"}
    if told.wait:
        headers["retry-after"] = str(math.ceil(told.wait))
    if told.status == 401:
        headers["www-authenticate"] = "Bearer"
    if told.status in (408, 413):
        headers["connection"] = "close"  # the rest of the body is not read
    return JSONResponse(error_object(told, path), told.status, headers)
