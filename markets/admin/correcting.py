"""Correcting a decided answer: proposed by one editor, then confirmed, declined or withdrawn."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from markets.admin.act_forms import ConfirmForm, DropForm
from markets.admin.answer_forms import answer_form
from markets.admin.answer_words import labels_of
from markets.admin.pages import (
    Answer,
    answer_of,
    bound,
    citations_of,
    done,
    elsewhere,
    question_or_404,
    question_page,
)
from markets.admin.previews import dry_run_of
from markets.admin.resolving import HIDDEN, lines_for, meant_by, seen_first
from markets.core.errors import MarketError
from markets.models import Correction, Question
from markets.queries.trail import waiting_correction
from markets.services import corrections
from markets.services.corrections import with_instant
from users.desk import DeskAdmin, editor_of, refusals_beside, status_of


def correct(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    """Say what came true after all, see who would pay and get the difference, then propose it."""
    question = question_or_404(question_id)
    other = elsewhere(request, question, "correct")
    if other is not None:
        return other
    form = answer_form(bound(request), question=question, is_correction=True)
    lines = lines_for(request, question)
    payouts, seen, meant = None, "", ""
    if form.is_bound and form.is_valid() and lines.is_valid():
        answer = form.to_answer(lines.evidence())
        if question.resolution is not None:
            answer = with_instant(answer, standing=question.resolution)
        payouts, seen = seen_first(form, question, answer), form.said()
        meant = meant_by(question, answer, form)
        if payouts is not None and request.POST.get("seen") == seen:
            with refusals_beside(form, MarketError):
                corrections.propose_correction(
                    question_id=question_id,
                    outcome_weights=answer.outcome_weights,
                    value=answer.value,
                    verdict=answer.verdict,
                    effective_at=answer.effective_at,
                    evidence=answer.evidence,
                    rationale=answer.rationale,
                    proposer=editor_of(request),
                    now=timezone.now(),
                )
                return done(
                    request, question, "Proposed. The answer stands until another editor confirms."
                )
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
        is_correction=True,
        citations=citations_of(question),
        answer=answer_of(question.resolution, labels_of(question), question.bins),
    )


def decide(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    """Both answers side by side with the difference that would move, then the decision."""
    question = question_or_404(question_id)
    other = elsewhere(request, question, "correction")
    if other is not None:
        return other
    drops = "drop" in request.POST
    form = ConfirmForm(None if drops else bound(request))
    drop_form = DropForm(bound(request) if drops else None)
    if drops and drop_form.is_valid():
        with refusals_beside(drop_form, MarketError, field_of=HIDDEN):
            corrections.drop_correction(
                question_id=question_id,
                version=drop_form.cleaned_data["version"],
                editor=editor_of(request),
                reason=drop_form.cleaned_data["reason"],
                now=timezone.now(),
            )
            return done(request, question, "The answer stays as it is.")
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError, field_of=HIDDEN):
            corrections.confirm_correction(
                question_id=question_id,
                version=form.cleaned_data["version"],
                editor=editor_of(request),
                now=timezone.now(),
            )
            return done(request, question, "Corrected: the difference is on its way.")
    waiting = waiting_correction(question_id)
    return question_page(
        desk,
        request,
        question,
        "correction",
        status=status_of(drop_form if drops else form),
        form=form,
        drop_form=drop_form,
        waiting=waiting,
        is_own=waiting is not None and waiting.resolution.proposer_id == editor_of(request).pk,
        answer=_proposed(question, waiting),
        standing=answer_of(question.resolution, labels_of(question), question.bins),
        payouts=dry_run_of(question, labels_of(question), waiting.resolution if waiting else None),
        citations=citations_of(question),
    )


def _proposed(question: Question, waiting: Correction | None) -> Answer | None:
    if waiting is None:
        return None
    return answer_of(waiting.resolution, labels_of(question), question.bins)
