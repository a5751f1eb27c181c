"""What editors made of each rule's drafts: the measure by which a rule earns its weight."""

from dataclasses import dataclass

from django.db.models import Count, Q

from articles.models import Draft, DraftFate


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
