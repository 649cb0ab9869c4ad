"""The sample library: the papers of the saved page, in words of our own that keep every number."""

from __future__ import annotations

import re
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from index_store.readers import read_papers
from index_store.values import Paper

SEED = Path(__file__).parents[2] / "shared" / "seeds" / "papers_page.txt"
needs_page = pytest.mark.skipif(not SEED.exists(), reason="the saved page lies outside of the repository")
NOT_STATED = re.compile(r"https?:\S+|www\.\S+|~\w+")
"""Addresses, and the keys of works cited, such as `~zhu2023minigpt`."""
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
RUN = 12


def papers_of(path: Path) -> list[Paper]:
    return [item for item in read_papers(path) if isinstance(item, Paper)]


@pytest.fixture(scope="module")
def sample() -> list[Paper]:
    with as_file(files("index_store") / "sample" / "papers.jsonl") as path:
        items = list(read_papers(path))
    assert all(isinstance(item, Paper) for item in items)
    return [item for item in items if isinstance(item, Paper)]


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(NOT_STATED.sub("", text)))


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def test_sample_holds_78_papers_of_80_to_160_words(sample: list[Paper]) -> None:
    assert len(sample) == len({paper.id for paper in sample}) == 78
    lengths = {paper.title: len(paper.abstract.split()) for paper in sample}
    assert {title: n for title, n in lengths.items() if not 80 <= n <= 160} == {}


@needs_page
def test_titles_are_those_of_the_page(sample: list[Paper]) -> None:
    assert [paper.title for paper in sample] == [paper.title for paper in papers_of(SEED)]


@needs_page
def test_no_summary_repeats_twelve_words_of_the_page(sample: list[Paper]) -> None:
    page = runs(SEED.read_text(encoding="utf-8"))
    assert len(page) > 1000
    assert {paper.title: found for paper in sample if (found := runs(paper.abstract) & page)} == {}


@needs_page
def test_every_number_of_an_abstract_is_in_its_summary(sample: list[Paper]) -> None:
    summaries = {paper.title: numbers(paper.abstract) for paper in sample}
    page = papers_of(SEED)
    assert sum(len(numbers(paper.abstract)) for paper in page) > 50
    missing = {p.title: lost for p in page if (lost := numbers(p.abstract) - summaries[p.title])}
    assert missing == {}
