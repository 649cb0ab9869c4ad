"""Chooses the evidence: the sentences that decide a question, numbered, and the draft made of them.

In: a query plan and the paper index. Out: evidence in reading order, and statements that quote the
best of it. Sentences of different papers are never mixed up: each is a span of its own abstract.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import log1p

from index_store.paper_index import PaperIndex
from index_store.values import Paper, Passage
from rag.absence import absent_names
from rag.comparison import asked_spans, build_comparison, parts_to_compare
from rag.linking.abbreviations import speaks_of, written_out
from rag.linking.british import as_held
from rag.linking.names import capital_names, distinct, key, name_like
from rag.linking.subjects import SMALL_LIBRARY
from rag.lists import (
    PLAIN_SHARE,
    holds_a_name,
    longest_list,
    matching_papers,
    papers_to_examine,
    proving_first,
)
from rag.overview import asks_what_it_is, overview
from rag.priors import is_release
from rag.question.similar import similar_papers
from rag.scoring import Ranked, lying_in, parts_of, rank_sentences, score_passages
from rag.values import Citation, Comparison, Evidence, QueryPlan, Span, Statement

__all__ = [
    "LISTED_SENTENCES",
    "NOTHING",
    "Found",
    "choose_evidence",
    "cite_evidence",
    "draft_spans",
    "names_held",
    "number_evidence",
    "quotes_per_paper",
]

PASSAGE_SHARE = 0.16
"""How much a paper's best fused passage score (from 0 to 1) counts beside its best sentence."""
NAMES_SHARE = 0.3
"""How much it counts that a paper holds the names in a question which names no paper: "with AugReg"."""
WHOLE_ABSTRACT = 12
"""Sentences: most abstracts have no more. The model reads them all, and has read them already when the next
question is about the same paper."""
LISTED_SENTENCES = 6
"""Of a paper in a list."""
CLOSE_SECOND = 0.08
"""A second paper is shown to the model when it scores within this of the first."""
NUMBER_QUOTES = 2
ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|long|fast|large|big|often)\b|\b(?:which|what) year\b|"
    r"\bwhat (?:share|percentage|fraction|size|resolution)\b|"
    r"\bwhat [\w-]+(?: [\w-]+){0,4} (?:accuracy|score|error|AP|mAP|FID|FVD|speed|rate)\b",
    re.I,
)
OWNER = re.compile(r"(?<![\w-])([\w-]+)['’]s(?!\w)")
"""Whose something is: what is asked of "SimVP's encoder" only papers can answer that speak of SimVP."""
PASSAGES = 60
CANDIDATE_PAPERS = 10
CANDIDATES_OF_MANY = 8
"""In a large library, whose sentences have no vectors yet: these take most of the time."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for evidence brought: the evidence, the nearest papers, all that came near, the table
    of a comparison, the numbers of papers whose sentences were read, and that match a list, the papers of
    which a model may say whether they belong to it, those that belong and are too many to be quoted, and
    those of which it did not say so for sure."""

    evidence: tuple[Evidence, ...]
    nearest: tuple[Paper, ...]
    candidates: tuple[Paper, ...]
    best_score: float
    best_cosine: float = 1.0
    comparison: Comparison | None = None
    examined: int = 0
    matching: int = 0
    to_read: Sequence[tuple[Paper, float]] = ()
    unquoted: Sequence[Paper] = ()
    less_sure: Sequence[Paper] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates in order, those that the answer is about, and the ranked sentences, by paper id."""

    order: Sequence[Paper]
    matching: Sequence[Paper]
    ranked: dict[str, Ranked]
    to_read: Sequence[tuple[Paper, float]] = ()


NOTHING = Found((), (), (), 0.0)


def quotes_per_paper(kind: str) -> int:
    """Return how many sentences of one paper an answer may quote: an answer is chosen, not dumped."""
    return {"answer": 4, "comparison": 3, "list": 1}[kind]


def choose_evidence(plan: QueryPlan, index: PaperIndex) -> Found:
    """Return the sentences that decide the question: of each chosen paper those nearest to it."""
    if plan.like:
        return _similar(plan.like, plan, index)
    passages = index.search(as_held(plan.standalone_question, index), limit=PASSAGES)
    if not passages:
        return NOTHING
    near = tuple({p.chunk.paper.id: p.chunk.paper for p in passages}.values())
    candidates = plan.papers or _worth_reading(plan, near, index)
    if not candidates:
        return replace(NOTHING, candidates=near)
    of_many = plan.kind == "list" and index.count_papers() > SMALL_LIBRARY
    choose = _choose_by_passages if of_many else _choose_by_sentences
    choice = choose(plan, candidates, passages, index)
    ranked, chosen = choice.ranked, choice.matching
    if plan.kind == "list":
        chosen = chosen[: longest_list(plan)]
    table = build_comparison(plan, ranked, index) if plan.kind == "comparison" else None
    orders = [_in_order(plan, ranked[paper.id].spans, table) for paper in chosen]
    most = LISTED_SENTENCES if plan.kind == "list" else WHOLE_ABSTRACT
    return Found(
        evidence=number_evidence([spans[:most] for spans in orders]),
        nearest=tuple(choice.order[:3]),
        candidates=near,
        best_score=max(ranked[paper.id].best_score for paper in chosen),
        best_cosine=max(ranked[paper.id].best_cosine for paper in chosen),
        comparison=table,
        examined=len(candidates),
        matching=len(choice.matching),
        to_read=choice.to_read,
    )


def _similar(paper: Paper, plan: QueryPlan, index: PaperIndex) -> Found:
    """Return the papers that are like one, with their sentences that come nearest to what it is called."""
    papers = tuple(similar_papers(paper, index))
    ranked = rank_sentences(plan.focus, papers, index)
    evidence = number_evidence([ranked[other.id].spans[:LISTED_SENTENCES] for other in papers])
    return Found(evidence, papers[:3], (paper, *papers), best_score=1.0, matching=len(papers))


def _in_order(plan: QueryPlan, ranked: Sequence[Span], table: Comparison | None) -> list[Span]:
    """Return the sentences of a paper, best first; in a comparison the cells that were asked for lead, in a
    list those with the names in the question, and those that say what the paper is where that is asked."""
    if plan.kind == "list":
        return proving_first(plan, ranked)
    leading: list[Span] = []
    if table and ranked:
        leading = asked_spans(table, ranked[0].paper)
    elif asks_what_it_is(plan):
        leading = overview(sorted(ranked, key=lambda span: span.start))
    return list(dict.fromkeys([*leading, *ranked]))


def _worth_reading(plan: QueryPlan, near: Sequence[Paper], index: PaperIndex) -> Sequence[Paper]:
    """Return the papers whose sentences are read."""
    if plan.kind == "list":
        return papers_to_examine(near, index)
    readable = [paper for paper in near if paper.abstract]
    names = [name for name in OWNER.findall(plan.standalone_question) if name_like(name)]
    speaking = [p for p in readable if not absent_names(" ".join(names), [f"{p.title}. {p.abstract}"])]
    most = CANDIDATE_PAPERS if index.count_papers() <= SMALL_LIBRARY else CANDIDATES_OF_MANY
    return (speaking if names and speaking else readable)[:most]


def _choose_by_sentences(
    plan: QueryPlan, candidates: Sequence[Paper], passages: Sequence[Passage], index: PaperIndex
) -> Choice:
    """Choose the papers that an answer is about by their best sentences, and but in a list by their best
    passages as well. In a large library the papers that are not chosen are read in those passages alone."""
    fused: dict[str, float] = {}
    for passage in passages:
        fused.setdefault(passage.chunk.paper.id, passage.score)
    plain_share = PLAIN_SHARE if plan.kind == "list" else 1.0
    of_many = not plan.papers and index.count_papers() > SMALL_LIBRARY
    compared = parts_to_compare(plan) if plan.kind == "comparison" else ()
    ranked = rank_sentences(
        plan.focus,
        candidates,
        index,
        parts=plan.aspects or compared,
        plain_share=plain_share,
        is_read=lying_in(passages) if of_many else None,
    )
    best = {p.id: PASSAGE_SHARE * fused.get(p.id, 0.0) + ranked[p.id].best_score for p in candidates}
    if not plan.papers and (names := capital_names(plan.standalone_question)):
        for id, share in _share_of_names(names, candidates).items():
            best[id] += NAMES_SHARE * share
    order = sorted(candidates, key=lambda paper: -best[paper.id])
    if plan.kind == "comparison":
        return Choice(order, plan.papers, ranked)
    if plan.kind == "list":
        near = distinct(passage.chunk.paper for passage in passages)
        scores = {id: own.best_score for id, own in ranked.items()}
        listed = matching_papers(plan, order, scores, near)
        return Choice(order, listed.papers, ranked, listed.to_read)
    close = [p for p in order[:2] if best[p.id] > best[order[0].id] - CLOSE_SECOND]
    if of_many:
        ranked |= rank_sentences(plan.focus, close, index, parts=plan.aspects)
    return Choice(order, close, ranked)


def _share_of_names(names: Sequence[str], papers: Sequence[Paper]) -> dict[str, float]:
    """Return the share of some names that each paper holds, by id; a name counts the more, the fewer of the
    papers hold it: "LLM" says less of which is meant than "Valley"."""
    held = {paper.id: names_held(names, paper, papers) for paper in papers}
    counts = Counter(name for own in held.values() for name in own)
    weights = {name: log1p(len(papers) / max(counts[name], 1)) for name in names}
    total = sum(weights.values())
    return {id: sum(weights[name] for name in names if name in own) / total for id, own in held.items()}


def names_held(names: Sequence[str], paper: Paper, papers: Sequence[Paper]) -> set[str]:
    """Return those of some names that a title and abstract hold, in any spelling, or in the words that one
    of some papers gives for it."""
    absent = absent_names(f"about {', '.join(names)}", [f"{paper.title}. {paper.abstract}"])
    words = {letters: full for other in papers for letters, full in written_out(other).items()}
    spelled = {name for name in absent if (full := words.get(key(name))) and speaks_of(paper, full)}
    return (set(names) - set(absent)) | spelled


def _choose_by_passages(
    plan: QueryPlan, candidates: Sequence[Paper], passages: Sequence[Passage], index: PaperIndex
) -> Choice:
    """Choose the papers of a list in a large library by their best passages, and read the sentences in
    those alone, and those with a name that is asked for: to embed the sentences of all takes seconds."""
    [scores] = score_passages([plan.focus], passages, index, plain_share=PLAIN_SHARE)
    order = sorted(candidates, key=lambda paper: -scores[paper.id])
    near = distinct(passage.chunk.paper for passage in passages)
    matching = matching_papers(plan, order, scores, near)
    listed = matching.papers[: longest_list(plan)]
    lies, proves = lying_in(passages), holds_a_name(plan.standalone_question)
    ranked = rank_sentences(
        plan.focus,
        listed,
        index,
        plain_share=PLAIN_SHARE,
        is_read=lambda span: lies(span) or proves(span.quote),
    )
    return Choice(order, matching.papers, ranked, matching.to_read)


def number_evidence(ranked: Iterable[Sequence[Span]]) -> tuple[Evidence, ...]:
    """Return the sentences of papers as evidence: of each, given best first, with 1 / rank, in the order in
    which its abstract has them."""
    scored = ([(span, 1 / rank) for rank, span in enumerate(spans, 1)] for spans in ranked)
    ordered = (pair for best in scored for pair in sorted(best, key=lambda pair: pair[0].start))
    return tuple(Evidence(number, span, score) for number, (span, score) in enumerate(ordered, 1))


def draft_spans(evidence: Sequence[Evidence], kind: str, *, question: str = "") -> list[Span]:
    """Return the spans that the draft quotes: the best of each paper, papers in order of evidence.

    The one that decides leads, the others follow in the order of the abstract. A question for one number
    gets the sentence that decides and the next best one: more are read in vain. Where the code is comes
    last, unless that is asked.
    """
    for_number = kind == "answer" and ASKS_NUMBER.search(question) and len(parts_of(question)) == 1
    most = NUMBER_QUOTES if for_number else quotes_per_paper(kind)
    papers = list(dict.fromkeys(item.span.paper.id for item in evidence))
    if kind == "answer":
        papers = papers[:1]
    quoted: list[Span] = []
    for id in papers:
        best, *rest = sorted((e for e in evidence if e.span.paper.id == id), key=lambda e: -e.score)
        rest.sort(key=lambda item: is_release(item.span, question))
        quoted += [e.span for e in (best, *sorted(rest[: most - 1], key=lambda e: e.span.start))]
    return quoted


def cite_evidence(spans: Sequence[Span]) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Return a quoted statement for each span, and a citation for each paper, numbered from 1."""
    numbers: dict[str, int] = {}
    for span in spans:
        numbers.setdefault(span.paper.id, len(numbers) + 1)
    statements = tuple(Statement(s.quote, (numbers[s.paper.id],), "quoted") for s in spans)
    citations = tuple(
        Citation(
            number,
            next(s.paper for s in spans if s.paper.id == id),
            tuple(s for s in spans if s.paper.id == id),
        )
        for id, number in numbers.items()
    )
    return statements, citations
