"""The API for programs, over a real server on loopback: what is asked, streamed, compared, looked up."""

from __future__ import annotations

import asyncio
import json
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import EGRET, HERON, PAPERS, make_paper
from fakes import HashingEmbedding, ScriptedModel, loaded, settled
from fastapi import FastAPI
from llama_index.core.base.llms.types import ChatMessage
from pydantic import PrivateAttr
from serving import PROSE, QUESTION, api, in_a_loop, serving

from index_store.errors import LibraryError
from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from ui.answer_json import answer_object
from ui.api.running import Running
from ui.api.sending import ALIVE, answer_events, keep_alive
from ui.model_loader import ModelLoader
from ui.serving import build_app
from ui.timing import Timings

FLOOD = make_paper(
    "RiverWatch: Floods Seen Early",
    "RiverWatch warns of floods two days ahead.",
    id="10.1000/river/7",
    year=2021,
)


@pytest.fixture
def flooded(index: PaperIndex) -> PaperIndex:
    index.add([FLOOD])
    return index


@pytest.fixture
def client(flooded: PaperIndex, loader: ModelLoader) -> Iterator[httpx.Client]:
    with api(flooded, loader) as client:
        yield client


def events(client: httpx.Client, path: str, **sent: Any) -> list[tuple[str, Any]]:
    with client.stream("POST", path, json=sent) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        return list(read_events(response))


def read_events(response: httpx.Response) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_answer_is_the_object_of_ask_json(
    client: httpx.Client, flooded: PaperIndex, model: ScriptedModel
) -> None:
    model.enqueue(PROSE, PROSE)
    told = client.post("/api/ask", json={"question": QUESTION}).json()
    answer = Assistant(flooded, model).ask(QUESTION)
    device = {"name": "cpu", "dtype": "float32", "warning": ""}
    expected = json.loads(json.dumps(answer_object(answer, Timings(0, 0, 0), device)))
    assert told["timings"].keys() == expected["timings"].keys()
    assert told | {"timings": None} == expected | {"timings": None}
    assert told["statements"] == [{"text": PROSE, "citations": [1], "support": "supported"}]


def test_stream_brings_the_quotes_then_the_prose_then_the_whole(
    client: httpx.Client, model: ScriptedModel
) -> None:
    model.delay = 0.03
    model.enqueue(f"{PROSE} It reaches 91.3% accuracy on BirdBench.")
    told = events(client, "/api/ask", question=QUESTION, stream=True)
    names = [name for name, _ in told]
    assert names[0] == "draft" and names[-1] == "complete" and set(names[1:-1]) == {"writing"}
    assert told[0][1]["statements"][0]["support"] == "quoted"
    assert any(data["tentative"] for name, data in told if name == "writing")
    assert told[-1][1]["statements"][0]["text"] == PROSE
    asked = {"question": QUESTION, "draft": True}
    accepted = client.post("/api/ask", json=asked, headers={"accept": "text/event-stream"})
    assert [name for name, _ in read_events(accepted)] == ["complete"]


def test_question_leans_on_the_history(client: httpx.Client) -> None:
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": PROSE}]
    asked = {"question": "What accuracy does it reach?", "history": history, "draft": True}
    told = client.post("/api/ask", json=asked).json()
    assert "HERON" in told["standalone_question"]
    assert [citation["title"] for citation in told["citations"]] == [HERON.title]
    assert [turn["question"] for turn in told["receipt"]["turns"]] == [QUESTION]


@pytest.mark.parametrize("stream", [True, False])
def test_closing_the_connection_stops_the_model(
    client: httpx.Client, model: ScriptedModel, stream: bool
) -> None:
    model.delay, long = 0.02, " ".join(f"HERON reaches {number}% accuracy" for number in range(200))
    model.enqueue(long, PROSE)
    with (
        pytest.raises(httpx.ReadTimeout),
        client.stream(
            "POST", "/api/ask", json={"question": QUESTION, "stream": stream}, timeout=1.0
        ) as response,
    ):
        for name, _ in read_events(response):
            if name == "writing":
                raise httpx.ReadTimeout("read enough")
    written = -1
    while model.written > written:
        written = model.written
        time.sleep(0.5)
    assert 0 < written < len(long) / model.piece / 2
    assert client.post("/api/ask", json={"question": QUESTION}).json()["text"].startswith(PROSE)


