"""Addresses of models: how they are written, what they are asked at the start, what a person is told."""

from __future__ import annotations

import json
import socket
import time

import pytest
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, RedirectResponse
from serving import serving
from small_endpoint import KEY, SmallEndpoint

from index_store.errors import ModelError, PaperchatError
from ui.badge import render_badge
from ui.doctor_weights import check_device, check_model, memory_needed
from ui.endpoints import ask_for_models, is_endpoint, read_endpoint, try_endpoint
from ui.model_list import print_models, pull_weights
from ui.model_loader import ModelLoader
from ui.receipt_file import machine_of
from ui.settings import Settings, read_settings
from ui.wiring import load_model

# How they are written


@pytest.mark.parametrize(
    ("said", "url", "place", "model"),
    [
        (
            "http://localhost:11434/v1#qwen3:4b",
            "http://localhost:11434/v1",
            "localhost:11434",
            "qwen3:4b",
        ),
        ("https://example.org/v1/ ", "https://example.org/v1", "example.org", ""),
        (
            "HTTPS://Example.org/api/v1#org/name",
            "https://example.org/api/v1",
            "example.org",
            "org/name",
        ),
        ("http://[::1]:8000/v1#m", "http://[::1]:8000/v1", "[::1]:8000", "m"),
    ],
)
def test_address_is_taken_apart(said: str, url: str, place: str, model: str) -> None:
    assert is_endpoint(said)
    found = read_endpoint(said)
    assert (found.url, found.place, found.model) == (url, place, model)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("http://localhost:11434", "not the whole address: most end with /v1"),
        ("http://localhost:11434/#m", "not the whole address"),
        ("https:///v1", "not the whole address"),
        ("http://localhost:99999/v1", "The address of the model is not right"),
        ("http://[::1/v1", "The address of the model is not right"),
        (f"https://me:{KEY}@example.org/v1", "no name, password or .query"),
        (f"https://example.org/v1?key={KEY}", "the key into the setting model_key"),
    ],
)
def test_wrong_address_is_told_with_a_right_one_and_without_what_is_secret(said: str, words: str) -> None:
    with pytest.raises(PaperchatError, match=words) as told:
        read_endpoint(said)
    assert "http://localhost:11434/v1#qwen3:4b" in str(told.value)
    assert KEY not in str(told.value)


@pytest.mark.parametrize(
    ("said", "warning"),
    [
        ("http://localhost:11434/v1", ""),
        ("http://127.8.9.10/v1", ""),
        ("http://[::1]:8000/v1", ""),
        ("https://example.org/v1", "Questions and evidence leave this machine for example.org."),
        ("http://10.0.0.5/v1", "Questions and evidence leave this machine for 10.0.0.5, unencrypted."),
        ("http://localhost.example.org/v1", "leave this machine for localhost.example.org, unencrypted."),
    ],
)
def test_it_is_said_when_questions_leave_this_machine(said: str, warning: str) -> None:
    found = read_endpoint(said).warning
    assert found.endswith(warning) and bool(found) is bool(warning)


# What is asked at the start


def test_only_model_there_is_taken_and_of_several_one_must_be_named(endpoint: SmallEndpoint) -> None:
    assert try_endpoint(endpoint.address, "").model == "heron"
    assert try_endpoint(f"{endpoint.address}#other", "").model == "other"
    endpoint.models = ["egret", "heron"]
    with pytest.raises(PaperchatError, match=f"name one, as {endpoint.address}#NAME: egret, heron\\."):
        try_endpoint(endpoint.address, "")
    endpoint.models = [f"heron-{n}" for n in range(40)]
    with pytest.raises(PaperchatError, match="heron-11 and 28 more"):
        try_endpoint(endpoint.address, "")
    endpoint.models = []
    with pytest.raises(PaperchatError, match="has no model"):
        try_endpoint(endpoint.address, "")
    endpoint.models = None
    assert ask_for_models(read_endpoint(endpoint.address), "") is None
    assert try_endpoint(f"{endpoint.address}#heron", "").model == "heron"
    with pytest.raises(PaperchatError, match="does not tell which models it has; name one"):
        try_endpoint(endpoint.address, "")


@pytest.mark.parametrize(
    "answer",
    [
        Response("<h1>Welcome</h1>", media_type="text/html"),
        JSONResponse({"models": ["heron"]}),
        JSONResponse(["heron"]),
        Response(status_code=405),
        Response(status_code=501),
    ],
    ids=lambda answer: f"{answer.status_code} {answer.body.decode()}",
)
def test_endpoint_that_tells_no_models_can_have_the_one_that_is_named(answer: Response) -> None:
    app = FastAPI()
    app.add_api_route("/v1/models", lambda: answer)
    with serving(app) as address:
        assert ask_for_models(read_endpoint(f"{address}v1"), "") is None


