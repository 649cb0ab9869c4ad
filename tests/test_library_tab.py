"""The Library tab in a real browser: searching, reading, removing, the map, charts, an empty library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import HOSTILE, IN_A_BROWSER, STORKS, Window, page_over, pick
from conftest import HERON, PAPERS, make_paper
from fakes import HashingEmbedding
from playwright.sync_api import Page, expect

from index_store.paper_index import PaperIndex
from ui.model_loader import ModelLoader

pytestmark = IN_A_BROWSER
MANY = [
    make_paper(
        f"Paper {n:02}: {'Owls' if n % 2 else 'Tides'} of Place{n}",
        f"{'Owls hunt mice at night.' if n % 2 else 'Tides flood harbours in storms.'} Observation {n}.",
        authors=("Ada Byron",) if n == 7 else ("Grace Ho", "Wei Zhang", "Ana Silva", "Ivan Petrov"),
        year=2000 + n % 6,
        venue="Journal of Owls" if n % 2 else None,
        identifiers={"doi": "10.5555/seven"} if n == 7 else {},
        url="javascript:window.pwned=1" if n == 7 else f"https://example.org/{n}",
    )
    for n in range(60)
]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[PaperIndex]:
    """A library of sixty-four papers, some of them with years and venues, one of them hostile."""
    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        index.add([*PAPERS, HOSTILE, *MANY])
        yield index


@pytest.fixture
def page(shelf: PaperIndex, loader: ModelLoader, window: Window) -> Iterator[Page]:
    with page_over(shelf, loader, window) as page:
        yield page


def look(page: Page, view: str = "Papers") -> None:
    page.get_by_role("tab", name="Library").click()
    page.get_by_role("tab", name=view).click()


def search(page: Page, words: str) -> None:
    page.locator("#library-words textarea").fill(words)


def open_paper(page: Page, words: str) -> None:
    search(page, words)
    expect(page.locator(".paper-row")).to_have_count(1)
    title = page.locator(".paper-row .title").inner_text()
    page.locator(".paper-row").click()
    expect(page.locator("#paper-shown h2")).to_have_text(title)


def draw(page: Page, count: int) -> None:
    look(page, "Map")
    expect(page.locator(".map .dots .dot")).to_have_count(count, timeout=60_000)


def test_papers_are_searched_as_one_types_narrowed_ordered_and_shown_by_fifties(page: Page) -> None:
    look(page)
    rows, count = page.locator(".paper-row"), page.locator("#library-count")
    expect(count).to_have_text("64 papers, the first 50 below")
    expect(rows).to_have_count(50)
    page.locator("#library-more").click()
    expect(rows).to_have_count(64)
    expect(page.locator("#library-more")).not_to_be_visible()
    page.locator("#library-words textarea").press_sequentially("byron")
    expect(count).to_have_text("1 of 64 papers")
    expect(rows).to_have_text("Paper 07: Owls of Place7Ada Byron · Journal of Owls · 2001")
    search(page, "owls mice night")
    expect(count).to_have_text("30 of 64 papers")
    expect(page.locator("#library-list")).to_contain_text("Grace Ho, Wei Zhang, Ana Silva et al.")
    pick(page, "#library-first", "2003")
    expect(count).to_have_text("20 of 64 papers")
    pick(page, "#library-last", "2003")
    expect(count).to_have_text("10 of 64 papers")
    pick(page, "#library-order", "Last added")
    expect(rows.first).to_contain_text("Paper 57")
    search(page, "xylophone owls")
    expect(count).to_contain_text("No paper has all of these words. The")
    search(page, "")
    pick(page, "#library-last", "any")
    pick(page, "#library-first", "any")
    pick(page, "#library-venues", "ICASSP")
    expect(rows).to_have_count(1)
    expect(rows).to_have_text("HERON: Masked Training for Bird SongsICASSP · 2024")


def test_paper_page_tells_all_and_leads_to_a_question_and_to_a_comparison(page: Page) -> None:
    look(page)
    open_paper(page, "byron")
    shown = page.locator("#paper-shown")
    abstract = page.locator("#paper-abstract")
    expect(abstract).to_contain_text("Owls hunt mice at night. Observation 7.")
    places = [part.bounding_box() for part in (shown, page.locator("#paper-actions"), abstract)]
    tops = [place["y"] for place in places if place]
    assert tops == sorted(set(tops)) and len(tops) == 3
    expect(shown).to_contain_text("Journal of Owls, 2001")
    assert [link.get_attribute("href") for link in shown.locator("a").all()] == [
        "https://doi.org/10.5555/seven"
    ]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown.get_by_role("button", name="Copy BibTeX").click()
    assert "title = {Paper 07: Owls of {Place7}}" in page.evaluate("navigator.clipboard.readText()")
    page.locator("#paper-compare").click()
    expect(page.get_by_text("1 of at most 6. Pick one more")).to_be_visible()
    page.locator("#paper-ask").click()
    box = page.locator("#ask textarea")
    expect(box).to_be_visible()
    expect(box).to_have_value("What is new in “Paper 07: Owls of Place7”?")
    expect(box).to_be_focused()
    page.get_by_role("tab", name="Compare").click()
    expect(page.locator("#compare-papers")).to_contain_text("Paper 07: Owls of Place7")


def test_removed_paper_is_gone_once_that_was_confirmed(page: Page, shelf: PaperIndex) -> None:
    look(page)
    open_paper(page, "HERON")
    page.locator("#paper-remove").click()
    page.locator("#paper-sure-no").click()
    expect(page.locator("#paper-sure")).not_to_be_visible()
    assert shelf.count_papers() == 64
    page.locator("#paper-remove").click()
    page.locator("#paper-sure-yes").click()
    expect(page.locator("#name")).to_contain_text("63 papers in")
    expect(page.locator("#paper-page")).not_to_be_visible()
    expect(page.locator("#library-count")).to_contain_text("No paper has all of these words")
    assert HERON.id not in {paper.id for paper in shelf.papers()}


def test_year_and_venue_that_no_paper_has_any_more_are_picked_no_longer(
    page: Page, shelf: PaperIndex
) -> None:
    shelf.add([make_paper("Lone Wren", "One wren.", year=1950, venue="Lone Notes")])
    look(page)
    pick(page, "#library-first", "1950")
    pick(page, "#library-last", "1950")
    pick(page, "#library-venues", "Lone")
    open_paper(page, "wren")
    page.locator("#paper-remove").click()
    page.locator("#paper-sure-yes").click()
    expect(page.locator("#name")).to_contain_text("64 papers in")
    expect(page.locator("#library-last input")).to_have_value("any")
    expect(page.locator("#library-count")).to_contain_text("No paper has all of these words")
    search(page, "HERON")
    expect(page.locator("#library-count")).to_have_text("1 of 64 papers")
    assert page.get_by_text("not in the list of choices").count() == 0


def test_hostile_paper_is_shown_as_it_is_written_and_nothing_of_it_runs(page: Page) -> None:
    look(page)
    open_paper(page, "PWN")
    shown = page.locator("#paper-shown")
    expect(shown).to_contain_text("<script>window.pwned=1</script> Attacks")
    expect(page.locator("#paper-abstract")).to_contain_text("<style>*{display:none}</style>")
    search(page, "<img src=x onerror=window.pwned=1>")
    expect(page.locator(".paper-row .title")).to_contain_text("<script>window.pwned=1</script>")
    draw(page, 64)
    page.locator(".map .sea").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator("#library-tab img, #library-tab script").count() == 0
    assert page.evaluate("window.pwned") is None


def test_list_and_paper_page_are_gone_through_by_keyboard_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    look(page)
    rows = page.locator(".paper-row")
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#paper-close")).to_be_focused()
    expect(rows.first).not_to_be_visible()
    expect(page.locator("#paper-shown h2")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(rows.nth(1)).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_map_names_its_topics_and_opens_and_picks_papers_by_mouse_and_keyboard(page: Page) -> None:
    draw(page, 64)
    expect(page.locator("#map-status")).to_contain_text("64 papers. Those near each other")
    legend = page.locator(".map .legend button")
    assert any("Owls" in words or "owls" in words for words in legend.all_inner_texts())
    names = page.locator(".map .names text:not([hidden])").all()
    boxes = [box for name in names if (box := name.bounding_box())]
    assert boxes
    for n, one in enumerate(boxes):
        for other in boxes[n + 1 :]:
            apart = abs(one["y"] - other["y"]) >= min(one["height"], other["height"]) * 0.8
            assert apart or abs(one["x"] - other["x"]) >= min(one["width"], other["width"])
    said, sea = page.locator(".map .said .title"), page.locator(".map .sea")
    dots = [box for dot in page.locator(".map .dot").all() if (box := dot.bounding_box())]
    buttons = page.locator(".map .zooming").bounding_box()
    assert buttons is not None
    assert max(dot["x"] + dot["width"] for dot in dots) < buttons["x"]
    dot = dots[0]
    page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    expect(page.locator(".map .hint")).to_be_visible()
    page.mouse.down()
    page.mouse.up()
    chosen = said.inner_text()
    expect(page.locator(".map .acts")).to_be_visible()
    sea.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(said).not_to_have_text(chosen)
    page.keyboard.press("c")
    expect(page.get_by_text("1 of at most 6. Pick one more")).to_be_visible()
    chosen = said.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#paper-shown h2")).to_have_text(chosen)
    expect(page.locator("#paper-close")).to_be_focused()
    page.keyboard.press("Enter")
    expect(sea).to_be_focused()
    page.get_by_role("tab", name="Compare").click()
    expect(page.locator("#compare-papers")).to_contain_text(chosen)


def test_map_is_zoomed_dragged_and_searched_by_topic(page: Page) -> None:
    draw(page, 64)
    dots, sea = page.locator(".map .dots"), page.locator(".map .sea")
    expect(dots).to_have_attribute("transform", "translate(0 0) scale(1)")
    whole = dots.get_attribute("transform")
    sea.hover()
    page.mouse.wheel(0, -400)
    expect(dots).not_to_have_attribute("transform", whole or "")
    zoomed = dots.get_attribute("transform")
    box = sea.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 150, steps=4)
    page.mouse.up()
    expect(dots).not_to_have_attribute("transform", zoomed or "")
    expect(dots).not_to_have_attribute("transform", whole or "")
    page.get_by_role("button", name="Show the whole map").click()
    expect(dots).to_have_attribute("transform", whole or "")
    topic = page.locator(".map .legend button").first
    topic.click()
    expect(topic).to_have_attribute("aria-pressed", "true")
    assert page.locator(".map .dot.of").count() == int(topic.locator(".count").inner_text())
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_years_and_venues_are_charted_with_their_numbers(page: Page) -> None:
    look(page, "Years and venues")
    charts = page.locator("#library-bars table")
    expect(charts).to_have_count(2)
    expect(charts.first.locator("caption")).to_have_text("Papers by year")
    numbers = dict(
        zip(*(charts.first.locator(part).all_inner_texts() for part in ("th", ".number")), strict=True)
    )
    assert numbers["2003"] == "10"
    assert numbers["2010"] == "0"
    widths = [bar.get_attribute("width") for bar in charts.last.locator("rect").all()]
    assert widths == ["100.0%", "3.3%"]
    expect(page.locator("#library-bars .rest").last).to_have_text("Not shown: 33 without a venue")


def test_empty_library_says_what_to_do_and_shows_its_first_papers(
    window: Window, loader: ModelLoader, tmp_path: Path
) -> None:
    with (
        PaperIndex(tmp_path / "library", HashingEmbedding()) as index,
        page_over(index, loader, window) as page,
    ):
        page.get_by_role("tab", name="Library").click()
        expect(page.locator("#library-empty")).to_contain_text("drop files below")
        expect(page.locator("#drop")).to_be_visible()
        expect(page.locator("#library-search")).not_to_be_visible()
        page.locator("#drop input[type=file]").set_input_files(
            {"name": "refs.bib", "mimeType": "text/plain", "buffer": STORKS.encode()}
        )
        expect(page.locator("#library-count")).to_have_text("2 papers")
        expect(page.locator("#library-empty")).not_to_be_visible()
        expect(page.locator("#library-narrow")).not_to_be_visible()
        expect(page.get_by_role("tab", name="Years and venues")).not_to_be_visible()
        expect(page.locator("#added")).to_contain_text("2 new, 1 rejected")


def test_sample_library_offers_no_removal(window: Window, loader: ModelLoader, tmp_path: Path) -> None:
    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        index.add(PAPERS)
    with (
        PaperIndex(tmp_path / "library", HashingEmbedding(), read_only=True) as index,
        page_over(index, loader, window) as page,
    ):
        look(page)
        open_paper(page, "EgretNet phone")
        expect(page.locator("#paper-ask")).to_be_visible()
        expect(page.locator("#paper-remove")).not_to_be_visible()
