"""From when to when a question runs: what the text says, or a deadline assumed and flagged.

Deadlines are absolute and in UTC. A window that is over when the question would open gives no
question, so that an old article asks nothing about the past.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from articles.core import periods
from articles.core.passage_types import Measure, Passage
from articles.core.periods import Period
from articles.core.temporal import TimeExpression

ASSUMED_DAYS: Final = 270
SERIES_DAYS: Final = 365
GRACE_DAYS: Final = 14
EVENING_HOURS: Final = 4
HORIZON_YEARS: Final = 6
RUN_HOURS_MIN: Final = 12
FIGURE_RUN_DAYS: Final = 3
FIGURE_STEPS_MAX: Final = 2
# How long statistics offices take, at most, after the end of a period.
PUBLICATION_DAYS: Final = {"month": 60, "quarter": 90, "half": 120, "year": 180}

_UNCERTAIN: Final = frozenset({"season", "span", "decade"})


@dataclass(frozen=True, slots=True)
class Window:
    """When a question closes and is resolved; phrase is how its title says so.

    ends_at is the first instant that is too late; day is its last day, as a date in words.
    """

    closes_at: dt.datetime
    ends_at: dt.datetime
    resolve_by: dt.datetime
    phrase: str
    flags: tuple[str, ...]

    @property
    def day(self) -> str:
        """The last day that counts, in words."""
        return periods.long_date(periods.last_day(self.ends_at))


def find_window(text: str, passage: Passage, opens_at: dt.datetime) -> Window | None:
    """The window of a passage for a question that opens then; None where it is over."""
    if passage.measure is not None:
        return _figure_window(passage.measure, opens_at)
    if passage.deadline is not None:
        return _given(text, passage, passage.deadline, opens_at)
    return _assumed(passage, opens_at)


def _given(
    text: str, passage: Passage, deadline: TimeExpression, opens_at: dt.datetime
) -> Window | None:
    ends_at = deadline.ends_at
    closes_at = periods.last_day(ends_at)
    one_day = ends_at - deadline.starts_at <= dt.timedelta(days=1)
    if one_day and deadline.precision == "day" and deadline.relation == "at":
        evening = deadline.starts_at - dt.timedelta(hours=EVENING_HOURS)
        closes_at = evening if evening > opens_at else closes_at
    if closes_at < opens_at + dt.timedelta(hours=RUN_HOURS_MIN):
        return None
    flags: list[str] = []
    written = text[deadline.start_offset : deadline.end_offset]
    named = deadline.relation == "attribute"
    if named or deadline.precision in _UNCERTAIN or re.fullmatch(r"[Bb]y\s\d{4}", written):
        flags.append("date_uncertain")
    if ends_at.year - opens_at.year > HORIZON_YEARS:
        flags.append("horizon_far")
    return Window(
        closes_at=closes_at,
        ends_at=ends_at,
        resolve_by=ends_at + dt.timedelta(days=GRACE_DAYS),
        phrase=_phrase(passage, deadline),
        flags=tuple(flags),
    )


def _phrase(passage: Passage, deadline: TimeExpression) -> str:
    """ "in 2027" for an amount or an election of that year, else "by 31 December 2027"."""
    last = periods.long_date(periods.last_day(deadline.ends_at))
    period = Period(deadline.starts_at, deadline.ends_at, deadline.precision)
    whole = deadline.precision in {"month", "quarter", "half", "year"}
    if passage.candidates and deadline.precision == "day":
        return f"on {last}"
    measured = passage.quantities or passage.candidates
    if measured and whole and deadline.relation == "at" and _is_whole(period):
        return f"in {periods.label(period)}"
    return f"by {last}"


def _is_whole(period: Period) -> bool:
    return periods.containing(period.starts_at, period.precision) == period


def _assumed(passage: Passage, opens_at: dt.datetime) -> Window | None:
    """The first 31 December that leaves the thing enough time."""
    days = ASSUMED_DAYS
    start = opens_at
    if passage.follows is not None:
        days, start = SERIES_DAYS, passage.follows
        if start + dt.timedelta(days=days) <= opens_at:
            return None
    ends_at = periods.instant((start + dt.timedelta(days=days)).year + 1)
    return Window(
        closes_at=periods.last_day(ends_at),
        ends_at=ends_at,
        resolve_by=ends_at + dt.timedelta(days=GRACE_DAYS),
        phrase=f"by {periods.long_date(periods.last_day(ends_at))}",
        flags=("deadline_assumed",),
    )


def _figure_window(measure: Measure, opens_at: dt.datetime) -> Window | None:
    """The next period that is not over, if it is not too far from the one that is known."""
    least = opens_at + dt.timedelta(days=FIGURE_RUN_DAYS)
    following = measure.period
    for _ in range(FIGURE_STEPS_MAX):
        following = periods.shifted(following, 1)
        if following.ends_at > least:
            break
    else:
        return None
    lag = dt.timedelta(days=PUBLICATION_DAYS[following.precision])
    return Window(
        closes_at=periods.last_day(following.ends_at),
        ends_at=following.ends_at,
        resolve_by=following.ends_at + lag,
        phrase=f"in {periods.label(following)}",
        flags=(),
    )