def test_model_that_breaks_leaves_the_quotes_and_says_so(
    client: httpx.Client, model: ScriptedModel
) -> None:
    model.fail_after = 0
    model.enqueue(PROSE)
    told = client.post("/api/ask", json={"question": QUESTION}).json()
    assert "out of memory" in told["note"]
    assert {statement["support"] for statement in told["statements"]} == {"quoted"}


def test_error_that_nobody_foresaw_is_told_without_its_words(client: httpx.Client) -> None:
    response = client.post("/api/ask", json={"question": QUESTION})  # the script of the model is empty
    assert response.status_code == 500
    assert response.json() == {
        "error": {"what": "The answer broke off; the log of the server says why.", "code": "internal"}
    }
    assert events(client, "/api/ask", question=QUESTION, stream=True)[-1] == ("error", response.json())


def test_papers_are_compared(client: httpx.Client) -> None:
    asked = {"subjects": ["HERON", "EgretNet"], "aspects": ["accuracy"], "draft": True}
    told = client.post("/api/compare", json=asked).json()
    subjects = [subject["paper_id"] for subject in told["comparison"]["subjects"]]
    assert subjects == [HERON.id, EGRET.id]
    assert told["comparison"]["rows"][0]["asked"]
    assert told["comparison"]["rows"][0]["cells"][1]["text"].startswith("EgretNet obtains 88.2%")
    alone = client.post("/api/compare", json={"subjects": ["HERON"]})
    assert (alone.status_code, alone.json()["error"]["code"]) == (400, "bad_question")
    name, told = events(client, "/api/compare", subjects=["HERON"], stream=True)[-1]
    assert (name, told["error"]["code"]) == ("error", "bad_question")


def test_papers_are_listed_found_and_read(client: httpx.Client) -> None:
    everything = client.get("/api/papers").json()
    assert [paper["title"] for paper in everything["papers"]] == [p.title for p in [*PAPERS, FLOOD]]
    assert (everything["total"], everything["by_meaning"]) == (4, False)
    second = client.get("/api/papers", params={"limit": 1, "offset": 1}).json()
    assert [paper["id"] for paper in second["papers"]] == [EGRET.id]
    found = client.get("/api/papers", params={"query": "floods"}).json()
    assert [paper["id"] for paper in found["papers"]] == [FLOOD.id]
    assert client.get(f"/api/papers/{FLOOD.id}").json()["year"] == 2021
    assert client.get("/api/papers/10.1000%2Friver%2F7").json()["title"] == FLOOD.title
    missing = client.get("/api/papers/10.1000/none")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")


def test_until_the_model_is_there_answers_are_quotes_and_health_says_so(
    index: PaperIndex, model: ScriptedModel
) -> None:
    loader = ModelLoader(lambda progress: model)
    with api(index, loader) as client:
        told = client.get("/api/health").json()
        assert told["model"] == {"name": "the-model", "device": None, "ready": False}
        assert told["library"] == {"papers": 3, "fingerprint": None}
        assert (
            "quotes until the model is ready"
            in client.post("/api/ask", json={"question": QUESTION}).json()["note"]
        )
        settled(loader)
        told = client.get("/api/health", params={"fingerprint": True}).json()
        assert told["model"]["ready"] and told["model"]["device"]["name"] == "cpu"
        assert told["library"]["fingerprint"] == index.fingerprint


def test_comment_goes_out_while_nothing_else_does() -> None:
    def slow() -> Iterator[Any]:
        time.sleep(1.2)
        raise LibraryError("The library cannot be read.")
        yield

    async def read() -> list[str]:
        running: Running[Any] = Running(slow(), lambda: None)  # type: ignore[arg-type]
        return [event async for event in keep_alive(answer_events(running, "/api/ask"), every=0.4)]

    *before, last = asyncio.run(read())
    assert before and set(before) == {ALIVE}
    assert last.startswith("event: error\n") and '"unavailable"' in last


def test_page_and_api_stand_side_by_side_also_under_a_path(index: PaperIndex, loader: ModelLoader) -> None:
    above = FastAPI()
    above.mount("/chat", in_a_loop(lambda: build_app(index, loader, library="test")))
    with serving(above) as address, httpx.Client(base_url=f"{address}chat", timeout=30) as client:
        assert client.get("/api/health").json()["status"] == "ok"
        asked = {"question": QUESTION, "draft": True}
        assert client.post("/api/ask", json=asked).json()["kind"] == "answer"
        assert client.post("/v1/chat/completions", content=b"").json()["error"]["type"]
        for path in ("/api/none", "/api/"):
            missing = client.get(path)
            assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
        assert client.put("/api/ask", json=asked).status_code == 405
        assert "paperchat" in client.get("/").text


