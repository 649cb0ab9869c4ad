"""The files of a conversation: Markdown for people, and formats that other programs can read."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import replace
from pathlib import Path

import bibtexparser
import rispy
from conftest import EGRET, HERON, TIDE, make_paper
from fakes import ScriptedModel
from markdown_it import MarkdownIt

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.values import Answer, Citation, Span, Statement
from ui.conversation_files import FILES, cited_papers, render_conversation, write_files
from ui.copied import render_copied

HOSTILE = "What does <b>HERON</b> do in R&D? [x](http://e.org) ![x](http://e.org/x.png) \\<i> $x_1$"


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
    assert "   > We present HERON, an encoder that is trained by hiding 60%" in text
    assert "| code | Code is available. | not stated in the abstract |" in text
    assert "1. **TideCast: Forecasting" in text
    assert text.count("## ") == 4
    assert "AnimateDiff" in text.partition("## How does AnimateDiff")[2]


def test_question_stands_in_the_markdown_as_it_was_asked_and_loads_nothing(index: PaperIndex) -> None:
    asked = replace(Assistant(index).ask(HOSTILE), standalone_question=f"{HOSTILE} & more", note=HOSTILE)
    text = render_conversation([asked])
    tokens = MarkdownIt("commonmark").parse(text)
    drawn = {child.type for token in tokens for child in token.children or ()}
    drawn |= {token.type for token in tokens}
    assert not drawn & {"image", "html_inline", "html_block"}
    assert "href" not in MarkdownIt("commonmark").render(text.partition("\n1. ")[0])
    heading = next(token for token in tokens if token.type == "inline" and "R&D" in token.content)
    shown = "".join(child.content for child in heading.children or ())
    assert (
        shown == "What does <b>HERON</b> do in R&D? [x](http://e.org) ![x](http://e.org/x.png) \\<i> $x_1$"
    )
    assert "R&D" in text and "&amp;" not in text and "$x_1$" in text


def test_turn_is_what_its_answer_copies_as_with_its_formulas() -> None:
    paper = make_paper("The $n^2$ Bird", "It runs in $n^2 < m$ with `pip`.")
    said = Statement("It runs in $n^2 < m$.", (1,), "supported")
    answer = Answer(
        "How fast?", "How fast?", "answer", statements=(said,),
        citations=(Citation(1, paper, (Span(paper, 0, 32),)),), stage="complete", note="Some are left out.",
    )  # fmt: skip
    turn = render_conversation([answer]).partition("## How fast?\n\n")[2]
    assert turn == f"{render_copied(answer).rstrip()}\n\nNote: Some are left out.\n"
    assert turn.count("$n^2 < m$") == 2


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
    assert not re.search(r"(?<!\\)<(img|script)", text)
    assert "\\*Attacks\\*" in text
