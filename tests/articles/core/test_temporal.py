import datetime as dt

import pytest

from articles.core.errors import InstantInvalid
from articles.core.temporal import TimeExpression, find_times
from tests.articles.core.corpus import NOON


def only(text: str, lean: str = "future") -> TimeExpression:
    (time,) = find_times(text, NOON, lean=lean)  # type: ignore[arg-type]
    return time


def days(time: TimeExpression) -> tuple[str, str]:
    return time.starts_at.date().isoformat(), time.ends_at.date().isoformat()


@pytest.mark.parametrize(
    ("text", "starts", "ends", "precision"),
    [
        ("in 2027", "2027-01-01", "2028-01-01", "year"),
        ("by the end of next year", "2026-11-22", "2028-01-01", "year"),
        ("mid-2027", "2027-05-01", "2027-09-01", "year"),
        ("early next year", "2027-01-01", "2027-05-01", "year"),
        ("in late 2027", "2027-09-01", "2028-01-01", "year"),
        ("in the third quarter of 2027", "2027-07-01", "2027-10-01", "quarter"),
        ("in the first quarter", "2027-01-01", "2027-04-01", "quarter"),
        ("Q1 2027", "2027-01-01", "2027-04-01", "quarter"),
        ("2Q27", "2027-04-01", "2027-07-01", "quarter"),
        ("in the second half of next year", "2027-07-01", "2028-01-01", "half"),
        ("H1 2027", "2027-01-01", "2027-07-01", "half"),
        ("in spring 2027", "2027-03-01", "2027-06-01", "season"),
        ("next summer", "2027-06-01", "2027-09-01", "season"),
        ("in the fall", "2026-09-01", "2026-12-01", "season"),
        ("in March", "2027-03-01", "2027-04-01", "month"),
        ("early March 2027", "2027-03-01", "2027-03-11", "month"),
        ("next March", "2027-03-01", "2027-04-01", "month"),
        ("from March to May 2027", "2027-03-01", "2027-06-01", "month"),
        ("on 3 March 2027", "2027-03-03", "2027-03-04", "day"),
        ("on March 3rd", "2027-03-03", "2027-03-04", "day"),
        ("March 3-5, 2027", "2027-03-03", "2027-03-06", "day"),
        ("3–5 March 2027", "2027-03-03", "2027-03-06", "day"),
        ("on 2027-01-05", "2027-01-05", "2027-01-06", "day"),
        ("on November 16", "2026-11-16", "2026-11-17", "day"),
        ("on January 2", "2027-01-02", "2027-01-03", "day"),
        ("by Christmas", "2026-11-22", "2026-12-26", "day"),
        ("on Friday", "2026-11-27", "2026-11-28", "day"),
        ("next Tuesday", "2026-11-24", "2026-11-25", "day"),
        ("tomorrow", "2026-11-23", "2026-11-24", "day"),
        ("next week", "2026-11-23", "2026-11-30", "week"),
        ("next month", "2026-12-01", "2027-01-01", "month"),
        ("by year-end", "2026-09-01", "2027-01-01", "year"),
        ("later this year", "2026-11-22", "2027-01-01", "year"),
        ("by the end of the decade", "2026-09-01", "2030-01-01", "decade"),
        ("in the 2030s", "2030-01-01", "2040-01-01", "decade"),
        ("2027-2030", "2027-01-01", "2031-01-01", "year"),
        ("between 2027 and 2029", "2027-01-01", "2030-01-01", "year"),
        ("within 90 days", "2026-11-22", "2027-02-21", "span"),
        ("in three months", "2026-11-22", "2027-02-23", "span"),
        ("over the next five years", "2026-11-22", "2031-11-23", "span"),
        ("in the coming weeks", "2026-11-22", "2027-01-04", "span"),
        ("before 2028", "2026-11-22", "2028-01-01", "year"),
        ("before the end of March 2027", "2026-11-22", "2027-04-01", "month"),
    ],
)
def test_a_time_to_come_is_read_from_the_day_of_publication(
    text: str, starts: str, ends: str, precision: str
) -> None:
    time = only(text)

    assert (*days(time), time.precision) == (starts, ends, precision)
    assert text[time.start_offset : time.end_offset] == text
    assert time.starts_at.tzinfo is dt.UTC


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        ("in March", "2026-03-01", "2026-04-01"),
        ("on Friday", "2026-11-20", "2026-11-21"),
        ("in the third quarter", "2026-07-01", "2026-10-01"),
        ("on December 24", "2025-12-24", "2025-12-25"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("two years ago", "2024-11-23", "2024-11-24"),
        ("in the past three years", "2023-11-23", "2026-11-22"),
        ("since 2022", "2022-01-01", "2026-11-22"),
    ],
)
def test_a_report_leans_to_the_past(text: str, starts: str, ends: str) -> None:
    time = only(text, lean="past")

    assert days(time) == (starts, ends)
    assert not time.is_future
    assert not time.is_deadline


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("until 2030", "until"),
        ("after 2030", "after"),
        ("from 2030", "from"),
        ("no later than 2030", "by"),
        ("the 2030 World Cup", "attribute"),
        ("next week's vote", "attribute"),
    ],
)
def test_the_word_before_a_time_says_how_it_is_meant(text: str, relation: str) -> None:
    assert only(text).relation == relation


def test_after_a_year_begins_when_that_year_is_over() -> None:
    assert days(only("after 2030"))[0] == "2031-01-01"


@pytest.mark.parametrize(
    "text",
    [
        "$2030", "2,030 people", "2030 people", "2027.5", "may march on", "it may be", "May be",
        "a 10 percent rise", "March 31%", "version 3.2027", "soon", "31 February 2027",
    ],
)  # fmt: skip
def test_what_is_no_time_is_left_alone(text: str) -> None:
    assert find_times(text, NOON, lean="future") == []


def test_times_come_in_order_with_offsets_into_the_whole_text() -> None:
    text = "Opened in 2019, it closes on 3 May 2027 and reopens in June 2028."

    times = find_times(text, NOON, start=15)

    assert [text[t.start_offset : t.end_offset] for t in times] == ["on 3 May 2027", "in June 2028"]


def test_an_assumed_year_is_told() -> None:
    assert only("on 3 May").year_assumed
    assert not only("on 3 May 2027").year_assumed


@pytest.mark.parametrize(
    "published", [dt.datetime(2026, 1, 1), dt.datetime(9000, 1, 1, tzinfo=dt.UTC)]
)
def test_an_instant_without_a_zone_or_out_of_range_is_refused(published: dt.datetime) -> None:
    with pytest.raises(InstantInvalid) as refusal:
        find_times("in 2027", published)

    assert refusal.value.code == "instant_invalid"


def test_another_zone_counts_by_its_day_in_utc() -> None:
    tokyo = dt.timezone(dt.timedelta(hours=9))

    (time,) = find_times("tomorrow", dt.datetime(2026, 11, 22, 3, tzinfo=tokyo))

    assert days(time) == ("2026-11-22", "2026-11-23")
