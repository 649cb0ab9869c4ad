"""Who may reach the server, and how much of it: the settings in the form in which they are held to.

In: the settings. Out: one value. Nothing is checked here, and no request is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.settings import Settings

__all__ = ["Access", "access_of", "is_loopback"]


@dataclass(frozen=True, slots=True)
class Access:
    """What the server holds to. The default is that of one that only this machine can reach.

    `hosts` are the names it answers to beside those of this machine; none, where it listens to others, are
    all. `origins` are of pages elsewhere that may use it. Numbers are questions, but `largest_body` is
    bytes and `body_seconds` how long they may take. `model` is the name of the one that is being loaded,
    `people` the file of those who may log in; without it nobody has to.
    """

    is_local: bool = True
    keys: Path | None = None
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    of_each: int = 20
    of_all: int = 120
    at_once: int = 32
    largest_body: int = 2**18
    body_seconds: float = 10.0
    model: str = ""
    people: Path | None = None


def access_of(settings: Settings) -> Access:
    """Return what a server with these settings holds to."""
    listens_here = is_loopback(settings.host)
    is_local = listens_here and all(map(is_loopback, settings.hosts))  # under another name, by a proxy
    return Access(
        is_local=is_local,
        keys=settings.api_keys,
        hosts=settings.hosts + ((settings.host,) if listens_here or settings.hosts else ()),
        origins=settings.embed_origins,
        of_each=settings.visitor_questions_per_minute,
        of_all=settings.questions_per_minute,
        at_once=settings.questions_waiting,
        largest_body=settings.largest_request,
        model=settings.model,
        people=settings.auth,
    )


def is_loopback(name: str) -> bool:
    """Return whether a name or address, in brackets or not, is of this machine alone."""
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name.casefold() == "localhost"
