"""When what a source says is an answer, and when the source is asked again.

One read of a source is never enough. An answer has to be read as often as the resolver asks for,
with a distance between the reads; a read that says otherwise starts all over. An answer that only
the passing of time makes true (no) waits for the deadline and a grace period; so does every other
one, unless the criteria let the question end early. Where several resolvers watch one question, all
of them have to say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from markets.core.resolver_readings import Answer, Reason

EVERY_MIN: Final = timedelta(minutes=5)
EVERY_MAX: Final = timedelta(days=31)
CONFIRM_AFTER_MIN: Final = timedelta(minutes=1)
CONFIRMATIONS_MAX: Final = 10
GRACE_MAX: Final = timedelta(days=60)

RETRY_FIRST: Final = timedelta(minutes=5)
RETRY_MAX: Final = timedelta(days=1)
RETRY_AFTER_MAX: Final = timedelta(days=7)
JITTER_SHARE: Final = 0.1

FAILURES_SHOWN: Final = 5
"""After so many failures in a row an editor is told: 5 + 10 + 20 + 40 minutes after the first."""

FAILURES: Final = frozenset(
    {
        Reason.CONTRADICTORY,
        Reason.SOURCE_DOWN,
        Reason.SOURCE_GONE,
        Reason.SOURCE_REFUSED,
        Reason.SOURCE_CHANGED,
        Reason.NOT_A_NUMBER,
        Reason.UNKNOWN_VALUE,
        Reason.OUTSIDE_BOUNDS,
        Reason.PARTS_UNCLEAR,
        Reason.NOT_PROPOSED,
        Reason.RUN_FAILED,
    }
)
"""What an editor should look at if it goes on. A source is late only once an answer is due."""

UNREAD: Final = (FAILURES | {Reason.SOURCE_LATE}) - {Reason.CONTRADICTORY, Reason.NOT_PROPOSED}
"""Failures after which nobody knows what a source says now, whatever it said before."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a resolver remembers of its reads: the last answer, and how often it was confirmed.

    `agreements` counts the reads in a row that said so and counted; `since` is the first of them,
    `counted_at` the last. An answer with 0 agreements was read too early to count.
    """

    answer: Answer | None = None
    agreements: int = 0
    since: datetime | None = None
    counted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an answer of a resolver needs.

    `answerable_at` is the deadline with its grace; `ends_early` lets all but a no come before it.
    """

    answerable_at: datetime
    ends_early: bool = False
    confirmations: int = 2
    confirm_after: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a read leads to: nothing yet, for a reason, or the answer (no reason)."""

    standing: Standing
    reason: Reason | None


def weigh(
    answer: Answer,
    *,
    standing: Standing,
    rules: Rules,
    now: datetime,
    others: Sequence[Answer | None] = (),
) -> Weighed:
    """What a resolver remembers after a read, and whether that is the answer.

    `others` is what the other resolvers of the question say; None for one that says nothing now.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 12, 2, 12, tzinfo=UTC)
    >>> rules = Rules(answerable_at=noon)
    >>> first = weigh(Answer(outcome=1, is_no=True), standing=Standing(), rules=rules, now=noon)
    >>> first.reason
    <Reason.UNCONFIRMED: 'unconfirmed'>
    >>> later = noon + timedelta(minutes=10)
    >>> print(weigh(Answer(outcome=1, is_no=True), standing=first.standing, rules=rules,
    ...             now=later).reason)
    None
    >>> weigh(Answer(outcome=0), standing=first.standing, rules=rules, now=later).reason
    <Reason.CONTRADICTORY: 'contradictory'>
    """
    counts = now >= rules.answerable_at or (rules.ends_early and not answer.is_no)
    contradicts = standing.agreements > 0 and standing.answer != answer
    if contradicts or standing.agreements == 0 or not counts:
        after = Standing(answer, 1, now, now) if counts else Standing(answer)
    elif standing.counted_at is None or now - standing.counted_at >= rules.confirm_after:
        after = Standing(answer, standing.agreements + 1, standing.since, now)
    else:
        after = standing
    if contradicts:
        return Weighed(after, Reason.CONTRADICTORY)
    if not counts:
        return Weighed(after, Reason.TOO_EARLY)
    if after.agreements < rules.confirmations:
        return Weighed(after, Reason.UNCONFIRMED)
    return Weighed(after, _against(answer, others))


def _against(answer: Answer, others: Sequence[Answer | None]) -> Reason | None:
    if any(other is not None and other != answer for other in others):
        return Reason.CONTRADICTORY
    return Reason.OTHERS_UNDECIDED if None in others else None


def is_failure(reason: Reason | None, *, is_due: bool) -> bool:
    """Whether a run failed; a source that is late fails only once its answer is due.

    >>> is_failure(Reason.SOURCE_LATE, is_due=False), is_failure(Reason.SOURCE_LATE, is_due=True)
    (False, True)
    >>> is_failure(Reason.TOO_EARLY, is_due=True), is_failure(None, is_due=True)
    (False, False)
    """
    return reason in FAILURES or (reason is Reason.SOURCE_LATE and is_due)


def next_attempt(
    *,
    now: datetime,
    every: timedelta,
    rules: Rules,
    reason: Reason | None,
    failures: int = 0,
    jitter: float = 0.0,
    retry_after: timedelta | None = None,
) -> datetime:
    """When a source is asked again: soon to confirm, backed off after failures, else as scheduled.

    Only the wait after a failure reaches past the instant from which an answer may be given.

    >>> from datetime import UTC
    >>> noon, day = datetime(2026, 12, 2, 12, tzinfo=UTC), timedelta(days=1)
    >>> rules = Rules(answerable_at=noon + timedelta(hours=6))
    >>> def wait(reason, failures=0):
    ...     return next_attempt(now=noon, every=day, rules=rules, reason=reason,
    ...                         failures=failures) - noon
    >>> wait(Reason.TOO_EARLY), wait(Reason.UNCONFIRMED)
    (datetime.timedelta(seconds=21600), datetime.timedelta(seconds=600))
    >>> [wait(Reason.SOURCE_DOWN, failures).total_seconds() / 60 for failures in (1, 2, 5)]
    [5.0, 10.0, 80.0]
    """
    if failures:
        asked_for = min(retry_after or timedelta(), RETRY_AFTER_MAX)
        wait = max(back_off(failures), asked_for) * (1 + JITTER_SHARE * jitter)
        return now + wait
    wait = rules.confirm_after if reason is Reason.UNCONFIRMED else every
    at = now + wait
    return min(at, rules.answerable_at) if now < rules.answerable_at else at


def back_off(failures: int) -> timedelta:
    """How long after so many failures in a row (one or more): doubled each time, a day at most.

    >>> back_off(1), back_off(4), back_off(10**6)
    (datetime.timedelta(seconds=300), datetime.timedelta(seconds=2400), datetime.timedelta(days=1))
    """
    doublings = 1 << min(failures - 1, 10)
    return min(RETRY_FIRST * doublings, RETRY_MAX)


def matching_sentence(sentences: Sequence[str], phrases: Sequence[str]) -> int | None:
    """The index of the first sentence that has all the words of one of the phrases, in order.

    >>> told = ["It rained.", "The first freight train crossed on Monday."]
    >>> matching_sentence(told, ["ferry sank", "freight train crossed"])
    1
    >>> print(matching_sentence(told, ["train crossed freight"]))
    None
    """
    wanted = [f" {words} " for phrase in phrases if (words := _words(phrase))]
    for index, sentence in enumerate(sentences):
        said = f" {_words(sentence)} "
        if any(phrase in said for phrase in wanted):
            return index
    return None


def _words(text: str) -> str:
    return " ".join("".join(each if each.isalnum() else " " for each in text.casefold()).split())
