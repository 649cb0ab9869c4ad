"""Which model is recommended to which machine, from given values, with the boundaries in between."""

from __future__ import annotations

import json
import os

import pytest

from rag.models.model_weights import DEFAULT_MODEL, MODELS
from rag.models.streamed_model import Device
from rag.models.transformers_model import choose_device
from ui.hardware import describe_hardware, find_hardware
from ui.hub_models import is_hub_name
from ui.model_list import print_models, recommended_object
from ui.recommended_models import MODELS_BY_NEED, SHARE, Hardware, memory_needed, recommend
from ui.settings import Settings

GB = 10**9
GIB = 2**30
SMALL = "qwen2.5-coder-0.5b-instruct"
FOUR, SEVEN = "Qwen/Qwen3-4B-Instruct-2507", "Qwen/Qwen2.5-7B-Instruct"
FOURTEEN, THIRTY = "Qwen/Qwen2.5-14B-Instruct", "Qwen/Qwen3-30B-A3B-Instruct-2507"


def machine(device: str, size: float, dtype: str = "bfloat16") -> Hardware:
    if device == "cpu":
        return Hardware("cpu", dtype, 2, int(size))
    return Hardware(device, dtype, 8, 64 * GB, "a GPU", int(size))


def name_for(hardware: Hardware) -> str | None:
    found = recommend(hardware)
    return found and found.name


@pytest.mark.parametrize(
    ("device", "size", "name"),
    [
        ("cpu", 2 * GB, None),
        ("cpu", 4 * GIB, SMALL),
        ("cpu", 8 * GIB, DEFAULT_MODEL),
        ("cpu", 512 * GB, DEFAULT_MODEL),
        ("mps", 5.7 * GB, None),
        ("mps", 10.7 * GB, DEFAULT_MODEL),
        ("mps", 17.2 * GB, FOUR),
        ("mps", 120 * GB, SEVEN),
        ("cuda", 4 * GIB, None),
        ("cuda", 8 * GB, DEFAULT_MODEL),
        ("cuda", 15.8 * GB, FOUR),
        ("cuda", 24 * GB, SEVEN),
        ("cuda", 47.7 * GB, FOURTEEN),
        ("cuda", 79 * GIB, THIRTY),
        ("cuda", 140 * GIB, THIRTY),
    ],
)
def test_machine_gets_the_largest_model_that_suits_it(device: str, size: float, name: str | None) -> None:
    assert name_for(machine(device, size)) == name


@pytest.mark.parametrize("device", sorted(SHARE))
def test_each_model_is_recommended_from_the_very_byte_on_at_which_it_fits(device: str) -> None:
    suiting = [model for model in MODELS_BY_NEED if device in model.devices]
    before = None
    for model in suiting:
        size = next(
            size
            for size in range(int(memory_needed(model, "bfloat16") / SHARE[device]) - 2, 10**12)
            if SHARE[device] * size >= memory_needed(model, "bfloat16")
        )
        assert name_for(machine(device, size)) == model.name
        assert name_for(machine(device, size - 1)) == before
        before = model.name


def test_memory_is_two_bytes_for_each_number_and_four_where_bf16_is_slow() -> None:
    four = next(model for model in MODELS_BY_NEED if model.name == FOUR)
    # 8.04 GB of weights, 147,456 bytes for each of 16,384 tokens, 1.5 GB beside
    assert memory_needed(four, "bfloat16") == 8_044_000_000 + 147_456 * 16_384 + 1_500_000_000
    assert memory_needed(four, "int8") == memory_needed(four, "bfloat16")  # of which it is made
    assert name_for(machine("cpu", 8 * GIB)) == DEFAULT_MODEL
    assert name_for(machine("cpu", 8 * GIB, "float32")) == SMALL


def test_memory_that_cannot_be_told_gets_no_recommendation() -> None:
    assert recommend(Hardware("cpu", "bfloat16", 2, None)) is None
    assert recommend(Hardware("cuda", "float16", 2, 64 * GB, "a GPU", None)) is None


def test_table_grows_and_names_only_what_model_takes() -> None:
    needs = [memory_needed(model, "bfloat16") for model in MODELS_BY_NEED]
    assert needs == sorted(needs)
    for model in MODELS_BY_NEED:
        assert model.name in MODELS or is_hub_name(model.name)
        assert model.licence == "Apache-2.0"
        assert set(model.devices) <= set(SHARE)
        if model.name in MODELS:  # unpacked it is as large as it says
            assert 2 * model.parameters == pytest.approx(MODELS[model.name].converted_size, rel=0.05)


def test_advice_is_a_command_and_says_when_it_is_followed_already() -> None:
    advice = recommended_object(machine("cuda", 24 * GB), chosen=DEFAULT_MODEL)
    assert advice
    assert (advice["name"], advice["licence"], advice["chosen"]) == (SEVEN, "Apache-2.0", False)
    assert advice["command"] == f"paperchat serve --model {SEVEN}"
    assert 17 * GB < advice["memory_bytes"] < 19 * GB
    followed = recommended_object(machine("cuda", 24 * GB), chosen=SEVEN)
    assert followed and followed["chosen"] is True
    assert recommended_object(machine("cpu", GB), chosen=SEVEN) is None


def test_hardware_is_looked_at_and_put_into_words() -> None:
    found = find_hardware(Device("cpu", "float32"))
    assert (found.device, found.dtype, found.gpu) == ("cpu", "float32", "")
    assert 1 <= found.cores <= (os.cpu_count() or 1)
    assert found.memory and found.memory > GB / 2
    assert describe_hardware(Hardware("cpu", "float32", 1, 8 * GB)) == (
        "This machine has 1 core, 8.0 GB of memory and no GPU that can be used."
    )
    assert describe_hardware(Hardware("cuda", "bfloat16", 16, None, "NVIDIA L4", 24 * GB)) == (
        "This machine has 16 cores, memory of unknown size and NVIDIA L4 with 24.0 GB."
    )


def test_list_of_models_has_the_recommendation(capsys: pytest.CaptureFixture[str]) -> None:
    expected = recommended_object(find_hardware(choose_device()), chosen=DEFAULT_MODEL)
    print_models(Settings(), as_json=True)
    listed = json.loads(capsys.readouterr().out)
    assert listed["recommended"] == expected
    assert listed["hardware"]["cores"] >= 1
    print_models(Settings(), as_json=False)
    printed = capsys.readouterr().out
    assert "This machine has " in printed
    assert (expected["name"] if expected else "--draft") in printed.splitlines()[-1]
