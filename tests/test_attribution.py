"""The guard: what the model writes stands on spans of the evidence, or it does not stand."""

from __future__ import annotations

import pytest
from conftest import EGRET, HERON, make_paper
from evidence_examples import SENTENCES, evidence_of, model_texts
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index_store.lexical import tokens
from rag.checking.attribution import attribute, is_made_up, plain, split_stream
from rag.values import Span

EVIDENCE = evidence_of(HERON, EGRET)


def equal_weight(word: str) -> float:
    return 1.0


def spans_of(sentence: str, given: str = "") -> tuple[Span, ...]:
    return attribute(sentence, EVIDENCE, weight=equal_weight, given=given)


def test_sentence_in_other_words_rests_on_the_span_that_says_it() -> None:
    [span] = spans_of("HERON is pre-trained on 4,200 hours from the WetlandAudio corpus.")
    assert span.paper == HERON
    assert span.quote == "HERON is pre-trained on 4,200 hours of the WetlandAudio corpus."


@pytest.mark.parametrize("sentence", SENTENCES[: len(EVIDENCE)])
def test_quoted_sentence_rests_on_itself_first(sentence: str) -> None:
    assert spans_of(sentence)[0].quote == sentence


@pytest.mark.parametrize("number", ["19.3", "92", "90", "3", "913", "91.35", "91.2", "1.3"])
def test_number_that_the_quote_does_not_hold_whole_is_rejected(number: str) -> None:
    assert spans_of("It reaches 91.3% accuracy on BirdBench.")
    assert spans_of("It reaches about 91% accuracy on BirdBench.")
    assert spans_of(f"It reaches {number}% accuracy on BirdBench.") == ()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("EgretNet has twelve million parameters.", "EgretNet has eleven million parameters."),
        ("HERON is pre-trained on 4200 hours.", "HERON is pre-trained on 4300 hours."),
        ("EgretNet is trained on SongSet-50k.", "EgretNet is trained on SongSet-60k."),
        ("EgretNet is trained on SongSet-50k.", "EgretNet is trained on SongBase-50k."),
        ("It obtains 88.2% accuracy on BirdBench.", "It obtains 88.2% accuracy on FrogBench."),
        ("EgretNet uses convolutions only.", "EgretNet does not use convolutions only."),
        ("EgretNet runs in real time on a phone.", "EgretNet cannot run in real time on a phone."),
    ],
)
def test_right_number_name_or_claim_stands_and_a_wrong_one_does_not(right: str, wrong: str) -> None:
    assert spans_of(right)
    assert spans_of(wrong) == ()


def test_negation_stands_where_the_quote_has_one() -> None:
    [span] = spans_of("No labels are needed for pre-training HERON.")
    assert span.quote == "HERON does not need any labels for pre-training."


def test_sentence_that_merges_two_rests_on_both() -> None:
    spans = spans_of("HERON hides 60% of a spectrogram and is pre-trained on 4,200 hours of WetlandAudio.")
    assert {span.quote.split()[-1] for span in spans} == {"it.", "corpus."}


def test_sentence_about_two_papers_rests_on_both() -> None:
    spans = spans_of("HERON reaches 91.3% accuracy on BirdBench, EgretNet obtains 88.2% accuracy.")
    assert {span.paper.id for span in spans} == {HERON.id, EGRET.id}


def test_sentence_that_only_repeats_the_question_is_rejected() -> None:
    question = "How many labels does HERON need for pre-training?"
    assert spans_of("HERON needs labels for pre-training.", given=question) == ()
    assert spans_of("HERON does not need any labels for pre-training: it hides 60%.", given=question)


def test_choice_between_two_things_says_something() -> None:
    question = "Does EgretNet run on a phone or a laptop?"
    [span] = spans_of("EgretNet runs on a phone.", given=question)
    assert span.quote.endswith("runs in real time on a phone.")
    assert spans_of("EgretNet runs on a laptop.", given=question) == ()
    assert spans_of("EgretNet runs on a phone or a laptop.", given=question) == ()


def test_what_a_sentence_has_of_two_things_does_not_say_which() -> None:
    grebe = evidence_of(make_paper("GREBE", "GREBE is trained on images and evaluated on videos."))
    question = "Is GREBE trained on images or videos?"
    for said in ("GREBE is trained on videos.", "GREBE is evaluated on images."):
        assert attribute(said, grebe, weight=equal_weight, given=question) == ()


