"""The life of one question as a row of dated steps, those done and those ahead."""

from dataclasses import dataclass
from datetime import datetime

from markets.core.lifecycle import QuestionStatus
from markets.models import Question, Resolution, Settlement, Verdict


@dataclass(frozen=True)
class Step:
    name: str
    at: datetime | None
    is_done: bool
    note: str = ""


def lifeline(question: Question, answer: Resolution | None) -> tuple[Step, ...]:
    """From opening to payout: what happened with its date, what is to come with its schedule."""
    settlement: Settlement | None = getattr(answer, "settlement", None)
    if question.status == QuestionStatus.ANNULLED:
        return _annulled(question, answer, settlement)
    steps = [
        Step(
            "Opened" if question.opened_at else "Opens",
            question.opened_at or question.opens_at,
            question.opened_at is not None,
        ),
        Step(
            "Closed" if question.closed_at else "Closes",
            question.closed_at or question.closes_at,
            question.closed_at is not None,
            "" if question.closed_at else "The last moment to forecast and to trade.",
        ),
    ]
    return (*steps, *_answer_steps(question, answer), *_payment_steps(answer, settlement))


def _answer_steps(question: Question, answer: Resolution | None) -> tuple[Step, ...]:
    if answer is None:
        return (Step("Answer due by", question.resolve_by, is_done=False),)
    proposed = Step("Answer proposed", answer.proposed_at, is_done=True)
    if question.status == QuestionStatus.PROPOSED:
        note = "Until then, forecasters and traders may challenge it."
        window = Step("Challenge window ends", answer.challenge_until, is_done=False, note=note)
        return proposed, window
    if question.status == QuestionStatus.CHALLENGED:
        challenged = Step("Challenged", answer.challenge.made_at, is_done=True)
        return proposed, challenged, Step("Editors decide", None, is_done=False)
    if hasattr(answer, "correction"):
        proposed = Step("Correction proposed", answer.proposed_at, is_done=True)
        return proposed, Step("Corrected", question.resolved_at, is_done=True)
    return proposed, Step("Resolved", question.resolved_at, is_done=True)


def _payment_steps(answer: Resolution | None, settlement: Settlement | None) -> tuple[Step, ...]:
    is_paid = settlement is not None and settlement.settled_at is not None
    if answer is not None and answer.is_refunded:
        paid_at = settlement.settled_at if settlement else None
        return (Step("Trades refunded", paid_at, is_done=is_paid),)
    if settlement is None:
        return (Step("Positions paid, forecasts scored", None, is_done=False),)
    return (
        Step("Positions paid", settlement.settled_at, is_paid),
        Step("Forecasts scored", settlement.scored_at, settlement.scored_at is not None),
    )


def _annulled(
    question: Question, answer: Resolution | None, settlement: Settlement | None
) -> tuple[Step, ...]:
    steps = [Step("Opened", question.opened_at, is_done=True)] if question.opened_at else []
    if answer is not None and answer.verdict == Verdict.ANNULLED:
        steps.append(Step("Annulled", answer.proposed_at, is_done=True))
    if settlement is not None:
        paid = settlement.settled_at
        steps.append(Step("Trades refunded", paid, is_done=paid is not None))
    return tuple(steps)
