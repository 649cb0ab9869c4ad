"""A conversation in a real browser: kept, edited, asked again, judged, exported, and waited for in line."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from browsing import IN_A_BROWSER, SAID, STORED, Window, ask, finished, kept_anew, open_page, page_over
from conftest import EGRET, HERON, PAPERS
from fakes import HashingEmbedding, ScriptedModel
from playwright.sync_api import Browser, Page, expect
from serving import listen, port_of, serving

from index_store.paper_index import PaperIndex
from ui.access import Access
from ui.keeping import Keeping
from ui.kept import MOST_TURNS
from ui.model_loader import ModelLoader
from ui.serving import build_app

pytestmark = IN_A_BROWSER
USES = "EgretNet uses convolutions only."
COUNTS = "It has 12 million parameters."
ASKED_WITHOUT_OPTIONS = """() =>
  document.querySelectorAll("#chat .question").length === 2 && !document.querySelector("#chat .option")"""
QUESTION_IS_IN_THE_UPPER_HALF = """() => {
  const [chat, question] = ["#chat", "#chat .question"].map(
    (place) => [...document.querySelectorAll(place)].at(-1).getBoundingClientRect());
  return chat.top <= question.top && question.top < chat.top + chat.height / 2;
}"""


@pytest.fixture
def opinions(tmp_path: Path) -> Path:
    return tmp_path / "feedback.jsonl"


@pytest.fixture
def keeping(opinions: Path) -> Keeping:
    return Keeping("a secret", "a library", opinions)


@pytest.fixture
def address(index: PaperIndex, loader: ModelLoader, keeping: Keeping, window: Window) -> Iterator[str]:
    app = build_app(index, loader, library="test", keeping=keeping)
    with serving(app, on=window.door.dup()) as address:
        yield address


def asked(page: Page) -> list[str]:
    return page.locator("#chat .question").all_inner_texts()


def answered(page: Page, question: str, words: str) -> None:
    """Ask, and wait until the answer is there and the next question can be asked."""
    ask(page, question)
    expect(page.locator(".answer").last).to_contain_text(words)
    finished(page)


def reopen(page: Page, answers: int) -> None:
    page.reload()
    expect(page.locator("#ask textarea")).to_be_visible()
    expect(page.locator("#chat .answer")).to_have_count(answers)


def test_conversation_outlives_a_reload_and_follow_ups_go_on(page: Page, model: ScriptedModel) -> None:
    model.enqueue(USES, SAID, COUNTS)
    answered(page, "What does EgretNet use?", "convolutions only")
    drawn = page.locator("#chat .answer").inner_html()
    reopen(page, 1)
    assert page.locator("#chat .answer").inner_html() == drawn
    ask(page, "How many parameters does it have?")
    expect(page.locator(".answer .searched")).to_contain_text("EgretNet")
    finished(page)
    reopen(page, 2)
    with kept_anew(page):
        page.locator("#fresh").click()
    expect(page.locator("#chat .welcome")).to_be_visible()
    reopen(page, 0)
    expect(page.locator("#chat .welcome")).to_be_visible()


@contextmanager
def restarted(
    browser: Browser, index: PaperIndex, loader: ModelLoader, keeping: Keeping, *, lost: Sequence[str] = ()
) -> Iterator[Page]:
    """A page with two turns, whose server was stopped, has lost papers, and runs again at its address."""
    context = browser.new_context()
    page = context.new_page()
    with serving(build_app(index, loader, library="test", keeping=keeping)) as address:
        open_page(page, address)
        answered(page, "How is HERON trained?", "HERON hides 60%")
        answered(page, "What does EgretNet use?", "convolutions only")
    index.remove(lost)
    app = build_app(index, loader, library="test", keeping=keeping)
    with serving(app, on=listen(port_of(address))):
        yield page
    context.close()


def test_conversation_outlives_a_restart_and_shows_what_the_library_has_lost(
    browser: Browser, index: PaperIndex, loader: ModelLoader, model: ScriptedModel, keeping: Keeping
) -> None:
    model.enqueue(SAID, USES, COUNTS)
    with restarted(browser, index, loader, keeping, lost=[HERON.id]) as page:
        reopen(page, 2)
        first, last = page.locator(".answer").first, page.locator(".answer").last
        expect(first).to_contain_text("HERON hides 60%")
        expect(first.locator(".note")).to_contain_text("no longer in the library")
        expect(last.locator("blockquote").first).to_be_visible()
        assert last.locator(".note").count() == 0
        assert first.locator(".ref").count() == 0
        answered(page, "How many parameters does it have?", "12 million")


def test_page_that_stays_open_over_a_restart_goes_on_with_its_conversation(
    browser: Browser, index: PaperIndex, loader: ModelLoader, model: ScriptedModel, keeping: Keeping
) -> None:
    model.enqueue(SAID, USES, COUNTS)
    with restarted(browser, index, loader, keeping) as page:
        answered(page, "How many parameters does it have?", "12 million")
        assert asked(page)[:2] == ["How is HERON trained?", "What does EgretNet use?"]
        expect(page.locator(".answer .searched").last).to_contain_text("EgretNet")
        reopen(page, 3)


def test_two_people_keep_nothing_of_each_other_and_foreign_data_is_ignored(
    browser: Browser, address: str, model: ScriptedModel
) -> None:
    contexts = [browser.new_context(), browser.new_context()]
    first, second = (open_page(context.new_page(), address) for context in contexts)
    model.enqueue(SAID, USES)
    answered(first, "How is HERON trained?", "HERON hides")
    answered(second, "What does EgretNet use?", "convolutions only")
    reopen(first, 1)
    reopen(second, 1)
    assert "convolutions" not in first.locator("#chat").inner_text()
    assert "HERON hides" not in second.locator("#chat").inner_text()
    [[name, kept]] = first.evaluate(STORED)
    assert kept != second.evaluate(STORED)[0][1]
    first.evaluate("name => localStorage.setItem(name, 'Zm9vZm9vZm9vZm9vZm9v:rubbish')", name)
    reopen(first, 0)
    model.enqueue(SAID)
    answered(first, "How is HERON trained?", "HERON hides")
    for context in contexts:
        context.close()


def test_edited_question_is_asked_in_its_place_and_the_last_one_again(
    page: Page, model: ScriptedModel
) -> None:
    model.enqueue(SAID, USES, COUNTS, "EgretNet has 12 million parameters.")
    answered(page, "How is <HERON> *trained* & why?", "HERON hides")
    answered(page, "What does EgretNet use?", "convolutions only")
    page.get_by_role("button", name="Edit").first.click()
    box = page.locator("textarea.edit-textarea")
    expect(box).to_be_focused()
    assert box.input_value() == "How is <HERON> *trained* & why?"
    box.press("Escape")
    expect(box).to_have_count(0)
    assert len(asked(page)) == 2
    page.get_by_role("button", name="Edit").first.click()
    box.fill("How many parameters <img src=x onerror=window.pwned=1> does EgretNet have?")
    box.press("Enter")
    expect(page.locator(".answer")).to_have_count(1)
    expect(page.locator(".answer")).to_contain_text("12 million")
    finished(page)
    assert asked(page) == ["How many parameters <img src=x onerror=window.pwned=1> does EgretNet have?"]
    assert page.locator(".question img").count() == 0 and page.evaluate("window.pwned") is None
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".answer .prose")).to_contain_text("EgretNet has 12 million")
    finished(page)
    assert len(model.history) == 4
    reopen(page, 1)
    assert len(asked(page)) == 1


def test_answer_that_was_stopped_is_kept_and_its_question_is_asked_again(
    page: Page, model: ScriptedModel
) -> None:
    model.delay = 0.1
    model.enqueue(SAID * 30, USES)
    ask(page, "How is HERON trained?")
    expect(page.locator(".answer .tentative")).to_be_visible()
    page.locator("#stop").click()
    expect(page.locator(".answer .note")).to_have_text("Stopped before the end.")
    finished(page)
    reopen(page, 1)
    expect(page.locator(".answer .note")).to_have_text("Stopped before the end.")
    expect(page.locator(".answer blockquote").first).to_contain_text("hiding 60%")
    model.delay = 0
    answered(page, "What does EgretNet use?", "convolutions only")


def test_question_that_was_stopped_before_any_answer_goes_back_into_the_box(
    window: Window, loader: ModelLoader, model: ScriptedModel, tmp_path: Path
) -> None:
    is_searching, may_search = threading.Event(), threading.Event()

    class Held(HashingEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            is_searching.set()
            may_search.wait(20)
            return super()._get_query_embedding(query)

    with PaperIndex(tmp_path / "library", Held()) as index:
        index.add(PAPERS)
        with page_over(index, loader, window) as page:
            ask(page, "How is HERON trained?")
            assert is_searching.wait(20)
            page.locator("#stop").click()
            expect(page.locator("#ask textarea")).to_have_value("How is HERON trained?")
            expect(page.locator("#ask textarea")).to_be_enabled()
            assert asked(page) == []
            assert page.locator(".answer").count() == 0
            may_search.set()
            model.enqueue(USES)
            answered(page, "What does EgretNet use?", "convolutions only")
            assert asked(page) == ["What does EgretNet use?"]


def test_model_that_breaks_in_mid_answer_leaves_the_quotes_over_a_reload(
    page: Page, model: ScriptedModel
) -> None:
    model.fail_after = 2
    model.enqueue(SAID, USES)
    ask(page, "How is HERON trained?")
    expect(page.locator(".answer .note")).to_contain_text("out of memory")
    finished(page)
    reopen(page, 1)
    expect(page.locator(".answer .note")).to_contain_text("out of memory")
    expect(page.locator(".answer blockquote").first).to_be_visible()
    model.fail_after = None
    answered(page, "What does EgretNet use?", "convolutions only")


def test_opinions_are_lines_of_a_file_and_survive_a_reload(
    page: Page, model: ScriptedModel, opinions: Path
) -> None:
    model.enqueue(SAID)
    answered(page, "How is HERON trained?", "HERON hides")
    with kept_anew(page):
        page.get_by_role("button", name="Like", exact=True).click()
    expect(page.get_by_role("button", name="Liked")).to_be_visible()
    reopen(page, 1)
    with kept_anew(page):
        page.get_by_role("button", name="Liked").click()
    expect(page.get_by_role("button", name="Like", exact=True)).to_be_visible()
    with kept_anew(page):
        page.get_by_role("button", name="Dislike").click()
    expect(page.get_by_role("button", name="Disliked")).to_be_visible()
    lines = [json.loads(line) for line in opinions.read_text(encoding="utf-8").splitlines()]
    assert [line["liked"] for line in lines] == [True, None, False]
    assert {line["question"] for line in lines} == {"How is HERON trained?"}
    opinions.unlink()
    opinions.mkdir()
    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.get_by_text("your opinion could not be written")).to_be_visible()


def test_conversation_and_its_papers_are_downloaded(
    page: Page, model: ScriptedModel, tmp_path: Path
) -> None:
    page.locator("#export").click()
    expect(page.get_by_text("There is nothing to export yet.")).to_be_visible()
    model.enqueue(SAID, USES)
    answered(page, "How is HERON trained?", "HERON hides")
    answered(page, "What does EgretNet use?", "convolutions only")
    page.locator("#export").click()
    texts = {}
    for format in ("markdown", "bibtex", "ris", "csl"):
        with page.expect_download() as waiting:
            page.locator(f"#file-{format}").click()
        waiting.value.save_as(tmp_path / format)
        texts[waiting.value.suggested_filename] = (tmp_path / format).read_text(encoding="utf-8")
    assert "## How is HERON trained?" in texts["paperchat-conversation.md"]
    assert texts["paperchat-papers.bib"].count("\n  title = ") == 2
    assert texts["paperchat-papers.ris"].count("TI  - ") == 2
    csl = json.loads(texts["paperchat-papers.json"])
    assert [paper["title"] for paper in csl] == [HERON.title, EGRET.title]
    page.locator("#export").click()
    expect(page.locator("#file-ris")).to_be_hidden()


def test_suggested_question_is_asked_with_a_click_and_the_badge_tells_the_speed(
    page: Page, model: ScriptedModel
) -> None:
    expect(page.locator("#status .badge span")).to_have_text(["scripted", "CPU", "fp32"])
    model.delay = 0.1
    model.enqueue(SAID, "Code is available.")
    answered(page, "How is HERON trained?", "HERON hides")
    expect(page.locator("#chat .option")).to_have_count(2)
    page.locator("#chat .option", has_text="code").click()
    page.wait_for_function(ASKED_WITHOUT_OPTIONS)  # at each frame: the answer brings options of its own
    finished(page)
    expect(page.locator("#status .badge")).to_contain_text("words/s")


def test_who_waits_sees_the_quotes_and_how_many_are_before(
    browser: Browser, address: str, model: ScriptedModel
) -> None:
    contexts = [browser.new_context() for _ in range(3)]
    first, second, third = (open_page(context.new_page(), address) for context in contexts)
    model.delay = 0.15
    model.enqueue(SAID * 4, SAID)
    ask(first, "How is HERON trained?")
    expect(first.locator(".answer .tentative")).to_be_visible()
    ask(second, "How is HERON trained?")
    expect(second.locator(".answer .waiting")).to_have_text("1 answer before yours")
    ask(third, "What does EgretNet use?")
    expect(third.locator(".answer .waiting")).to_have_text("2 answers before yours")
    expect(third.locator(".answer blockquote").first).to_be_visible()
    third.get_by_role("tab", name="Compare").click()
    first.locator("#stop").click()
    expect(second.locator(".answer .tentative")).to_be_visible()
    expect(third.locator(".answer .waiting")).to_have_text("1 answer before yours")
    contexts.pop().close()  # who leaves while waiting holds up nobody
    finished(second)
    model.enqueue(SAID)
    ask(second, "How is HERON trained?")
    expect(second.locator(".answer").last.locator(".tentative")).to_be_visible()
    ask(first, "How is HERON trained?")
    waiting = first.locator(".answer").last.locator(".waiting")
    expect(waiting).to_contain_text("1 answer before yours, about ")
    first.reload()
    expect(first.locator("#ask textarea")).to_have_value("How is HERON trained?")
    expect(first.locator(".answer")).to_have_count(1)
    finished(second)
    for context in contexts:
        context.close()


def test_page_stays_quick_over_forty_turns_and_the_question_stays_in_sight(
    page: Page, model: ScriptedModel
) -> None:
    questions = ("How is HERON trained?", "What does EgretNet use?", "How do HERON and EgretNet differ?")
    page.set_viewport_size({"width": 800, "height": 600})
    seconds = []
    for number in range(MOST_TURNS + 1):
        model.enqueue(*([SAID] if number % 3 < 2 else [" ", " "]))
        begun = time.perf_counter()
        ask(page, questions[number % 3])
        finished(page)
        expect(page.locator(".answer")).to_have_count(min(number + 1, MOST_TURNS))
        seconds.append(time.perf_counter() - begun)
    assert sum(seconds[-10:]) < 10 * max(1.0, 4 * sum(seconds[1:11]) / 10)
    page.wait_for_function(QUESTION_IS_IN_THE_UPPER_HALF)
    page.locator("#chat .option").last.focus()
    page.wait_for_timeout(500)  # in which a chat that follows something else would scroll away from it
    expect(page.locator("#chat .option").last).to_be_in_viewport()
    reopen(page, MOST_TURNS)
    size = page.evaluate("Object.values(localStorage).reduce((sum, text) => sum + text.length, 0)")
    assert size < 200_000


def test_empty_library_says_what_to_do_first(window: Window, loader: ModelLoader, tmp_path: Path) -> None:
    with (
        PaperIndex(tmp_path / "library", HashingEmbedding()) as index,
        page_over(index, loader, window) as page,
    ):
        expect(page.locator("#chat .welcome")).to_contain_text("paperchat add refs.bib")
        assert page.locator("#chat .example").count() == 0
        index.add(PAPERS)
        page.get_by_role("tab", name="Compare").click()
        page.get_by_role("tab", name="Chat").click()
        expect(page.locator("#chat .welcome")).not_to_contain_text("refs.bib")
        expect(page.locator("#chat .example").first).to_contain_text("How does HERON work?")


def test_visitors_of_a_server_that_others_reach_are_held_to_so_many_questions_a_minute(
    window: Window, index: PaperIndex, model: ScriptedModel, loader: ModelLoader
) -> None:
    model.enqueue(SAID)
    with page_over(index, loader, window, access=Access(is_local=False, of_each=1)) as page:
        answered(page, "How is HERON trained?", "HERON hides 60%")
        said = "You have asked too much in a minute; try again later."
        answered(page, "What does EgretNet use?", said)
        expect(page.locator(".answer").last.locator(".note")).to_have_text(said)
        assert len(model.history) == 1
