"""The rules of the past: what happened is whole, in order, and cannot be changed."""

from markets.queries.audit.check import Check

FILLS = (
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
        "in order",
        "fill {0} happened before the one that precedes it",
        """
        SELECT market_id, seq, NULL, NULL
        FROM (
            SELECT market_id, seq, filled_at, lag(filled_at) OVER sequence AS filled_before
            FROM markets_fill
            WINDOW sequence AS (PARTITION BY market_id ORDER BY seq)
        ) AS fill
        WHERE filled_at < filled_before
        """,
    ),
    Check(
        "matched",
        "fill {0} is one side of a match, but the other side is not beside it",
        """
        SELECT market_id, seq, NULL, NULL
        FROM (
            SELECT market_id, seq, counter_order_id,
                   lag(order_id) OVER sequence = counter_order_id
                       AND lag(counter_order_id) OVER sequence = order_id AS is_second,
                   lead(order_id) OVER sequence = counter_order_id
                       AND lead(counter_order_id) OVER sequence = order_id AS is_first
            FROM markets_fill
            WINDOW sequence AS (PARTITION BY market_id ORDER BY seq)
        ) AS side
        WHERE counter_order_id IS NOT NULL
          AND coalesce(is_first, false) = coalesce(is_second, false)
        """,
    ),
    Check(
        "balanced",
        "fill {0} and its other side make {1} complete sets, and pay {2} for them",
        """
        SELECT market_id, seq, sets.most, cost + other_cost
        FROM (
            SELECT market_id, seq, order_id, counter_order_id, shares, cost,
                   lead(order_id) OVER sequence AS other_order_id,
                   lead(counter_order_id) OVER sequence AS other_counter_id,
                   lead(shares) OVER sequence AS other_shares,
                   lead(cost) OVER sequence AS other_cost
            FROM markets_fill
            WINDOW sequence AS (PARTITION BY market_id ORDER BY seq)
        ) AS side
        CROSS JOIN LATERAL (
            SELECT min(mine + theirs) AS least, max(mine + theirs) AS most
            FROM unnest(shares, other_shares) AS each (mine, theirs)
        ) AS sets
        WHERE counter_order_id = other_order_id
          AND other_counter_id = order_id
          AND (sets.least <> sets.most OR cost + other_cost < sets.most)
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
    Check(
        "append-only",
        "no trigger keeps the rows of {0} from being changed and deleted",
        """
        SELECT NULL, past.name, NULL, NULL
        FROM (
            VALUES ('transfer'), ('fill'), ('liquiditychange'), ('forecast'), ('withdrawal'),
                   ('crowdsnapshot'), ('resolution'), ('undone'), ('statuschange'),
                   ('lintoverride')
        ) AS past (name)
        WHERE NOT EXISTS (
            SELECT FROM pg_trigger AS guard
            JOIN pg_proc AS act ON act.oid = guard.tgfoid
            WHERE guard.tgrelid = to_regclass('markets_' || past.name)
              AND guard.tgenabled IN ('O', 'A')
              AND guard.tgtype & 27 = 27  -- for each row 1, before 2, delete 8, update 16
              AND guard.tgqual IS NULL
              AND act.prosrc LIKE '%RAISE EXCEPTION%'
        )
        """,
    ),
    Check(
        "references",
        "the trigger {0} is missing or off, so rows may refer to what is not there",
        """
        SELECT NULL, guard.name, NULL, NULL
        FROM (
            VALUES ('order', 'order_is_of_a_market_and_a_wallet'),
                   ('fill', 'fill_belongs_to_its_order'),
                   ('transfer', 'transfer_is_between_two_accounts'),
                   ('market', 'market_stays'), ('account', 'account_stays'),
                   ('order', 'order_stays')
        ) AS guard (guarded, name)
        WHERE NOT EXISTS (
            SELECT FROM pg_trigger
            WHERE tgrelid = to_regclass('markets_' || guard.guarded)
              AND tgname LIKE 'pgtrigger\\_' || replace(guard.name, '_', '\\_') || '\\_%'
              AND tgenabled IN ('O', 'A')
        )
        """,
    ),
)
