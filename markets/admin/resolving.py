"""Deciding what came true: proposed by one editor, confirmed by another, or annulled."""

from collections.abc import Collection

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from articles.models import Article
from markets.admin.act_forms import (
    AnnulForm,
    AnswerForm,
    Nothing,
    ValueAnswerForm,
    evidence_lines,
)
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
from markets.admin.previews import MoneyTable, payout_table, refund_table
from markets.admin.suggestions import proposal_start
from markets.core.errors import MarketError
from markets.core.settlement import InvalidWeights
from markets.models import Question
from markets.services import resolution
from users.desk import DeskAdmin, editor_of, refusals_beside, status_of

ARTICLES_OFFERED = 30


def propose(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    """Choose the answer with its evidence, see who would get what, then propose it.

    The dry run comes first: a proposal is only made by a post that names the very weights whose
    payouts were on the page that it came from.
    """
    question = question_or_404(question_id)
    other = elsewhere(request, question, "propose")
    if other is not None:
        return other
    answers = AnswerForm if question.bins is None else ValueAnswerForm
    start, quoted = proposal_start(request, question)
    form = answers(bound(request), question=question, initial=start)
    articles = _articles_for(question, {each["article"] for each in quoted})
    lines = evidence_lines(bound(request), articles=articles, initial=quoted)
    payouts, seen, meant = None, "", ""
    if form.is_bound and form.is_valid() and lines.is_valid():
        weights, value = form.cleaned_data["weights"], form.cleaned_data.get("value")
        with refusals_beside(form, InvalidWeights):
            payouts, seen = payout_table(question, labels_of(question), weights), _seen(form)
            meant = "" if value is None else labels_of(question)[weights.index(1.0)]
        if payouts is not None and request.POST.get("seen") == seen:
            with refusals_beside(form, MarketError):
                resolution.propose(
                    question_id=question_id,
                    outcome_weights=weights if value is None else None,
                    value=value,
                    evidence=lines.evidence(),
                    rationale=form.cleaned_data["rationale"],
                    proposer=editor_of(request),
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
    form = Nothing(bound(request))
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError):
            resolution.confirm(
                question_id=question_id, editor=editor_of(request), now=timezone.now()
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
        payouts=_payouts_of(question),
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
        refunds=refund_table(question, labels_of(question)),
    )


def _payouts_of(question: Question) -> MoneyTable | None:
    standing = question.resolution
    if standing is None or standing.outcome_weights is None:
        return None
    return payout_table(question, labels_of(question), standing.outcome_weights)


def _articles_for(question: Question, quoted: Collection[object]) -> list[tuple[int, str]]:
    """Articles to choose from as evidence: those cited or quoted already, then the newest."""
    named = Q(citations__question=question) | Q(pk__in=[each for each in quoted if each])
    cited = list(Article.objects.filter(named).distinct().values_list("pk", "title"))
    known = {pk for pk, _ in cited}
    newest = Article.objects.exclude(pk__in=known).order_by("-published_at", "-pk")
    return cited + list(newest.values_list("pk", "title")[:ARTICLES_OFFERED])


def _seen(form: AnswerForm | ValueAnswerForm) -> str:
    """The answer whose payouts a page shows: the value, or the weights."""
    chosen = form.cleaned_data
    return " ".join(map(repr, [chosen["value"]] if "value" in chosen else chosen["weights"]))
