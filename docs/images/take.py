"""Takes the screenshots of the README from a running chat: `python docs/images/take.py http://127.0.0.1:7860/`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
QUESTION = "How do VideoMAE V2 and SIGMA differ in what they mask and predict?"
LIST = "Which papers make use of BLIP-2?"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
LOOKS = {
    "light": ("light", 1200, 860),
    "dark": ("dark", 1200, 860),
    "phone": ("light", 390, 844),
}


def ask(page: Page, question: str) -> None:
    page.fill("#ask textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_selector("#stop:not(:disabled)")
    page.wait_for_selector("#stop:disabled", timeout=300_000)
    page.wait_for_timeout(600)
    page.locator(".answer").last.evaluate("answer => answer.scrollIntoView({block: 'start'})")
    page.mouse.move(0, 0)


def open_paper(page: Page) -> None:
    page.locator(".answer").last.locator("a.cite").first.click()
    page.wait_for_selector("#paper-panel")
    page.wait_for_timeout(600)


def browse(page: Page, look: str) -> None:
    page.get_by_role("tab", name="Library").click()
    page.locator("#library-tab").get_by_text("78 papers").first.wait_for()
    page.wait_for_timeout(600)
    page.screenshot(path=HERE / f"library-{look}.png")
    page.get_by_role("tab", name="Map").click()
    page.locator("#map .map svg").first.wait_for(timeout=120_000)
    page.wait_for_timeout(1500)
    page.screenshot(path=HERE / f"map-{look}.png")


def compare(page: Page) -> None:
    page.get_by_role("tab", name="Compare").click()
    field = page.locator("#compare-papers input")
    for name in ("VideoMAE V2", "SIGMA"):
        field.fill(name)
        field.press("Enter")
    field.press("Escape")
    page.click("#compare-begin")
    page.wait_for_selector("#compare-stop:not(:disabled)")
    page.wait_for_selector("#compare-stop:disabled", timeout=300_000)
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for look, (scheme, width, height) in LOOKS.items():
            page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": height})
            page.goto(sys.argv[1])
            page.wait_for_selector("#ask textarea")
            page.wait_for_timeout(1000)
            page.screenshot(path=HERE / f"empty-{look}.png")
            for name, question in (("chat", QUESTION), ("list", LIST)):
                ask(page, question)
                page.screenshot(path=HERE / f"{name}-{look}.png")
                if name == "chat":
                    open_paper(page)
                    page.screenshot(path=HERE / f"panel-{look}.png")
                    page.keyboard.press("Escape")
            compare(page)
            page.screenshot(path=HERE / f"compare-{look}.png")
            browse(page, look)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
