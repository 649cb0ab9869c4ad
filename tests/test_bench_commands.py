"""The commands of the benchmarks: each is typed at the root of the repository, in the same way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BENCHMARKS = sorted(
    path for path in (ROOT / "bench").glob("*.py") if "__main__" in path.read_text(encoding="utf-8")
)
TOLD = [ROOT / "docs" / "performance.md", ROOT / "docs" / "quality-log.md"]


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_benchmark_begins_with_its_command(path: Path) -> None:
    said = path.read_text(encoding="utf-8").split('"""')[1].split("\n\n")[1].splitlines()
    commands = [line for line in said if not line.startswith("    pip install -e ")]
    assert commands and all(line.startswith(f"    python bench/{path.name} ") for line in commands)


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.stem)
def test_commands_of_the_docs_are_of_benchmarks_that_there_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    commands = re.findall(r"^.*python bench/.*$", text, re.M)
    assert len(commands) > 5 and "PYTHONPATH" not in text
    names = {match for line in commands for match in re.findall(r"python bench/(\w+\.py)", line)}
    assert names <= {path.name for path in BENCHMARKS}
