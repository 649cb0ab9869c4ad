"""Tables in a real browser: the Compare tab, and comparisons and lists that are asked for in the chat."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from browsing import IN_A_BROWSER, ask, compare, finished, pick
from fakes import ScriptedModel
from playwright.sync_api import Page, expect

pytestmark = IN_A_BROWSER


def rows(page: Page, place: str) -> list[list[str]]:
    found = page.locator(f"{place} .tabled > table tbody tr").all()
    return [[" ".join(cell.inner_text().split()) for cell in row.locator("th, td").all()] for row in found]


def test_picked_papers_are_compared_on_the_aspects_picked(page: Page, model: ScriptedModel) -> None:
    model.enqueue("HERON needs no labels for pre-training.").enqueue("EgretNet is trained on SongSet-50k.")
    page.get_by_role("tab", name="Compare").click()
    pick(page, "#compare-aspects", "code")
    compare(page, "HERON", "EgretNet")
    expect(page.locator("#compared .tabled > table")).to_be_visible()
    assert rows(page, "#compared") == [
        ["code", "Code is available. citation 1 , HERON", "not stated in the abstract"]
    ]
    page.locator("#compared summary", has_text="All aspects").click()
    expect(page.locator("#compared .tabled details table")).to_be_visible()


def test_mark_in_a_cell_leads_to_its_words_in_the_abstract(page: Page, model: ScriptedModel) -> None:
    model.enqueue(" ").enqueue(" ")
    ask(page, "How do HERON and EgretNet differ in code?")
    finished(page)
    page.locator(".tabled a.cite").first.click()
    place = page.locator("#paper-panel .sought")
    expect(place).to_be_visible()
    assert "Code is available." in place.inner_text()


def test_one_name_is_asked_for_another_in_a_clear_line(page: Page) -> None:
    compare(page, "HERON")
    expect(page.locator("#compared .refusal")).to_contain_text("at least two papers")


def test_table_is_downloaded_as_it_stands(page: Page, model: ScriptedModel, tmp_path: Path) -> None:
    model.enqueue(" ").enqueue(" ")
    compare(page, "HERON", "EgretNet")
    expect(page.locator("#compared .tabled > table")).to_be_visible()
    expect(page.locator("#compare-stop")).to_be_disabled()
    with page.expect_download() as waiting:
        page.locator("#compared button.download.csv").click()
    waiting.value.save_as(tmp_path / "table.csv")
    table = list(csv.reader(io.StringIO((tmp_path / "table.csv").read_text(encoding="utf-8"))))
    assert table[0][1:] == [
        "[1] HERON: Masked Training for Bird Songs",
        "[2] EgretNet: Convolutions Are Enough for Bird Songs",
    ]
    assert ["code", "Code is available.", "not stated in the abstract"] in table


def test_list_is_sorted_by_a_click_and_back_by_another(page: Page) -> None:
    ask(page, "Which papers evaluate on BirdBench?")
    finished(page)
    papers = page.locator("table.list tbody th")
    head = page.locator("table.list button.sort", has_text="paper")
    head.click()
    assert papers.all_inner_texts() == sorted(papers.all_inner_texts())
    head.click()
    assert papers.all_inner_texts() == sorted(papers.all_inner_texts(), reverse=True)
    expect(page.locator(".answer .note")).to_contain_text("2 papers of 4 examined")


def test_table_is_read_in_blocks_on_a_phone(page: Page, model: ScriptedModel) -> None:
    model.enqueue(" ").enqueue(" ")
    page.set_viewport_size({"width": 390, "height": 844})
    ask(page, "How do HERON and EgretNet differ in code?")
    finished(page)
    expect(page.locator(".tabled td .of").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
