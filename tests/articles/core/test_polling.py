from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.core.polling import (
    BACK_OFF_MAX,
    FAILURES_MAX,
    INTERVAL_MAX,
    INTERVAL_MIN,
    JITTER_SHARE,
    RETRY_AFTER_MAX,
    adapted_interval,
    entry_sha256,
    is_given_up,
    retry_after,
    wait_after_failure,
    wait_after_success,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
intervals = st.timedeltas(INTERVAL_MIN, INTERVAL_MAX)
jitters = st.floats(0, 1)


@given(st.lists(st.booleans(), max_size=60), intervals)
def test_the_interval_never_leaves_its_bounds(news, interval):
    for has_news in news:
        interval = adapted_interval(interval, has_news=has_news)
        assert INTERVAL_MIN <= interval <= INTERVAL_MAX


@given(intervals)
def test_news_bring_the_next_poll_nearer_and_silence_puts_it_off(interval):
    shorter, longer = (adapted_interval(interval, has_news=news) for news in (True, False))

    assert shorter <= interval <= longer


@given(intervals, st.integers(1, 10**9), jitters)
def test_a_wait_after_failure_is_bounded_and_grows_with_failures(interval, failures, jitter):
    wait = wait_after_failure(interval, failures=failures, jitter=jitter)

    assert interval < wait <= BACK_OFF_MAX * (1 + JITTER_SHARE)
    assert wait <= wait_after_failure(interval, failures=failures + 1, jitter=jitter)


@given(intervals, st.timedeltas(timedelta(), timedelta(days=400)), jitters)
def test_a_site_is_never_asked_sooner_than_it_asks_for(interval, asked_for, jitter):
    wait = wait_after_failure(interval, failures=1, jitter=jitter, retry_after=asked_for)

    assert wait >= min(asked_for, RETRY_AFTER_MAX)


@given(intervals, jitters)
def test_jitter_only_ever_puts_a_poll_off_by_a_tenth(interval, jitter):
    wait = wait_after_success(interval, has_more=False, jitter=jitter)

    assert interval <= wait <= interval * (1 + JITTER_SHARE)


def test_a_feed_is_given_up_after_about_a_week_of_failures():
    waits = [
        wait_after_failure(INTERVAL_MIN, failures=failures, jitter=0.0)
        for failures in range(1, FAILURES_MAX)
    ]

    assert not is_given_up(FAILURES_MAX - 1)
    assert timedelta(days=5) < sum(waits, timedelta()) < timedelta(days=7)


@given(st.text(max_size=80))
def test_whatever_a_site_sends_as_retry_after_is_harmless(header):
    asked_for = retry_after(header, now=NOON)

    assert asked_for is None or asked_for >= timedelta()


@pytest.mark.parametrize(
    ("header", "asked_for"),
    [
        ("0", timedelta()),
        (" 3600 ", timedelta(hours=1)),
        ("Sunday, 22-Nov-26 12:30:00 GMT", timedelta(minutes=30)),
        ("Sun, 22 Nov 2026 12:30:00", timedelta(minutes=30)),
        ("٣", None),
        ("1.5", None),
        ("tomorrow", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, asked_for):
    assert retry_after(header, now=NOON) == asked_for


def test_an_id_an_address_and_words_are_never_taken_for_one_another():
    same = "https://post.example/a"
    known = {
        entry_sha256(identifier=same, url="", title="", text=""),
        entry_sha256(identifier="", url=same, title="", text=""),
        entry_sha256(identifier="", url="", title=same, text=""),
        entry_sha256(identifier="", url="", title="", text=same),
    }

    assert len(known) == 4


def test_an_entry_whose_address_cannot_be_read_is_known_by_it_all_the_same():
    first = entry_sha256(identifier="", url="http://[", title="A", text="")

    assert first == entry_sha256(identifier="", url=" http://[", title="B", text="")
