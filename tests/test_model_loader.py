"""The model loaded behind the page: what is told meanwhile, and an endpoint that is started later."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from fakes import ScriptedModel, settled
from serving import PROSE, QUESTION, api, listen, port_of, serving
from small_endpoint import KEY, SmallEndpoint

from index_store.errors import LibraryError, ModelNotReadyError
from index_store.paper_index import PaperIndex
from rag.warming import warm_up
from ui.model_loader import ModelLoader
from ui.settings import Settings
from ui.wiring import load_model


def wait_for(come: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not come():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def loader_of(address: str, *, key: str = "", pause: float = 0.05) -> ModelLoader:
    settings = Settings(model=address, model_key=key or None)
    return ModelLoader(lambda progress: load_model(settings, progress=progress), pause=pause)


def test_progress_says_whether_it_is_the_library_or_the_model(index: PaperIndex) -> None:
    told: list[tuple[str, str]] = []

    def load(progress: Any) -> ScriptedModel:
        progress("downloading", 34, 100)
        return ScriptedModel()

    loader = ModelLoader(load, warm_up=lambda progress: warm_up(index, progress))
    loader.start(report=lambda what, done, total: told.append((what, loader.status)))
    wait_for(lambda: loader.is_settled)
    until = "Answers are quotes until the model is ready."
    assert told == [
        ("Library: reading sentences", f"Library: reading sentences, 0 %. {until}"),
        ("Model: downloading", f"Model: downloading, 34 %. {until}"),
    ]


def test_library_that_cannot_be_warmed_up_keeps_no_model_away() -> None:
    def warm_up_in_vain(_progress: Any) -> None:
        raise LibraryError("The library cannot be read.")

    assert settled(ModelLoader(lambda progress: ScriptedModel(), warm_up=warm_up_in_vain)).model


def test_endpoint_that_is_started_after_the_chat_writes_from_then_on(index: PaperIndex) -> None:
    endpoint, place = SmallEndpoint("heron"), listen()  # a place where nobody listens yet
    endpoint.pieces, asked = [PROSE], {"question": QUESTION}
    told: list[str] = []
    loader = loader_of(f"http://127.0.0.1:{port_of(place)}/v1")
    loader.start(report=lambda what, done, total: told.append(what))
    wait_for(lambda: len(told) > 1)
    assert f"127.0.0.1:{port_of(place)} cannot be reached" in loader.status
    assert "It is tried again every" in loader.status and not loader.is_settled
    with api(index, loader) as client:
        assert "cannot be reached" in client.post("/api/ask", json=asked).json()["note"]
        with serving(endpoint.app, on=place):
            wait_for(lambda: loader.is_settled)
            assert loader.status == f"heron on 127.0.0.1:{port_of(place)}, endpoint."
            answer = client.post("/api/ask", json=asked).json()
    assert PROSE in answer["text"]
    assert (answer["note"], answer["device"]["dtype"]) == ("", "endpoint")


def test_endpoint_that_has_no_model_yet_or_is_busy_is_tried_again(endpoint: SmallEndpoint) -> None:
    endpoint.refusal = (503, "Loading model")
    loader = loader_of(endpoint.address)
    loader.start()
    wait_for(lambda: "answered with status 503" in loader.status)
    endpoint.models, endpoint.refusal = [], None
    wait_for(lambda: "has no model; give it one first. It is tried again" in loader.status)
    endpoint.models = ["heron"]
    wait_for(lambda: loader.is_settled)
    assert loader.model and loader.model.name == "heron"


def test_wrong_key_is_told_and_not_tried_again(endpoint: SmallEndpoint) -> None:
    endpoint.key = KEY
    loader = settled(loader_of(endpoint.address, key="sk-wrong"))
    assert "refuses the key" in loader.failure and "tried again" not in loader.status


def test_model_that_is_not_ready_is_left_alone_for_ten_seconds() -> None:
    tries: list[float] = []

    def fail(_progress: Any) -> ScriptedModel:
        tries.append(time.monotonic())
        raise ModelNotReadyError("It is not there.")

    loader = ModelLoader(fail)
    loader.start()
    wait_for(lambda: "It is not there. It is tried again every 10 seconds." in loader.status)
    time.sleep(0.3)
    assert len(tries) == 1
    loader.close()
    wait_for(lambda: loader.is_settled)
    assert (len(tries), loader.status) == (1, "Quotes only. It is not there.")
