"""The life of a question: the only table of its transitions.

    draft → review → scheduled → open ⇄ halted → closed → proposed → resolved → final

A draft may be scheduled without review, a reviewer may send it back, and what is scheduled can be
scheduled anew. An open question may be proposed at once when its criteria allow an early end. A
challenged proposal comes back as a resolution, as an amended proposal or as an annulment; anything
not yet resolved can be annulled; a decided question can be resolved anew, which is how a correction
is made.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from markets.core.errors import MarketError


class QuestionStatus(StrEnum):
    """Where a question stands in its life."""

    DRAFT = "draft"
    REVIEW = "review"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    OPEN = "open"
    HALTED = "halted"
    CLOSED = "closed"
    PROPOSED = "proposed"
    CHALLENGED = "challenged"
    RESOLVED = "resolved"
    FINAL = "final"
    ANNULLED = "annulled"


class TransitionRefused(MarketError):
    """The question cannot go from where it stands to where it was asked to go."""

    code = "transition_refused"
    field = "status"


_S = QuestionStatus

TRANSITIONS: Mapping[QuestionStatus, frozenset[QuestionStatus]] = MappingProxyType(
    {
        _S.DRAFT: frozenset({_S.REVIEW, _S.SCHEDULED, _S.REJECTED, _S.ANNULLED}),
        _S.REVIEW: frozenset({_S.SCHEDULED, _S.DRAFT, _S.REJECTED, _S.ANNULLED}),
        _S.REJECTED: frozenset(),
        _S.SCHEDULED: frozenset({_S.OPEN, _S.SCHEDULED, _S.ANNULLED}),
        _S.OPEN: frozenset({_S.HALTED, _S.CLOSED, _S.PROPOSED, _S.ANNULLED}),
        _S.HALTED: frozenset({_S.OPEN, _S.CLOSED, _S.ANNULLED}),
        _S.CLOSED: frozenset({_S.PROPOSED, _S.ANNULLED}),
        _S.PROPOSED: frozenset({_S.RESOLVED, _S.CHALLENGED, _S.ANNULLED}),
        _S.CHALLENGED: frozenset({_S.RESOLVED, _S.PROPOSED, _S.ANNULLED}),
        _S.RESOLVED: frozenset({_S.FINAL, _S.RESOLVED}),
        _S.FINAL: frozenset({_S.RESOLVED}),
        _S.ANNULLED: frozenset(),
    }
)

ACCEPTS_TRADES = frozenset({_S.OPEN})
ACCEPTS_FORECASTS = frozenset({_S.OPEN, _S.HALTED})
"""A halt stops money, not opinions."""


def require_transition(from_status: str, to_status: str) -> None:
    """Nothing where the table allows the step; else raises `TransitionRefused`.

    >>> require_transition("open", "halted")
    >>> require_transition("closed", "open")
    Traceback (most recent call last):
    ...
    markets.core.lifecycle.TransitionRefused: A closed question cannot become open. From here it \
can become annulled or proposed.
    """
    here, there = QuestionStatus(from_status), QuestionStatus(to_status)
    if there in TRANSITIONS[here]:
        return
    possible = " or ".join(sorted(TRANSITIONS[here]))
    advice = f"From here it can become {possible}." if possible else "Nothing follows from here."
    article = "An" if here[0] in "aeio" else "A"
    raise TransitionRefused(f"{article} {here} question cannot become {there}. {advice}")


def due_transition(
    status: str,
    *,
    now: datetime,
    opens_at: datetime | None,
    closes_at: datetime | None,
) -> QuestionStatus | None:
    """The status that the clock alone brings about at `now`, or None.

    Periods are half-open: at `closes_at` itself the question is already closed. However late it is
    asked, it names one step at a time, so the log of a question never skips one.
    """
    if status == _S.SCHEDULED and _is_past(opens_at, now):
        return _S.OPEN
    if status in {_S.OPEN, _S.HALTED} and _is_past(closes_at, now):
        return _S.CLOSED
    return None


def _is_past(instant: datetime | None, now: datetime) -> bool:
    return instant is not None and instant <= now
