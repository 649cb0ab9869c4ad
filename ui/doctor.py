"""The doctor: checks everything that commonly goes wrong, and says how to mend it.

In: options of the command line. Out: findings, as lines or as JSON. It changes and fetches nothing. How a
library or weights are checked is not known here.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from rich.console import Console
from rich.text import Text

from index_store.checks.finding import Finding
from index_store.errors import PaperchatError
from ui.doctor_machine import (
    check_disks,
    check_memory,
    check_packages,
    check_port,
    check_python,
    free_memory,
)
from ui.doctor_weights import check_device, check_embedder, check_model, check_offline, memory_needed
from ui.printing import print_json
from ui.settings import SAMPLE, Settings, read_settings, settings_file
from ui.wiring import library_folder

__all__ = ["examine", "run_doctor"]

SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "broken": ("✗", "bold red")}


def run_doctor(*, as_json: bool, **options: str | int | None) -> bool:
    """Print what `examine` finds, and return whether nothing is broken."""
    findings: list[Finding] = []
    console = Console(highlight=False, soft_wrap=True)
    for found in examine(**options):
        findings.append(found)
        if not as_json:
            _print_finding(console, found)
    broken = sum(found.state == "broken" for found in findings)
    if as_json:
        print_json({"findings": [asdict(found) for found in findings], "broken": broken})
    else:
        warnings = sum(found.state == "warning" for found in findings)
        console.print(f"{broken} broken, {warnings} to look at, {len(findings)} checked")
    return not broken


def _print_finding(console: Console, found: Finding) -> None:
    sign, style = SIGNS[found.state]
    if not console.encoding.startswith("utf"):
        sign = found.state
    console.print(Text.assemble((sign, style), " ", (found.name, "bold"), "  ", found.text))
    if found.mend:
        console.print(Text(f"    {found.mend}", style="dim"))


def examine(**options: str | int | None) -> Iterator[Finding]:
    """Yield a finding for each check, as it is done: settings first, for the others depend on them."""
    settings, found = _read(options)
    yield found
    weights: list[Finding] = []

    def check_weights() -> Iterator[Finding]:
        for check in (check_embedder, check_model):
            weights.append(check(settings))
            yield weights[-1]
        yield check_offline(weights)

    checks: dict[str, Callable[[], Iterable[Finding]]] = {
        "packages": _check_installation,
        "weights": check_weights,
        "device": lambda: [check_device(settings)],
        "library": lambda: _check_library(settings),
        "machine": lambda: _check_machine(settings),
    }
    for name, check in checks.items():
        try:
            yield from check()
        except ImportError as error:
            text = f"This cannot be checked, for a package is missing or damaged: {error}."
            yield Finding(name, "broken", text, "Install paperchat again, into a new environment.")


def _read(options: dict[str, str | int | None]) -> tuple[Settings, Finding]:
    """Return the settings and how they stand; those that cannot be read give way to the defaults."""
    path = settings_file()
    try:
        settings = read_settings(**options)
    except (PaperchatError, OSError) as error:
        chosen: dict[str, Any] = {name: value for name, value in options.items() if isinstance(value, str)}
        text = f"{' '.join(str(error).split())} The rest is checked with the defaults."
        mend = f"Correct {path}, the PAPERCHAT_ variable, or the option."
        return Settings.model_construct(**chosen), Finding("settings", "broken", text, mend)
    text = f"{path} is read." if path.exists() else f"There is no {path}; the defaults are used."
    return settings, Finding("settings", "ok", text)


def _check_installation() -> Iterator[Finding]:
    try:
        paperchat = distribution("paperchat")
    except PackageNotFoundError:
        text = "paperchat is run from its folder and not installed, so its packages cannot be compared."
        yield Finding("packages", "warning", text, "Run in that folder: pip install -e .")
        return
    yield check_python(platform.python_version(), paperchat.metadata["Requires-Python"])
    yield check_packages(paperchat)


def _check_library(settings: Settings) -> Iterator[Finding]:
    from index_store.checks import check_library

    folder = library_folder(settings)
    if settings.library == SAMPLE and not folder.exists():
        yield Finding(
            "library", "ok", f"The sample library is made in {folder} when it is first asked for."
        )
        return
    for found in check_library(folder, embedder=settings.embedder):
        if settings.library == SAMPLE and found.state == "broken":
            mend = f"Remove {folder}; it is made again when it is next asked for."
            yield replace(found, mend=mend)
        else:
            yield found


def _check_machine(settings: Settings) -> Iterator[Finding]:
    yield from check_disks([("the library", library_folder(settings)), ("the cache", settings.cache)])
    free = free_memory()
    if free is not None:
        yield check_memory(free, memory_needed(settings))
    yield check_port(settings.host, settings.port)
