"""Asks a question again from its receipt, and shows for each part whether it is the same.

In: a receipt and an assistant. Out: the new answer's receipt beside the old, and which papers have changed.
The answer is the same when its words are and when it cites the same spans; a library, a model or a prompt
that is another makes no difference to that, and is named. How receipts are kept is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from index_store.errors import LibraryError
from rag.models.model_weights import MODELS
from rag.receipts import mark_paper
from rag.values import PaperMark, Receipt, Turn, Words
from ui.answer_json import receipt_object
from ui.printing import print_json, show_progress
from ui.receipt_file import Kept, machine_of, read_receipt
from ui.settings import SAMPLE, Settings, read_settings
from ui.wiring import library_folder, load_model, open_assistant

if TYPE_CHECKING:
    from llama_index.core.llms.llm import LLM

    from rag.assistant import Assistant

__all__ = ["Part", "Replay", "ask_again", "print_replay", "replay_object", "replay_receipt"]

MOST_LINES = 12
"""Lines of difference that are shown of one part."""
NO_MODEL = "none was asked"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a receipt, in lines that a person can read, as it was and as it is."""

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether it came out as it was."""
        return self.old == self.new

    @property
    def difference(self) -> list[str]:
        """The lines that are gone, with a minus, and those that are new, with a plus."""
        lines = list(unified_diff(self.old, self.new, n=0, lineterm=""))[2:]
        return [f"{line[0]} {line[1:]}" for line in lines if not line.startswith("@@")]


@dataclass(frozen=True, slots=True)
class Replay:
    """Two receipts of one question; `changed` and `gone` are papers of the old one.

    `devices` are those that the models ran on, then and now; None where none ran or that is not known.
    """

    old: Receipt
    new: Receipt
    changed: tuple[PaperMark, ...] = ()
    gone: tuple[PaperMark, ...] = ()
    devices: tuple[str | None, str | None] = (None, None)

    @property
    def same(self) -> bool:
        """Whether the answer came out the same: its words, and the spans that it cites."""
        return (self.old.answer, self.old.cited) == (self.new.answer, self.new.cited)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part, the causes before the effects."""
        old, new = self.old, self.new
        titles = {paper.id: paper.title for paper in (*new.papers, *old.papers)}
        devices = [(device,) if device and all(self.devices) else () for device in self.devices]
        return (
            Part("library", (old.library_fingerprint,), (new.library_fingerprint,)),
            Part("embedder", (old.embedder,), (new.embedder,)),
            Part("model", (old.model or NO_MODEL,), (new.model or NO_MODEL,)),
            Part("device", *devices),
            Part("prompt", (old.prompt_hash,), (new.prompt_hash,)),
            Part("version", (old.version,), (new.version,)),
            Part("evidence", _lines(old.evidence, titles), _lines(new.evidence, titles)),
            Part("citations", _lines(old.cited, titles), _lines(new.cited, titles)),
            Part("answer", tuple(old.answer.split("\n")), tuple(new.answer.split("\n"))),
        )

    def is_cited(self, paper: PaperMark) -> bool:
        """Whether the old answer cites a paper."""
        return any(words.paper_id == paper.id for words in self.old.cited)


def _lines(places: Sequence[Words], titles: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        f"[{w.number}] {titles.get(w.paper_id, w.paper_id)}, {w.start}-{w.end}: “{w.text}”" for w in places
    )


def replay_receipt(
    path: Path, *, library: str | None, model: str | None, embedder: str | None, as_json: bool
) -> bool:
    """Ask the question of a receipt again, print what is the same, and return whether the answer is.

    The options stand in for what the receipt names.

    Raises:
        FileError: there is no receipt in the file that can be replayed.
        PaperchatError: its library, embedder or model cannot be opened.
    """
    kept = read_receipt(path)
    settings = read_settings(
        library=library or kept.machine.get("library"),
        model=model or kept.machine.get("model") or _known_model(kept.receipt),
        embedder=embedder or kept.receipt.embedder,
    )
    if settings.library != SAMPLE and not (library_folder(settings) / "catalog.sqlite").is_file():
        raise LibraryError(
            f"There is no library in {library_folder(settings)}; name the one that was asked with "
            "--library DIR."
        )
    replay = _replay(kept, settings)
    if as_json:
        print_json(replay_object(replay))
    else:
        print_replay(replay, Console(highlight=False, markup=False, emoji=False, soft_wrap=True))
    return replay.same


