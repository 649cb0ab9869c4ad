"""Whatever a model writes, in whatever pieces, a reader sees nothing that its citations do not bear out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

import pytest
from conftest import EGRET, HERON, make_paper
from conftest import PAPERS as BIRDS
from evidence_examples import is_literal, model_texts
from fakes import HashingEmbedding, ScriptedModel
from hypothesis import example, given, settings
from hypothesis import strategies as st
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole

from index_store.paper_index import PaperIndex
from rag.assistant import Assistant
from rag.evidence import quotes_per_paper
from rag.linking.names import name_like
from rag.values import Answer, Turn
from rag.writing import MOST_SENTENCES, MOST_WORDS

BITTERN = make_paper(
    "BITTERN: Masked Training for Bird Songs at Night",
    "We present BITTERN, an encoder that is trained by hiding 40% of a spectrogram and predicting it. "
    "BITTERN is pre-trained on 900 hours of the ReedAudio corpus. It reaches 90.2% accuracy on BirdBench.",
)
"""So like HERON that a question may bring up both."""
PAPERS = [*BIRDS, BITTERN]
SPELLED = {"one": "1", "two": "2"}
"""Numbers that the abstracts write as words."""
MANY_QUOTES = (
    "Labelled bird songs are rare and code is available. "
    "HERON reaches 91.3% accuracy on BirdBench and does not need any labels for pre-training. "
    "HERON hides 60% of a spectrogram and is pre-trained on 4,200 hours of the WetlandAudio corpus."
)
QUESTIONS: list[tuple[str, list[Turn]]] = [
    ("How is HERON trained?", []),
    ("What accuracy does EgretNet obtain on BirdBench?", []),
    ("How do EgretNet and HERON differ in training data?", []),
    ("Compare HERON, EgretNet and TideCast.", []),
    ("Which sea levels are forecast with gauges?", []),
    ("Which encoder is trained by hiding a spectrogram and predicting it?", []),
    ("And how many parameters does it have?", [Turn("What is EgretNet?", "A network [1].", (EGRET,))]),
]
STRANGE = [
    *["[7]", "[1][2]", "[n]", "[1, 2, 99]", "[[1]]", "(1)", "¹", "[^1]", "\\cite{heron}", "【1】", "[1"],
    *["**HERON**", "# HERON", "- HERON hides 60%", "1. HERON", "> HERON", "```", "| a | b |", "~~60%~~"],
    *["<b>60%</b>", "<script>alert(1)</script>", "<!--", "&lt;", "&#x202e;", "<|im_end|>", "[INST]"],
    *["![x](http://e.org/a.png)", "[a](javascript:alert(1))", "[bold red]HERON[/]", "[link=http://e.org]"],
    *["\u202e%06 sedih NOREH", "\u200bHER\u200dON", "\ufeff", "\x00", "\x1b[31m", "\x07", "\r"],
    *[
        "\u2028",
        "\x85",
        "🦩🦩",
        "👩\u200d🔬",
        "鹭鸟隐藏六十个百分点。",
        "ХЕРОН скрывает 60%.",
        "هرون يخفي ٦٠٪",
    ],
    *["ＨＥＲＯＮ　６０％", "e\u0301" * 5, "x" * 3000, "1" * 400, "." * 500, "\n" * 50, "bird " * 300],
    *[
        "HERON hides 60% of a spectrogram. " * 20,
        "HERON, EgretNet and TideCast have 12 million parameters.",
    ],
    *["It is 60% better.", "Not.", "[12]", "[60]"],
]
slices = st.builds(
    lambda paper, start, length: paper.abstract[start : start + length],
    st.sampled_from(PAPERS),
    st.integers(0, 300),
    st.integers(1, 120),
)
"""Pieces of abstracts, cut anywhere: joined, they say what no paper says in the words of all."""
joined = st.lists(
    st.one_of(slices, slices, st.sampled_from(STRANGE), st.text(max_size=20), model_texts), max_size=8
)
texts = st.builds(lambda parts, gap: gap.join(parts), joined, st.sampled_from(["", " ", ". ", "\n"]))
HIDDEN = {"Cc", "Cs"}
DIRECTED = {"RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}


class CutModel(ScriptedModel):
    """A model whose answers come in pieces of these lengths, again and again."""

    sizes: tuple[int, ...] = (5,)

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> Iterator[ChatResponse]:
        text = self._answers.pop(0)
        rounds = len(text) // sum(self.sizes) + 1
        for end in accumulate(self.sizes * rounds):
            yield ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text[:end]))


@pytest.fixture(scope="module")
def birds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperIndex]:
    with PaperIndex(tmp_path_factory.mktemp("fuzzed") / "library", HashingEmbedding()) as index:
        index.add(PAPERS)
        yield index


def check_state(state: Answer, marks: dict[int, str]) -> None:
    """Check what holds at every moment. `marks` are those that were shown, with their papers."""
    numbers = [citation.number for citation in state.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    for citation in state.citations:
        assert marks.setdefault(citation.number, citation.paper.id) == citation.paper.id
        assert 0 < len(citation.spans) <= quotes_per_paper(state.kind)
        assert all(is_literal(span) and span.paper == citation.paper for span in citation.spans)
    for statement in state.statements:
        assert statement.citations
        assert set(statement.citations) <= set(numbers)
    for words in (state.tentative, *(statement.text for statement in state.statements)):
        assert not {unicodedata.category(sign) for sign in words} & HIDDEN
        assert not {unicodedata.bidirectional(sign) for sign in words} & DIRECTED


def check_borne_out(answer: Answer) -> None:
    """Check that each number and name of the prose is in the quotes or titles that it is cited for."""
    cited = {c.number: f"{c.paper.title} {' '.join(s.quote for s in c.spans)}" for c in answer.citations}
    prose = [statement for statement in answer.statements if statement.support == "supported"]
    for statement in prose:
        source = " ".join(cited[number] for number in statement.citations)
        spelled = {number for word, number in SPELLED.items() if re.search(rf"\b{word}\b", source)}
        assert numbers_in(statement.text) <= numbers_in(source) | spelled
        for name in name_like(statement.text):
            assert letters(name) in letters(source)
        assert not re.search(r"\[\s*\d", statement.text)
    assert len(prose) <= MOST_SENTENCES
    assert sum(len(statement.text.split()) for statement in prose) <= MOST_WORDS


def numbers_in(text: str) -> set[str]:
    return {number.replace(",", "") for number in re.findall(r"\d+(?:[.,]\d+)*", text)}


def letters(text: str) -> str:
    return re.sub(r"[^a-z0-9+]", "", text.casefold())


@settings(deadline=None, max_examples=150)
@given(
    texts,
    st.lists(st.one_of(st.integers(20, 200), st.integers(1, 2000)), min_size=1, max_size=4),
    st.sampled_from(QUESTIONS),
)
@example(HERON.abstract, [30], QUESTIONS[0])
@example(" ".join(paper.abstract for paper in PAPERS), [50], QUESTIONS[3])
@example("HERON obtains 88.2% accuracy on BirdBench. EgretNet reaches 91.3%.", [20], QUESTIONS[2])
@example(MANY_QUOTES, [9], QUESTIONS[0])
@example("BITTERN hides 40% of a spectrogram. HERON hides 60% of a spectrogram [60].", [9], QUESTIONS[5])
@example("EgretNet has 12 [12] million parameters.", [9], QUESTIONS[1])
@example("2. Training takes 2 hours on one GPU.", [9], QUESTIONS[3])
@example("", [1], QUESTIONS[0])
def test_whatever_is_written_is_borne_out_or_not_shown(
    birds: PaperIndex, text: str, sizes: list[int], question: tuple[str, list[Turn]]
) -> None:
    model = CutModel(sizes=tuple(sizes)).enqueue(*[text] * len(PAPERS))
    marks: dict[int, str] = {}
    *states, last = Assistant(birds, model).stream(*question)
    for state in [*states, last]:
        check_state(state, marks)
    check_borne_out(last)
    assert last.stage == "complete"
    assert last.tentative == ""
    assert last.statements or last.refusal
    for state in states:
        prose = [statement.text for statement in state.statements]
        assert prose == [statement.text for statement in last.statements][: len(prose)]


@settings(deadline=None, max_examples=40)
@given(texts, st.lists(st.integers(1, 200), min_size=1, max_size=4), st.sampled_from(QUESTIONS))
def test_answer_does_not_depend_on_the_pieces(
    birds: PaperIndex, text: str, sizes: list[int], question: tuple[str, list[Turn]]
) -> None:
    answers = [
        Assistant(birds, CutModel(sizes=cut).enqueue(*[text] * len(PAPERS))).ask(*question)
        for cut in (tuple(sizes), (100_000,))
    ]
    assert answers[0] == answers[1]


def test_question_may_bring_up_two_papers(birds: PaperIndex) -> None:
    answer = Assistant(birds).ask(*QUESTIONS[5])
    assert {HERON, BITTERN} <= {item.span.paper for item in answer.evidence}
    assert len(answer.citations) == 1


def test_true_sentences_do_stand_here(birds: PaperIndex) -> None:
    model = CutModel(sizes=(7,)).enqueue(
        "HERON hides 60% of a spectrogram and predicts it. It has 7 lives."
    )
    answer = Assistant(birds, model).ask(*QUESTIONS[0])
    assert [s.text for s in answer.statements] == ["HERON hides 60% of a spectrogram and predicts it."]
