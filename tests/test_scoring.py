"""Which sentences decide a question, and in what order."""

from __future__ import annotations

from conftest import EGRET, HERON

from index_store.paper_index import PaperIndex
from rag.scoring import parts_of, rank_sentences


def ranked_quotes(question: str, index: PaperIndex) -> list[str]:
    return [span.quote for span in rank_sentences(question, [HERON], index)[HERON.id].spans]


def test_every_sentence_is_ranked_once(index: PaperIndex) -> None:
    quotes = ranked_quotes("What accuracy does it reach, and what is it trained on?", index)
    assert sorted(quotes, key=HERON.abstract.index) == [
        HERON.abstract[start:end] for start, end in index.sentences([HERON.id])[HERON.id]
    ]
    assert len(set(quotes)) == len(quotes)


def test_sentence_that_shares_the_question_comes_first(index: PaperIndex) -> None:
    assert "91.3% accuracy" in ranked_quotes("What accuracy on BirdBench?", index)[0]


def test_things_asked_together_take_turns(index: PaperIndex) -> None:
    first, second, *_ = ranked_quotes(
        "What accuracy on BirdBench, and which corpus is it pre-trained on?", index
    )
    assert "91.3% accuracy" in first
    assert "WetlandAudio corpus" in second


def test_neighbours_of_a_good_sentence_are_preferred(index: PaperIndex) -> None:
    question = "spectrogram hiding and predicting"
    quotes = ranked_quotes(question, index)
    assert "hiding 60%" in quotes[0]
    assert {quotes[1], quotes[2]} & {
        "Labelled bird songs are rare.",
        "HERON is pre-trained on 4,200 hours of the WetlandAudio corpus.",
    }


def test_papers_are_ranked_apart(index: PaperIndex) -> None:
    ranked = rank_sentences("What accuracy on BirdBench?", [HERON, EGRET], index)
    assert all(span.paper == HERON for span in ranked[HERON.id].spans)
    assert all(span.paper == EGRET for span in ranked[EGRET.id].spans)
    assert ranked[HERON.id].best_score > 0


def test_what_is_asked_besides_is_a_part_of_its_own() -> None:
    asked = "Contrast HERON with EgretNet, including the savings they claim."
    assert parts_of(asked) == ["Contrast HERON with EgretNet", "the savings they claim."]
    assert len(parts_of("Which birds, including gulls, does it hear?")) == 1
