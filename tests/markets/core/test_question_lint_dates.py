"""Dates are read where a text names them outright, with the preposition in front."""

from datetime import UTC, date, datetime

import pytest

from markets.core.question_lint.dates import deadline_in, named_dates


@pytest.mark.parametrize(
    ("text", "relation", "first", "last"),
    [
        ("by 1 March 2027", "by", date(2027, 3, 1), date(2027, 3, 1)),
        ("by 23:59 UTC on 1 March 2027", "by", date(2027, 3, 1), date(2027, 3, 1)),
        ("no later than 1st of March 2027", "no later than", date(2027, 3, 1), date(2027, 3, 1)),
        ("before March 1, 2027", "before", date(2027, 3, 1), date(2027, 3, 1)),
        ("on 2027-03-01", "on", date(2027, 3, 1), date(2027, 3, 1)),
        ("in February 2028", "in", date(2028, 2, 1), date(2028, 2, 29)),
        ("in Q4 2027", "in", date(2027, 10, 1), date(2027, 12, 31)),
        ("by the end of 2027", "by", date(2027, 1, 1), date(2027, 12, 31)),
        ("the 2027 budget", "", date(2027, 1, 1), date(2027, 12, 31)),
    ],
)
def test_a_named_time_is_read_with_its_preposition(text, relation, first, last):
    (found,) = named_dates(text)

    assert (found.relation, found.first, found.last) == (relation, first, last)
    assert text[found.end - 2 : found.end] in {"27", "28", "01"}


def test_a_preposition_belongs_to_the_span():
    (found,) = named_dates("Will it open by 1 March 2027?")

    assert (found.start, found.end) == (13, 28)


@pytest.mark.parametrize("text", ["$2027", "2027.5", "1,2027", "20270", "12:2027", "2027%", "May"])
def test_other_numbers_are_no_years(text):
    assert named_dates(text) == []


@pytest.mark.parametrize("text", ["31 April 2027", "2027-13-01", "29 February 2027", "0 May 2027"])
def test_a_day_that_no_calendar_has_is_nowhere(text):
    (found,) = named_dates(text)

    assert (found.first, found.last, found.limit) == (None, None, None)


@pytest.mark.parametrize(
    ("title", "limit"),
    [
        ("Will it open by 1 March 2027?", datetime(2027, 3, 2, tzinfo=UTC)),
        ("Will it open before 1 March 2027?", datetime(2027, 3, 1, tzinfo=UTC)),
        ("Will it open by the end of 2027?", datetime(2028, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_deadline_ends_with_its_last_day_unless_it_says_before(title, limit):
    deadline = deadline_in(title)

    assert deadline is not None
    assert deadline.limit == limit


def test_a_time_at_which_something_happens_is_no_deadline():
    assert deadline_in("Will it open on 1 March 2027?") is None
