"""The chat in pages of other sites, in a real browser: two origins on loopback, of which Chromium takes
127.0.0.1 and localhost for two sites; the server by itself, behind a login, under a path behind nginx."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from browsing import CHROMIUM, FLAGS, IN_A_BROWSER, SAID, ask, finished
from conftest import PAPERS
from fakes import ScriptedModel
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
from serving import listen, port_of, serving

from index_store.paper_index import PaperIndex
from ui import build_widget, mount
from ui.access import Access
from ui.model_loader import ModelLoader
from ui.people import write_person
from ui.serving import build_app

pytestmark = IN_A_BROWSER
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
OPENSSL = shutil.which("openssl")
PASSWORD = "correct horse"
STRICT = "default-src 'none'; script-src {home}; frame-src {home}; require-trusted-types-for 'script'"
LOADS = '<script src="{home}widget.js"></script>'
ELEMENT = f"<paper-chat></paper-chat>{LOADS}"
IFRAME = '<iframe src="{home}embed/" width="700" height="600"></iframe>'
GRADIO = (
    '<script type="module" src="{home}gradio-app.js"></script>'
    '<gradio-app src="{home}embed/" eager="true"></gradio-app>'
)


@dataclass
class Site:
    """A site of somebody else, whose pages hold what a test puts there."""

    origin: str
    html: str = ""
    policy: str = ""

    def show(self, html: str, *, policy: str = "") -> None:
        self.html, self.policy = html, policy


@pytest.fixture
def site() -> Iterator[Site]:
    app, site = FastAPI(), Site("")

    @app.get("/")
    def page() -> HTMLResponse:
        headers = {"content-security-policy": site.policy} if site.policy else {}
        return HTMLResponse(f"<!doctype html><title>Host</title><h1>Host</h1>{site.html}", headers=headers)

    with serving(app) as address:
        site.origin = address.replace("127.0.0.1", "localhost").rstrip("/")
        yield site


@dataclass
class Home:
    """Servers of the chat over one library; each is stopped at the end of the test."""

    index: PaperIndex
    loader: ModelLoader
    folder: Path
    stack: ExitStack = field(default_factory=ExitStack)

    def serve(self, *, root_path: str = "", **access: object) -> str:
        app = build_app(self.index, self.loader, library="test", access=Access(**access))  # type: ignore[arg-type]
        return self.stack.enter_context(serving(app, root_path=root_path))

    def people(self) -> Path:
        write_person("ada", PASSWORD, self.folder / "people")
        return self.folder / "people"

    def behind_nginx(self, *, secure: bool = False, **access: object) -> str:
        """Serve it as with --root-path /papers, behind an nginx that shows it there."""
        inner = port_of(self.serve(root_path="/papers", **access))
        with listen() as free:
            outer = port_of(free)
        self.stack.enter_context(nginx(self.folder / "nginx", inner, outer, secure=secure))
        return f"http{'s' if secure else ''}://127.0.0.1:{outer}/papers/"


@pytest.fixture
def home(tmp_path: Path, index: PaperIndex, loader: ModelLoader, model: ScriptedModel) -> Iterator[Home]:
    model.enqueue(*[SAID] * 20)
    home = Home(index, loader, tmp_path)
    with home.stack:
        yield home


@contextmanager
def nginx(folder: Path, inner: int, outer: int, *, secure: bool) -> Iterator[None]:
    """A real nginx with the configuration of docs/embedding.md."""
    folder.mkdir()
    if secure:
        subject = ["-subj", "/CN=127.0.0.1", "-keyout", str(folder / "key"), "-out", str(folder / "cert")]
        subprocess.run(
            [str(OPENSSL), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject],
            check=True,
            capture_output=True,
        )
    tls = f"ssl_certificate {folder}/cert; ssl_certificate_key {folder}/key;" if secure else ""
    (folder / "nginx.conf").write_text(
        f"""daemon off; pid {folder}/pid; error_log {folder}/log; worker_processes 1;
        events {{ }}
        http {{
          access_log off;
          client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
          uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
          server {{
            listen 127.0.0.1:{outer}{" ssl" if secure else ""}; {tls}
            location /papers/ {{
              proxy_pass http://127.0.0.1:{inner}/;
              proxy_http_version 1.1;
              proxy_set_header Host $http_host;
              proxy_set_header X-Forwarded-Proto $scheme;
              proxy_set_header X-Forwarded-For $remote_addr;
              proxy_buffering off;
            }}
          }}
        }}"""
    )
    process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")])
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", outer)) == 0:
                break
        time.sleep(0.05)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens the page of the other site in a window of its own, and fails on errors of scripts there."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def visit(html: str, *, policy: str = "", width: int = 1100) -> Page:
        site.show(html, policy=policy)
        context = browser.new_context(
            ignore_https_errors=True, viewport={"width": width, "height": 800}, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(site.origin)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []


def answered(place: Page | FrameLocator) -> None:
    """Ask there, and see an answer with its quote."""
    ask(place, "How is HERON trained?")
    expect(place.locator(".answer .prose")).to_contain_text(SAID.strip())
    finished(place)
    expect(place.locator(".answer blockquote").first).to_contain_text("hiding 60% of a spectrogram")


def test_one_script_tag_is_a_button_that_opens_the_chat_on_a_page_with_a_strict_policy(
    home: Home, site: Site, visit: Callable[..., Page]
) -> None:
    address = home.serve(origins=(site.origin,))
    page = visit(LOADS.format(home=address), policy=STRICT.format(home=address))
    assert page.locator("iframe").count() == 1
    assert page.locator("paper-chat iframe").get_attribute("src") is None  # nothing is loaded unasked
    button = page.get_by_role("button", name="Ask the papers")
    button.click()
    chat = page.frame_locator("paper-chat iframe")
    answered(chat)
    assert chat.get_by_role("tab").count() == 0
    assert chat.locator("#add").count() == 0
    chat.locator("#ask textarea").press("Escape")
    expect(page.locator("paper-chat dialog")).to_be_hidden()
    expect(button).to_be_focused()
    page.set_viewport_size({"width": 390, "height": 700})
    button.click()
    sheet = page.locator("paper-chat dialog").bounding_box()
    assert sheet and (sheet["x"], sheet["width"]) == (0, 390)
    assert sheet["y"] + sheet["height"] == 700


def test_several_chats_on_one_page_grow_with_their_answers_and_take_its_colours(
    home: Home, site: Site, visit: Callable[..., Page]
) -> None:
    address = home.serve(origins=(site.origin,))
    colours = (
        "<style>#one { --paperchat-accent: rgb(185, 28, 28) }"
        "#two { --paperchat-accent: url(https://example.org/leak); --paperchat-text: red;} </style>"
    )
    chats = '<paper-chat id="one"></paper-chat><paper-chat id="two" height="520" theme="dark"></paper-chat>'
    page = visit(colours + chats + LOADS.format(home=address))
    one, two = page.frame_locator("#one iframe"), page.frame_locator("#two iframe")
    expect(one.locator("#ask textarea")).to_be_visible()
    page.evaluate("postMessage({ paperchat: 'height', height: 720 }, '*')")  # not from the frame
    page.wait_for_timeout(200)
    before = page.locator("#one iframe").bounding_box()
    assert before and before["height"] == 500
    answered(one)
    answered(two)
    after, limited = page.locator("#one iframe").bounding_box(), page.locator("#two iframe").bounding_box()
    assert after and limited
    assert before["height"] < after["height"] <= 720
    assert limited["height"] <= 520
    ask = "element => getComputedStyle(element).backgroundColor"
    assert one.locator("#ask .submit-button").evaluate(ask) == "rgb(185, 28, 28)"
    assert two.locator("#ask .submit-button").evaluate(ask) == "rgb(94, 234, 212)"  # that of the dark theme
    assert two.locator(".answer .prose").evaluate("e => getComputedStyle(e).color") == "rgb(255, 0, 0)"
    assert two.locator("body.dark").count() == 1
    assert page.locator("paper-chat").count() == 2  # and no button in the corner


def test_a_frame_and_the_element_of_gradio_work_without_anything_from_elsewhere(
    home: Home, site: Site, visit: Callable[..., Page]
) -> None:
    address = home.serve(origins=(site.origin,))
    asked: list[str] = []
    page = visit(IFRAME.format(home=address))
    chat = page.frame_locator("iframe")
    answered(chat)
    page.context.grant_permissions(["clipboard-read"], origin=site.origin)
    chat.get_by_role("button", name="Copy answer").click()  # the frame is not allowed the clipboard
    expect(chat.locator(".take.copied")).to_be_visible()
    page.bring_to_front()
    page.locator("h1").click()
    assert page.evaluate("navigator.clipboard.readText()").startswith(SAID.strip())
    page = visit(GRADIO.format(home=address))
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    answered(page)
    assert asked
    assert all(url.startswith((address, site.origin, "data:", "blob:")) for url in asked)


def test_an_origin_outside_the_list_gets_neither_frame_nor_api(
    home: Home, site: Site, visit: Callable[..., Page]
) -> None:
    address = home.serve(origins=("https://example.org",))
    said = (
        f"{address[7:-1]} does not allow this page to embed its chat; its owner can add {site.origin} "
        "to embed_origins."
    )
    page = visit(ELEMENT.format(home=address))
    expect(page.locator("paper-chat").get_by_role("alert")).to_have_text(said, timeout=15_000)
    page = visit(LOADS.format(home=address), policy=STRICT.format(home=address))
    page.get_by_role("button", name="Ask the papers").click()
    expect(page.locator("paper-chat").get_by_role("alert")).to_have_text(said, timeout=15_000)
    page = visit("")
    page = visit(GRADIO.format(home=address))
    expect(page.locator("gradio-app")).to_contain_text(said)
    asking = (
        "async (url) => { try { return (await fetch(url, { method: 'POST', body: '{}', headers:"
        " { 'content-type': 'application/json' } })).status } catch (error) { return error.name } }"
    )
    for place in ("api/ask", "embed/gradio_api/queue/join", "gradio_api/queue/join"):
        assert page.evaluate(asking, address + place) == "TypeError"
    assert page.evaluate("url => fetch(url).then(() => 1, () => 0)", f"{address}embed/config") == 0
    listed = httpx.get(f"{address}embed/").headers["content-security-policy"]
    assert listed.endswith("frame-ancestors 'self' https://example.org")
    assert httpx.get(address).headers["content-security-policy"].endswith("frame-ancestors 'self'")


def test_a_server_that_went_away_is_said_to_be_silent(
    home: Home, site: Site, visit: Callable[..., Page]
) -> None:
    address = home.serve(origins=(site.origin,))
    page = visit(LOADS.format(home=address))
    expect(page.get_by_role("button", name="Ask the papers")).to_be_visible()
    page.route(f"{address}**", lambda route: route.abort())
    page.get_by_role("button", name="Ask the papers").click()
    expect(page.locator("paper-chat").get_by_role("alert")).to_contain_text(
        "does not answer", timeout=15_000
    )


@pytest.fixture
def blocking(browser: Browser, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser that blocks third-party cookies, and with them all storage of frames of other sites."""
    folder = tmp_path / "profile"
    (folder / "Default").mkdir(parents=True)
    wishes = {"profile": {"block_third_party_cookies": True, "cookie_controls_mode": 1}}
    (folder / "Default" / "Preferences").write_text(json.dumps(wishes))
    context = browser.browser_type.launch_persistent_context(
        str(folder),
        executable_path=CHROMIUM,
        args=FLAGS,
        ignore_https_errors=True,
    )
    yield context
    context.close()


