"""The list of questions, by queue; and the way to the pages about one of them."""

from functools import partial

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from markets.admin import (
    clarifying,
    correcting,
    featuring,
    linting,
    liquidity,
    publishing,
    resolving,
    running,
    writing,
)
from markets.admin.pages import labels_of, verdict
from markets.admin.previews import percent
from markets.core.bin_words import median_words
from markets.core.lifecycle import QuestionStatus
from markets.core.money import format_credits
from markets.models import Correction, Question, SettlementState
from users.desk import DeskAdmin, View, display, is_editor, moment_column

STATUS_COLOURS = {
    "draft": "info",
    "review": "warning",
    "open": "success",
    "halted": "danger",
    "closed": "warning",
    "proposed": "warning",
    "challenged": "danger",
}
QUEUES = {
    "written": "Being written",
    "in_review": "In review",
    "scheduled": "Scheduled",
    "due_for_resolution": "To resolve",
    "proposed": "Proposed",
    "challenged": "Challenged",
    "corrections": "Corrections to decide",
    "settling": "Being paid and scored",
}


class QueueFilter(admin.SimpleListFilter):
    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return list(QUEUES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        name = self.value()
        return queryset.filter(_in_queue(name)) if name in QUEUES else queryset


def _in_queue(name: str | None) -> Q:
    status = QuestionStatus
    return {
        "written": Q(status=status.DRAFT),
        "in_review": Q(status=status.REVIEW),
        "scheduled": Q(status=status.SCHEDULED),
        "due_for_resolution": Q(status=status.CLOSED)
        | Q(status=status.OPEN, resolve_by__lte=timezone.now()),
        "proposed": Q(status=status.PROPOSED),
        "challenged": Q(status=status.CHALLENGED),
        "corrections": Q(pk__in=Correction.objects.filter(decision="").values("question_id")),
        "settling": Q(
            resolution__settlement__state__in=[
                SettlementState.DUE, SettlementState.SETTLING, SettlementState.SETTLED,
            ]
        ),
    }[name or ""]  # fmt: skip


@admin.register(Question)
class QuestionAdmin(DeskAdmin):
    list_display = ("headline", "standing", "odds", "closes", "forecasters", "volume")
    closes = moment_column("closes_at", "Closes")
    list_filter = (QueueFilter, "status", "type")
    list_select_related = ("market", "resolution", "created_by", "draft__version__article")
    search_fields = ("title", "resolution_criteria")
    search_help_text = "Words of the question or of its criteria"
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_editor(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        questions: QuerySet[Question] = super().get_queryset(request)
        return questions.prefetch_related("outcomes").defer("draft__version__text")

    def desk_urls(self) -> list[tuple[str, View, str]]:
        reasoned = [
            (f"<int:question_id>/{name}/", partial(running.act_with_reason, self, name=name), name)
            for name in running.REASONED_ACTS
        ]
        return [
            *reasoned,
            ("take-up/<int:draft_id>/", partial(writing.take_up, self), "take_up"),
            ("<int:question_id>/preview/", partial(publishing.preview, self), "preview"),
            ("<int:question_id>/submit/", partial(publishing.submit, self), "submit"),
            ("<int:question_id>/reschedule/", partial(publishing.reschedule, self), "reschedule"),
            ("<int:question_id>/feature/", featuring.feature, "feature"),
            ("<int:question_id>/unfeature/", featuring.unfeature, "unfeature"),
            ("<int:question_id>/clarify/", partial(clarifying.clarify_page, self), "clarify"),
            ("<int:question_id>/liquidity/", partial(liquidity.add, self), "liquidity"),
            ("<int:question_id>/propose/", partial(resolving.propose, self), "propose"),
            ("<int:question_id>/confirm/", partial(resolving.confirm, self), "confirm"),
            ("<int:question_id>/correct/", partial(correcting.correct, self), "correct"),
            ("<int:question_id>/correction/", partial(correcting.decide, self), "correction"),
            ("<int:question_id>/annul/", partial(resolving.annul, self), "annul"),
            ("<int:question_id>/change/", partial(writing.edit, self), "change"),
            ("<int:question_id>/lint/", partial(linting.follow, self), "lint"),
            ("lint/", partial(linting.follow, self), "lint_new"),
            ("add/", partial(writing.write, self), "add"),
        ]

    @display("Question", header=True)
    def headline(self, question: Question) -> tuple[str, str]:
        draft = question.draft
        origin = draft.version.article.title if draft else f"by hand, {question.created_by}"
        return question.title, origin

    @display("Status", ordering="status", label=STATUS_COLOURS)
    def standing(self, question: Question) -> tuple[str, str]:
        return question.status, question.get_status_display()

    @display("Odds or answer")
    def odds(self, question: Question) -> str:
        labels, decided = labels_of(question), question.resolution
        if question.status in {"resolved", "final", "annulled"} and decided is not None:
            return verdict(decided, labels, question.bins)
        market = getattr(question, "market", None)
        probabilities = market.probabilities if market else question.prior
        if question.bins is not None:
            return f"median {median_words(question.bins, probabilities)}"
        leading = max(range(len(labels)), key=lambda index: probabilities[index])
        shown = 0 if question.type == "binary" else leading
        return f"{labels[shown]} {percent(probabilities[shown])}"

    @display("Forecasters", ordering="forecaster_count")
    def forecasters(self, question: Question) -> int:
        return question.forecaster_count

    @display("Volume", ordering="market__volume")
    def volume(self, question: Question) -> str:
        market = getattr(question, "market", None)
        return format_credits(market.volume) if market else "–"