def test_thousands_may_be_written_out() -> None:
    grebe = evidence_of(make_paper("GREBE: Clips", "GREBE holds 433k clips of grebes."))
    said = "GREBE holds {} clips of grebes."
    assert attribute(said.format("433,000"), grebe, weight=equal_weight)
    assert attribute(said.format("434,000"), grebe, weight=equal_weight) == ()
    hours = evidence_of(make_paper("GREBE: Clips", "GREBE holds 433,000 clips of grebes in 4K."))
    assert attribute(said.format("433k"), hours, weight=equal_weight)
    assert attribute(said.format("4,000"), hours, weight=equal_weight) == ()


@pytest.mark.parametrize(
    ("text", "question", "made_up"),
    [
        ("HERON was filmed with 17 cameras.", "How many cameras filmed the birds?", True),
        ("HERON was filmed in Bavaria.", "Where was HERON filmed?", True),
        ("Yes, HERON hides parts.", "Does HERON hide parts?", True),
        ("HERON does not hide parts.", "Does HERON hide parts?", True),
        ("HERON hides 60% of a spectrogram.", "How much does HERON hide?", False),
        ("HERON has 4200 hours of WetlandAudio.", "How many hours does HERON have?", False),
        ("HERON hides parts of a melody.", "What does HERON hide?", False),
        ("EgretNet uses convolutions.", "Does EgretNet use convolutions or transformers?", False),
    ],
)
def test_text_is_made_up_that_has_a_fact_of_nowhere_or_says_nothing_new(
    text: str, question: str, made_up: bool
) -> None:
    assert is_made_up(text, EVIDENCE, given=question) == made_up


def test_no_to_a_question_says_something_and_yes_alone_does_not() -> None:
    question = "Does HERON need any labels for pre-training?"
    [span] = spans_of("No, HERON does not need any labels for pre-training.", given=question)
    assert span.quote == "HERON does not need any labels for pre-training."
    assert spans_of("Yes, HERON does need labels for pre-training.", given=question) == ()
    assert (
        spans_of("No, EgretNet does not use convolutions.", given="Does EgretNet use convolutions?") == ()
    )


def test_word_made_from_a_name_rests_on_the_name() -> None:
    clip = evidence_of(make_paper("Terns", "We adapt CLIP encoders to tern songs."))
    said = "It adapts {}-style encoders to tern songs."
    assert attribute(said.format("CLIP"), clip, weight=equal_weight)
    assert attribute(said.format("DINO"), clip, weight=equal_weight) == ()


def test_name_on_which_the_papers_own_is_built_is_no_rival_to_what_it_is_trained_on() -> None:
    source = "We pretrain the AST model with masked patches of unlabeled audio from SongSet and BirdBench."
    evidence = evidence_of(make_paper("SSAST: Songs", f"{source} SSAST is good."))
    assert attribute("SSAST is pretrained on SongSet and BirdBench.", evidence, weight=equal_weight)


def test_larger_and_only_need_a_quote_though_the_question_has_them() -> None:
    question = "Why does HERON hide only some, or the larger part?"
    assert spans_of("HERON hides the larger part, 60%, of a spectrogram.", given=question) == ()
    assert spans_of("HERON hides only 60% of a spectrogram.", given=question) == ()
    assert spans_of("HERON hides 60% of a spectrogram.", given=question)


def test_number_in_the_question_still_needs_a_quote() -> None:
    question = "Does EgretNet have 900 million parameters and convolutions?"
    assert spans_of("EgretNet uses convolutions with 900 million parameters.", given=question) == ()


def test_of_two_spans_that_hold_the_same_the_first_is_cited_in_every_process() -> None:
    said = "reeds herons terns gulls crakes rails coots grebes divers plovers".split()
    weights = {word: 1 / (3 + place) for place, word in enumerate(tokens(" ".join(said)))}
    for number in range(200):
        rest = [" ".join(f"x{n}" for n in range(more)) for more in (number, 7 * number % 90)]
        papers = [make_paper("Birds", f"{' '.join(said)} {words}.") for words in rest]
        spans = attribute(f"{' '.join(said)}.", evidence_of(*papers), weight=lambda w: weights.get(w, 0.0))
        assert spans[0].paper == papers[0]


@pytest.mark.parametrize(
    ("counted", "stands"),
    [("one that predicts it", True), ("one spectrogram", False), ("exactly one", False)],
)
def test_one_that_stands_for_a_thing_counts_nothing(counted: str, stands: bool) -> None:
    sentence = f"HERON is an encoder that is trained by hiding 60% of a spectrogram, and {counted}."
    assert bool(spans_of(sentence)) == stands


