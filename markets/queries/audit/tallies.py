"""The rule of tallies: they hold what the scores of the questions in them add up to.

Tallies are moved a question at a time, so that one that was once wrong stays wrong until a question
of that forecaster comes again. All time and every tag are looked at: months lead up to them.
"""

from collections.abc import Iterator

from markets.queries.audit.check import Check, Finding
from markets.queries.tallies import WAITING

ADD_UP = "tallies add up"

_COMPARED = f"""
WITH waiting AS (
    SELECT behind.question_id FROM ({WAITING}) AS behind
), about_to_change AS (
    SELECT score.forecaster_id AS person FROM markets_score AS score
    WHERE score.question_id IN (SELECT question_id FROM waiting)
    UNION
    SELECT profit.trader_id FROM markets_profit AS profit
    WHERE profit.question_id IN (SELECT question_id FROM waiting)
), made AS (
    SELECT score.forecaster_id AS person, peer, baseline, relative_brier, coverage,
           NULL::bigint AS amount
    FROM markets_score AS score
    JOIN markets_tallymark AS mark ON mark.resolution_id = score.resolution_id
    UNION ALL
    SELECT profit.trader_id, NULL, NULL, NULL, NULL, profit.amount
    FROM markets_profit AS profit
    JOIN markets_tallymark AS mark ON mark.resolution_id = profit.resolution_id
), summed AS (
    SELECT person, count(peer) AS question_count, sum(peer) AS peer, sum(baseline) AS baseline,
           count(relative_brier) AS relative_brier_count, sum(relative_brier) AS relative_brier,
           sum(coverage) AS coverage, count(amount) AS traded_count, sum(amount) AS profit
    FROM made GROUP BY person
), kept AS (
    SELECT * FROM markets_tally WHERE period = 'all' AND tag = ''
)
SELECT NULL, format('forecaster %s has %s', coalesce(person, forecaster_id), compared.kind),
       compared.expected, compared.found
FROM summed FULL JOIN kept ON kept.forecaster_id = summed.person
CROSS JOIN LATERAL (VALUES
    ('question_count', summed.question_count::float8, kept.question_count::float8),
    ('peer_sum', summed.peer, peer_sum),
    ('baseline_sum', summed.baseline, baseline_sum),
    ('relative_brier_count', summed.relative_brier_count, kept.relative_brier_count),
    ('relative_brier_sum', summed.relative_brier, relative_brier_sum),
    ('coverage_sum', summed.coverage, coverage_sum),
    ('traded_count', summed.traded_count, kept.traded_count),
    ('profit', summed.profit, kept.profit)
) AS compared (kind, expected, found)
WHERE coalesce(person, forecaster_id) NOT IN (SELECT person FROM about_to_change)
  AND abs(coalesce(compared.expected, 0) - coalesce(compared.found, 0))
      > 1e-9 * greatest(1, abs(compared.expected))
ORDER BY coalesce(person, forecaster_id), compared.kind
"""  # noqa: S608 - put together from a constant
"""Whoever has a score in a question that the tallies are behind with is the next audit's: one
statement sees the queue, the scores and the tallies of the same instant."""

TALLIES = Check(ADD_UP, "{0} {2} instead of {1} in the tally of all time", _COMPARED, counts=True)


def tally_findings() -> Iterator[Finding]:
    """The tallies that are not the sums of the scores they hold, to nine digits."""
    yield from TALLIES.findings()
