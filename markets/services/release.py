"""Ending resting orders many at once: a market's when trading stops, a debtor's in any market."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from markets.models import Account, EndReason, Order, OrderStatus
from markets.services.locks import lock_accounts

_OF_MARKET = "market_id = %(market)s AND status = 'open'"
_BUYS_OF_TRADERS = """
market_id = ANY(%(markets)s) AND trader_id = ANY(%(traders)s) AND status = 'open' AND side = 'buy'
"""
_END = """
UPDATE markets_order
SET status = CASE WHEN filled_shares > 0 THEN 'partly_filled' ELSE 'cancelled' END,
    reserved = 0, ended_at = %(now)s, end_reason = %(reason)s
WHERE {those}
"""
_RELEASE_CREDITS = """
UPDATE markets_account AS wallet
SET reserved = wallet.reserved - resting.reserved
FROM (
    SELECT trader_id, sum(reserved) AS reserved
    FROM markets_order
    WHERE {those}
    GROUP BY trader_id
) AS resting
WHERE wallet.owner_id = resting.trader_id
"""
_RELEASE_SHARES = """
UPDATE markets_position
SET reserved_shares = array_fill(0::bigint, ARRAY[cardinality(reserved_shares)])
WHERE market_id = %(market)s AND trader_id IN (
    SELECT trader_id FROM markets_order
    WHERE market_id = %(market)s AND status = 'open' AND side = 'sell'
)
"""


def end_resting_orders(*, market_id: int, reason: EndReason, now: datetime) -> None:
    """End them all, and give back what they reserved; the caller has locked the market.

    Complete sets that become free stay what they are, worth one credit each: they are redeemed with
    the trader's next fill, or paid when the question is settled.
    """
    resting = Order.objects.filter(market_id=market_id, status=OrderStatus.OPEN)
    wallets = Account.objects.filter(owner__in=resting.values("trader"))
    ids = list(wallets.values_list("pk", flat=True))
    if not ids:
        return
    lock_accounts(ids)
    asked: dict[str, int | str | datetime] = {
        "market": market_id,
        "reason": reason.value,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE_CREDITS.format(those=_OF_MARKET), asked)
        cursor.execute(_RELEASE_SHARES, asked)
        cursor.execute(_END.format(those=_OF_MARKET), asked)


def end_resting_buys(
    *, market_ids: Sequence[int], trader_ids: Sequence[int], reason: EndReason, now: datetime
) -> None:
    """End those of some traders in some markets; the caller has locked these and the wallets."""
    asked: dict[str, list[int] | str | datetime] = {
        "markets": list(market_ids), "traders": list(trader_ids),
        "reason": reason.value, "now": now,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in (_RELEASE_CREDITS, _END):
            cursor.execute(statement.format(those=_BUYS_OF_TRADERS), asked)