def test_key_is_asked_for_and_never_repeated(endpoint: SmallEndpoint) -> None:
    endpoint.key = KEY
    assert ask_for_models(read_endpoint(endpoint.address), KEY) == ["heron"]
    with pytest.raises(ModelError, match="wants a key; put it into the setting model_key"):
        try_endpoint(f"{endpoint.address}#heron", "")
    with pytest.raises(
        ModelError, match="refuses the key; put the right one into the setting model_key"
    ) as told:
        try_endpoint(endpoint.address, "sk-wrong")
    assert "sk-wrong" not in str(told.value)
    endpoint.refusal = (403, "no")
    with pytest.raises(ModelError, match="refuses the key"):
        try_endpoint(endpoint.address, KEY)


def test_nobody_is_followed_elsewhere_when_asked_for_models(endpoint: SmallEndpoint) -> None:
    app = FastAPI()
    app.add_api_route("/v1/models", lambda: RedirectResponse(f"{endpoint.address}/models", 307))
    with serving(app) as address, pytest.raises(ModelError, match="answered with status 307"):
        try_endpoint(f"{address}v1", KEY)


def test_endpoint_that_is_not_there_or_broken_is_one_line(endpoint: SmallEndpoint) -> None:
    endpoint.refusal = (500, "no")
    with pytest.raises(ModelError, match="answered with status 500 when it was asked for its models"):
        try_endpoint(f"{endpoint.address}#heron", "")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(
        ModelError, match=f"127.0.0.1:{port} cannot be reached .*; see that it runs"
    ) as told:
        try_endpoint(f"http://127.0.0.1:{port}/v1", "")
    assert "\n" not in str(told.value)


# What a person is told


def test_key_is_a_setting_that_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERCHAT_MODEL_KEY", KEY)
    settings = read_settings()
    assert settings.key_of_model == KEY
    assert KEY not in f"{settings!r}{settings}{settings.model_dump()}{settings.model_dump_json()}"
    assert Settings(model_key=None).key_of_model == ""


def test_status_badge_and_receipt_say_where_the_model_is(endpoint: SmallEndpoint) -> None:
    endpoint.pieces = ["Yes."]
    settings = read_settings(model=f"{endpoint.address}#heron-instruct", model_key=KEY)
    told: list[str] = []
    loader = ModelLoader(lambda progress: load_model(settings, progress=progress))
    loader.start(report=lambda what, done, total: told.append(what))
    while not loader.is_settled:
        time.sleep(0.01)
    assert loader.model, loader.failure
    assert loader.gate.width > 1  # whoever serves a model lets more than one ask
    place = endpoint.address.removeprefix("http://").removesuffix("/v1")
    assert loader.status == f"heron-instruct on {place}, endpoint."
    assert told == []  # nothing leaves this machine
    assert loader.model.complete("How is HERON trained?").text == "Yes."
    assert endpoint.headers[-1]["authorization"] == f"Bearer {KEY}"
    badge = render_badge(loader).replace("&#45;", "-").replace("&#46;", ".").replace("&#58;", ":")
    assert f"<span>heron</span><span>{place}</span><span>endpoint</span>" in badge
    machine = machine_of(settings, {"name": place, "dtype": "endpoint"})
    assert machine["model"] == settings.model
    assert KEY not in json.dumps(machine)


def test_start_and_badge_say_that_questions_leave_this_machine(endpoint: SmallEndpoint) -> None:
    elsewhere = endpoint.address.replace("127.0.0.1", "0.0.0.0")  # which is not written like this machine
    told: list[str] = []
    model = load_model(
        Settings(model=f"{elsewhere}#heron"), progress=lambda what, done, total: told.append(what)
    )
    place = elsewhere.removeprefix("http://").removesuffix("/v1")
    warning = f"Questions and evidence leave this machine for {place}, unencrypted."
    assert told == [warning]
    assert model.device.warning == warning
    loader = ModelLoader(lambda progress: model)
    loader.start()
    while not loader.is_settled:
        time.sleep(0.01)
    assert loader.status == f"heron on {place}, endpoint. {warning}"
    assert '<p class="warning">Questions and evidence leave this machine for ' in render_badge(loader)
    found = check_model(Settings(model=elsewhere))
    assert found.state == "ok"
    assert warning in found.text


def test_list_and_pull_know_endpoints(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(model="http://localhost:11434/v1#heron")
    print_models(settings, as_json=False)
    assert "The chosen model runs behind http://localhost:11434/v1#heron." in capsys.readouterr().out
    with pytest.raises(PaperchatError, match="is an endpoint: there is nothing to fetch"):
        pull_weights(settings)


def test_doctor_asks_the_endpoint_and_says_what_is_wrong(endpoint: SmallEndpoint) -> None:
    settings = Settings(model=endpoint.address)
    found = check_model(settings)
    assert (found.name, found.state) == ("model", "ok")
    assert "answers. It is of this machine." in found.text
    assert check_device(settings).text == "The model runs where its endpoint is."
    assert memory_needed(settings) < memory_needed(Settings())
    endpoint.key = KEY
    found = check_model(settings)
    assert (found.name, found.state) == ("model", "broken")
    assert "wants a key." in found.text
    assert found.mend == "Put it into the setting model_key."
    found = check_model(Settings(model="http://localhost:11434"))
    assert found.state == "broken"
    assert found.mend.startswith("Write it like http://localhost:11434/v1#qwen3:4b")
