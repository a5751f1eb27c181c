"""The rules of the crowd: what stands is what the forecasts and withdrawals say."""

from markets.queries.audit.check import Check

# As of the last change: who ends by themselves later than that is swept out of the table later.
_DUE = """
WITH latest AS (
    SELECT DISTINCT ON (question_id, forecaster_id) *
    FROM markets_forecast ORDER BY question_id, forecaster_id, id DESC
), due AS (
    SELECT latest.*
    FROM latest
    JOIN markets_question AS question ON question.id = latest.question_id
    LEFT JOIN markets_withdrawal AS withdrawal ON withdrawal.forecast_id = latest.id
    WHERE withdrawal.id IS NULL
      AND (latest.ends_at IS NULL OR latest.ends_at > question.crowd_as_of)
)
"""

CROWD = (
    Check(
        "standing",
        "of forecaster {0} forecast {1} should stand as it was stated, and {2} does",
        f"""
        {_DUE}, standing AS (
            SELECT standing.*
            FROM markets_standingforecast AS standing
            JOIN markets_question AS question ON question.id = standing.question_id
            WHERE standing.ends_at IS NULL OR standing.ends_at > question.crowd_as_of
        )
        SELECT question_id, forecaster_id, due.id, standing.forecast_id
        FROM due FULL JOIN standing USING (question_id, forecaster_id)
        WHERE due.id IS DISTINCT FROM standing.forecast_id
           OR due.probabilities <> standing.probabilities
           OR due.track_weight <> standing.track_weight
           OR due.ends_at IS DISTINCT FROM standing.ends_at
        """,  # noqa: S608 - put together from the constant above
        counts=True,
    ),
    Check(
        "crowd count",
        "{1} forecasts stood when it was counted last, but it says {2}",
        f"""
        {_DUE}, counted AS (
            SELECT question_id, count(*) AS forecasts FROM due GROUP BY question_id
        )
        SELECT question.id, NULL, coalesce(counted.forecasts, 0), question.forecaster_count
        FROM markets_question AS question
        LEFT JOIN counted ON counted.question_id = question.id
        WHERE question.forecaster_count <> coalesce(counted.forecasts, 0)
        """,  # noqa: S608 - put together from the constant above
        counts=True,
    ),
)
