"""How the page is sent: nothing from elsewhere, nothing slipped in, small, and never held back."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from typing import Any

import brotli
import httpx
from browsing import IN_A_BROWSER, SAID, ask, asked_elsewhere, compare, finished, open_page
from fakes import ScriptedModel
from playwright.sync_api import Browser, Page, expect
from serving import serving

from ui.compressing import Compressed
from ui.front_page import FrontPage, policy_of

pytestmark = IN_A_BROWSER
FIRST = "assets/index-"
FETCHED = "performance.getEntriesByType('resource').map((entry) => [entry.name, entry.transferSize])"


def test_every_tab_works_under_the_policy_and_asks_nobody_else(
    browser: Browser, address: str, model: ScriptedModel
) -> None:
    context = browser.new_context()
    page = context.new_page()
    foreign = asked_elsewhere(page, address)
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    open_page(page, address)
    model.enqueue(SAID, " ", " ")
    ask(page, "How is HERON trained?")
    expect(page.locator(".answer .prose")).to_contain_text("HERON hides")
    finished(page)
    compare(page, "HERON", "EgretNet")
    expect(page.locator("#compared .tabled > table")).to_be_visible()
    page.get_by_role("tab", name="Library").click()
    for view in page.locator("#library-views").get_by_role("tab").all():
        view.click()
        expect(view).to_have_attribute("aria-selected", "true")
    page.wait_for_timeout(500)
    assert foreign == []
    assert wrong == []
    context.close()


def test_script_that_is_not_gradios_own_does_not_run(page: Page) -> None:
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.slipped = 1";
          document.head.append(script);
          document.body.insertAdjacentHTML("beforeend", `<i id="trap" onclick="slipped = 2">.</i>`);
          document.getElementById("trap").click();
        }"""
    )
    assert page.evaluate("window.slipped") is None


def test_policy_names_each_script_in_the_page_by_its_hash_and_allows_no_other() -> None:
    html = '<script>a()</script><script type="module" src="./b.js"></script><script data-x>\r\nc()</script>'
    scripts = re.search(r"script-src ([^;]*);", policy_of(html))
    assert scripts
    assert len(scripts[1].split()) == 3
    assert "'sha256-qVpDBgj7bpq5hMAcGp3AOc79J3Y1Z4HvySTwKrWDoy4='" in scripts[1]
    assert "unsafe" not in scripts[1]
    assert policy_of(html.replace("\r\n", "\n")) == policy_of(html)


def test_page_has_a_title_an_icon_and_a_description_of_our_own(page: Page, address: str) -> None:
    html = httpx.get(address).text
    assert "<title>paperchat</title>" in html
    assert 'name="description" content="Ask your papers' in html
    assert 'name="theme-color"' in html
    assert 'property="og:' not in html
    assert "githubusercontent" not in html
    assert "iframeResizer.contentWindow" not in html
    icon = page.request.get(page.evaluate("document.querySelector('link[rel=icon]').href"))
    assert icon.headers["content-type"] == "image/svg+xml"
    assert icon.text().startswith("<svg")
    assert httpx.get(address + "favicon.ico").text == icon.text()


def file_of(address: str) -> str:
    """The address of a script that the page loads."""
    found = re.search(rf"{FIRST}[\w-]+\.js", httpx.get(address).text)
    assert found
    return address + found[0]


def raw(url: str, accepted: str) -> tuple[httpx.Headers, bytes]:
    with httpx.stream("GET", url, headers={"accept-encoding": accepted}) as response:
        return response.headers, b"".join(response.iter_raw())


def test_page_and_files_are_sent_compressed_as_the_browser_likes_and_whole(address: str) -> None:
    for url in (address, file_of(address), address + "theme.css"):
        whole = raw(url, "identity")[1]
        headers, packed = raw(url, "gzip, deflate, br")
        assert headers["content-encoding"] == "br"
        assert "Accept-Encoding" in headers["vary"]
        assert len(packed) < len(whole) / 2
        assert brotli.decompress(packed) == whole
        assert raw(url, "gzip")[0]["content-encoding"] == "gzip"
        assert httpx.get(url, headers={"accept-encoding": "gzip"}).content == whole
        assert "content-encoding" not in raw(url, "identity")[0]


def test_second_visitor_gets_the_smallest_form_of_a_file(address: str) -> None:
    script = httpx.get(file_of(address)).content

    async def file(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        kind = [(b"content-type", b"text/javascript")]
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        await send({"type": "http.response.body", "body": script})

    with serving(Compressed(file, pause=0)) as small:
        first = latest = raw(f"{small}assets/a.js", "br")[1]
        deadline = time.monotonic() + 20
        while len(latest) == len(first) and time.monotonic() < deadline:
            latest = raw(f"{small}assets/a.js", "br")[1]
    assert len(latest) < len(first)
    assert latest == brotli.compress(script, quality=11)


def test_files_are_kept_by_the_browser_and_the_page_is_asked_for_again(page: Page, address: str) -> None:
    assert "immutable" in raw(file_of(address), "br")[0]["cache-control"]
    assert raw(address, "br")[0]["cache-control"] == "no-cache"
    page.reload()
    expect(page.locator("#ask textarea")).to_be_visible()
    fetched = dict(page.evaluate(FETCHED))
    assert any(FIRST in name for name in fetched)
    assert [name for name, size in fetched.items() if "/assets/" in name and size] == []


def test_missing_file_says_so_and_is_not_kept(address: str) -> None:
    response = httpx.get(address + "assets/none-abcdefgh.js")
    assert response.status_code == 404
    assert "cache-control" not in response.headers


def test_page_loads_in_far_fewer_bytes_than_gradio_sends_it_in(page: Page) -> None:
    page.reload()
    expect(page.locator("#ask textarea")).to_be_visible()
    page.wait_for_timeout(1000)
    loaded = page.evaluate(
        "performance.getEntries().reduce((sum, entry) => sum + (entry.encodedBodySize || 0), 0)"
    )
    assert 100_000 < loaded < 300_000


def test_stream_is_handed_on_piece_by_piece_as_it_comes() -> None:
    heard = threading.Event()

    async def stream(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        kind = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        await send({"type": "http.response.body", "body": b"data: 0\n\n", "more_body": True})
        await asyncio.to_thread(heard.wait, 10)
        await send({"type": "http.response.body", "body": b"data: %d\n\n" % heard.is_set()})

    with (
        serving(Compressed(FrontPage(stream))) as address,
        httpx.stream("GET", f"{address}gradio_api/queue/data", headers={"accept-encoding": "br"}) as answer,
    ):
        pieces = answer.iter_raw()
        assert next(pieces) == b"data: 0\n\n"
        heard.set()
        assert next(pieces) == b"data: 1\n\n"
        assert "content-encoding" not in answer.headers
        assert "content-security-policy" in answer.headers
