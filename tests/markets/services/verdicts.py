"""Questions that are decided and scored by hand, where a test is about what scores add up to."""

from datetime import datetime, timedelta

from markets.models import (
    Profit,
    Question,
    Resolution,
    Score,
    Settlement,
    SettlementState,
    StatusChange,
    Verdict,
)
from tests.instants import NOON
from users.models import User

SECOND = timedelta(seconds=1)


def asked(editor: User, *, key: str, tags: tuple[str, ...] = (), **changes: object) -> Question:
    """A question that was open for the day before NOON, and had no forecasts."""
    values = {
        "slug": key, "title": key, "type": "binary", "resolution_criteria": "It is.",
        "status": "closed", "prior": [0.5, 0.5], "subsidy": 1, "policy_version": 1,
        "opens_at": NOON - timedelta(days=1), "opened_at": NOON - timedelta(days=1),
        "closes_at": NOON, "closed_at": NOON, "resolve_by": NOON, "tags": list(tags),
        "created_by": editor, "created_at": NOON, "updated_at": NOON,
    }  # fmt: skip
    return Question.objects.create(**{**values, **changes})


def resolved(question: Question, *, at: datetime, is_annulled: bool = False) -> Resolution:
    """A version of the answer that was confirmed and paid, and waits for its scores."""
    weights = None if is_annulled else [1.0, *[0.0] * (len(question.prior) - 1)]
    resolution = Resolution.objects.create(
        question=question, version=question.resolutions.count() + 1, outcome_weights=weights,
        verdict=Verdict.ANNULLED if is_annulled else Verdict.OUTCOME, effective_at=NOON,
        proposer=question.created_by, proposed_at=at, challenge_until=at,
    )  # fmt: skip
    StatusChange.objects.create(
        question=question, from_status="proposed", to_status="resolved", changed_at=at
    )
    Settlement.objects.create(
        resolution=resolution, due_at=at, state=SettlementState.SETTLED, settled_at=at
    )
    question.resolution = resolution
    question.save(update_fields=["resolution"])
    return resolution


def scored(
    resolution: Resolution,
    *,
    at: datetime,
    peers: dict[User, float] | None = None,
    profits: dict[User, int] | None = None,
    **kinds: float | None,
) -> Resolution:
    """Give a resolution its scores: the peer score of each, and the same of every other kind."""
    values = {
        "baseline": 10.0, "brier": 0.5, "relative_brier": -0.1, "log": -0.5, "coverage": 0.5,
        "attainable_coverage": 1.0, "scored_at": at, **kinds,
    }  # fmt: skip
    for forecaster, peer in (peers or {}).items():
        Score.objects.update_or_create(
            resolution=resolution, forecaster=forecaster,
            defaults={"question_id": resolution.question_id, "peer": peer, **values},
        )  # fmt: skip
    for trader, amount in (profits or {}).items():
        Profit.objects.update_or_create(
            resolution=resolution, trader=trader,
            defaults={
                "question_id": resolution.question_id, "amount": amount, "scored_at": at
            },
        )  # fmt: skip
    Settlement.objects.filter(resolution=resolution).update(
        state=SettlementState.SCORED, scored_at=at
    )
    return resolution
