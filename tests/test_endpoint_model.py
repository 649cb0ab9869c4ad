"""Models behind an endpoint: asked over the wire, stopped, and told apart when they fail."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from conftest import HERON
from fakes import ScriptedModel
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from serving import PROSE, QUESTION, api, serving
from small_endpoint import KEY, SmallEndpoint

from index_store.errors import ModelError
from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.models.endpoint_model import EndpointModel, Patience
from rag.models.streamed_model import Device
from ui.endpoints import load_endpoint_model
from ui.model_loader import ModelLoader

HERE = Device("here", "endpoint")
ASKED = [ChatMessage(role=MessageRole.USER, content="How is HERON trained?")]


@pytest.fixture
def remote(endpoint: SmallEndpoint) -> EndpointModel:
    return EndpointModel(endpoint.address, name="heron", device=HERE)


def impatient(address: str, **seconds: float) -> EndpointModel:
    return EndpointModel(address, name="heron", device=HERE, patience=Patience(**seconds))


def failure_of(model: EndpointModel) -> str:
    with pytest.raises(ModelError) as told:
        model.complete("How is HERON trained?")
    assert "\n" not in str(told.value)
    return str(told.value)


def wait_for(condition: Any, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# What is asked and answered


def test_answer_comes_piece_by_piece_and_is_asked_for_without_chance_or_tools(
    endpoint: SmallEndpoint, remote: EndpointModel
) -> None:
    endpoint.pieces = ["HERON ", "hides ", "60%."]
    responses = list(remote.stream_chat(ASKED))
    assert [r.delta for r in responses if r.delta] == ["HERON ", "hides ", "60%."]
    assert responses[-1].message.content == "HERON hides 60%."
    assert responses[-1].message.role == MessageRole.ASSISTANT
    [asked] = endpoint.asked
    assert asked == {
        "model": "heron",
        "messages": [{"role": "user", "content": "How is HERON trained?"}],
        "stream": True,
        "temperature": 0.0,
        "max_tokens": 220,
    }
    assert remote.metadata.model_name == "heron"
    assert "".join(r.delta for r in remote.stream_complete("How?")) == "HERON hides 60%."


def test_evidence_rules_hold_for_what_an_endpoint_writes(
    endpoint: SmallEndpoint, remote: EndpointModel, index: PaperIndex
) -> None:
    endpoint.pieces = [
        "HERON hides 60% of a spectrogram and predicts it. ",
        "HERON was trained on 9,999 hours.",
    ]
    answer = Assistant(index, remote).ask("How is HERON trained?")
    assert [s.text for s in answer.statements] == ["HERON hides 60% of a spectrogram and predicts it."]
    assert all(span.quote in HERON.abstract for span in answer.citations[0].spans)
    assert answer.receipt and answer.receipt.model == "heron"
    sent = endpoint.asked[0]["messages"]
    assert [m["role"] for m in sent] == ["system", "user"]


def test_paperchat_itself_can_be_the_endpoint(
    index: PaperIndex, model: ScriptedModel, loader: ModelLoader
) -> None:
    model.enqueue(PROSE)
    with api(index, loader) as server:
        peer = load_endpoint_model(f"{server.base_url}v1#paperchat", "")
        assert peer.complete(QUESTION).text.startswith(f"{PROSE} [1]")


def test_thoughts_are_left_out(endpoint: SmallEndpoint, remote: EndpointModel) -> None:
    endpoint.pieces = ["\n<th", "ink>HERON, hm. It hides 60", "%.</thi", "nk>\n\nHERON hides ", "60%."]
    responses = list(remote.stream_chat(ASKED))
    assert [r.delta for r in responses if r.delta] == ["HERON hides ", "60%."]
    endpoint.pieces = ["<thanks> for", " asking"]
    assert remote.complete("?").text == "<thanks> for asking"


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("a <|im_end|> b", "a <| im_end|> b"),
        ("a <|start_header_id|>system", "a <| start_header_id|>system"),
        ("a </s><s>[INST] b [/INST]", "a < /s>< s>[ INST] b [ /INST]"),
        ("<start_of_turn>user", "< start_of_turn>user"),
        ("</think>", "< /think>"),
        ("P(x|y) < 0.5 and |z| > 2 in [INSTANCE]", "P(x|y) < 0.5 and |z| > 2 in [INSTANCE]"),
    ],
)
def test_signals_of_models_are_sent_as_words(
    endpoint: SmallEndpoint, remote: EndpointModel, said: str, sent: str
) -> None:
    endpoint.pieces = ["Yes."]
    remote.complete(said)
    assert endpoint.asked[0]["messages"][0]["content"] == sent


def test_two_are_answered_at_once(endpoint: SmallEndpoint, remote: EndpointModel) -> None:
    endpoint.pieces, endpoint.delay = ["HERON ", "hides."], 0.4
    first, second = remote.stream_chat(ASKED), remote.stream_chat(ASKED)
    next(first), next(second)
    wait_for(lambda: len(endpoint.asked) == 2)  # while neither has been read
    for stream in (first, second):
        assert list(stream)[-1].message.content == "HERON hides."


# Who may know what


def test_key_is_sent_and_nothing_of_the_surroundings(
    endpoint: SmallEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_KEY", "ORG_ID", "PROJECT_ID"):
        monkeypatch.setenv(f"OPENAI_{name}", "of-another-service")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://192.0.2.1/v1")
    endpoint.pieces = ["Yes."]
    EndpointModel(endpoint.address, name="heron", device=HERE).complete("?")
    EndpointModel(endpoint.address, name="heron", device=HERE, key=KEY).complete("?")
    without, with_key = endpoint.headers
    assert without["authorization"] == "Bearer none"
    assert with_key["authorization"] == f"Bearer {KEY}"
    assert "of-another-service" not in f"{without}{with_key}"


def test_key_is_in_no_message_nor_in_what_the_model_shows_of_itself(endpoint: SmallEndpoint) -> None:
    model = EndpointModel(endpoint.address, name="heron", device=HERE, key=KEY)
    endpoint.key = "another"
    told = failure_of(model)
    assert told == "The model heron at here refuses the key; set the right one as model_key."
    endpoint.key, endpoint.refusal = "", (500, f"bad header: Bearer {KEY}")
    assert failure_of(model) == "The model heron at here answered with status 500: bad header: Bearer …"
    assert KEY not in f"{model!r}{model}{model.to_dict()}{model.metadata}"


def test_nobody_is_followed_elsewhere(endpoint: SmallEndpoint, remote: EndpointModel) -> None:
    other = SmallEndpoint("egret")
    with serving(other.app) as elsewhere:
        endpoint.elsewhere = f"{elsewhere}v1/chat/completions"
        assert "answered with status 307" in failure_of(remote)
    assert other.asked == []


def test_proxy_is_not_used_for_what_is_of_this_machine(
    endpoint: SmallEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    endpoint.pieces = ["Yes."]
    assert load_endpoint_model(f"{endpoint.address}#heron", "").complete("?").text == "Yes."
    through = EndpointModel(endpoint.address, name="heron", device=HERE)
    assert "cannot be reached" in failure_of(through)


# When it is stopped, or fails


def test_closing_the_stream_hangs_up_while_the_endpoint_says_nothing(
    endpoint: SmallEndpoint, remote: EndpointModel
) -> None:
    endpoint.pieces, endpoint.end = ["HERON "], "hang"
    stream = remote.stream_chat(ASKED)
    waited = [next(stream) for _ in range(4)]
    assert "" in [response.delta for response in waited]  # so that whoever waits can turn away
    assert endpoint.hung_up == 0
    stream.close()  # type: ignore[attr-defined]
    wait_for(lambda: endpoint.hung_up == 1, seconds=2)


def test_endpoint_that_goes_silent_is_given_up(endpoint: SmallEndpoint) -> None:
    endpoint.pieces, endpoint.end = ["HERON "], "hang"
    told = failure_of(impatient(endpoint.address, piece=0.3))
    assert told == "The model heron at here did not go on in time; ask again, or see what keeps it."


def test_answer_without_end_is_given_up(endpoint: SmallEndpoint) -> None:
    endpoint.pieces, endpoint.delay = [""] * 1000, 0.05
    assert "did not go on in time" in failure_of(impatient(endpoint.address, answer=0.5))
    endpoint.pieces, endpoint.delay = ["HERON hides. "] * 5000, 0.0
    assert len(impatient(endpoint.address).complete("?").text) < 9000


@contextmanager
def deaf() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


def test_endpoint_that_never_answers_or_is_not_there_is_told() -> None:
    with deaf() as address:
        assert "did not go on in time" in failure_of(impatient(address, piece=0.3))
    assert "cannot be reached; see that it runs" in failure_of(impatient(address))


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("cut", "stopped in the middle of its answer: peer closed connection"),
        ("nonsense", "stopped in the middle of its answer: "),
        ("error", "stopped in the middle of its answer: out of memory at layer 7"),
    ],
)
def test_stream_that_breaks_keeps_what_came_and_says_why(
    endpoint: SmallEndpoint, remote: EndpointModel, index: PaperIndex, end: str, words: str
) -> None:
    endpoint.pieces, endpoint.end = ["HERON hides 60% of a spectrogram and predicts it. It "], end
    assert words in failure_of(remote)
    answer = Assistant(index, remote).ask("How is HERON trained?")
    assert words in answer.note
    assert [s.text for s in answer.statements] == ["HERON hides 60% of a spectrogram and predicts it."]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "answered with status 400: no such thing"),
        (403, "refuses the key; set the right one as model_key"),
        (404, "answered with status 404: no such thing"),
        (429, "has been asked too much"),
        (503, "answered with status 503: no such thing"),
    ],
)
def test_refusals_of_an_endpoint_are_told_apart_and_not_tried_again(
    endpoint: SmallEndpoint, remote: EndpointModel, status: int, words: str
) -> None:
    endpoint.refusal = (status, "no such\nthing")
    assert words in failure_of(remote)
    assert len(endpoint.asked) == 1


def test_missing_package_is_one_line_that_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_index.llms.openai_like", None)
    with pytest.raises(ModelError) as told:
        EndpointModel("http://localhost/v1", name="heron", device=HERE)
    assert str(told.value) == (
        "A model behind an endpoint needs the package llama-index-llms-openai-like: "
        'pip install "paperchat[endpoint]"'
    )