def test_a_browser_that_keeps_nothing_for_frames_still_shows_the_chat(
    home: Home, site: Site, blocking: BrowserContext
) -> None:
    errors: list[str] = []
    address = home.serve(origins=(site.origin,))
    site.show(ELEMENT.format(home=address))
    page = blocking.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(site.origin)
    chat = page.frame_locator("iframe")
    answered(chat)
    kept = "() => { try { return localStorage instanceof Storage } catch (error) { return error.name } }"
    assert chat.locator("body").evaluate(kept) is False  # that of the browser throws
    for html in (IFRAME, GRADIO):
        site.show(html.format(home=address))
        page.goto(site.origin)
        answered(page.frame_locator("iframe") if html == IFRAME else page)
    assert errors == []


@pytest.mark.skipif(NGINX is None, reason="there is no nginx on this machine (apt: nginx-light)")
def test_everything_works_under_a_path_behind_nginx(
    home: Home, site: Site, visit: Callable[..., Page]
) -> None:
    address = home.behind_nginx(origins=(site.origin,))
    for html in (ELEMENT, IFRAME):
        answered(visit(html.format(home=address)).frame_locator("iframe"))
    answered(visit(GRADIO.format(home=address)))
    page = visit("")
    page.goto(address)
    answered(page)
    page.locator(".answer a.cite").first.click()
    expect(page.locator("#paper-panel mark").first).to_be_visible()  # its own scripts came, too
    assert httpx.post(f"{address}api/ask", json={"question": "What is HERON?", "draft": True}).is_success


