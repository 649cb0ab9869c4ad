"""JSON documents are walked as they come: what is sound in them is read, and what is not is named."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store.errors import FileError
from index_store.readers import read_papers
from index_store.readers.json_document import CONTAINERS
from index_store.readers.source import HEAD, LONGEST_LINE
from index_store.values import Paper

A, B, C = (json.dumps({"title": name, "abstract": "x"}) for name in ("Auks", "Bitterns", "Cranes"))


def read(tmp_path: Path, text: str | bytes) -> list[str]:
    """Return the titles of the papers and the texts of the rejections."""
    path = tmp_path / "papers.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    items = read_papers(path, format="json")
    return [item.title if isinstance(item, Paper) else str(item) for item in items]


@pytest.mark.parametrize(
    "text",
    [
        f"[{A}, {B}]",
        f" [ {A}\n,\n{B} , ] \n",
        f"{A}\n{B}",
        f'{{"message": {{"items": [{A}, {B}], "total": 2}}, "status": "ok"}}',
        f'{{"meta": {{"title": "no"}}, "results": [{A}, {B}], "group_by": []}}',
        f'{{"results": [{A}]}}\n{{"results": [{B}]}}',
        f'{{"data": {{"data": {{"papers": [{A}, {B}]}}}}}}',
        *(f'{{"count": 2, "{name}": [{A}, {B}]}}' for name in sorted(CONTAINERS - {"message"})),
    ],
)
def test_records_are_found_wherever_tools_keep_them(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == ["Auks", "Bitterns"]


@pytest.mark.parametrize(
    "text",
    [
        A,
        json.dumps(json.loads(A), indent=4),
        f'{{"message": {A}, "status": "ok"}}',
        f'{{"title": "Auks", "references": [{B}], "data": [1]}}',
        '{"references": ["Bitterns 2020"], "title": "Auks"}',
    ],
)
def test_single_record_is_one_paper_and_its_references_are_none(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == ["Auks"]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ('{"title": "x" "abstract": "y"}', "this is not valid JSON."),
        ('{"title": "x",}', "this is not valid JSON."),
        ("{'title': 'x'}", "this is not valid JSON."),
        ('{"title": "a\nb"}', "this is not valid JSON."),
        ("[" * 100_000 + "]" * 100_000, "this is not valid JSON."),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "this is not valid JSON."),
        ('{"title": "x", "year": ' + "9" * 5000 + "}", "this is not valid JSON."),
        ("tru", "this is not valid JSON."),
        ('{"title": "x", "year": 1e400}', '"year" is not a year.'),
        ('{"title": "x", "year": 99999999999999999999}', '"year" is not a year.'),
        ('{"title": NaN, "abstract": "x"}', '"title" is missing.'),
        ("null", "this is not a JSON object."),
        ("-12.5", "this is not a JSON object."),
        ('"a } \\" ] text"', "this is not a JSON object."),
        ("[{}]", "this is not a JSON object."),
        ("{}", '"title" is missing.'),
    ],
)
def test_entry_that_is_no_paper_is_named_and_the_rest_is_kept(
    tmp_path: Path, entry: str, reason: str
) -> None:
    expected = ["Auks", f"papers.json, entry 2: {reason}", "Bitterns"]
    assert read(tmp_path, f"[{A}, {entry}, {B}]") == expected
    assert read(tmp_path, f'{{"papers": [{A}, {entry}, {B}]}}') == expected


def test_nan_in_a_record_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "papers.json"
    path.write_text('[{"title": "Auks", "year": NaN, "venue": -Infinity}]')
    assert list(read_papers(path)) == [Paper("auks", "Auks", "")]


def test_of_two_values_of_one_name_the_last_counts(tmp_path: Path) -> None:
    assert read(tmp_path, '[{"title": "Auks", "title": "Bitterns"}]') == ["Bitterns"]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        (f"[{A}, {B}", "entry 3: the JSON ends in the middle; the file is cut off."),
        (f"[{A}, {B},", "entry 3: the JSON ends in the middle; the file is cut off."),
        (f'[{A}, {B}, {{"title": "Cra', "entry 3: the JSON ends in the middle; the file is cut off."),
        (f'[{A}, {B}, {{"title": "Cra\\', "entry 3: the JSON ends in the middle; the file is cut off."),
        (f'{{"papers": [{A}, {B}]', "entry 3: the JSON ends in the middle; the file is cut off."),
        (f"[{A}, {B}, {'[' * 100_000}", "entry 3: the JSON ends in the middle; the file is cut off."),
        (f"[{A}, {B} {C}]", "entry 3: this is not valid JSON."),
        (f"[{A}, {B}]]", "entry 3: this is not valid JSON."),
        (f"[{A}, {B}] and so on", "entry 3: this is not valid JSON."),
    ],
)
def test_what_comes_before_a_fault_that_ends_the_document_is_kept(
    tmp_path: Path, text: str, last: str
) -> None:
    expected = ["Auks", "Bitterns", f"papers.json, {last} Nothing after it was read."]
    assert read(tmp_path, text) == expected


@pytest.mark.parametrize("text", ["]", "{", "[", '{"a"', '{"a" 1}', "hello", '"text"', "12", "{" * 100_000])
def test_document_that_is_none_from_its_beginning_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileError, match=r"papers\.json: (this is not valid JSON|the JSON ends)"):
        read(tmp_path, text)


@pytest.mark.parametrize("text", ["[]", '{"results": [], "meta": {}}'])
def test_empty_list_holds_no_papers(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileError, match="no papers found; it was read as a JSON document"):
        read(tmp_path, text)


def test_entry_that_is_longer_than_any_record_ends_the_reading(tmp_path: Path) -> None:
    text = f'[{A}, {{"title": "{"x" * (LONGEST_LINE * 2)}"}}, {B}]'
    expected = "papers.json, entry 2: this is too long to be a record. Nothing after it was read."
    assert read(tmp_path, text) == ["Auks", expected]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_document_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, '[{"title": "Möwen"}]'.encode(encoding)) == ["Möwen"]


def test_records_are_read_wherever_a_block_of_the_file_ends(tmp_path: Path) -> None:
    for length in range(HEAD - 60, HEAD + 5):
        first = json.dumps({"title": "Auks", "abstract": "x" * (length - 40), "year": 1999})
        assert read(tmp_path, f'[{first}, 17, {{"title": "B\\"]tterns"}}]') == [
            "Auks",
            "papers.json, entry 2: this is not a JSON object.",
            'B"]tterns',
        ]


def test_memory_stays_flat_as_a_document_grows(tmp_path: Path) -> None:
    path = tmp_path / "papers.json"
    record = json.dumps({"title": "Auks", "abstract": "x" * 2000, "year": 1999})
    with path.open("w") as file:
        file.write('{"meta": {"count": 10000}, "results": [')
        file.write(f"{record}, " * 9999)
        file.write(f"{record}]}}")
    tracemalloc.start()
    assert sum(1 for _ in read_papers(path)) == 10_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 20_000_000
    assert peak < 3_000_000


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=10,
)
RECORDS = st.fixed_dictionaries(
    {"title": st.from_regex("[A-Z][a-z]{3,9}", fullmatch=True)}, optional={"x": VALUES}
)


@given(st.lists(RECORDS, min_size=1, max_size=5), st.sampled_from(["list", "object", "lines", "indented"]))
def test_every_document_that_json_writes_is_read_whole(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, object]], kind: str
) -> None:
    text = {
        "list": json.dumps(records),
        "object": json.dumps({"count": len(records), "papers": records}, ensure_ascii=False),
        "lines": "\n".join(map(json.dumps, records)),
        "indented": json.dumps(records, indent=2),
    }[kind]
    titles = read(tmp_path_factory.getbasetemp(), text.encode(errors="replace"))
    assert titles == [record["title"] for record in records]
