import datetime as dt

import pytest

from articles.core import periods
from articles.core.periods import Period


def day(year: int, month: int, day_of_month: int) -> dt.datetime:
    return dt.datetime(year, month, day_of_month, tzinfo=dt.UTC)


def test_the_period_after_the_last_quarter_is_in_the_next_year() -> None:
    following = periods.shifted(periods.quarter_period(2026, 4), 1)

    assert following == periods.quarter_period(2027, 1)
    assert periods.label(following) == "the first quarter of 2027"


def test_the_winter_of_january_began_in_december() -> None:
    winter = periods.containing(day(2027, 1, 15), "season")

    assert (winter.starts_at, winter.ends_at) == (day(2026, 12, 1), day(2027, 3, 1))


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [("early", (1, 1), (5, 1)), ("mid", (5, 1), (9, 1)), ("late", (9, 1), (1, 1))],
)
def test_the_parts_of_a_year_are_its_thirds(
    part: periods.Part, first: tuple[int, int], last: tuple[int, int]
) -> None:
    third = periods.part_of(periods.year_period(2027), part)

    assert third.starts_at == day(2027, *first)
    assert third.ends_at == day(2028 if part == "late" else 2027, *last)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (periods.year_period(2027), "2027"),
        (periods.months_from(2027, 10, "month"), "October 2027"),
        (periods.half_period(2027, 2), "the second half of 2027"),
        (
            Period(day(2027, 3, 3), day(2027, 3, 6), "day"),
            "3 March 2027 to 5 March 2027",
        ),
    ],
)
def test_a_period_is_named_without_ambiguity(period: Period, words: str) -> None:
    assert periods.label(period) == words


def test_a_day_that_the_calendar_lacks_is_none() -> None:
    assert periods.day_period(2027, 2, 29) is None
