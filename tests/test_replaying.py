"""Replaying: an answer is asked for again from its receipt, and what has changed since is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from conftest import EGRET, HERON, PAPERS, TIDE, Run, make_paper
from fakes import HashingEmbedding, ScriptedModel
from rich.console import Console

from index_store.errors import FileError
from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.receipts import answer_hash
from rag.values import RECEIPT_FORMAT, Answer, Receipt, Turn
from ui.answer_json import answer_object, receipt_object
from ui.receipt_file import read_receipt, write_receipt
from ui.replaying import MOST_LINES, Replay, ask_again, print_replay, replay_object
from ui.timing import Timings

QUESTION = "What accuracy does HERON reach on BirdBench?"
SAYS = "HERON reaches 91.3% accuracy on BirdBench."
MACHINE = {"library": "sample", "model": "scripted", "device": "cpu float32"}
LOAM = make_paper("LOAM: Soil Moisture from Radar", "LOAM reads soil moisture from radar echoes.")


def no_model() -> ScriptedModel:
    raise AssertionError("no model should be asked")


def receipt_of(answer: Answer) -> Receipt:
    assert answer.receipt is not None
    return answer.receipt


def replayed(
    receipt: Receipt, index: PaperIndex, load: Callable[[], ScriptedModel] = no_model
) -> tuple[Replay, str]:
    """Return the replay, and what a person sees of it."""
    replay = ask_again(receipt, Assistant(index), load)
    console = Console(width=200, record=True, highlight=False, markup=False, quiet=False, file=sys.stderr)
    print_replay(replay, console)
    return replay, console.export_text()


def states(replay: Replay) -> dict[str, bool]:
    return {part.name: part.same for part in replay.parts}


def edited(index: PaperIndex, old: str, new: str) -> None:
    """Put other words into the abstract of HERON."""
    assert old in HERON.abstract
    index.remove([HERON.id])
    index.add([replace(HERON, abstract=HERON.abstract.replace(old, new))])


# What a receipt holds


def test_receipt_holds_what_was_asked_shown_cited_and_said(index: PaperIndex) -> None:
    answer = Assistant(index, ScriptedModel().enqueue(SAYS)).ask(QUESTION)
    receipt = receipt_of(answer)
    assert (receipt.question, receipt.model, receipt.draft) == (QUESTION, "scripted", False)
    assert receipt.library_fingerprint == index.fingerprint
    shown = [(w.number, w.paper_id, w.start, w.end) for w in receipt.evidence]
    assert shown == [(e.number, e.span.paper.id, e.span.start, e.span.end) for e in answer.evidence] != []
    assert {w.text for w in receipt.cited} == {span.quote for span in answer.citations[0].spans}
    assert all(HERON.abstract[w.start : w.end] == w.text for w in receipt.cited)
    assert receipt.answer == f"{SAYS} [1]"
    assert receipt.answer_hash == answer_hash(receipt.answer)
    assert HERON.id in {paper.id for paper in receipt.papers}


def test_only_the_complete_answer_has_a_receipt(index: PaperIndex) -> None:
    *before, last = Assistant(index, ScriptedModel().enqueue(SAYS)).stream(QUESTION)
    assert len(before) > 2
    assert {answer.receipt for answer in before} == {None}
    assert receipt_of(last).answer


@pytest.mark.parametrize(
    "question", ["hello", "How does AnimateDiff recognise bird songs?", "Which papers?"]
)
def test_receipt_names_no_model_where_none_was_asked(index: PaperIndex, question: str) -> None:
    receipt = receipt_of(Assistant(index, ScriptedModel()).ask(question))
    assert receipt.model is None
    assert receipt.answer


def test_receipt_says_draft_when_there_is_no_model(index: PaperIndex) -> None:
    assert receipt_of(Assistant(index).ask(QUESTION)).draft
    assert receipt_of(Assistant(index, ScriptedModel()).ask(QUESTION, draft=True)).draft


# The library is as it was


@pytest.mark.parametrize(
    "question",
    [
        QUESTION,
        "Compare HERON and EgretNet on BirdBench.",
        "Which papers are about bird songs?",
        "How does AnimateDiff recognise bird songs?",
        "Which learning rate was HERON trained with?",
        "Why does HERON need so many labels for pre-training?",
        "hello",
        "",
    ],
)
def test_draft_comes_out_the_same_from_an_unchanged_library(
    index: PaperIndex, library: Path, question: str
) -> None:
    receipt = receipt_of(Assistant(index).ask(question, draft=True))
    index.close()
    with PaperIndex(library, HashingEmbedding()) as again:
        replay, said = replayed(receipt, again)
    assert replay.same
    assert set(states(replay).values()) == {True}
    assert replay.old == replay.new
    assert "differs" not in said
    assert said.endswith("The answer is the same.\n")


def test_prose_comes_out_the_same_when_the_model_says_the_same(index: PaperIndex) -> None:
    receipt = receipt_of(Assistant(index, ScriptedModel().enqueue(SAYS)).ask(QUESTION))
    replay, _ = replayed(receipt, index, lambda: ScriptedModel().enqueue(SAYS))
    assert replay.same
    assert replay.new == receipt


def test_other_words_of_the_model_are_shown_line_by_line(index: PaperIndex) -> None:
    receipt = receipt_of(Assistant(index, ScriptedModel().enqueue(SAYS)).ask(QUESTION))
    other = "It is 3.1 points above EgretNet."
    replay, said = replayed(receipt, index, lambda: ScriptedModel(name="other").enqueue(other))
    assert not replay.same
    assert {name for name, same in states(replay).items() if not same} >= {"model", "answer"}
    assert states(replay)["evidence"]
    assert f"- {SAYS} [1]" in said
    assert f"+ {other} [1]" in said
    assert "- scripted" in said
    assert said.endswith("The answer is another one.\n")


def test_follow_up_is_asked_with_the_turns_before_it(index: PaperIndex) -> None:
    turns = [Turn("What is EgretNet?", "It uses convolutions only [1].", (EGRET,))]
    receipt = receipt_of(Assistant(index).ask("How many parameters does it have?", turns))
    assert receipt.turns[0].paper_ids == (EGRET.id,)
    assert "12 million parameters" in receipt.answer
    replay, _ = replayed(receipt, index)
    assert replay.new == receipt
    without = ask_again(replace(receipt, turns=()), Assistant(index), no_model)
    assert not without.same


def test_paper_that_only_a_turn_speaks_of_is_named_when_it_is_gone(index: PaperIndex) -> None:
    turns = [Turn("What else?", "There is one more [1].", (TIDE,))]
    receipt = receipt_of(Assistant(index).ask(QUESTION, turns))
    index.remove([TIDE.id])
    replay, said = replayed(receipt, index)
    assert [paper.id for paper in replay.gone] == [TIDE.id]
    assert f"gone: {TIDE.title}\n" in said


@pytest.mark.parametrize(
    ("subjects", "aspects"),
    [
        (("HERON", "EgretNet"), ("training data",)),
        (("HERON", "EgretNet"), ("results", "what it was trained on")),
        ((TIDE.id, HERON.id, "EgretNet"), ()),
        (("HERON", "OspreyNet"), ("code",)),
        (("OspreyNet", "KittiwakeFormer"), ()),
    ],
)
def test_comparison_of_papers_picked_one_by_one_comes_out_the_same(
    index: PaperIndex, tmp_path: Path, subjects: tuple[str, ...], aspects: tuple[str, ...]
) -> None:
    *_, answer = Assistant(index).compare(subjects, aspects, draft=True)
    write_receipt(tmp_path / "receipt.json", receipt_of(answer), MACHINE)
    receipt = read_receipt(tmp_path / "receipt.json").receipt
    assert (receipt.subjects, receipt.aspects) == (subjects, aspects)
    replay, _ = replayed(receipt, index)
    assert replay.new == receipt == receipt_of(answer)


def test_prose_of_a_comparison_of_picked_papers_is_written_again(index: PaperIndex) -> None:
    says = ("HERON hides 60% of a spectrogram.", "EgretNet uses convolutions only.")
    *_, answer = Assistant(index, ScriptedModel().enqueue(*says)).compare(
        ["HERON", "EgretNet"], ["core idea"]
    )
    receipt = receipt_of(answer)
    assert says[0] in receipt.answer
    replay, _ = replayed(receipt, index, lambda: ScriptedModel().enqueue(*says))
    assert replay.new == receipt


# The library has changed


def test_paper_that_has_nothing_to_do_with_it_changes_the_library_and_not_the_answer(
    index: PaperIndex,
) -> None:
    receipt = receipt_of(Assistant(index).ask(QUESTION))
    index.add([LOAM])
    replay, said = replayed(receipt, index)
    assert replay.same
    assert [name for name, same in states(replay).items() if not same] == ["library"]
    assert (replay.changed, replay.gone) == ((), ())
    assert "library    differs" in said
    assert "The papers of this answer are as they were" in said
    assert said.endswith("The answer is the same.\n")


def test_edited_words_of_a_citation_make_another_answer_and_name_the_paper(index: PaperIndex) -> None:
    receipt = receipt_of(Assistant(index).ask(QUESTION))
    edited(index, "91.3%", "90.0%")
    replay, said = replayed(receipt, index)
    assert not replay.same
    assert [paper.id for paper in replay.changed] == [HERON.id]
    assert f"changed: {HERON.title}, which the answer cites" in said
    [old] = [part.difference for part in replay.parts if part.name == "citations"]
    assert [line[0] for line in old] == ["-", "+"]
    assert "91.3%" in old[0]
    assert "90.0%" in old[1]
    assert "evidence   differs" in said


def test_edit_that_keeps_the_length_is_seen_in_the_evidence(index: PaperIndex) -> None:
    receipt = receipt_of(Assistant(index).ask(QUESTION))
    edited(index, "Labelled bird songs are rare", "Labelled bird songs are dear")
    replay, said = replayed(receipt, index)
    assert not states(replay)["evidence"]
    assert "songs are dear" in said


def test_edit_of_other_words_of_a_cited_paper_is_named_and_the_answer_is_the_same(
    index: PaperIndex,
) -> None:
    receipt = receipt_of(Assistant(index).ask(QUESTION))
    assert not any("Code is available" in words.text for words in receipt.cited)
    edited(index, "Code is available", "Sources were published")
    replay, said = replayed(receipt, index)
    assert replay.same
    assert {name for name, same in states(replay).items() if not same} == {"library", "evidence"}
    assert f"changed: {HERON.title}, which the answer cites" in said


def test_paper_that_is_gone_is_named(index: PaperIndex) -> None:
    receipt = receipt_of(Assistant(index).ask(QUESTION))
    index.remove([HERON.id])
    replay, said = replayed(receipt, index)
    assert not replay.same
    assert [paper.id for paper in replay.gone] == [HERON.id]
    assert f"gone: {HERON.title}, which the answer cites" in said


def test_answer_where_there_was_a_refusal_is_another_one(index: PaperIndex) -> None:
    question = "How does LOAM read soil moisture?"
    refused = Assistant(index).ask(question, draft=True)
    assert refused.kind == "refusal"
    index.add([LOAM])
    replay, said = replayed(receipt_of(refused), index)
    assert not replay.same
    assert "- No paper in this library" in said
    assert "+ LOAM reads soil moisture" in said


def test_long_difference_is_cut_for_people_and_whole_for_programs(index: PaperIndex) -> None:
    receipt = receipt_of(Assistant(index).ask(QUESTION))
    lines = [f"Line {n}." for n in range(40)]
    old = replace(receipt, answer="\n".join(lines))
    replay, said = replayed(old, index)
    assert said.count("- Line") == MOST_LINES
    assert "--json prints all" in said
    [answer] = [part for part in replay_object(replay)["parts"] if part["name"] == "answer"]
    assert answer["old"] == lines


def test_replay_for_programs_names_parts_and_papers(index: PaperIndex) -> None:
    receipt = receipt_of(Assistant(index).ask(QUESTION))
    edited(index, "91.3%", "90.0%")
    replay, _ = replayed(receipt, index)
    found = json.loads(json.dumps(replay_object(replay)))
    assert (found["same"], found["question"]) == (False, QUESTION)
    assert [part["name"] for part in found["parts"]] == [
        "library", "embedder", "model", "device", "prompt", "version", "evidence", "citations", "answer",
    ]  # fmt: skip
    assert found["papers"] == [
        {"paper_id": HERON.id, "title": HERON.title, "change": "changed", "cited": True}
    ]
    assert found["receipt"]["library_fingerprint"] == index.fingerprint


def test_device_is_compared_when_both_are_known(index: PaperIndex) -> None:
    receipt = receipt_of(Assistant(index).ask(QUESTION))
    replay, said = replayed(receipt, index)
    assert "device" not in said
    part = replace(replay, devices=("cpu float32", "cuda bfloat16")).parts[3]
    assert part.difference == ["- cpu float32", "+ cuda bfloat16"]
    assert replace(replay, devices=(None, "cpu float32")).parts[3].same


# Files


def test_receipt_comes_back_from_its_file_as_it_was(index: PaperIndex, tmp_path: Path) -> None:
    turns = [Turn("What is EgretNet?", "It uses convolutions only [1].", (EGRET,))]
    receipt = receipt_of(Assistant(index).ask("Compare it with HERON.", turns))
    path = tmp_path / "receipt.json"
    write_receipt(path, receipt, MACHINE)
    kept = read_receipt(path)
    assert (kept.receipt, kept.machine) == (receipt, MACHINE)
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".partial"] == []


def test_receipt_within_an_answer_is_found(index: PaperIndex, tmp_path: Path) -> None:
    answer = Assistant(index).ask(QUESTION)
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(answer_object(answer, Timings(0, None, 0), None)), encoding="utf-16")
    kept = read_receipt(path)
    assert kept.receipt == answer.receipt
    assert kept.machine == {}


def test_keys_that_outsiders_rely_on_are_in_the_receipt(index: PaperIndex) -> None:
    found = receipt_object(receipt_of(Assistant(index).ask(QUESTION)))
    assert set(found) >= {"library_fingerprint", "embedder", "model", "prompt_hash", "version"}
    assert "machine" not in found


def broken(change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], str]:
    def text(receipt: dict[str, Any]) -> str:
        change(receipt)
        return json.dumps(receipt)

    return text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (lambda _: "", "this is no JSON"),
        (lambda _: "{'a': 1}", "this is no JSON"),
        (lambda _: "[" * 100_000, "this is no JSON"),
        (lambda r: json.dumps(r) + "\n" + json.dumps(r), "this is no JSON"),
        (lambda _: "[]", "there is no receipt in it"),
        (lambda _: '"receipt"', "there is no receipt in it"),
        (lambda _: '{"receipt": null}', "there is no receipt in it"),
        (lambda _: '{"question": "Why?"}', "there is no receipt in it"),
        (broken(lambda r: r.update(format=RECEIPT_FORMAT + 1, version="9.1")), "newer paperchat, 9.1"),
        (broken(lambda r: r.pop("question")), 'not whole: "question"'),
        (broken(lambda r: r["evidence"][0].update(start="first")), 'not whole: "evidence.0.start"'),
        (broken(lambda r: r.update(format="one")), 'not whole: "format"'),
        (broken(lambda r: r.update(machine=["sample"])), "not whole"),
        (broken(lambda r: r.update(answer="HERON reaches 99%.")), "was changed after it was written"),
        (broken(lambda r: r.pop("answer")), "was changed after it was written"),
    ],
)
def test_file_without_a_receipt_that_can_be_replayed_is_named_in_one_line(
    index: PaperIndex, tmp_path: Path, text: Callable[[dict[str, Any]], str], said: str
) -> None:
    receipt = asdict(receipt_of(Assistant(index).ask(QUESTION)))
    path = tmp_path / "receipt.json"
    path.write_text(text(receipt))
    with pytest.raises(FileError) as raised:
        read_receipt(path)
    assert said in str(raised.value)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["nothing.json", "."])
def test_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read_receipt(tmp_path / name)


# The command


def paperchat(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(root)},
    )


@pytest.mark.weights
def test_draft_is_replayed_from_the_command_line_until_its_paper_changes(
    tmp_path: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    papers, elsewhere = tmp_path / "papers.jsonl", tmp_path / "elsewhere"
    rows = [{"title": paper.title, "abstract": paper.abstract} for paper in PAPERS]
    papers.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elsewhere.mkdir()
    assert run_here("add", papers, "--library", "mine").returncode == 0
    options = ("--draft", "--library", "mine", "--receipt", "receipt.json")
    asked = paperchat("ask", QUESTION, *options, cwd=tmp_path)
    assert asked.returncode == 0, asked.stderr
    assert "91.3%" in asked.stdout
    again = paperchat("replay", tmp_path / "receipt.json", cwd=elsewhere)
    assert again.returncode == 0, again.stderr
    assert "differs" not in again.stdout
    assert "The answer is the same." in again.stdout
    edited = [row | {"abstract": row["abstract"].replace("91.3%", "90.0%")} for row in rows]
    papers.write_text("".join(json.dumps(row) + "\n" for row in edited))
    assert "1 updated" in run_here("add", papers, "--library", "mine").stdout
    monkeypatch.chdir(elsewhere)
    after = run_here("replay", tmp_path / "receipt.json", "--json")
    assert after.returncode == 1, after.stderr
    replay = json.loads(after.stdout)
    assert not replay["same"]
    assert [paper["title"] for paper in replay["papers"]] == [HERON.title]


@pytest.mark.weights
def test_answer_for_programs_is_replayed_from_the_sample_library(tmp_path: Path, run_here: Run) -> None:
    question = "How does dual masking make VideoMAE V2 cheaper to pre-train?"
    asked = run_here("ask", question, "--draft", "--json", "--library", "sample")
    assert json.loads(asked.stdout)["receipt"]["machine"]["library"] == "sample"
    (tmp_path / "answer.json").write_text(asked.stdout)
    again = paperchat("replay", "answer.json", cwd=tmp_path)
    assert again.returncode == 0, again.stderr


@pytest.mark.weights
def test_comparison_that_the_command_printed_is_made_again(tmp_path: Path, run_here: Run) -> None:
    aspects = ("--aspect", "results", "--aspect", "what is masked")
    asked = ("compare", "VideoMAE V2", "TinyViT", *aspects, "--draft", "--json", "--library", "sample")
    (tmp_path / "answer.json").write_text(run_here(*asked).stdout)
    again = run_here("replay", str(tmp_path / "answer.json"))
    assert again.returncode == 0, again.stderr
    assert "The answer is the same." in again.stdout


def test_library_that_is_not_there_is_named_and_not_made(index: PaperIndex, tmp_path: Path) -> None:
    receipt = receipt_of(Assistant(index).ask(QUESTION))
    path = tmp_path / "receipt.json"
    write_receipt(path, receipt, MACHINE | {"library": str(tmp_path / "moved")})
    done = paperchat("replay", path, cwd=tmp_path)
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert f"There is no library in {tmp_path / 'moved'}" in line
    assert "--library DIR" in line
    assert not (tmp_path / "moved").exists()


def test_replay_without_a_receipt_is_status_two_and_of_nothing_is_one(tmp_path: Path) -> None:
    assert paperchat("replay", cwd=tmp_path).returncode == 2
    done = paperchat("replay", "nothing.json", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "nothing.json: cannot be read (No such file or directory).\n"
