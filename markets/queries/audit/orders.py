"""The rules of orders: what rests is really set aside, and nothing more is."""

from markets.queries.audit.check import Check

ORDERS = (
    Check(
        "orders",
        "order {0} was filled by or cost {2}, but its fills add up to {1}",
        """
        SELECT placed.market_id, placed.id, figure.traded, figure.noted
        FROM markets_order AS placed
        LEFT JOIN (
            SELECT order_id, sum(cost) AS cost,
                   sum((SELECT max(abs(each)) FROM unnest(shares) AS each)) AS filled_shares
            FROM markets_fill GROUP BY order_id
        ) AS traded ON traded.order_id = placed.id
        CROSS JOIN LATERAL (
            VALUES (coalesce(traded.filled_shares, 0), placed.filled_shares),
                   (coalesce(traded.cost, 0), placed.cost)
        ) AS figure (traded, noted)
        WHERE figure.traded <> figure.noted
        """,
    ),
    Check(
        "resting",
        "order {0} rests, though its question is not open or nothing of it is left",
        """
        SELECT resting.market_id, resting.id, NULL, NULL
        FROM markets_order AS resting
        JOIN markets_question AS question ON question.id = resting.market_id
        WHERE resting.status = 'open'
          AND (question.status <> 'open'
               OR coalesce(resting.shares - resting.filled_shares, resting.budget - resting.cost)
                  <= 0)
        """,
    ),
    Check(
        "reserve",
        "order {0} reserves {2}, but what is left of it may cost {1}",
        """
        SELECT resting.market_id, resting.id, needed.credits, resting.reserved
        FROM markets_order AS resting
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN resting.side = 'sell' THEN 0
                WHEN resting.budget IS NOT NULL THEN resting.budget - resting.cost
                ELSE ceil((resting.shares - resting.filled_shares)::numeric
                          * resting."limit" / 1000)
            END AS credits
        ) AS needed
        WHERE resting.status = 'open' AND resting.reserved <> needed.credits
        """,
    ),
    Check(
        "reserved credits",
        "account {0} has {2} reserved, but its owner's resting orders reserve {1}",
        """
        SELECT account.market_id, account.id, coalesce(resting.reserved, 0), account.reserved
        FROM markets_account AS account
        LEFT JOIN (
            SELECT trader_id, sum(reserved) AS reserved FROM markets_order
            WHERE status = 'open' GROUP BY trader_id
        ) AS resting ON resting.trader_id = account.owner_id
        WHERE account.reserved <> coalesce(resting.reserved, 0)
        """,
    ),
    Check(
        "reserved shares",
        "trader {0} has {2} shares of an outcome reserved, but resting orders offer {1}",
        """
        WITH offered AS (
            SELECT resting.market_id, resting.trader_id, outcome + 1 AS index,
                   sum(resting.shares - resting.filled_shares) AS shares
            FROM markets_order AS resting
            CROSS JOIN LATERAL unnest(resting.claim) AS outcome
            WHERE resting.status = 'open' AND resting.side = 'sell'
            GROUP BY resting.market_id, resting.trader_id, outcome
        ), held AS (
            SELECT position.market_id, position.trader_id, each.index, each.shares, each.reserved
            FROM markets_position AS position
            CROSS JOIN LATERAL unnest(position.shares, position.reserved_shares)
                WITH ORDINALITY AS each (shares, reserved, index)
        )
        SELECT market_id, trader_id, coalesce(offered.shares, 0), coalesce(held.reserved, 0)
        FROM offered FULL JOIN held USING (market_id, trader_id, index)
        WHERE coalesce(offered.shares, 0) <> coalesce(held.reserved, 0)
           OR held.reserved > held.shares
        """,
    ),
)
