"""Papers fetched by arXiv id and DOI, from a server on loopback that answers as the real ones do."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest

from index_store.errors import FileError
from index_store.values import Doubt, Paper
from index_store.web import Services, is_online_reference, read_online
from index_store.web.fetching import LARGEST_ANSWER, FetchError, Patience, fetch

QUICK = Patience(tries=3, first_wait=0.01, longest_wait=0.05, timeout=0.5)

ENTRY = """<entry>
    <id>http://arxiv.org/abs/{id}</id>
    <updated>2023-08-02T00:41:18Z</updated>
    <published>2023-03-22T17:58:11Z</published>
    <title>Herons &amp; Egrets:
  A Comparison</title>
    <summary>  We compare herons with egrets. Herons
are larger, $p &lt; 0.05$.
</summary>
    <author><name>Ada Byron</name></author>
    <author>
      <name>Laurens van der Maaten</name>
      <arxiv:affiliation xmlns:arxiv="http://arxiv.org/schemas/atom">Pond</arxiv:affiliation>
    </author>
    <arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">12 pages</arxiv:comment>
    <arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1000/herons</arxiv:doi>
    <link title="doi" href="http://dx.doi.org/10.1000/herons" rel="related"/>
    <link href="http://arxiv.org/abs/{id}" rel="alternate" type="text/html"/>
    <link title="pdf" href="http://arxiv.org/pdf/{id}" rel="related" type="application/pdf"/>
    <arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="cs.CV"/>
    <category term="cs.CV" scheme="http://arxiv.org/schemas/atom"/>
  </entry>"""
ERROR_ENTRY = """<entry>
    <id>http://arxiv.org/api/errors#incorrect_id_format_for_1234</id>
    <title>Error</title>
    <summary>incorrect id format for 1234</summary>
    <updated>2026-01-01T00:00:00-05:00</updated>
    <link href="http://arxiv.org/api/errors#incorrect_id_format_for_1234" rel="alternate" type="text/html"/>
    <author><name>arXiv api core</name></author>
  </entry>"""


def feed(*entries: str) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <link href="http://arxiv.org/api/query?id_list%3D" rel="self" type="application/atom+xml"/>
  <title type="html">ArXiv Query: search_query=&amp;id_list=&amp;start=0&amp;max_results=1</title>
  <id>http://arxiv.org/api/cHxbiOdZaP56ODnBPIenZhzg5f8</id>
  <updated>2026-01-01T00:00:00-05:00</updated>
  <opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">{len(entries)}</opensearch:totalResults>
  <opensearch:startIndex xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">0</opensearch:startIndex>
  <opensearch:itemsPerPage xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">1</opensearch:itemsPerPage>
  {"".join(entries)}
</feed>
""".encode()


CROSSREF: dict[str, object] = {
    "indexed": {
        "date-parts": [[2026, 1, 5]],
        "date-time": "2026-01-05T10:00:00Z",
        "timestamp": 1767607200000,
    },
    "publisher": "Pond Press",
    "issue": "4",
    "DOI": "10.1000/herons",
    "type": "journal-article",
    "created": {
        "date-parts": [[2019, 5, 2]],
        "date-time": "2019-05-02T09:00:00Z",
        "timestamp": 1556787600000,
    },
    "page": "1-12",
    "source": "Crossref",
    "title": "Herons &amp; Egrets",
    "prefix": "10.1000",
    "author": [
        {"given": "Ada", "family": "Byron", "sequence": "first", "affiliation": []},
        {"name": "Heron Consortium", "sequence": "additional", "affiliation": []},
    ],
    "container-title": "Journal of Ponds",
    "URL": "https://doi.org/10.1000/herons",
    "ISSN": ["1234-5678"],
    "issued": {"date-parts": [[2020, 3]]},
    "abstract": "<jats:title>Abstract</jats:title><jats:p>Herons are larger.</jats:p>",
}
OPENALEX = {
    "title": "Herons & Egrets",
    "abstract_inverted_index": {"Herons": [0], "eat": [1, 4], "fish;": [2], "egrets": [3], "frogs.": [5]},
}

Answer = tuple[int, dict[str, str], bytes]


class Web(ThreadingHTTPServer):
    """All the services on loopback: `answers` by path, one after another, the last one again and again."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), WebRequest)
        self.answers: dict[str, list[Answer | Callable[[WebRequest], None]]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def services(self) -> Services:
        return Services(f"{self.url}/api/query", f"{self.url}/doi", f"{self.url}/works")

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def serve(self, path: str, *answers: Answer | bytes | Callable[[WebRequest], None]) -> None:
        self.answers[path] = [(200, {}, a) if isinstance(a, bytes) else a for a in answers]


class WebRequest(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        answers = self.server.answers.get(unquote(self.path.partition("?")[0]))
        if not answers:
            self.send_error(404)
            return
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if callable(answer):
            answer(self)
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal of the tests clean."""


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web()
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield web
    web.shutdown()
    web.server_close()
    thread.join()


