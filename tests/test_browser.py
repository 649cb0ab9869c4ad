"""The page in a real browser: Gradio on loopback, driven by Chromium, with a model that is scripted."""

from __future__ import annotations

import json
import re
import threading
import time
from pathlib import Path
from typing import Any

from browsing import (
    IN_A_BROWSER,
    SAID,
    STORKS,
    Window,
    ask,
    asked_elsewhere,
    finished,
    open_page,
    page_over,
    type_question,
)
from conftest import PAPERS
from fakes import HashingEmbedding, ScriptedModel, settled
from playwright.sync_api import Browser, Page, expect

from index_store.errors import WeightsError
from index_store.paper_index import PaperIndex
from ui.model_loader import ModelLoader

pytestmark = IN_A_BROWSER


def test_quotes_come_first_then_prose_and_a_mark_opens_the_reference(
    page: Page, model: ScriptedModel
) -> None:
    model.delay = 0.2
    model.enqueue(SAID)
    ask(page, "How is HERON trained?")
    expect(page.locator(".answer blockquote").first).to_contain_text("hiding 60% of a spectrogram")
    assert page.locator(".answer .prose .cite").count() == 0
    expect(page.locator(".answer .tentative")).to_be_visible()
    expect(page.locator(".answer .prose")).to_have_text(f"{SAID.strip()}citation 1, HERON")
    finished(page)
    assert page.locator(".answer .tentative").count() == 0
    expect(page.locator("#paper-panel")).to_have_count(0)
    page.locator(".answer a.cite").first.click()
    expect(page.locator("#paper-panel mark").first).to_be_visible()
    expect(page.locator("#paper-panel mark").first).to_contain_text("hiding 60% of a spectrogram")


def test_stop_stops_the_model_and_the_next_question_is_answered_at_once(
    page: Page, model: ScriptedModel
) -> None:
    model.delay, model.piece = 0.1, 2
    model.enqueue(SAID * 30, "It uses convolutions only.")
    ask(page, "How is HERON trained?")
    expect(page.locator(".answer .tentative")).to_be_visible()
    page.locator("#stop").click()
    expect(page.locator(".answer .note")).to_have_text("Stopped before the end.")
    written = model.written
    time.sleep(0.5)  # in which it would write five more
    assert model.written <= written + 2
    model.delay = 0
    ask(page, "What does EgretNet use?")
    expect(page.locator(".answer .prose").last).to_contain_text("It uses convolutions only.")


def test_example_is_asked_with_a_click(page: Page, model: ScriptedModel) -> None:
    model.enqueue(SAID)
    page.locator("#chat .example, #chat [class*=example]").get_by_text("How does HERON work?").first.click()
    expect(page.locator(".answer .prose")).to_contain_text("HERON hides 60%")


def test_follow_up_shows_what_was_searched_for(page: Page, model: ScriptedModel) -> None:
    model.enqueue("EgretNet uses convolutions only.", "It has 12 million parameters.")
    ask(page, "What does EgretNet use?")
    expect(page.locator(".answer .prose")).to_contain_text("convolutions only")
    finished(page)
    ask(page, "How many parameters does it have?")
    expect(page.locator(".answer .searched")).to_contain_text("EgretNet")
    expect(page.locator(".answer .prose").last).to_contain_text("12 million")


def test_what_was_searched_for_is_edited_and_asked_again(page: Page, model: ScriptedModel) -> None:
    model.enqueue("EgretNet uses convolutions only.", "It has 12 million parameters.", "It runs.")
    ask(page, "What does EgretNet use?")
    expect(page.locator(".answer .prose")).to_contain_text("convolutions only")
    finished(page)
    ask(page, "How many parameters does it have?")
    expect(page.locator(".answer .prose").last).to_contain_text("12 million")
    finished(page)
    page.locator(".searched button").click()
    box = page.locator("#ask textarea")
    expect(box).to_be_focused()
    assert "EgretNet" in box.input_value()
    box.press("End")
    box.type(" And on a phone?")
    box.press("Enter")
    expect(page.locator(".question").last).to_contain_text("EgretNet have? And on a phone?")


def test_suggestion_of_a_refusal_is_asked_with_a_click(page: Page, model: ScriptedModel) -> None:
    model.enqueue(SAID)
    ask(page, "How does AnimateDiff recognise bird songs?")
    expect(page.locator(".refusal")).to_be_visible()
    finished(page)
    page.locator(".refusal button.again").click()
    expect(page.locator("#ask textarea")).to_be_focused()
    page.locator("#ask textarea").press("Enter")
    expect(page.locator(".answer").last.locator(".ref").first).to_be_visible()


def test_hostile_paper_neither_runs_nor_reaches_out(
    browser: Browser, address: str, model: ScriptedModel
) -> None:
    context = browser.new_context(bypass_csp=True)
    page = open_page(context.new_page(), address)
    foreign = asked_elsewhere(page, address)
    model.enqueue(
        "PWN steals 99% of cookies ![x](http://example.org/leak.png) <img src=x onerror=window.pwned=1>."
    )
    ask(page, "What does PWN steal? <img src=x onerror=window.pwned=1>")
    finished(page)
    expect(page.locator(".answer .ref .title").first).to_contain_text("<script>window.pwned=1</script>")
    assert page.evaluate("window.pwned") is None
    assert page.locator(".answer img, .question img, .answer script").count() == 0
    assert foreign == []
    context.close()