def test_docs_page_says_everything_and_loads_nothing(client: httpx.Client) -> None:
    schema, page = client.get("/api/openapi.json").json(), client.get("/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path in schema["paths"]:
        assert f"<code>{path}</code>" in page.text
    for name, said in schema["components"]["schemas"].items():
        assert f'id="{name}"' in page.text
        assert said.get("description"), name
    assert not any(loads in page.text for loads in ("<script", "<link", "src=", "url(", "@import"))


class Attentive(ScriptedModel):
    """A model that answers what it is asked, and begins when it is let go."""

    _may_begin: threading.Event = PrivateAttr(default_factory=threading.Event)

    def _stream(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        number = int(str(messages[-1].content).rpartition("MODEL")[2].partition(" ")[0])
        self.enqueue(f"MODEL{number} is trained on {number} hours of songs.")
        pieces = super()._stream(messages)
        self._may_begin.wait(60)
        return pieces


def test_twenty_visitors_at_once_get_their_own_answers_in_their_order(library: Path) -> None:
    model, count = Attentive(delay=0.005), 20
    loader = loaded(model)
    papers = [
        make_paper(
            f"MODEL{number}: Birds of Valley {number}",
            f"MODEL{number} is trained on {number} hours of songs.",
        )
        for number in range(101, 101 + count)
    ]
    answers: dict[int, Any] = {}
    waits: dict[int, str] = {}

    def visit(client: httpx.Client, number: int) -> None:
        asked = {"question": f"How many hours is MODEL{number} trained on?", "stream": True}
        with client.stream("POST", "/api/ask", json=asked, timeout=120) as response:
            for name, data in read_events(response):
                answers[number] = (name, data)
                if name == "waiting":
                    waits.setdefault(number, data["text"])

    with PaperIndex(library, HashingEmbedding()) as index:
        index.add(papers)
        with api(index, loader) as client:
            visitors = []
            for number in range(101, 101 + count):
                visitors.append(threading.Thread(target=visit, args=(client, number)))
                visitors[-1].start()
                while not (model.history if number == 101 else number in waits):
                    time.sleep(0.01)
            model._may_begin.set()
            for visitor in visitors:
                visitor.join(60)
    for number, (name, answer) in answers.items():
        assert (name, answer["text"]) == (
            "complete",
            f"MODEL{number} is trained on {number} hours of songs. [1]",
        )
    served = [str(asked[-1].content).rpartition("MODEL")[2][:3] for asked in model.history]
    assert served == [str(number) for number in range(101, 101 + count)]
    assert waits[120] == "19 answers before yours"


def test_programs_and_the_page_wait_in_one_line(
    client: httpx.Client, flooded: PaperIndex, loader: ModelLoader, model: ScriptedModel
) -> None:
    model.enqueue(PROSE, PROSE)
    on_the_page = loader.gate.pace(Assistant(flooded, model).stream(QUESTION))
    next(on_the_page), next(on_the_page)
    names = []
    with client.stream("POST", "/api/ask", json={"question": QUESTION, "stream": True}) as response:
        for name, data in read_events(response):
            names.append(name)
            if name == "waiting":
                assert data == {"text": "1 answer before yours"}
                time.sleep(1.2)  # the same is not said again
                on_the_page.close()
    assert names[:3] == ["draft", "waiting", "draft"] and names[-1] == "complete"


def test_curl_examples_of_the_docs_work(client: httpx.Client, model: ScriptedModel) -> None:
    house = Path(__file__).parent.parent
    text = (house / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in text.split("```sh\n")[1:]]
    readme = [line.strip() for line in (house / "README.md").read_text(encoding="utf-8").splitlines()]
    commands = [block for block in [*blocks, *readme] if block.startswith("curl")]
    assert len(commands) >= 7
    for command in commands:
        model.enqueue(PROSE)
        here = command.replace("http://127.0.0.1:7860/", str(client.base_url)).replace(
            "curl ", "curl -sSf ", 1
        )
        done = subprocess.run(["bash", "-c", here], capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 0, (command, done.stderr)
        said = done.stdout
        assert "event: complete" in said or "[DONE]" in said or "<title>" in said or json.loads(said)