def test_mounted_in_a_fastapi_program_everything_stands_under_its_path(
    home: Home, site: Site, visit: Callable[..., Page]
) -> None:
    app = FastAPI()
    mount(app, "/tools/chat", library=home.index, model=home.loader, embed_origins=[site.origin])
    app.get("/else")(lambda: "something else")
    with serving(app) as address:
        assert httpx.get(f"{address}else").json() == "something else"
        page = visit("")
        page.goto(f"{address}tools/chat/")
        answered(page)
        answered(visit(ELEMENT.format(home=f"{address}tools/chat/")).frame_locator("iframe"))
        found = httpx.get(f"{address}tools/chat/api/papers").json()
        assert len(found["papers"]) == len(PAPERS)


@pytest.mark.parametrize("is_within", [True, False])
def test_a_gradio_program_has_the_chat_within_its_own_blocks(
    home: Home, visit: Callable[..., Page], is_within: bool
) -> None:
    import gradio as gr

    made = None if is_within else build_widget(home.index, model=home.loader)
    with gr.Blocks() as page:
        gr.Markdown("# My own page")
        name = gr.Textbox(label="Mine")
        shown = gr.Markdown(elem_id="shown")
        name.submit(lambda said: f"You said {said}.", name, shown)
        if made:
            made.render()
        else:
            build_widget(home.index, model=home.loader)
    address = home.stack.enter_context(
        serving(gr.mount_gradio_app(FastAPI(), page, path="", ssr_mode=False))
    )
    shown_page = visit("")
    shown_page.goto(address)
    answered(shown_page)
    assert shown_page.locator("#add").count() == 0
    shown_page.locator(".answer a.cite").first.click()
    expect(shown_page.locator("#paper-panel mark").first).to_be_visible()
    shown_page.get_by_label("Mine").fill("hello")
    shown_page.get_by_label("Mine").press("Enter")
    expect(shown_page.locator("#shown")).to_have_text("You said hello.")


