"""Asks a web service for one small answer: with patience, within bounds, and over https only.

In: an address and headers. Out: the bytes of the answer, or one kind of error that says what went wrong. It
does not know what is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

__all__ = ["FetchError", "Patience", "fetch"]

LARGEST_ANSWER = 8 << 20
"""Bytes. The record of a paper with 3,000 authors has one."""
MOST_REDIRECTS = 8
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
BUSY = HTTPStatus.TOO_MANY_REQUESTS
MISSING = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.BAD_REQUEST})
"""arXiv says "bad request" to an id that cannot be one."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a service is waited for, in seconds, and how often it is asked."""

    tries: int = 3
    first_wait: float = 1.0
    """Before the second try; doubled before each one after it."""
    longest_wait: float = 30.0
    """A service that asks for a longer one is not asked again."""
    timeout: float = 15.0
    """For a connection, and for the whole of an answer."""


class FetchError(Exception):
    """A service gave no answer that can be used. `reason` goes on after the name of the host."""

    def __init__(
        self,
        host: str,
        reason: str,
        *,
        missing: bool = False,
        unreachable: bool = False,
        wait: float | None = None,
    ) -> None:
        super().__init__(f"{host} {reason}")
        self.host, self.reason, self.missing, self.unreachable = host, reason, missing, unreachable
        self.wait = wait
        """Seconds that the service asks to wait; 0 if it may be asked again at once; None if it may not."""


def fetch(url: str, headers: Mapping[str, str], patience: Patience) -> bytes:
    """Return what `url` answers. A busy or failing service is asked again, when it says or ever later.

    Raises:
        FetchError: it does not answer, says no, says too much, or leads away from https.
    """
    import httpx
    from tenacity import Retrying, retry_if_exception, stop_after_attempt

    retrying = Retrying(
        stop=stop_after_attempt(patience.tries),
        wait=lambda state: _wait(state, patience),
        retry=retry_if_exception(lambda error: _may_go_on(error, patience)),
        reraise=True,
    )
    with httpx.Client(timeout=patience.timeout, headers=dict(headers)) as client:
        return retrying(lambda: _follow(client, url, patience))


def _may_go_on(error: BaseException, patience: Patience) -> bool:
    return isinstance(error, FetchError) and error.wait is not None and error.wait <= patience.longest_wait


def _wait(state: RetryCallState, patience: Patience) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait or 0.0 if isinstance(error, FetchError) else 0.0
    doubled: float = patience.first_wait * 2 ** (state.attempt_number - 1)
    return min(max(asked, doubled), patience.longest_wait)


def _follow(client: httpx.Client, url: str, patience: Patience) -> bytes:
    """Return the answer behind at most `MOST_REDIRECTS` redirects, each checked before it is followed."""
    import httpx

    address = httpx.URL(url)
    on_loopback = _is_local(address)
    deadline = monotonic() + patience.timeout
    for _ in range(MOST_REDIRECTS + 1):
        if not (address.scheme == "https" or (on_loopback and _is_local(address))):
            raise FetchError(
                httpx.URL(url).host, f"leads to {address.host}, which is not asked without https"
            )
        try:
            with client.stream("GET", address) as answer:
                if not answer.has_redirect_location:
                    return _body(answer, deadline)
                address = address.join(answer.headers["Location"])
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise FetchError(address.host, "cannot be reached", unreachable=True, wait=0.0) from error
        except httpx.TransportError as error:
            raise FetchError(address.host, f"breaks off ({type(error).__name__})", wait=0.0) from error
        except httpx.DecodingError as error:
            raise FetchError(address.host, "answers what cannot be read") from error
    raise FetchError(httpx.URL(url).host, "leads in circles")


def _is_local(address: httpx.URL) -> bool:
    return address.scheme == "http" and address.host in LOOPBACK


def _body(answer: httpx.Response, deadline: float) -> bytes:
    """Return the bytes of a good answer."""
    host, status = answer.url.host, answer.status_code
    if status in MISSING:
        raise FetchError(host, "has no such thing", missing=True)
    if status == BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise FetchError(host, f"is busy or broken (HTTP {status})", wait=_asked_wait(answer))
    if status != HTTPStatus.OK:
        raise FetchError(host, f"does not answer this (HTTP {status})")
    data = bytearray()
    for block in answer.iter_bytes():
        data += block
        if len(data) > LARGEST_ANSWER:
            raise FetchError(host, f"answers more than {LARGEST_ANSWER >> 20} MB")
        if monotonic() > deadline:
            raise FetchError(host, "answers too slowly")
    return bytes(data)


def _asked_wait(answer: httpx.Response) -> float:
    """Return the seconds that `Retry-After` asks for, as a number or a date; 0 if it asks for none."""
    asked = answer.headers.get("Retry-After", "").strip()
    if asked.isdecimal():
        return float(asked[:9])
    try:
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
