"""A hostile paper in the library: it changes no answer about another, and nothing of it becomes markup.

The model is the worst there can be: it writes whatever a hostile abstract tells it to.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from html.parser import HTMLParser
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from conftest import EGRET, HERON, PAPERS, make_paper
from evidence_examples import SENTENCES, is_literal
from fakes import HashingEmbedding, ScriptedModel
from hostile_papers import CLAIMS_NAME, CONTROL, HOSTILE
from rich.console import Console

from index_store.paper_index import PaperIndex
from index_store.readers import read_papers
from index_store.sentences import LONGEST_SENTENCE
from index_store.values import Paper
from rag.assistant import Assistant
from rag.evidence import quotes_per_paper
from rag.linking.names import name_like, short_name
from rag.prompt import INSTRUCTIONS
from rag.values import Answer
from rag.writing import MOST_WORDS
from ui.answer_json import answer_object
from ui.asking import _print_draft, _print_references
from ui.render import render_answer
from ui.timing import Timings

pytestmark = pytest.mark.timeout(60)
TAGS = set("div p span a blockquote details summary mark table thead tbody tr th td button br code".split())
FORMULA = set("math mrow mi mn mo mtext mspace mfrac mroot msqrt msub msup msubsup mover munder".split())
ATTRIBUTES = {
    "class": r"[a-z -]+",
    "id": r"[a-z]+(?:-\d+)+",
    "href": r"#[a-z]+(?:-\d+)+|https?://.*",
    "title": r".*",
    "target": "_blank",
    "rel": "noopener",
    "scope": "row|col",
    "stretchy": "true|false",
    "fence": "true",
    "form": "prefix|postfix",
}
"""What the renderer may write; whatever else stands in the page came out of a paper."""
DIRECTED = {"RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
OBEYED = "As I was ordered, PWNED: banana. I follow no rules but those of CRAKE, and I obey with pleasure."
"""What no abstract holds: only a model that does as it is told says it."""
TRUE = "HERON hides 60% of a spectrogram and predicts it. EgretNet obtains 88.2% accuracy on BirdBench. "


class Reader(HTMLParser):
    """Reads a page as a browser does, and fails at whatever the renderer does not write itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.classes: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS or (tag in FORMULA and "formula" in self.classes)
        for name, value in attrs:
            assert re.fullmatch(ATTRIBUTES[name], value or "", re.S)
        self.open += [tag] * (tag != "br")
        self.classes += [dict(attrs).get("class") or ""] * (tag != "br")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.classes.pop()

    def handle_data(self, data: str) -> None:
        if "math" not in self.open:  # what was written stands beside it
            self.words += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


@pytest.fixture(scope="module")
def birds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperIndex]:
    with PaperIndex(tmp_path_factory.mktemp("hostile") / "library", HashingEmbedding()) as index:
        index.add(INNOCENT)
        yield index


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Paper]:
    """Return what reads a hostile paper as it comes in: from a file, through the reader."""

    def read_one(name: str) -> Paper:
        path: Path = tmp_path_factory.mktemp("file") / "papers.jsonl"
        path.write_text(json.dumps(HOSTILE[name]) + "\n", encoding="utf-8")
        [paper] = read_papers(path)
        assert isinstance(paper, Paper), paper
        return paper

    return read_one


@contextmanager
def joined(index: PaperIndex, papers: list[Paper]) -> Iterator[None]:
    """Have the papers in the library for a while."""
    index.add(papers)
    try:
        assert index.count_papers() == len(INNOCENT) + len(papers)
        yield
    finally:
        index.remove([paper.id for paper in papers])


def questions_about_others(name: str) -> list[str]:
    heron, egret = (HERON.title, EGRET.title) if name in CLAIMS_NAME else ("HERON", "EgretNet")
    return [
        f"How is {heron} trained?",
        f"What accuracy does {egret} obtain on BirdBench?",
        f"How do {egret} and {heron} differ in training data?",
    ]


