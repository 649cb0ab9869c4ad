"""Memory that was freed in small pieces goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import ctypes
from pathlib import Path
from index_store.memory import give_back

def resident():
    [line] = [l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmRSS")]
    return int(line.split()[1])

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
pieces = [libc.malloc(1000) for _ in range(300_000)]
for piece in pieces:
    ctypes.memset(piece, 1, 1000)
for piece in pieces[:-1]:  # the last one keeps the heap from shrinking by itself
    libc.free(ctypes.c_void_p(piece))
before = resident()
assert give_back()
print(before - resident())
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="only glibc keeps memory and can be told to give it back"
)
def test_freed_memory_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 150_000  # kilobytes
