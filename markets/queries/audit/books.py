"""The rules of the ledger: what accounts hold, and what each escrow must."""

from markets.queries.audit.check import Check

BOOKS = (
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
        "the escrow holds {2}, but subsidy plus costs less proceeds and payouts is {1}",
        """
        SELECT market.question_id, NULL, sum.total, escrow.balance
        FROM markets_market AS market
        JOIN markets_account AS escrow ON escrow.market_id = market.question_id
        LEFT JOIN (
            SELECT market_id, sum(spent - received - payout) AS net
            FROM markets_position GROUP BY market_id
        ) AS traded ON traded.market_id = market.question_id
        LEFT JOIN (
            SELECT market_id, sum(CASE WHEN code = 'remainder' THEN -amount ELSE amount END) AS net
            FROM markets_transfer WHERE code IN ('remainder', 'advance', 'shortfall')
            GROUP BY market_id
        ) AS housed ON housed.market_id = market.question_id
        CROSS JOIN LATERAL (
            SELECT market.subsidy + coalesce(traded.net, 0) + coalesce(housed.net, 0)
        ) AS sum (total)
        WHERE escrow.balance <> sum.total
        """,
    ),
    Check(
        "subsidy",
        "the market's subsidy is {2}, but {1} were promised or paid",
        """
        SELECT market.question_id, NULL, whole.subsidy, market.subsidy
        FROM markets_market AS market
        JOIN markets_question AS question ON question.id = market.question_id
        LEFT JOIN (
            SELECT market_id, sum(subsidy) AS total FROM markets_liquiditychange GROUP BY market_id
        ) AS added ON added.market_id = market.question_id
        LEFT JOIN (
            SELECT market_id, sum(amount) AS total FROM markets_transfer
            WHERE code = 'subsidy' GROUP BY market_id
        ) AS paid ON paid.market_id = market.question_id
        CROSS JOIN LATERAL (
            VALUES (question.subsidy + coalesce(added.total, 0)), (coalesce(paid.total, 0))
        ) AS whole (subsidy)
        WHERE market.subsidy <> whole.subsidy
        """,
    ),
    Check(
        "liquidity",
        "the market's liquidity is {2} and its prior {0}, where its last change left {1}",
        """
        SELECT market.question_id,
               CASE WHEN market.prior = coalesce(latest.prior, question.prior)
                    THEN 'right' ELSE 'wrong' END,
               coalesce(latest.liquidity, opening.liquidity), market.liquidity
        FROM markets_market AS market
        JOIN markets_question AS question ON question.id = market.question_id
        CROSS JOIN LATERAL (
            SELECT trunc(question.subsidy / -ln(min(part)))::bigint AS liquidity
            FROM unnest(question.prior) AS part
        ) AS opening
        LEFT JOIN LATERAL (
            SELECT liquidity, prior FROM markets_liquiditychange
            WHERE market_id = market.question_id ORDER BY id DESC LIMIT 1
        ) AS latest ON true
        WHERE market.prior <> coalesce(latest.prior, question.prior)
           OR market.liquidity <> latest.liquidity
           OR latest.liquidity IS NULL AND abs(market.liquidity - opening.liquidity) > 1
        """,
    ),
)
