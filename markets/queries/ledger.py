"""The audit: what must always hold of the books, checked in the database, set by set.

Each check is one query that returns what breaks its rule, so that an audit of millions of rows
reads each of them once and brings home only findings.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db import connection

from markets.core.lmsr import prices
from markets.core.money import format_amount
from markets.models import Market

PROBABILITY_TOLERANCE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One violation: which rule, on what, in a sentence."""

    line: str
    sentence: str
    market_id: int | None = None


@dataclass(frozen=True)
class Check:
    """A rule with the query that finds what breaks it: (market, subject, expected, found)."""

    line: str
    sentence: str
    query: str
    counts: bool = False
    """Are its numbers counts, rather than amounts in millionths?"""


CHECKS = (
    Check(
        "balances",
        "the balance of account {0} is {2}, but its transfers add up to {1}",
        """
        SELECT account.market_id, account.id, coalesce(moved.total, 0), account.balance
        FROM markets_account AS account
        LEFT JOIN (
            SELECT id, sum(amount) AS total
            FROM (
                SELECT credit_id AS id, amount FROM markets_transfer
                UNION ALL
                SELECT debit_id, -amount FROM markets_transfer
            ) AS movements
            GROUP BY id
        ) AS moved ON moved.id = account.id
        WHERE account.balance <> coalesce(moved.total, 0)
        """,
    ),
    Check(
        "conservation",
        "all accounts together hold {2} instead of {1}",
        """
        SELECT NULL, NULL, 0, total FROM (
            SELECT coalesce(sum(balance), 0) AS total FROM markets_account
        ) AS everything WHERE total <> 0
        """,
    ),
    Check(
        "overdraft",
        "account {0} has {1} reserved of a balance of {2}",
        """
        SELECT market_id, id, reserved, balance FROM markets_account
        WHERE kind <> 'house' AND (balance < 0 OR reserved < 0 OR reserved > balance)
        """,
    ),
    Check(
        "shares",
        "outcome {0} has sold {1} shares, but positions hold {2}",
        """
        SELECT market.question_id, sold.index - 1, sold.shares, coalesce(held.shares, 0)
        FROM markets_market AS market
        CROSS JOIN LATERAL unnest(market.shares) WITH ORDINALITY AS sold (shares, index)
        LEFT JOIN (
            SELECT position.market_id, each.index, sum(each.shares) AS shares
            FROM markets_position AS position
            CROSS JOIN LATERAL unnest(position.shares) WITH ORDINALITY AS each (shares, index)
            GROUP BY position.market_id, each.index
        ) AS held ON held.market_id = market.question_id AND held.index = sold.index
        WHERE sold.shares <> coalesce(held.shares, 0)
        """,
    ),
    Check(
        "solvency",
        "the escrow holds {2}, but the worst outcome would be owed {1}",
        """
        SELECT market.question_id, NULL, owed.worst, escrow.balance
        FROM markets_market AS market
        JOIN markets_account AS escrow ON escrow.market_id = market.question_id
        CROSS JOIN LATERAL (SELECT max(shares) AS worst FROM unnest(market.shares) AS shares) owed
        WHERE escrow.balance < owed.worst
          AND NOT EXISTS (
              SELECT FROM markets_settlement AS settlement
              JOIN markets_resolution AS resolution ON resolution.id = settlement.resolution_id
              WHERE resolution.question_id = market.question_id
          )
        """,
    ),
    Check(
        "escrow",
        "the escrow holds {2}, but subsidy plus costs less proceeds is {1}",
        """
        SELECT market.question_id, NULL, market.subsidy + coalesce(traded.net, 0), escrow.balance
        FROM markets_market AS market
        JOIN markets_account AS escrow ON escrow.market_id = market.question_id
        LEFT JOIN (
            SELECT market_id, sum(spent - received) AS net FROM markets_position GROUP BY market_id
        ) AS traded ON traded.market_id = market.question_id
        WHERE escrow.balance <> market.subsidy + coalesce(traded.net, 0)
          AND NOT EXISTS (
              SELECT FROM markets_settlement AS settlement
              JOIN markets_resolution AS resolution ON resolution.id = settlement.resolution_id
              WHERE resolution.question_id = market.question_id
          )
        """,
    ),
    Check(
        "replay",
        "replaying fills gives outcome {0} {1} shares, but the market says {2}",
        """
        SELECT market.question_id, sold.index - 1, coalesce(replayed.shares, 0), sold.shares
        FROM markets_market AS market
        CROSS JOIN LATERAL unnest(market.shares) WITH ORDINALITY AS sold (shares, index)
        LEFT JOIN (
            SELECT fill.market_id, each.index, sum(each.shares - fill.redeemed) AS shares
            FROM markets_fill AS fill
            CROSS JOIN LATERAL unnest(fill.shares) WITH ORDINALITY AS each (shares, index)
            GROUP BY fill.market_id, each.index
        ) AS replayed
          ON replayed.market_id = market.question_id AND replayed.index = sold.index
        WHERE sold.shares <> coalesce(replayed.shares, 0)
        """,
    ),
    Check(
        "sequence",
        "the market is at seq {2}, but its fills number {1} without a gap",
        """
        SELECT market.question_id, NULL, coalesce(counted.fills, 0), market.seq
        FROM markets_market AS market
        LEFT JOIN (
            SELECT market_id, count(*) AS fills, max(seq) AS last FROM markets_fill
            GROUP BY market_id
        ) AS counted ON counted.market_id = market.question_id
        WHERE market.seq <> coalesce(counted.fills, 0) OR market.seq <> coalesce(counted.last, 0)
        """,
        counts=True,
    ),
    Check(
        "settled once",
        "position {0} says that {2} were paid, but its settlements moved {1}",
        """
        SELECT position.market_id, position.id, coalesce(paid.total, 0), position.payout
        FROM markets_position AS position
        JOIN markets_settlement AS settlement
          ON settlement.resolution_id = position.settled_by_id
        LEFT JOIN (
            SELECT transfer.market_id, wallet.owner_id,
                   sum(CASE WHEN transfer.credit_id = wallet.id THEN amount ELSE -amount END)
                       AS total
            FROM markets_transfer AS transfer
            JOIN markets_account AS wallet
              ON wallet.kind = 'wallet' AND wallet.id IN (transfer.credit_id, transfer.debit_id)
            WHERE transfer.code IN ('payout', 'refund', 'clawback')
            GROUP BY transfer.market_id, wallet.owner_id
        ) AS paid ON paid.market_id = position.market_id AND paid.owner_id = position.trader_id
        WHERE position.payout <> coalesce(paid.total, 0)
        """,
    ),
    Check(
        "settled all",
        "position {0} was passed over when its market was settled",
        """
        SELECT position.market_id, position.id, NULL, NULL
        FROM markets_position AS position
        JOIN markets_question AS question ON question.id = position.market_id
        JOIN markets_settlement AS settlement ON settlement.resolution_id = question.resolution_id
        WHERE settlement.state IN ('settled', 'scored')
          AND position.settled_by_id IS DISTINCT FROM question.resolution_id
        """,
    ),
    Check(
        "annulled whole",
        "position {0} lost {1} on an annulled question, but got {2} back",
        """
        SELECT position.market_id, position.id, position.spent - position.received,
               position.payout
        FROM markets_position AS position
        JOIN markets_resolution AS resolution ON resolution.id = position.settled_by_id
        WHERE resolution.verdict = 'annulled'
          AND position.payout < position.spent - position.received
        """,
    ),
    Check(
        "escrow emptied",
        "the settled market's escrow still holds {2} instead of {1}",
        """
        SELECT resolution.question_id, NULL, 0, escrow.balance
        FROM markets_settlement AS settlement
        JOIN markets_resolution AS resolution ON resolution.id = settlement.resolution_id
        JOIN markets_account AS escrow ON escrow.market_id = resolution.question_id
        WHERE settlement.state IN ('settled', 'scored') AND escrow.balance <> 0
        """,
    ),
    Check(
        "closed means closed",
        "fill {0} happened after its question had closed",
        """
        SELECT fill.market_id, fill.seq, NULL, NULL
        FROM markets_fill AS fill
        JOIN markets_question AS question ON question.id = fill.market_id
        WHERE fill.filled_at >= question.closed_at
        """,
    ),
)


RULES = (*(check.line for check in CHECKS), "prices")


def audit() -> list[Finding]:
    """Return every violation; an empty list is a clean audit."""
    return [finding for check in CHECKS for finding in _run(check)] + list(_wrong_prices())


def _run(check: Check) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(check.query)
        for market_id, subject, expected, found in cursor.fetchall():
            place = f"market {market_id}: " if market_id is not None else ""
            spell = str if check.counts else _spell
            sentence = check.sentence.format(subject, spell(expected), spell(found))
            yield Finding(line=check.line, sentence=place + sentence, market_id=market_id)


def _spell(amount: object) -> str:
    return "nothing" if amount is None else format_amount(int(str(amount)))


def _wrong_prices() -> Iterator[Finding]:
    """The stored probabilities must be what the maker's formula says of the stored shares."""
    for market in Market.objects.only("shares", "liquidity", "prior", "probabilities").iterator():
        right = prices(market.shares, float(market.liquidity), market.prior)
        if not np.allclose(market.probabilities, right, rtol=0, atol=PROBABILITY_TOLERANCE):
            yield Finding(
                line="prices",
                sentence=f"market {market.pk}: its odds are not what its shares make them",
                market_id=market.pk,
            )
