"""Takes the screenshots of the README from a running chat: `python docs/images/take.py http://127.0.0.1:7860/`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
QUESTION = "How do VideoMAE V2 and SIGMA differ in what they mask and predict?"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
LOOKS = {
    "chat-light": ("light", 1200, 860),
    "chat-dark": ("dark", 1200, 860),
    "chat-phone": ("light", 390, 844),
}


def ask(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("#ask textarea")
    page.fill("#ask textarea", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer .prose .cite", timeout=300_000)
    page.wait_for_selector("#stop:disabled", timeout=300_000)
    page.click(".answer a.cite")
    page.wait_for_timeout(2200)
    page.locator(".answer").first.evaluate("answer => answer.scrollIntoView({block: 'start'})")
    page.mouse.move(0, 0)


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, (scheme, width, height) in LOOKS.items():
            page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": height})
            ask(page, sys.argv[1])
            page.screenshot(path=HERE / f"{name}.png")
            page.close()
        page = browser.new_page(viewport={"width": 1200, "height": 860})
        page.goto(sys.argv[1])
        page.wait_for_selector("#ask textarea")
        page.wait_for_timeout(1000)
        page.screenshot(path=HERE / "empty-light.png")
        browser.close()


if __name__ == "__main__":
    main()
