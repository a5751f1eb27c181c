"""What the language model was asked today, how it went, and what it cost."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet, Sum

from articles.models import Consultation, ConsultationState

_TOKENS = Sum(F("tokens_in") + F("tokens_out") + F("tokens_reserved"), default=0)


def day_start(now: datetime) -> datetime:
    """When the day of a budget began: midnight, in UTC as every instant here."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDay:
    """One day of the language model; `trouble` is what went wrong last and is not over."""

    asked: int
    waiting: int
    failed: int
    drafts_made: int
    drafts_agreed: int
    tokens: int
    trouble: str


def tokens_spent(now: datetime) -> int:
    """The tokens of this day (UTC) so far, reserved ones included.

    What a text cost over several days counts on the last of them.
    """
    total: int = _today(now).aggregate(total=_TOKENS)["total"]
    return total


def model_day(now: datetime) -> ModelDay:
    """How it has gone with the language model on this day (UTC) so far."""
    counted = _today(now).aggregate(
        asked=Count("pk"),
        waiting=Count("pk", filter=Q(state=ConsultationState.WAITING)),
        failed=Count("pk", filter=Q(state=ConsultationState.FAILED)),
        drafts_made=Sum("drafts_made", default=0),
        drafts_agreed=Sum("drafts_agreed", default=0),
        tokens=_TOKENS,
    )
    last = _today(now).order_by("-asked_at", "-pk").values_list("error", flat=True).first()
    return ModelDay(**counted, trouble=last or "")


def _today(now: datetime) -> QuerySet[Consultation]:
    return Consultation.objects.filter(asked_at__gte=day_start(now))
