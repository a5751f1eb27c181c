"""What waits for the editors, and for the workers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q
from django.db.models.functions import Coalesce

from articles.models import Draft
from markets.core.lifecycle import QuestionStatus
from markets.models import Correction, LinkSuggestion, Question, Settlement, SettlementState

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
    corrections: int
    settling: int


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
        corrections=Count(
            "pk", filter=Q(pk__in=Correction.objects.filter(decision="").values("question_id"))
        ),
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


def submitter_of(question: Question) -> int | None:
    """The id of the editor who submitted a question that waits for review; else None."""
    if question.status != QuestionStatus.REVIEW:
        return None
    submitted = question.status_changes.filter(to_status=QuestionStatus.REVIEW).order_by("-pk")
    return submitted.values_list("actor_id", flat=True).first()
