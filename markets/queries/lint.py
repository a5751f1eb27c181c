"""What lint finds in a question, with what the database knows: its evidence, its neighbours."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from articles.models import Draft
from markets.core.house_policy import CURRENT
from markets.core.lifecycle import QuestionStatus
from markets.core.numeric import Bins
from markets.core.question_lint import Finding, Range, Wording, lint
from markets.models import Citation, CitationRole, Question

OPEN_TITLES_MAX = 1_000
"""How many open questions, the newest, are compared with a new one: measured, 25 ms."""

DEADLINE_ASSUMED = "deadline_assumed"
_OPEN = (QuestionStatus.SCHEDULED, QuestionStatus.OPEN, QuestionStatus.HALTED)


def findings_of(question: Question, *, now: datetime) -> tuple[Finding, ...]:
    """What lint finds in a question as it is saved."""
    return findings_in(wording_of(question), question=question, now=now)


def findings_in(
    wording: Wording, *, now: datetime, question: Question | None = None
) -> tuple[Finding, ...]:
    """What lint finds in a wording; `question` is the saved one that it is going to replace."""
    if question is not None:
        wording = _with_evidence(wording, question)
    return lint(replace(wording, open_titles=_open_titles(question), policy_version=CURRENT), now)


def findings_of_drafts(drafts: Sequence[Draft], *, now: datetime) -> dict[int, tuple[Finding, ...]]:
    """What lint would find in the questions that drafts of one article became, by draft.

    The text of each draft's version has to be loaded: the drafts are read beside it.
    """
    if not drafts:
        return {}
    open_titles = _open_titles(None)
    return {
        draft.pk: lint(
            replace(wording_of_draft(draft), open_titles=open_titles, policy_version=CURRENT), now
        )
        for draft in drafts
    }


def wording_of_draft(draft: Draft) -> Wording:
    """A draft as lint reads it, with the sentence and the article that it is from."""
    return Wording(
        title=draft.title,
        type=draft.type,
        outcomes=tuple(draft.outcomes),
        resolution_criteria=draft.resolution_criteria,
        fine_print=draft.fine_print,
        resolution_sources=(draft.resolution_source,) if draft.resolution_source else (),
        tags=tuple(draft.tags),
        closes_at=draft.closes_at,
        resolve_by=draft.resolve_by,
        prior=tuple(draft.prior),
        range=_range_of_draft(draft),
        quote=draft.quote,
        quote_sha256=draft.quote_sha256,
        article_text=draft.version.text,
        deadline_assumed=DEADLINE_ASSUMED in draft.flags,
    )


def _range_of_draft(draft: Draft) -> Range | None:
    found = draft.range
    return None if found is None else Range(
        lower=found.lower, upper=found.upper, unit=found.unit,
        open_below=found.open_below, open_above=found.open_above,
    )  # fmt: skip


def wording_of(question: Question) -> Wording:
    """The saved text of a question as lint reads it, without where it comes from."""
    outcomes = sorted(question.outcomes.all(), key=lambda outcome: outcome.index)
    return Wording(
        title=question.title,
        type=question.type,
        outcomes=tuple(outcome.label for outcome in outcomes),
        resolution_criteria=question.resolution_criteria,
        fine_print=question.fine_print,
        background=question.background,
        resolution_sources=tuple(question.resolution_sources),
        tags=tuple(question.tags),
        opens_at=question.opens_at,
        closes_at=question.closes_at,
        resolve_by=question.resolve_by,
        prior=tuple(question.prior),
        range=range_of(question.bins),
    )


def range_of(bins: Bins | None) -> Range | None:
    """What lint reads of the bins of a number or a date."""
    if bins is None:
        return None
    return Range(
        lower=bins.lower,
        upper=bins.upper,
        unit=bins.unit,
        open_below=bins.open_below,
        open_above=bins.open_above,
    )


def _with_evidence(wording: Wording, question: Question) -> Wording:
    """With the sentence that raised the question, and the text of the article that it is from."""
    source = (
        Citation.objects.filter(question=question, role=CitationRole.SOURCE)
        .select_related("version")
        .order_by("pk")
        .first()
    )
    if source is not None:
        wording = replace(
            wording,
            quote=source.quote,
            quote_sha256=source.quote_sha256,
            article_text=source.version.text,
        )
    draft = question.draft
    assumed = draft is not None and DEADLINE_ASSUMED in draft.flags
    untouched = draft is not None and draft.closes_at == wording.closes_at
    return replace(wording, deadline_assumed=assumed and untouched)


def _open_titles(question: Question | None) -> tuple[str, ...]:
    others = Question.objects.filter(status__in=_OPEN)
    if question is not None:
        others = others.exclude(pk=question.pk)
    return tuple(others.order_by("-pk").values_list("title", flat=True)[:OPEN_TITLES_MAX])
