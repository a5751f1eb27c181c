"""What editors made of each rule's drafts: the measure by which a rule earns its weight."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q

from articles.core.acceptance import lesson
from articles.models import Draft, DraftFate

REMEMBERED: Final = timedelta(days=180)


@dataclass(frozen=True)
class RuleRecord:
    """How many drafts of a rule were taken up, were rejected, and wait to be looked at."""

    rule: str
    taken_up: int
    rejected: int
    waiting: int

    @property
    def decided(self) -> int:
        return self.taken_up + self.rejected

    @property
    def acceptance(self) -> float | None:
        """The share of the decided that was taken up; None while nothing is decided."""
        return self.taken_up / self.decided if self.decided else None

    @property
    def name(self) -> str:
        """The rule's name in words.

        >>> RuleRecord("next_in_series", 3, 1, 0).name
        'next in series'
        """
        return self.rule.replace("_", " ")


def lessons_of(now: datetime) -> dict[str, float]:
    """What the decisions of the last while teach about each rule, by its name.

    Older ones are forgotten, so a rule that was turned down until nobody saw its drafts any more
    gets another chance.
    """
    since = now - REMEMBERED
    rows = (
        Draft.objects.filter(decided_at__gte=since, decided_at__lte=now)
        .order_by("rule")
        .values_list("rule")
        .annotate(
            taken_up=Count("pk", filter=Q(fate=DraftFate.TAKEN_UP)),
            decided=Count("pk"),
        )
    )
    return {rule: lesson(taken_up, decided) for rule, taken_up, decided in rows}


def rule_records() -> list[RuleRecord]:
    """The record of every rule that has made a draft, those with the most decided first."""

    def fates(fate: DraftFate) -> Count:
        return Count("pk", filter=Q(fate=fate))

    rows = (
        Draft.objects.order_by("rule")
        .values_list("rule")
        .annotate(
            taken_up=fates(DraftFate.TAKEN_UP),
            rejected=fates(DraftFate.REJECTED),
            waiting=Count(
                "pk", filter=Q(fate=DraftFate.PROPOSED, version__article__archived_at=None)
            ),
        )
    )
    records = [RuleRecord(*row) for row in rows]
    return sorted(records, key=lambda record: (-record.decided, -record.waiting, record.rule))
