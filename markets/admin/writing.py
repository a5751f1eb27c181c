"""Writing questions: from a draft or by hand, revised, previewed, published or rejected."""

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from articles.core.errors import ArticleError
from markets.admin.act_forms import Nothing
from markets.admin.linting import notes_on, notes_on_form
from markets.admin.pages import (
    EDITABLE,
    bound,
    done,
    elsewhere,
    labels_of,
    question_or_404,
    question_page,
    question_url,
    show,
)
from markets.admin.previews import market_preview
from markets.admin.question_form import QuestionForm, initial_of
from markets.core.errors import MarketError
from markets.core.lifecycle import QuestionStatus
from markets.core.money import format_credits
from markets.models import Account, AccountKind, Question
from markets.services import questions
from users.desk import DeskAdmin, editor_of, refusals_beside, status_of

PREVIEW = "preview"


def write(desk: DeskAdmin, request: HttpRequest) -> HttpResponse:
    """A question by hand."""
    form = QuestionForm(bound(request))
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError):
            question = questions.draft_question(
                text=form.to_text(), editor=editor_of(request), now=timezone.now()
            )
            return _saved(request, question)
    return desk.page(
        request,
        "admin/markets/question/write.html",
        title="Write a question",
        status=status_of(form),
        form=form,
        notes=notes_on_form(form),
        notes_url=reverse("admin:markets_question_lint_new"),
    )


def edit(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    """A question's own page: a form until it is published, then everything about it."""
    question = question_or_404(question_id)
    if question.status not in EDITABLE and request.method != "POST":
        return show(desk, request, question)
    form = QuestionForm(bound(request), initial=initial_of(question))
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError):
            question = questions.revise(
                question_id=question_id,
                text=form.to_text(),
                editor=editor_of(request),
                now=timezone.now(),
            )
            return _saved(request, question)
    return question_page(
        desk,
        request,
        question,
        "write",
        status=status_of(form),
        form=form,
        notes=notes_on_form(form, question),
        notes_url=question_url(question, "lint"),
        draft=question.draft,
        rule=question.draft.rule.replace("_", " ") if question.draft else "",
        flags=[flag.replace("_", " ") for flag in question.draft.flags] if question.draft else [],
        changes=question.status_changes.select_related("actor").order_by("-pk"),
    )


def take_up(desk: DeskAdmin, request: HttpRequest, draft_id: int) -> HttpResponse:
    """Make a question of a draft, and go on to edit it."""
    form = Nothing(bound(request))
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError, ArticleError):
            question = questions.take_up_draft(
                draft_id=draft_id, editor=editor_of(request), now=timezone.now()
            )
            messages.success(request, "Taken up. Sharpen it, then preview it.")
            return HttpResponseRedirect(question_url(question))
    for sentence in form.non_field_errors():
        messages.error(request, str(sentence))
    return HttpResponseRedirect(reverse("admin:articles_draft_change", args=[draft_id]))


def preview(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    """What forecasters will see and what it costs; posting publishes."""
    question = question_or_404(question_id)
    other = elsewhere(request, question, "preview")
    if other is not None:
        return other
    form = Nothing(bound(request))
    now = timezone.now()
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError):
            question = questions.publish(
                question_id=question_id, editor=editor_of(request), now=now
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
    return _preview_page(desk, request, question, form)


def _preview_page(
    desk: DeskAdmin, request: HttpRequest, question: Question, form: Nothing
) -> HttpResponse:
    house = Account.objects.filter(kind=AccountKind.HOUSE).aggregate(balance=Sum("balance"))
    return question_page(
        desk,
        request,
        question,
        "preview",
        status=status_of(form),
        form=form,
        notes=notes_on(question),
        notes_page=question_url(question),
        market=market_preview(question, labels_of(question)),
        house_balance=format_credits(house["balance"] or 0),
        can_submit=question.status == QuestionStatus.DRAFT,
        can_publish=question.status in EDITABLE,
        citations=question.citations.select_related("article__source").order_by("pk"),
        opens_now=question.opens_at is None or question.opens_at <= timezone.now(),
    )


def _saved(request: HttpRequest, question: Question) -> HttpResponseRedirect:
    """Say that it was saved, and go where the button said."""
    if request.POST.get("next") == PREVIEW:
        return HttpResponseRedirect(question_url(question, PREVIEW))
    return done(request, question, "Saved.")
