"""The files of a conversation: Markdown for people, and formats that other programs can read."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import bibtexparser
import rispy
from conftest import EGRET, HERON, TIDE, make_paper
from fakes import ScriptedModel

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.values import Answer
from ui.conversation_files import FILES, cited_papers, render_conversation, write_files

HOSTILE = "What does <b>HERON</b> do? [x](http://e.org) `a` *b* # | $x$"


def conversation(index: PaperIndex) -> list[Answer]:
    model = ScriptedModel().enqueue("HERON hides 60% of a spectrogram.", " ", " ", "It uses a graph.")
    assistant = Assistant(index, model)
    asked = (
        "How is HERON trained?",
        "How do HERON and EgretNet differ in code?",
        "What is TideCast about?",
        "How does AnimateDiff recognise bird songs?",
    )
    return [assistant.ask(question) for question in asked]


def test_papers_are_in_every_format_once_and_in_the_order_of_their_first_citation(
    index: PaperIndex, tmp_path: Path
) -> None:
    answers = conversation(index)
    assert cited_papers(answers) == [HERON, EGRET, TIDE]
    files = write_files(answers, tmp_path)
    titles = [paper.title for paper in (HERON, EGRET, TIDE)]
    bibtex = bibtexparser.parse_file(str(files["bibtex"]))
    assert [entry["title"].replace("{", "").replace("}", "") for entry in bibtex.entries] == titles
    ris = rispy.loads(files["ris"].read_text(encoding="utf-8"))
    assert [entry["title"] for entry in ris] == titles
    csl = json.loads(files["csl"].read_text(encoding="utf-8"))
    assert [entry["title"] for entry in csl] == titles


def test_markdown_has_questions_prose_quotes_tables_and_refusals(index: PaperIndex) -> None:
    text = render_conversation(conversation(index))
    assert "## How is HERON trained?\n\nHERON hides 60% of a spectrogram. [1]\n" in text
    assert "  > We present HERON, an encoder that is trained by hiding 60%" in text
    assert "| code | Code is available. | not stated in the abstract |" in text
    assert "- [1] **TideCast: Forecasting" in text
    assert text.count("## ") == 4
    assert "AnimateDiff" in text.partition("## How does AnimateDiff")[2]


def test_nothing_that_was_asked_becomes_markup(index: PaperIndex) -> None:
    text = render_conversation([Assistant(index).ask(HOSTILE)])
    assert "<b>" not in text
    assert "\\[x\\](http:\\//e.org) \\`a\\` \\*b\\* \\# \\| \\$x\\$" in text


def test_files_lie_where_nobody_guesses_and_only_their_owner_reads(
    index: PaperIndex, tmp_path: Path
) -> None:
    first, second = (write_files([Answer("q", "q", "answer")], tmp_path) for _ in range(2))
    assert [path.name for path in first.values()] == [name for name, _ in FILES.values()]
    assert first["markdown"].parent != second["markdown"].parent
    assert len(first["markdown"].parent.name) == 32
    assert stat.S_IMODE(first["markdown"].parent.stat().st_mode) == 0o700


def test_title_with_markup_stands_in_the_markdown_as_it_is(tmp_path: Path, index: PaperIndex) -> None:
    index.add([make_paper("PWN <img src=x>: *Attacks*", "PWN <script> steals 99% of [cookies](x).")])
    text = render_conversation([Assistant(index).ask("What does PWN steal?")])
    assert "<img" not in text and "<script" not in text
    assert "\\*Attacks\\*" in text
