"""Rolling fills and aggregates of the crowd up into candles: in chunks, each change exactly once.

The mark of a series is the queue, the lock and the memory: a chunk adds the changes that lie beyond
it and moves it, in one transaction. A worker killed at any instant leaves either a whole chunk or
none; two that come at once pass each other by. No trade ever waits for it.
"""

from collections.abc import Callable

from django.db import connection, transaction

from markets.models import CandleMark, Period, Question, Series
from markets.queries.candles import Changes, asked_of, candles_of_changes, series_behind
from markets.queries.changes import CHANGES, EPOCH, MOMENT
from markets.services.sweeps import for_each

CHUNK = 400_000
"""How many probabilities one transaction looks at; half a second of work."""

_REACH = """
SELECT count(*), max(number), max(at)
FROM (
    SELECT number, at FROM {changes} AS every
    WHERE question_id = %(question)s AND at >= %(since)s AND number > %(after)s
    ORDER BY at, number
    LIMIT %(count)s
) AS change
"""

_ADD = """
INSERT INTO markets_candle AS candle (
    question_id, series, period, starts_at, open, high, low, close, volume, change_count
)
SELECT %(question)s, %(series)s, period, starts_at,
       CASE WHEN change_count > 1 THEN open END, CASE WHEN change_count > 1 THEN high END,
       CASE WHEN change_count > 1 THEN low END, close, volume, change_count
FROM ({fresh}) AS fresh
ON CONFLICT (question_id, series, period, starts_at) DO UPDATE SET
    open = COALESCE(candle.open, candle.close),
    high = ARRAY(
        SELECT GREATEST(old, new)
        FROM unnest(COALESCE(candle.high, candle.close), COALESCE(excluded.high, excluded.close))
            WITH ORDINALITY AS pair (old, new, place)
        ORDER BY place
    ),
    low = ARRAY(
        SELECT LEAST(old, new)
        FROM unnest(COALESCE(candle.low, candle.close), COALESCE(excluded.low, excluded.close))
            WITH ORDINALITY AS pair (old, new, place)
        ORDER BY place
    ),
    close = excluded.close,
    volume = candle.volume + excluded.volume,
    change_count = candle.change_count + excluded.change_count
"""


def roll_up_due(*, report: Callable[[int], None] = lambda count: None) -> int:
    """Add one chunk to the candles of every series that is behind; return how many changes.

    `report` hears of each chunk. Zero means that nothing is left, or that others are at it.
    """
    return sum(_roll_up_one_series(series, report) for series in Series)


def _roll_up_one_series(series: str, report: Callable[[int], None]) -> int:
    counts: list[int] = []

    def one_chunk(question_id: int) -> bool:
        counts.append(roll_up(question_id=question_id, series=series))
        report(counts[-1])
        return counts[-1] > 0

    for_each(series_behind(series), one_chunk)
    return sum(counts)


@transaction.atomic
def roll_up(*, question_id: int, series: str, chunk: int = CHUNK) -> int:
    """Add the next changes of a series to its candles; return how many.

    Zero where there are none, or where somebody else is adding them.
    """
    mark = _claim(question_id, series)
    if mark is None:
        return 0
    outcome_count = len(Question.objects.values_list("prior", flat=True).get(pk=question_id))
    with connection.cursor() as cursor:
        cursor.execute(
            _REACH.format(changes=CHANGES[series]),
            {"question": question_id, "since": mark.through_at, "after": mark.through,
             "count": max(1, chunk // outcome_count)},
        )  # fmt: skip
        count, through, through_at = cursor.fetchone()
        if not count:
            return 0
        changes = Changes(
            question=question_id, since=mark.through_at, until=through_at + MOMENT,
            after=mark.through, through=through,
        )  # fmt: skip
        cursor.execute(
            _ADD.format(fresh=candles_of_changes(series)),
            {**asked_of(changes, list(Period)), "series": series},
        )
    CandleMark.objects.filter(pk=mark.pk).update(through=through, through_at=through_at)
    return int(count)


def _claim(question_id: int, series: str) -> CandleMark | None:
    """Take a series for this transaction, or None where another worker has it."""
    CandleMark.objects.bulk_create(
        [CandleMark(question_id=question_id, series=series, through=0, through_at=EPOCH)],
        ignore_conflicts=True,
    )
    return (
        CandleMark.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(question_id=question_id, series=series)
        .first()
    )
