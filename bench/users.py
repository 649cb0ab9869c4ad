"""Has many chats answered at once and prints how long they wait, beside `generate` for one after another.

    python bench/users.py --model FOLDER [--users 1 8 32 128] [--rounds 3]
    python bench/users.py --random-like qwen2.5-1.5b          # on a GPU, without any weights
    python bench/users.py --random-like tiny --device cpu --dtype float32 --users 1 8 --questions 4

"together" is `BatchedModel`, each chat in a thread of its own, all begun at once. "alone" is Transformers'
`generate` over the same prompts in the same run, one after another: its waits are those of a line in which
as many chats stand. "looked up" is `TransformersModel`, which guesses ahead from the prompt. A first token
is there when it can be read. The floor is the time to read the weights once, at the bandwidth that a copy
on the device has: one step for all chats cannot be faster. Caches and activations come on top of it. Texts
are compared with those of "alone". They are the same in float32; in bfloat16 a step for many rounds
otherwise than a step for one, and where two tokens are nearly as likely the texts part, with random weights
far sooner.
A model with random weights takes as long as a real one of its shape; it never ends an answer early.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import torch
from llama_index.core.base.llms.types import ChatMessage
from random_model import SHAPES, write_random_model
from transformers import GenerationConfig

from index_store.sentences import split_sentences
from rag.models.batched_model import BatchedModel
from rag.models.streamed_model import LONGEST_ANSWER, Device
from rag.models.transformers_model import TransformersModel, choose_device
from rag.prompt import build_messages
from rag.values import Evidence, Span
from ui.quiet import stay_home
from ui.wiring import sample_papers

SHOWN_PAPERS, SHOWN_SENTENCES = 5, 3
"""What a prompt shows of the sample library, about as much as a question's evidence."""
COPIED = {"cuda": 2**32, "cpu": 2**28}
"""Bytes that are copied to measure the bandwidth."""


@dataclass(frozen=True, slots=True)
class Chat:
    """One answer: its words, and when the first of them and the last were there, in seconds."""

    text: str
    first: float
    total: float


def read_questions(count: int) -> list[list[ChatMessage]]:
    """Return the messages of questions over the sample library, each with evidence of its own."""
    papers, found = cycle(sample_papers()), []
    for _ in range(count):
        shown = list(islice(papers, SHOWN_PAPERS))
        spans = [
            Span(paper, start, end)
            for paper in shown
            for start, end in split_sentences(paper.abstract)[:SHOWN_SENTENCES]
        ]
        evidence = [Evidence(number, span, 0.0) for number, span in enumerate(spans, 1)]
        found.append(build_messages(f"How is {shown[0].title} trained, and on what?", evidence))
    return found


def ask(model: TransformersModel, messages: list[ChatMessage]) -> Chat:
    begun, first, text = perf_counter(), 0.0, ""
    for piece in model.stream_chat(messages):
        text = piece.message.content or ""
        first = first or (perf_counter() - begun if text else 0.0)
    return Chat(text, first, perf_counter() - begun)


def ask_together(model: BatchedModel, asked: Sequence[list[ChatMessage]]) -> tuple[list[Chat], float]:
    """Return the chats that all begin at once, and the seconds until the last of them ends."""
    chats: dict[int, Chat] = {}
    start = threading.Barrier(len(asked) + 1)

    def chat(number: int) -> None:
        start.wait()
        chats[number] = ask(model, asked[number])

    threads = [threading.Thread(target=chat, args=(number,)) for number in range(len(asked))]
    for thread in threads:
        thread.start()
    start.wait()
    begun = perf_counter()
    for thread in threads:
        thread.join()
    return [chats[number] for number in range(len(asked))], perf_counter() - begun


class Alone:
    """Transformers' own `generate`, as its documentation calls it."""

    def __init__(self, model: TransformersModel) -> None:
        loaded = model._loaded
        self._model, self._tokenizer, self._device = loaded.model, loaded.tokenizer, model.device.name

    def ask(self, messages: list[ChatMessage]) -> tuple[Chat, int]:
        """Return the answer and how many tokens it has."""
        inputs = self._tokenizer.apply_chat_template(
            [{"role": message.role.value, "content": message.content} for message in messages],
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
        ).to(self._device)
        _, first = self._generate(inputs, 1)
        tokens, total = self._generate(inputs, LONGEST_ANSWER)
        return Chat(self._tokenizer.decode(tokens, skip_special_tokens=True), first, total), len(tokens)

    def _generate(self, inputs: Any, most: int) -> tuple[list[int], float]:
        eos, pad = self._model.generation_config.eos_token_id, self._tokenizer.pad_token_id
        config = GenerationConfig(do_sample=False, max_new_tokens=most, eos_token_id=eos, pad_token_id=pad)
        begun = perf_counter()
        with torch.inference_mode():
            ids = self._model.generate(**inputs, generation_config=config)[0].tolist()
        return ids[inputs["input_ids"].shape[1] :], perf_counter() - begun