def test_two_people_see_nothing_of_each_other(browser: Browser, address: str, model: ScriptedModel) -> None:
    contexts = [browser.new_context(), browser.new_context()]
    first, second = (open_page(context.new_page(), address) for context in contexts)
    model.enqueue(SAID, "It has 12 million parameters.")
    ask(first, "How is HERON trained?")
    expect(first.locator(".answer .prose")).to_contain_text("HERON hides")
    ask(second, "How many parameters does EgretNet have?")
    expect(second.locator(".answer .prose")).to_contain_text("12 million")
    assert "HERON hides" not in second.locator("#chat").inner_text()
    assert "12 million" not in first.locator("#chat").inner_text()
    for context in contexts:
        context.close()


def test_model_that_breaks_leaves_the_quotes_and_the_next_question_works(
    page: Page, model: ScriptedModel
) -> None:
    model.fail_after = 2
    model.enqueue(SAID, "It uses convolutions only.")
    ask(page, "How is HERON trained?")
    expect(page.locator(".answer .note")).to_contain_text("out of memory")
    expect(page.locator(".answer blockquote").first).to_be_visible()
    finished(page)
    model.fail_after = None
    ask(page, "What does EgretNet use?")
    expect(page.locator(".answer .prose").last).to_contain_text("convolutions only")


def test_empty_question_is_asked_back_for(page: Page) -> None:
    type_question(page, "   ")
    expect(page.get_by_text("Type a question first.")).to_be_visible()
    assert page.locator(".answer").count() == 0


def test_page_answers_in_quotes_while_the_model_is_on_its_way(
    window: Window, index: PaperIndex, model: ScriptedModel
) -> None:
    ready = threading.Event()

    def load(progress: Any) -> ScriptedModel:
        progress("downloading", 34, 100)
        ready.wait(60)
        return model

    loader = ModelLoader(load)
    loader.start()
    with page_over(index, loader, window) as page:
        expect(page.locator("#status")).to_contain_text("downloading, 34 %")
        ask(page, "How is HERON trained?")
        expect(page.locator(".answer blockquote").first).to_contain_text("hiding 60%")
        expect(page.locator(".answer .note")).to_contain_text("until the model is ready")
        ready.set()
        expect(page.locator("#status")).to_contain_text("fp32")


def test_model_that_cannot_be_had_is_explained_and_quotes_go_on(window: Window, index: PaperIndex) -> None:
    def load(progress: Any) -> Any:
        raise WeightsError("The weights could not be downloaded.")

    with page_over(index, settled(ModelLoader(load)), window) as page:
        expect(page.locator("#status")).to_contain_text("Quotes only. The weights could not")
        ask(page, "How is HERON trained?")
        expect(page.locator(".answer blockquote").first).to_contain_text("hiding 60%")


def test_every_response_carries_the_content_security_policy(page: Page, address: str) -> None:
    for path in ("", "config", "gradio_api/info"):
        policy = page.request.get(address + path).headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-eval" not in policy


def drop(page: Page, *files: tuple[str, str]) -> None:
    page.locator("#add").click()
    page.locator("#drop input[type=file]").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": text.encode()} for name, text in files]
    )


def test_dropped_files_are_added_told_about_and_answered_from(page: Page, model: ScriptedModel) -> None:
    model.enqueue("STORK builds nests of 400 twigs.")
    drop(page, ("refs.bib", STORKS), ("picture.png", "\x89PNG no"))
    said = page.locator("#added")
    expect(said).to_contain_text("2 new, 1 rejected")
    expect(said).to_contain_text('refs.bib, line 4 (none): "title" is missing.')
    expect(said).to_contain_text("picture.png: ")
    expect(said).to_contain_text("Reeds Without an Abstract <img src=x")
    expect(page.locator("#name")).to_contain_text("6 papers in")
    assert page.evaluate("window.pwned") is None
    page.get_by_role("tab", name="Chat").click()
    ask(page, "What does STORK build?")
    expect(page.locator(".answer blockquote").first).to_contain_text("nests of 400 twigs")
    finished(page)


def test_second_drop_of_the_same_file_changes_nothing(page: Page) -> None:
    drop(page, ("refs.bib", STORKS))
    expect(page.locator("#added")).to_contain_text("2 new")
    page.locator("#drop input[type=file]").set_input_files(
        {"name": "again.bib", "mimeType": "text/plain", "buffer": STORKS.encode()}
    )
    expect(page.locator("#added")).to_contain_text("Papers: 2 unchanged")
    expect(page.locator("#name")).to_contain_text("6 papers in")


def test_adding_shows_its_progress_and_stops_with_what_is_in(
    window: Window, loader: ModelLoader, tmp_path: Path
) -> None:
    class Slow(HashingEmbedding):
        def _embed(self, text: str) -> list[float]:
            time.sleep(0.005)
            return super()._embed(text)

    lines = [
        json.dumps({"title": f"Paper {n} of Many", "abstract": f"Heron{n} hides in the reeds."})
        for n in range(2000)
    ]
    with PaperIndex(tmp_path / "library", Slow()) as index, page_over(index, loader, window) as page:
        drop(page, ("many.jsonl", "\n".join(lines)))
        expect(page.locator("#added")).to_contain_text(re.compile(r"\d+ papers, \d+%"))
        page.locator("#stop-adding").click()
        expect(page.locator("#added")).to_contain_text("Stopped. What was added so far")
        there = index.count_papers()
        assert 0 < there < 2000
        expect(page.locator("#name")).to_contain_text(f"{there} papers in")


def test_sample_library_says_how_to_ask_ones_own_papers(
    window: Window, loader: ModelLoader, tmp_path: Path
) -> None:
    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        index.add(PAPERS)
    with (
        PaperIndex(tmp_path / "library", HashingEmbedding(), read_only=True) as index,
        page_over(index, loader, window) as page,
    ):
        page.locator("#add").click()
        expect(page.locator("#adding")).to_contain_text("make chat PAPERS=refs.bib")
        assert page.locator("#drop").count() == 0
