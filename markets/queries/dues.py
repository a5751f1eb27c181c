"""What a resolution owes to every position, worked out by the database: a dry run of settlement.

A position is owed what `markets.core.settlement` says, computed here over all positions of a market
in one statement: the payout of what was held when the answer became known, and the net cost of
every trade that was made from then on, because that is undone; or, where nothing came true, all
that it cost. What an earlier version of the answer has moved already is in `position.payout`, so
only the difference still moves.

Numbers of any size are exact: shares times parts are `numeric`, and `div` cuts off what is less
than a microcredit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from markets.core.settlement import weight_parts
from markets.models import Resolution

ROWS_SHOWN = 200

UNDONE = """
SELECT fill.trader_id, count(*) AS fills, sum(fill.cost - fill.redeemed) AS returned,
       sum(
           CASE WHEN %(winner)s::integer IS NOT NULL
                THEN fill.shares[%(winner)s::integer] - fill.redeemed
                ELSE (
                    SELECT sum(moved * part)
                    FROM unnest(fill.shares, %(parts)s::numeric[]) AS each (moved, part)
                ) - fill.redeemed * %(denominator)s::numeric
           END
       ) AS weighed
FROM markets_fill AS fill
WHERE fill.market_id = %(market)s AND fill.filled_at >= %(effective_at)s::timestamptz
GROUP BY fill.trader_id
"""
"""Of each trader who traded after the answer was known: how many fills, their net cost, and the
shares that they added, weighed by the answer. A redeemed set takes one share of every outcome."""

PAYOUT = """
CASE WHEN %(winner)s::integer IS NOT NULL
     THEN (position.shares[%(winner)s::integer] - {undone})::bigint
     ELSE div((
         SELECT sum(held * part)
         FROM unnest(position.shares, %(parts)s::numeric[]) AS each (held, part)
     ) - {undone}, %(denominator)s::numeric)::bigint
END
"""
"""What a position's shares are worth, once the weighed shares `undone` are taken off them. Where
a single outcome came true, `winner` is its place in the arrays, and nothing has to be summed up."""

_OWED = f"""
CASE WHEN %(parts)s::numeric[] IS NULL THEN position.spent - position.received
     ELSE {PAYOUT.format(undone="coalesce(undone.weighed, 0)")}
          + coalesce(undone.returned, 0)::bigint
END
"""
_DUES = f"""
WITH undone AS ({UNDONE}), due AS (
    SELECT position.*, {_OWED} AS owed, coalesce(undone.fills, 0) AS fills,
           coalesce(undone.returned, 0)::bigint AS returned
    FROM markets_position AS position
    LEFT JOIN undone ON undone.trader_id = position.trader_id
    WHERE position.market_id = %(market)s
)
SELECT due.trader_id, trader.name, due.shares, due.owed, due.payout, due.fills, due.returned,
       due.received + due.owed - due.spent,
       count(*) OVER (), sum(due.owed) OVER (), sum(due.payout) OVER (),
       sum(greatest(due.owed - due.payout, 0)) OVER (),
       sum(greatest(due.payout - due.owed, 0)) OVER (),
       sum(greatest(due.payout - due.owed - wallet.balance, 0)) OVER (),
       sum(due.fills) OVER (), count(*) FILTER (WHERE due.fills > 0) OVER ()
FROM due
JOIN users_user AS trader ON trader.id = due.trader_id
JOIN markets_account AS wallet ON wallet.owner_id = due.trader_id
ORDER BY abs(due.owed - due.payout) DESC, due.owed DESC, trader.name
LIMIT %(limit)s
"""  # noqa: S608 - put together from the constants above


@dataclass(frozen=True)
class PositionDue:
    """What one trader is owed in all, and what has been paid already; microcredits.

    `shares` are those of now. Of the `undone_fills` the net cost is `returned`, which is part of
    what is owed; negative where those trades brought the trader more than they cost.
    """

    trader_id: int
    trader_name: str
    shares: tuple[int, ...]
    owed: int
    paid: int
    undone_fills: int
    returned: int
    profit: int

    @property
    def difference(self) -> int:
        """What still moves to the trader; negative is taken back."""
        return self.owed - self.paid


@dataclass(frozen=True)
class Dues:
    """What a resolution would move, in microcredits, over all positions of its market.

    `uncovered` is the part of `to_take_back` that wallets do not hold at this moment: the house
    would bear it. They do hold what open orders reserve: settlement ends those that are in its way.
    `rows` are the positions for which most moves, in either direction.
    """

    rows: tuple[PositionDue, ...] = ()
    position_count: int = 0
    owed: int = 0
    paid: int = 0
    to_pay: int = 0
    to_take_back: int = 0
    uncovered: int = 0
    undone_fills: int = 0
    undone_traders: int = 0

    @property
    def more_count(self) -> int:
        """How many positions there are beside the rows."""
        return self.position_count - len(self.rows)


def dues_if(
    *,
    question_id: int,
    outcome_weights: Sequence[float] | None,
    effective_at: datetime | None = None,
    limit: int = ROWS_SHOWN,
) -> Dues:
    """Who would get what if this were the answer; weights of None give everybody's money back.

    `effective_at` is when the answer was known: trades from then on are undone.

    Raises:
        InvalidWeights: where the weights do not divide one credit among the outcomes.
    """
    terms = terms_of(question_id, outcome_weights, effective_at)
    with connection.cursor() as cursor:
        cursor.execute(_DUES, {**terms, "limit": limit})
        found = cursor.fetchall()
    if not found:
        return Dues()
    rows = tuple(PositionDue(row[0], row[1], tuple(row[2]), *row[3:8]) for row in found)
    return Dues(rows, *map(int, found[0][8:]))


def dues_of(resolution: Resolution, *, limit: int = ROWS_SHOWN) -> Dues:
    """Who gets what by a resolution that was proposed or confirmed."""
    return dues_if(
        question_id=resolution.question_id,
        outcome_weights=resolution.outcome_weights,
        effective_at=resolution.effective_at,
        limit=limit,
    )


def terms_of(
    market_id: int, outcome_weights: Sequence[float] | None, effective_at: datetime | None
) -> dict[str, Any]:
    """What a resolution pays by, as parameters of the statements here."""
    parts, denominator = (None, 1) if outcome_weights is None else weight_parts(outcome_weights)
    undoes = effective_at if outcome_weights is not None else None
    return {
        "market": market_id,
        "parts": None if parts is None else list(parts),
        "denominator": denominator,
        "winner": None if parts is None or denominator != 1 else parts.index(1) + 1,
        "effective_at": undoes or "infinity",
    }
