"""The page for everybody: axe-core finds nothing serious on any tab, and what it cannot see is tried."""

from __future__ import annotations

from importlib.resources import files

import pytest
from browsing import IN_A_BROWSER, SAID, ask, compare, finished, open_page
from fakes import ScriptedModel
from playwright.sync_api import Browser, Page, expect

pytestmark = IN_A_BROWSER
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SERIOUS = """async () => (await axe.run(document)).violations
  .filter((found) => ["serious", "critical"].includes(found.impact))
  .flatMap((found) => found.nodes.map((node) => `${found.id}: ${node.html} ${node.failureSummary}`))"""
VIEWS = {"Papers": ".paper-row", "Map": ".map .dots .dot", "Years and venues": "#library-bars table"}
FOCUSED = """() => {
  const place = document.activeElement;
  const drawn = [place, place.closest("#ask")].filter(Boolean).map((box) => getComputedStyle(box));
  const seen = drawn.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  const name = place.id || place.getAttribute("aria-label");
  return [name || (place === document.body ? "BODY" : place.innerText || place.tagName), seen];
}"""


def serious(page: Page) -> list[str]:
    """What axe-core finds serious or critical on the page as it is now."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(SERIOUS)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_tab(
    browser: Browser, address: str, model: ScriptedModel, scheme: str
) -> None:
    # without motion, so that no colour is measured half-way to what it will be
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = open_page(context.new_page(), address)
    assert serious(page) == []
    page.locator("#add").click()
    expect(page.locator("#drop")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("tab", name="Chat", exact=True).click()
    model.enqueue(SAID, " ", " ")
    questions = (
        "How is HERON trained?",
        "How do HERON and EgretNet differ in code?",
        "Which papers evaluate on BirdBench?",
        "How does AnimateDiff recognise bird songs?",
    )
    for asked, question in enumerate(questions, 1):
        ask(page, question)
        finished(page)
        expect(page.locator("#chat .answer")).to_have_count(asked)
    expect(page.locator(".answer .refusal")).to_be_visible()
    assert serious(page) == []
    model.enqueue(" ", " ")
    compare(page, "HERON", "EgretNet")
    expect(page.locator("#compared .tabled > table")).to_be_visible()
    expect(page.locator("#compare-stop")).to_be_disabled()
    assert serious(page) == []
    page.get_by_role("tab", name="Library").click()
    views = page.locator("#library-views").get_by_role("tab")
    expect(views).to_have_text([*VIEWS])
    for view, shown in VIEWS.items():
        views.get_by_text(view).click()
        expect(page.locator(shown).first).to_be_visible()
        assert serious(page) == []
    context.close()


def test_axe_does_find_what_is_wrong(page: Page) -> None:
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<button></button>')")
    assert "button-name" in " ".join(serious(page))


def test_keyboard_reaches_everything_in_the_order_it_is_read_and_the_focus_is_seen(page: Page) -> None:
    reached: list[str] = []
    while len(reached) < 40:
        page.keyboard.press("Tab")
        name, _ = page.evaluate(FOCUSED)
        if name in reached:
            break
        if name != "BODY":
            page.wait_for_function(f"({FOCUSED})()[1]", timeout=2000)  # Gradio draws some outlines slowly
        reached.append(name)
    turned = reached.index("chat-tab-button")
    reached = reached[turned:] + reached[:turned]
    for earlier, later in (("chat-tab-button", "compare-tab-button"), ("add", "fresh")):
        assert reached.index(earlier) < reached.index(later)
    assert any(name.startswith("Select example 1") for name in reached)
    page.locator("#chat-tab-button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#compare-tab")).to_be_visible()


def test_screen_reader_hears_one_heading_of_the_page_its_parts_and_its_language(page: Page) -> None:
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["paperchat"]
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("tabpanel")).to_have_count(1)
    expect(page.get_by_role("log")).to_be_visible()
    expect(page.get_by_role("textbox", name="Question")).to_be_visible()


def test_nothing_moves_for_those_who_ask_for_it(
    browser: Browser, address: str, model: ScriptedModel
) -> None:
    model.delay = 0.2
    model.enqueue(SAID)
    context = browser.new_context(reduced_motion="reduce")
    page = open_page(context.new_page(), address)
    ask(page, "How is HERON trained?")
    expect(page.locator(".answer .tentative")).to_be_visible()
    assert (
        page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length") == 0
    )
    finished(page)
    context.close()


@pytest.mark.parametrize(("width", "height"), [(640, 360), (320, 256)])
def test_page_at_two_and_four_times_its_size_is_reached_by_scrolling_down_only(
    browser: Browser, address: str, model: ScriptedModel, width: int, height: int
) -> None:
    model.enqueue(SAID)
    context = browser.new_context(viewport={"width": width, "height": height})
    page = open_page(context.new_page(), address)
    ask(page, "How is HERON trained?")
    finished(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#chat").evaluate("(chat) => chat.clientHeight") >= 300
    for place in ("#name h1", "#fresh"):
        page.locator(place).scroll_into_view_if_needed()
        expect(page.locator(place)).to_be_in_viewport()
    context.close()