ARXIV, DOI, WORK = "/api/query", "/doi/10.1000/herons", "/works/doi:10.1000/herons"


def read(web: Web, reference: str) -> Paper:
    [paper] = read_online(reference, services=web.services, patience=QUICK)
    assert isinstance(paper, Paper)
    return paper


def said(web: Web, reference: str) -> str:
    with pytest.raises(FileError) as error:
        read_online(reference, services=web.services, patience=QUICK)
    assert "\n" not in str(error.value)
    return str(error.value)


# References


@pytest.mark.parametrize(
    "text",
    [
        "arxiv:2303.12345", "arXiv: 2303.12345v2", "ARXIV:hep-th/9901001", "arxiv:nonsense",
        "doi:10.1000/xyz",
        "DOI:10.1000/xyz", "https://doi.org/10.1000/xyz", "http://dx.doi.org/10.1000/xyz",
        "https://arxiv.org/abs/2303.12345", "https://www.arxiv.org/pdf/2303.12345v1.pdf",
        "http://export.arxiv.org/abs/hep-th/9901001",
    ],
)  # fmt: skip
def test_reference_is_told_from_the_name_of_a_file(text: str) -> None:
    assert is_online_reference(text)


@pytest.mark.parametrize(
    "text",
    ["papers.bib", "arxiv", "arxiv:", "doi", "arxiv.json", "C:\\papers.bib", "./doi:10.1", "2303.12345",
     "10.1/x",
     "https://example.org/10.1000/xyz", "https://arxiv.org.evil.example/abs/2303.12345", ""],
)  # fmt: skip
def test_name_of_a_file_is_no_reference(text: str) -> None:
    assert not is_online_reference(text)


@pytest.mark.parametrize(
    "text", ["arxiv:nonsense", "doi:nonsense", "https://arxiv.org/list/cs/new", "doi:arxiv", "papers.bib"]
)
def test_malformed_reference_says_what_one_looks_like(web: Web, text: str) -> None:
    assert said(web, text) == (
        f"{text}: this is no arXiv id and no DOI; they look like arxiv:2303.12345 and doi:10.1000/xyz."
    )
    assert web.asked == []


# arXiv


@pytest.mark.parametrize(
    ("reference", "asked", "id"),
    [
        ("arxiv:2303.12345", "2303.12345", "2303.12345"),
        ("arXiv: 2303.12345v2", "2303.12345v2", "2303.12345"),
        ("https://arxiv.org/abs/2303.12345v1", "2303.12345v1", "2303.12345"),
        ("https://www.arxiv.org/pdf/2303.12345v3.pdf", "2303.12345v3", "2303.12345"),
        ("arxiv:hep-th/9901001v3", "hep-th/9901001v3", "hep-th/9901001"),
        ("arxiv:math.GT/0309136", "math/0309136", "math/0309136"),
        ("https://doi.org/10.48550/arXiv.2303.12345", "2303.12345", "2303.12345"),
    ],
)
def test_paper_is_read_from_arxiv(web: Web, reference: str, asked: str, id: str) -> None:
    web.serve(ARXIV, feed(ENTRY.format(id=f"{id}v2")))
    paper = read(web, reference)
    assert web.paths == [f"{ARXIV}?id_list={asked}&max_results=1"]
    assert paper.id == id
    assert paper.title == "Herons & Egrets: A Comparison"
    assert paper.abstract == "We compare herons with egrets. Herons are larger, $p < 0.05$."
    assert paper.authors == ("Ada Byron", "Laurens van der Maaten")
    assert paper.year == 2023
    assert paper.identifiers == {"arxiv_id": id, "doi": "10.1000/herons"}


@pytest.mark.parametrize("answer", [feed(), feed(ERROR_ENTRY), feed(ENTRY.format(id="2303.99999v1"))])
def test_paper_that_arxiv_does_not_have_is_named(web: Web, answer: bytes) -> None:
    web.serve(ARXIV, answer)
    assert said(web, "arxiv:2303.12345") == (
        "arxiv:2303.12345: there is no such paper at arXiv; look at the number again."
    )


def test_id_that_arxiv_calls_a_bad_request_is_no_paper(web: Web) -> None:
    web.serve(ARXIV, (400, {}, feed(ERROR_ENTRY)))
    assert "there is no such paper at 127.0.0.1" in said(web, "arxiv:2303.12345")
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    "answer", [b"<html><body>Rate exceeded.</body></html>", b"\x00\xff garbage", b"", b"<feed"]
)
def test_garbage_from_arxiv_is_no_traceback(web: Web, answer: bytes) -> None:
    web.serve(ARXIV, answer)
    assert said(web, "arxiv:2303.12345").startswith("arxiv:2303.12345: ")


