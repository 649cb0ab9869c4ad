"""Prose while it is written: whatever the model says, each state of the answer is sound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from conftest import EGRET, HERON, TIDE
from evidence_examples import SENTENCES, evidence_of, is_literal, model_texts
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.checking.attribution import attribute
from rag.evidence import cite_evidence, draft_spans, quotes_per_paper
from rag.values import Answer, Evidence, PlanKind
from rag.writing import LONGEST_TEXT, MOST_SENTENCES, MOST_WORDS, MayStand, Writing


def equal_weight(word: str) -> float:
    return 1.0


def draft(kind: PlanKind = "answer", question: str = "What is known about bird songs?") -> Answer:
    """Return a draft that quotes HERON, or all three papers when it compares."""
    evidence = evidence_of(HERON, EGRET, TIDE)
    statements, citations = cite_evidence(draft_spans(evidence, kind))
    return Answer(question, question, kind, draft=statements, citations=citations, evidence=evidence)


def may_stand(sentence: str, evidence: Sequence[Evidence]) -> bool:
    """A check that lets every other sentence stand, by its length."""
    assert evidence
    return len(sentence) % 2 == 0


def states(start: Answer, text: str, size: int, check: MayStand | None = None) -> Iterator[Answer]:
    writing = Writing(start, equal_weight, may_stand=check)
    for end in range(size, len(text) + size, size):
        yield writing.take(text[:end])
    writing.end()
    yield writing.finish()


def check_sound(answer: Answer) -> None:
    numbers = [citation.number for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len({citation.paper.id for citation in answer.citations}) == len(numbers)
    for statement in answer.statements:
        assert statement.citations
        assert set(statement.citations) <= set(numbers)
        assert statement.support == "quoted" or not re.search(r"\[\s*\d[\d\s,]*\]", statement.text)
    for citation in answer.citations:
        assert 0 < len(citation.spans) <= quotes_per_paper(answer.kind)
        assert all(span.paper == citation.paper and is_literal(span) for span in citation.spans)


@settings(deadline=None)
@given(
    model_texts,
    st.integers(1, 60),
    st.sampled_from(["answer", "comparison"]),
    st.sampled_from([None, may_stand]),
)
def test_every_state_of_any_answer_is_sound(
    text: str, size: int, kind: PlanKind, check: MayStand | None
) -> None:
    start = draft(kind)
    numbers = {citation.paper.id: citation.number for citation in start.citations}
    shown: list[str] = []
    for state in states(start, text, size, check):
        check_sound(state)
        for citation in state.citations:
            assert numbers.setdefault(citation.paper.id, citation.number) == citation.number
        if not state.has_prose:
            continue
        prose = [statement.text for statement in state.statements]
        assert prose[: len(shown)] == shown
        assert len(prose) == len(set(prose)) <= MOST_SENTENCES
        assert sum(len(sentence.split()) for sentence in prose) <= MOST_WORDS
        shown = prose
    assert state.stage == "complete"
    assert state.tentative == ""
    assert state.statements


@settings(deadline=None)
@given(model_texts, st.integers(1, 60))
def test_answer_is_the_same_however_the_text_arrives(text: str, size: int) -> None:
    *_, in_pieces = states(draft(), text, size)
    *_, at_once = states(draft(), text, len(text) + 1)
    assert in_pieces == at_once


def test_sentence_is_tentative_until_the_next_begins() -> None:
    writing = Writing(draft(), equal_weight)
    started = writing.take("EgretNet has 12 million parameters.")
    assert (started.stage, started.statements) == ("writing", ())
    assert started.tentative == "EgretNet has 12 million parameters."
    going_on = writing.take("EgretNet has 12 million parameters. It")
    assert [s.text for s in going_on.statements] == ["EgretNet has 12 million parameters."]
    assert going_on.tentative == "It"


def test_paper_that_only_the_prose_cites_gets_the_next_number() -> None:
    start = draft()
    *_, last = states(start, "EgretNet has 12 million parameters.", 5)
    assert [c.paper for c in start.citations] == [HERON]
    assert [c.paper for c in last.citations] == [HERON, EGRET]
    assert [s.citations for s in last.statements] == [(2,)]
    assert "12 million parameters" in last.citations[1].spans[0].quote


def test_sentence_written_twice_stands_once() -> None:
    *_, last = states(draft(), "HERON hides 60% of a spectrogram. " * 3, 7)
    assert [s.text for s in last.statements] == ["HERON hides 60% of a spectrogram."]


def test_answer_is_full_after_four_sentences() -> None:
    text = " ".join(SENTENCES)
    writing = Writing(draft(), equal_weight)
    last = writing.take(text)
    assert writing.is_full
    assert last.tentative == ""
    told = [sentence.replace("We present", "The authors present") for sentence in SENTENCES]
    assert [s.text for s in last.statements] == told[:MOST_SENTENCES]
    assert writing.finish().statements == last.statements


def test_all_that_a_sentence_rests_on_is_quoted_and_what_has_no_room_is_left_out() -> None:
    kept = [
        "HERON hides 60% of a spectrogram and is pre-trained on 4,200 hours of the WetlandAudio corpus.",
        "HERON is 3.1 points above EgretNet and code is available.",
    ]
    text = f"{' '.join(kept)} HERON does not need any labels for pre-training. HERON hides a spectrogram."
    start = draft()
    *_, last = states(start, text, 9)
    assert [s.text for s in last.statements] == [*kept, "HERON hides a spectrogram."]
    quoted = [span for citation in last.citations for span in citation.spans]
    assert len(quoted) == quotes_per_paper("answer")
    for statement in last.statements:
        spans = attribute(statement.text, start.evidence, weight=equal_weight, given=start.question)
        assert set(spans) <= set(quoted)


def test_model_that_writes_on_and_on_is_full() -> None:
    writing = Writing(draft(), equal_weight)
    for length in (LONGEST_TEXT // 2, LONGEST_TEXT, 2 * LONGEST_TEXT):
        writing.take(("The moon is made of cheese. " * LONGEST_TEXT)[:length])
        assert writing.is_full == (length >= LONGEST_TEXT)
    writing.begin(writing.finish().evidence)
    assert not writing.is_full


def test_sentence_that_a_failure_cut_off_is_left_out() -> None:
    writing = Writing(draft(), equal_weight)
    writing.take("EgretNet has 12 million parameters. HERON hides 60% of a spectrogram")
    last = writing.finish(note="out of memory")
    assert [s.text for s in last.statements] == ["EgretNet has 12 million parameters."]
    assert (last.note, last.stage) == ("out of memory", "complete")


def test_answer_of_which_nothing_stands_is_the_draft() -> None:
    start = draft()
    *_, last = states(start, "The moon is made of green cheese.", 5)
    assert last.statements == start.draft
    assert last.citations == start.citations


def test_what_a_dropped_sentence_came_from_is_quoted_before_the_rest_of_the_draft() -> None:
    start = draft()
    code = next(item.span for item in start.evidence if item.span.quote == "Code is available.")
    assert code not in start.citations[0].spans
    fallen = "Code is available by 2031."
    *_, last = states(start, f"HERON hides 60% of a spectrogram. {fallen}", 7)
    assert [s.text for s in last.statements] == ["HERON hides 60% of a spectrogram."]
    assert code in last.citations[0].spans
    *_, alone = states(start, fallen, 7)
    assert not alone.has_prose
    assert [s.text for s in alone.statements] == [span.quote for span in alone.citations[0].spans]
    assert code in alone.citations[0].spans


def test_of_a_side_of_which_nothing_stands_a_quote_is_read_with_the_prose() -> None:
    start = draft("comparison", "How do HERON and EgretNet differ?")
    writing = Writing(start, equal_weight)
    for paper, text in {
        HERON: "HERON hides 60% of a spectrogram.",
        EGRET: "EgretNet obtains 99.9% accuracy on BirdBench.",
    }.items():
        own = [item for item in start.evidence if item.span.paper == paper]
        writing.begin(own, subject=paper.title.partition(":")[0])
        writing.take(text)
        writing.end()
    last = writing.finish()
    quote = "EgretNet obtains 88.2% accuracy on BirdBench and runs in real time on a phone."
    assert [(s.text, s.support) for s in last.statements] == [
        ("HERON hides 60% of a spectrogram.", "supported"),
        (quote, "quoted"),
    ]
    assert [s.text for s in last.prose] == ["HERON hides 60% of a spectrogram.", f"“{quote}”"]


def test_side_of_a_comparison_begins_with_its_name() -> None:
    start = draft("comparison", "How do HERON and EgretNet differ?")
    side = [item for item in start.evidence if item.span.paper == EGRET]
    for subject, first in {"EgretNet": "EgretNet is", "": "It is"}.items():
        writing = Writing(start, equal_weight)
        writing.begin(side, subject=subject)
        answer = writing.take("It is trained with labels on SongSet-50k. It is small.")
        assert [statement.text for statement in answer.statements] == [
            f"{first} trained with labels on SongSet-50k."
        ]
        assert answer.tentative == "It is small."
    writing.begin(side, subject="EgretNet")
    assert writing.take(" Its parameters").tentative == "EgretNet's parameters"
    writing.begin(side, subject="EgretNet")
    assert writing.take("Italian").tentative == "Italian"


@pytest.mark.parametrize("check", [None, lambda sentence, _: "small" not in sentence])
@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("EgretNet uses small convolutions.", "EgretNet is trained with labels on SongSet-50k."),
        ("Gold and silver are small.", None),
        ("The EgretNet net is small and small.", "EgretNet is trained with labels on SongSet-50k."),
        ("EgretNet uses convolutions only.", "It is trained with labels on SongSet-50k."),
        ("EgretNet uses convolutions only. It is small.", "It is trained with labels on SongSet-50k."),
        ("EgretNetty is small and small.", None),
        ("Yes, it is.", "It is trained with labels on SongSet-50k."),
    ],
)
def test_it_is_named_or_falls_where_the_sentence_before_fell(
    before: str, told: str | None, check: MayStand | None
) -> None:
    start = draft("comparison", "What is EgretNet trained on?")
    start = replace(start, evidence=tuple(e for e in start.evidence if e.span.paper == EGRET))
    if not check:
        before = before.replace("small", "golden")
    *_, answer = states(start, f"{before} It is trained with labels on SongSet-50k.", 7, check)
    prose = [s.text for s in answer.statements if s.support == "supported"]
    assert [text for text in prose if text not in before] == [told] * bool(told)
    assert "SongSet-50k" in " ".join(span.quote for c in answer.citations for span in c.spans)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The second paper uses convolutions only.", "EgretNet uses convolutions only."),
        ("The first paper's network", "EgretNet's network"),
        ("It is small. The second paper is", "EgretNet is"),
        ("The first paper that", "EgretNet that"),
        ("The first paperweight", "The first paperweight"),
    ],
)
def test_side_that_is_shown_alone_is_not_counted(text: str, told: str) -> None:
    start = draft("comparison", "How do HERON and EgretNet differ?")
    writing = Writing(start, equal_weight)
    writing.begin([item for item in start.evidence if item.span.paper == EGRET], subject="EgretNet")
    assert writing.take(text).tentative == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("We hide it, and our loss helps us", "The authors hide it, and their loss helps them"),
        ("Our encoder is small", "The authors' encoder is small"),
        ("HERON says “we hide it” and we", "HERON says “we hide it” and they"),
        ("In the US, WE-Net and USA", "In the US, WE-Net and USA"),
    ],
)
def test_authors_are_told_of_and_not_spoken_for(text: str, told: str) -> None:
    writing = Writing(draft("answer", "How is HERON trained?"), equal_weight)
    assert writing.take(text).tentative == told
