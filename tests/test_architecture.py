"""The rules of the house, held by tests: who may import whom, what is loaded when, what is public."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("index_store", "rag", "ui")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
HEAVY = {"torch", "transformers", "gradio", "chromadb", "llama_index", "bm25s", "nltk", "numpy", "pandas"}
HEAVY |= {"pydantic_settings", "httpx"}  # Typer itself looks at pydantic


def dotted(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def test_imports_go_down_only() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["serve", "--help"]])
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    program = (
        "import sys, atexit; from ui.cli import app\n"
        "try: app(sys.argv[1:])\n"
        "finally: print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "Usage" in done.stdout
    loaded = set(done.stdout.partition("LOADED")[2].split())
    assert "typer" in loaded
    assert not loaded & HEAVY


def test_nothing_below_ui_reads_the_environment() -> None:
    for path in MODULES:
        if path.is_relative_to(ROOT / "ui"):
            continue
        source = path.read_text(encoding="utf-8")
        assert "environ" not in source and "getenv" not in source, path


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_modules_are_short_and_say_what_is_public(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 300
    tree = ast.parse(source)
    assert ast.get_docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name
            keyword_only = node.args.kwonlyargs
            assert len(node.args.args) + len(keyword_only) <= 8, node.name


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_everything_in_all_exists(path: Path) -> None:
    module = importlib.import_module(dotted(path))
    names = getattr(module, "__all__", [])
    assert len(set(names)) == len(names)
    for name in names:
        assert hasattr(module, name)
