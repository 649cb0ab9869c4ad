"""What an answer looks like as HTML, and that nothing in a paper or a model becomes markup."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from conftest import HERON, make_paper
from fakes import ScriptedModel
from hypothesis import given
from hypothesis import strategies as st

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.values import Answer, Citation, Span, Statement
from ui.markup import text
from ui.render import render_answer, render_question

HOSTILE = (
    "<img src=x onerror=alert(1)> </p><script>alert(1)</script> "
    "![x](http://e.org/a.png) [a](javascript:1) $x$"
)


def answer_about(title: str, abstract: str, said: str, quotes: list[tuple[int, int]]) -> Answer:
    paper = make_paper(title, abstract, url="javascript:alert(1)")
    citation = Citation(1, paper, tuple(Span(paper, *quote) for quote in quotes))
    return Answer(
        "q", "q", "answer", statements=(Statement(said, (1,), "supported"),), citations=(citation,)
    )


def visible(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def test_hostile_words_are_shown_and_never_run() -> None:
    drawn = render_answer(answer_about(HOSTILE, HOSTILE * 3, HOSTILE, [(0, 20)]), 0)
    assert "<img" not in drawn
    assert "<script" not in drawn
    assert "javascript:" not in re.sub(r">[^<]*<", "><", drawn)
    assert "![" not in drawn
    assert "](" not in drawn
    assert "<img src=x onerror=alert(1)>" in visible(drawn)


@given(st.text(max_size=200))
def test_any_text_is_seen_as_it_is(words: str) -> None:
    drawn = text(words)
    assert not set("<>`*[]$\n") & set(drawn)
    assert re.sub(r"&#(\d+);", lambda sign: chr(int(sign[1])), drawn) == " ".join(words.split())


@given(st.text(max_size=100), st.text(max_size=300))
def test_answer_is_one_line_so_that_markdown_leaves_it_alone(said: str, abstract: str) -> None:
    drawn = render_answer(answer_about("t", abstract, said, [(0, len(abstract) // 2)]), 0)
    assert "\n" not in drawn
    assert "\n" not in render_question(said)


def test_quoted_words_are_marked_in_the_abstract(index: PaperIndex) -> None:
    answer = Assistant(index).ask("What accuracy does HERON reach on BirdBench?")
    drawn = render_answer(answer, 3)
    marks = " ".join(re.findall(r"<mark>(.*?)</mark>", drawn))
    marked = html.unescape(re.sub(r"<[^>]*>", "", marks))
    for span in answer.citations[0].spans:
        assert span.quote in marked
    assert HERON.abstract in " ".join(visible(drawn).split())


def test_every_mark_leads_to_a_reference_of_its_own_turn(index: PaperIndex) -> None:
    model = ScriptedModel().enqueue("HERON hides 60% of a spectrogram and predicts it.")
    drawn = render_answer(Assistant(index, model).ask("How is HERON trained?"), 7)
    targets = re.findall(r'href="#([^"]+)"', drawn)
    assert targets
    assert set(targets) <= set(re.findall(r'id="(ref-7-\d+)"', drawn))


def test_quotes_that_touch_are_marked_as_one() -> None:
    drawn = render_answer(answer_about("t", "One two. Three four. Five.", "x", [(0, 8), (9, 20)]), 0)
    assert drawn.count("<mark>") == 1


def test_sentence_that_is_being_written_is_told_apart() -> None:
    answer = replace(answer_about("t", "Some words.", "Done.", [(0, 4)]), tentative="Not yet")
    assert '<span class="tentative">Not yet</span>' in render_answer(answer, 0)


def test_standalone_question_is_shown_when_it_differs() -> None:
    answer = answer_about("t", "Some words.", "Done.", [(0, 4)])
    assert "Searched for" not in render_answer(answer, 0)
    assert "Searched for: q about t" in visible(
        render_answer(replace(answer, standalone_question="q about t"), 0)
    )


def test_http_link_of_a_paper_is_a_link() -> None:
    answer = Answer("q", "q", "answer", citations=(Citation(1, HERON, (Span(HERON, 0, 5),)),))
    assert 'href="https://example.org/heron"' in html.unescape(render_answer(answer, 0))


def test_nothing_is_waited_for_once_an_answer_is_complete(index: PaperIndex) -> None:
    first, *_, last = Assistant(index).stream("How is HERON trained?")
    assert "Writing" in render_answer(first, 0, waiting="Writing")
    assert "Writing" not in render_answer(last, 0, waiting="Writing")
    assert "Writing" not in render_answer(Assistant(index).ask("hello"), 0, waiting="Writing")
