"""Open, high, low and close of each period: what was rolled up, and what came since."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, TypeAlias

from django.db import connection

from markets.models import Period, Question, Series
from markets.queries.changes import CHANGES, EPOCH, MOMENT, WIDTHS, instant, microseconds
from markets.queries.odds import is_hidden

CANDLES_MAX = 1_000
_NUMBER_MAX = 2**63 - 1

Probabilities: TypeAlias = tuple[float, ...]


@dataclass(frozen=True)
class Moves:
    """How the odds moved from `starts_at` on, for one period; one probability per outcome."""

    starts_at: datetime
    open: Probabilities
    high: Probabilities
    low: Probabilities
    close: Probabilities
    volume: int
    change_count: int


@dataclass(frozen=True)
class CandlePage:
    """Candles in order of time; where there are more, `next` is where they go on."""

    candles: tuple[Moves, ...]
    next: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Some changes of a series: those in [since, until) with a number in (after, through]."""

    question: int
    since: datetime
    until: datetime
    after: int = 0
    through: int = _NUMBER_MAX


# Each probability is a row of its own until the extremes are found, minute by minute and then for
# each period; the first and the last change of a period are looked up by their numbers.
_CANDLES_OF_CHANGES = """
WITH change AS NOT MATERIALIZED (
    SELECT * FROM {changes} AS every
    WHERE question_id = %(question)s AND at >= %(since)s AND at < %(until)s
      AND number > %(after)s AND number <= %(through)s
),
minute AS (
    SELECT date_bin('1 minute', at, %(epoch)s) AS starts_at, place,
           max(probability) AS high, min(probability) AS low,
           min(number) AS first, max(number) AS last,
           sum(volume) AS volume, count(*) AS change_count
    FROM change, unnest(probabilities) WITH ORDINALITY AS part (probability, place)
    GROUP BY 1, 2
),
part AS (
    SELECT width.period, date_bin(width.stride, starts_at, %(epoch)s) AS starts_at, place,
           max(high) AS high, min(low) AS low, min(first) AS first, max(last) AS last,
           sum(volume) AS volume, sum(change_count) AS change_count
    FROM minute, unnest(%(periods)s::text[], %(strides)s::interval[]) AS width (period, stride)
    GROUP BY 1, 2, 3
),
candle AS (
    SELECT period, starts_at, min(first) AS first, max(last) AS last,
           array_agg(high ORDER BY place) AS high, array_agg(low ORDER BY place) AS low,
           max(volume)::bigint AS volume, max(change_count)::bigint AS change_count
    FROM part
    GROUP BY 1, 2
)
SELECT candle.period, candle.starts_at, first.probabilities AS open, candle.high, candle.low,
       last.probabilities AS close, candle.volume, candle.change_count
FROM candle
JOIN change AS first ON first.number = candle.first
JOIN change AS last ON last.number = candle.last
"""

# The mark and the candles are read in one statement, so that they agree while a roll-up goes on.
_ROLLED_UP = """
SELECT mark.through, {through_at}, candle.*
FROM markets_candlemark AS mark
JOIN unnest(
    %(cut)s::boolean[], %(periods)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]
) AS span (cut, period, starts_at, ends_at) ON span.cut = (mark.through_at > %(now)s)
LEFT JOIN LATERAL (
    SELECT {starts_at}, COALESCE(open, close), COALESCE(high, close), COALESCE(low, close), close,
           volume, change_count
    FROM markets_candle AS candle
    WHERE candle.question_id = mark.question_id AND candle.series = mark.series
      AND candle.period = span.period
      AND candle.starts_at >= span.starts_at AND candle.starts_at < span.ends_at
    ORDER BY candle.starts_at
    LIMIT %(rows)s
) AS candle (starts_at) ON TRUE
WHERE mark.question_id = %(question)s AND mark.series = %(series)s
ORDER BY candle.starts_at
"""

_BEHIND: dict[str, str] = {
    Series.MARKET: """
SELECT market.question_id, market.seq - COALESCE(mark.through, 0)
FROM markets_market AS market
LEFT JOIN markets_candlemark AS mark
    ON mark.question_id = market.question_id AND mark.series = 'market'
WHERE market.seq > COALESCE(mark.through, 0)
ORDER BY market.question_id
""",
    Series.CROWD: """
SELECT question.id, beyond.count
FROM markets_question AS question
LEFT JOIN markets_candlemark AS mark
    ON mark.question_id = question.id AND mark.series = 'crowd'
CROSS JOIN LATERAL (
    SELECT count(*) FROM {changes} AS change
    WHERE question_id = question.id AND number > COALESCE(mark.through, 0)
      AND at >= COALESCE(mark.through_at, '-infinity')
) AS beyond
WHERE question.crowd_as_of >= COALESCE(mark.through_at, '-infinity') AND beyond.count > 0
ORDER BY question.id
""",
}


