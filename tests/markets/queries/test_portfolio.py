import pytest

from markets.core.money import MICRO
from markets.models import Account
from markets.queries.portfolio import (
    position_in,
    positions_of,
    standing_forecast,
    transfers_of,
    wallet_of,
)
from markets.services import forecasting
from markets.services.trading import place_order
from tests.instants import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(alice, question):
    return place_order(
        trader=alice, market_id=question.pk, claim=(0,), side="buy", budget=50 * MICRO,
        request_key="first", clock=lambda: NOON,
    )  # fmt: skip


def test_a_wallet_before_its_first_trade_shows_the_grant_and_opens_nothing(alice):
    assert wallet_of(alice.pk).available == 1_000 * MICRO
    assert not Account.objects.exists()


def test_a_wallet_shows_what_is_left(alice, bought):
    assert wallet_of(alice.pk).balance == 950 * MICRO


def test_a_position_is_valued_at_the_odds(alice, question, bought):
    position = position_in(alice.pk, question.pk)

    price = bought.fills.get().price_after
    assert position.shares == (bought.filled_shares, 0)
    assert position.value == int(bought.filled_shares * price)
    assert position.profit == position.value - 50 * MICRO
    assert not position.is_settled


def test_nobody_elses_holdings_are_shown(charlie, question, bought):
    assert position_in(charlie.pk, question.pk) is None
    assert positions_of(charlie.pk) == ()
    assert not transfers_of(charlie.pk).exists()


def test_transfers_come_newest_first(alice, bought):
    assert [transfer.code for transfer in transfers_of(alice.pk)] == ["trade", "grant"]


def test_a_withdrawn_forecast_stands_no_more(alice, question):
    forecast = forecasting.submit_forecast(
        forecaster=alice, question_id=question.pk, probabilities=(0.8, 0.2), now=NOON,
        request_key="one",
    )  # fmt: skip
    assert standing_forecast(alice.pk, question.pk, now=NOON) == forecast

    forecasting.withdraw_forecast(forecast_id=forecast.pk, forecaster=alice, now=NOON)

    assert standing_forecast(alice.pk, question.pk, now=NOON) is None
