"""The rules of settlement: everybody is paid once, and nothing is left."""

from markets.queries.audit.check import Check

SETTLEMENTS = (
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
)