def _known_model(receipt: Receipt) -> str | None:
    return receipt.model if receipt.model in MODELS else None


def _replay(kept: Kept, settings: Settings) -> Replay:
    with show_progress() as report:
        assistant = open_assistant(settings, draft=True, progress=report)

    def load() -> LLM:
        with show_progress() as report:
            return load_model(settings, progress=report)

    with assistant.index:
        replay = ask_again(kept.receipt, assistant, load)
    device = asdict(assistant.model.device) if assistant.model else None
    return replace(replay, devices=(kept.machine.get("device"), machine_of(settings, device)["device"]))


def ask_again(receipt: Receipt, assistant: Assistant, load: Callable[[], LLM]) -> Replay:
    """Ask the question of a receipt, with the turns before it, and return both receipts.

    A comparison of papers picked one by one is made of the same ones. `load` gives the model, and is called
    only when one is asked.
    """
    index = assistant.index
    turns = [Turn(t.question, t.answer, tuple(index.papers(t.paper_ids))) for t in receipt.turns]
    if receipt.subjects:
        answers = assistant.compare(receipt.subjects, receipt.aspects, draft=receipt.draft)
    else:
        answers = assistant.stream(receipt.question, turns, draft=receipt.draft)
    for answer in answers:
        if answer.stage == "draft" and not receipt.draft:
            assistant.model = load()
    assert answer.receipt
    now = {paper.id: mark_paper(paper) for paper in index.papers([paper.id for paper in receipt.papers])}
    return Replay(
        receipt,
        answer.receipt,
        changed=tuple(paper for paper in receipt.papers if now.get(paper.id, paper) != paper),
        gone=tuple(paper for paper in receipt.papers if paper.id not in now),
    )


def replay_object(replay: Replay) -> dict[str, Any]:
    """Return a replay as plain data."""
    named = [(paper, "changed") for paper in replay.changed] + [(paper, "gone") for paper in replay.gone]
    return {
        "same": replay.same,
        "question": replay.old.question,
        "parts": [
            {"name": part.name, "same": part.same, "old": list(part.old), "new": list(part.new)}
            for part in replay.parts
        ],
        "papers": [
            {"paper_id": paper.id, "title": paper.title, "change": change, "cited": replay.is_cited(paper)}
            for paper, change in named
        ],
        "receipt": receipt_object(replay.new),
    }


def print_replay(replay: Replay, console: Console) -> None:
    """Print a line for each part, below it what differs, and whether the answer is the same."""
    for part in replay.parts:
        if not (part.old or part.new):
            continue
        console.print(f"{part.name:<10} {'same' if part.same else 'differs'}")
        lines = part.difference
        for line in lines[:MOST_LINES]:
            console.print(f"  {line}", style="red" if line[0] == "-" else "green")
        if len(lines) > MOST_LINES:
            console.print(f"  {len(lines) - MOST_LINES} more lines; --json prints all")
        if part.name == "library" and not part.same:
            _print_papers(replay, console)
    console.print(f"The answer {'is the same' if replay.same else 'is another one'}.", style="bold")


def _print_papers(replay: Replay, console: Console) -> None:
    for papers, change in ((replay.changed, "changed"), (replay.gone, "gone")):
        for paper in papers:
            cited = ", which the answer cites" if replay.is_cited(paper) else ""
            console.print(f"  {change}: {paper.title}{cited}")
    if not (replay.changed or replay.gone):
        console.print("  The papers of this answer are as they were; others came, changed or went.")
