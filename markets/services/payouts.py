"""The statements of settlement: what is undone, what is owed in all, and one chunk of payments.

However many positions there are, each statement works on a set of them inside the database, and
brings home a handful of sums.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from markets.models import Resolution, TransferCode
from markets.queries.dues import PAYOUT, UNDONE, terms_of

# Every piece is a constant of ours, and every value a parameter.
# ruff: noqa: S608

_NOTE_UNDONE = f"""
WITH undone AS ({UNDONE}), noted AS (
    INSERT INTO markets_undone (resolution_id, position_id, fills, payout, returned)
    SELECT %(resolution)s, position.id, undone.fills, {PAYOUT.format(undone="undone.weighed")},
           undone.returned
    FROM undone
    JOIN markets_position AS position
      ON position.market_id = %(market)s AND position.trader_id = undone.trader_id
    RETURNING fills
)
SELECT coalesce(sum(fills), 0) FROM noted
"""

_DIFFERENCE = f"""
CASE WHEN %(parts)s::numeric[] IS NULL THEN position.spent - position.received
     WHEN undone.position_id IS NOT NULL THEN undone.payout + undone.returned
     ELSE {PAYOUT.format(undone="0")}
END - position.payout
"""
_WITH_UNDONE = """
LEFT JOIN markets_undone AS undone
  ON undone.resolution_id = %(resolution)s AND undone.position_id = position.id
"""
_TOTALS = f"""
SELECT count(*), coalesce(sum(greatest(difference, 0)), 0),
       coalesce(sum(greatest(-difference, 0)), 0)
FROM (
    SELECT {_DIFFERENCE} AS difference FROM markets_position AS position {_WITH_UNDONE}
    WHERE position.market_id = %(market)s
) AS due
"""

_PATIENCE = """
SELECT set_config('lock_timeout', '5s', true), set_config('statement_timeout', '80s', true),
       set_config('idle_in_transaction_session_timeout', '10s', true)
"""
_BY_KEY = """
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true)
"""
"""Look each row of a chunk up by its key: any other plan reads all wallets for each chunk."""

_NEXT = """
SELECT * FROM markets_position
WHERE market_id = %(market)s AND id > %(after)s ORDER BY id LIMIT %(chunk)s
"""
_WALLETS = f"""
SELECT array_agg(wallet.id)
FROM ({_NEXT}) AS position JOIN markets_account AS wallet ON wallet.owner_id = position.trader_id
"""

_PAY = f"""
WITH due AS MATERIALIZED (
    SELECT position.id, position.trader_id, {_DIFFERENCE} AS difference
    FROM (
        {_NEXT}
    ) AS position {_WITH_UNDONE}
), needed AS MATERIALIZED (
    SELECT wallet.id AS account_id, due.id AS position_id, due.trader_id, due.difference
    FROM due JOIN markets_account AS wallet ON wallet.owner_id = due.trader_id
    WHERE due.difference <> 0
    UNION ALL
    SELECT id, NULL, NULL, NULL FROM markets_account WHERE id = %(escrow)s
    UNION ALL
    SELECT id, NULL, NULL, NULL FROM markets_account
    WHERE id = %(house)s AND EXISTS (SELECT FROM due WHERE difference < 0)
), locked AS MATERIALIZED (
    SELECT needed.account_id, needed.position_id, needed.trader_id, needed.difference,
           account.reserved,
           greatest(needed.difference, account.reserved - account.balance) AS moved
    FROM needed JOIN markets_account AS account ON account.id = needed.account_id
    ORDER BY account.id FOR NO KEY UPDATE OF account
), paying AS MATERIALIZED (
    SELECT *, moved - difference AS borne FROM locked WHERE position_id IS NOT NULL
), posted AS (
    INSERT INTO markets_transfer (debit_id, credit_id, amount, code, market_id, key, posted_at)
    SELECT CASE WHEN moved > 0 THEN %(escrow)s ELSE account_id END,
           CASE WHEN moved > 0 THEN account_id ELSE %(escrow)s END,
           abs(moved), CASE WHEN moved > 0 THEN %(paying)s ELSE %(taking)s END,
           %(market)s, 'settle:' || %(resolution)s || ':' || trader_id, %(now)s
    FROM paying WHERE moved <> 0
    UNION ALL
    SELECT %(house)s, %(escrow)s, borne, %(bearing)s,
           %(market)s, 'shortfall:' || %(resolution)s || ':' || trader_id, %(now)s
    FROM paying WHERE borne <> 0
), changed AS (
    UPDATE markets_account AS account SET balance = account.balance + change.amount
    FROM (
        SELECT account_id AS id, moved AS amount FROM paying
        UNION ALL SELECT %(escrow)s, sum(borne - moved) FROM paying
        UNION ALL SELECT %(house)s, -sum(borne) FROM paying
    ) AS change
    WHERE account.id = change.id AND change.amount <> 0
), marked AS (
    UPDATE markets_position AS position
    SET payout = position.payout + done.moved, settled_by_id = %(resolution)s
    FROM (
        SELECT position_id AS id, moved FROM paying
        UNION ALL SELECT id, 0 FROM due WHERE difference = 0
    ) AS done
    WHERE position.id = done.id
    RETURNING position.id
)
SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM marked), (SELECT max(id) FROM due),
       (SELECT count(*) FROM paying WHERE moved <> 0),
       (SELECT coalesce(sum(moved), 0) FROM paying), (SELECT coalesce(sum(borne), 0) FROM paying),
       (SELECT array_agg(trader_id) FROM paying WHERE borne > 0 AND reserved > 0)
