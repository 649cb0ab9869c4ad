"""Where what belongs to a person is kept: the key of the conversation in the browser, the file of opinions.

In: the settings. Out: names and paths. A folder that cannot be written costs the memory of a restart, never
the page. Nothing that is kept here leaves the machine.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import platformdirs

from ui.settings import SAMPLE, Settings

__all__ = ["Keeping", "keeping_of"]

SECRET_FILE = "browser-secret"
FEEDBACK_FILE = "feedback.jsonl"
SECRET_BYTES = 24
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Keeping:
    """With what a browser keeps conversations, and where opinions on answers are written.

    Without arguments the conversation outlives a reload of the page, but no restart of the server.
    """

    secret: str = field(default_factory=lambda: secrets.token_urlsafe(SECRET_BYTES), repr=False)
    library: str = ""
    feedback: Path = field(default_factory=lambda: platformdirs.user_data_path("paperchat") / FEEDBACK_FILE)

    @property
    def storage_key(self) -> str:
        """The name of the conversation in the browser: one for each library that is served from here."""
        return f"paperchat-{sha256(f'{self.secret} {self.library}'.encode()).hexdigest()[:12]}"


def keeping_of(settings: Settings) -> Keeping:
    """Return what is kept for these settings: the same at every start, where the cache can be written."""
    here = Path(settings.library).expanduser().resolve()
    library = SAMPLE if settings.library == SAMPLE else str(here)
    secret = _kept_secret(settings.cache / SECRET_FILE)
    return Keeping(secret, library) if secret else Keeping(library=library)


def _kept_secret(path: Path) -> str:
    """Return the secret in a file that its owner alone may read, made if need be; "" if it cannot be."""
    made = secrets.token_urlsafe(SECRET_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w") as file:
            file.write(made)
    except FileExistsError:
        return _read_secret(path)
    except OSError:  # a folder that is for reading only
        return ""
    return made


def _read_secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""
