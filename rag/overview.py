"""Finds the sentences that say what a paper is, for questions that ask nothing else of it.

In: a query plan, and the sentences of a paper in their order. Out: the one that introduces it by its name,
the one that states its idea, the one with its results. The name alone would lead to any sentence that has
it. Nothing is learnt and nothing embedded.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import islice

from index_store.lexical import tokens
from rag.aspects import ASPECTS, best_span
from rag.linking.focus import whole_names, without_manner, without_mentions
from rag.linking.mentions import find_mentions
from rag.linking.names import key
from rag.speakers import subjects_of
from rag.values import QueryPlan, Span

__all__ = ["asks_what_it_is", "overview"]

ASKING = frozenset(
    tokens(
        """explain describe define definition tell give say know mean about please idea gist essence do
        propose present introduce summarise summarize summary overview main core key contribution contribute
        novel new novelty paper work study method approach model framework dataset system short brief quick
        sentence word abstract s exactly deal all"""
    )
)
"""Words, stemmed, that a question about a whole paper may have beside its name."""
TOLD = ("core idea", "results")
LOOKED_AT = 60
"""Sentences of a paper that are looked at, from its first: an abstract has a dozen."""
INTRODUCES = re.compile(
    r"\b(?:propose|proposes|proposing|we proposed|presents?|presented|introduc\w+|develops?|developed|"
    r"dubbed|called|termed|named|namely|coined)\b[^.;]{0,100}"
    r"(?<!\bfor )(?<!\bon )(?<!\bin )(?<!\bof )(?<!\bto )(?<!\bby )(?<!\bwith )(?<!\bthan )$",
    re.I,
)
IS_SOMETHING = re.compile(r"\s*(?:\([^()]*\)\s*)?(?:is|are) (?:an?|the|our|one)\b", re.I)
"""What follows the name in "SIGMA (...) is a method"."""
NAMED = {aspect.name: aspect for aspect in ASPECTS}


def asks_what_it_is(plan: QueryPlan) -> bool:
    """Whether a question about one paper asks what it is, and for no detail of it."""
    if plan.kind != "answer" or len(plan.papers) != 1:
        return False
    asked = without_manner(plan.standalone_question)
    rest = without_mentions(asked, plan.papers)
    return rest == asked or not set(tokens(rest)) - ASKING


def overview(spans: Sequence[Span]) -> list[Span]:
    """Return the sentences that say what a paper is, in this order: what it is called and is, what its idea
    is, and what came of it. Some or all may be missing."""
    spans = spans[:LOOKED_AT]
    whole = whole_names(spans[0].paper) if spans else set[str]()
    introducing = (span for span in spans if _introduces(span, whole))
    told = [best_span(NAMED[name], spans) for name in TOLD]
    return list(dict.fromkeys([*islice(introducing, 1), *filter(None, told)]))


def _introduces(span: Span, whole: Collection[str]) -> bool:
    """Whether a sentence brings in its paper by a name of its `whole`: "we present LaVie, ...", or begins
    with it and says what it is."""
    quote = span.quote
    return subjects_of(span) != {"others"} and any(
        key(quote[one.start : one.end]) in whole
        and (
            INTRODUCES.search(quote[: one.start])
            or (one.start == 0 and IS_SOMETHING.match(quote[one.end :]))
        )
        for one in find_mentions(quote, [span.paper])
    )
