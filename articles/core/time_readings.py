"""How a time expression becomes a period of the calendar, once its form has matched.

A match gives the words; a Reading gives the day of publication and which way the text leans.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final, Literal

from articles.core import periods
from articles.core.lexicon import number_of
from articles.core.periods import MONTHS, SEASONS, WEEKDAYS, Period, Precision

Lean = Literal["past", "nearest", "future"]

# A plan dated "16 November" four days after that day tells of what has been, not of next year.
RECENT_DAYS: Final = 45
# "In the coming weeks" promises no date; these are the longest that a reader would wait.
COMING_DAYS: Final = {"day": 14, "week": 42, "month": 183, "year": 1826}


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read what is left open: when the text was published, and which way it leans."""

    published: dt.datetime
    lean: Lean


def _month_number(name: str) -> int:
    return next(i for i, month in enumerate(MONTHS, 1) if month.startswith(name.rstrip(".")[:3]))


def nearest_year(candidates: list[Period], reading: Reading) -> Period | None:
    """Of the same date in three years, the one that a text published then would mean."""
    if not candidates:
        return None
    published = reading.published
    past = [period for period in candidates if period.starts_at <= published]
    future = [period for period in candidates if period.ends_at > published]
    if reading.lean == "past" and past:
        return past[-1]
    if reading.lean == "future" and future:
        recent = dt.timedelta(days=RECENT_DAYS)
        if past and past[-1].ends_at <= published < past[-1].ends_at + recent:
            return past[-1]
        return future[0]
    return min(candidates, key=lambda period: abs(period.starts_at - published))


def _years(reading: Reading) -> range:
    return range(reading.published.year - 1, reading.published.year + 2)


def read_iso(match: re.Match[str], _reading: Reading) -> Period | None:
    """2026-03-16."""
    return periods.day_period(int(match["year"]), int(match["month"]), int(match["day"]))


def read_day(match: re.Match[str], reading: Reading) -> Period | None:
    """A day of a month, with or without its year."""
    month, day = _month_number(match["month"]), int(match["day"])
    if match["year"]:
        return periods.day_period(int(match["year"]), month, day)
    days = [periods.day_period(year, month, day) for year in _years(reading)]
    return nearest_year([period for period in days if period], reading)


def read_feast(match: re.Match[str], reading: Reading) -> Period | None:
    """Christmas Day or New Year's Eve, with or without its year."""
    day = 25 if match["feast"] == "Christmas" else 31
    if match["year"]:
        return periods.day_period(int(match["year"]), 12, day)
    days = [periods.day_period(year, 12, day) for year in _years(reading)]
    return nearest_year([period for period in days if period], reading)


def read_days(match: re.Match[str], reading: Reading) -> Period | None:
    """Several days of one month."""
    first = read_day(match, reading)
    if first is None:
        return None
    last = periods.day_period(first.starts_at.year, first.starts_at.month, int(match["last"]))
    if last is None or last.ends_at <= first.ends_at:
        return None
    return Period(first.starts_at, last.ends_at, "day")


def read_month(match: re.Match[str], reading: Reading) -> Period | None:
    """A month, with or without its year."""
    month = _month_number(match["month"])
    if match["year"]:
        return periods.months_from(int(match["year"]), month, "month")
    months = [periods.months_from(year, month, "month") for year in _years(reading)]
    return nearest_year(months, reading)


def read_which_month(match: re.Match[str], reading: Reading) -> Period | None:
    """Next, last or this March."""
    month, published = _month_number(match["month"]), reading.published
    this_year = periods.months_from(published.year, month, "month")
    if match["which"].lower() == "next":
        return this_year if this_year.starts_at > published else periods.shifted(this_year, 12)
    if match["which"].lower() == "last":
        return this_year if this_year.ends_at <= published else periods.shifted(this_year, -12)
    return this_year


def read_months(match: re.Match[str], reading: Reading) -> Period | None:
    """Several months in a row."""
    first = read_month(match, reading)
    if first is None:
        return None
    start = first.starts_at
    steps = (_month_number(match["last"]) - start.month) % 12
    return Period(start, periods.shifted(first, steps).ends_at, "month")


def _year_of(match: re.Match[str], reading: Reading) -> int:
    """The year that a quarter, a half or a season belongs to."""
    groups = match.groupdict()
    if groups.get("year"):
        year = int(groups["year"])
        return year + 2000 if year < 100 else year
    steps = {"next": 1, "last": -1}.get((groups.get("which") or "").lower(), 0)
    return reading.published.year + steps


def read_quarter(match: re.Match[str], reading: Reading) -> Period | None:
    """A quarter, in words or as Q3."""
    named = (match["number"] or match["figure"]).lower()
    number = 4 if named in {"final", "last"} else number_of(named)
    if number is None:
        return None
    quarter = periods.quarter_period(_year_of(match, reading), number)
    return _open_year(quarter, match, reading, months=12)


def read_half(match: re.Match[str], reading: Reading) -> Period | None:
    """A half of a year, in words or as H1."""
    number = number_of(match["number"] or match["figure"])
    if number is None:
        return None
    half = periods.half_period(_year_of(match, reading), number)
    return _open_year(half, match, reading, months=12)


def _open_year(
    period: Period, match: re.Match[str], reading: Reading, *, months: int
) -> Period | None:
    """The period itself where its year is given, else the one that the text leans to."""
    if match["year"] or match["which"]:
        return period
    start, precision = period.starts_at, period.precision
    nearby = [
        periods.months_from(start.year, start.month + step * months, precision)
        for step in (-1, 0, 1)
    ]
    return nearest_year(nearby, reading)


