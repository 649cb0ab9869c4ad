"""What is measured with many users: the line that one after another makes, and a dry run on the CPU."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def users(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    import users

    return users


def test_those_who_stand_in_line_wait_for_all_before_them(users: ModuleType) -> None:
    chats = [users.Chat("", first, total) for first, total in ((1.0, 10.0), (2.0, 20.0), (3.0, 30.0))]
    assert users.waits_in_line(chats) == [1.0, 12.0, 33.0]


def test_shares_are_values_of_the_list(users: ModuleType) -> None:
    assert users.share([3.0, 1.0, 2.0], 0.5) == 2.0
    assert users.share([3.0, 1.0, 2.0], 0.95) == 3.0
    assert users.share([4.0], 0.5) == 4.0


@pytest.mark.timeout(240)
def test_dry_run_on_the_cpu_writes_the_same_texts_for_many_as_for_one() -> None:
    wanted = "--random-like tiny --device cpu --memory 256 --users 1 4 --questions 2 --rounds 1"
    done = subprocess.run(
        [sys.executable, "bench/users.py", *wanted.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [(line[0], line[-1]) for line in lines[-2:]] == [("1", "1/1"), ("4", "4/4")]
