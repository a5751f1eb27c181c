"""Whatever the exchange does to a market, its fills alone lead to the same place."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.book import Book
from markets.core.errors import MarketError
from markets.core.exchange import execute
from markets.core.liquidity import maker_with, opening_maker
from markets.core.orders import Intent
from markets.core.replay import PastFill, PastLiquidity, Replay
from tests.markets.core.strategies import CREDIT, distributions, property_test

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SUBSIDY = 200 * CREDIT
TRADERS = (1, 2, 3)


@st.composite
def intents(draw, order, outcome_count):
    claim = draw(st.sets(st.integers(0, outcome_count - 1), min_size=1, max_size=outcome_count - 1))
    is_buy, rests = draw(st.booleans()), draw(st.booleans())
    by_budget = is_buy and draw(st.booleans())
    amount = draw(st.one_of(st.integers(1, CREDIT), st.integers(CREDIT, 400 * CREDIT)))
    return Intent(
        order=order, trader=draw(st.sampled_from(TRADERS)), is_buy=is_buy,
        claim=tuple(sorted(claim)), budget=amount if by_budget else None,
        shares=None if by_budget else amount,
        limit=draw(st.integers(35, 65)) * 10 if rests or draw(st.booleans()) else None, rests=rests,
    )  # fmt: skip


class Market:
    """A market that keeps its history, as the engine does."""

    def __init__(self, prior):
        self.book = Book(opening_maker(SUBSIDY, prior))
        self.replay = Replay(subsidy=SUBSIDY, prior=np.array(prior), report=self._report)
        self.differences, self.seq = [], 0

    def _report(self, difference):
        self.differences.append(difference)

    def place(self, intent):
        try:
            execution = execute(self.book, intent, available=10**18)
        except MarketError:
            return
        self.book.apply(execution)
        for fill in execution.fills:
            self.record(fill)

    def cancel(self, order_id):
        release = self.book.cancel(order_id)
        if release.fill is not None:
            self.record(release.fill)

    def record(self, fill, **changes):
        self.seq += 1
        told = {
            "seq": self.seq, "order": fill.order, "counter": fill.counter, "trader": fill.trader,
            "claim": fill.claim, "shares": fill.shares, "redeemed": fill.redeemed,
            "cost": fill.cost, "price_before": fill.price_before,
            "price_after": fill.price_after, "probabilities": fill.probabilities,
            "filled_at": NOON + timedelta(seconds=self.seq),
        }  # fmt: skip
        self.replay.take(PastFill(**{**told, **changes}))

    def add_liquidity(self, amount):
        after = self.book.maker = maker_with(self.book.maker, amount)
        self.replay.add_liquidity(
            PastLiquidity(self.seq, amount, int(after.liquidity), after.prior)
        )


@property_test
@given(st.data(), st.integers(2, 4))
def test_any_history_is_replayed_to_where_it_led(data, outcome_count):
    market = Market(data.draw(distributions(outcome_count, least=0.05)))

    for order in range(1, data.draw(st.integers(1, 14)) + 1):
        market.place(data.draw(intents(order, outcome_count)))
        act = data.draw(st.sampled_from(["trade", "trade", "add", "cancel"]))
        if act == "add":
            market.add_liquidity(data.draw(st.integers(CREDIT, 50 * CREDIT)))
        elif act == "cancel" and market.book.resting:
            market.cancel(data.draw(st.sampled_from(sorted(market.book.resting))))
    market.replay.finish()

    assert market.differences == []
    assert market.replay.maker.shares.tolist() == market.book.maker.shares.tolist()
    assert market.replay.maker.prices().tolist() == market.book.maker.prices().tolist()
    for trader, rebuilt in market.replay.positions.items():
        assert rebuilt.shares.tolist() == market.book.holding(trader).shares.tolist()


def buy(trader, order, amount=10 * CREDIT, **changes):
    return Intent(
        order=order, trader=trader, is_buy=True, claim=(0,), **{"budget": amount, **changes}
    )


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("probabilities", {"probabilities": np.array([0.5, 0.5])}),
        ("probabilities", {"probabilities": np.array([np.nan, np.nan])}),
        ("price before", {"price_before": 0.4}),
        ("price after", {"price_after": None}),
        ("seq", {"seq": 7}),
        ("instant", {"filled_at": NOON - timedelta(days=1)}),
        ("match", {"counter": 99}),
    ],
)
def test_what_a_fill_says_wrongly_is_reported_with_its_seq(what, changes):
    market = Market([0.5, 0.5])
    market.place(buy(1, 1))
    fill = execute(market.book, buy(2, 2), available=10**18).fills[0]

    market.record(fill, **changes)
    market.replay.finish()

    assert [each.what for each in market.differences] == [what]
    assert market.differences[0].seq == changes.get("seq", 2)


class TestMatches:
    """Of each kind one, made by hand, with the holdings that it leaves."""

    @pytest.fixture
    def market(self):
        return Market([0.5, 0.5])

    def matched(self, market):
        """(shares of the maker, holdings by trader) once all of it has been replayed."""
        market.replay.finish()
        assert market.differences == []
        assert market.replay.maker.shares.tolist() == market.book.maker.shares.tolist()
        return {
            trader: rebuilt.shares.tolist() for trader, rebuilt in market.replay.positions.items()
        }

    def test_two_buyers_of_complements_mint_a_set(self, market):
        market.place(buy(1, 1, amount=None, shares=10 * CREDIT, limit=450, rests=True))

        market.place(no(2, 2, shares=200 * CREDIT, limit=550))

        assert self.matched(market)[1] == [10 * CREDIT, 0]
        assert market.replay.maker.shares[0] == 10 * CREDIT

    def test_a_buyer_takes_over_a_seller_s_shares(self, market):
        market.place(buy(1, 1, amount=20 * CREDIT))
        market.place(sell(1, 2, (0,), shares=10 * CREDIT, limit=600, rests=True))

        market.place(buy(2, 3, amount=None, shares=300 * CREDIT, limit=600))

        held = self.matched(market)
        assert held[1][0] + held[2][0] == market.replay.maker.shares[0]
        assert held[2][0] > 10 * CREDIT

    def test_two_sellers_of_complements_burn_a_set(self, market):
        market.place(buy(1, 1, amount=20 * CREDIT))
        market.place(no(2, 2, shares=30 * CREDIT))
        sets = min(market.book.maker.shares)
        market.place(sell(1, 3, (0,), shares=10 * CREDIT, limit=520, rests=True))

        market.place(sell(2, 4, (1,), shares=30 * CREDIT, limit=480))

        self.matched(market)
        assert min(market.book.maker.shares) < sets

    def test_the_volume_of_a_match_counts_once(self, market):
        market.place(buy(1, 1, limit=450, rests=True))

        market.place(no(2, 2, shares=200 * CREDIT, limit=550))

        resting, taker = (market.replay.positions[trader] for trader in (1, 2))
        assert resting.spent == 10 * CREDIT
        assert market.replay.volume == taker.spent


def no(trader, order, **asked):
    return Intent(order=order, trader=trader, is_buy=True, claim=(1,), **asked)


def sell(trader, order, claim, **asked):
    return Intent(order=order, trader=trader, is_buy=False, claim=claim, **asked)
