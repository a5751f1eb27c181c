"""What lists and odds say of numbers and dates."""

from datetime import timedelta

import pytest

from markets.core.money import MICRO
from markets.core.numeric import Bins
from markets.queries.cards import cards_of
from markets.queries.odds import odds_for
from markets.queries.record import recent_fills
from markets.queries.search import public_questions
from markets.services import forecasting, resolution, trading
from tests.instants import NOON

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
BINS = Bins(lower=0, upper=4, count=4, unit="goals")


@pytest.fixture
def goals(publish):
    return publish(title="How many goals?", type="numeric", outcomes=(), prior=(), bins=BINS)


def buy(trader, question, claim, at, key="k"):
    return trading.place_order(
        trader=trader, market_id=question.pk, claim=claim, side="buy", budget=400 * MICRO,
        request_key=key, clock=lambda: at,
    )  # fmt: skip


def test_odds_of_a_number_have_a_summary(goals):
    odds = odds_for(goals, now=NOON + HOUR)

    assert odds.bins == BINS
    assert odds.summary.expected_value == 2.0
    assert odds.summary.quantiles == {0.1: 0.4, 0.25: 1.0, 0.5: 2.0, 0.75: 3.0, 0.9: 3.6}
    assert {outcome.bins for outcome in odds.outcomes} == {BINS}


def test_other_odds_have_none(question):
    odds = odds_for(question, now=NOON + HOUR)

    assert (odds.bins, odds.summary) == (None, None)


def test_the_summary_of_the_crowd_is_hidden_with_it(goals, alice):
    goals.reveal_at = NOON + 2 * HOUR
    goals.save()
    forecasting.submit_forecast(
        forecaster=alice, question_id=goals.pk, probabilities=[0.1, 0.2, 0.3, 0.4],
        request_key="f", now=NOON,
    )  # fmt: skip

    assert odds_for(goals, now=NOON + HOUR).crowd.summary is None
    assert odds_for(goals, now=NOON + 3 * HOUR).crowd.summary.median == pytest.approx(2 + 2 / 3)


def test_a_card_has_the_line_of_its_median(goals, alice):
    buy(alice, goals, (3,), NOON + 90 * HOUR)

    [card] = cards_of(public_questions(), now=NOON + 168 * HOUR)

    assert card.sparkline[0] == 0.5
    assert card.sparkline[-1] == pytest.approx(card.odds.summary.median / 4)
    assert card.sparkline[-1] > 0.6


def test_a_decided_card_says_the_value(goals, eve, erin):
    resolution.propose(question_id=goals.pk, value=2.0, proposer=eve, now=NOON + HOUR)
    resolution.confirm(question_id=goals.pk, editor=erin, now=NOON + HOUR)

    [card] = cards_of(public_questions(), now=NOON + 2 * HOUR)

    assert card.answer == "2 goals"
    assert card.leading.label == "2 to below 3 goals"
    assert card.odds.summary is None


def test_a_stake_over_several_outcomes_is_a_portfolio(goals, alice):
    forecasting.submit_forecast(
        forecaster=alice, question_id=goals.pk, probabilities=[0.1, 0.2, 0.3, 0.4],
        stake=10 * MICRO, request_key="f", now=NOON, clock=lambda: NOON,
    )  # fmt: skip
    buy(alice, goals, (0,), NOON + HOUR)

    assert [row.is_portfolio for row in recent_fills(goals.pk)] == [False, True]
