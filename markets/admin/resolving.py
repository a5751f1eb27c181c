"""Deciding what came true: proposed by one editor, confirmed by another, or annulled."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from articles.models import Article
from markets.admin.act_forms import AnnulForm, ConfirmForm
from markets.admin.answer_forms import EvidenceFormSet, answer_form, evidence_lines
from markets.admin.answer_words import labels_of
from markets.admin.pages import (
    answer_of,
    bound,
    citations_of,
    done,
    elsewhere,
    question_or_404,
    question_page,
)
from markets.admin.previews import MoneyTable, dry_run, dry_run_of
from markets.admin.suggestions import proposal_start, suggestion_asked
from markets.core.errors import MarketError
from markets.models import CitationRole, Question
from markets.services import resolution
from markets.services.answers import Answer, require_sound
from users.desk import DeskAdmin, editor_of, refusals_beside, status_of

ARTICLES_OFFERED = 30
EVIDENCE_OFFERED = 3
HIDDEN = {"version": ""}
"""What is said about the version that was read stands above the form, which hides it."""


def propose(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    """Choose the answer with its evidence, see who would get what, then propose it.

    The dry run comes first: a proposal is only made by a post that names the very answer whose
    payouts were on the page that it came from.
    """
    question = question_or_404(question_id)
    other = elsewhere(request, question, "propose")
    if other is not None:
        return other
    suggestion = suggestion_asked(request, question)
    start, quoted = proposal_start(suggestion, question)
    form = answer_form(bound(request), question=question, begin=start)
    lines = lines_for(request, question, quoted=quoted)
    payouts, seen, meant = None, "", ""
    if form.is_bound and form.is_valid() and lines.is_valid():
        answer = form.to_answer(lines.evidence())
        payouts, seen = seen_first(form, question, answer), form.said()
        meant = meant_by(question, answer, form)
        if payouts is not None and request.POST.get("seen") == seen:
            with refusals_beside(form, MarketError):
                resolution.propose(
                    question_id=question_id,
                    outcome_weights=answer.outcome_weights,
                    value=answer.value,
                    verdict=answer.verdict,
                    effective_at=answer.effective_at,
                    evidence=answer.evidence,
                    rationale=answer.rationale,
                    early_end_reason=answer.early_end_reason,
                    proposer=editor_of(request),
                    suggestion_id=suggestion.pk if suggestion else None,
                    now=timezone.now(),
                )
                return done(request, question, "Proposed. Another editor can confirm it now.")
    return question_page(
        desk,
        request,
        question,
        "propose",
        status=status_of(form, lines),
        form=form,
        lines=lines,
        payouts=payouts,
        seen=seen,
        meant=meant,
        citations=citations_of(question),
        answer=answer_of(question.resolution, labels_of(question), question.bins),
    )


def confirm(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    """The second pair of eyes: criteria, evidence and payouts, then the decision."""
    question = question_or_404(question_id)
    other = elsewhere(request, question, "confirm")
    if other is not None:
        return other
    form = ConfirmForm(bound(request))
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError, field_of=HIDDEN):
            resolution.confirm(
                question_id=question_id,
                version=form.cleaned_data["version"],
                editor=editor_of(request),
                now=timezone.now(),
            )
            return done(request, question, "Confirmed: the payouts are on their way.")
    return question_page(
        desk,
        request,
        question,
        "confirm",
        status=status_of(form),
        form=form,
        answer=answer_of(question.resolution, labels_of(question), question.bins),
        payouts=dry_run_of(question, labels_of(question), question.resolution),
        citations=citations_of(question),
    )


def annul(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    """Undo a question: who gets what back is shown first, and its name is typed."""
    question = question_or_404(question_id)
    other = elsewhere(request, question, "annul")
    if other is not None:
        return other
    form = AnnulForm(bound(request), question=question)
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError):
            resolution.annul(
                question_id=question_id,
                editor=editor_of(request),
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
            return done(request, question, "Annulled: everybody gets back what they spent.")
    return question_page(
        desk,
        request,
        question,
        "annul",
        status=status_of(form),
        form=form,
        refunds=dry_run(question, labels_of(question), None, None),
    )


def lines_for(
    request: HttpRequest, question: Question, *, quoted: Sequence[dict[str, Any]] = ()
) -> EvidenceFormSet:
    """The lines of evidence; they begin with what is quoted, else with what was linked before."""
    if quoted:
        articles = _articles_for(question, {each["article"] for each in quoted})
        return evidence_lines(bound(request), articles=articles, begin=list(quoted))
    linked = question.citations.filter(role=CitationRole.EVIDENCE).order_by("-pk")
    begin: list[dict[str, str | int]] = [
        {"quote": citation.quote, "article": citation.article_id}
        for citation in linked[:EVIDENCE_OFFERED]
    ]
    return evidence_lines(bound(request), articles=_articles_for(question, ()), begin=begin)


def seen_first(form: forms.Form, question: Question, answer: Answer) -> MoneyTable | None:
    """Who would get what by this answer; None, and why beside the form, where it is none."""
    with refusals_beside(form, MarketError):
        require_sound(question, answer, now=timezone.now())
        weights = form.cleaned_data.get("weights")
        return dry_run(question, labels_of(question), weights, answer.effective_at)
    return None


def meant_by(question: Question, answer: Answer, form: forms.Form) -> str:
    """The bin that a value lies in, in words; "" for any other answer."""
    if answer.value is None:
        return ""
    weights: list[float] = form.cleaned_data["weights"]
    return labels_of(question)[weights.index(1.0)]


def _articles_for(question: Question, quoted: Collection[object]) -> list[tuple[int, str]]:
    """Articles to choose from as evidence: those cited or quoted already, then the newest."""
    named = Q(citations__question=question) | Q(pk__in=[each for each in quoted if each])
    cited = list(Article.objects.filter(named).distinct().values_list("pk", "title"))
    known = {pk for pk, _ in cited}
    newest = Article.objects.exclude(pk__in=known).order_by("-published_at", "-pk")
    return cited + list(newest.values_list("pk", "title")[:ARTICLES_OFFERED])
