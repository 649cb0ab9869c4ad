"""Puts papers side by side: a row for each aspect, a cell for each paper, every cell a quote or nothing.

In: papers, what was asked of them, and the paper index. Out: a comparison. The cells of a column come from
the sentences of its own paper alone, so that sides cannot be mixed up, and no model is asked: the same
library gives the same table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index_store.lexical import tokens
from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.absence import absent_details, absent_names
from rag.aspects import ASPECTS, best_span, standard_aspect
from rag.checking.borrowed import holds_terms
from rag.checking.degrees import without_degrees
from rag.figures import incomparable_figures
from rag.labels import BLANK, EMPTY, POLITE, label_of, readable
from rag.linking.focus import data_called, without_mentions
from rag.linking.plain_words import is_asking
from rag.scoring import ASKS, Ranked, parts_of
from rag.speakers import subjects_of
from rag.values import Comparison, QueryPlan, Row, Span

__all__ = ["MOST_SUBJECTS", "asked_spans", "build_comparison", "parts_to_compare", "with_cells"]

MOST_SUBJECTS = 6
"""Papers in one table: more do not fit on a screen."""
LEAST_ASKED = 0.3
"""Score from which a sentence can be about an aspect or a name that was given; below it the cell stays
empty."""
LEAST_NEAR = 0.05
"""Score below which a sentence is near to nothing that was asked, unless it has a term of it."""
LEAST_CLEAR = 0.5
"""Score from which a sentence says what one side may lack, in other words than another says it."""
LOOKED_AT = 3
"""Best sentences of a paper among which one that speaks of the paper itself is preferred."""
STANDARD = {aspect.name: aspect for aspect in ASPECTS}
OVERVIEW = ("core idea", "architecture", "results")
OF_DATA = ("training data",)
"""The aspects that a question is taken to ask about when it names none, of papers and of datasets."""
WHICH_HAS = re.compile(
    r"^\W*who\b|(?<!in )\bwhich (?:one|of|paper|model|method|is|are|has|have|uses?|does|do|can|needs?)\b|"
    r"^\W*(?:and |but )?(?:does|do|is|are|has|have|can)\b",
    re.I,
)
"""Asks which side has something, or whether both do: one may well not have it."""
BOTH = re.compile(r"\b(?:both|each|all)\b", re.I)
LISTED = re.compile(
    r"(?P<head>[^:?]*?)(?::|(?P<verb>\b(?:differ|compared?|contrast(?:ed)?|different|differences?)\b)"
    r"(?P<sides>[^:?]{0,80}?)\s(?:in(?: terms of)?|on|regarding|with (?:respect|regard) to)\b)\s"
    r"(?P<items>(?:[^:?.!]|\.(?=\d))+)[\s.?!]*$",
    re.I,
)
"""Ends with what papers are to be compared in: "A or B: size and speed", "differ in size and speed"."""
ALSO_WHICH = re.compile(r",\s+(?=which (?:one|of them)\b)", re.I)
ITEMS = re.compile(r",\s+(?:(?:and|or)\s+)?|\s+(?:and|or|&)\s+")
OF_EACH = re.compile(rf"\s+(?:for|of|in) (?:both|each)\b.*|[\s,]+{POLITE}", re.I)
"""What says behind the last item of whom all are asked."""
JOINS = re.compile(
    rf"\b(?:for|on|in|with|from|to|by|between|both|as|at|than|when|while|that)\b|^(?:{ASKS})|\b(?:do|does|did)\b",
    re.I,
)
"""What joins an item to others, or asks: then it is no thing by itself."""
MOST_ITEMS = 5
"""Things in a list: more fill the screen with rows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a part of a question asks of papers: the name of its row, in its own words, and which part."""

    name: str
    words: str
    part: int


def compared_parts(focus: str) -> list[str]:
    """Split what is asked of several papers, given without their names, into things to compare: as any
    question, and where a part ends with a list of them ("... in task, data and results")."""
    parts = [one for part in parts_of(focus) for one in ALSO_WHICH.split(part)]
    return [item for part in parts for item in _items_of(part)]


def parts_to_compare(plan: QueryPlan, paper: Paper | None = None) -> list[str]:
    """Return what is asked of the papers of a plan, or of one of them, as their sentences are held against
    it: where they are called by data in them, that is named in every part."""
    parts = compared_parts(plan.focus)
    names = data_called(plan.standalone_question, plan.papers)
    if not names:
        return parts
    lead = names[paper.id] if paper else " and ".join(names.values())
    bare = compared_parts(without_mentions(plan.focus, plan.papers))
    return [f"{lead}: {part}" for part in (bare if len(bare) == len(parts) else parts)]


def _items_of(part: str) -> list[str]:
    """Return the items of the list with which a part of a question ends, if each is a thing by itself, or
    the whole part."""
    part = " ".join(part.split())
    match = LISTED.match(part)
    if not match or (match["verb"] and set(tokens(match["head"] + match["sides"])) - EMPTY):
        return [part]
    items = [one.removeprefix("in ") for one in ITEMS.split(OF_EACH.sub("", match["items"].rstrip(" .")))]
    return items if 1 < len(items) <= MOST_ITEMS and _stand_apart(items) else [part]


def _stand_apart(items: Sequence[str]) -> bool:
    """Whether each of some items is a thing by itself: an aspect of papers, or two words or more that no
    preposition joins to another. "Songs of owls and young gulls" may be songs of both."""
    own = [item for item in items if not standard_aspect(item)]
    joined = len({" of " in item for item in own}) > 1 and " of " not in own[-1]
    return not joined and all(len(tokens(item)) > 1 and not JOINS.search(item) for item in own)


def _asked_aspects(plan: QueryPlan) -> list[Asked]:
    """Return what a comparison is to be about for each part of its question, nothing of a part that names
    nothing. Aspects that were given one by one are taken as they are."""
    if plan.aspects:
        given = [(standard_aspect(aspect) or aspect, aspect) for aspect in plan.aspects]
    else:
        parts = compared_parts(plan.focus)
        blanked = without_mentions(plan.standalone_question, plan.papers, blank=BLANK)
        for name in plan.missing:
            blanked = blanked.replace(name, BLANK)
        blanked_parts = compared_parts(blanked)
        parts = blanked_parts if len(blanked_parts) == len(parts) else parts
        labels = [(label_of(part), part) for part in parts]
        given = [(standard_aspect(words) or readable(words, part), words) for words, part in labels]
    names = Counter(name for name, _ in given)
    return [
        Asked(name if name in STANDARD or names[name] == 1 else words, words, number)
        for number, (name, words) in enumerate(given)
        if words
    ]


def build_comparison(plan: QueryPlan, ranked: Mapping[str, Ranked], index: PaperIndex) -> Comparison:
    """Return the table of the papers of a plan: first a row for each aspect asked about, then the standard
    ones.

    An aspect that names a standard one is that row; another is answered by the sentence that was ranked
    first for it. Standard rows of which no abstract says anything are left out.
    """
    papers = plan.papers
    sentences = index.sentences([paper.id for paper in papers])
    spans = [[Span(paper, *sentence) for sentence in sentences[paper.id]] for paper in papers]
    asked = {one.name: one for one in _asked_aspects(plan)}
    of_data = data_called(plan.standalone_question, papers) and any(map(_data_in, spans))
    overview = OF_DATA if of_data else OVERVIEW
    rows: list[Row] = []
    for name in dict.fromkeys([*asked, *STANDARD]):
        if known := STANDARD.get(name):
            cells = [best_span(known, own) for own in spans]
        else:
            one = asked[name]
            parts = [ranked[paper.id].parts[one.part] for paper in papers]
            cells = [_preferred(plan, one.words, own) for own in parts]
            if _asks_which(plan, one.part):
                cells = _having(one.words, cells, [score for _, score in parts])
        if name in asked or any(cells):
            rows.append(Row(name, tuple(cells), name in asked or (not asked and name in overview)))
    return Comparison(papers, tuple(rows), incomparable_figures(rows))


def _data_in(spans: Sequence[Span]) -> Span | None:
    return best_span(STANDARD[OF_DATA[0]], spans)


def with_cells(table: Comparison, plan: QueryPlan, best: Mapping[str, Sequence[Span]]) -> Comparison:
    """Return a table with other sentences in the rows that were asked for in words of one's own: by paper
    id, `best` has one for each part of the question. What an abstract is silent about stays empty."""
    parts = {one.name: one.part for one in _asked_aspects(plan) if one.name not in STANDARD}

    def row_with(row: Row) -> Row:
        if not row.asked or row.aspect not in parts:
            return row
        part = parts[row.aspect]
        cells = [
            best[paper.id][part] if cell and paper.id in best else cell
            for paper, cell in zip(table.subjects, row.cells, strict=True)
        ]
        return replace(row, cells=tuple(cells))

    rows = tuple(map(row_with, table.rows))
    return Comparison(table.subjects, rows, incomparable_figures(rows))


def _preferred(plan: QueryPlan, asked: str, part: tuple[tuple[Span, ...], float]) -> Span | None:
    """Return the best sentence for what was asked that does not speak of others alone, or the best if all
    do; None where the abstract is silent about it."""
    spans, score = part
    best = spans[:LOOKED_AT]
    if not best or (plan.aspects and score < LEAST_ASKED):
        return None
    least = LEAST_ASKED if _asks_who_has(plan.standalone_question) else LEAST_NEAR
    if _is_silent(best[0].paper, asked, score, least):
        return None
    return next((span for span in best if subjects_of(span) != {"others"}), best[0])


def _asks_which(plan: QueryPlan, part: int) -> bool:
    """Whether a part of a question asks which side has something, and not whether both do."""
    parts = compared_parts(plan.focus)
    asked = parts[part] if len(parts) > 1 and not plan.aspects else plan.standalone_question
    return _asks_who_has(asked) and BOTH.search(asked) is None


def _asks_who_has(question: str) -> bool:
    """Whether a question asks who has something, and not who has more of it: that is told by both."""
    return WHICH_HAS.search(question) is not None and without_degrees(question) == question


def _having(asked: str, cells: Sequence[Span | None], scores: Sequence[float]) -> list[Span | None]:
    """Return the cells of what one side may lack, without those that are not near and hold at most half of
    the terms with which another says it."""
    terms = {stem for stem in tokens(asked) if not is_asking(stem)}
    held = [len(terms & set(tokens(cell.quote))) if cell else 0 for cell in cells]
    return [
        cell if score >= LEAST_CLEAR or 2 * own > max(held) or not any(held) else None
        for cell, own, score in zip(cells, held, scores, strict=True)
    ]


def _is_silent(paper: Paper, asked: str, score: float, least: float) -> bool:
    """Whether an abstract lacks the detail or the name that was asked about, or all of its terms where no
    sentence scores at `least` so much, either."""
    text = f"{paper.title} {paper.abstract}"
    if absent_details(asked, text) or (score < LEAST_ASKED and absent_names(asked, [text])):
        return True
    return score < least and not holds_terms(asked, paper)


def asked_spans(comparison: Comparison, paper: Paper) -> list[Span]:
    """Return the cells of a paper that the question is about, in the order of the rows."""
    column = comparison.subjects.index(paper)
    cells = [row.cells[column] for row in comparison.rows if row.asked]
    return list(dict.fromkeys(cell for cell in cells if cell))