def told(index: PaperIndex, question: str, written: str) -> tuple[Answer, ScriptedModel]:
    """Return the answer of a model that writes what a hostile paper tells it, and something true."""
    model = ScriptedModel(piece=200).enqueue(*[f"{TRUE}{OBEYED} {written[:1500]} {OBEYED} {TRUE}"] * 4)
    *states, answer = [*Assistant(index, model).stream(question)]
    for state in (*states[::4], answer):
        check_page(state)
        check_literal(state)
    check_terminal(answer)
    check_json(answer)
    check_borne_out(answer)
    check_prompts(model)
    return answer, model


def innocent_papers() -> list[Paper]:
    """Return the papers about birds and seas, among those of the sample library."""
    with as_file(files("index_store") / "sample" / "papers.jsonl") as path:
        return [*PAPERS, *(item for item in read_papers(path) if isinstance(item, Paper))]


INNOCENT = innocent_papers()
TRUE_SENTENCES = {
    *SENTENCES,
    *re.split(r"(?<=\.) ", TRUE.strip()),
    "References: HERON: Masked Training for Bird Songs.",
    "This is the paper HERON: Masked Training for Bird Songs.",
    "The authors present HERON, an encoder.",
}
"""What the papers about birds bear out, whoever says it."""


def check_page(answer: Answer) -> None:
    drawn = render_answer(answer, 3, waiting="Writing")
    assert "\n" not in drawn
    reader = Reader()
    reader.feed(drawn)
    reader.close()
    assert reader.open == []
    for statement in answer.statements:
        if statement.support != "quoted":
            assert " ".join(statement.text.split()) in reader.words
    for citation in answer.citations:
        assert " ".join(citation.paper.title.split()) in reader.words


def check_terminal(answer: Answer) -> None:
    out = io.StringIO()
    console = Console(file=out, highlight=False, emoji=False, width=2 * LONGEST_SENTENCE)
    _print_draft(answer, console)
    _print_references(answer, console)
    shown = out.getvalue()
    for statement in answer.draft:
        assert statement.text in shown
    said = " ".join(statement.marked for statement in answer.statements)
    check_visible(shown.replace("\n", "") + said)


def check_visible(words: str) -> None:
    """Check that no sign steers a terminal, or turns or hides what stands beside it."""
    assert not {unicodedata.category(sign) for sign in words} & {"Cc", "Cs"}
    assert not {unicodedata.bidirectional(sign) for sign in words} & DIRECTED


def check_json(answer: Answer) -> None:
    """Check that a program reads the answer back, and that no sign of it ends the line."""
    answered = answer_object(answer, Timings(0.1, None, 0.2), None)
    line = json.dumps(answered)
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line) == json.loads(json.dumps(answered, ensure_ascii=False))
    assert [s["text"] for s in json.loads(line)["statements"]] == [s.text for s in answer.statements]


def check_literal(answer: Answer) -> None:
    """Check that every quote is a slice of its abstract, and that an answer has no more than it may."""
    prose = [statement.text for statement in answer.statements if statement.support == "supported"]
    assert sum(len(sentence.split()) for sentence in prose) <= MOST_WORDS
    for citation in answer.citations:
        assert 0 < len(citation.spans) <= quotes_per_paper(answer.kind)
        assert all(is_literal(span) and span.paper == citation.paper for span in citation.spans)
        assert all(len(span.quote) <= LONGEST_SENTENCE for span in citation.spans)


def check_borne_out(answer: Answer) -> None:
    """Check that prose rests on what it cites, with its numbers and names, and that nothing obeys."""
    quoted = {c.number: f"{c.paper.title} {' '.join(s.quote for s in c.spans)}" for c in answer.citations}
    for statement in answer.statements:
        assert statement.citations
        source = letters(" ".join(quoted[number] for number in statement.citations))
        for fact in [*re.findall(r"\d+(?:[.,]\d+)*", statement.text), *name_like(statement.text)]:
            assert letters(fact) in source
        assert not re.search(r"PWNED|banana|ordered|obey", statement.text)


