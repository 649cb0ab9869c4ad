"""Reads the files of a folder or of a zip archive one after another. Nothing is written to disk.

In: a path, and the function that reads one source. Out: what that yields, and a rejection with its name for
each file that could not be read. It knows no format of papers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import ZipFile, ZipInfo

from index_store.errors import FileError
from index_store.readers.fields import clean
from index_store.readers.source import BROKEN, HARMLESS, LARGEST_RATIO, Source, build_source, open_source
from index_store.values import Doubt, Paper, Rejection

__all__ = ["Item", "Reader", "read_file", "read_folder", "size_of"]

Item = Paper | Doubt | Rejection
Reader = Callable[[Source], Iterator[Item]]
Report = Callable[[int], None]
Member = tuple[str, str, Iterator[Item]]
"""What a file is called in rejections, what it is called in errors, and what is in it."""

MOST_ENTRIES = 100_000
ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
"""How zip archives begin; the second is an empty one."""
LOCAL_HEADER = 30
"""Bytes before each entry, besides its name."""
ENCRYPTED = 0x1
DRIVE = re.compile(r"[A-Za-z]:")
HIDDEN = (".", "__MACOSX")
OFFICE = "[Content_Types].xml"


def size_of(path: Path) -> int:
    """Return the bytes that `report` reaches when a file or a folder is read; 0 if there is none."""
    try:
        if path.is_dir():
            return sum(size_of(file) for file in _files(path, []))
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # such as a name that is too long for one; reading it will say so
        return 0


def read_file(path: Path, read: Reader, report: Report | None = None, *, name: str = "") -> Iterator[Item]:
    """Yield what is in a file, or in each entry of a zip archive.

    `report` is called with the bytes read so far, ever more of them; `name` stands in rejections.

    Raises:
        FileError: it cannot be opened, nothing in it can be read, or it is made to fill a memory.
    """
    growing = _Growing(report)
    with open_source(path, growing, name=name) as source:
        if not source.head.startswith(ZIPS):
            yield from read(source)
            growing(size_of(path))
            return
    yield from _read_zip(path, name or path.name, read, growing)
    growing(size_of(path))


def read_folder(folder: Path, read: Reader, report: Report | None = None) -> Iterator[Item]:
    """Yield what is in each file of a folder and of the folders in it, by name; hidden ones are left out.

    Raises:
        FileError: there is no file in it that can be read.
    """
    return _gather(folder, _files_of_folder(folder, read, _Growing(report)))


class _Growing:
    """Passes numbers on to a report of progress as long as they grow."""

    def __init__(self, report: Report | None) -> None:
        self._report, self._reached = report, -1

    def __call__(self, count: int) -> None:
        if count > self._reached and self._report:
            self._reached = count
            self._report(count)


def _gather(path: Path, members: Iterable[Member]) -> Iterator[Item]:
    """Yield what is in each member, and a rejection for one that cannot be read."""
    refused: list[Rejection] = []
    found = False
    for name, where, items in members:
        try:
            for item in items:
                if not found:
                    found = True
                    yield from refused
                yield item
        except FileError as error:
            rejection = Rejection(name, str(error).removeprefix(f"{where}: "))
            if found:
                yield rejection
            else:
                refused.append(rejection)
    if not refused and not found:
        raise FileError(f"{path}: there are no files in it.")
    if not found:
        others = f" (and {len(refused) - 1} more files)" if len(refused) > 1 else ""
        raise FileError(f"{path}: no papers found in it. {refused[0]}{others}")


def _files(folder: Path, unreadable: list[OSError]) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith(HIDDEN))
        for name in sorted(names):
            if not name.startswith(HIDDEN):
                yield Path(parent, name)


def _files_of_folder(folder: Path, read: Reader, report: Report) -> Iterator[Member]:
    unreadable: list[OSError] = []
    done = 0
    for file in _files(folder, unreadable):
        name = _label(folder.name, str(file.relative_to(folder)))
        yield name, str(file), read_file(file, read, partial(_report_from, done, report), name=name)
        done += size_of(file)
        report(done)
    for error in unreadable:
        where = str(error.filename)
        yield _label("", where), where, _refuse(f"{where}: cannot be read ({error.strerror}).")


def _report_from(done: int, report: Report, count: int) -> None:
    report(done + count)


def _refuse(message: str) -> Iterator[Item]:
    raise FileError(message)
    yield  # a generator, so that it is refused where it would be read


def _label(parent: str, name: str) -> str:
    """Return the name of a member on one line and without marks that hide or turn what is written."""
    return f"{parent}/{clean(name)}" if parent else clean(name)


def _read_zip(path: Path, name: str, read: Reader, report: Report) -> Iterator[Item]:
    try:
        archive = ZipFile(path)
    except (*BROKEN, ValueError) as error:  # a name that is not in the encoding it claims is a ValueError
        raise FileError(f"{path}: this is a damaged zip archive ({error}).") from error
    with archive:
        entries = archive.infolist()
        _refuse_bombs(path, entries)
        if any(entry.filename == OFFICE for entry in entries):
            raise FileError(f"{path}: this is an Office document; save it as CSV or as text.")
        yield from _gather(path, _entries_of_zip(archive, path, name, read, report))


def _refuse_bombs(path: Path, entries: list[ZipInfo]) -> None:
    """Raise if the archive is made to fill a memory or to take for ever."""
    if len(entries) > MOST_ENTRIES:
        raise FileError(f"{path}: this holds {len(entries)} files; {MOST_ENTRIES} at most are read.")
    packed = min(size_of(path), sum(entry.compress_size for entry in entries))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > max(HARMLESS, LARGEST_RATIO * packed):
        raise FileError(
            f"{path}: this unpacks to {unpacked >> 20} MB, far more than it holds; it is not read."
        )
    in_order = sorted(entries, key=lambda entry: entry.header_offset)
    for entry, after in pairwise(in_order):
        if entry.header_offset + LOCAL_HEADER + entry.compress_size > after.header_offset:
            raise FileError(
                f"{path}: its files lie over each other, as in no honest archive; it is not read."
            )


def _entries_of_zip(
    archive: ZipFile, path: Path, name: str, read: Reader, report: Report
) -> Iterator[Member]:
    done = 0
    for entry in archive.infolist():
        label, where = _label(name, entry.filename), f"{path}/{clean(entry.filename)}"
        if problem := _problem(entry):
            yield label, where, _refuse(problem)
        elif not entry.filename.endswith("/") and not _is_hidden(entry.filename):
            scaled = partial(_report_entry, entry, done, report)
            yield label, where, _read_entry(archive, entry, read, names=(label, where), report=scaled)
        done += entry.compress_size
        report(done)


def _problem(entry: ZipInfo) -> str:
    """Return why an entry is not even opened; "" if nothing speaks against it."""
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or DRIVE.match(name) or ".." in name.split("/"):
        return "its name names a place outside of the archive; it is not read."
    if entry.flag_bits & ENCRYPTED:
        return "this is encrypted; unpack the archive with its password and name the folder."
    return ""


def _is_hidden(name: str) -> bool:
    return any(part.startswith(HIDDEN) and part != "." for part in name.split("/"))


def _report_entry(entry: ZipInfo, done: int, report: Report, count: int) -> None:
    report(done + count * entry.compress_size // max(entry.file_size, 1))


def _read_entry(
    archive: ZipFile, entry: ZipInfo, read: Reader, *, names: tuple[str, str], report: Report
) -> Iterator[Item]:
    name, where = names
    try:
        with archive.open(entry) as stream:
            size = entry.file_size
            yield from read(
                build_source(cast(BinaryIO, stream), name, path=where, size=size, report=report)
            )
    except (*BROKEN, ValueError) as error:
        raise FileError(f"{where}: this is damaged ({error}).") from error
