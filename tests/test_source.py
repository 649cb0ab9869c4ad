"""Bytes become lines, blocks and texts of the right encoding, and never more of them than is safe."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store.errors import FileError
from index_store.readers.source import HARMLESS, HEAD, LONGEST_LINE, Source, build_source, open_source

TEXT = "Möwen — “birds”\nReeds\n"


def source(data: bytes) -> Source:
    return build_source(io.BytesIO(data), "birds.txt", path="/tmp/birds.txt", size=len(data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_lines_and_blocks_are_decoded_alike(encoding: str) -> None:
    data = TEXT.encode(encoding)
    if encoding == "utf-16-le":
        data = b"\xff\xfe" + data
    assert source(data).text() == TEXT
    assert "".join(source(data).blocks()) == TEXT
    assert list(source(data).lines()) == [(1, "Möwen — “birds”"), (2, "Reeds")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_one(end: str) -> None:
    data = end.join(["one", "two\u2028\x0c still two", "", "four"]).encode()
    assert list(source(data).lines()) == [(1, "one"), (2, "two\u2028\x0c still two"), (3, ""), (4, "four")]
    assert source(data).text() == "one\ntwo\u2028\x0c still two\n\nfour"


def test_one_wrong_byte_in_utf8_spoils_no_other_letter() -> None:
    assert source("Möwen ".encode() + b"\xe4 " + "Möwen".encode()).text() == "Möwen ä Möwen"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \n\t\r\n", b"\xef\xbb\xbf  "])
def test_file_without_a_letter_is_empty(data: bytes) -> None:
    for read in (lambda s: list(s.lines()), lambda s: list(s.blocks()), lambda s: s.text()):
        with pytest.raises(FileError, match=r"^/tmp/birds.txt: the file is empty\.$"):
            read(source(data))


def test_file_of_blanks_is_no_list() -> None:
    with pytest.raises(FileError, match="begins with 65536 blanks"):
        source(b" " * (HEAD + 5)).text()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.4\n", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"SQLite format 3\0", "a SQLite database"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"birds\0herons", "a binary file"),
        (b"birds.bib".ljust(257, b"\0") + b"ustar\x0000", "a tar archive; unpack it and name the folder"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(data: bytes, what: str) -> None:
    with pytest.raises(FileError, match=what):
        source(data).text()


def test_gzip_is_unpacked_as_it_is_read_and_progress_counts_packed_bytes(tmp_path: Path) -> None:
    path = tmp_path / "birds.gz"
    lines = [f"bird {number * 7919 % 10007}" for number in range(100_000)]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    told: list[int] = []
    with open_source(path, told.append) as opened:
        assert opened.name == "birds.gz"
        assert [line for _, line in opened.lines()] == lines
    assert told == sorted(set(told))
    assert told[-1] == path.stat().st_size
    assert len(told) > 5


def test_gzip_that_is_cut_off_gives_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "birds.gz"
    path.write_bytes(gzip.compress("\n".join(map(str, range(200_000))).encode())[:-5000])
    with open_source(path) as opened, pytest.raises(EOFError):
        for number, line in opened.lines():
            assert line == str(number - 1)
    assert number > 50_000


def test_gzip_that_is_damaged_from_its_beginning_is_named(tmp_path: Path) -> None:
    path = tmp_path / "birds.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00 and so on")
    with pytest.raises(FileError, match=r"birds\.gz: this is a damaged gzip archive"), open_source(path):
        pass


def test_gzip_bomb_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb") as packed:
        line = b"x" * 1023 + b"\n"
        for _ in range(HARMLESS // len(line) + 5000):
            packed.write(line)
    count = 0
    with open_source(path) as opened, pytest.raises(FileError, match="unpacks to far more than it holds"):
        for _ in opened.lines():
            count += 1
    assert count * 1024 <= HARMLESS


def test_line_that_is_longer_than_any_record_is_an_error() -> None:
    data = b"x\n" + b"y" * (LONGEST_LINE + 1)
    lines = source(data).lines()
    assert next(lines) == (1, "x")
    with pytest.raises(FileError, match=r"birds\.txt, line 2: this line is too long"):
        next(lines)


def test_data_and_text_have_a_limit() -> None:
    assert source(b"x" * 10).data(10) == b"x" * 10
    with pytest.raises(FileError, match="too large to be read"):
        source(b"x" * 11).data(10)
    with pytest.raises(FileError, match="too large to be read"):
        source(b"x" * 11).text(10)


@pytest.mark.parametrize("name", ["missing", "no\0name", "folder", "x" * 300])
def test_path_that_cannot_be_opened_says_why(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError) as error, open_source(tmp_path / name):
        pass
    assert "None" not in str(error.value)


@given(st.binary(max_size=300))
def test_any_bytes_are_lines_or_a_clear_error(data: bytes) -> None:
    try:
        lines = [line for _, line in Source(io.BytesIO(data), "x").lines()]
    except FileError as error:
        assert str(error).startswith("x: ")
        return
    text = Source(io.BytesIO(data), "x").text()
    assert "\n".join(lines) == text.removesuffix("\n")
    assert "".join(Source(io.BytesIO(data), "x").blocks()) == text
    text.encode()
