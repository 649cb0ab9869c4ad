"""The MCP server, asked by the official client: over real stdin and stdout, and over HTTP on loopback."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import typer
from conftest import EGRET, HERON, PAPERS, TIDE, make_paper
from fakes import HashingEmbedding, ScriptedModel, settled
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.types import CallToolResult, TextContent
from serving import listen, port_of, serving

from index_store.errors import ModelError
from index_store.following import FollowedLibrary
from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from ui.answer_json import answer_object, paper_object
from ui.cli import app
from ui.mcp_command import PORT
from ui.mcp_server import build_mcp_app
from ui.mcp_tools import PaperTools, build_mcp_server
from ui.model_loader import ModelLoader
from ui.timing import Timings

ROOT = Path(__file__).parent.parent
CHILD = Path(__file__).parent / "mcp_child.py"
SAID = "HERON hides 60% of a spectrogram and predicts it. "
ENDLESS = "HERON hides 60% of a spectrogram and then " * 1000
QUESTION = "What share of the spectrogram does HERON hide?"


def text_of(result: CallToolResult) -> str:
    return "".join(block.text for block in result.content if isinstance(block, TextContent))


def in_one_line(result: CallToolResult) -> str:
    assert result.is_error
    text = text_of(result)
    assert text and "\n" not in text.strip()
    return text


@pytest.fixture
def written(library: Path) -> Path:
    with PaperIndex(library, HashingEmbedding()) as index:
        index.add(PAPERS)
    return library


@pytest.fixture
def address(written: Path, loader: ModelLoader) -> Iterator[str]:
    with (
        FollowedLibrary(written, HashingEmbedding()) as library,
        mcp_over(PaperTools(lambda: library, loader)) as address,
    ):
        yield address


@contextmanager
def mcp_over(tools: PaperTools) -> Iterator[str]:
    listener = listen()
    with serving(build_mcp_app(build_mcp_server(tools), port_of(listener)), on=listener) as address:
        yield f"{address}mcp"


def talk(server: Any, talk_to: Callable[[Client], Awaitable[None]], **options: Any) -> None:
    async def run() -> None:
        with anyio.fail_after(120):
            async with Client(server, **options) as client:
                await talk_to(client)

    anyio.run(run)


def call(server: Any, tool: str, /, **arguments: Any) -> CallToolResult:
    results: list[CallToolResult] = []

    async def ask(client: Client) -> None:
        results.append(await client.call_tool(tool, arguments))

    talk(server, ask)
    return results[0]


def test_tools_say_what_they_do_and_that_they_only_read(address: str) -> None:
    async def look(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"ask", "compare", "search_papers", "paper"}
        for tool in tools.values():
            assert tool.annotations and tool.annotations.read_only_hint
            assert len(tool.description or "") > 40
            assert all("description" in of for of in tool.input_schema["properties"].values())
        assert tools["ask"].input_schema["required"] == ["question"]
        assert set(tools["ask"].input_schema["properties"]) == {"question", "draft"}
        assert tools["compare"].input_schema["required"] == ["subjects"]
        assert "never instructions" in (client.instructions or "")

    talk(address, look)
    talk(address, look, mode="legacy")


def test_answer_is_the_object_of_ask_json_and_prose_with_quotes(
    address: str, written: Path, model: ScriptedModel, loader: ModelLoader
) -> None:
    model.enqueue(SAID, SAID)
    result = call(address, "ask", question=QUESTION)
    assert not result.is_error and result.structured_content
    with PaperIndex(written, HashingEmbedding()) as index:
        expected = answer_object(Assistant(index, model).ask(QUESTION), Timings(0, None, 0), None)
    own = json.loads(json.dumps(expected))
    changing = {"timings", "device"}
    assert {k: v for k, v in result.structured_content.items() if k not in changing} == {
        k: v for k, v in own.items() if k not in changing
    }
    assert result.structured_content["device"] == {"name": "cpu", "dtype": "float32", "warning": ""}
    assert result.structured_content["timings"]["total_s"] > 0
    text = text_of(result)
    assert f"{SAID.strip()} [1]" in text
    for quote in result.structured_content["citations"][0]["quotes"]:
        assert f"> {quote['text']}" in text and quote["text"] in HERON.abstract
    assert f"[1] {HERON.id}" in text


def test_draft_asks_no_model_and_a_model_that_is_not_there_is_named(written: Path, address: str) -> None:
    result = call(address, "ask", question=QUESTION, draft=True)  # nothing is enqueued
    assert result.structured_content and result.structured_content["note"] == ""
    assert {s["support"] for s in result.structured_content["statements"]} == {"quoted"}

    def fail(_progress: Any) -> Any:
        raise ModelError("There is no room for it.")

    broken, waiting = settled(ModelLoader(fail)), ModelLoader(fail)
    with FollowedLibrary(written, HashingEmbedding()) as library:
        for loader, said in [(broken, "There is no room"), (waiting, "until the model is"), (None, "")]:
            with mcp_over(PaperTools(lambda: library, loader)) as other:
                result = call(other, "ask", question=QUESTION)
            assert result.structured_content and result.structured_content["citations"]
            assert said in result.structured_content["note"]
            assert said in text_of(result)
            assert ("Note:" in text_of(result)) == bool(said)


def test_refusal_is_an_answer_and_no_error(address: str) -> None:
    result = call(address, "ask", question="Who won the chess championship in 1972?")
    assert not result.is_error and result.structured_content
    assert result.structured_content["kind"] == "refusal"
    assert result.structured_content["refusal"]["text"] in text_of(result)


def test_comparison_has_a_quote_in_every_cell(address: str, model: ScriptedModel) -> None:
    model.enqueue(SAID, "EgretNet uses convolutions only. ")
    result = call(address, "compare", subjects=["HERON", "EgretNet"], aspects=["accuracy"])
    assert result.structured_content
    table = result.structured_content["comparison"]
    assert [subject["paper_id"] for subject in table["subjects"]] == [HERON.id, EGRET.id]
    row = next(row for row in table["rows"] if row["asked"])
    assert row["cells"][0]["text"] in HERON.abstract and row["cells"][1]["text"] in EGRET.abstract
    assert "| --- |" in text_of(result) and "91.3%" in text_of(result)


def test_papers_are_found_and_read_whole(address: str, written: Path) -> None:
    with PaperIndex(written, HashingEmbedding()) as writer:  # nobody is kept from writing
        writer.add([make_paper("A DOI of a Paper", "It has a slash.", id="10.1000/a..b/c")])

    async def look(client: Client) -> None:
        every = await client.call_tool("search_papers", {"limit": 2})
        assert every.structured_content and every.structured_content["total"] == 4
        assert every.structured_content["papers"] == [
            json.loads(json.dumps(paper_object(paper))) for paper in (HERON, EGRET)
        ]
        assert "2 of 4 papers" in text_of(every) and HERON.id in text_of(every)
        found = await client.call_tool("search_papers", {"query": "gauges sea"})
        assert found.structured_content
        assert [paper["id"] for paper in found.structured_content["papers"]] == [TIDE.id]
        near = await client.call_tool(
            "search_papers", {"query": "forecasting oceans with graphs", "limit": 1}
        )
        assert near.structured_content and near.structured_content["papers"][0]["id"] == TIDE.id
        for name in (HERON.id, HERON.title):
            one = await client.call_tool("paper", {"id": name})
            assert one.structured_content == json.loads(json.dumps(paper_object(HERON)))
            assert HERON.abstract in text_of(one) and "https://example.org/heron" in text_of(one)
        for name, words in [(HERON.id, HERON.abstract), ("10.1000/a..b/c", "It has a slash.")]:
            [content] = (await client.read_resource(f"paper://{name}")).contents
            assert words in content.text  # type: ignore[union-attr]
        templates = (await client.list_resource_templates()).resource_templates
        assert [template.uri_template for template in templates] == ["paper://{+id}"]
        with pytest.raises(MCPError, match="There is no paper"):
            await client.read_resource("paper://nowhere")

    talk(address, look)


def test_errors_are_one_line_that_says_what_now(address: str) -> None:
    assert "search_papers" in in_one_line(call(address, "paper", id="no such paper"))
    assert "at least two papers" in in_one_line(call(address, "compare", subjects=["HERON"]))
    assert in_one_line(call(address, "search_papers", limit=0)).startswith("limit: ")
    assert in_one_line(call(address, "ask", question="x" * 100_000)).startswith("question: ")
    assert in_one_line(call(address, "ask")).startswith("question: ")


def test_library_that_cannot_be_opened_is_a_tool_error(written: Path, loader: ModelLoader) -> None:
    tools = PaperTools(lambda: FollowedLibrary(written, HashingEmbedding("another")), loader)
    with mcp_over(tools) as address:
        assert "paperchat reindex" in in_one_line(call(address, "ask", question=QUESTION))


def test_progress_is_told_and_a_cancelled_call_stops_the_model(address: str, model: ScriptedModel) -> None:
    model.delay = 0.02
    told: list[str | None] = []

    async def give_up(client: Client) -> None:
        call = anyio.CancelScope()

        async def hear(_progress: float, _total: float | None, message: str | None) -> None:
            told.append(message)
            if len(told) == 2:
                call.cancel()

        with call:
            await client.call_tool("ask", {"question": QUESTION}, progress_callback=hear)
        assert call.cancelled_caught
        with anyio.fail_after(20):  # left alone it would write for minutes
            written = 0
            while model.written > written:
                written = model.written
                await anyio.sleep(0.5)
        again = await client.call_tool("ask", {"question": QUESTION})  # the next one need not wait for it
        assert SAID.strip() in text_of(again)

    for mode in ("auto", "legacy"):
        told.clear()
        model.enqueue(ENDLESS, SAID)
        talk(address, give_up, mode=mode)
        assert told[0] == "Quotes are found, writing begins"
        assert re.fullmatch(r"Writing, [1-9]\d* words so far", told[1] or "")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:PORT"}, 200),
        ({"Host": "rebound.example:PORT"}, 421),
        ({"Host": "127.0.0.1:1"}, 421),
        ({"Origin": "http://127.0.0.1:PORT"}, 200),
        ({"Origin": "http://rebound.example"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_pages_of_others_do_not_reach_it(address: str, headers: dict[str, str], status: int) -> None:
    port = address.split(":")[2].partition("/")[0]
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "a", "version": "1"},
    }
    answer = httpx.post(
        address,
        json={"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        headers={"Accept": "application/json, text/event-stream"}
        | {name: value.replace("PORT", port) for name, value in headers.items()},
    )
    assert answer.status_code == status
    assert "access-control-allow-origin" not in answer.headers


def test_message_that_is_too_large_is_refused(address: str) -> None:
    answer = httpx.post(
        address, content=b'"' + b"x" * 2_000_000 + b'"', headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413


def test_stdout_carries_messages_alone_whatever_prints(written: Path, tmp_path: Path) -> None:
    wire, log = tmp_path / "wire.log", tmp_path / "stderr.log"
    command = StdioServerParameters(
        command="sh",
        args=[
            "-c",
            '"$0" "$1" "$2" "$3" | tee "$4"',
            sys.executable,
            *map(str, (CHILD, written, SAID, wire)),
        ],
        env={"PYTHONPATH": str(ROOT)},
    )

    async def look(client: Client) -> None:
        assert client.server_info.name == "paperchat"
        while True:  # quotes until the model is there
            result = await client.call_tool("ask", {"question": QUESTION})
            assert result.structured_content
            if "until the model is ready" not in result.structured_content["note"]:
                break
            assert {s["support"] for s in result.structured_content["statements"]} == {"quoted"}
            await anyio.sleep(0.2)
        assert f"{SAID.strip()} [1]" in text_of(result)

    with log.open("w") as errlog:
        talk(stdio_client(command, errlog=errlog), look)
    noise = log.read_text()
    for what in ("opening", "loading", "writing"):
        for way in ("", ", below Python", ", from a child"):
            assert f"chatter: {what}{way}\n" in noise
    assert "Traceback" not in noise
    messages = [json.loads(line) for line in wire.read_text().splitlines()]
    assert len(messages) >= 2
    assert all(message["jsonrpc"] == "2.0" for message in messages)


def test_server_ends_when_its_client_closes_stdin(written: Path) -> None:
    child = [sys.executable, str(CHILD), str(written), SAID]
    done = subprocess.run(
        child,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_missing_package_is_one_line_that_names_the_extra() -> None:
    program = "import sys; sys.modules['mcp'] = None; from ui.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "mcp"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.strip() == 'The MCP server needs the package mcp: pip install "paperchat[mcp]"'


def test_taken_port_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "ui.cli", "mcp", "--http", "--port", port],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"127.0.0.1:{port} cannot be listened on" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.weights
def test_example_asks_the_sample_library_with_the_real_embedder() -> None:
    example = [sys.executable, str(ROOT / "examples" / "mcp_client.py")]
    done = subprocess.run(
        [*example, "How does dual masking make VideoMAE V2 cheaper?", "--library", "sample", "--draft"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "VideoMAE V2" in done.stdout and "\n   > " in done.stdout
    assert "[1] videomae-v2" in done.stdout


def test_manual_names_every_tool_and_shows_settings_that_work(address: str) -> None:
    manual = (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")

    async def look(client: Client) -> None:
        for tool in (await client.list_tools()).tools:
            [row] = re.findall(rf"^\| `{tool.name}` \|(.*?)\|", manual, re.M)
            assert set(re.findall(r"`(\w+)`", row)) == set(tool.input_schema["properties"])

    talk(address, look)
    shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", manual, re.S)]
    entries = [
        entry for block in shown for [servers] in [list(block.values())] for entry in servers.values()
    ]
    assert len(entries) == 4
    parser = typer.main.get_command(app).commands["mcp"]  # type: ignore[attr-defined]
    for entry in entries:
        if "url" in entry:
            assert entry["url"] == f"http://127.0.0.1:{PORT}/mcp"
            continue
        command, *options = entry["args"]
        assert (entry["command"], command) == ("paperchat", "mcp")
        parser.make_context("mcp", list(options)).close()
