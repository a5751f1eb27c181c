"""The payments that are due or under way: for the sweeps, for the desk, and for Prometheus."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from markets.models import IN_PAYMENT, UNFINISHED, Settlement, SettlementState

SHOWN = 50
ENDED_SHOWN_FOR = timedelta(days=2)
_FAILING = Q(state__in=UNFINISHED, attempts__gt=0)


@dataclass(frozen=True)
class Progress:
    """How far a settlement has come; amounts in microcredits."""

    settlement: Settlement
    question_id: int
    title: str
    version: int
    per_second: float | None
    seconds_left: float | None

    @property
    def share(self) -> float:
        """Of its positions, how many are done: from 0 to 1."""
        if self.settlement.position_count:
            return self.settlement.done_count / self.settlement.position_count
        return 0.0 if self.is_in_payment else 1.0

    @property
    def per_mille(self) -> int:
        return int(self.share * 1000)

    @property
    def is_in_payment(self) -> bool:
        return self.settlement.state in IN_PAYMENT

    @property
    def is_failing(self) -> bool:
        return self.settlement.state in UNFINISHED and self.settlement.attempts > 0


@dataclass(frozen=True)
class Load:
    """What Prometheus is told about settlements."""

    due: int
    settling: int
    failing: int
    positions_left: int
    oldest_seconds: float


def settlements_due(*, now: datetime) -> list[int]:
    """The resolutions to pay now, those first that were served longest ago."""
    return list(
        Settlement.objects.filter(_may_be_tried(now), state__in=IN_PAYMENT)
        .order_by(F("next_attempt_at").asc(nulls_first=True), "due_at", "pk")
        .values_list("pk", flat=True)
    )


def settlements_to_score(*, now: datetime) -> list[int]:
    """The resolutions that are paid and to be scored now, oldest first."""
    return list(
        Settlement.objects.filter(_may_be_tried(now), state=SettlementState.SETTLED)
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)
    )


def payments(*, now: datetime) -> tuple[Progress, ...]:
    """What is being paid or cannot be scored, failures first; then what was paid of late."""
    rows, is_waiting = _with_questions(), Q(state__in=IN_PAYMENT) | _FAILING
    under_way = rows.filter(is_waiting).order_by("-attempts", "due_at", "pk")[:SHOWN]
    lately = rows.exclude(is_waiting).filter(due_at__gte=now - ENDED_SHOWN_FOR)
    ended = lately.order_by(F("settled_at").desc(nulls_last=True), "-pk")[:SHOWN]
    return tuple(_progress(row, now) for row in (*under_way, *ended))


def payments_of(question_id: int, *, now: datetime) -> tuple[Progress, ...]:
    """Every version's settlement of one question, the newest first."""
    rows = _with_questions().filter(resolution__question_id=question_id)
    return tuple(_progress(row, now) for row in rows.order_by("-resolution__version"))


def load(*, now: datetime) -> Load:
    rows = Settlement.objects.filter(state__in=IN_PAYMENT).values_list(
        "state", "attempts", "position_count", "done_count", "due_at"
    )
    waiting = list(rows)
    unscored = Settlement.objects.filter(_FAILING, state=SettlementState.SETTLED)
    return Load(
        due=sum(state == SettlementState.DUE for state, *_ in waiting),
        settling=sum(state == SettlementState.SETTLING for state, *_ in waiting),
        failing=sum(attempts > 0 for _, attempts, *_ in waiting) + unscored.count(),
        positions_left=sum(count - done for _, _, count, done, _ in waiting),
        oldest_seconds=max(
            (max(0.0, (now - due_at).total_seconds()) for *_, due_at in waiting), default=0.0
        ),
    )


def _may_be_tried(now: datetime) -> Q:
    return Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)


def _with_questions() -> QuerySet[Settlement]:
    return Settlement.objects.select_related("resolution__question", "confirmed_by")


def _progress(settlement: Settlement, now: datetime) -> Progress:
    resolution = settlement.resolution
    per_second = _rate(settlement, now)
    left = settlement.position_count - settlement.done_count
    return Progress(
        settlement=settlement,
        question_id=resolution.question_id,
        title=resolution.question.title,
        version=resolution.version,
        per_second=per_second,
        seconds_left=left / per_second
        if per_second and settlement.state == SettlementState.SETTLING
        else None,
    )


def _rate(settlement: Settlement, now: datetime) -> float | None:
    """Positions a second since it began; None where that cannot be said yet."""
    if settlement.begun_at is None or not settlement.done_count:
        return None
    seconds = ((settlement.settled_at or now) - settlement.begun_at).total_seconds()
    return settlement.done_count / seconds if seconds > 0 else None
