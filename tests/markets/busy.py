"""A market where everything happens: buys, sales, orders that rest, matches, sets, stakes."""

import random
from datetime import timedelta
from decimal import Decimal

from markets.core.errors import MarketError
from markets.core.money import MICRO
from markets.core.settlement import Trade, owed
from markets.models import Fill, Market, Position
from markets.services import forecasting
from markets.services.trading import place_order
from tests.instants import NOON

MINUTE = timedelta(minutes=1)


def trade_at_random(question, traders, *, orders, seed=1, start=NOON):
    """Have `traders` place so many orders, a minute apart; refusals are part of life."""
    chance = random.Random(seed)
    outcomes = len(question.prior)
    for number in range(orders):
        at = start + number * MINUTE
        trader = chance.choice(traders)
        try:
            if chance.random() < 0.1:
                _stake(trader, question, chance, outcomes, f"{seed}-{number}", at)
            else:
                _order(trader, question, chance, outcomes, f"{seed}-{number}", at)
        except MarketError:
            continue


def _order(trader, question, chance, outcomes, key, at):
    claim = tuple(sorted(chance.sample(range(outcomes), chance.randint(1, outcomes - 1))))
    price = sum(Market.objects.get(pk=question.pk).probabilities[each] for each in claim)
    terms = {"side": "buy", "budget": chance.randint(1_000, 30 * MICRO)}
    if chance.random() < 0.4:
        position = Position.objects.filter(trader=trader, market_id=question.pk).first()
        held = 0 if position is None else min(position.shares[each] for each in claim)
        if held:
            terms = {"side": "sell", "shares": max(1, int(held * chance.random()))}
    if chance.random() < 0.4:
        limit = min(0.95, max(0.05, price + chance.uniform(-0.08, 0.08)))
        terms |= {"limit": Decimal(round(limit, 3)).quantize(Decimal("0.001"))}
        terms |= {"time_in_force": "gtc"}
    place_order(
        trader=trader, market_id=question.pk, claim=claim, request_key=key, clock=lambda: at,
        **terms,
    )  # fmt: skip


def _stake(trader, question, chance, outcomes, key, at):
    parts = [chance.randint(10, 100) for _ in range(outcomes)]
    forecasting.submit_forecast(
        forecaster=trader, question_id=question.pk,
        probabilities=[part / sum(parts) for part in parts],
        stake=chance.randint(1, 20) * MICRO, request_key=key, now=at, clock=lambda: at,
    )  # fmt: skip


def owed_by_the_definition(position, weights, effective_at):
    """What core says of a position and its fills, one by one."""
    if weights is None:
        return position.spent - position.received
    later = Fill.objects.filter(
        market_id=position.market_id, trader_id=position.trader_id, filled_at__gte=effective_at
    )
    return owed(
        position.shares, weights, [Trade(fill.shares, fill.redeemed, fill.cost) for fill in later]
    )
