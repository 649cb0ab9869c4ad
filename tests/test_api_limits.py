"""Who gets in, and how much: keys, foreign pages and names, long and slow bodies, too many questions."""

from __future__ import annotations

import json
import socket
import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import HERON
from fakes import ScriptedModel
from fastapi import FastAPI
from serving import PROSE, QUESTION, ROOMY, api
from starlette.testclient import TestClient
from typer.testing import CliRunner

from index_store.errors import FileError, PaperchatError
from index_store.paper_index import PaperIndex
from ui.access import Access, access_of
from ui.api.keys import make_key
from ui.api.mounting import add_api
from ui.cli import app as commands
from ui.limits import Limits, TooMuchAskedError, Window
from ui.model_loader import ModelLoader
from ui.settings import Settings, read_settings

HERE = "http://127.0.0.1:7860"
DRAFT = {"question": QUESTION, "draft": True}
Open = Callable[..., TestClient]


@pytest.fixture
def opened(index: PaperIndex, loader: ModelLoader) -> Open:
    """Opens the API to a client within the process, with another access and another name of the server."""

    def open_api(access: Access = ROOMY, *, base: str = HERE) -> TestClient:
        app = FastAPI()
        app.add_api_route("/page", lambda: "changed", methods=["GET", "POST"])
        add_api(app, index, loader, access)
        return TestClient(app, base_url=base)

    return open_api


