"""Endpoints: models that another program serves in OpenAI's protocol, here or elsewhere.

In: an address with the name of a model, like `http://localhost:11434/v1#qwen3:4b`, and perhaps a key. Out:
a model that answers like ours, and what a person must be told of where their questions go. The key is sent
to that address and to nobody else; it is in no message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from index_store.errors import ModelError, ModelNotReadyError, PaperchatError
from ui.access import is_loopback

if TYPE_CHECKING:
    from rag.models.endpoint_model import EndpointModel

__all__ = [
    "Endpoint",
    "ask_for_models",
    "is_endpoint",
    "load_endpoint_model",
    "read_endpoint",
    "try_endpoint",
]

SCHEME = re.compile(r"https?://", re.I)
SECONDS = 5.0
"""In which an endpoint has to say which models it has."""
MOST_NAMED = 12
REFUSED, NOT_THERE = (401, 403), (404, 405, 501)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address up to and with `/v1`, where it is, and the name of a model there, "" if none is named."""

    url: str
    place: str
    model: str

    @property
    def is_here(self) -> bool:
        """Whether the address is of this machine alone."""
        return is_loopback(urlsplit(self.url).hostname or "")

    @property
    def warning(self) -> str:
        """What a person who asks must know: "" where nothing leaves this machine."""
        if self.is_here:
            return ""
        openly = "" if self.url.startswith("https:") else ", unencrypted"
        return f"Questions and evidence leave this machine for {self.place}{openly}."


def is_endpoint(model: str) -> bool:
    """Return whether `model` is written as an address on the web."""
    return SCHEME.match(model) is not None


def read_endpoint(said: str) -> Endpoint:
    """Return the endpoint that is written `URL` or `URL#MODEL`.

    Raises:
        PaperchatError: it is no address, or holds what belongs elsewhere, such as a password.
    """
    form = "write it like http://localhost:11434/v1#qwen3:4b"
    try:
        parts = urlsplit(said.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise PaperchatError(f"The address of the model is not right; {form}.") from None
    if parts.username is not None or parts.query:
        raise PaperchatError(
            f"The address of the model may hold no name, password or ?query; {form}, and the key into the "
            "setting model_key."
        )
    if not host or not parts.path.strip("/"):
        raise PaperchatError(f"{said} is not the whole address: most end with /v1; {form}.")
    place = f"[{host}]" if ":" in host else host
    place += f":{port}" if port is not None else ""
    return Endpoint(f"{parts.scheme}://{place}{parts.path.rstrip('/')}", place, parts.fragment)


def ask_for_models(endpoint: Endpoint, key: str) -> list[str] | None:
    """Return the names of the models that an endpoint has, or None if it does not tell.

    Raises:
        ModelNotReadyError: it cannot be reached, or cannot answer now.
        ModelError: it refuses the key.
    """
    import httpx

    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        # a proxy would make what is of this machine leave it
        answer = httpx.get(
            f"{endpoint.url}/models", headers=headers, timeout=SECONDS, trust_env=not endpoint.is_here
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ModelNotReadyError(
            f"The model's endpoint {endpoint.place} cannot be reached ({reason}); see that it runs, and "
            "that its address is right."
        ) from error
    if answer.status_code in REFUSED:
        what = "refuses the key; put the right one" if key else "wants a key; put it"
        raise ModelError(f"The model's endpoint {endpoint.place} {what} into the setting model_key.")
    if answer.status_code in NOT_THERE:
        return None
    if not answer.is_success:
        raise ModelNotReadyError(
            f"The model's endpoint {endpoint.place} answered with status {answer.status_code} when it was "
            "asked for its models; see what it says of that."
        )
    return _names_in(answer)


def _names_in(answer: Any) -> list[str] | None:
    """Return the names in a list of models, or None if it is no such list."""
    try:
        return [str(one["id"]) for one in answer.json()["data"]]
    except (ValueError, KeyError, TypeError):
        return None


def try_endpoint(said: str, key: str) -> Endpoint:
    """Return the endpoint that is written as `read_endpoint` says, once it has answered, with its model.

    Where no model is named it is the only one there.

    Raises:
        PaperchatError: the address is not right, or it must be said which of its models is meant.
        ModelNotReadyError: the endpoint cannot be reached, or has no model.
        ModelError: it refuses the key.
    """
    endpoint = read_endpoint(said)
    names = ask_for_models(endpoint, key)
    return endpoint if endpoint.model else replace(endpoint, model=_choose(endpoint, names))


def load_endpoint_model(said: str, key: str) -> EndpointModel:
    """Return the model behind an address, as `try_endpoint` finds it.

    Raises:
        PaperchatError: the address is not right, or it must be said which of its models is meant.
        ModelNotReadyError: the endpoint cannot be reached, or has no model.
        ModelError: it refuses the key, or a package is missing.
    """
    from rag.models.endpoint_model import EndpointModel
    from rag.models.streamed_model import Device

    endpoint = try_endpoint(said, key)
    device = Device(endpoint.place, "endpoint", endpoint.warning)
    return EndpointModel(
        endpoint.url, name=endpoint.model, key=key, device=device, through_proxy=not endpoint.is_here
    )


def _choose(endpoint: Endpoint, names: list[str] | None) -> str:
    form = f"{endpoint.url}#NAME"
    if names is None:
        raise PaperchatError(f"{endpoint.place} does not tell which models it has; name one: {form}.")
    if not names:
        raise ModelNotReadyError(f"{endpoint.place} has no model; give it one first.")
    if len(names) > 1:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        listed = ", ".join(names[:MOST_NAMED])
        raise PaperchatError(f"{endpoint.place} has several models; name one, as {form}: {listed}{more}.")
    return names[0]
