"""People who may log in: a file of names with hashes of passwords, from which no password can be told.

In: a file, a name and a password. Out: whether they are right; or, the other way, a line in the file.
Hashes are scrypt's (RFC 7914), with a salt of their own and as slow as its makers advise for logins.
"""

from __future__ import annotations

import os
import re
import secrets
from base64 import b64decode, b64encode
from hashlib import scrypt
from hmac import compare_digest
from pathlib import Path

from index_store.errors import FileError
from ui.names_file import NAME, PRIVATE, Lines, NamesFile

__all__ = ["SHORTEST", "People", "write_person"]

LINES = Lines(
    re.compile(r"(?P<name>[^:\s]+):(?P<hash>scrypt\$[\w+/=]{8,}\$[\w+/=]{16,})"),
    shape="a name with a hash, like name:scrypt$...$...",
    what="people",
    command="paperchat user",
)
COST = {"n": 2**14, "r": 8, "p": 1}
"""16 MiB and some hundredths of a second for each try."""
SALT_BYTES, HASH_BYTES = 16, 32
SHORTEST = 8
LONGEST = 1024
"""Characters of a password; what is longer is not even hashed."""


class People:
    """The people of a file, which is read again whenever it has changed."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            FileError: it cannot be read, names nobody, or a line of it is none; the message names it.
        """
        self._file = NamesFile(path, LINES)
        self._nobody = _hashed(secrets.token_urlsafe(SALT_BYTES))
        if not self._file.hashes():
            raise FileError(f"{path} names nobody; add people with: paperchat user NAME --file {path}")

    def mark_of(self, name: str) -> str | None:
        """Return what changes when the password of somebody does, None for those who are not in the file.

        Raises:
            FileError: the file has changed and cannot be read any more.
        """
        return self._file.hashes().get(name)

    def knows(self, name: str, password: str) -> bool:
        """Return whether name and password are right. It takes as long for those who are not in the file.

        Raises:
            FileError: the file has changed and cannot be read any more.
        """
        kept = self.mark_of(name)
        salt, hash = (kept or self._nobody).split("$")[1:]
        if len(password) > LONGEST:
            return False
        return compare_digest(b64decode(hash), _scrypt(password, b64decode(salt))) and kept is not None


def write_person(name: str, password: str, path: Path) -> bool:
    """Put somebody into the file, in place of their old password; only its owner may read it.

    Returns whether they were in it before.

    Raises:
        FileError: the name or the password will not do, or the file cannot be written.
    """
    if not NAME.fullmatch(name):
        raise FileError(
            f'"{name}" is no name for a login; take letters, digits and . _ @ - without spaces.'
        )
    if not SHORTEST <= len(password) <= LONGEST:
        raise FileError(f"The password must have {SHORTEST} characters or more, at most {LONGEST}.")
    try:
        old = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        kept = [line for line in old if line.partition(":")[0].strip() != name]
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w") as file:
            file.write("".join(f"{line}\n" for line in [*kept, f"{name}:{_hashed(password)}"]))
        part.replace(path)
    except OSError as error:
        raise FileError(f"{path}: the file of people cannot be written ({error.strerror}).") from error
    return len(kept) < len(old)


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(SALT_BYTES)
    return f"scrypt${b64encode(salt).decode()}${b64encode(_scrypt(password, salt)).decode()}"


def _scrypt(password: str, salt: bytes) -> bytes:
    return scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, dklen=HASH_BYTES, **COST)
