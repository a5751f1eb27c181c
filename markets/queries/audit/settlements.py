"""The rules of settlement: everybody is paid once, and rightly, and nothing is left.

They hold after every chunk of every version: what a position was paid belongs to the version that
paid it last, whether that came to its end or was superseded half-way.
"""

from typing import Any

from markets.core.settlement import weight_parts
from markets.models import Resolution
from markets.queries.audit.check import Check

# Every piece is a constant of ours, and every value a parameter.
# ruff: noqa: S608

_LATEST = """
latest AS (
    SELECT DISTINCT ON (resolution.question_id) resolution.question_id, settlement.*
    FROM markets_settlement AS settlement
    JOIN markets_resolution AS resolution ON resolution.id = settlement.resolution_id
    ORDER BY resolution.question_id, resolution.version DESC
)
"""
"""Of each question the settlement of the version that was confirmed last."""

_ANSWER = """
split AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(parts)s::text[], %(denominators)s::numeric[])
        AS each (id, parts, denominator)
), answer AS (
    SELECT resolution.id, resolution.question_id, resolution.effective_at,
           coalesce(split.parts::numeric[], resolution.outcome_weights::numeric[]) AS parts,
           coalesce(split.denominator, 1) AS denominator
    FROM markets_resolution AS resolution
    JOIN markets_settlement AS settlement ON settlement.resolution_id = resolution.id
    LEFT JOIN split ON split.id = resolution.id
    WHERE resolution.outcome_weights IS NOT NULL
), undone AS (
    SELECT answer.id AS resolution_id, fill.trader_id, count(*) AS fills,
           sum(fill.cost - fill.redeemed) AS returned,
           sum((
               SELECT sum(moved * part)
               FROM unnest(fill.shares, answer.parts) AS each (moved, part)
           ) - fill.redeemed * answer.denominator) AS weighed
    FROM answer
    JOIN markets_fill AS fill
      ON fill.market_id = answer.question_id AND fill.filled_at >= answer.effective_at
    GROUP BY answer.id, fill.trader_id
)
"""
"""What each answer weighs, as whole parts, and what was traded when it was known; of the fills
themselves, and not of what settlement noted about them."""

_BORNE = """
LEFT JOIN markets_transfer AS borne
  ON borne.code = 'shortfall'
 AND borne.key = 'shortfall:' || position.settled_by_id || ':' || position.trader_id
"""


def split_answers() -> dict[str, Any]:
    """The answers that are shared among outcomes, whose thirds no float holds exactly."""
    shared = Resolution.objects.filter(
        settlement__isnull=False, outcome_weights__isnull=False
    ).exclude(outcome_weights__contains=[1.0])
    ids, parts, denominators = [], [], []
    for resolution_id, weights in shared.values_list("pk", "outcome_weights"):
        numerators, denominator = weight_parts(weights)
        ids.append(resolution_id)
        parts.append(f"{{{','.join(map(str, numerators))}}}")
        denominators.append(denominator)
    return {"ids": ids, "parts": parts, "denominators": denominators}


