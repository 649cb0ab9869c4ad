"""API keys: a file of hashes with names, from which no key can be told.

In: a file and a key. Out: whose key it is; or, the other way, a new key and its line in the file. A key is
256 random bits, so that a plain SHA-256 keeps it: there is nothing to guess and nothing to try.
"""

from __future__ import annotations

import os
import re
import secrets
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from index_store.errors import FileError
from ui.names_file import NAME, PRIVATE, Lines, NamesFile

__all__ = ["Keys", "make_key"]

LINES = Lines(
    re.compile(r"(?P<hash>[0-9a-f]{64})\s+(?P<name>\S+)"),
    shape="a SHA-256 with a name behind it",
    what="keys",
    command="paperchat key",
)
KEY_BYTES = 32
PREFIX = "pc-"
"""By which people and programs that look for leaked keys know one of ours."""


class Keys:
    """The keys of a file, which is read again whenever it has changed."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            FileError: it cannot be read, or a line of it is none; the message names it.
        """
        self._file = NamesFile(path, LINES)
        self._file.hashes()

    def name_of(self, key: str) -> str | None:
        """Return the name of a key, or None. It takes as long for a wrong key as for a right one.

        Raises:
            FileError: the file has changed and cannot be read any more.
        """
        given, found = _hash(key), None
        for name, kept in self._file.hashes().items():
            if compare_digest(kept, given):
                found = name
        return found


def _hash(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def make_key(name: str, path: Path) -> str:
    """Return a new key, whose hash now stands in the file under its name; only its owner may read that.

    Raises:
        FileError: the name is taken or no name, or the file cannot be written.
    """
    if not NAME.fullmatch(name):
        raise FileError(f'"{name}" is no name for a key; take letters, digits and . _ @ - without spaces.')
    key = PREFIX + secrets.token_urlsafe(KEY_BYTES)
    try:
        if path.exists() and name in LINES.read(path):
            raise FileError(f"{path} has a key named {name} already; remove its line to make a new one.")
        with os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE), "a+b") as file:
            path.chmod(PRIVATE)
            file.seek(0)
            is_whole = file.read()[-1:] in (b"", b"\n")
            file.write(f"{'' if is_whole else chr(10)}{_hash(key)}  {name}\n".encode())
    except OSError as error:
        raise FileError(f"{path}: the file of keys cannot be written ({error.strerror}).") from error
    return key
