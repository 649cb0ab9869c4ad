"""Has questions answered by paperchat and by what else runs on a CPU, and prints how long each takes.

    pip install -e ".[bench]" -c constraints.txt
    python bench/answers.py QUESTIONS.jsonl --library DIR [--questions 40] [--peers generate ...]
    python bench/answers.py QUESTIONS.jsonl --library DIR [--precision float32]

All peers are asked the same in turns, in one process, on the same official weights. "generate" is that of
Transformers in bf16 without options; its texts are compared with those of "ours, whole weights", which is
paperchat without int8. --precision float32 has both calculate in that instead. llama.cpp and OpenVINO GenAI
(with its own prompt lookup and without) read the GGUF file as it is published. These are given the prompts
that paperchat writes. "LlamaIndex" is the chat of its documentation (`VectorStoreIndex` over Chroma, the
engine condense_plus_context, `HuggingFaceLLM`, defaults all) over the papers of the same library, from
question to last token; paperchat's figure beside it holds retrieval and checks, too.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

import torch
from listened import ListenedModel
from llama_index.core.base.llms.types import ChatMessage
from rich.console import Console
from rich.progress import track
from rich.table import Table

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.models.model_weights import DEFAULT_MODEL, MODELS, converted_folder
from rag.models.streamed_model import LONGEST_ANSWER, Device
from rag.models.transformers_model import TransformersModel, choose_device
from rag.prompt import build_messages
from ui.predictions import Question, read_questions
from ui.settings import read_settings
from ui.wiring import open_library, weights_folder

PEERS = ["ours, whole weights", "generate", "llama.cpp", "OpenVINO", "OpenVINO with lookup", "LlamaIndex"]
THREADS = 2
SEED_OF_LLAMA = 1
Writer = Callable[[Sequence[ChatMessage], Callable[[str], None]], None]
"""Writes the answer to messages; each piece goes to a function."""


@dataclass(slots=True)
class Times:
    """Seconds of one peer, a row for each question: to the first piece, to the last, and what was said."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def write_with_ours(model: TransformersModel) -> Writer:
    def write(messages: Sequence[ChatMessage], say: Callable[[str], None]) -> None:
        for response in model.stream_chat(messages):
            say(response.delta or "")

    return write


