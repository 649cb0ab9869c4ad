"""The command line as a person meets it: real files, a real library, clear errors, exit statuses.

Each command starts in a process of its own in one test at least. Where it is asked for something else it
runs in the process of the tests: most of a start is reading libraries.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import EGRET, HERON, PAPERS, Run

pytestmark = pytest.mark.weights
PAGE = "Some button\n\nMar 13\n\n" + "\n\n".join(f"{p.title}\n\n{p.abstract}" for p in PAPERS) + "\n"


def paperchat(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        check=False,
    )


@pytest.fixture(scope="module")
def shared_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    page = folder / "page.txt"
    page.write_text(PAGE, encoding="utf-8")
    done = paperchat("add", page, "--library", folder / "library")
    assert done.returncode == 0, done.stderr
    assert "3 new" in done.stdout
    return folder / "library"


def test_adding_the_same_file_again_changes_nothing(shared_library: Path, run_here: Run) -> None:
    done = run_here("add", shared_library.parent / "page.txt", "--library", shared_library)
    assert done.returncode == 0
    assert "3 unchanged" in done.stdout
    assert "new" not in done.stdout


def test_papers_are_listed_as_json_with_their_abstracts(shared_library: Path) -> None:
    done = paperchat("papers", "--json", "--library", shared_library)
    papers = json.loads(done.stdout)["papers"]
    assert [p["title"] for p in papers] == [p.title for p in PAPERS]
    assert papers[0]["abstract"] == HERON.abstract


def test_papers_are_found_by_words(shared_library: Path, run_here: Run) -> None:
    done = run_here("papers", "sea levels gauges", "--json", "--library", shared_library)
    assert json.loads(done.stdout)["papers"][0]["title"].startswith("TideCast")


def test_draft_prints_quotes_and_the_reference(shared_library: Path) -> None:
    done = paperchat(
        "ask", "How many parameters does EgretNet have?", "--draft", "--library", shared_library
    )
    assert done.returncode == 0
    assert "12 million parameters" in done.stdout
    assert f"[1] {EGRET.title}" in done.stdout


def test_ask_json_is_the_object_that_outsiders_rely_on(shared_library: Path, run_here: Run) -> None:
    done = run_here(
        "ask", "How many parameters does EgretNet have?", "--draft", "--json", "--library", shared_library
    )
    answer = json.loads(done.stdout)
    assert set(answer) >= {
        "question", "standalone_question", "kind", "text", "statements", "citations", "comparison",
        "refusal", "receipt", "timings", "device",
    }  # fmt: skip
    assert set(answer["receipt"]) >= {"library_fingerprint", "embedder", "model", "prompt_hash", "version"}
    assert set(answer["timings"]) == {"first_citation_s", "first_token_s", "total_s"}
    [citation] = answer["citations"]
    assert (citation["number"], citation["title"]) == (1, EGRET.title)
    for quote in citation["quotes"]:
        assert EGRET.abstract[quote["start"] : quote["end"]] == quote["text"]


def test_refusal_is_no_failure(shared_library: Path, run_here: Run) -> None:
    done = run_here("ask", "hello", "--json", "--library", shared_library)
    assert done.returncode == 0
    assert json.loads(done.stdout)["refusal"]["reason"] == "not_a_question"


def test_batch_writes_a_prediction_for_each_question(shared_library: Path, tmp_path: Path) -> None:
    questions, out = tmp_path / "questions.jsonl", tmp_path / "predictions.jsonl"
    history = [
        {"role": "user", "content": "What is EgretNet?"},
        {"role": "assistant", "content": "EgretNet uses convolutions only [1]."},
    ]
    rows = [
        {"id": "a", "question": "What accuracy does HERON reach?"},
        {"id": "b", "question": "How many parameters does it have?", "history": history},
    ]
    questions.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = paperchat("batch", questions, "--out", out, "--draft", "--library", shared_library)
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, out.read_text().splitlines())
    assert set(first) == {
        "id", "answer", "cited", "abstained", "refusal", "seconds", "first_citation_seconds",
    }  # fmt: skip
    assert "91.3%" in first["answer"]
    assert second["cited"] == [EGRET.title]


def test_evaluate_scores_what_it_answers(shared_library: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    row = {
        "id": "a", "type": "fact", "question": "What accuracy does HERON reach on BirdBench?",
        "gold_papers": [HERON.title], "must": [["91\\.3"]], "must_not": [],
    }  # fmt: skip
    questions.write_text(json.dumps(row) + "\n")
    done = paperchat("evaluate", questions, "--draft", "--json", "--library", shared_library)
    assert json.loads(done.stdout)["all"]["correct"] == 100.0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file"),
        (b"", "the file is empty"),
        (b"\x00\x01\x02" * 99, "this is a binary file"),
        (b"%PDF-1.7 ...", "this is a damaged PDF"),
        (b"just a few words\n", "no papers found"),
    ],
)
def test_file_that_is_no_list_of_papers_is_named(
    tmp_path: Path, library: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "papers.txt"
    if content is not None:
        path.write_bytes(content)
    done = paperchat("add", path, "--library", library)
    assert done.returncode == 1
    [line] = (done.stdout + done.stderr).strip().splitlines()
    assert str(path) in line
    assert said in line
    assert not library.exists()


def test_broken_line_is_named_and_the_rest_is_kept(tmp_path: Path, library: Path, run_here: Run) -> None:
    lines = [json.dumps({"title": f"Paper {n}", "abstract": f"We count to {n}."}) for n in range(20)]
    lines[16] = '{"title": "broken'
    path = tmp_path / "papers.jsonl"
    path.write_text("\n".join(lines))
    done = run_here("add", path, "--library", library)
    assert done.returncode == 0
    assert "19 new, 1 rejected" in done.stdout
    assert "papers.jsonl, line 17" in done.stdout


def test_library_of_another_embedder_names_both(
    shared_library: Path, tmp_path: Path, run_here: Run
) -> None:
    other = tmp_path / "other-embedder"
    weights = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "paperchat" / "weights"
    other.mkdir()
    for name in ("model.safetensors", "tokenizer.json"):
        (other / name).symlink_to(weights / "all-minilm-l6-v2" / name)
    done = run_here("papers", "--library", shared_library, "--embedder", other)
    assert done.returncode == 1
    assert "all-minilm-l6-v2" in done.stderr
    assert str(other) in done.stderr
    assert "paperchat reindex" in done.stderr


def test_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = paperchat("serve", "--library", "sample", "--port", str(port))
    assert done.returncode == 1
    assert f"127.0.0.1:{port} cannot be listened on" in done.stderr
    assert "--port" in done.stderr


def test_sample_library_cannot_be_changed(tmp_path: Path, run_here: Run) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(json.dumps({"title": "Mine", "abstract": "We add it."}))
    done = run_here("add", path, "--library", "sample")
    assert done.returncode == 1
    assert "read-only" in done.stderr


def test_removing_a_paper_that_is_not_there_removes_nothing(shared_library: Path, run_here: Run) -> None:
    done = paperchat("remove", HERON.id, "no-such-paper", "--library", shared_library)
    assert done.returncode == 1
    assert "no-such-paper" in done.stderr
    assert len(json.loads(run_here("papers", "--json", "--library", shared_library).stdout)["papers"]) == 3


def test_wrong_usage_is_status_two() -> None:
    assert paperchat("ask").returncode == 2
    assert paperchat("fly").returncode == 2


def test_unknown_model_names_those_there_are(run_here: Run) -> None:
    done = run_here("ask", "How does ZeroI2V work?", "--library", "sample", "--model", "no-such-model")
    assert done.returncode == 1
    assert "qwen2.5-coder-1.5b-instruct" in done.stderr


def test_models_says_where_they_would_run() -> None:
    done = paperchat("models", "--json")
    listed = json.loads(done.stdout)
    assert {"qwen2.5-coder-1.5b-instruct", "all-minilm-l6-v2"} <= {m["name"] for m in listed["models"]}
    assert listed["device"]["name"] in {"cpu", "cuda", "mps"}


def test_compare_prints_the_same_object_as_ask(shared_library: Path) -> None:
    done = paperchat(
        "compare", "HERON", "EgretNet", "--aspect", "code", "--draft", "--json", "--library", shared_library
    )
    answer = json.loads(done.stdout)
    assert answer["kind"] == "comparison"
    assert [subject["title"] for subject in answer["comparison"]["subjects"]] == [HERON.title, EGRET.title]
    first = answer["comparison"]["rows"][0]
    assert (first["aspect"], first["asked"]) == ("code", True)
    assert [cell and cell["text"] for cell in first["cells"]] == ["Code is available.", None]


def test_compare_prints_a_table_to_read(shared_library: Path, run_here: Run) -> None:
    read = run_here("compare", "HERON", "EgretNet", "--draft", "--library", shared_library)
    assert "[1] HERON" in " ".join(read.stdout.split())


@pytest.mark.model
def test_compare_with_the_model_prints_a_table_to_paste(shared_library: Path) -> None:
    pasted = paperchat("compare", "HERON", "EgretNet", "--format", "markdown", "--library", shared_library)
    assert pasted.returncode == 0, pasted.stderr
    assert pasted.stdout.startswith("| aspect | \\[1\\] HERON: Masked Training for Bird Songs |")


def test_comparing_a_paper_with_itself_says_so_in_one_line(shared_library: Path, run_here: Run) -> None:
    done = run_here("compare", "HERON", HERON.title, "--draft", "--library", shared_library)
    assert done.returncode == 1
    assert done.stderr.strip() == f"All these names are of one paper: {HERON.title}"
