"""What the doctor looks at around paperchat: Python, packages, disks, memory, the port.

In: versions, places and numbers. Out: findings. It imports nothing that it checks.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, version
from pathlib import Path

from index_store.checks.finding import Finding

__all__ = ["check_disks", "check_memory", "check_packages", "check_port", "check_python", "free_memory"]

NAMED = ("gradio", "torch", "transformers")
"""Packages whose versions explain most of what goes wrong."""
LITTLE_DISK, TOO_LITTLE_DISK = 5_000_000_000, 100_000_000
"""Bytes: what weights and their unpacking take, and what a library and its index take to change at all."""


def check_python(here: str, wanted: str) -> Finding:
    """Compare a version of Python with the range that paperchat wants, such as ">=3.11"."""
    from packaging.specifiers import SpecifierSet

    if SpecifierSet(wanted).contains(here, prereleases=True):
        return Finding("python", "ok", f"Python {here}.")
    mend = "Install such a Python, make a new environment with it, and install paperchat there."
    return Finding("python", "broken", f"This is Python {here}; paperchat wants {wanted}.", mend)


def check_packages(paperchat: Distribution) -> Finding:
    """Compare what is installed with what the distribution of paperchat asks for, without its extras."""
    from packaging.requirements import Requirement

    wanted = [Requirement(line) for line in paperchat.requires or []]
    wanted = [each for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]
    here, wrong = dict[str, str](), list[Requirement]()
    for each in wanted:
        try:
            here[each.name] = version(each.name)
        except PackageNotFoundError:
            wrong.append(each)
        else:
            if not each.specifier.contains(here[each.name], prereleases=True):
                wrong.append(each)
    if wrong:
        said = [
            f"{each.name} {here.get(each.name, 'is missing')} (wanted: {each.specifier})" for each in wrong
        ]
        mend = "Run: pip install " + " ".join(f'"{each.name}{each.specifier}"' for each in wrong)
        return Finding("packages", "broken", f"{', '.join(said)}.", mend)
    named = ", ".join(f"{name} {here[name]}" for name in NAMED if name in here)
    return Finding("packages", "ok", f"{len(wanted)} packages are as they should be; {named}.")


def check_disks(places: Iterable[tuple[str, Path]]) -> Iterator[Finding]:
    """Yield how much room there is, once for each disk, where the named folders lie or will lie."""
    disks: dict[int, tuple[list[str], Path]] = {}
    for what, path in places:
        there = next(place for place in (path, *path.absolute().parents) if place.exists())
        disks.setdefault(there.stat().st_dev, ([], there))[0].append(what)
    for whats, there in disks.values():
        free = shutil.disk_usage(there).free
        text = f"{_size(free)} are free at {there}, for {' and '.join(whats)}."
        if free >= LITTLE_DISK:
            yield Finding("disk", "ok", text)
            continue
        mend = "Make room there, or name another place with --library DIR or PAPERCHAT_CACHE."
        yield Finding("disk", "broken" if free < TOO_LITTLE_DISK else "warning", text, mend)


def free_memory() -> int | None:
    """Return the bytes that programs may still take, or None where the system does not tell."""
    with suppress(OSError, StopIteration):  # no Linux, or a very old one
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has none of it, macOS no such name
        return None


def check_memory(free: int, needed: int) -> Finding:
    """Compare the bytes of memory that are free with those that the model needs."""
    text = f"{_size(free)} of memory are free; the model needs about {_size(needed)}."
    if free >= needed:
        return Finding("memory", "ok", text)
    mend = (
        "Close other programs, name a smaller model with --model, or answer in quotes alone with --draft."
    )
    return Finding("memory", "warning", text, mend)


def check_port(host: str, port: int) -> Finding:
    """Try to listen where the chat would."""
    if not port:
        return Finding("port", "ok", "The chat takes any port that is free.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except OSError as error:
            text = (
                f"{host}:{port} cannot be listened on ({error.strerror}): perhaps a chat is running there."
            )
            mend = "Choose another port with --port N, or end what uses it."
            return Finding("port", "warning", text, mend)
    return Finding("port", "ok", f"{host}:{port} is free for the chat.")


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