def read_season(match: re.Match[str], reading: Reading) -> Period | None:
    """A season of a year, or the next or last one."""
    first_month = SEASONS[match["season"].lower()]
    season = periods.months_from(_year_of(match, reading), first_month, "season")
    if match["year"]:
        return season
    which, published = (match["which"] or "").lower(), reading.published
    nearby = [periods.shifted(season, 4 * step) for step in (-2, -1, 0, 1, 2)]
    if which == "next":
        return next(period for period in nearby if period.starts_at > published)
    if which == "last":
        return [period for period in nearby if period.ends_at <= published][-1]
    return nearest_year(nearby[1:4], reading)


def read_year(match: re.Match[str], _reading: Reading) -> Period | None:
    """A year in four figures."""
    return periods.year_period(int(match["year"]))


def read_years(match: re.Match[str], _reading: Reading) -> Period | None:
    """Several years in a row, within one lifetime."""
    first, last = int(match["year"]), int(match["last"])
    last = last + first - first % 100 if last < 100 else last
    if not first < last <= first + 50:
        return None
    return Period(periods.instant(first), periods.instant(last + 1), "year")


def read_decade(match: re.Match[str], reading: Reading) -> Period | None:
    """This or the next decade, or the 2030s."""
    year = int(match["year"]) if match["year"] else reading.published.year
    decade = periods.decade_period(year)
    return periods.shifted(decade, 1) if (match["which"] or "").lower() == "next" else decade


def read_which(match: re.Match[str], reading: Reading) -> Period | None:
    """Next, last or this week, weekend, month, quarter, year or decade."""
    name = match["unit"].lower()
    precision: Precision = "week" if name in {"week", "weekend"} else _named(name)
    current = periods.containing(reading.published, precision)
    which = match["which"].lower().rpartition(" ")[2]
    steps = {"next": 1, "coming": 1, "following": 1, "last": -1, "previous": -1, "past": -1}
    period = periods.shifted(current, steps.get(which, 0))
    if name == "weekend":
        return Period(period.ends_at - dt.timedelta(days=2), period.ends_at, "week")
    return period


def _named(name: str) -> Precision:
    units: dict[str, Precision] = {
        "month": "month",
        "quarter": "quarter",
        "year": "year",
        "decade": "decade",
    }
    return units[name]


def read_current(match: re.Match[str], reading: Reading) -> Period | None:
    """The week, month, quarter or year of publication."""
    return periods.containing(reading.published, _named_or_week(match["unit"].lower()))


def _named_or_week(name: str) -> Precision:
    return "week" if name == "week" else _named(name)


def read_year_end(match: re.Match[str], reading: Reading) -> Period | None:
    """The end or the middle of the year of publication."""
    part: periods.Part = "mid" if match.group().lower().startswith("mid") else "late"
    return periods.part_of(periods.containing(reading.published, "year"), part)


def read_weekday(match: re.Match[str], reading: Reading) -> Period | None:
    """A day of the week near publication."""
    today = periods.day_of(reading.published)
    ahead = (WEEKDAYS.index(match["weekday"]) - today.starts_at.weekday()) % 7
    which = (match["which"] or "").lower().rpartition(" ")[2]
    if which == "last":
        return periods.shifted(today, ahead - 7)
    if which in {"next", "coming", "following"}:
        return periods.shifted(today, ahead or 7)
    forward = reading.lean == "future" or which == "this"
    return periods.shifted(today, ahead if forward or not ahead else ahead - 7)


def read_relative_day(match: re.Match[str], reading: Reading) -> Period | None:
    """Today, tonight, tomorrow or yesterday."""
    steps = {"yesterday": -1, "tomorrow": 1}.get(match.group().lower(), 0)
    return periods.shifted(periods.day_of(reading.published), steps)


def read_span(match: re.Match[str], reading: Reading) -> Period | None:
    """So many days, weeks, months or years from publication."""
    count = 1 if match["count"].lower() in {"a", "an"} else number_of(match["count"])
    if not count or (match["unit"].lower() == "year" and count > 50):
        return None
    return Period(
        reading.published, _later(reading.published, count, match["unit"].lower()), "span"
    )


def read_ago(match: re.Match[str], reading: Reading) -> Period | None:
    """One day, so many units before publication."""
    count = 1 if match["count"].lower() in {"a", "an"} else number_of(match["count"])
    if not count or (match["unit"].lower() == "year" and count > 50):
        return None
    start = _later(reading.published, -count, match["unit"].lower())
    return Period(start, start + dt.timedelta(days=1), "span")


def read_past_span(match: re.Match[str], reading: Reading) -> Period | None:
    """The units that end with publication."""
    count = number_of(match["count"] or "two") or 2
    if match["unit"].lower() == "year" and count > 50:
        return None
    return Period(
        _later(reading.published, -count, match["unit"].lower()), reading.published, "span"
    )


def read_coming(match: re.Match[str], reading: Reading) -> Period | None:
    """The days, weeks, months or years to come, as long as COMING_DAYS."""
    days = COMING_DAYS[match["unit"].lower()]
    ends_at = periods.day_of(reading.published + dt.timedelta(days=days)).ends_at
    return Period(reading.published, ends_at, "span")


def _later(moment: dt.datetime, count: int, unit: str) -> dt.datetime:
    """The end of the day so much later, so that "within 90 days" includes the ninetieth."""
    if unit in {"day", "week"}:
        moved = moment + dt.timedelta(days=count * (7 if unit == "week" else 1))
    else:
        start = periods.month_start(
            moment.year, moment.month + count * (12 if unit == "year" else 1)
        )
        days_in_month = (periods.months_from(start.year, start.month, "month").ends_at - start).days
        moved = start.replace(day=min(moment.day, days_in_month))
    return periods.day_of(moved).ends_at
