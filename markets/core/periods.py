"""Calendar periods by which track records are compared: weeks, months, quarters, and all time.

Periods are half-open and begin at midnight UTC. Weeks are those of ISO 8601: they begin on Monday,
and belong to the year that has their Thursday. A period is known by its name: `2026-W48`,
`2026-11`, `2026-Q4`, or `all`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

ALL_TIME: Final = "all"
_NAMED = re.compile(
    r"(?P<year>2[0-9]{3})-(?:W(?P<week>[0-9]{2})|Q(?P<quarter>[1-4])|(?P<month>[0-9]{2}))"
)
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)


class Span(StrEnum):
    """How long a period is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Period:
    """The instants from `starts_at` until before `ends_at`."""

    name: str
    span: Span
    starts_at: datetime
    ends_at: datetime


def all_time() -> Period:
    """The period that holds every instant."""
    return Period(ALL_TIME, Span.ALL, _BEGINNING, _END)


def period_at(span: str, at: datetime) -> Period:
    """The period of this span in which an instant lies.

    >>> at = datetime(2026, 12, 31, 23, tzinfo=UTC)
    >>> [period_at(span, at).name for span in Span]
    ['2026-W53', '2026-12', '2026-Q4', 'all']
    """
    day = at.astimezone(UTC).date()
    match Span(span):
        case Span.WEEK:
            return _week(day - timedelta(days=day.weekday()))
        case Span.MONTH:
            return _months(day.replace(day=1), 1, Span.MONTH, f"{day:%Y-%m}")
        case Span.QUARTER:
            quarter = (day.month + 2) // 3
            first = day.replace(month=3 * quarter - 2, day=1)
            return _months(first, 3, Span.QUARTER, f"{day:%Y}-Q{quarter}")
        case Span.ALL:
            return all_time()


def period_named(name: str, *, now: datetime) -> Period | None:
    """The period of this name; a span's name stands for the one that `now` is in; else None.

    Years are those of this millennium.

    >>> now = datetime(2026, 11, 27, tzinfo=UTC)
    >>> period_named("2026-Q3", now=now).starts_at.isoformat()
    '2026-07-01T00:00:00+00:00'
    >>> period_named("week", now=now).name, period_named("2025-W53", now=now)
    ('2026-W48', None)
    """
    if name in set(Span):
        return period_at(name, now)
    said = _NAMED.fullmatch(name)
    if said is None:
        return None
    year = int(said["year"])
    try:
        if said["week"]:
            return _week(date.fromisocalendar(year, int(said["week"]), 1))
        month = int(said["month"] or 3 * int(said["quarter"]) - 2)
        span = Span.MONTH if said["month"] else Span.QUARTER
        return period_at(span, _midnight(date(year, month, 1)))
    except (ValueError, OverflowError):
        return None


def before(period: Period) -> Period | None:
    """The period of the same span just before; None before all time.

    >>> now = datetime(2027, 1, 4, tzinfo=UTC)
    >>> [before(period_at(span, now)).name for span in (Span.WEEK, Span.MONTH, Span.QUARTER)]
    ['2026-W53', '2026-12', '2026-Q4']
    """
    if period.span is Span.ALL:
        return None
    return period_at(period.span, period.starts_at - timedelta(days=1))


def after(period: Period, *, now: datetime) -> Period | None:
    """The period of the same span just after; None where that has not begun."""
    return None if period.ends_at > now else period_at(period.span, period.ends_at)


def periods_around(at: datetime) -> tuple[Period, ...]:
    """The period of each span in which an instant lies."""
    return tuple(period_at(span, at) for span in Span)


def months_of(quarter: Period) -> tuple[str, ...]:
    """The names of a quarter's months.

    >>> months_of(period_at(Span.QUARTER, datetime(2026, 11, 27, tzinfo=UTC)))
    ('2026-10', '2026-11', '2026-12')
    """
    first = quarter.starts_at
    return tuple(f"{first.year:04}-{first.month + step:02}" for step in range(3))


def _week(monday: date) -> Period:
    year, week, _ = monday.isocalendar()
    start = _midnight(monday)
    return Period(f"{year:04}-W{week:02}", Span.WEEK, start, start + timedelta(days=7))


def _months(first: date, count: int, span: Span, name: str) -> Period:
    month = first.month + count
    after_it = date(first.year + (month > 12), (month - 1) % 12 + 1, 1)
    return Period(name, span, _midnight(first), _midnight(after_it))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