def told(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_visitor_who_asks_too_much_is_told_when_to_come_again(opened: Open) -> None:
    client = opened(Access(of_each=2, of_all=3))
    assert [client.post("/api/ask", json=DRAFT).status_code for _ in range(2)] == [200, 200]
    refused = client.post("/api/ask", json=DRAFT)
    assert told(refused) == (429, "too_many")
    assert 55 <= int(refused.headers["retry-after"]) <= 60
    assert told(client.post("/api/compare", json={"subjects": ["HERON", "EgretNet"]}))[0] == 429
    assert client.get("/api/papers").status_code == 200


def test_keys_have_a_count_each_and_all_share_one(opened: Open, tmp_path: Path) -> None:
    keys = [make_key(name, tmp_path / "keys") for name in ("one", "two")]
    client = opened(Access(keys=tmp_path / "keys", of_each=2, of_all=3))

    def ask(key: str) -> int:
        return client.post("/api/ask", json=DRAFT, headers={"authorization": f"Bearer {key}"}).status_code

    assert [ask(keys[0]) for _ in range(3)] == [200, 200, 429]
    assert [ask(keys[1]) for _ in range(2)] == [200, 429]


def test_questions_that_are_open_are_counted_until_they_end(
    index: PaperIndex, loader: ModelLoader, model: ScriptedModel
) -> None:
    model.delay = 0.1
    model.enqueue(PROSE, PROSE)
    with api(index, loader, Access(at_once=1)) as client:
        with client.stream("POST", "/api/ask", json={"question": QUESTION, "stream": True}) as response:
            lines = response.iter_lines()
            next(lines)
            refused = client.post("/api/ask", json=DRAFT)
            assert told(refused) == (429, "too_many") and refused.headers["retry-after"] == "5"
            assert len(list(lines)) > 1
        assert client.post("/api/ask", json=DRAFT).status_code == 200


def test_window_forgets_what_is_a_minute_ago() -> None:
    now = [0.0]
    window = Window(2, lambda: now[0])
    for now[0] in (0.0, 30.0):
        window.count("heron")
    assert window.wait("heron") == 30 and window.wait("egret") == 0
    now[0] = 61
    assert window.wait("heron") == 0
    now[0] = 200
    assert window.wait("anybody") == 0 and len(window) == 0


def test_refused_question_takes_no_place() -> None:
    limits = Limits(of_each=9, of_all=9, at_once=1)
    limits.enter("heron")
    with pytest.raises(TooMuchAskedError, match="waiting"):
        limits.enter("egret")
    limits.leave()
    assert limits.count_open == 0
    limits.enter("egret")


@pytest.mark.parametrize("chunked", [True, False])
def test_long_body_is_refused_while_it_is_read(opened: Open, chunked: bool) -> None:
    client = opened(Access(largest_body=1000))
    body = (b" " * 100 for _ in range(11)) if chunked else b" " * 1001
    refused = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
    assert told(refused) == (413, "too_large")
    assert refused.headers["connection"] == "close"


def test_slow_and_huge_senders_are_cut_off(index: PaperIndex, loader: ModelLoader) -> None:
    with api(index, loader, Access(body_seconds=0.4, largest_body=50_000)) as client:
        port = client.base_url.port
        head = f"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        for length, trickle, status in ((5000, b"{", b" 408 "), (10**12, b"{", b" 413 ")):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                line.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode() + trickle)
                begun = time.monotonic()
                assert status in line.recv(65536).partition(b"\r\n")[0]
                assert time.monotonic() - begun < 5


def test_what_is_no_question_is_told_in_one_line(opened: Open) -> None:
    client = opened()
    assert told(client.post("/api/ask", content=b"{}", headers={"content-type": "text/plain"})) == (
        415,
        "unsupported_media_type",
    )
    kind = {"content-type": "application/json"}
    for broken in (b"{", b"", b"[" * 100_000, b"\xff"):
        assert told(client.post("/api/ask", content=broken, headers=kind))[0] in (400, 422), broken[:5]
    for wrong in (
        {},
        {"question": 5},
        {"question": "a" * 2001},
        {"question": "a", "more": 1},
        {"question": "a", "history": [{"role": "system", "content": "b"}]},
    ):
        refused = client.post("/api/ask", json=wrong)
        assert told(refused) == (422, "invalid") and "\n" not in refused.json()["error"]["what"]
    half = client.post("/api/ask", content=rb'{"question": "\ud800"}', headers=kind)
    assert told(half) == (422, "invalid") and half.json()["error"]["what"].startswith("question: ")
    assert told(client.get("/api/papers?limit=0")) == (422, "invalid")


def test_keys_are_asked_for_and_wrong_ones_slowed(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    key = make_key("heron", path)
    client = opened(Access(keys=path))
    missing = client.get("/api/papers")
    assert told(missing) == (401, "unauthorized") and missing.headers["www-authenticate"] == "Bearer"
    assert told(client.get("/api/papers", headers={"authorization": f"Basic {key}"}))[0] == 401
    begun = time.monotonic()
    assert told(client.get("/v1/models", headers={"authorization": f"Bearer {key}x"})) == (
        401,
        "invalid_api_key",
    )
    assert time.monotonic() - begun >= 1
    assert client.get("/api/health", headers={"authorization": f"bearer {key}"}).status_code == 200
    for open_to_all in ("/api/docs", "/api/openapi.json"):
        assert client.get(open_to_all).status_code == 200


def test_wrong_keys_are_counted_by_address(index: PaperIndex, loader: ModelLoader, tmp_path: Path) -> None:
    key = make_key("heron", tmp_path / "keys")
    with api(index, loader, Access(keys=tmp_path / "keys")) as client:

        def try_key(tried: str) -> httpx.Response:
            return client.get("/api/health", headers={"authorization": f"Bearer {tried}"})

        with ThreadPoolExecutor(12) as pool:
            tried = list(pool.map(try_key, [f"guess{number}" for number in range(12)]))
        assert sorted(response.status_code for response in tried) == [401] * 10 + [429] * 2
        assert all("retry-after" in response.headers for response in tried if response.status_code == 429)
        assert try_key(key).status_code == 200


def test_key_counts_as_soon_as_it_is_in_the_file_and_no_longer(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    first = make_key("first", path)
    client = opened(Access(keys=path))

    def status(key: str) -> int:
        return client.get("/api/health", headers={"authorization": f"Bearer {key}"}).status_code

    second = make_key("second", path)
    assert (status(first), status(second)) == (200, 200)
    kept = [line for line in path.read_text().splitlines() if not line.endswith("first")]
    path.write_text("# taken back\n\n" + kept[0])
    assert (status(first), status(second)) == (401, 200)
    third = make_key("third", path)  # the line before it has no end
    assert (status(second), status(third)) == (200, 200)
    path.unlink()
    assert status(second) == 503


def test_key_command_shows_the_key_once_and_keeps_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    done = CliRunner().invoke(commands, ["key", "heron", "--file", str(path)])
    key = done.stdout.strip()
    assert done.exit_code == 0 and key.startswith("pc-") and len(key) > 40
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key not in path.read_text() and path.read_text().endswith("  heron\n")
    with pytest.raises(FileError, match="a key named heron already"):
        make_key("heron", path)
    with pytest.raises(FileError, match="no name for a key"):
        make_key("two words", path)
    path.write_text("nothing of a key\n")
    with pytest.raises(FileError, match="line 1"):
        make_key("egret", path)


def test_server_that_others_reach_answers_programs_with_a_key_only(opened: Open, tmp_path: Path) -> None:
    lan = "http://192.168.1.7:7860"
    client = opened(Access(is_local=False), base=lan)
    assert told(client.get("/api/health")) == (403, "no_keys")
    assert client.get("/page").status_code == 200
    key = make_key("heron", tmp_path / "keys")
    client = opened(Access(is_local=False, keys=tmp_path / "keys"), base=lan)
    assert client.get("/api/health", headers={"authorization": f"Bearer {key}"}).status_code == 200


def test_pages_of_other_sites_may_not_change_anything(opened: Open) -> None:
    client, foreign = opened(), "https://evil.example"
    for origin in (foreign, "null", "http://127.0.0.1:9000", "http://localhost:7860.evil.example"):
        for path in ("/api/ask", "/page"):
            refused = client.post(path, json=DRAFT, headers={"origin": origin})
            assert told(refused) == (403, "foreign_origin"), origin
    assert client.post("/page", headers={"origin": HERE}).status_code == 200
    read = client.get("/api/papers", headers={"origin": foreign})
    assert not [name for name in read.headers if name.startswith("access-control")]


def test_pages_of_listed_sites_may_ask_and_read(opened: Open, tmp_path: Path) -> None:
    site = "https://lab.example"
    make_key("heron", tmp_path / "keys")
    client = opened(Access(origins=(site,), keys=tmp_path / "keys"))
    wanted = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    before = client.options("/api/ask", headers={"origin": site, **wanted})
    assert before.status_code == 200 and before.headers["access-control-allow-origin"] == site
    assert "access-control-allow-credentials" not in before.headers
    refused = client.post("/api/ask", json=DRAFT, headers={"origin": site})
    assert refused.status_code == 401 and refused.headers["access-control-allow-origin"] == site
    other = client.options("/api/ask", headers={"origin": "https://evil.example", **wanted})
    assert other.status_code == 400 and "access-control-allow-origin" not in other.headers
    assert told(client.post("/api/ask", json=DRAFT, headers={"origin": f"{site}:8443"}))[0] == 403


def test_name_that_points_here_by_surprise_is_refused(opened: Open) -> None:
    client = opened()
    for host in ("evil.example", "evil.example:7860", "127.0.0.1.evil.example", "0.0.0.0:7860"):
        for path in ("/page", "/api/papers"):
            assert told(client.get(path, headers={"host": host})) == (403, "foreign_host"), host
    assert told(client.get("/page", headers={"host": "a b"})) == (400, "bad_request")
    for host in ("localhost:7860", "LOCALHOST", "127.8.8.8", "[::1]:7860"):
        assert client.get("/page", headers={"host": host}).status_code == 200, host


def test_listed_name_is_answered_to_and_its_pages_are_our_own(opened: Open) -> None:
    named = {"host": "papers.example"}
    client = opened(Access(hosts=("papers.example",)))
    assert client.get("/page", headers=named).status_code == 200
    for headers in (named, {}):  # a proxy passes the name on, or does not
        assert client.post("/page", headers={**headers, "origin": "https://papers.example"}).is_success
    lan = opened(Access(is_local=False, hosts=("papers.example",)), base="http://192.168.1.7")
    assert told(lan.get("/page"))[0] == 403 and lan.get("/page", headers=named).status_code == 200


def test_settings_say_who_may_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERCHAT_EMBED_ORIGINS", "https://Lab.example/, http://localhost:8000")
    monkeypatch.setenv("PAPERCHAT_HOSTS", "papers.example")
    access = access_of(read_settings(visitor_questions_per_minute=7))
    assert access.origins == ("https://lab.example", "http://localhost:8000")
    assert (access.hosts, access.of_each, access.is_local) == (("papers.example", "127.0.0.1"), 7, False)
    assert not access_of(Settings(host="0.0.0.0")).is_local
    for wrong in ("*", "lab.example", "https://lab.example/page", "null"):
        monkeypatch.setenv("PAPERCHAT_EMBED_ORIGINS", wrong)
        with pytest.raises(PaperchatError, match="embed_origins"):
            read_settings()


def test_paper_that_would_break_out_of_json_stays_in_it(opened: Open, index: PaperIndex) -> None:
    response = opened().get(f"/api/papers/{HERON.id}%0d%0aset-cookie:x=1")
    assert told(response) == (404, "not_found") and "set-cookie" not in response.headers
    named = opened().get(f"/api/papers/{HERON.id}%22%7d<script>%0d")
    assert json.loads(named.text)["error"]["what"].startswith("There is no paper")
    assert named.headers["content-type"] == "application/json"
    assert named.headers["x-content-type-options"] == "nosniff"