def candles_of(
    question: Question,
    *,
    period: str,
    series: str = Series.MARKET,
    start: datetime | None = None,
    end: datetime | None = None,
    now: datetime,
    limit: int = CANDLES_MAX,
) -> CandlePage:
    """The first `limit` candles that begin in [start, end), as they were public at `now`.

    The candle in which `now` lies holds what had changed by then and no more.
    """
    opened_at = question.opened_at
    hidden = is_hidden(question, now)
    if opened_at is None or (series == Series.CROWD and hidden):
        return CandlePage(())
    start = floor(max(start or opened_at, opened_at), period)
    end = min(end or now + MOMENT, now + MOMENT)
    if start >= end:
        return CandlePage(())
    pieces = _pieces(question.pk, series, period, start=start, end=end, now=now, rows=limit + 1)
    merged = [
        _merged(starts_at, list(group))
        for starts_at, group in groupby(pieces, lambda piece: floor(piece.starts_at, period))
    ]
    more = merged[limit].starts_at if len(merged) > limit else None
    return CandlePage(tuple(merged[:limit]), more)


def floor(at: datetime, period: str) -> datetime:
    """The beginning of the period in which an instant lies.

    >>> from datetime import UTC
    >>> floor(datetime(2026, 11, 22, 12, 34, 56, tzinfo=UTC), "1h").isoformat()
    '2026-11-22T12:00:00+00:00'
    """
    return at - (at - EPOCH) % WIDTHS[period]


def series_behind(series: str) -> dict[int, int]:
    """The questions with changes that no candle holds yet: how many, by question."""
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND[series].format(changes=CHANGES[series]))
        return dict(cursor.fetchall())


def candles_of_changes(series: str) -> str:
    """The SELECT that makes candles of some `Changes`: period, start, arrays, volume, count."""
    return _CANDLES_OF_CHANGES.format(changes=CHANGES[series])


def asked_of(changes: Changes, periods: list[str]) -> dict[str, Any]:
    """What `candles_of_changes` takes as parameters."""
    strides = [WIDTHS[period] for period in periods]
    return {**vars(changes), "epoch": EPOCH, "periods": periods, "strides": strides}


def _pieces(
    question: int,
    series: str,
    period: str,
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    rows: int,
) -> list[Moves]:
    """Parts of the candles in [start, end), in order: those rolled up, then those that are not.

    What was rolled up holds nothing later than `now`, or else the candle that does is put together
    from shorter ones and the changes of its last minute.
    """
    spans = [(False, period, start, end), *_spans_until(now, period, start, end)]
    cut, periods, starts, ends = zip(*spans, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _ROLLED_UP.format(
                through_at=microseconds("mark.through_at"), starts_at=microseconds("starts_at")
            ),
            {"question": question, "series": series, "now": now, "rows": rows,
             "cut": list(cut), "periods": list(periods), "starts": list(starts),
             "ends": list(ends)},
        )  # fmt: skip
        found = cursor.fetchall()
    rolled_up = [_moves(instant(row[2]), row[3:]) for row in found if row[2] is not None]
    if len(rolled_up) >= rows:
        return rolled_up
    through, reached = found[0][:2] if found else (0, 0)
    through_at = instant(reached)
    until = min(now + MOMENT, floor(end - MOMENT, period) + WIDTHS[period])
    if through_at <= now:
        since = max(start, through_at)
        rest = Changes(question=question, since=since, until=until, after=through)
    else:
        since = max(start, floor(now, Period.MINUTE))
        rest = Changes(question=question, since=since, until=until, through=through)
    return rolled_up + (_minutes(series, rest) if since < until else [])


def _spans_until(
    now: datetime, period: str, start: datetime, end: datetime
) -> list[tuple[bool, str, datetime, datetime]]:
    """Whole candles before `now`: of the period, and of shorter ones for the candle it lies in."""
    spans = []
    for each in sorted(WIDTHS, key=lambda each: -WIDTHS[each]):
        if WIDTHS[each] <= WIDTHS[period]:
            until = floor(now, each)
            spans.append((True, each, start, min(until, end) if each == period else until))
            start = max(start, until)
            if end <= until:  # the candle that `now` lies in was not asked for
                break
    return spans


def _minutes(series: str, changes: Changes) -> list[Moves]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"{candles_of_changes(series)} ORDER BY candle.starts_at",
            asked_of(changes, [Period.MINUTE]),
        )
        return [_moves(row[1], row[2:]) for row in cursor.fetchall()]


def _moves(starts_at: datetime, row: tuple[Any, ...]) -> Moves:
    opening, high, low, close, volume, change_count = row
    return Moves(
        starts_at, tuple(opening), tuple(high), tuple(low), tuple(close), volume, change_count
    )


def _merged(starts_at: datetime, pieces: list[Moves]) -> Moves:
    """One candle of consecutive pieces of it."""
    return Moves(
        starts_at=starts_at,
        open=pieces[0].open,
        high=tuple(map(max, zip(*(piece.high for piece in pieces), strict=True))),
        low=tuple(map(min, zip(*(piece.low for piece in pieces), strict=True))),
        close=pieces[-1].close,
        volume=sum(piece.volume for piece in pieces),
        change_count=sum(piece.change_count for piece in pieces),
    )
