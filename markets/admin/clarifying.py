"""Adding a dated clarification to a question whose rules are frozen."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from markets.admin.act_forms import ClarificationForm
from markets.admin.pages import bound, done, elsewhere, question_or_404, question_page
from markets.core.errors import MarketError
from markets.queries.record import clarifications_of
from markets.services.clarifications import clarify
from users.desk import DeskAdmin, editor_of, refusals_beside, status_of


def clarify_page(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    question = question_or_404(question_id)
    other = elsewhere(request, question, "clarify")
    if other is not None:
        return other
    form = ClarificationForm(bound(request))
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError):
            clarify(
                question_id=question_id,
                text=form.cleaned_data["text"],
                editor=editor_of(request),
                now=timezone.now(),
            )
            return done(request, question, "Clarified: everybody sees it beside the rules.")
    return question_page(
        desk, request, question, "clarify",
        status=status_of(form), form=form, clarifications=clarifications_of(question.pk),
    )  # fmt: skip
