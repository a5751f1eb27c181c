"""A market with any number of positions, made by the database in seconds, its books exact.

Its holders trade in pairs: one offers to buy "yes" at a half, another "no", so that each pair mints
complete sets and the maker's odds stay where they are. Every row is there that the engine would
have written: people, wallets, grants, orders, fills, transfers and positions; the audit finds
nothing, and the replay of the fills neither.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction

from markets.core.money import GRANT
from markets.models import Question

PAUSE = timedelta(milliseconds=1)
"""Between one pair and the next."""


_PEOPLE = """
INSERT INTO users_user (email, name, password, is_staff, is_active, is_superuser, joined_at)
SELECT 'holder-' || n || '@example.com', 'holder-' || n, '!', false, true, false, %(at)s
FROM generate_series(1, %(count)s) AS n
"""
_WALLETS = """
INSERT INTO markets_account (kind, owner_id, balance, reserved, opened_at)
SELECT 'wallet', id, 0, 0, %(at)s FROM users_user WHERE email LIKE 'holder-%%' ORDER BY id
"""
_HOLDERS = """
CREATE TEMPORARY TABLE holder ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY wallet.owner_id) AS n, wallet.owner_id AS trader_id,
       wallet.id AS wallet_id, 0::bigint AS sets, 0 AS outcome, %(at)s::timestamptz AS traded_at
FROM markets_account AS wallet JOIN users_user AS trader ON trader.id = wallet.owner_id
WHERE trader.email LIKE 'holder-%%'
"""
_PAIRS = """
UPDATE holder
SET sets = 1000000 * (1 + ((n - 1) / 2) %% 7), outcome = (n - 1) %% 2,
    traded_at = %(at)s + (1 + (n - 1) / 2) * %(pause)s::interval
"""
_GRANTS = """
INSERT INTO markets_transfer (debit_id, credit_id, amount, code, key, posted_at)
SELECT house.id, wallet_id, %(grant)s, 'grant', 'grant:' || trader_id, %(at)s
FROM holder, markets_account AS house WHERE house.kind = 'house'
"""
_ORDERS = """
INSERT INTO markets_order (
    market_id, trader_id, request_key, request_sha256, side, claim, shares, "limit", time_in_force,
    origin, status, filled_shares, cost, reserved, displaced, end_reason, placed_at, ended_at
)
SELECT %(market)s, trader_id, 'holder', '', 'buy', ARRAY[outcome], sets, 500, 'gtc', 'api',
       'filled', sets, sets / 2, 0, '{}', '', traded_at, traded_at
FROM holder ORDER BY n
"""
_FILLS = """
INSERT INTO markets_fill (
    market_id, seq, order_id, counter_order_id, trader_id, claim, shares, redeemed, cost,
    price_before, price_after, probabilities, filled_at
)
SELECT %(market)s, n, mine.id, theirs.id, holder.trader_id, ARRAY[outcome],
       CASE outcome WHEN 0 THEN ARRAY[sets, 0] ELSE ARRAY[0, sets] END, 0, sets / 2,
       0.5, 0.5, '{0.5,0.5}', traded_at
FROM holder
JOIN (
    SELECT n + 1 - 2 * ((n + 1) %% 2) AS n, trader_id FROM holder
) AS other USING (n)
JOIN markets_order AS mine
  ON mine.trader_id = holder.trader_id AND mine.market_id = %(market)s
JOIN markets_order AS theirs
  ON theirs.trader_id = other.trader_id AND theirs.market_id = %(market)s
ORDER BY n
"""
_TRADES = """
INSERT INTO markets_transfer (debit_id, credit_id, amount, code, market_id, key, posted_at)
SELECT wallet_id, escrow.id, sets / 2, 'trade', %(market)s,
       'trade:' || %(market)s || ':' || n, traded_at
FROM holder, markets_account AS escrow WHERE escrow.market_id = %(market)s
"""
_POSITIONS = """
INSERT INTO markets_position
    (trader_id, market_id, shares, reserved_shares, spent, received, payout)
SELECT trader_id, %(market)s,
       CASE outcome WHEN 0 THEN ARRAY[sets, 0] ELSE ARRAY[0, sets] END, '{0,0}', sets / 2, 0, 0
FROM holder ORDER BY n
"""
_BALANCES = """
UPDATE markets_account AS account SET balance = account.balance + change.amount
FROM (
    SELECT wallet_id AS id, %(grant)s - sets / 2 AS amount FROM holder
    UNION ALL
    SELECT id, (SELECT sum(sets / 2) FROM holder) FROM markets_account
    WHERE market_id = %(market)s
    UNION ALL
    SELECT id, -%(grant)s * (SELECT count(*) FROM holder) FROM markets_account
    WHERE kind = 'house'
) AS change
WHERE account.id = change.id
"""
_MARKET = """
UPDATE markets_market
SET shares = ARRAY[held.sets, held.sets], seq = held.count, trader_count = held.count,
    volume = held.sets / 2, last_fill_at = held.traded_at
FROM (
    SELECT sum(sets)::bigint / 2 AS sets, count(*) AS count, max(traded_at) AS traded_at
    FROM holder
) AS held
WHERE question_id = %(market)s
"""


def give_positions(question: Question, *, count: int, at: datetime) -> None:
    """Have `count` people, an even number, each hold a position in an untraded binary market.

    The pairs trade one after the other, `PAUSE` apart, from `at` on. Odd ones hold "yes".
    """
    assert count % 2 == 0
    with transaction.atomic(), connection.cursor() as cursor:
        # The rows that they refer to are made here; asking seven million times takes minutes.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in (
            _PEOPLE, _WALLETS, _HOLDERS, _PAIRS, "ANALYZE holder", _GRANTS, _ORDERS, _FILLS,
            _TRADES, _POSITIONS, _BALANCES, _MARKET,
        ):  # fmt: skip
            cursor.execute(
                statement,
                {"count": count, "at": at, "market": question.pk, "grant": GRANT, "pause": PAUSE},
            )
    with connection.cursor() as cursor:
        for table in ("account", "transfer", "order", "fill", "position"):
            cursor.execute(f"ANALYZE markets_{table}")


def instant_of_pair(at: datetime, pair: int) -> datetime:
    """When the pair with that number, counted from one, traded."""
    return at + pair * PAUSE
