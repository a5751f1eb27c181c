"""Moving a question through its life: each step is logged, the clock takes those that are due."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from markets.core.lifecycle import QuestionStatus, due_transition, require_transition
from markets.models import EndReason, Market, Question, StatusChange
from markets.services import crowd
from markets.services.authority import require_editor
from markets.services.locks import lock_market_of, lock_question
from markets.services.release import end_resting_orders
from markets.services.sweeps import for_each
from users.models import User

_ENDS_TRADING = {QuestionStatus.CLOSED, QuestionStatus.PROPOSED, QuestionStatus.ANNULLED}
_STAMPS = {
    QuestionStatus.PROPOSED: "proposed_at",
    QuestionStatus.RESOLVED: "resolved_at",
    QuestionStatus.FINAL: "final_at",
}


def move(
    question: Question, to: QuestionStatus, *, actor: User | None, reason: str = "", now: datetime
) -> None:
    """Take one step of the table on a question that the caller has locked.

    The market's row is locked too, because a trade reads the status under that lock alone.
    """
    require_transition(question.status, to)
    market = lock_market_of(question)
    if question.status == QuestionStatus.OPEN:
        because = EndReason.HALTED if to == QuestionStatus.HALTED else EndReason.CLOSED
        end_resting_orders(market_id=question.pk, reason=because, now=now)
    StatusChange.objects.create(
        question=question, from_status=question.status, to_status=to, actor=actor,
        reason=reason, changed_at=now,
    )  # fmt: skip
    question.status = to
    question.updated_at = now
    if to == QuestionStatus.OPEN and question.opened_at is None:
        question.opened_at = now
    if to in _ENDS_TRADING and question.closed_at is None:
        question.closed_at = end_of_trading(market, now)
        crowd.let_end_before_close(question, closed_at=question.closed_at)
    if to in _STAMPS:
        setattr(question, _STAMPS[to], now)
    question.save()


def end_of_trading(market: Market | None, now: datetime) -> datetime:
    """Return `now`, or just after the last fill where the database's clock was ahead of ours."""
    if market is None or market.last_fill_at is None:
        return now
    return max(now, market.last_fill_at + timedelta(microseconds=1))


@transaction.atomic
def halt(*, question_id: int, editor: User, reason: str, now: datetime) -> Question:
    """Stop trading for a while; forecasts go on."""
    return _step(question_id, QuestionStatus.HALTED, editor, reason, now)


@transaction.atomic
def resume(*, question_id: int, editor: User, reason: str, now: datetime) -> Question:
    return _step(question_id, QuestionStatus.OPEN, editor, reason, now)


@transaction.atomic
def close(*, question_id: int, editor: User, reason: str, now: datetime) -> Question:
    """Close before the scheduled time, for good; what the clock has closed already stays so."""
    require_editor(editor)
    question = lock_question(question_id)
    if not (catch_up(question, now=now) and question.status == QuestionStatus.CLOSED):
        move(question, QuestionStatus.CLOSED, actor=editor, reason=reason, now=now)
    return question


@transaction.atomic
def halt_on_finding(*, market_id: int, reason: str, now: datetime) -> bool:
    """Stop trading on an open market whose books do not add up; False where it is not open."""
    question = lock_question(market_id)
    if question.status != QuestionStatus.OPEN:
        return False
    move(question, QuestionStatus.HALTED, actor=None, reason=reason, now=now)
    return True


def advance_due(*, now: datetime, limit: int = 100) -> int:
    """Open and close what is due, each in a transaction of its own; return how many steps.

    Safe to run twice, late, or on ten machines at once: whoever holds a question's lock takes its
    step, the others pass it by and find nothing left to do.
    """
    due = (
        Question.objects.filter(
            Q(status=QuestionStatus.SCHEDULED, opens_at__lte=now)
            | Q(status__in=[QuestionStatus.OPEN, QuestionStatus.HALTED], closes_at__lte=now)
        )
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )
    return for_each(list(due), lambda question_id: advance(question_id=question_id, now=now))


@transaction.atomic
def advance(*, question_id: int, now: datetime) -> bool:
    """Take the step that the clock makes due.

    A question opens and closes at its scheduled times even where nobody comes by until later: no
    trade or forecast was taken after its close, so that is when it ended.
    """
    question = (
        Question.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=question_id)
        .first()
    )
    return question is not None and _take_due_step(question, now=now)


def catch_up(question: Question, *, now: datetime) -> bool:
    """Take every step that the clock makes due on a question that the caller has locked.

    For those who decide about a question before the sweep comes by: it closed when it was to.
    """
    moved = False
    while _take_due_step(question, now=now):
        moved = True
    return moved


def _take_due_step(question: Question, *, now: datetime) -> bool:
    step = due_transition(
        question.status, now=now, opens_at=question.opens_at, closes_at=question.closes_at
    )
    if step is None:
        return False
    scheduled = question.opens_at if step == QuestionStatus.OPEN else question.closes_at
    move(question, step, actor=None, now=scheduled or now)
    return True


def _step(
    question_id: int, to: QuestionStatus, editor: User, reason: str, now: datetime
) -> Question:
    require_editor(editor)
    question = lock_question(question_id)
    move(question, to, actor=editor, reason=reason, now=now)
    return question
