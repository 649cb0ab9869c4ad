"""Folders and zip archives are read file by file, and archives that are made to do harm are refused."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import struct
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pytest

from index_store.errors import FileError
from index_store.readers import read_papers, size_of
from index_store.values import Paper, Rejection


def lines(*titles: str) -> str:
    return "".join(json.dumps({"title": title, "abstract": "x"}) + "\n" for title in titles)


def read(path: Path) -> list[str]:
    """Return the titles of the papers and the texts of the rejections."""
    return [item.title if isinstance(item, Paper) else str(item) for item in read_papers(path)]


def make_zip(path: Path, entries: dict[str, str | bytes], kind: int = ZIP_DEFLATED) -> Path:
    with ZipFile(path, "w", kind) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    for name, content in {
        "b.jsonl": lines("Bitterns"),
        "a.csv": "Title,Abstract\nAuks,x\n,y\n",
        "sub/deep/c.json": f"[{lines('Cranes')}]",
        "sub/d.jsonl.gz": gzip.compress(lines("Ducks").encode()),
        "sub/letter.txt": "Dear reader.",
        ".hidden.jsonl": lines("Hidden"),
        ".git/config.jsonl": lines("Hidden"),
        "__MACOSX/._b.jsonl": lines("Hidden"),
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_folder_is_read_file_by_file_in_order_without_what_is_hidden(folder: Path) -> None:
    items = read(folder)
    assert items[:4] == ["Auks", 'papers/a.csv, line 3: "title" is missing.', "Bitterns", "Ducks"]
    assert items[4].startswith("papers/sub/letter.txt: no papers found; it was read as a saved page")
    assert items[5:] == ["Cranes"]


def test_link_to_a_folder_is_not_followed_and_a_broken_link_is_named(folder: Path) -> None:
    (folder / "round").symlink_to(folder)
    (folder / "z-broken").symlink_to(folder / "missing")
    items = read(folder)
    assert items.count("Auks") == 1
    assert "papers/z-broken: there is no such file." in items


def test_folder_with_a_zip_in_it_is_read(folder: Path) -> None:
    make_zip(folder / "e.zip", {"e.jsonl": lines("Egrets"), "letter.txt": "Dear reader."})
    items = read(folder)
    assert "Egrets" in items
    assert any(item.startswith("papers/e.zip/letter.txt: no papers found") for item in items)


def test_folder_without_papers_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there are no files in it"):
        read(tmp_path)
    (tmp_path / "birds.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "pipe.bib").write_text("Dear reader.")
    with pytest.raises(FileError) as error:
        read(tmp_path)
    expected = f"{tmp_path}: no papers found in it. {tmp_path.name}/birds.png: this is a picture"
    assert str(error.value).startswith(expected)
    assert str(error.value).endswith("(and 1 more files)")


def test_pipe_in_a_folder_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert any(item.startswith("papers/pipe: this is no file") for item in read(folder))


@pytest.mark.parametrize("kind", [ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_zip_is_read_entry_by_entry(tmp_path: Path, kind: int) -> None:
    path = make_zip(
        tmp_path / "papers.zip",
        {
            "refs/": "",
            "refs/b.jsonl": lines("Bitterns") + "{\n",
            "./a.csv": "Title,Abstract\nAuks,x\n",
            "d.jsonl.gz": gzip.compress(lines("Ducks").encode()),
            "refs/.DS_Store": b"\0\0",
            "__MACOSX/refs/._b.jsonl": b"\0\0",
            "birds.png": b"\x89PNG\r\n",
        },
        kind,
    )
    assert read(path) == [
        "Bitterns",
        "papers.zip/refs/b.jsonl, line 2: this is not valid JSON.",
        "Auks",
        "Ducks",
        "papers.zip/birds.png: this is a picture, not text that lists papers.",
    ]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["papers.zip"]


@pytest.mark.parametrize(
    "name", ["../evil.jsonl", "a/../../evil.jsonl", "/etc/evil.jsonl", "..\\evil.jsonl", "C:\\evil.jsonl"]
)
def test_entry_that_names_a_place_outside_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    path = make_zip(tmp_path / "in" / "papers.zip", {name: lines("Evil"), "a.jsonl": lines("Auks")})
    assert read(path) == [
        f"papers.zip/{name}: its name names a place outside of the archive; it is not read.",
        "Auks",
    ]
    assert [file.name for file in tmp_path.rglob("*")] == ["in", "papers.zip"]


def test_zip_with_nothing_but_an_escaping_entry_is_an_error(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "papers.zip", {"../evil.jsonl": lines("Evil")})
    with pytest.raises(
        FileError, match=r"no papers found in it\. papers\.zip/\.\./evil\.jsonl: its name names a"
    ):
        read(path)


def test_zip_in_a_zip_and_an_encrypted_entry_are_refused(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "inner.zip", {"a.jsonl": lines("Auks")}).read_bytes()
    path = make_zip(
        tmp_path / "papers.zip", {"inner.zip": inner, "b.jsonl": lines("B"), "c.jsonl": lines("C")}
    )
    data = bytearray(path.read_bytes())
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(magic) + place] |= 1
    path.write_bytes(data)
    assert read(path) == [
        "papers.zip/inner.zip: this is an archive in an archive; unpack it and name what is in it.",
        "B",
        "papers.zip/c.jsonl: this is encrypted; unpack the archive with its password and name the folder.",
    ]


def test_zip_bomb_is_refused_before_anything_of_it_is_unpacked(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "papers.zip", {"a.jsonl": lines("Auks"), "bomb.txt": bytes(70 << 20)})
    with pytest.raises(FileError, match=r"papers\.zip: this unpacks to 70 MB, far more than it holds"):
        read(path)


def test_zip_whose_entries_lie_over_each_other_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "papers.zip", {"a.jsonl": lines("Auks"), "b.jsonl": lines("Bitterns")})
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<L", 0)  # where the data of the entry lie
    path.write_bytes(data)
    with pytest.raises(FileError, match="its files lie over each other"):
        read(path)


def test_zip_of_too_many_entries_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "papers.zip"
    with ZipFile(path, "w") as archive:
        for number in range(100_001):
            archive.writestr(ZipInfo(str(number)), b"")
    with pytest.raises(FileError, match=r"this holds 100001 files; 100000 at most are read"):
        read(path)


def test_gzip_bomb_in_a_zip_is_not_read_to_its_end(tmp_path: Path) -> None:
    bomb = gzip.compress((b"x" * 1023 + b"\n") * (80 << 10))
    path = make_zip(tmp_path / "papers.zip", {"a.jsonl": lines("Auks"), "bomb.gz": bomb})
    assert read(path) == [
        "Auks",
        "papers.zip/bomb.gz: this unpacks to far more than it holds; it is not read further.",
    ]


def test_entry_that_is_longer_than_it_says_is_damaged(tmp_path: Path) -> None:
    path = make_zip(
        tmp_path / "papers.zip", {"a.jsonl": lines("Auks"), "b.jsonl": lines(*["Bitterns"] * 50)}
    )
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 24 : second + 28] = struct.pack("<L", 60)
    path.write_bytes(data)
    items = read(path)
    assert items[0] == "Auks"
    assert "damaged" in items[-1]
    assert len(items) < 10


def test_office_documents_are_called_by_their_name(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "birds.xlsx", {"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"})
    with pytest.raises(FileError, match="this is an Office document; save it as CSV or as text"):
        read(path)


def test_empty_zip_holds_no_files(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there are no files in it"):
        read(make_zip(tmp_path / "papers.zip", {}))


def test_names_are_shown_on_one_line_and_without_hidden_marks(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "papers.zip", {"a\n\u202egpj.txt": "Dear reader.", "b.jsonl": lines("B")})
    rejection = read(path)[0]
    assert rejection.startswith("papers.zip/a gpj.txt: no papers found")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "b.jsonl").write_text(lines("B"))
    Path(os.fsdecode(os.fsencode(folder) + b"/c\xff\n.txt")).write_text("Dear reader.")
    assert read(folder)[1].startswith("folder/c .txt: no papers found")


def test_format_that_is_named_is_used_for_every_entry(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "papers.zip", {"a.txt": "Title\nAuks\n"})
    [paper] = read_papers(path, format="csv")
    assert isinstance(paper, Paper)
    assert paper.title == "Auks"


@pytest.mark.parametrize("packed", [False, True])
def test_progress_grows_to_the_size_of_a_folder_or_zip(tmp_path: Path, packed: bool) -> None:
    random.seed(5)
    names = {f"{n}.jsonl": lines(*[f"Bird {random.random()}" for _ in range(5000)]) for n in range(5)}
    path = tmp_path / "folder"
    if packed:
        path = make_zip(tmp_path / "papers.zip", dict(names))
    else:
        path.mkdir()
        for name, text in names.items():
            (path / name).write_text(text)
        make_zip(path / "6.zip", {"6.jsonl": lines("Last")})
    told: list[int] = []
    assert len(list(read_papers(path, report=told.append))) == 25_000 + (not packed)
    assert told == sorted(set(told))
    assert len(told) > 20
    assert told[-1] == size_of(path)


def test_size_of_what_is_missing_is_nothing(tmp_path: Path) -> None:
    assert size_of(tmp_path / "missing") == size_of(tmp_path) == 0


def test_zip_with_any_damage_gives_papers_or_a_clear_error(tmp_path: Path) -> None:
    sound = io.BytesIO()
    with ZipFile(sound, "w") as archive:
        for kind in (ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA):
            entry = ZipInfo(f"{kind}.jsonl")
            archive.writestr(entry, lines(f"Bird {kind}", "Auks"), compress_type=kind)
    path = tmp_path / "papers.zip"
    rng = random.Random(7)
    outcomes = set()
    for _ in range(1500):
        data = bytearray(sound.getvalue())
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.choice((0, 1, 255, rng.randrange(256)))
        path.write_bytes(data if rng.random() < 0.8 else data[: rng.randrange(len(data))])
        try:
            items = read(path)
        except FileError as error:
            assert "\n" not in str(error)
            outcomes.add("error")
        else:
            outcomes.update("rejected" if item.startswith("papers.zip") else "read" for item in items)
    assert outcomes == {"error", "rejected", "read"}


def test_notes_and_code_in_a_folder_are_no_papers(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "refs.bib").write_text("@misc{a, title = {Auks}, abstract = {Auks dive.}}")
    for name in ("README.md", "main.tex", "min.js"):
        (folder / name).write_text(f"## Setup\n\n{'Install it and run it, as everybody does. ' * 9}\n")
    (folder / "page.txt").write_text(
        f"Herons in the Reeds\n\n{'Herons wait in the reeds for fish. ' * 9}\n"
    )
    items = list(read_papers(folder))
    assert [item.title for item in items if isinstance(item, Paper)] == ["Herons in the Reeds", "Auks"]
    refused = [str(item) for item in items if isinstance(item, Rejection)]
    assert [line.split(": ")[0] for line in refused] == [
        "project/README.md", "project/main.tex", "project/min.js",
    ]  # fmt: skip
    assert all("no format is recognised" in line for line in refused)