SETTLEMENTS = (
    Check(
        "settled once",
        "position {0} says that {2} were paid, but its settlements moved {1}",
        """
        SELECT position.market_id, position.id, coalesce(paid.total, 0), position.payout
        FROM markets_position AS position
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
        "position {0} was passed over, or paid out of turn, when its market was settled",
        f"""
        WITH {_LATEST}
        SELECT position.market_id, position.id, NULL, NULL
        FROM latest
        JOIN markets_position AS position ON position.market_id = latest.question_id
        WHERE (latest.state IN ('settled', 'scored') OR position.id <= latest.last_position)
              <> (position.settled_by_id IS NOT DISTINCT FROM latest.resolution_id)
        """,
    ),
    Check(
        "settled right",
        "position {0} was paid {2}, but by the answer it is owed {1}",
        f"""
        WITH {_ANSWER}
        SELECT position.market_id, position.id, owed.amount + coalesce(borne.amount, 0),
               position.payout
        FROM markets_position AS position
        JOIN answer ON answer.id = position.settled_by_id
        LEFT JOIN undone
          ON undone.resolution_id = answer.id AND undone.trader_id = position.trader_id
        {_BORNE}
        CROSS JOIN LATERAL (
            SELECT div((
                SELECT sum(held * part)
                FROM unnest(position.shares, answer.parts) AS each (held, part)
            ) - coalesce(undone.weighed, 0), answer.denominator) + coalesce(undone.returned, 0)
        ) AS owed (amount)
        WHERE position.payout <> owed.amount + coalesce(borne.amount, 0)
        """,
        parameters=split_answers,
    ),
    Check(
        "annulled whole",
        "position {0} is owed {1} by a refund, but got {2}",
        f"""
        SELECT position.market_id, position.id,
               position.spent - position.received + coalesce(borne.amount, 0), position.payout
        FROM markets_position AS position
        JOIN markets_resolution AS resolution ON resolution.id = position.settled_by_id
        {_BORNE}
        WHERE resolution.outcome_weights IS NULL
          AND position.payout <> position.spent - position.received + coalesce(borne.amount, 0)
        """,
    ),
    Check(
        "undone",
        "trader {0} traded when the answer was known: {2} fills are noted as undone, of {1}",
        f"""
        WITH {_ANSWER}, noted AS (
            SELECT undone.resolution_id, position.trader_id, position.market_id, undone.fills,
                   undone.returned
            FROM markets_undone AS undone
            JOIN markets_position AS position ON position.id = undone.position_id
        )
        SELECT resolution.question_id, trader_id, coalesce(undone.fills, 0),
               coalesce(noted.fills, 0)
        FROM undone
        FULL JOIN noted USING (resolution_id, trader_id)
        JOIN markets_resolution AS resolution ON resolution.id = resolution_id
        JOIN markets_settlement AS settlement ON settlement.resolution_id = resolution.id
        WHERE settlement.begun_at IS NOT NULL
          AND (coalesce(undone.fills, 0) <> coalesce(noted.fills, 0)
               OR undone.returned <> noted.returned)
        """,
        counts=True,
        parameters=split_answers,
    ),
    Check(
        "settlement sums",
        "the settlement of version {0} says that {2} moved or were borne, but it was {1}",
        """
        WITH moved AS (
            SELECT split_part(transfer.key, ':', 2)::bigint AS resolution_id,
                   sum(CASE WHEN transfer.code = 'clawback' THEN -amount
                            WHEN transfer.code <> 'shortfall' THEN amount END) AS paid,
                   sum(amount) FILTER (WHERE transfer.code = 'shortfall') AS borne
            FROM markets_transfer AS transfer
            WHERE transfer.code IN ('payout', 'refund', 'clawback', 'shortfall')
            GROUP BY 1
        )
        SELECT resolution.question_id, resolution.version, figure.moved, figure.noted
        FROM markets_settlement AS settlement
        JOIN markets_resolution AS resolution ON resolution.id = settlement.resolution_id
        LEFT JOIN moved ON moved.resolution_id = settlement.resolution_id
        CROSS JOIN LATERAL (
            VALUES (coalesce(moved.paid, 0), settlement.paid_amount),
                   (coalesce(moved.borne, 0), settlement.borne_amount)
        ) AS figure (moved, noted)
        WHERE figure.moved <> figure.noted
        """,
    ),
    Check(
        "escrow emptied",
        "the settled market's escrow still holds {2} instead of {1}",
        f"""
        WITH {_LATEST}
        SELECT latest.question_id, NULL, 0, escrow.balance
        FROM latest
        JOIN markets_account AS escrow ON escrow.market_id = latest.question_id
        WHERE latest.state IN ('settled', 'scored') AND escrow.balance <> 0
        """,
    ),
)
