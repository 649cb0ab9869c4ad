"""Reads a file as text, whatever reasonable encoding it is in, or says why it is not text."""

from __future__ import annotations

import codecs
from pathlib import Path

from index_store.errors import FileError

__all__ = ["read_text"]

KNOWN_BINARIES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture",
    b"SQLite format 3": "a SQLite database",
}


def read_text(path: Path) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, else Windows' Latin-1.

    Raises:
        FileError: it cannot be opened, is empty, or is not text.
    """
    data = _read_bytes(path)
    if not data.strip():
        raise FileError(f"{path}: the file is empty.")
    for start, what in KNOWN_BINARIES.items():
        if data.startswith(start):
            raise FileError(f"{path}: this is {what}, not text that lists papers.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise FileError(f"{path}: this is a binary file, not text that lists papers.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise FileError(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise FileError(f"{path}: this is a folder; name the files in it.") from None
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror}).") from error
