"""The assistant: a question and the turns before it become a cited answer, step by step.

It reads like the sentence that describes it: plan the query, choose the evidence, show the draft,
have the model read and write, keep what the evidence supports. It knows nothing of terminals or browsers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from index_store.errors import ModelError
from index_store.paper_index import PaperIndex
from index_store.values import Paper
from rag.comparison import asked_spans
from rag.evidence import Found, choose_evidence, cite_evidence, draft_spans
from rag.linking.mentions import called_in
from rag.premises import correct_premise
from rag.probing.list_reading import Candidate, ListProbe, list_candidates, probe_of, read_candidates
from rag.probing.pointing import point_out
from rag.probing.reading import read_evidence
from rag.probing.support import support_check
from rag.prompt import build_messages, build_translation
from rag.question.query import plan_query, put_into_english
from rag.receipts import begin_receipt, complete_receipt
from rag.refusals import (
    may_be_read,
    refuse_before_search,
    refuse_for_evidence,
    refuse_list,
    refuse_unanswered,
    refuse_unsaid,
)
from rag.remarks import remarks
from rag.sides import plan_comparison
from rag.speakers import subjects_of
from rag.values import Answer, Comparison, Evidence, Kind, QueryPlan, Receipt, Refusal, Turn
from rag.writing import MOST_SENTENCES, Writing

if TYPE_CHECKING:
    from llama_index.core.llms.llm import LLM

__all__ = ["Assistant"]

UNREAD = "The model stopped while it read them: the list is chosen by words alone."


class Assistant:
    """Answers questions from one library, with a model or, without one, in quotes alone."""

    def __init__(self, index: PaperIndex, model: LLM | None = None) -> None:
        self.index = index
        self.model = model

    def ask(self, question: str, turns: Sequence[Turn] = (), *, draft: bool = False) -> Answer:
        """Return the complete answer to a question."""
        *_, answer = self.stream(question, turns, draft=draft)
        return answer

    def stream(self, question: str, turns: Sequence[Turn] = (), *, draft: bool = False) -> Iterator[Answer]:
        """Yield the answer as it grows: the quoted draft, then checked prose, then the whole.

        With `draft`, or without a model, the quotes are the whole answer. Closing the iterator stops
        the model. An answer whose model failed keeps its draft and says so in its note. The complete
        answer has a receipt.
        """
        if refusal := refuse_before_search(question):
            plan = QueryPlan(question, question, "answer", (), question)
            yield self._complete(_refused(plan, refusal), plan, turns, draft=draft)
        else:
            translate = None if draft or self.model is None else self._translate
            plan = plan_query(question, turns, self.index, translate=translate)
            yield from self._answer(plan, turns, draft=draft)

    def compare(
        self, subjects: Sequence[str], aspects: Sequence[str] = (), *, draft: bool = False
    ) -> Iterator[Answer]:
        """Yield the comparison of papers that are named by title, short name or id, as `stream` does.

        Raises:
            QuestionError: there is nothing to compare, or too much for one table.
        """
        yield from self._answer(plan_comparison(subjects, aspects, self.index), (), draft=draft)

    def _translate(self, question: str) -> str:
        """Return a question in English, as the model puts it, or as it is when the model fails."""
        if self.model is None:
            return question
        try:
            written = [
                piece.message.content for piece in self.model.stream_chat(build_translation(question))
            ]
        except ModelError:
            return question
        return (written[-1] if written else None) or question

    def _answer(self, plan: QueryPlan, turns: Sequence[Turn], *, draft: bool) -> Iterator[Answer]:
        found = choose_evidence(plan, self.index)
        probe = probe_of(self.model) if self.model and not draft and found.to_read else None
        if refusal := refuse_for_evidence(plan, found):
            if self.model and probe and may_be_read(plan, found):
                yield from self._read_list(self.model, probe, plan, found, turns, far=refusal)
            else:
                yield self._complete(_refused(plan, refusal), plan, turns, draft=draft)
            return
        answer = replace(
            _drafted(plan, found),
            refusal=correct_premise(plan, found),
            note=remarks(plan, found),
        )
        is_read = found.to_read and (self.model is None or probe)
        settled = plan.kind == "list" and not is_read
        if draft or settled or answer.refusal:
            yield self._complete(replace(answer, statements=answer.draft), plan, turns, draft=draft)
            return
        yield answer
        if self.model is None:
            yield self._complete(replace(answer, statements=answer.draft), plan, turns, draft=True)
        elif probe:
            yield from self._read_list(self.model, probe, plan, found, turns)
        else:
            yield from self._read_and_write(self.model, answer, plan, found, turns)

    def _complete(self, answer: Answer, plan: QueryPlan, turns: Sequence[Turn], *, draft: bool) -> Answer:
        """Return an answer that no model wrote, complete with its receipt."""
        receipt = begin_receipt(plan, turns, self.index, draft=draft)
        return replace(answer, stage="complete", receipt=complete_receipt(receipt, answer))

    def _read_list(
        self,
        model: LLM,
        probe: ListProbe,
        plan: QueryPlan,
        found: Found,
        turns: Sequence[Turn],
        *,
        far: Refusal | None = None,
    ) -> Iterator[Answer]:
        """Yield the answer while the model reads which papers belong to a list, and then with those.

        Where none does, it is refused. `far` is what is said where no sentence came near: nothing is quoted
        until the papers are read, and that stays if they cannot be.
        """
        receipt = begin_receipt(plan, turns, self.index, draft=False, model=model.metadata.model_name)
        answer = replace(_drafted(plan, found), note=remarks(plan, found))
        if far:
            answer = replace(answer, draft=(), citations=(), evidence=(), note="")
        read: list[Candidate] = []
        for candidate in read_candidates(plan, found, self.index, model, probe.signs):
            read.append(candidate)
            progress = f"{answer.note} {len(read)} of the nearest {len(found.to_read)} read closely."
            yield replace(answer, stage="writing", note=progress.strip())
        refused = far
        if len(read) == len(found.to_read):
            found = list_candidates(plan, found, read, probe, is_far=far is not None)
            answer = replace(_drafted(plan, found), note=remarks(plan, found))
            refused = refuse_list(plan, found)
        else:
            answer = replace(answer, note=f"{answer.note} {UNREAD}".strip())
        if refused:
            yield _given_up(answer, refused, receipt)
            return
        answer = replace(answer, statements=answer.draft, stage="complete")
        yield replace(answer, receipt=complete_receipt(receipt, answer))

    def _read_and_write(
        self, model: LLM, answer: Answer, plan: QueryPlan, found: Found, turns: Sequence[Turn]
    ) -> Iterator[Answer]:
        """Yield the answer that the model writes, from the paper in which it finds one, or a refusal.

        What it makes of the evidence decides first. Evidence that leaves it in doubt is enough where a
        sentence that it writes stands, and not where none does.
        """
        receipt = begin_receipt(plan, turns, self.index, draft=False, model=model.metadata.model_name)
        drafted_from, read = found, None
        if plan.kind == "answer":
            plan, found = self._in_english(plan, found)
            read = read_evidence(plan, found, self.index, model)
        found = point_out(plan, read.found if read else found, model)
        read = replace(read, found=found) if read else None
        refused = refuse_unanswered(read) if read else None
        if read and refused and read.answerability.is_excluded:
            yield _given_up(answer, refused, receipt)
            return
        if found is not drafted_from:
            answer = replace(_drafted(plan, found), note=answer.note, stage="writing")
            yield answer
        writing = Writing(answer, self.index.word_weight, may_stand=support_check(model))
        for written in self._write(model, writing, answer, plan, receipt):
            if written.stage != "complete":
                yield written
                continue
            ended = written.note == answer.note
            fell = ended and not written.has_prose and not writing.found_facts
            unanswered = refuse_unanswered(read, made_up=writing.is_made_up) if read and fell else None
            if ended and (fell or written.has_prose):
                unlikely = read is not None and read.is_unlikely
                unanswered = unanswered or refuse_unsaid(plan, found, written, is_unlikely=unlikely)
            yield _given_up(written, unanswered, receipt) if unanswered else written

    def _in_english(self, plan: QueryPlan, found: Found) -> tuple[QueryPlan, Found]:
        """Return the plan of a question in another language in English, and what is found for that: until
        then only the names in it could be read."""
        english = put_into_english(plan, self._translate)
        return (plan, found) if english is plan else (english, choose_evidence(english, self.index))

    def _write(
        self, model: LLM, writing: Writing, draft: Answer, plan: QueryPlan, receipt: Receipt
    ) -> Iterator[Answer]:
        """Yield the draft with more and more checked prose, and last the complete answer.

        In a comparison the model is shown one paper at a time, so that it cannot mix up the sides, and none
        that says nothing of what was asked.
        """
        note = draft.note
        sides = _sides_to_write(draft.comparison) if draft.comparison else [None]
        try:
            for paper in sides[:MOST_SENTENCES]:
                evidence = _told_of(paper, draft.evidence) if paper else draft.evidence
                name = called_in(paper, plan.standalone_question) if paper else ""
                writing.begin(evidence, most=MOST_SENTENCES // len(sides) or 1, subject=name)
                messages = build_messages(plan.standalone_question, evidence, about=paper)
                with closing(model.stream_chat(messages)) as pieces:
                    for piece in pieces:
                        yield writing.take(piece.message.content or "")
                        if writing.is_full:
                            break
                writing.end()
        except ModelError as error:
            note = f"{note} {error}".strip()
        answer = writing.finish(note=note)
        yield replace(answer, receipt=complete_receipt(receipt, answer))


def _given_up(answer: Answer, refused: Refusal, receipt: Receipt) -> Answer:
    """Return the complete answer to a question that the evidence does not answer: quotes that correct its
    premise, or a refusal without any."""
    statements = answer.draft if refused.reason == "false_premise" else ()
    citations = answer.citations if statements else ()
    kind: Kind = answer.kind if statements else "refusal"
    answer = replace(
        answer, kind=kind, stage="complete", refusal=refused, statements=statements, citations=citations
    )
    if not statements:
        answer = replace(answer, draft=(), evidence=(), note="")
    return replace(answer, receipt=complete_receipt(receipt, answer))


def _sides_to_write(table: Comparison) -> Sequence[Paper | None]:
    """Return the papers of a table that say something of what was asked."""
    return [paper for paper in table.subjects if asked_spans(table, paper)]


def _told_of(paper: Paper, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
    """Return the evidence of one side, without what its abstract says of others if there is more: a small
    model takes that for the paper's own."""
    own = [item for item in evidence if item.span.paper == paper]
    return [item for item in own if subjects_of(item.span) != {"others"}] or own


def _refused(plan: QueryPlan, refusal: Refusal) -> Answer:
    return Answer(
        question=plan.question,
        standalone_question=plan.standalone_question,
        kind="refusal",
        refusal=refusal,
    )


def _drafted(plan: QueryPlan, found: Found) -> Answer:
    statements, citations = cite_evidence(
        draft_spans(found.evidence, plan.kind, question=plan.standalone_question)
    )
    return Answer(
        question=plan.question,
        standalone_question=plan.standalone_question,
        kind=plan.kind,
        draft=statements,
        citations=citations,
        comparison=found.comparison,
        evidence=found.evidence,
    )
