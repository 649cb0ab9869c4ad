"""The sentences that decide a question: literal, numbered, fair to both sides, the same every time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import EGRET, HERON, PAPERS, TIDE, make_paper
from evidence_examples import evidence_of, is_literal
from fakes import HashingEmbedding

from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.evidence import (
    PASSAGES,
    Found,
    _choose_by_passages,
    choose_evidence,
    cite_evidence,
    draft_spans,
    quotes_per_paper,
)
from rag.linking.subjects import SMALL_LIBRARY
from rag.question.query import plan_query
from rag.scoring import lying_in, rank_sentences

QUESTIONS = [
    "How is HERON trained?",
    "How do EgretNet and HERON differ in training data?",
    "Which papers are about bird songs?",
    "How are sea levels forecast?",
    "zebra",
]


def found_for(question: str, index: PaperIndex) -> Found:
    return choose_evidence(plan_query(question, [], index), index)


@pytest.mark.parametrize("question", QUESTIONS)
def test_evidence_is_numbered_sentences_of_the_abstracts(index: PaperIndex, question: str) -> None:
    evidence = found_for(question, index).evidence
    sentences = {item.span for item in evidence_of(*PAPERS)}
    assert [item.number for item in evidence] == list(range(1, len(evidence) + 1))
    assert all(is_literal(item.span) and item.span in sentences for item in evidence)
    assert len({item.span for item in evidence}) == len(evidence) > 0
    assert max(Counter(item.span.paper.id for item in evidence).values()) <= 6


def test_evidence_of_a_paper_stands_in_the_order_of_its_abstract(index: PaperIndex) -> None:
    starts = [item.span.start for item in found_for("How is HERON trained?", index).evidence]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What accuracy does HERON reach on BirdBench?", "It reaches 91.3% accuracy on BirdBench"),
        ("How many parameters does EgretNet have?", "12 million parameters"),
        ("How long does the training of TideCast take?", "Training takes two hours"),
    ],
)
def test_best_sentence_holds_the_answer(index: PaperIndex, question: str, sentence: str) -> None:
    found = found_for(question, index)
    best = max(found.evidence, key=lambda item: item.score)
    assert sentence in best.span.quote
    assert best.score == 1.0


@pytest.mark.parametrize("sides", [(EGRET, HERON), (HERON, EGRET)])
def test_comparison_has_sentences_of_both_sides_in_the_order_asked(
    index: PaperIndex, sides: tuple[Paper, Paper]
) -> None:
    names = " and ".join(paper.title.partition(":")[0] for paper in sides)
    evidence = found_for(f"How do {names} differ on BirdBench?", index).evidence
    papers = [item.span.paper for item in evidence]
    assert list(dict.fromkeys(paper.id for paper in papers)) == [paper.id for paper in sides]
    for paper in (EGRET, HERON):
        assert any("BirdBench" in e.span.quote for e in evidence if e.span.paper == paper)


def test_question_about_a_named_paper_brings_no_other(index: PaperIndex) -> None:
    found = found_for("Does TideCast recognise bird songs with convolutions on BirdBench?", index)
    assert {item.span.paper.id for item in found.evidence} == {TIDE.id}
    assert found.nearest == (TIDE,)


def test_list_brings_the_papers_best_first(index: PaperIndex) -> None:
    found = found_for("Which papers are about forecasting sea levels with graph networks?", index)
    assert found.nearest[0] == TIDE
    assert found.evidence[0].span.paper == TIDE
    assert found.examined == len(PAPERS)


def test_empty_library_has_no_evidence(tmp_path: Path) -> None:
    with PaperIndex(tmp_path / "empty", HashingEmbedding()) as index:
        assert found_for("How is HERON trained?", index) == Found((), (), (), 0.0)


@pytest.mark.parametrize("question", QUESTIONS)
def test_evidence_is_the_same_twice_and_in_a_library_built_anew(
    index: PaperIndex, tmp_path: Path, question: str
) -> None:
    with PaperIndex(tmp_path / "again", HashingEmbedding()) as again:
        again.add(PAPERS)
        first = found_for(question, index)
        assert first == found_for(question, index) == found_for(question, again)


@pytest.mark.parametrize(("kind", "papers"), [("answer", 1), ("comparison", 3), ("list", 3)])
def test_draft_quotes_the_best_few_sentences_of_each_paper(kind: str, papers: int) -> None:
    evidence = evidence_of(*PAPERS)
    spans = draft_spans(evidence, kind)
    assert len({span.paper.id for span in spans}) == papers
    for id in {span.paper.id for span in spans}:
        own = [item.span for item in evidence if item.span.paper.id == id]
        assert [s for s in spans if s.paper.id == id] == own[: quotes_per_paper(kind)]


def test_draft_begins_with_the_sentence_that_decides() -> None:
    evidence = [replace(item, score=1 / (6 - item.number)) for item in evidence_of(HERON)[:5]]
    quoted = draft_spans(evidence, "answer")
    assert [span.quote for span in quoted] == [evidence[n].span.quote for n in (4, 1, 2, 3)]


def test_where_the_code_is_comes_last_unless_that_is_asked() -> None:
    evidence = [replace(item, score=item.number) for item in evidence_of(HERON)]
    code = next(item for item in evidence if item.span.quote == "Code is available.")
    second = [replace(item, score=99.0) if item.number == 2 else item for item in evidence]
    assert code.span not in draft_spans(second, "answer", question="How does HERON work?")
    assert code.span in draft_spans(second, "answer", question="Is the code of HERON public?")
    assert draft_spans(evidence, "answer", question="How does HERON work?")[0] == code.span


def test_answer_quotes_four_sentences_a_comparison_three_and_a_list_one() -> None:
    assert [quotes_per_paper(kind) for kind in ("answer", "comparison", "list")] == [4, 3, 1]


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        ("How many hours is HERON trained on?", 2),
        ("What BirdBench top-1 accuracy does HERON reach?", 2),
        ("How does HERON work?", 4),
        ("How many hours is HERON trained on, and what does it hide?", 4),
        ("What does HERON hide?", 4),
    ],
)
def test_number_takes_two_sentences_and_a_mechanism_four(question: str, quotes: int) -> None:
    spans = draft_spans(evidence_of(HERON), "answer", question=question)
    assert len(spans) == quotes


def test_quotes_of_one_paper_share_a_number() -> None:
    heron, egret = evidence_of(HERON), evidence_of(EGRET)
    spans = [egret[0].span, heron[1].span, egret[2].span]
    statements, citations = cite_evidence(spans)
    assert [s.text for s in statements] == [span.quote for span in spans]
    assert [s.citations for s in statements] == [(1,), (2,), (1,)]
    assert {s.support for s in statements} == {"quoted"}
    assert [(c.number, c.paper, c.spans) for c in citations] == [
        (1, EGRET, (spans[0], spans[2])),
        (2, HERON, (spans[1],)),
    ]


def test_what_is_asked_of_somebody_else_s_thing_is_read_where_that_is_spoken_of(index: PaperIndex) -> None:
    compares = make_paper("Plover Songs", "We compare with GullNet, whose error is twice ours.")
    encodes = make_paper(
        "Sandpipers", "An encoder and a decoder with a translator between them are trained."
    )
    index.add([compares, encodes])
    found = choose_evidence(
        plan_query("Explain the translator between GullNet's encoder and decoder.", [], index), index
    )
    assert {item.span.paper for item in found.evidence} == {compares}


def test_paper_that_holds_the_names_in_a_question_is_read_before_one_that_sounds_like_it(
    index: PaperIndex,
) -> None:
    index.add([make_paper("Large Ears", "Ears are small. We begin with GullNet. It works.")])
    question = "What accuracy do convolutions obtain on bird songs in real time with GullNet?"
    found = choose_evidence(plan_query(question, (), index), index)
    assert found.nearest[0].title == "Large Ears"


FILMED = "We film the shags of the harbour all summer and follow each of them to its nest on the cliff. "
WATCHED = "The films were watched by three of us, who wrote down whatever they saw the birds bring home. "


def test_of_a_large_library_the_chosen_paper_is_read_whole(tmp_path: Path) -> None:
    texts = [f"{FILMED * 5}They dive {n} metres. {WATCHED * 5}" for n in range(8)]
    shags = [make_paper(f"Shags {n}", text) for n, text in enumerate(texts)]
    many = [make_paper(f"Gulls {n}", f"We count gulls at weir {n}.") for n in range(SMALL_LIBRARY)]
    with PaperIndex(tmp_path / "large", HashingEmbedding()) as index:
        index.add([*shags, *many])
        found = found_for("Which shags of the harbour dive 5 metres?", index)
    assert found.evidence[0].span.paper.title == "Shags 5"
    assert {"They dive 5 metres.", FILMED.strip(), WATCHED.strip()} <= {
        e.span.quote for e in found.evidence
    }


def test_sentences_within_passages_alone_are_read_where_that_is_asked(tmp_path: Path) -> None:
    paper = make_paper("Shags", f"{FILMED * 6}They dive deep. {FILMED * 6}They dive well.")
    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        index.add([paper])
        passages = index.search("dive", limit=1)
        ranked = rank_sentences("dive", [paper], index, is_read=lying_in(passages))[paper.id]
    assert 0 < len(ranked.spans) < len(evidence_of(paper))
    [chunk] = [passage.chunk for passage in passages]
    assert all(chunk.start <= span.start and span.end <= chunk.end for span in ranked.spans)


def test_only_a_neighbour_that_is_read_adds_to_a_sentence(tmp_path: Path) -> None:
    near = make_paper("Shags", f"They dive. Gulls walk. {FILMED}Gulls talk.")
    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        index.add([near])
        read = {"They dive.", "Gulls walk.", "Gulls talk."}
        ranked = rank_sentences("dive", [near], index, is_read=lambda span: span.quote in read)[near.id]
        apart = rank_sentences("dive", [near], index, is_read=lambda s: s.quote == "They dive.")[near.id]
    assert [span.quote for span in ranked.spans] == ["They dive.", "Gulls walk.", "Gulls talk."]
    assert [span.quote for span in apart.spans] == ["They dive."]


@pytest.mark.parametrize(
    ("name", "proof"),
    [
        ("GANs", "They train Generative Adversarial Networks."),
        ("TideNets", "A TideNet counts them."),
        ("Kinetics-600", "It is trained on Kinetics-400/600."),
    ],
)
def test_list_of_a_large_library_reads_the_name_outside_the_passages_as_well(
    tmp_path: Path, name: str, proof: str
) -> None:
    shag = make_paper("Shags", f"Papers use a model. {FILMED * 20}{proof} {WATCHED * 20}")
    with PaperIndex(tmp_path / "library", HashingEmbedding()) as index:
        index.add([shag])
        plan = plan_query(f"Which papers use {name}?", (), index)
        passages = [p for p in index.search("papers use", limit=PASSAGES) if p.chunk.start == 0]
        choice = _choose_by_passages(plan, [shag], passages, index)
    assert proof not in passages[0].chunk.text
    read = {span.quote for span in choice.ranked[shag.id].spans}
    assert proof in read and WATCHED.strip() not in read
