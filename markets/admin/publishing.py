"""From a written question to an open one: previewed, reviewed, published, scheduled anew."""

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from markets.admin.act_forms import Nothing, OpeningForm, PublishForm
from markets.admin.answer_words import labels_of
from markets.admin.linting import notes_on
from markets.admin.pages import (
    EDITABLE,
    bound,
    citations_of,
    done,
    elsewhere,
    question_or_404,
    question_page,
    question_url,
)
from markets.admin.previews import market_preview
from markets.core.errors import MarketError
from markets.core.lifecycle import QuestionStatus
from markets.core.money import format_credits
from markets.models import Account, AccountKind, Question
from markets.queries.desk import submitter_of
from markets.services import questions
from users.desk import DeskAdmin, editor_of, refusals_beside, status_of


def preview(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    """What forecasters will see and what it costs; posting publishes."""
    question = question_or_404(question_id)
    other = elsewhere(request, question, "preview")
    if other is not None:
        return other
    form = PublishForm(bound(request))
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError):
            question = questions.publish(
                question_id=question_id,
                editor=editor_of(request),
                now=timezone.now(),
                override_reason=form.cleaned_data["override_reason"],
            )
            is_open = question.status == QuestionStatus.OPEN
            said = "Published: it is open." if is_open else "Published: it opens when it is due."
            return done(request, question, said)
    return _preview_page(desk, request, question, form)


def submit(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    """Ask another editor to look at it."""
    question = question_or_404(question_id)
    form = Nothing(bound(request))
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError):
            question = questions.submit_for_review(
                question_id=question_id, editor=editor_of(request), now=timezone.now()
            )
            return done(request, question, "Submitted: it waits for another editor.")
    return _preview_page(desk, request, question, PublishForm(), refused=form)


def reschedule(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    """Move the opening of a question that is published but not open yet."""
    question = question_or_404(question_id)
    other = elsewhere(request, question, "reschedule")
    if other is not None:
        return other
    form = OpeningForm(bound(request), initial={"opens_at": question.opens_at})
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError):
            question = questions.reschedule(
                question_id=question_id,
                opens_at=form.cleaned_data["opens_at"],
                editor=editor_of(request),
                now=timezone.now(),
            )
            is_open = question.status == QuestionStatus.OPEN
            return done(request, question, "It is open." if is_open else "Its opening was moved.")
    return question_page(desk, request, question, "reschedule", status=status_of(form), form=form)


def _preview_page(
    desk: DeskAdmin,
    request: HttpRequest,
    question: Question,
    form: PublishForm,
    *,
    refused: Nothing | None = None,
) -> HttpResponse:
    house = Account.objects.filter(kind=AccountKind.HOUSE).aggregate(balance=Sum("balance"))
    notes = notes_on(question)
    return question_page(
        desk,
        request,
        question,
        "preview",
        status=status_of(refused or form),
        form=refused or form,
        publish_form=form,
        notes=notes,
        notes_page=question_url(question),
        has_errors="error" in dict(notes.counts),
        market=market_preview(question, labels_of(question)),
        house_balance=format_credits(house["balance"] or 0),
        can_submit=question.status == QuestionStatus.DRAFT,
        can_publish=question.status in EDITABLE,
        is_in_review=question.status == QuestionStatus.REVIEW,
        is_own_review=submitter_of(question) == editor_of(request).pk,
        citations=citations_of(question),
        opens_now=question.opens_at is None or question.opens_at <= timezone.now(),
    )
