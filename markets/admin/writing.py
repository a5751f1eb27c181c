"""Writing questions: from a draft, with its article beside it, or by hand."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from articles.admin.articles import Piece, pieces_of
from articles.core.errors import ArticleError
from articles.models import Article, Draft
from articles.queries.articles import Mark, article_page
from markets.admin.act_forms import Nothing
from markets.admin.linting import notes_on_form, similar_on_form
from markets.admin.pages import (
    EDITABLE,
    bound,
    done,
    question_or_404,
    question_page,
    question_url,
    show,
)
from markets.admin.question_form import QuestionForm, initial_of
from markets.admin.sketching import sketch_of
from markets.core.errors import MarketError
from markets.models import Question
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
        similar=similar_on_form(form),
        sketch=sketch_of(form),
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
        similar=similar_on_form(form, question),
        sketch=sketch_of(form, question),
        notes_url=question_url(question, "lint"),
        origin=origin_of(question),
        changes=question.status_changes.select_related("actor").order_by("-pk"),
    )


@dataclass(frozen=True)
class Origin:
    """The draft that a question was made of, and its article with the draft's sentence marked."""

    draft: Draft
    rule: str
    flags: tuple[str, ...]
    article: Article
    paragraphs: tuple[list[Piece], ...]


def origin_of(question: Question) -> Origin | None:
    """Where a question comes from, or None where it was written by hand."""
    draft = question.draft
    if draft is None:
        return None
    mark = Mark(draft.pk, draft.version_id, draft.start, draft.end, draft.quote)
    read = article_page(draft.version.article_id, marks=[mark], for_editor=True)
    if read is None:
        return None
    return Origin(
        draft=draft,
        rule=draft.rule.replace("_", " "),
        flags=tuple(flag.replace("_", " ") for flag in draft.flags),
        article=read.article,
        paragraphs=tuple(pieces_of(paragraph, [draft]) for paragraph in read.paragraphs),
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


def _saved(request: HttpRequest, question: Question) -> HttpResponseRedirect:
    """Say that it was saved, and go where the button said."""
    if request.POST.get("next") == PREVIEW:
        return HttpResponseRedirect(question_url(question, PREVIEW))
    return done(request, question, "Saved.")