# DOIs


@pytest.mark.parametrize(
    "reference",
    ["doi:10.1000/HERONS", "https://doi.org/10.1000/herons", "http://dx.doi.org/10.1000%2Fherons"],
)
def test_paper_is_read_by_its_doi(web: Web, reference: str) -> None:
    web.serve(DOI, json.dumps(CROSSREF).encode())
    paper = read(web, reference)
    assert paper == Paper(
        "10.1000/herons",
        "Herons & Egrets",
        "Herons are larger.",
        authors=("Ada Byron", "Heron Consortium"),
        year=2020,
        venue="Journal of Ponds",
        url="https://doi.org/10.1000/herons",
        identifiers={"doi": "10.1000/herons"},
    )
    [(_, headers)] = web.asked
    assert headers["Accept"] == "application/vnd.citationstyles.csl+json"


def test_service_is_told_who_asks(web: Web) -> None:
    web.serve(DOI, json.dumps(CROSSREF).encode())
    read_online("doi:10.1000/herons", contact="ada@example.org", services=web.services, patience=QUICK)
    agent = web.asked[0][1]["User-Agent"]
    assert agent.startswith("paperchat/")
    assert agent.endswith(" (mailto:ada@example.org)")


def test_record_is_fetched_from_where_doi_org_leads(web: Web) -> None:
    web.serve(DOI, (302, {"Location": "/v1/works/herons/transform"}, b""))
    web.serve("/v1/works/herons/transform", json.dumps(CROSSREF).encode())
    assert read(web, "doi:10.1000/herons").title == "Herons & Egrets"
    assert web.asked[1][1]["Accept"] == "application/vnd.citationstyles.csl+json"


def test_name_of_the_agency_is_no_venue(web: Web) -> None:
    record = {name: value for name, value in CROSSREF.items() if name != "container-title"}
    web.serve(DOI, json.dumps(record).encode())
    assert read(web, "doi:10.1000/herons").venue is None


def test_abstract_that_the_record_lacks_comes_from_openalex(web: Web) -> None:
    web.serve(DOI, json.dumps(CROSSREF | {"abstract": None}).encode())
    web.serve(WORK, json.dumps(OPENALEX).encode())
    paper = read(web, "doi:10.1000/herons")
    assert paper.abstract == "Herons eat fish; egrets eat frogs."
    assert paper.venue == "Journal of Ponds"


@pytest.mark.parametrize(
    "answer", [None, {"title": "Herons", "abstract_inverted_index": None}, {"title": None}]
)
def test_paper_whose_abstract_nobody_has_comes_without_one(web: Web, answer: object) -> None:
    web.serve(DOI, json.dumps(CROSSREF | {"abstract": ""}).encode())
    if answer:
        web.serve(WORK, json.dumps(answer).encode())
    assert read(web, "doi:10.1000/herons").abstract == ""


@pytest.mark.parametrize("answer", [(500, {}, b""), (429, {}, b""), b"<html>", b"[]"])
def test_doubt_says_why_an_abstract_could_not_be_asked_for(web: Web, answer: Answer | bytes) -> None:
    web.serve(DOI, json.dumps(CROSSREF | {"abstract": ""}).encode())
    web.serve(WORK, answer)
    paper, doubt = read_online("doi:10.1000/herons", services=web.services, patience=QUICK)
    assert isinstance(paper, Paper) and paper.title == "Herons & Egrets"
    assert isinstance(doubt, Doubt)
    assert str(doubt).startswith("doi:10.1000/herons: its abstract was not found: ")


def test_doi_that_does_not_exist_is_named(web: Web) -> None:
    assert said(web, "doi:10.1000/nothing") == (
        "doi:10.1000/nothing: there is no such paper at 127.0.0.1; look at the number again."
    )
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [b"<!DOCTYPE html><title>Herons</title>", b"", b"[1, 2]", b"[" * 100_000, b'{"DOI": "10.1000/herons"}'],
)
def test_doi_whose_record_is_no_record_is_named(web: Web, answer: bytes) -> None:
    web.serve(DOI, answer)
    assert said(web, "doi:10.1000/herons").startswith("doi:10.1000/herons: ")


# Patience


def test_busy_service_is_asked_again(web: Web) -> None:
    record = json.dumps(CROSSREF).encode()
    web.serve(DOI, (429, {"Retry-After": "0"}, b""), (503, {}, b""), (200, {}, record))
    assert read(web, "doi:10.1000/herons").title == "Herons & Egrets"
    assert len(web.asked) == 3


