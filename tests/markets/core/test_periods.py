"""Every instant lies in one week, one month and one quarter, whose names lead back to them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.periods import (
    Span,
    after,
    before,
    months_of,
    period_at,
    period_named,
    periods_around,
)

INSTANT = st.datetimes(datetime(2001, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
SPAN = st.sampled_from(list(Span))
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@given(SPAN, INSTANT)
def test_a_period_holds_its_instant_and_its_name_leads_back(span, at):
    period = period_at(span, at)

    assert period.starts_at <= at < period.ends_at
    assert period_named(period.name, now=NOW) == period
    assert len(period.name) <= 8


@given(st.sampled_from([Span.WEEK, Span.MONTH, Span.QUARTER]), INSTANT)
def test_periods_follow_each_other_without_a_gap(span, at):
    period = period_at(span, at)

    assert before(period).ends_at == period.starts_at
    assert after(before(period), now=at) == period
    assert after(period, now=at) is None


@given(INSTANT)
def test_a_quarter_is_its_three_months(at):
    quarter = period_at(Span.QUARTER, at)
    months = [period_named(name, now=NOW) for name in months_of(quarter)]

    assert months[0].starts_at == quarter.starts_at
    assert months[2].ends_at == quarter.ends_at
    assert period_at(Span.MONTH, at) in months


def test_days_are_those_of_utc_whatever_the_zone():
    in_baku = datetime(2026, 12, 1, 2, tzinfo=timezone(timedelta(hours=4)))

    assert [period.name for period in periods_around(in_baku)] == [
        "2026-W49", "2026-11", "2026-Q4", "all",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["", "year", "2026", "2026-13", "2026-00", "2026-W54", "2026-W00", "2026-Q5", "0000-01",
     "0001-01", "2026-1", "9999-12", "9999-W52", "\uff12\uff10\uff12\uff16-11", "2026-11\n"],
)  # fmt: skip
def test_what_is_no_period_has_none(name):
    assert period_named(name, now=NOW) is None


def test_the_name_of_a_span_stands_for_the_one_that_lasts():
    assert period_named("quarter", now=NOW).name == "2026-Q4"
