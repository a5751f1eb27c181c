"""Markets with a past, for audits and replays to look at."""

from decimal import Decimal

from markets.core.money import MICRO
from markets.services.liquidity import add_liquidity
from markets.services.trading import place_order
from tests.instants import NOON

YES, NO = (0,), (1,)


def place(trader, question, key, **asked):
    return place_order(
        trader=trader, market_id=question.pk, request_key=key, clock=lambda: NOON,
        **{"side": "buy", "claim": YES, **asked},
    )  # fmt: skip


def trade(alice, bob, question):
    """Two buys from the maker, one of each outcome."""
    for trader, claim in ((alice, YES), (bob, NO)):
        place(trader, question, "first", claim=claim, budget=50 * MICRO)


def deepen_and_rest(alice, bob, eve, question):
    """Liquidity is added; buys by budget and by shares and a sell rest; some of it is matched."""
    rests = {"time_in_force": "gtc"}
    add_liquidity(
        market_id=question.pk, amount=100 * MICRO, editor=eve, request_key="deeper", now=NOON
    )
    place(alice, question, "low", budget=20 * MICRO, limit=Decimal("0.3"), **rests)
    place(bob, question, "odd", shares=7_001_001, claim=NO, limit=Decimal("0.333"), **rests)
    place(alice, question, "ask", side="sell", shares=30 * MICRO, limit=Decimal("0.6"), **rests)
    place(bob, question, "match", shares=25 * MICRO)
    place(bob, question, "cross", budget=200 * MICRO, limit=Decimal("0.6"))