"""
"""One statement, so that what is owed is worked out once. Wallets are locked in the order of their
ids, with the escrow, and with the house where something is taken back; what a wallet can give is
read from the row as it was locked, and not as it was when the statement began."""


class PositionWithoutWallet(AssertionError):
    """Some position of a chunk cannot be paid, because its trader has no wallet."""


@dataclass(frozen=True)
class Totals:
    """The work of a settlement: positions, and microcredits in either direction."""

    position_count: int
    to_pay: int
    to_take_back: int


@dataclass(frozen=True)
class Paid:
    """What one chunk did; `last_position` is None where no position was left.

    `hiding` are traders for whom the house bore something while their open orders reserved credits.
    """

    done: int
    last_position: int | None
    moved_count: int
    moved: int
    borne: int
    hiding: tuple[int, ...]


def limit_patience() -> None:
    """Let a transaction give up rather than wait for ever.

    A worker that was stopped in the middle of one loses its locks after ten seconds, and finds
    that out when it wakes.
    """
    _one_row(_PATIENCE, {})


def note_undone(resolution: Resolution) -> int:
    """Write down what each trader is owed who traded when the answer was known; how many fills."""
    if resolution.outcome_weights is None:
        return 0
    return int(_one_row(_NOTE_UNDONE, _terms(resolution))[0])


def totals(resolution: Resolution) -> Totals:
    """Sum up what has to move, over all positions; `note_undone` comes first."""
    return Totals(*map(int, _one_row(_TOTALS, _terms(resolution))))


def pay_next(
    resolution: Resolution, *, after: int, chunk: int, escrow_id: int, house_id: int, now: datetime
) -> Paid:
    """Pay the next positions by id, whichever way, and mark them; the caller holds the question.

    Raises:
        PositionWithoutWallet: and then the caller's transaction has to be undone.
    """
    paying = TransferCode.REFUND if resolution.outcome_weights is None else TransferCode.PAYOUT
    parameters = {
        "after": after, "chunk": chunk, "escrow": escrow_id, "house": house_id, "now": now,
        "paying": paying.value, "taking": TransferCode.CLAWBACK.value,
        "bearing": TransferCode.SHORTFALL.value,
    }  # fmt: skip
    _one_row(_BY_KEY, {})
    row = _one_row(_PAY, {**_terms(resolution), **parameters})
    due, marked, last, count, moved, borne, hiding = row
    if due != marked:
        raise PositionWithoutWallet(f"{due - marked} positions have no wallet to be paid to")
    return Paid(due, last, count, int(moved), int(borne), tuple(hiding or ()))


def wallets_of_next(resolution: Resolution, *, after: int, chunk: int) -> list[int]:
    """The wallets, by id of their accounts, of the positions that `pay_next` would pay."""
    parameters = {"market": resolution.question_id, "after": after, "chunk": chunk}
    return _one_row(_WALLETS, parameters)[0] or []


def _terms(resolution: Resolution) -> dict[str, Any]:
    terms = terms_of(resolution.question_id, resolution.outcome_weights, resolution.effective_at)
    return {**terms, "resolution": resolution.pk}


def _one_row(statement: str, parameters: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
