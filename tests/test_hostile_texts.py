"""Texts that nobody writes by accident: nothing may freeze on them, whatever they look like."""

from __future__ import annotations

import pytest
from conftest import make_paper

from rag.absence import absent_details, absent_names, denied_premise
from rag.checking.attribution import attribute, split_stream
from rag.checking.guards import may_rest_on
from rag.linking.mentions import find_mentions
from rag.scoring import parts_of
from rag.values import Evidence, Span

pytestmark = pytest.mark.timeout(60)
TEXTS = {
    "hyphens": "Table 1 " + "-" * 20_000,
    "digits": "one " + "1" * 20_000,
    "hyphenated": "seven " + "a-" * 10_000,
    "names": "We propose " + "AbC1 " * 20_000,
    "no full stop": "we present a new thing on XyZ " * 4_000,
    "brackets": "[" * 5_000 + "1" + "]" * 5_000,
    "commas": "1," * 10_000,
    "negations": "not " * 20_000,
    "one word": "x" * 100_000,
}
QUESTION = "How many parameters and days does it take, and what FID on XyZ-5 does AbC reach?"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_hostile_abstract_is_read_in_reasonable_time(text: str) -> None:
    paper = make_paper("HERON: Songs", text)
    span = Span(paper, 0, len(text))
    absent_details(QUESTION, text)
    absent_names(QUESTION, [text])
    denied_premise("Why does it take so many days?", text)
    find_mentions(QUESTION, [paper])
    may_rest_on("HERON has 12 clips.", [span])
    attribute("HERON has 12 clips.", [Evidence(1, span, 1.0)], weight=lambda word: 1.0)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_hostile_question_is_read_in_reasonable_time(text: str) -> None:
    question = text[:2000]
    paper = make_paper("HERON: Songs", "We present HERON, a model with 12 parameters.")
    assert parts_of(question)
    absent_details(question, paper.abstract)
    find_mentions(question, [paper])
    split_stream(question)