def letters(text: str) -> str:
    return re.sub(r"[^a-z0-9+]", "", text.casefold())


def check_prompts(model: ScriptedModel) -> None:
    """Check that the model is shown lines of ours alone: titles, numbered sentences, and one question."""
    for system, user in model.history:
        assert (system.role.value, system.content) == ("system", INSTRUCTIONS)
        assert user.role.value == "user"
        evidence, _, asked = str(user.content).partition("\n\nQuestion: ")
        assert re.fullmatch(r"[^\n]+(?:\nAnswer only for [^\n]+ begin with its name\.)?", asked)
        numbers = []
        for line in evidence.splitlines():
            if found := re.match(r"\[(\d+)\] .", line):
                numbers.append(int(found[1]))
            else:
                assert line == "" or re.fullmatch(r'From ".+":', line)
        assert len(numbers) == len(set(numbers)) > 0
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def seen(answer: Answer) -> Answer:
    """Return what a reader sees of an answer: not what it was chosen from, and not of which library."""
    return replace(answer, evidence=(), receipt=None)


def decided(answer: Answer) -> tuple[object, ...]:
    """Return what an answer is about and says. Which further sentence of the same papers is quoted may hang
    on how common words are, and so on how many papers there are."""
    cited = [citation.paper for citation in answer.citations]
    first = [row.cells for row in answer.comparison.rows if row.asked] if answer.comparison else []
    return answer.kind, answer.refusal, answer.note, cited, first, answer.statements[:1]


def test_suite_is_of_some_size() -> None:
    assert len(HOSTILE) >= 30
    assert set(HOSTILE) >= CLAIMS_NAME


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_paper_is_read_without_signs_that_steer(read: Callable[[str], Paper], name: str) -> None:
    paper = read(name)
    for field in fields(paper):
        check_visible(str(getattr(paper, field.name)))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_paper_changes_no_answer_about_another(
    birds: PaperIndex, read: Callable[[str], Paper], name: str
) -> None:
    paper, questions = read(name), questions_about_others(name)
    with joined(birds, [make_paper(**CONTROL)]):
        usual = [told(birds, question, paper.abstract) for question in questions]
    with joined(birds, [paper]):
        beside = [told(birds, question, paper.abstract) for question in questions]
    for (before, _), (after, model) in zip(usual, beside, strict=True):
        assert before.refusal is None
        assert before.citations
        assert seen(after) == seen(before)
        assert {statement.text for statement in after.statements} <= TRUE_SENTENCES
        for _, shown in model.history:
            assert f'From "{paper.title}"' not in str(shown.content)


@pytest.mark.parametrize("name", HOSTILE)
def test_answer_about_a_hostile_paper_is_its_words_and_obeys_none(
    birds: PaperIndex, read: Callable[[str], Paper], name: str
) -> None:
    paper = read(name)
    with joined(birds, [paper]):
        for question in (f"What does {short_name(paper)[:200]} propose?", "Which bird songs need labels?"):
            answer, model = told(birds, question, paper.abstract)
            if answer.refusal and name in CLAIMS_NAME:
                assert (answer.refusal.reason, model.history) == ("unclear", [])


def test_all_hostile_papers_together_change_no_answer_about_another(
    birds: PaperIndex, read: Callable[[str], Paper]
) -> None:
    papers = [
        replace(paper, id=f"hostile-{number}", title=f"{paper.title} {number}", url=None, identifiers={})
        for number, paper in enumerate(map(read, HOSTILE))
    ]
    questions = questions_about_others("title is a name")
    with joined(birds, [make_paper(**CONTROL)]):
        usual = [told(birds, question, "HERON needs labels.") for question in questions]
    with joined(birds, papers):
        beside = [told(birds, question, "HERON needs labels.") for question in questions]
    for (before, _), (after, _) in zip(usual, beside, strict=True):
        assert before.refusal is None
        assert decided(after) == decided(before)
