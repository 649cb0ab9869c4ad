"""A file with one line for each name: whose API key it is, or whose password.

In: a file, and how a line of it looks. Out: what belongs to each name, as the file is now. What it stands
for is not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from index_store.errors import FileError

__all__ = ["NAME", "PRIVATE", "Lines", "NamesFile"]

NAME = re.compile(r"[A-Za-z0-9][\w.@-]{0,63}", re.ASCII)
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Lines:
    """How the lines of a file look: `pattern` has the groups `name` and `hash`, `shape` says it in words.

    `what` is what the file holds, `command` what makes one.
    """

    pattern: re.Pattern[str]
    shape: str
    what: str
    command: str

    def read(self, path: Path) -> dict[str, str]:
        """Return the hash of each name. Empty lines and those with # do not count.

        Raises:
            FileError: a line is of another shape; the message says which.
            OSError: the file cannot be read.
        """
        hashes = {}
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            found = self.pattern.fullmatch(line.strip())
            if not found:
                raise FileError(f"{path}, line {number}: not {self.shape}.")
            hashes[found["name"]] = found["hash"]
        return hashes


@dataclass(slots=True)
class NamesFile:
    """The hashes of a file by name; it is read again whenever it has changed."""

    path: Path
    lines: Lines
    _mark: tuple[int, ...] = ()
    _hashes: dict[str, str] = field(default_factory=dict)

    def hashes(self) -> dict[str, str]:
        """Return the hash of each name, as the file is now.

        Raises:
            FileError: it cannot be read, or a line of it is none; the message names it.
        """
        try:
            stat = self.path.stat()
            mark = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if mark != self._mark:
                self._hashes, self._mark = self.lines.read(self.path), mark
        except OSError as error:
            raise FileError(
                f"{self.path}: the file of {self.lines.what} cannot be read ({error.strerror}); "
                f"make one with: {self.lines.command} NAME --file {self.path}"
            ) from error
        return self._hashes
