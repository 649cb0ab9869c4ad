"""What somebody who means harm tries over HTTP: files of the machine, uploads, headers, wrong passwords."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes import HashingEmbedding
from serving import in_a_loop, serving

from index_store.errors import FileError, PaperchatError
from index_store.paper_index import PaperIndex
from ui.access import Access
from ui.login import WRONG_SECONDS
from ui.model_loader import ModelLoader
from ui.people import People, write_person
from ui.serving import build_app, exposure_warning
from ui.settings import read_settings

pytestmark = pytest.mark.filterwarnings("ignore")  # Gradio's own, from its threads
PASSWORD = "correct horse"


@contextmanager
def served(index: PaperIndex, loader: ModelLoader, **access: Any) -> Iterator[str]:
    app = in_a_loop(lambda: build_app(index, loader, library="test", access=Access(**access)))
    with serving(app) as address:
        yield address.rstrip("/")


@pytest.fixture
def people(tmp_path: Path) -> Path:
    write_person("ada", PASSWORD, tmp_path / "people")
    return tmp_path / "people"


@pytest.fixture
def address(index: PaperIndex, loader: ModelLoader) -> Iterator[str]:
    with served(index, loader) as address:
        yield address


@pytest.fixture
def closed(index: PaperIndex, loader: ModelLoader, people: Path) -> Iterator[str]:
    with served(index, loader, people=people) as address:
        yield address


def raw(address: str, target: str, *headers: str) -> str:
    """Send a request as it is, which a client library would put right first, and return the answer."""
    host, port = re.findall(r"//([^:]+):(\d+)", address)[0]
    with socket.create_connection((host, int(port)), timeout=10) as link:
        lines = [f"GET {target} HTTP/1.1", f"Host: {host}:{port}", "Connection: close", *headers, "", ""]
        link.sendall("\r\n".join(lines).encode())
        return b"".join(iter(lambda: link.recv(65536), b"")).decode("utf-8", "replace")


@pytest.mark.parametrize("place", ["/gradio_api", "/embed/gradio_api"])
def test_no_path_leads_to_files_of_the_machine(address: str, library: Path, place: str) -> None:
    secret = library / "catalog.sqlite"
    assert secret.exists()
    tries = [
        f"{place}/file={secret}",
        f"{place}/file=/etc/passwd",
        f"{place}/file=../../../../../../etc/passwd",
        f"{place}/file=..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        f"{place}/file=//etc/passwd",
        f"{place}/file=file:///etc/passwd",
        f"{place}/file=http://127.0.0.1:1/",
        f"{place}/file/etc/passwd",
        f"{place}/file=https://example.org/",
        f"{place}/file/http://127.0.0.1:1/",
        f"{place}/deep_link?session_hash=x",
        f"{place.removesuffix('gradio_api')}monitoring/summary",
        f"{place}/proxy=http://127.0.0.1:1/",
        f"{place.removesuffix('gradio_api')}static/../../../../../../etc/passwd",
        f"{place.removesuffix('gradio_api')}static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        f"{place.removesuffix('gradio_api')}assets//etc/passwd",
        f"{place.removesuffix('gradio_api')}svelte/..%2f..%2f..%2fconftest.py",
        f"{place.removesuffix('gradio_api')}custom_component/x/y/z/..%2f..%2fetc/passwd",
        "/page/../../conftest.py",
        "/page/%2e%2e/%2e%2e/etc/passwd",
    ]
    for target in tries:
        answer = raw(address, target)
        status = int(answer.split()[1])
        assert status in (400, 403, 404, 405, 422), (target, answer[:200])
        assert "root:" not in answer
        assert "SQLite format" not in answer


def test_uploaded_html_is_never_shown_as_html(address: str) -> None:
    sent = {"files": ("harm.html", b"<script>alert(document.domain)</script>", "text/html")}
    path = httpx.post(f"{address}/gradio_api/upload", files=sent).json()[0]
    answer = httpx.get(f"{address}/gradio_api/file={path}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    sent = {
        "files": ("harm.svg", b"<svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'/>", "text/html")
    }
    path = httpx.post(f"{address}/gradio_api/upload", files=sent).json()[0]
    answer = httpx.get(f"{address}/gradio_api/file={path}")
    assert "html" not in answer.headers["content-type"]
    assert "sandbox" in answer.headers["content-security-policy"]


def test_nothing_is_uploaded_where_nothing_is_wanted(
    address: str, library: Path, index: PaperIndex, loader: ModelLoader
) -> None:
    sent = {"files": ("refs.bib", b"@article{a}")}
    assert httpx.post(f"{address}/embed/gradio_api/upload", files=sent).status_code == 403
    assert httpx.post(f"{address}/gradio_api/upload", files=sent).status_code == 200
    with (
        PaperIndex(library, HashingEmbedding(), read_only=True) as read_only,
        served(read_only, loader) as public,
    ):
        assert httpx.post(f"{public}/gradio_api/upload", files=sent).status_code == 403
        assert httpx.post(f"{public}/gradio_api/upload/", files=sent).status_code in (403, 307)


@pytest.mark.parametrize("place", ["/", "/embed/"])
def test_headers_of_a_request_change_nothing_in_the_page(address: str, place: str) -> None:
    plain = httpx.get(address + place).text
    for name in ("x-forwarded-host", "x-gradio-server", "x-original-url", "x-forwarded-prefix"):
        for value in ("evil.example", 'evil.example"></script><script>alert(1)</script>'):
            page = httpx.get(address + place, headers={name: value}).text
            assert "evil.example" not in page
            assert len(page) == len(plain)
    answer = raw(address, f"{place}?__theme=dark%0d%0aset-cookie:%20a=b")
    assert "set-cookie" not in answer.partition("\r\n\r\n")[0].lower()
    assert int(raw(address, place, "X-Evil: a\rSet-Cookie: b=c").split()[1]) in (200, 400)
    assert raw(address, "/embed%0d%0aset-cookie:a=b").lower().count("\nset-cookie") == 0


def test_wrong_passwords_are_slow_and_after_ten_not_even_looked_at(closed: str) -> None:
    def tried(password: str) -> httpx.Response:
        fields = {"name": "ada", "password": password, "to": "chat"}
        return httpx.post(f"{closed}/login", data=fields, timeout=20)

    begun = time.perf_counter()
    assert tried("wrong horse").status_code == 401
    assert time.perf_counter() - begun >= WRONG_SECONDS
    assert tried(PASSWORD).status_code == 303
    with ThreadPoolExecutor(8) as at_once:
        list(at_once.map(tried, ["wrong horse"] * 8))
    refused = tried(PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert "set-cookie" not in refused.headers


def test_a_session_ends_with_its_password_and_is_nothing_to_guess(closed: str, people: Path) -> None:
    with httpx.Client(base_url=closed) as client:
        sent = {"name": "ada", "password": PASSWORD, "to": "chat"}
        entered = client.post("/login", data=sent)
        assert entered.headers["location"] == "/"  # and nowhere else, whatever is sent
        assert "samesite=lax" in entered.headers["set-cookie"].lower()
        assert "httponly" in entered.headers["set-cookie"].lower()
        assert client.get("/config").status_code == 200
        write_person("ada", "another horse", people)
        assert client.get("/config").status_code == 401
        assert client.post("/login", data=sent).status_code == 401
    for made_up in ("", "x", "paperchat=", 'a"; paperchat=b'):
        assert httpx.get(f"{closed}/config", headers={"cookie": f"paperchat={made_up}"}).status_code == 401
    sent = {"name": "ada", "password": "another horse", "to": "https://evil.example"}
    assert httpx.post(f"{closed}/login", data=sent).headers["location"] == "/"
    foreign = httpx.post(f"{closed}/login", data=sent, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403


def test_keys_open_the_api_beside_a_login_and_nothing_else(
    index: PaperIndex, loader: ModelLoader, people: Path, tmp_path: Path
) -> None:
    from ui.api.keys import make_key

    key = make_key("lab", tmp_path / "keys")
    with served(index, loader, people=people, keys=tmp_path / "keys") as address:
        headers = {"authorization": f"Bearer {key}"}
        assert httpx.get(f"{address}/api/papers", headers=headers).status_code == 200
        assert httpx.get(f"{address}/api/papers").status_code == 401
        assert httpx.get(f"{address}/config", headers=headers).status_code == 401


def test_the_file_of_people_tells_no_password_and_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "people"
    assert write_person("ada", PASSWORD, path) is False
    assert write_person("bob", PASSWORD, path) is False
    text = path.read_text()
    assert PASSWORD not in text
    assert len(set(re.findall(r"scrypt\$\S+", text))) == 2  # the same password, another salt
    assert path.stat().st_mode & 0o077 == 0
    known = People(path)
    assert known.knows("ada", PASSWORD)
    assert not known.knows("ada", f"{PASSWORD} ")
    assert not known.knows("eve", PASSWORD)
    assert write_person("ada", "another horse", path) is True
    assert known.knows("ada", "another horse")
    assert known.knows("bob", PASSWORD)
    for name, password, why in (("a:b", PASSWORD, "no name"), ("ada", "short", "8 characters")):
        with pytest.raises(FileError, match=why):
            write_person(name, password, path)
    path.write_text("ada:plain\n")
    with pytest.raises(FileError, match="line 1"):
        People(path)
    path.write_text("# nobody\n")
    with pytest.raises(FileError, match="paperchat user NAME"):
        People(path)
    with pytest.raises(FileError, match="cannot be read"):
        People(tmp_path / "none")


def test_a_server_for_others_without_login_says_loudly_what_they_can_do(tmp_path: Path) -> None:
    def said(*, can_change: bool = True, **options: object) -> str:
        return exposure_warning(read_settings(**options), can_change=can_change)

    assert said() == said(host="localhost") == said(host="::1") == ""
    assert said(host="0.0.0.0", auth=tmp_path / "people") == ""
    assert "anyone who reaches it can ask and see the library and change it" in said(host="0.0.0.0")
    read_only = said(host="192.168.0.7", can_change=False)
    assert "192.168.0.7" in read_only
    assert "change" not in read_only
    with pytest.raises(PaperchatError, match="root_path"):
        read_settings(root_path="papers/")


def test_user_takes_the_password_from_a_pipe(tmp_path: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("paperchat")),
        "user",
        "ada",
        "--file",
        str(tmp_path / "p"),
    ]
    done = subprocess.run(command, input=f"{PASSWORD}\n", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert People(tmp_path / "p").knows("ada", PASSWORD)
    short = subprocess.run(command, input="short\n", capture_output=True, text=True, check=False)
    assert short.returncode == 1
    assert "8 characters" in short.stderr