def write_with_generate(model: Any, tokenizer: Any) -> Writer:
    from transformers import TextIteratorStreamer

    def write(messages: Sequence[ChatMessage], say: Callable[[str], None]) -> None:
        inputs = tokenizer.apply_chat_template(
            as_rows(messages), add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
        options = {"do_sample": False, "max_new_tokens": LONGEST_ANSWER, "streamer": streamer}
        thread = Thread(target=model.generate, kwargs={**inputs, **options})
        thread.start()
        for piece in streamer:
            say(piece)
        thread.join()

    return write


def write_with_llama(gguf: Path) -> Writer:
    from llama_cpp import Llama

    model = Llama(str(gguf), n_ctx=4096, n_threads=THREADS, seed=SEED_OF_LLAMA, verbose=False)

    def write(messages: Sequence[ChatMessage], say: Callable[[str], None]) -> None:
        pieces = model.create_chat_completion(
            as_rows(messages), temperature=0.0, max_tokens=LONGEST_ANSWER, stream=True
        )
        for piece in pieces:
            say(piece["choices"][0]["delta"].get("content") or "")

    return write


def write_with_openvino(gguf: Path, tokenizer: Any, *, lookup: bool) -> Writer:
    import openvino_genai

    pipeline = openvino_genai.LLMPipeline(str(gguf), "CPU", **({"prompt_lookup": True} if lookup else {}))
    config = openvino_genai.GenerationConfig(max_new_tokens=LONGEST_ANSWER, apply_chat_template=False)
    config.stop_token_ids = {tokenizer.eos_token_id}
    if lookup:
        config.num_assistant_tokens, config.max_ngram_size = 8, 3

    def write(messages: Sequence[ChatMessage], say: Callable[[str], None]) -> None:
        prompt = tokenizer.apply_chat_template(
            as_rows(messages), add_generation_prompt=True, tokenize=False
        )
        pipeline.generate(prompt, config, say)

    return write


def chat_with_llama_index(index: PaperIndex, model: Any, tokenizer: Any) -> Callable[[str], str]:
    import chromadb
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.llms.huggingface import HuggingFaceLLM
    from llama_index.vector_stores.chroma import ChromaVectorStore

    collection = chromadb.EphemeralClient().create_collection("peer", embedding_function=None)
    kept = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
    papers = [Document(text=f"{paper.title}\n{paper.abstract}") for paper in index.papers()]
    made = VectorStoreIndex.from_documents(papers, storage_context=kept, embed_model=index.embedder)
    llm = HuggingFaceLLM(model=model, tokenizer=tokenizer)

    def chat(question: str) -> str:
        engine = made.as_chat_engine(chat_mode="condense_plus_context", llm=llm)
        return str(engine.chat(question))

    return chat


def as_rows(messages: Sequence[ChatMessage]) -> list[dict[str, str]]:
    return [{"role": m.role.value, "content": m.content or ""} for m in messages]


@contextmanager
def timed(times: list[float]) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    times.append(time.perf_counter() - begun)


def write_all(prompts: Sequence[Sequence[ChatMessage]], write: Writer, times: Times) -> None:
    """Have the prompts of one question written, one after another, and add what it took."""
    first, said, begun = 0.0, [], time.perf_counter()

    def say(piece: str) -> None:
        nonlocal first
        first = first or (time.perf_counter() - begun if piece else 0.0)
        said.append(piece)

    for messages in prompts:
        write(messages, say)
    times.first.append(first)
    times.whole.append(time.perf_counter() - begun)
    times.texts.append("".join(said).strip())


def build_peers(names: Sequence[str], index: PaperIndex, precision: str) -> tuple[dict[str, Writer], Any]:
    """Return what writes for each peer, and LlamaIndex's chat if it is among them."""
    cache = weights_folder(read_settings())
    folder, gguf = (
        converted_folder(DEFAULT_MODEL, cache),
        cache / DEFAULT_MODEL / MODELS[DEFAULT_MODEL].file.name,
    )
    plain = TransformersModel(folder, name=DEFAULT_MODEL, device=Device("cpu", precision))
    model, tokenizer = plain._loaded.model, plain._loaded.tokenizer
    builders: dict[str, Callable[[], Writer]] = {
        "ours, whole weights": lambda: write_with_ours(plain),
        "generate": lambda: write_with_generate(model, tokenizer),
        "llama.cpp": lambda: write_with_llama(gguf),
        "OpenVINO": lambda: write_with_openvino(gguf, tokenizer, lookup=False),
        "OpenVINO with lookup": lambda: write_with_openvino(gguf, tokenizer, lookup=True),
    }
    writers = {name: build() for name, build in builders.items() if name in names}
    chat = chat_with_llama_index(index, model, tokenizer) if "LlamaIndex" in names else None
    return writers, chat


def spread(questions: Sequence[Question], count: int) -> list[Question]:
    """Return that many questions from all over a file; those with a history stay away."""
    alone = [question for question in questions if not question.turns]
    return [alone[place * len(alone) // count] for place in range(min(count, len(alone)))]


def measure(
    questions: Iterable[Question], assistant: Assistant, writers: dict[str, Writer], chat: Any
) -> tuple[dict[str, Times], dict[str, list[float]]]:
    """Have each question answered by each; return the times of prompts, and of whole questions."""
    ours = assistant.model
    assert isinstance(ours, ListenedModel)
    prompts_of: dict[str, Times] = {"paperchat": Times()} | {name: Times() for name in writers}
    wholes: dict[str, list[float]] = {"paperchat": [], "LlamaIndex": []}
    for question in questions:
        ours.heard.clear()
        with timed(wholes["paperchat"]):
            assistant.ask(question.text)
        if chat:
            with timed(wholes["LlamaIndex"]):
                chat(question.text)
        if not ours.heard:  # refused, or a list: nothing was written
            continue
        said = prompts_of["paperchat"]
        said.first.append(ours.heard[0].first)
        said.whole.append(sum(heard.whole for heard in ours.heard))
        said.texts.append("".join(heard.said for heard in ours.heard).strip())
        for name, write in writers.items():
            write_all([heard.asked for heard in ours.heard], write, prompts_of[name])
    return prompts_of, wholes


def print_prompts(prompts_of: dict[str, Times]) -> None:
    """Print how long each took from a prompt to its answer, unless there is nothing beside ours."""
    ours = prompts_of["paperchat"]
    if not ours.whole or len(prompts_of) == 1:
        return
    table = Table(
        "from prompt to answer", "first token", "last token", "ours is faster by", "same text as generate"
    )
    plain = prompts_of.get("generate", Times()).texts
    for name, times in prompts_of.items():
        same = sum(a == b for a, b in zip(times.texts, plain, strict=False)) if plain else 0
        table.add_row(
            name,
            f"{median(times.first):.2f} s",
            f"{median(times.whole):.2f} s",
            f"{median(a / b for a, b in zip(times.whole, ours.whole, strict=True)):.2f}",
            f"{same} of {len(times.texts)}" if plain else "",
        )
    Console(highlight=False, width=100).print(table)


def print_wholes(wholes: dict[str, list[float]]) -> None:
    """Print how long whole questions took, if LlamaIndex was asked them, too."""
    if not wholes["LlamaIndex"]:
        return
    table = Table("from question to last token", "median", "ours is faster by")
    table.add_row("paperchat", f"{median(wholes['paperchat']):.2f} s", "")
    ratios = [a / b for a, b in zip(wholes["LlamaIndex"], wholes["paperchat"], strict=True)]
    table.add_row("LlamaIndex", f"{median(wholes['LlamaIndex']):.2f} s", f"{median(ratios):.1f}")
    Console(highlight=False, width=100).print(table)


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("file", type=Path, help="questions, as paperchat batch reads them")
    options.add_argument("--library", required=True)
    options.add_argument("--questions", type=int, default=40)
    options.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    options.add_argument("--precision", choices=["bfloat16", "float32"], default="bfloat16")
    chosen = options.parse_args()
    torch.set_num_threads(THREADS)
    questions = spread(read_questions(chosen.file), chosen.questions)
    folder = converted_folder(DEFAULT_MODEL, weights_folder(read_settings()))
    with open_library(read_settings(library=chosen.library), read_only=True) as index:
        model = TransformersModel(folder, name=DEFAULT_MODEL, device=choose_device())
        model.prepare(build_messages("", []))
        writers, chat = build_peers(chosen.peers, index, chosen.precision)
        assistant = Assistant(index, ListenedModel(model))
        measure(questions[:1], assistant, writers, None)  # nobody is timed cold
        told = Console(stderr=True)
        prompts_of, wholes = measure(track(questions, "asking", console=told), assistant, writers, chat)
    print_prompts(prompts_of)
    print_wholes(wholes)


if __name__ == "__main__":
    main()
