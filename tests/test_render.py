"""What an answer looks like as HTML, and that nothing in a paper or a model becomes markup."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from conftest import HERON, make_paper
from fakes import ScriptedModel
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.values import Answer, Citation, Span, Statement
from ui.copied import CITED_FORMATS, plain_words, render_cited, render_copied
from ui.markup import text
from ui.render import render_answer, render_card, render_question

SAID = "HERON hides 60% of a spectrogram and predicts it."
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


def test_answer_has_room_for_its_prose_only_while_it_is_awaited(index: PaperIndex) -> None:
    model = ScriptedModel().enqueue("HERON hides 60% of a spectrogram and predicts it.")
    *growing, last = Assistant(index, model).stream("How is HERON trained?")
    assert all('class="said growing"' in render_answer(state, 0, waiting="Writing") for state in growing)
    assert "growing" not in render_answer(last, 0, waiting="Writing")
    assert "Copy answer" in render_answer(last, 0, waiting="Writing")
    assert "Copy answer" not in render_answer(growing[-1], 0, waiting="Writing")


def test_quotes_that_stand_alone_are_led_to_unless_a_note_says_why(index: PaperIndex) -> None:
    led = '<p class="note">In the words of the papers&#58;</p>'
    model = ScriptedModel().enqueue("It uses a graph.", SAID)
    *growing, dropped = Assistant(index, model).stream("How is HERON trained?")
    assert led in render_answer(dropped, 0)
    assert all(led not in render_answer(state, 0, waiting="Writing") for state in growing)
    assert "In the words" not in render_answer(replace(dropped, note="The model stopped."), 0)
    for question in ("How is HERON trained?", "How does AnimateDiff recognise bird songs?", "Hello!"):
        assert "In the words" not in render_answer(Assistant(index, model).ask(question), 0)
    for question in ("Which papers evaluate on BirdBench?", "How do HERON and EgretNet differ in code?"):
        assert "In the words" not in render_answer(Assistant(index).ask(question), 0)


def test_formula_is_drawn_in_prose_quotes_and_title_and_code_is_code() -> None:
    words = "It runs in $n^2$ with `pip`. More."
    drawn = render_answer(answer_about("The $x$", words, words, [(0, 28)]), 0)
    assert drawn.count("<math>") == 4  # title, prose, quote, abstract
    assert drawn.count("<code>") == 3


def test_card_of_a_paper_names_at_most_thirty_authors() -> None:
    many = make_paper("t", "a", authors=tuple(f"Ada <i>{n}" for n in range(34)), year=2024)
    card = render_card(many, "ref-1")
    assert "Ada <i>29 and 4 more" in visible(card)
    assert "<i>" not in card


def test_copied_answer_is_its_words_with_numbers_and_its_references_with_quotes(index: PaperIndex) -> None:
    model = ScriptedModel().enqueue("HERON hides 60% of a spectrogram and predicts it.")
    answer = Assistant(index, model).ask("How is HERON trained?")
    said, _, references = render_copied(answer).partition("\n\n")
    assert said == "HERON hides 60% of a spectrogram and predicts it. [1]"
    assert references.startswith("1. (2024). **HERON: Masked Training for Bird Songs**")
    for span in answer.citations[0].spans:
        assert f"\n   > {span.quote}\n" in references
    *_, compared = Assistant(index).compare(["HERON", "EgretNet"], ["code"], draft=True)
    assert "| code | Code is available. |" in render_copied(compared)


def test_copied_answer_keeps_formulas_and_loads_nothing_where_it_is_pasted() -> None:
    words = f"It is $x_1 < y$ in `a_b`. {HOSTILE}"
    copied = render_copied(answer_about(HOSTILE, words, words, [(0, len(words))]))
    assert copied.count("It is $x_1 < y$ in `a_b`.") == 2
    tokens = MarkdownIt("commonmark").parse(copied)
    drawn = {child.type for token in tokens for child in token.children or ()}
    assert {token.type for token in tokens} >= {"ordered_list_open", "blockquote_open"}
    drawn |= {token.type for token in tokens}
    assert not drawn & {"image", "link_open", "html_inline", "html_block"}


@given(st.text(alphabet="\\\\<!b>[](x)` ", max_size=30))
def test_no_backslash_sets_a_tag_or_an_image_free(words: str) -> None:
    [_, block, *_] = MarkdownIt("commonmark").parse(f"Said: {plain_words(words)}")
    assert not {child.type for child in block.children or ()} & {"html_inline", "image", "link_open"}


@pytest.mark.parametrize("format", CITED_FORMATS)
def test_entries_of_the_papers_cited_are_without_their_abstracts(index: PaperIndex, format: str) -> None:
    answer = Assistant(index).ask("What accuracy does HERON reach on BirdBench?")
    entries = render_cited(answer, format)
    assert HERON.title in entries.replace("{", "").replace("}", "")
    assert "Labelled bird songs" not in entries
