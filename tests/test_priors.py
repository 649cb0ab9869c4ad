"""What a sentence counts for what it is."""

from __future__ import annotations

from conftest import make_paper

from index_store.sentences import split_sentences
from rag.priors import prior_of
from rag.values import Span

PAPER = make_paper(
    "TERN: Counting Waders",
    "Existing methods suffer from flocks that overlap. TERN counts waders by splitting a flock, which it "
    "then encodes with attention. TERN outperforms them. Code is available.",
)
OTHERS, DOING, SUCCESS, RELEASE = (Span(PAPER, *ends) for ends in split_sentences(PAPER.abstract))


def test_question_how_something_works_favours_the_sentence_that_tells_what_is_done() -> None:
    asked = "How does TERN count waders?"
    assert prior_of(DOING, asked) > max(prior_of(span, asked) for span in (OTHERS, SUCCESS, RELEASE))


def test_question_for_a_number_favours_no_words_of_doing() -> None:
    assert prior_of(DOING, "How many waders are there?") == 0.0


def test_what_is_said_of_others_of_success_and_of_code_counts_less() -> None:
    asked = "What is TERN about?"
    assert all(prior_of(span, asked) < prior_of(DOING, asked) for span in (OTHERS, SUCCESS, RELEASE))


def test_code_and_results_count_in_full_where_they_are_asked_for() -> None:
    assert prior_of(RELEASE, "Is the code of TERN available?") == 0.0
    assert prior_of(SUCCESS, "What results does TERN have?") == 0.0