def test_name_by_which_the_question_calls_a_paper_needs_no_quote() -> None:
    paper = make_paper("Masked Songs", "We hide 60% of a spectrogram. Code: example.org/TernNet")
    [first, _] = evidence_of(paper)
    sentence, question = "TernNet hides 60% of a spectrogram.", "What does TernNet hide?"
    told = attribute(sentence, evidence_of(paper), weight=equal_weight, given=question)
    assert told == (first.span,)


def test_sentence_about_something_else_is_rejected() -> None:
    assert spans_of("The moon is made of green cheese from Bavaria.") == ()
    assert spans_of("It is what it is.") == ()
    assert attribute("HERON hides 60%.", [], weight=equal_weight) == ()


@settings(deadline=None)
@given(model_texts, st.sampled_from(["", "How is HERON trained?", *SENTENCES]))
def test_whatever_is_written_rests_on_spans_of_the_evidence_or_on_none(text: str, given: str) -> None:
    for sentence in (text, plain(text)):
        spans = attribute(sentence, EVIDENCE, weight=equal_weight, given=given)
        assert set(spans) <= {item.span for item in EVIDENCE}
        assert len(set(spans)) == len(spans) <= 3


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("It is fast [9].", "It is fast."),
        ("It is fast [9, 10] and small[2].", "It is fast and small."),
        ("It is fast [*9*][[1]2].", "It is fast."),
        ("It is fast [1", "It is fast"),
        ("1. It is fast.\n2) It is small.\n- It is good.", "It is fast. It is small. It is good."),
        ("**Answer:** It is *fast*.", "It is fast."),
        ("It has 12. It is 3.5 times faster [sic].", "It has 12. It is 3.5 times faster [sic]."),
    ],
)
def test_marks_of_the_model_are_removed(written: str, shown: str) -> None:
    assert plain(written) == shown


def test_sentence_is_finished_when_the_next_has_begun() -> None:
    assert split_stream("") == ([], "")
    assert split_stream("HERON hides 60%") == ([], "HERON hides 60%")
    assert split_stream("HERON hides 60%.") == ([], "HERON hides 60%.")
    assert split_stream("HERON hides 60%. It") == (["HERON hides 60%."], "It")
    assert split_stream("Really?! It does, e.g. this. So") == (["Really?!", "It does, e.g. this."], "So")


def test_what_may_become_a_list_sign_or_belong_to_the_sentence_finishes_nothing() -> None:
    assert split_stream("It is fast.\n1") == ([], "It is fast.")
    assert split_stream("It is fast.\n1. It") == (["It is fast."], "It")
    assert split_stream("It is fast?!") == ([], "It is fast?!")
    assert split_stream("It is fast?:1") == ([], "It is fast?:1")


@settings(deadline=None)
@given(model_texts, st.lists(st.integers(1, 40), min_size=1, max_size=5))
@example("Songs are rare. __ ", [1])
@example("Songs are rare. 〱a ", [1])
def test_finished_sentences_never_change_however_the_text_is_cut(text: str, sizes: list[int]) -> None:
    before: list[str] = []
    end = 0
    while end < len(text):
        end += sizes[end % len(sizes)]
        finished, _ = split_stream(text[:end])
        assert finished[: len(before)] == before
        before = finished
    finished, last = split_stream(text)
    assert " ".join([*finished, last] if last else finished) in plain(text)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"It uses $\alpha_{1} * x_2$.", r"It uses $\alpha_{1} * x_2$."),
        ("Call `load_model` first.", "Call `load_model` first."),
        ("**HERON** is _very_ small.", "HERON is very small."),
        ("## HERON\nIt sings.", "HERON It sings."),
        ("C# and 3*4 stay.", "C# and 3*4 stay."),
    ],
)
def test_emphasis_goes_and_the_signs_of_names_and_formulas_stay(written: str, shown: str) -> None:
    assert plain(written) == shown


def test_title_alone_is_no_sentence() -> None:
    title = "Nets that Hear Herons"
    paper = make_paper(title, "We train nets that hear herons.")
    evidence = evidence_of(paper)
    for sentence in (title, f"{title} {title}."):
        assert attribute(sentence, evidence, weight=equal_weight) == ()
    assert attribute("They train nets that hear herons.", evidence, weight=equal_weight)
