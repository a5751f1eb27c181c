"""Keeping leaderboards and calibration up to date, a question at a time, with any correction.

A question's mark says which resolution the tallies hold of it. Where that is not the one that
stands, the mark moves, and *every cell that either version touches is added up anew* from the rows
of all marked resolutions; nothing is ever added to or taken from a number. So a correction leaves
exactly what a tally from scratch would leave, to the last bit: each sum is over the questions in
the order of their ids. Doubles and parallel runs find nothing left to do.

Weeks and months are added up from scores; a quarter from its months, and all time from all of them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from markets.core.periods import Period, Span, months_of, periods_around
from markets.models import EVERYTHING, CalibrationShare, Resolution, TallyMark
from markets.queries.calibration_shares import calibration_shares
from markets.queries.tallies import Untallied, untallied
from markets.services.locks import lock_tallies

SHARE_BATCH: Final = 1_000

_PEOPLE = """
SELECT forecaster_id FROM markets_score WHERE resolution_id = ANY(%(resolutions)s)
UNION
SELECT trader_id FROM markets_profit WHERE resolution_id = ANY(%(resolutions)s)
UNION
SELECT forecaster_id FROM markets_tally WHERE period = %(week)s AND tag = '' AND %(is_again)s
"""
"""Whose cells a question touches. Where the same version was scored again, somebody who had a score
may have none any more: all who are in the week of the question are taken."""

_CLEAR = """
DELETE FROM markets_tally
WHERE period = ANY(%(periods)s) AND tag = ANY(%(tags)s) AND forecaster_id = ANY(%(people)s)
"""

_INSERT = """
INSERT INTO markets_tally (
    span, period, tag, forecaster_id, question_count, peer_sum, baseline_sum, relative_brier_sum,
    relative_brier_count, coverage_sum, traded_count, profit, peer_mean, relative_brier_mean
)
SELECT *, peer_sum / nullif(question_count, 0),
       relative_brier_sum / nullif(relative_brier_count, 0)
FROM ({summed}) AS summed
"""

_FROM_SCORES = """
SELECT span, period, tag, person, count(peer) AS question_count,
       coalesce(sum(peer ORDER BY question_id), 0) AS peer_sum,
       coalesce(sum(baseline ORDER BY question_id), 0),
       coalesce(sum(relative_brier ORDER BY question_id), 0) AS relative_brier_sum,
       count(relative_brier) AS relative_brier_count,
       coalesce(sum(coverage ORDER BY question_id), 0),
       count(amount), coalesce(sum(amount), 0)
FROM (
    SELECT asked.span, asked.period, filed.tag, mark.question_id, mark.resolution_id
    FROM unnest(%(spans)s::text[], %(names)s::text[], %(starts)s::timestamptz[],
                %(ends)s::timestamptz[]) AS asked (span, period, starts_at, ends_at)
    JOIN markets_tallymark AS mark
        ON mark.resolved_at >= asked.starts_at AND mark.resolved_at < asked.ends_at
    CROSS JOIN LATERAL (
        SELECT DISTINCT tag FROM unnest(mark.tags || ''::varchar) AS every (tag)
        WHERE tag = ANY(%(tags)s)
    ) AS filed
) AS stands
JOIN LATERAL (
    SELECT score.forecaster_id AS person, peer, baseline, relative_brier, coverage,
           NULL::bigint AS amount
    FROM markets_score AS score WHERE score.resolution_id = stands.resolution_id
    UNION ALL
    SELECT profit.trader_id, NULL, NULL, NULL, NULL, profit.amount
    FROM markets_profit AS profit WHERE profit.resolution_id = stands.resolution_id
) AS made ON made.person = ANY(%(people)s)
GROUP BY span, period, tag, person
"""

_FROM_MONTHS = """
SELECT %(span)s, %(period)s, tag, forecaster_id, sum(question_count) AS question_count,
       sum(peer_sum ORDER BY period) AS peer_sum, sum(baseline_sum ORDER BY period),
       sum(relative_brier_sum ORDER BY period) AS relative_brier_sum,
       sum(relative_brier_count) AS relative_brier_count,
       sum(coverage_sum ORDER BY period), sum(traded_count), sum(profit)
FROM markets_tally
WHERE forecaster_id = ANY(%(people)s) AND tag = ANY(%(tags)s) AND span = 'month'
  AND (%(months)s::text[] IS NULL OR period = ANY(%(months)s))
GROUP BY tag, forecaster_id
"""


@transaction.atomic
def tally(*, question_id: int, now: datetime) -> bool:
    """Have the tallies hold what stands of a question; False where they do already."""
    lock_tallies()
    found = untallied(question_id)
    if found is None:
        return False
    _store_calibration(found.resolution_id)
    TallyMark.objects.update_or_create(
        question_id=question_id,
        defaults={
            "resolution_id": found.resolution_id, "scored_at": found.scored_at,
            "resolved_at": found.resolved_at, "tags": list(found.tags), "tallied_at": now,
        },
    )  # fmt: skip
    _add_up(found)
    return True


def _store_calibration(resolution_id: int) -> None:
    """Replace what a resolution adds to calibration; that of other versions stays, and counts not.

    Only what marks name is ever read.
    """
    resolution = Resolution.objects.select_related("question").get(pk=resolution_id)
    CalibrationShare.objects.filter(resolution=resolution).delete()
    CalibrationShare.objects.bulk_create(calibration_shares(resolution), batch_size=SHARE_BATCH)


def _add_up(found: Untallied) -> None:
    """Add up every cell anew that the old version or the new one touches."""
    periods = periods_around(found.resolved_at)
    with connection.cursor() as cursor:
        week = next(period.name for period in periods if period.span is Span.WEEK)
        cursor.execute(
            _PEOPLE,
            {"resolutions": found.resolutions, "week": week, "is_again": found.is_again},
        )
        cells = {
            "people": [row[0] for row in cursor.fetchall()],
            "tags": sorted({EVERYTHING, *found.tags, *found.tags_before}),
        }
        cursor.execute(_CLEAR, {**cells, "periods": [period.name for period in periods]})
        short = [period for period in periods if period.span in {Span.WEEK, Span.MONTH}]
        cursor.execute(_INSERT.format(summed=_FROM_SCORES), {**cells, **_columns(short)})
        for period in periods:
            if period not in short:
                cursor.execute(
                    _INSERT.format(summed=_FROM_MONTHS),
                    {**cells, "span": period.span, "period": period.name,
                     "months": _months(period)},
                )  # fmt: skip


def _columns(periods: Sequence[Period]) -> dict[str, list[object]]:
    return {
        "spans": [period.span.value for period in periods],
        "names": [period.name for period in periods],
        "starts": [period.starts_at for period in periods],
        "ends": [period.ends_at for period in periods],
    }


def _months(period: Period) -> list[str] | None:
    """The months that make up a quarter; None for all of them."""
    return list(months_of(period)) if period.span is Span.QUARTER else None
