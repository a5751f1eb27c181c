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
from markets.services import forecasting, resolution
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


@pytest.mark.parametrize(
    ("answer", "value", "profit"),
    [
        ({"outcome_weights": (1, 0)}, 96_757_783, 46_757_783),
        ({"outcome_weights": (0, 1)}, 0, -50 * MICRO),
        ({"outcome_weights": (0.5, 0.5)}, 48_378_891, -1_621_109),
        ({"verdict": "ambiguous"}, 50 * MICRO, 0),
    ],
)
def test_a_position_that_is_decided_but_not_paid_is_valued_by_the_answer(
    alice, question, bought, eve, erin, answer, value, profit
):
    resolution.propose(
        question_id=question.pk, rationale="It crossed.", proposer=eve, now=NOON, **answer
    )
    assert position_in(alice.pk, question.pk).value not in {value, 0}
    resolution.confirm(question_id=question.pk, editor=erin, now=NOON)

    position = position_in(alice.pk, question.pk)

    assert (position.value, position.profit, position.is_settled) == (value, profit, False)


def test_an_annulled_position_is_worth_what_was_spent(alice, question, bought, eve):
    resolution.annul(question_id=question.pk, reason="Two trains.", editor=eve, now=NOON)

    assert position_in(alice.pk, question.pk).value == 50 * MICRO


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
