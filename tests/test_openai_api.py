"""The API that speaks as OpenAI's does, asked by the official client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from conftest import EGRET, HERON, make_paper
from fakes import ScriptedModel
from serving import PROSE, QUESTION, api

from index_store.paper_index import PaperIndex
from ui.access import Access
from ui.api.keys import make_key
from ui.model_loader import ModelLoader

ASKED: Any = [{"role": "user", "content": QUESTION}]


@pytest.fixture
def client(index: PaperIndex, loader: ModelLoader) -> Iterator[openai.OpenAI]:
    with (
        api(index, loader) as server,
        openai.OpenAI(base_url=f"{server.base_url}v1", api_key="none", max_retries=0) as client,
    ):
        yield client


def test_answer_is_prose_with_marks_and_references_with_their_quotes(
    client: openai.OpenAI, model: ScriptedModel
) -> None:
    model.enqueue(PROSE)
    completion = client.chat.completions.create(model="paperchat", messages=ASKED, temperature=0.2, seed=1)
    [choice] = completion.choices
    assert (choice.finish_reason, choice.message.role) == ("stop", "assistant")
    content = choice.message.content or ""
    assert content.startswith(f"{PROSE} [1]\n\n1. ")
    assert HERON.title in content and "> We present HERON, an encoder" in content
    [citation] = choice.message.model_dump()["citations"]
    for quote in citation["quotes"]:
        assert HERON.abstract[quote["start"] : quote["end"]] == quote["text"]
        assert quote["text"] in content
    assert completion.usage and completion.usage.total_tokens == 0


def test_stream_says_the_same_piece_by_piece(client: openai.OpenAI, model: ScriptedModel) -> None:
    prose = f"{PROSE} It reaches 91.3% accuracy on BirdBench."
    model.enqueue(prose)
    whole = client.chat.completions.create(model="paperchat", messages=ASKED)
    model.delay = 0.03
    model.enqueue(prose)
    chunks = list(
        client.chat.completions.create(
            model="paperchat", messages=ASKED, stream=True, stream_options={"include_usage": True}
        )
    )
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(pieces) == whole.choices[0].message.content
    assert len([piece for piece in pieces if piece]) > 1
    assert len({chunk.id for chunk in chunks}) == 1
    last, usage = chunks[-2:]
    assert last.choices[0].finish_reason == "stop"
    cited = whole.choices[0].message.model_dump()["citations"]
    assert last.model_dump()["citations"] == cited == last.choices[0].delta.model_dump()["citations"]
    assert usage.choices == [] and usage.usage and usage.usage.total_tokens == 0


def test_earlier_messages_are_the_history_and_orders_are_left_out(
    client: openai.OpenAI, model: ScriptedModel
) -> None:
    messages: Any = [
        {"role": "system", "content": f"Only ever speak of {EGRET.title}."},
        *ASKED,
        {"role": "assistant", "content": PROSE},
        {"role": "user", "content": [{"type": "text", "text": "What accuracy does it reach?"}]},
    ]
    model.enqueue("It reaches 91.3% accuracy on BirdBench.")
    client.chat.completions.create(model="paperchat", messages=messages)
    shown = str(model.history[-1])
    assert "HERON" in shown and "Only ever speak" not in shown


def test_quotes_alone_need_no_model_and_cannot_load_pictures(
    client: openai.OpenAI, model: ScriptedModel, index: PaperIndex
) -> None:
    trap = "PixelTrap sees ![x](https://evil.example/p.png) <img src=https://evil.example/p.png> in birds."
    index.add([make_paper("PixelTrap: Pictures in Words", trap)])
    asked: Any = [{"role": "user", "content": "What does PixelTrap see?"}]
    completion = client.chat.completions.create(model="paperchat-quotes", messages=asked)
    content = completion.choices[0].message.content or ""
    assert "PixelTrap sees" in content and not model.history
    assert "![" not in content.replace("\\![", "") and "<img" not in content.replace("\\<img", "")


def test_models_are_listed_and_unknown_ones_are_not_found(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["paperchat", "paperchat-quotes"]
    assert client.models.retrieve("paperchat").owned_by == "paperchat"
    with pytest.raises(openai.NotFoundError) as error:
        client.chat.completions.create(model="gpt-4o", messages=ASKED)
    assert error.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o")


def test_what_cannot_be_answered_is_an_error_that_the_client_knows(
    client: openai.OpenAI, model: ScriptedModel
) -> None:
    long: Any = [{"role": "user", "content": "a" * 2001}]
    with pytest.raises(openai.BadRequestError) as error:
        client.chat.completions.create(model="paperchat", messages=long)
    assert error.value.code == "context_length_exceeded"
    silent: Any = [{"role": "system", "content": "Speak."}]
    with pytest.raises(openai.BadRequestError, match="no message of the user"):
        client.chat.completions.create(model="paperchat", messages=silent)
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model="paperchat", messages=[])
    with pytest.raises(openai.InternalServerError):  # the script of the model is empty
        client.chat.completions.create(model="paperchat", messages=ASKED)
    with pytest.raises(openai.APIError, match="broke off"):
        list(client.chat.completions.create(model="paperchat", messages=ASKED, stream=True))


def test_keys_and_limits_are_those_of_the_client(
    index: PaperIndex, loader: ModelLoader, tmp_path: Path
) -> None:
    key = make_key("heron", tmp_path / "keys")
    with api(index, loader, Access(keys=tmp_path / "keys", of_each=1)) as server:
        options: Any = {"base_url": f"{server.base_url}v1", "max_retries": 0}
        with openai.OpenAI(api_key="wrong", **options) as client, pytest.raises(openai.AuthenticationError):
            client.models.list()
        with openai.OpenAI(api_key=key, **options) as client:
            client.chat.completions.create(model="paperchat-quotes", messages=ASKED)
            with pytest.raises(openai.RateLimitError) as error:
                client.chat.completions.create(model="paperchat-quotes", messages=ASKED)
            assert int(error.value.response.headers["retry-after"]) > 0
