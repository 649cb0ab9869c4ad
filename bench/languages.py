"""Measures in which language questions are taken to be: foreign ones, and English that must not be foreign.

    python bench/languages.py [PAPERS]

The foreign ones are those of foreign_questions.jsonl. With a file of PAPERS every title of it, and "What is
X?" for what stands before the colon of a title, counts as English; what is taken for another language is
printed, for a few titles may well be in one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

QUESTIONS = Path(__file__).with_name("foreign_questions.jsonl")


def mistaken(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield each text that is taken for another language than its own, with both: its own first."""
    from rag.linking.languages import language_of

    for text, language in texts:
        if (found := language_of(text)) != language:
            yield text, language, found


def read_foreign() -> list[tuple[str, str]]:
    """Return the foreign questions, each with its language."""
    rows = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    return [(row["question"], row["language"]) for row in rows]


def english_of(titles: Iterable[str]) -> list[tuple[str, str]]:
    """Return titles, and questions that are asked with what stands before their colon, as English."""
    asked = [text for title in titles for text in (title, f"What is {title.partition(':')[0]}?")]
    return [(text, "English") for text in asked]


def render_mistaken(what: str, texts: list[tuple[str, str]]) -> str:
    """Return how many texts are taken for what they are, and a line for each of the others."""
    wrong = list(mistaken(texts))
    lines = [f"{what}: {len(texts) - len(wrong)} of {len(texts)}"]
    return "\n".join(lines + [f"  {found}, not {language}: {text}" for text, language, found in wrong])


def main() -> None:
    from bench.comparisons import read_library

    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("papers", type=Path, nargs="?")
    chosen = options.parse_args()
    print(render_mistaken("foreign questions", read_foreign()))
    if chosen.papers:
        titles = [paper.title for paper in read_library(chosen.papers)]
        print(render_mistaken("English titles, and questions with them", english_of(titles)))


if __name__ == "__main__":
    main()
