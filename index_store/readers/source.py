"""A file, or an entry of an archive, as bytes, lines or text: bounded, unpacked and decoded as it is read.

In: a binary stream and its name. Out: what it holds, never more of it in memory than asked for. It knows no
format of papers.
"""

from __future__ import annotations

import codecs
import gzip
import io
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast
from zipfile import BadZipFile

from index_store.errors import FileError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["BROKEN", "HARMLESS", "LARGEST_RATIO", "LONGEST_LINE", "Source", "build_source", "open_source"]

HEAD = 1 << 16
"""Bytes from which a format is told."""
LARGEST_TEXT = 256 << 20
"""Bytes. What a reader that needs the whole text takes; the others read line by line."""
LONGEST_LINE = 16 << 20
"""Characters. No record of a paper is as long."""
LARGEST_RATIO = 200
"""Real text is packed 3 to 20 times smaller; what unpacks to more than this is made to fill a memory."""
HARMLESS = 64 << 20
"""Bytes. Up to here no ratio is looked at."""
BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, struct.error, BadZipFile, NotImplementedError)
"""What reading a damaged or oddly packed file raises."""
KNOWN_BINARIES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"SQLite format 3": "a SQLite database",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
}
TAR = slice(257, 262)
"""Where a tar archive says that it is one."""


class Source:
    """One stream of bytes that is read once, from the start, and what it is called in messages."""

    def __init__(self, stream: BinaryIO, name: str, *, path: str = "") -> None:
        """Take a seekable stream; `name` stands in rejections, `path` (or else the name) in errors."""
        self.name, self.path = name, path or name
        self._stream = stream
        self.head = stream.read(HEAD)
        stream.seek(0)

    def data(self, limit: int = LARGEST_TEXT) -> bytes:
        """Return all bytes.

        Raises:
            FileError: there are more than `limit`.
        """
        data = self._stream.read(limit + 1)
        if len(data) > limit:
            raise FileError(f"{self.path}: this is too large to be read ({limit >> 20} MB at most).")
        return data

    def text(self, limit: int = LARGEST_TEXT) -> str:
        """Return the whole text, with line ends made "\\n".

        Raises:
            FileError: it is not text, or longer than `limit` bytes.
        """
        self._check_text()
        data = self.data(limit)
        return io.TextIOWrapper(io.BytesIO(data), encoding=_encoding(data), errors=_salvage()).read()

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield (line number from 1, line without its end), one at a time.

        Raises:
            FileError: it is not text, or a line is longer than any record.
        """
        self._check_text()
        number = 0
        with self._decoded() as reader:
            while line := reader.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise FileError(f"{self.path}, line {number}: this line is too long to be a record.")
                yield number, line.removesuffix("\n")

    def blocks(self) -> Iterator[str]:
        """Yield the text in pieces of up to 65,536 characters that break anywhere.

        Raises:
            FileError: it is not text.
        """
        self._check_text()
        with self._decoded() as reader:
            while block := reader.read(HEAD):
                yield block

    @contextmanager
    def _decoded(self) -> Iterator[io.TextIOWrapper]:
        reader = io.TextIOWrapper(self._stream, encoding=_encoding(self.head), errors=_salvage())
        try:
            yield reader
        finally:
            reader.detach()

    def _check_text(self) -> None:
        if not self.head.removeprefix(codecs.BOM_UTF8).strip():
            if len(self.head) < HEAD:
                raise FileError(f"{self.path}: the file is empty.")
            raise FileError(f"{self.path}: this begins with {HEAD} blanks; it is no list of papers.")
        for start, what in KNOWN_BINARIES.items():
            if self.head.startswith(start):
                raise FileError(f"{self.path}: this is {what}, not text that lists papers.")
        if self.head[TAR] == b"ustar":
            raise FileError(f"{self.path}: this is a tar archive; unpack it and name the folder.")
        if b"\0" in self.head and not self.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise FileError(f"{self.path}: this is a binary file, not text that lists papers.")


class _Metered(io.RawIOBase):
    """Passes a stream on, tells how far it has been read, and stops where `limit` is passed."""

    def __init__(self, stream: BinaryIO, report: Callable[[int], None] | None, limit: int | None) -> None:
        self._stream, self._report, self._limit = stream, report, limit
        self._furthest = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        room = memoryview(buffer).cast("B")
        data = self._stream.read(len(room))
        room[: len(data)] = data
        at = self._stream.tell()
        if self._limit is not None and at > self._limit:
            raise FileError("this unpacks to far more than it holds; it is not read further.")
        if self._report and at > self._furthest:
            self._furthest = at
            self._report(at)
        return len(data)


def build_source(
    stream: BinaryIO, name: str, *, path: str, size: int, report: Callable[[int], None] | None = None
) -> Source:
    """Return what a seekable stream of `size` bytes holds; gzip is unpacked on the way.

    `report` is called with the bytes read of `stream`, ever more of them.

    Raises:
        FileError: it is a gzip archive that is damaged from its beginning.
    """
    metered = io.BufferedReader(_Metered(stream, report, None))
    if metered.peek(2)[:2] != b"\x1f\x8b":
        return Source(cast(BinaryIO, metered), name, path=path)
    unpacked = cast(BinaryIO, gzip.GzipFile(fileobj=metered))
    limit = max(HARMLESS, LARGEST_RATIO * size)
    try:
        return Source(cast(BinaryIO, io.BufferedReader(_Metered(unpacked, None, limit))), name, path=path)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileError(f"{path}: this is a damaged gzip archive ({error}).") from error


@contextmanager
def open_source(
    path: Path, report: Callable[[int], None] | None = None, *, name: str = ""
) -> Iterator[Source]:
    """Open a file, which is called `name` in rejections, else what it is called in its folder.

    Raises:
        FileError: it cannot be opened.
    """
    try:
        if path.exists() and not path.is_file():
            raise FileError(f"{path}: this is no file; save what it holds to one, and name that.")
        stream = path.open("rb")
    except FileNotFoundError:
        raise FileError(f"{path}: there is no such file.") from None
    except (OSError, ValueError) as error:  # a name with a zero byte in it is a ValueError
        raise FileError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}).") from error
    with stream:
        try:
            size = path.stat().st_size
            source = build_source(stream, name or path.name, path=str(path), size=size, report=report)
        except OSError as error:
            raise FileError(f"{path}: cannot be read ({error.strerror or error}).") from error
        yield source


def _encoding(head: bytes) -> str:
    return "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _salvage() -> str:
    """Return the name of an error handler that reads bytes that are not UTF-8 as Windows' Latin-1."""

    def read_as_latin(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError) or error.encoding != "utf-8":
            return "\N{REPLACEMENT CHARACTER}", getattr(error, "end", 0)
        return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end

    codecs.register_error("paperchat-latin", read_as_latin)
    return "paperchat-latin"