def bytes_per_second(device: str) -> float:
    """Return how fast the device copies its own memory: what is read and what is written."""
    source = torch.ones(COPIED[device] // 2, dtype=torch.uint8, device=device)
    target, times = torch.empty_like(source), []
    for _ in range(12):
        _wait_for(device)
        begun = perf_counter()
        target.copy_(source)
        _wait_for(device)
        times.append(perf_counter() - begun)
    return COPIED[device] / median(times[2:])


def _wait_for(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def bytes_of(model: TransformersModel) -> int:
    return sum(weights.numel() * weights.element_size() for weights in model._loaded.model.parameters())


def share(values: Sequence[float], part: float) -> float:
    """Return the value below which this part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def waits_in_line(chats: Sequence[Chat]) -> list[float]:
    """Return when the first token of each chat is there if one is answered after another."""
    waits, before = [], 0.0
    for chat in chats:
        waits.append(before + chat.first)
        before += chat.total
    return waits


def measure(chosen: argparse.Namespace, folder: Path, device: Device) -> None:
    questions = read_questions(chosen.questions)
    alone_model = TransformersModel(folder, name="alone", device=device)
    together_model = BatchedModel(folder, name="together", device=device, memory=chosen.memory << 20)
    weights, bandwidth = bytes_of(alone_model), bytes_per_second(device.name)
    step = weights / bandwidth
    peer = Alone(alone_model)
    peer.ask(questions[0]), ask(alone_model, questions[0])  # to be warm
    alone = [peer.ask(messages) for messages in questions]
    looked_up = [ask(alone_model, messages) for messages in questions]
    ask_together(together_model, list(islice(cycle(questions), max(chosen.users))))  # to be warm
    one = sum(tokens for _, tokens in alone) / sum(chat.total for chat, _ in alone)
    guessed = sum(tokens for _, tokens in alone) / sum(chat.total for chat in looked_up)
    print(
        f"{device.name}, {device.dtype}: {weights / 2**30:.2f} GiB of weights, {bandwidth / 2**30:,.0f} "
        f"GiB/s by a copy, so a step takes {1000 * step:.2f} ms or more"
    )
    print(f"one after another {one:,.0f} tokens/s, looked up {guessed:,.0f}, the floor {1 / step:,.0f}\n")
    print("        first token, s: together   one after another   tokens/s   to one    of the   same")
    print("chats       p50     p95              p50     p95       together   alone     floor    texts")
    for users in chosen.users:
        asked = list(islice(cycle(range(len(questions))), users))
        runs = [ask_together(together_model, [questions[i] for i in asked]) for _ in range(chosen.rounds)]
        firsts = [chat.first for chats, _ in runs for chat in chats]
        seconds = median(seconds for _, seconds in runs)
        speed = sum(alone[i][1] for i in asked) / seconds
        waits = waits_in_line([alone[i][0] for i in asked])
        same = [
            chat.text == alone[i][0].text for chats, _ in runs for i, chat in zip(asked, chats, strict=True)
        ]
        print(
            f"{users:5}   {share(firsts, 0.5):7.3f} {share(firsts, 0.95):7.3f}          "
            f"{share(waits, 0.5):7.3f} {share(waits, 0.95):7.3f}   {speed:12,.0f} {speed / one:7.2f}x "
            f"{100 * speed * step / users:7.1f} %  {sum(same)}/{len(same)}",
            flush=True,
        )
    together_model.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    source = options.add_mutually_exclusive_group(required=True)
    source.add_argument("--model", type=Path, help="a folder of Transformers weights")
    source.add_argument("--random-like", choices=SHAPES, help="random weights of this shape")
    options.add_argument("--device", default=choose_device().name)
    options.add_argument("--dtype", help="by default the best of a GPU, on a CPU float32")
    options.add_argument("--users", type=int, nargs="+", default=[1, 8, 32, 128])
    options.add_argument("--questions", type=int, default=16, help="different ones")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--memory", type=int, default=8192, help="MiB for the caches of all chats")
    chosen = options.parse_args()
    stay_home()
    usual = choose_device().dtype if chosen.device == "cuda" else "float32"
    device = Device(chosen.device, chosen.dtype or usual)
    with tempfile.TemporaryDirectory() as made:
        folder = chosen.model or Path(made)
        if chosen.random_like:
            write_random_model(folder, SHAPES[chosen.random_like], device)
        measure(chosen, folder, device)


if __name__ == "__main__":
    main()
