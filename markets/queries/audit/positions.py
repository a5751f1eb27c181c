"""The rules of positions: what people hold is what their fills say, and what they paid."""

from markets.queries.audit.check import Check

POSITIONS = (
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
        "holdings",
        "trader {0} holds {2} shares of an outcome, but their fills add up to {1}",
        """
        WITH traded AS (
            SELECT fill.market_id, fill.trader_id, each.index,
                   sum(each.shares - fill.redeemed) AS shares
            FROM markets_fill AS fill
            CROSS JOIN LATERAL unnest(fill.shares) WITH ORDINALITY AS each (shares, index)
            GROUP BY fill.market_id, fill.trader_id, each.index
        ), held AS (
            SELECT position.market_id, position.trader_id, each.index, each.shares
            FROM markets_position AS position
            CROSS JOIN LATERAL unnest(position.shares) WITH ORDINALITY AS each (shares, index)
        )
        SELECT market_id, trader_id, coalesce(traded.shares, 0), coalesce(held.shares, 0)
        FROM traded FULL JOIN held USING (market_id, trader_id, index)
        WHERE coalesce(traded.shares, 0) <> coalesce(held.shares, 0)
        """,
    ),
    Check(
        "flows",
        "position {0} says {2} were spent or received, but its fills add up to {1}",
        """
        SELECT position.market_id, position.id, flow.traded, flow.noted
        FROM markets_position AS position
        LEFT JOIN (
            SELECT market_id, trader_id, sum(greatest(cost, 0)) AS spent,
                   sum(greatest(-cost, 0) + redeemed) AS received
            FROM markets_fill GROUP BY market_id, trader_id
        ) AS traded USING (market_id, trader_id)
        CROSS JOIN LATERAL (
            VALUES (coalesce(traded.spent, 0), position.spent),
                   (coalesce(traded.received, 0), position.received)
        ) AS flow (traded, noted)
        WHERE flow.traded <> flow.noted
        """,
    ),
    Check(
        "paid",
        "position {0} cost {1} net, but transfers took {2} from its wallet",
        """
        SELECT position.market_id, position.id, position.spent - position.received,
               coalesce(moved.net, 0)
        FROM markets_position AS position
        LEFT JOIN markets_account AS wallet ON wallet.owner_id = position.trader_id
        LEFT JOIN (
            SELECT market_id, wallet_id, sum(amount) AS net
            FROM (
                SELECT market_id, debit_id AS wallet_id, amount FROM markets_transfer
                WHERE code IN ('trade', 'redemption')
                UNION ALL
                SELECT market_id, credit_id, -amount FROM markets_transfer
                WHERE code IN ('trade', 'redemption')
            ) AS movements
            GROUP BY market_id, wallet_id
        ) AS moved ON moved.market_id = position.market_id AND moved.wallet_id = wallet.id
        WHERE position.spent - position.received <> coalesce(moved.net, 0)
        """,
    ),
    Check(
        "traders",
        "the market counts {2} traders, but {1} have a position",
        """
        SELECT market.question_id, NULL, coalesce(held.positions, 0), market.trader_count
        FROM markets_market AS market
        LEFT JOIN (
            SELECT market_id, count(*) AS positions FROM markets_position GROUP BY market_id
        ) AS held ON held.market_id = market.question_id
        WHERE market.trader_count <> coalesce(held.positions, 0)
        """,
        counts=True,
    ),
)
