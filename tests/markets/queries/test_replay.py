"""A market replayed from its fills stands where its row says, and any other row is found out."""

from decimal import Decimal

import pytest
from django.db import connection

from markets.core.money import MICRO
from markets.models import Fill, Position
from markets.queries.replay import DIFFERENCES_KEPT, FETCHED, markets_to_replay, replay_market
from markets.services import forecasting
from tests.instants import NOON
from tests.markets.queries.faults import constraints, corrupt, mend
from tests.markets.queries.worlds import deepen_and_rest, place, trade

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _mended():
    before = constraints()
    yield
    mend(before)


@pytest.fixture
def resting(alice, bob, eve, question):
    """Seven fills: trades with the maker, before and after liquidity was added, and a match."""
    trade(alice, bob, question)
    deepen_and_rest(alice, bob, eve, question)
    place(alice, question, "last", budget=10 * MICRO)
    return question


def replayed(question):
    return replay_market(question.pk, advance=lambda _: None)


def differences(question):
    return [(each.seq, each.what) for each in replayed(question).differences]


def test_a_market_is_replayed_to_where_it_stands(resting):
    found = replayed(resting)

    assert Fill.objects.filter(counter_order__isnull=False).count() == 2
    assert (found.fills, found.traders) == (Fill.objects.count(), 2)
    assert (found.difference_count, found.differences) == (0, [])


def test_a_market_that_nobody_has_traded_in_is_replayed_too(question):
    found = replayed(question)

    assert (found.fills, found.traders, found.differences) == (0, 0, [])


def test_a_stake_on_three_outcomes_and_complete_sets_that_are_minted_are_replayed(
    alice, bob, publish
):
    question = publish(type="multiple_choice", outcomes=("A", "B", "C"), prior=(0.5, 0.3, 0.2))
    forecasting.submit_forecast(
        forecaster=alice, question_id=question.pk, probabilities=(0.3, 0.3, 0.4),
        stake=40 * MICRO, request_key="stake", now=NOON, clock=lambda: NOON,
    )  # fmt: skip
    place(
        alice, question, "rest", claim=(0,), budget=10 * MICRO, limit=Decimal("0.4"),
        time_in_force="gtc",
    )  # fmt: skip
    place(bob, question, "mint", claim=(1, 2), budget=60 * MICRO)

    assert Fill.objects.filter(claim__isnull=True).count() == 1
    assert differences(question) == []


def test_progress_adds_up_to_the_fills(resting):
    advanced = []

    replay_market(resting.pk, advance=advanced.append)

    assert sum(advanced) == Fill.objects.count() < FETCHED


def test_markets_are_named_with_how_many_fills_they_have(resting, publish):
    other = publish(title="Will the bridge open by 2 December 2026?")

    assert markets_to_replay() == {resting.pk: Fill.objects.count(), other.pk: 0}
    assert markets_to_replay([other.pk]) == {other.pk: 0}


MATCH = "WHERE seq = (SELECT min(seq) FROM markets_fill WHERE counter_order_id IS NOT NULL)"
FILL = "UPDATE markets_fill SET"
MARKET = "UPDATE markets_market SET"
CHANGE = "UPDATE markets_liquiditychange SET"


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("shares", f"{MARKET} shares[1] = shares[1] + 1"),
        ("liquidity", f"{MARKET} liquidity = liquidity + 1"),
        ("prior", f"{MARKET} prior = '{{0.5,0.5}}'"),
        ("probabilities", f"{MARKET} probabilities[1] = probabilities[1] + 1e-9"),
        ("subsidy", f"{MARKET} subsidy = subsidy + 1"),
        ("seq", f"{MARKET} seq = seq + 1"),
        ("volume", f"{MARKET} volume = volume + 1"),
        ("last fill at", f"{MARKET} last_fill_at = last_fill_at + interval '1 s'"),
        ("trader count", f"{MARKET} trader_count = trader_count + 1"),
        ("liquidity added", f"{CHANGE} liquidity = liquidity - 1"),
        ("liquidity added", f"{CHANGE} subsidy = subsidy - 100"),
        ("prior", f"{CHANGE} prior = '{{0.5,0.5}}'"),
        ("probabilities", f"{CHANGE} seq = 0"),
        ("seq", f"{FILL} seq = 70 WHERE seq = 2"),
        ("instant", f"{FILL} filled_at = filled_at + interval '1 s' WHERE seq = 1"),
        ("probabilities", f"{FILL} probabilities[2] = probabilities[2] + 1e-9 WHERE seq = 1"),
        ("probabilities", f"{FILL} probabilities = '{{NaN,NaN}}' WHERE seq = 1"),
        ("probabilities", f"{FILL} probabilities[1] = probabilities[1] + 1e-9 {MATCH}"),
        ("price before", f"{FILL} price_before = price_before + 1e-9 WHERE seq = 1"),
        ("price after", f"{FILL} price_after = NULL WHERE seq = 2"),
        ("match", f"{FILL} counter_order_id = NULL {MATCH}"),
        ("match", f"{FILL} shares[1] = shares[1] + 1 {MATCH}"),
        (
            "match",
            f"{FILL} counter_order_id = order_id WHERE seq = (SELECT seq FROM markets_market)",
        ),
        ("shares", f"{FILL} redeemed = redeemed + 1 WHERE seq = 1"),
        ("volume", f"{FILL} cost = cost + 1 WHERE seq = 1"),
    ],
)
def test_one_wrong_number_is_found(resting, what, statement):
    corrupt(statement)

    assert what in {each.what for each in replayed(resting).differences}


@pytest.mark.parametrize("column", ["shares[1]", "spent", "received"])
def test_a_wrong_position_is_found_with_its_trader(resting, alice, column):
    corrupt(f"UPDATE markets_position SET {column} = {column} + 1 WHERE trader_id = {alice.pk}")

    assert differences(resting) == [(None, f"position of trader {alice.pk}")]


def test_a_missing_position_is_found(resting, bob):
    corrupt(f"DELETE FROM markets_position WHERE trader_id = {bob.pk}")

    found = replayed(resting).differences
    assert [(each.what, each.stored) for each in found] == [
        (f"position of trader {bob.pk}", "none")
    ]


def test_a_position_that_no_fill_accounts_for_is_found(resting, charlie):
    Position.objects.create(
        trader=charlie, market_id=resting.pk, shares=[1, 0], reserved_shares=[0, 0]
    )

    found = replayed(resting).differences
    assert [(each.what, each.replayed) for each in found] == [
        (f"position of trader {charlie.pk}", "none")
    ]


def test_the_first_difference_is_at_the_fill_that_is_wrong(resting):
    corrupt(f"{FILL} probabilities = '{{0.5,0.5}}' WHERE seq = 2")

    assert differences(resting) == [(2, "probabilities")]


def test_of_many_differences_the_first_are_kept_and_all_are_counted(resting):
    corrupt(f"{FILL} probabilities = '{{0.1,0.9}}', price_before = 0, price_after = 1")

    found = replayed(resting)
    assert found.difference_count == 3 * Fill.objects.count() > DIFFERENCES_KEPT
    assert len(found.differences) == DIFFERENCES_KEPT
    assert found.differences[0].seq == 1


def test_a_replay_sees_one_instant_and_writes_nothing(resting):
    with connection.execute_wrapper(_refuse_writes):
        assert differences(resting) == []


def _refuse_writes(execute, sql, parameters, many, context):
    assert sql.split(maxsplit=1)[0] in {"SELECT", "SET"}, sql
    return execute(sql, parameters, many, context)
