"""What waits for the editors, and for the workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q
from django.db.models.functions import Coalesce

from articles.models import Draft
from markets.core.lifecycle import QuestionStatus
from markets.core.settlement import payout
from markets.models import LinkSuggestion, Position, Question, Settlement, SettlementState

_DONE_WITH = (SettlementState.SCORED, SettlementState.SUPERSEDED)


@dataclass(frozen=True)
class Queues:
    """How many things wait at each desk; stories are those whose drafts wait."""

    stories: int
    drafts_proposed: int
    links_proposed: int
    written: int
    in_review: int
    scheduled: int
    due_for_resolution: int
    proposed: int
    challenged: int
    settling: int


@dataclass(frozen=True)
class PayoutRow:
    trader_name: str
    shares: tuple[int, ...]
    payout: int
    profit: int


def waiting(*, now: datetime) -> Queues:
    status = QuestionStatus
    counts = Question.objects.aggregate(
        written=Count("pk", filter=Q(status=status.DRAFT)),
        in_review=Count("pk", filter=Q(status=status.REVIEW)),
        scheduled=Count("pk", filter=Q(status=status.SCHEDULED)),
        due_for_resolution=Count(
            "pk", filter=Q(status=status.CLOSED) | Q(status=status.OPEN, resolve_by__lte=now)
        ),
        proposed=Count("pk", filter=Q(status=status.PROPOSED)),
        challenged=Count("pk", filter=Q(status=status.CHALLENGED)),
        # The same for every row, so that one query counts both.
        links_proposed=Coalesce(Max(LinkSuggestion.objects.waiting().as_count()), 0),
    )
    drafts = Draft.objects.waiting().aggregate(
        drafts_proposed=Count("pk"), stories=Count("version__article__story", distinct=True)
    )
    return Queues(
        **drafts,
        settling=Settlement.objects.exclude(state__in=_DONE_WITH).count(),
        **counts,
    )


def payouts_if(question_id: int, outcome_weights: Sequence[float]) -> tuple[PayoutRow, ...]:
    """Who would get what if this were the resolution, largest first: a dry run."""
    positions = Position.objects.filter(market_id=question_id).select_related("trader")
    rows = []
    for position in positions:
        paid = payout(position.shares, outcome_weights)
        profit = position.received + paid - position.spent
        rows.append(PayoutRow(position.trader.name, tuple(position.shares), paid, profit))
    return tuple(sorted(rows, key=lambda row: (-row.payout, row.trader_name)))


def submitter_of(question: Question) -> int | None:
    """The id of the editor who submitted a question that waits for review; else None."""
    if question.status != QuestionStatus.REVIEW:
        return None
    submitted = question.status_changes.filter(to_status=QuestionStatus.REVIEW).order_by("-pk")
    return submitted.values_list("actor_id", flat=True).first()