@pytest.mark.parametrize("as_date", [False, True])
def test_service_that_says_when_is_asked_then(web: Web, as_date: bool) -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True) if as_date else "1"
    web.serve("/a", (429, {"Retry-After": when}, b""), (200, {}, b"here"))
    begun = time.monotonic()
    assert fetch(f"{web.url}/a", {}, Patience(tries=2, first_wait=0.01, longest_wait=5)) == b"here"
    assert 0.9 < time.monotonic() - begun < 4


@pytest.mark.parametrize("asked", ["3600", "9" * 400, "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_service_that_asks_for_an_hour_is_not_waited_for(web: Web, asked: str) -> None:
    web.serve(DOI, (429, {"Retry-After": asked}, b""))
    assert said(web, "doi:10.1000/herons") == (
        "doi:10.1000/herons: 127.0.0.1 is busy or broken (HTTP 429); try again later, or add the entry "
        "as BibTeX."
    )
    assert len(web.asked) == 1


@pytest.mark.parametrize("asked", ["soon", "-5", "", "Thu, 01 Jan 1970 00:00:00 GMT", "²"])
def test_odd_retry_after_is_no_traceback(web: Web, asked: str) -> None:
    odd = {"Retry-After": asked.encode("utf-8").decode("latin-1")}
    web.serve("/a", (503, odd, b""), (200, {}, b"here"))
    assert fetch(f"{web.url}/a", {}, QUICK) == b"here"


def test_broken_service_is_given_up(web: Web) -> None:
    web.serve(DOI, (500, {}, b"oops"))
    assert "is busy or broken (HTTP 500)" in said(web, "doi:10.1000/herons")
    assert len(web.asked) == QUICK.tries


def test_refusal_is_not_asked_again(web: Web) -> None:
    web.serve(DOI, (403, {}, b"no"))
    assert "does not answer this (HTTP 403)" in said(web, "doi:10.1000/herons")
    assert len(web.asked) == 1


def test_service_that_is_not_there_says_what_to_do() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{free.getsockname()[1]}"
    services = Services(gone, gone, gone)
    for reference in ("arxiv:2303.12345", "doi:10.1000/herons"):
        with pytest.raises(FileError) as error:
            read_online(reference, services=services, patience=QUICK)
        assert str(error.value) == (
            f"{reference} needs the internet, and 127.0.0.1 cannot be reached; export the entry as BibTeX "
            "elsewhere and add that file."
        )


def test_server_that_hangs_is_left(web: Web) -> None:
    web.serve(DOI, lambda request: time.sleep(2))
    begun = time.monotonic()
    assert "127.0.0.1 breaks off (ReadTimeout)" in said(web, "doi:10.1000/herons")
    assert time.monotonic() - begun < 2 * QUICK.tries * QUICK.timeout


def drip(request: WebRequest) -> None:
    request.send_response(200)
    request.end_headers()
    try:
        for _ in range(30):
            request.wfile.write(b" ")
            request.wfile.flush()
            time.sleep(0.1)
    except OSError:
        return


def test_server_that_drips_is_left(web: Web) -> None:
    web.serve(DOI, drip)
    begun = time.monotonic()
    assert "answers too slowly" in said(web, "doi:10.1000/herons")
    assert time.monotonic() - begun < 2


def cut(request: WebRequest) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b"{")


def test_answer_that_breaks_off_is_asked_for_again(web: Web) -> None:
    web.serve(DOI, cut, (200, {}, json.dumps(CROSSREF).encode()))
    assert read(web, "doi:10.1000/herons").title == "Herons & Egrets"


# Bounds


@pytest.mark.parametrize("packed", [False, True])
def test_endless_answer_is_not_read(web: Web, packed: bool) -> None:
    body = bytes(LARGEST_ANSWER + 1)
    answer = (200, {"Content-Encoding": "gzip"}, gzip.compress(body)) if packed else (200, {}, body)
    web.serve(DOI, answer)
    with pytest.raises(FetchError, match="answers more than 8 MB"):
        fetch(f"{web.url}{DOI}", {}, Patience(timeout=10))


def test_answer_that_is_not_what_it_says_is_no_traceback(web: Web) -> None:
    web.serve(DOI, (200, {"Content-Encoding": "gzip"}, b"not gzip"))
    assert "answers what cannot be read" in said(web, "doi:10.1000/herons")


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("http://example.org/x", "leads to example.org, which is not asked without https"),
        ("ftp://127.0.0.1/x", "leads to 127.0.0.1"),
        ("file:///etc/passwd", "leads to "),
        ("https://127.0.0.1:port/", "breaks off"),
        (DOI, "leads in circles"),
    ],
)
def test_redirect_that_may_not_be_followed_is_named(web: Web, location: str, words: str) -> None:
    web.serve(DOI, (302, {"Location": location}, b""))
    assert words in said(web, "doi:10.1000/herons")


def test_default_services_are_asked_over_https() -> None:
    services = Services()
    assert all(url.startswith("https://") for url in (services.arxiv, services.doi, services.openalex))
