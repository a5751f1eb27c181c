from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from markets.core.lifecycle import (
    ACCEPTS_FORECASTS,
    ACCEPTS_TRADES,
    TRANSITIONS,
    QuestionStatus,
    TransitionRefused,
    due_transition,
    require_transition,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

ALLOWED = """
    draft       review scheduled rejected annulled
    review      scheduled draft rejected annulled
    rejected
    scheduled   open scheduled annulled
    open        halted closed proposed annulled
    halted      open closed annulled
    closed      proposed annulled
    proposed    resolved challenged annulled
    challenged  resolved proposed annulled
    resolved    final resolved
    final       resolved
    annulled
"""
TABLE = {
    words[0]: set(words[1:]) for line in ALLOWED.strip().splitlines() if (words := line.split())
}
STATUSES = sorted(TABLE)


def test_the_table_speaks_of_every_status():
    assert STATUSES == sorted(QuestionStatus) == sorted(TRANSITIONS)


@pytest.mark.parametrize(("from_status", "to_status"), list(product(STATUSES, STATUSES)))
def test_exactly_the_steps_of_the_table_are_allowed(from_status, to_status):
    if to_status in TABLE[from_status]:
        require_transition(from_status, to_status)
    else:
        with pytest.raises(TransitionRefused) as refusal:
            require_transition(from_status, to_status)

        assert refusal.value.code == "transition_refused"
        assert all(possible in refusal.value.message for possible in TABLE[from_status])


def test_a_refused_step_says_what_is_possible_instead():
    with pytest.raises(TransitionRefused) as refusal:
        require_transition(QuestionStatus.OPEN, QuestionStatus.FINAL)

    assert str(refusal.value) == (
        "An open question cannot become final. "
        "From here it can become annulled or closed or halted or proposed."
    )


def test_a_refused_step_from_an_end_says_that_it_is_one():
    with pytest.raises(TransitionRefused, match=r"^A rejected .* Nothing follows from here\.$"):
        require_transition("rejected", "open")


def test_only_an_open_question_is_traded_and_a_halt_stops_no_forecast():
    assert {"open"} == ACCEPTS_TRADES
    assert {"open", "halted"} == ACCEPTS_FORECASTS


def due(status, *, opens_at=None, closes_at=None):
    return due_transition(status, now=NOON, opens_at=opens_at, closes_at=closes_at)


@pytest.mark.parametrize("instant", [NOON, NOON - SECOND, NOON - timedelta(days=400)])
def test_the_clock_moves_a_question_at_the_instant_itself_and_ever_after(instant):
    assert due("scheduled", opens_at=instant) == "open"
    assert due("open", closes_at=instant) == "closed"
    assert due("halted", closes_at=instant) == "closed"


@pytest.mark.parametrize("instant", [NOON + SECOND, None])
def test_the_clock_moves_nothing_before_its_time(instant):
    for status in STATUSES:
        assert due(status, opens_at=instant, closes_at=instant) is None


def test_a_question_found_late_takes_one_step_at_a_time():
    assert due("scheduled", opens_at=NOON - SECOND, closes_at=NOON - SECOND) == "open"
    assert due("open", opens_at=NOON - SECOND, closes_at=NOON - SECOND) == "closed"


def test_every_step_that_the_clock_takes_is_in_the_table():
    for status in STATUSES:
        there = due(status, opens_at=NOON, closes_at=NOON)
        assert there is None or there in TABLE[status]
        assert (there is None) == (status not in {"scheduled", "open", "halted"})
