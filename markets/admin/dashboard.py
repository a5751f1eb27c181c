"""The desk's first page: what waits, what came in, what is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Draft, Feed
from articles.queries.acceptance import rule_records
from articles.queries.consultations import model_day
from articles.services.providers.language_model import configured
from markets.admin.navigation import queues_of
from markets.admin.questions import QUEUES
from markets.core.lifecycle import QuestionStatus
from markets.models import Question
from users.desk import count_of

NEWEST_COUNT = 10
DUE_COUNT = 8
DUE_WITHIN = timedelta(days=7)
GIVEN_UP_SHOWN = timedelta(days=14)
GIVEN_UP_COUNT = 5
_URGENT = frozenset({"due_for_resolution", "challenged", "corrections"})


@dataclass(frozen=True)
class Tile:
    label: str
    count: int
    url: str
    is_urgent: bool


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    return {
        **context,
        "tiles": _tiles(request),
        "newest_articles": newest_articles()[:NEWEST_COUNT],
        "due_questions": due_questions()[:DUE_COUNT],
        "rule_records": rule_records(),
        "language_model": _language_model(),
        "given_up_feeds": given_up_feeds(now=timezone.now()),
        "now": timezone.now(),
    }


def _language_model() -> dict[str, Any] | None:
    """The language model and its day so far; nothing where none is configured."""
    endpoint = configured()
    if endpoint is None:
        return None
    return {
        "name": endpoint.model,
        "day": model_day(timezone.now()),
        "budget": settings.LLM_TOKENS_A_DAY,  # type: ignore[misc]  # the stubs miss it
    }


def newest_articles() -> QuerySet[Article]:
    """Articles, newest first, with how many drafts wait and how many questions cite each."""
    waiting = Draft.objects.waiting()
    return (
        Article.objects.select_related("source")
        .annotate(
            waiting_count=count_of(waiting, "version__article"),
            question_count=count_of(Question.objects.all(), "citations__article"),
        )
        .order_by("-added_at", "-pk")
    )


def given_up_feeds(*, now: datetime) -> list[Feed]:
    """The feeds that failed until they were given up, as long as that is news."""
    lately = Feed.objects.given_up().filter(disabled_at__gte=now - GIVEN_UP_SHOWN)
    return list(lately.select_related("source")[:GIVEN_UP_COUNT])


def due_questions() -> QuerySet[Question]:
    """Questions whose trading or whose answer ends soon, or should have."""
    soon = timezone.now() + DUE_WITHIN
    return Question.objects.filter(
        Q(status=QuestionStatus.CLOSED)
        | Q(status__in=[QuestionStatus.OPEN, QuestionStatus.HALTED], closes_at__lte=soon)
    ).order_by("resolve_by", "pk")


def _tiles(request: HttpRequest) -> list[Tile]:
    queues = queues_of(request)
    drafts = Tile(
        "Drafts to look at",
        queues.drafts_proposed,
        reverse("admin:articles_draft_changelist") + "?fate__exact=proposed",
        is_urgent=False,
    )
    links = Tile(
        "Links to confirm",
        queues.links_proposed,
        reverse("admin:markets_linksuggestion_queue"),
        is_urgent=False,
    )
    questions = reverse("admin:markets_question_changelist")
    return [drafts, links] + [
        Tile(label, getattr(queues, name), f"{questions}?queue={name}", name in _URGENT)
        for name, label in QUEUES.items()
    ]
