"""Markets rebuilt from their fills, and compared with their rows.

Fills are streamed through a cursor of the server, so a market of ten million fills takes no more
memory than one of ten; what grows is one holding per trader. All of it is read as it was at one
instant, so trading may go on meanwhile.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from django.db import connection, transaction
from psycopg import Connection

from markets.core.replay import Difference, PastFill, PastLiquidity, Rebuilt, Replay, differs
from markets.models import LiquidityChange, Market, Position

FETCHED = 2_000
"""Fills that come over the connection at once."""

DIFFERENCES_KEPT = 20
"""Of one market. What goes wrong once is wrong from there on, so the first ones say it all."""

_FILLS = """
SELECT seq, order_id, counter_order_id, trader_id, claim, shares, redeemed, cost, price_before,
       price_after, probabilities, filled_at
FROM markets_fill WHERE market_id = %s ORDER BY seq
"""


@dataclass(slots=True, kw_only=True)
class ReplayedMarket:
    """What a replay of one market found; of the differences the first ones are kept."""

    market_id: int
    fills: int = 0
    traders: int = 0
    difference_count: int = 0
    differences: list[Difference] = field(default_factory=list)

    def report(self, difference: Difference) -> None:
        self.difference_count += 1
        if len(self.differences) < DIFFERENCES_KEPT:
            self.differences.append(difference)

    def require(self, what: str, replayed: object, stored: object) -> None:
        """Report what is not the same at the end."""
        if replayed != stored:
            self.report(Difference(None, what, str(replayed), str(stored)))


def markets_to_replay(question_ids: list[int] | None = None) -> dict[int, int]:
    """How many fills each market has, by question: of those asked for, or of all."""
    markets = Market.objects.order_by("pk")
    if question_ids is not None:
        markets = markets.filter(pk__in=question_ids)
    return dict(markets.values_list("pk", "seq"))


def replay_market(market_id: int, *, advance: Callable[[int], None]) -> ReplayedMarket:
    """Rebuild a market from its fills, and return every difference from what is stored.

    `advance` is called again and again with how many fills more have been replayed.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        market = Market.objects.select_related("question").get(pk=market_id)
        found = ReplayedMarket(market_id=market_id)
        prior = np.array(market.question.prior, dtype=np.float64)
        replay = Replay(subsidy=market.question.subsidy, prior=prior, report=found.report)
        _run(replay, market_id, found, advance)
        _compare_market(replay, market, found)
        _compare_positions(replay, market_id, found)
    found.traders = len(replay.positions)
    return found


def _run(
    replay: Replay, market_id: int, found: ReplayedMarket, advance: Callable[[int], None]
) -> None:
    """Take in everything that happened, liquidity at its place between the fills."""
    changes = _changes(market_id)
    upcoming = next(changes, None)
    for fill in _fills(market_id):
        while upcoming is not None and upcoming.seq < fill.seq:
            replay.add_liquidity(upcoming)
            upcoming = next(changes, None)
        replay.take(fill)
        found.fills += 1
        if found.fills % FETCHED == 0:
            advance(FETCHED)
    replay.finish()
    while upcoming is not None:
        replay.add_liquidity(upcoming)
        upcoming = next(changes, None)
    advance(found.fills % FETCHED)


def _fills(market_id: int) -> Iterator[PastFill]:
    raw = cast("Connection[tuple[Any, ...]]", connection.connection)
    with raw.cursor(name="fills_to_replay", binary=True) as cursor:
        cursor.itersize = FETCHED
        cursor.execute(_FILLS, [market_id])
        for seq, order, counter, trader, claim, shares, redeemed, cost, *prices, at in cursor:
            price_before, price_after, probabilities = prices
            yield PastFill(
                seq, order, counter, trader, None if claim is None else tuple(claim),
                np.array(shares, dtype=np.int64), redeemed, cost, price_before, price_after,
                np.array(probabilities, dtype=np.float64), at,
            )  # fmt: skip


def _changes(market_id: int) -> Iterator[PastLiquidity]:
    rows = LiquidityChange.objects.filter(market_id=market_id).order_by("pk")
    for change in rows:
        prior = np.array(change.prior, dtype=np.float64)
        yield PastLiquidity(change.seq, change.subsidy, change.liquidity, prior)


def _compare_market(replay: Replay, market: Market, found: ReplayedMarket) -> None:
    found.require("shares", replay.maker.shares.tolist(), market.shares)
    found.require("liquidity", int(replay.maker.liquidity), market.liquidity)
    for what, vector, stored in (
        ("prior", replay.maker.prior, market.prior),
        ("probabilities", replay.maker.prices(), market.probabilities),
    ):
        if differs(vector, np.array(stored, dtype=np.float64)):
            found.report(Difference(None, what, str(vector.tolist()), str(stored)))
    found.require("subsidy", replay.subsidy, market.subsidy)
    found.require("seq", replay.seq, market.seq)
    found.require("volume", replay.volume, market.volume)
    found.require("last fill at", replay.last_fill_at, market.last_fill_at)
    found.require("trader count", len(replay.positions), market.trader_count)


def _compare_positions(replay: Replay, market_id: int, found: ReplayedMarket) -> None:
    missing = dict(replay.positions)
    rows = Position.objects.filter(market_id=market_id).order_by("pk")
    columns = ("trader_id", "shares", "spent", "received")
    for trader_id, shares, spent, received in rows.values_list(*columns).iterator():
        rebuilt = missing.pop(trader_id, None)
        stored = (shares, spent, received)
        found.require(f"position of trader {trader_id}", _told(rebuilt), _tell(*stored))
    for trader_id, rebuilt in missing.items():
        found.require(f"position of trader {trader_id}", _told(rebuilt), "none")


def _told(rebuilt: Rebuilt | None) -> str:
    if rebuilt is None:
        return "none"
    return _tell(rebuilt.shares.tolist(), rebuilt.spent, rebuilt.received)


def _tell(shares: list[int], spent: int, received: int) -> str:
    return f"{shares} shares, {spent} spent, {received} received"
