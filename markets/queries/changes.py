"""Where the changes of the odds are: fills for the market, new aggregates for the crowd.

Credits that changed hands count once: of the two fills of a match, the younger order's.

Each series is given to the queries as one shape, `question_id, number, at, probabilities, volume`.
Within a question numbers grow with time: fills are written under the market's lock, and aggregates
under the question's. An aggregate of nobody says nothing, so it is no change, but a gap in a line.
"""

from datetime import UTC, datetime, timedelta

from markets.models import Period, Series

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Where periods are counted from, so that days begin at midnight UTC."""

MOMENT = timedelta(microseconds=1)
"""The least by which two instants differ: before `at + MOMENT` is at `at` or earlier."""

WIDTHS: dict[str, timedelta] = {
    Period.MINUTE: timedelta(minutes=1),
    Period.HOUR: timedelta(hours=1),
    Period.DAY: timedelta(days=1),
}

AGGREGATES = """(
        SELECT question_id, id AS number, as_of AS at, centre AS probabilities, 0 AS volume
        FROM markets_crowdsnapshot
    )"""
"""All of the crowd's, also those of nobody, which have no probabilities."""

CHANGES: dict[str, str] = {
    Series.MARKET: """(
        SELECT market_id AS question_id, seq AS number, filled_at AS at, probabilities,
               CASE WHEN counter_order_id > order_id THEN 0 ELSE abs(cost) END AS volume
        FROM markets_fill
    )""",
    Series.CROWD: """(
        SELECT question_id, id AS number, as_of AS at, centre AS probabilities, 0 AS volume
        FROM markets_crowdsnapshot
        WHERE forecaster_count > 0
    )""",
}


def microseconds(column: str) -> str:
    """SQL for an instant as a whole number, which is read in a sixth of a timestamp's time."""
    return f"(extract(epoch FROM {column}) * 1000000)::bigint"


def instant(number: int) -> datetime:
    """The instant that `microseconds` spelled.

    >>> instant(1_000_001).isoformat()
    '1970-01-01T00:00:01.000001+00:00'
    """
    return EPOCH + number * MOMENT
