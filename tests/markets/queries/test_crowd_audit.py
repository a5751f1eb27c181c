"""Every line of the audit about the crowd, broken once in a real database and seen caught."""

from datetime import timedelta

import pytest

from markets.models import Forecast
from markets.queries.audit.crowd import CROWD
from markets.queries.ledger import audit
from markets.services import forecasting
from tests.instants import NOON
from tests.markets.queries.faults import corrupt

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def say(forecaster, question, key, probability, *, at=NOON, ends_at=None):
    return forecasting.submit_forecast(
        forecaster=forecaster, question_id=question.pk, request_key=key, now=at, ends_at=ends_at,
        probabilities=(probability, 1 - probability),
    )  # fmt: skip


@pytest.fixture
def crowd(alice, bob, charlie, question):
    """Alice changed her mind, bob withdrew, and charlie's forecast ended by itself."""
    say(alice, question, "first", 0.4)
    given_up = say(bob, question, "his", 0.5)
    say(charlie, question, "theirs", 0.6, ends_at=NOON + HOUR)
    forecasting.withdraw_forecast(forecast_id=given_up.pk, forecaster=bob, now=NOON + HOUR)
    say(alice, question, "second", 0.7, at=NOON + 2 * HOUR, ends_at=NOON + 9 * HOUR)
    question.refresh_from_db()
    return question


LATEST = "WHERE forecast_id = (SELECT max(id) FROM markets_forecast)"
FAULTS = [
    ("standing", "DELETE FROM markets_standingforecast"),
    ("standing", "UPDATE markets_standingforecast SET probabilities = '{0.6,0.4}'"),
    ("standing", "UPDATE markets_standingforecast SET track_weight = 2"),
    ("standing", "UPDATE markets_standingforecast SET ends_at = ends_at + interval '1 h'"),
    ("standing", f"UPDATE markets_standingforecast SET forecast_id = forecast_id - 3 {LATEST}"),
    ("crowd count", "UPDATE markets_question SET forecaster_count = 2"),
    ("crowd count", "UPDATE markets_question SET forecaster_count = 0"),
]


def test_a_sound_crowd_has_a_clean_audit(crowd):
    assert audit() == []
    assert crowd.forecaster_count == 1


@pytest.mark.parametrize(("line", "statement"), FAULTS)
def test_a_broken_crowd_is_caught(crowd, line, statement):
    corrupt(statement, tables=("standingforecast", "question"))

    assert [finding.line for finding in audit()] == [line]


def test_a_finding_says_which_forecast_should_stand(crowd, alice):
    corrupt("DELETE FROM markets_standingforecast", tables=("standingforecast",))

    standing = Forecast.objects.get(request_key="second")
    (finding,) = audit()
    assert finding.market_id == crowd.pk
    assert finding.sentence == (
        f"market {crowd.pk}: of forecaster {alice.pk} forecast {standing.pk} should stand as it "
        "was stated, and None does"
    )


def test_every_line_about_the_crowd_is_broken_by_some_test():
    assert {line for line, _ in FAULTS} == {check.line for check in CROWD}
