"""The model that writes many answers at once: a two-layer random Qwen2 through the real batching code."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from tiny_model import BEYOND, PROSE

from index_store.errors import ModelError
from rag.models.batched_model import BatchedModel
from rag.models.streamed_model import LONGEST_ANSWER, Device
from rag.models.transformers_model import TransformersModel

pytestmark = pytest.mark.timeout(120)

CPU = Device("cpu", "float32")
ROOM, SMALL_ROOM = 2**28, 2**25
QUESTIONS = [f"Question {number}: {PROSE[: 7 * number]}" for number in range(1, 13)]


@pytest.fixture(scope="module")
def alone(tiny: Path) -> TransformersModel:
    return TransformersModel(tiny, name="tiny", device=CPU)


@pytest.fixture
def model(tiny: Path) -> Iterator[BatchedModel]:
    model = BatchedModel(tiny, name="tiny", device=CPU, memory=ROOM)
    yield model
    model.close()


def ask(text: str, role: MessageRole = MessageRole.USER) -> list[ChatMessage]:
    return [ChatMessage(role=role, content=text)]


def begin(model: BatchedModel, text: str) -> Generator[ChatResponse]:
    stream = model.stream_chat(ask(text))
    assert isinstance(stream, Generator)
    return stream


def answer_all(model: BatchedModel, questions: list[str]) -> list[str | None]:
    """Ask each question in a thread of its own, all at once; None stands for an error."""
    answers: list[str | None] = [None] * len(questions)

    def answer(number: int) -> None:
        try:
            answers[number] = model.chat(ask(questions[number])).message.content
        except ModelError:
            answers[number] = None

    threads = [threading.Thread(target=answer, args=(number,)) for number in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_answers_written_together_are_those_written_alone(
    model: BatchedModel, alone: TransformersModel
) -> None:
    sizes: list[int] = []
    hook = model._loaded.model.register_forward_pre_hook(
        lambda _module, _arguments, named: sizes.append(named["input_ids"].shape[1]), with_kwargs=True
    )
    together = answer_all(model, QUESTIONS)
    hook.remove()
    assert together == [alone.chat(ask(question)).message.content for question in QUESTIONS]
    assert len(set(together)) > 6
    assert len(sizes) < 2 * LONGEST_ANSWER  # one after another they take 12 times as many steps


def test_pieces_of_the_stream_add_up_and_come_while_it_is_written(model: BatchedModel) -> None:
    hook = model._loaded.model.register_forward_hook(lambda *_: time.sleep(0.01))
    pieces = list(model.stream_chat(ask(PROSE)))
    hook.remove()
    assert len([piece for piece in pieces if piece.delta]) > 5
    for earlier, later in pairwise(pieces):
        assert later.message.content == f"{earlier.message.content}{later.delta}"
    assert pieces[-1].message.content == model.chat(ask(PROSE)).message.content


def test_closed_stream_stops_and_those_beside_it_go_on(
    model: BatchedModel, alone: TransformersModel
) -> None:
    sizes: list[int] = []

    def count(_module: object, _arguments: object, named: dict[str, torch.Tensor]) -> None:
        sizes.append(named["input_ids"].shape[1])
        time.sleep(0.01)

    def wait_for(size: int) -> None:
        deadline = time.monotonic() + 30
        while sizes[-1:] != [size] and time.monotonic() < deadline:
            time.sleep(0.005)

    hook = model._loaded.model.register_forward_pre_hook(count, with_kwargs=True)
    stopped, kept = begin(model, QUESTIONS[0]), begin(model, PROSE)
    next(stopped), next(kept)
    wait_for(2)
    stopped.close()
    wait_for(1)
    *_, last = kept
    hook.remove()
    assert 0 < sizes.count(2) < LONGEST_ANSWER / 2 < sizes.count(1)
    assert last.message.content == alone.chat(ask(PROSE)).message.content


def test_what_the_model_cannot_read_is_an_error_of_that_answer_alone(
    tiny: Path, alone: TransformersModel
) -> None:
    model = BatchedModel(tiny, name="tiny", device=CPU, memory=SMALL_ROOM)
    model._loaded.tokenizer.chat_template += "{{ '<|beyond|>' if 'beyond' in messages[0].content }}"
    long = f"{PROSE} " * 400
    together = answer_all(model, [QUESTIONS[0], BEYOND, QUESTIONS[1], long])
    expected = [alone.chat(ask(question)).message.content for question in QUESTIONS[:2]]
    assert together == [expected[0], None, expected[1], None]
    with pytest.raises(
        ModelError, match=r"The tokenizer does not belong to the model: there is no token \d+"
    ):
        model.chat(ask(BEYOND))
    with pytest.raises(
        ModelError, match=r"The question with its evidence has [\d,]+ tokens; there is memory"
    ):
        model.chat(ask(long))
    with pytest.raises(ModelError, match="The model cannot be asked this: there are no tools here"):
        model.chat(ask("the heron", MessageRole.TOOL))
    model.close()


def test_more_answers_than_there_is_memory_for_come_one_after_another(
    tiny: Path, alone: TransformersModel
) -> None:
    model = BatchedModel(tiny, name="tiny", device=CPU, memory=SMALL_ROOM)
    questions = [f"{question} {PROSE * 2}" for question in QUESTIONS]
    expected = [alone.chat(ask(question)).message.content for question in questions]
    assert answer_all(model, questions) == expected
    model.close()


def test_error_in_the_middle_reaches_all_readers_and_the_next_answers_come(
    model: BatchedModel, alone: TransformersModel
) -> None:
    steps = iter(range(5))

    def run_out(*_: object) -> None:
        time.sleep(0.02)
        if next(steps, None) is None:
            raise RuntimeError("not enough memory")

    hook = model._loaded.model.register_forward_hook(run_out)
    assert answer_all(model, QUESTIONS[:3]) == [None, None, None]
    with pytest.raises(
        ModelError, match="The model stopped in the middle of its answer: not enough memory"
    ):
        model.chat(ask(PROSE))
    hook.remove()
    time.sleep(1)
    assert model.chat(ask(PROSE)).message.content == alone.chat(ask(PROSE)).message.content


def test_too_little_memory_is_told_when_the_model_is_loaded(tiny: Path) -> None:
    with pytest.raises(ModelError, match="cpu has too little memory left beside tiny"):
        BatchedModel(tiny, name="tiny", device=CPU, memory=1000)


def test_program_that_ends_does_not_wait_for_an_answer(tiny: Path) -> None:
    program = (
        "import sys\n"
        "from rag.models.batched_model import BatchedModel\n"
        "from rag.models.streamed_model import Device\n"
        "from llama_index.core.base.llms.types import ChatMessage\n"
        "model = BatchedModel(sys.argv[1], name='tiny', device=Device('cpu', 'float32'), memory=2**28)\n"
        "stream = model.stream_chat([ChatMessage(role='user', content='the heron')])\n"
        "print(len(next(stream).message.content) >= 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tiny)],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
