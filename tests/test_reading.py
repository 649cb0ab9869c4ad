"""Reading an answer in a real browser: its marks, the paper beside the page, what is copied, formulas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import IN_A_BROWSER, SAID, Window, ask, finished, page_over
from conftest import PAPERS, make_paper
from fakes import HashingEmbedding, ScriptedModel
from playwright.sync_api import Locator, Page, expect

from index_store.paper_index import PaperIndex
from ui.model_loader import ModelLoader

pytestmark = IN_A_BROWSER
QUOTE = "hiding 60% of a spectrogram"
LAMBDA = make_paper(
    "STORK: Nests of $\\lambda$ Twigs",
    "STORK minimises the loss in $O(n \\log n)$ time. A run costs $5 and $6 with `pip install stork`. "
    "Hostile are $\\href{javascript:window.pwned=1}{x}$ and "
    "$\\text{<img src=x onerror=window.pwned=1>}$ there.",
    authors=("Ada Byron", "Max <b>Kite</b>"),
    year=2024,
)


@pytest.fixture
def answered(page: Page, model: ScriptedModel) -> Page:
    """The page with an answer that has prose, a mark and a reference."""
    model.enqueue(SAID)
    ask(page, "How is HERON trained?")
    finished(page)
    return page


@pytest.fixture
def storks(window: Window, loader: ModelLoader, model: ScriptedModel, tmp_path: Path) -> Iterator[Page]:
    """The page over a library with formulas in it, with an answer about them."""
    with PaperIndex(tmp_path / "storks", HashingEmbedding()) as index:
        index.add([*PAPERS, LAMBDA])
        with page_over(index, loader, window) as page:
            model.enqueue("STORK minimises the loss in $O(n \\log n)$ time.")
            ask(page, "What does STORK minimise?")
            finished(page)
            yield page


def box(place: Locator) -> dict[str, float]:
    found = place.bounding_box()
    assert found
    return dict(found)


def inside_the_window(page: Page, place: Locator) -> bool:
    at, window = box(place), page.viewport_size
    assert window
    across = at["x"] >= 0 and at["x"] + at["width"] <= window["width"]
    return across and at["y"] >= 0 and at["y"] + at["height"] <= window["height"]


def test_mark_shows_its_quote_when_pointed_at_and_from_the_keyboard(answered: Page) -> None:
    answered.context.set_offline(True)  # nothing is asked of the server
    card, mark = answered.locator("#quote-card"), answered.get_by_role("link", name="citation 1 , HERON")
    mark.hover()
    expect(card).to_contain_text(QUOTE)
    expect(card).to_contain_text("HERON: Masked Training for Bird Songs")
    assert (card.get_attribute("role"), mark.get_attribute("aria-describedby")) == ("tooltip", "quote-card")
    card.hover()
    answered.wait_for_timeout(400)
    expect(card).to_be_visible()
    answered.keyboard.press("Escape")
    expect(card).to_be_hidden()
    answered.set_viewport_size({"width": 390, "height": 600})
    answered.locator(".answer .take").first.focus()
    answered.keyboard.press("Shift+Tab")
    expect(mark).to_be_focused()
    expect(card).to_contain_text(QUOTE)
    assert inside_the_window(answered, card)
    answered.keyboard.press("Tab")
    expect(card).to_be_hidden()


def test_paper_opens_beside_the_page_and_gives_the_focus_back(answered: Page) -> None:
    panel, mark = answered.locator("#paper-panel"), answered.locator(".answer .prose a.cite")
    mark.focus()
    answered.keyboard.press("Enter")
    expect(answered.get_by_role("dialog", name="HERON: Masked Training for Bird Songs")).to_be_visible()
    expect(panel.locator("mark").first).to_contain_text(QUOTE)
    expect(panel.locator("mark").first).to_be_in_viewport()
    expect(panel.locator(".abstract")).to_contain_text("Code is available.")
    expect(panel.locator(".facts")).to_contain_text("ICASSP, 2024")
    assert panel.locator(".link").get_attribute("href") == "https://example.org/heron"
    assert panel.locator("[id]:not(#paper-title)").count() == 0
    assert panel.locator(":focus").count() == 1
    assert box(answered.locator("#chat"))["x"] + box(answered.locator("#chat"))["width"] <= box(panel)["x"]
    answered.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(mark).to_be_focused()
    expect(answered.locator("#quote-card")).to_be_hidden()
    title = answered.locator(".answer .ref .opens")
    title.click()
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    expect(title).to_be_focused()


def test_paper_lies_over_a_narrow_page_and_keeps_the_focus(answered: Page) -> None:
    answered.set_viewport_size({"width": 390, "height": 844})
    answered.locator(".answer .prose a.cite").click()
    panel = answered.locator("#paper-panel")
    expect(panel.locator("mark").first).to_be_in_viewport()
    expect(panel).to_be_in_viewport(ratio=1)  # it slides in
    assert box(panel)["width"] == 390
    for _ in range(4):
        answered.keyboard.press("Tab")
        assert answered.locator("#ask :focus, #actions :focus, .answer :focus").count() == 0
    answered.mouse.click(195, 40)
    expect(panel).to_be_hidden()


def test_references_stay_where_they_are_while_prose_is_written(page: Page, model: ScriptedModel) -> None:
    model.delay, model.piece = 0.05, 8
    page.set_viewport_size({"width": 560, "height": 900})
    model.enqueue(SAID + "HERON does not need any labels for pre-training. ")
    ask(page, "How is HERON trained?")
    reference, question = page.locator(".answer .ref").first, page.locator(".question")
    expect(page.locator(".answer .tentative")).to_be_visible()
    places = set()
    while page.locator(".answer .growing").count():
        tops = page.evaluate(
            "['.question', '.answer.ref, .answer .ref', '.growing'].map((s) => "
            "document.querySelector(s)?.getBoundingClientRect().top)"
        )
        if None not in tops:
            places.add(round(tops[1] - tops[0]))
    assert len(places) == 1
    expect(page.locator(".answer .prose a.cite")).to_have_count(2)
    expect(reference).to_be_visible()
    expect(question).to_be_visible()


def copied(page: Page) -> str:
    words = page.evaluate("navigator.clipboard.readText()")
    assert isinstance(words, str)
    return words


def test_answer_and_entries_of_its_papers_are_copied_with_a_click(answered: Page) -> None:
    answered.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answered.get_by_role("button", name="Copy answer").click()
    expect(answered.locator("[role=status]", has_text="Copied")).to_have_count(1)
    said, _, references = copied(answered).partition("\n\n")
    assert said == f"{SAID.strip()} [1]"
    assert references.startswith("1. (2024). **HERON: Masked Training for Bird Songs**")
    assert f"   > We present HERON, an encoder that is trained by {QUOTE} and predicting it." in references
    for name, begins in {
        "BibTeX": "@inproceedings{",
        "RIS": "TY  - CONF\n",
        "CSL-JSON": "[\n  {\n",
    }.items():
        answered.get_by_role("button", name=name).click()
        assert copied(answered).startswith(begins)
        assert "Labelled bird songs" not in copied(answered)


def test_formulas_and_code_are_drawn_and_copied_as_they_were_written(storks: Page) -> None:
    storks.context.grant_permissions(["clipboard-read", "clipboard-write"])
    assert storks.locator(".answer .prose math mi").all_text_contents() == ["O", "n", "n"]
    assert box(storks.locator(".answer .prose math"))["width"] > 40
    expect(storks.locator(".ref .title math")).to_be_visible()
    storks.locator(".answer .prose a.cite").click()
    abstract = storks.locator("#paper-panel .abstract")
    expect(abstract.locator("code")).to_have_text("`pip install stork`")
    assert "A run costs $5 and $6 with pip install stork." in " ".join(abstract.inner_text().split())
    assert "<img src=x onerror=window.pwned=1>" in abstract.inner_text().replace("\xa0", " ")
    assert storks.locator("math [href], math img, math a").count() == 0
    assert storks.evaluate("window.pwned") is None
    expect(storks.locator("#paper-panel .facts")).to_contain_text("Max <b>Kite</b>")
    for place, words in (
        (".answer .prose", "STORK minimises the loss in $O(n \\log n)$ time. [1]"),
        ("#paper-panel .paper", LAMBDA.abstract),
    ):
        storks.evaluate("(place) => getSelection().selectAllChildren(document.querySelector(place))", place)
        storks.keyboard.press("Control+c")
        assert words in " ".join(copied(storks).split())
