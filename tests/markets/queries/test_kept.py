"""What takes long to add up is read again for some minutes, and never when it has changed."""

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from markets.core.periods import all_time
from markets.models import Tally
from markets.queries import kept as module
from markets.queries.calibration import calibration_of_series, series_compared
from markets.queries.kept import kept
from markets.queries.leaderboard import busiest_tags
from tests.instants import NOON
from tests.markets.services.verdicts import asked, resolved, scored
from tests.markets.tallied import lived, tally_all

pytestmark = pytest.mark.django_db
READS = {
    "tags": lambda: busiest_tags(limit=5),
    "curves": lambda: calibration_of_series(period=all_time()),
    "comparison": lambda: series_compared(against="market", period=all_time()),
}


@pytest.fixture
def decided(publish, alice, bob, charlie, eve):
    return lived(publish(tags=("rail",)), alice, bob, charlie, eve)


@pytest.fixture
def away(settings):
    """Valkey does not answer."""
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock"}
    }
    yield
    del caches["default"]


def statements(read):
    with CaptureQueriesContext(connection) as captured:
        found = read()
    return found, len(captured)


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_what_was_read_of_late_is_not_added_up_again(decided, read):
    first, first_count = statements(read)
    again, again_count = statements(read)

    assert again == first
    assert again
    assert (first_count, again_count) == (2, 1)


def test_the_next_tally_is_seen_at_once(decided, eve, alice):
    assert busiest_tags(limit=5) == ("rail",)
    scored(resolved(asked(eve, key="line", tags=("trade",)), at=NOON), at=NOON, peers={alice: 9.0})
    tally_all()

    assert busiest_tags(limit=5) == ("rail", "trade")


@pytest.mark.parametrize("other", [{"limit": 1}, {"limit": 5, "period": "2026-W01"}])
def test_what_is_asked_otherwise_is_another_thing(decided, other):
    busiest_tags(limit=5)
    Tally.objects.all().delete()

    assert busiest_tags(**other) == ()


def test_it_is_kept_for_some_minutes_only(decided, monkeypatch):
    seconds = []
    monkeypatch.setattr(
        cache, "set", lambda key, value, timeout: seconds.append(timeout), raising=False
    )

    busiest_tags(limit=5)

    assert seconds == [module.KEPT_SECONDS] == [600]


def test_nothing_that_came_out_as_none_is_computed_again():
    computed = []

    for _ in range(2):
        assert kept("nothing", (1,), lambda: computed.append(1)) is None

    assert computed == [1]


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_without_valkey_everything_is_computed(decided, away, read):
    first, first_count = statements(read)
    again, again_count = statements(read)

    assert again == first
    assert (first_count, again_count) == (2, 2)