def log_in(place: Page | FrameLocator, password: str = PASSWORD) -> None:
    place.get_by_label("Name").fill("ada")
    place.get_by_label("Password").fill(password)
    place.get_by_role("button", name="Log in").click()


def test_whoever_logs_in_sees_the_chat_and_nobody_else_anything(
    home: Home, visit: Callable[..., Page]
) -> None:
    address = home.serve(people=home.people())
    closed = ["", "embed/", "config", "embed/config", "gradio_api/info", "gradio_api/startup-events"]
    for place in [*closed, "api/papers", "theme.css", "assets/index.js", "gradio_api/file=/etc/passwd"]:
        answer = httpx.get(address + place)
        assert answer.status_code == 401, place
        assert "HERON" not in answer.text
    for place in ("gradio_api/queue/join", "gradio_api/upload", "api/ask", "embed/gradio_api/run/predict"):
        assert httpx.post(address + place, json={}).status_code == 401, place
    assert httpx.get(f"{address}widget.js").status_code == 200
    page = visit("")
    page.goto(address)
    log_in(page, "wrong horse")
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    log_in(page)
    answered(page)
    cookie = page.context.cookies()[0]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    page.goto(f"{address}logout")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    page.context.add_cookies([cookie])  # the old session is over on the server as well
    page.goto(address)
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def test_a_login_within_another_site_without_https_says_why_not_and_leads_out(
    home: Home, site: Site, visit: Callable[..., Page]
) -> None:
    address = home.serve(people=home.people(), origins=(site.origin,))
    page = visit(ELEMENT.format(home=address))
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("alert")).to_contain_text("cannot keep your login")
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Open the chat in its own window").click()
    log_in(opened.value)
    answered(opened.value)
    page = visit(GRADIO.format(home=address))
    expect(page.locator("gradio-app")).to_contain_text("asks for a login")
    expect(page.locator("gradio-app a")).to_have_attribute("href", address)
    origin = site.origin.replace("localhost", "127.0.0.1")
    site.origin = origin  # now of the same site as the chat
    frame = visit(ELEMENT.format(home=home.serve(people=home.people(), origins=(origin,)))).frame_locator(
        "iframe"
    )
    log_in(frame)
    answered(frame)
    other = visit(ELEMENT.format(home=address))  # it has another origin in its list
    expect(other.locator("paper-chat").get_by_role("alert")).to_contain_text(
        "does not allow", timeout=15_000
    )


@pytest.mark.skipif(NGINX is None, reason="there is no nginx on this machine (apt: nginx-light)")
@pytest.mark.skipif(OPENSSL is None, reason="there is no openssl on this machine to make a certificate")
def test_a_login_within_another_site_works_over_https_also_where_third_party_cookies_are_blocked(
    home: Home, site: Site, visit: Callable[..., Page], blocking: BrowserContext
) -> None:
    address = home.behind_nginx(people=home.people(), origins=(site.origin,), secure=True)
    page = visit(ELEMENT.format(home=address))
    for place in (page, blocking.new_page()):
        place.goto(site.origin)
        frame = place.frame_locator("iframe")
        log_in(frame)
        answered(frame)
