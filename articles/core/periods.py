"""Stretches of the calendar in UTC: a day, a month, a quarter, the late part of a year.

A period is half-open, [starts_at, ends_at). Seasons are those of the northern hemisphere, counted
in whole months; a winter belongs to the year in which it begins.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

from articles.core.errors import InstantInvalid

Precision = Literal["day", "week", "month", "quarter", "half", "season", "year", "decade", "span"]
Part = Literal["early", "mid", "late"]

YEAR_MIN: Final = 1900
YEAR_MAX: Final = 2199

MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
SEASONS: Final = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_MONTHS_IN: Final[dict[str, int]] = {
    "month": 1,
    "quarter": 3,
    "season": 3,
    "half": 6,
    "year": 12,
    "decade": 120,
}


@dataclass(frozen=True, slots=True)
class Period:
    """The instants from starts_at up to, and without, ends_at."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    precision: Precision


def checked_instant(moment: dt.datetime) -> dt.datetime:
    """The same instant in UTC. Raises InstantInvalid without a zone or far from our century."""
    if moment.tzinfo is None or not YEAR_MIN + 50 <= moment.year <= YEAR_MAX - 50:
        raise InstantInvalid("Give the instant with its time zone, in a year from 1950 to 2149.")
    return moment.astimezone(dt.UTC)


def instant(year: int, month: int = 1, day: int = 1) -> dt.datetime:
    """Midnight UTC; years outside [YEAR_MIN, YEAR_MAX] are moved to the nearest one inside."""
    return dt.datetime(min(max(year, YEAR_MIN), YEAR_MAX), month, day, tzinfo=dt.UTC)


def month_start(year: int, month: int) -> dt.datetime:
    """The first day of a month; months may run past December or before January."""
    carried, index = divmod(month - 1, 12)
    return instant(year + carried, index + 1)


def months_from(year: int, month: int, precision: Precision) -> Period:
    """The period of whole months, as long as its precision says, that starts with a month."""
    length = _MONTHS_IN[precision]
    return Period(month_start(year, month), month_start(year, month + length), precision)


def year_period(year: int) -> Period:
    """A calendar year."""
    return months_from(year, 1, "year")


def quarter_period(year: int, number: int) -> Period:
    """A calendar quarter, numbered 1 to 4 (more run into the next year)."""
    return months_from(year, 3 * number - 2, "quarter")


def half_period(year: int, number: int) -> Period:
    """The first or the second half of a calendar year."""
    return months_from(year, 6 * number - 5, "half")


def decade_period(year: int) -> Period:
    """The ten years that start with the tens of a year: 2027 lies in [2020, 2030)."""
    return months_from(year - year % 10, 1, "decade")


def day_period(year: int, month: int, day: int) -> Period | None:
    """One day, or None where the calendar has no such day."""
    try:
        start = dt.datetime(year, month, day, tzinfo=dt.UTC)
    except ValueError:
        return None
    return Period(start, start + dt.timedelta(days=1), "day")


def day_of(moment: dt.datetime) -> Period:
    """The day in UTC in which an instant lies."""
    start = moment.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Period(start, start + dt.timedelta(days=1), "day")


def week_of(moment: dt.datetime) -> Period:
    """The week, Monday to Sunday, in which an instant lies."""
    start = day_of(moment).starts_at
    start -= dt.timedelta(days=start.weekday())
    return Period(start, start + dt.timedelta(days=7), "week")


def containing(moment: dt.datetime, precision: Precision) -> Period:
    """The day, week, month, quarter, half, season, year or decade in which an instant lies."""
    if precision == "week":
        return week_of(moment)
    if precision in {"day", "span"}:
        return day_of(moment)
    length = _MONTHS_IN[precision]
    if precision == "decade":
        return decade_period(moment.year)
    offset = 1 if precision != "season" else 3  # seasons start in March
    index = (moment.month - offset) // length
    return months_from(moment.year, offset + index * length, precision)


def shifted(period: Period, steps: int) -> Period:
    """The period of the same kind that lies so many periods later (earlier if negative)."""
    if period.precision in _MONTHS_IN:
        start, length = period.starts_at, _MONTHS_IN[period.precision]
        return months_from(start.year, start.month + steps * length, period.precision)
    length_of = (period.ends_at - period.starts_at) * steps
    return Period(period.starts_at + length_of, period.ends_at + length_of, period.precision)


def part_of(period: Period, part: Part) -> Period:
    """The first, second or last third of a period, in whole months, or in days within a month."""
    months = (period.ends_at.year - period.starts_at.year) * 12
    months += period.ends_at.month - period.starts_at.month
    index = {"early": 0, "mid": 1, "late": 2}[part]
    if months >= 3:
        start = period.starts_at
        edges = [month_start(start.year, start.month + months * i // 3) for i in range(4)]
    else:
        days = (period.ends_at - period.starts_at).days
        edges = [period.starts_at + dt.timedelta(days=days * i // 3) for i in range(4)]
        edges[3] = period.ends_at
    return Period(edges[index], edges[index + 1], period.precision)


def label(period: Period) -> str:
    """How a question names a whole period: "2026", "October 2026", "the first quarter of 2026"."""
    start = period.starts_at
    if period.precision == "year":
        return str(start.year)
    if period.precision == "month":
        return f"{MONTHS[start.month - 1]} {start.year}"
    if period.precision == "quarter":
        name = ("first", "second", "third", "fourth")[(start.month - 1) // 3]
        return f"the {name} quarter of {start.year}"
    if period.precision == "half":
        return f"the {'first' if start.month == 1 else 'second'} half of {start.year}"
    return f"{long_date(start)} to {long_date(last_day(period.ends_at))}"


def last_day(ends_at: dt.datetime) -> dt.datetime:
    """The last instant, to the second, before an end that is not itself included."""
    return ends_at - dt.timedelta(seconds=1)


def long_date(moment: dt.datetime) -> str:
    """A date without any ambiguity: "3 March 2027"."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"
