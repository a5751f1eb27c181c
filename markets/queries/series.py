"""What the market and the crowd said over the life of a question, as lines to be scored."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np

from markets.core.aggregation import Method, aggregate
from markets.models import Question, ScoredSeries
from markets.queries.stated import Intervals, Matrix, Vector, columns_of

# Of the fills of one instant the last one stood, the others never did.
_FILLS = """
SELECT DISTINCT ON (filled_at) probabilities, extract(epoch FROM filled_at)::float8
FROM markets_fill
WHERE market_id = %(question)s AND filled_at < %(ended_at)s
ORDER BY filled_at, seq DESC
"""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Odds that nobody stated: `probabilities[k]`, shape (K, n), stood in [starts[k], ends[k])."""

    starts: Vector
    ends: Vector
    probabilities: Matrix


def lines_of(
    question: Question, intervals: Intervals | None, *, ended_at: datetime
) -> dict[ScoredSeries, Line]:
    """The market's line, and while anybody's forecast stood that of each crowd method."""
    lines = {ScoredSeries.MARKET: _market(question, ended_at)}
    if intervals is not None:
        for method in _methods(question):
            lines[ScoredSeries(method)] = _crowd(intervals, method)
    return lines


def _market(question: Question, ended_at: datetime) -> Line:
    """Its prior from the opening on, and then what each fill left."""
    if question.opened_at is None:
        raise AssertionError("a settled question was opened")
    starts, said = np.array([question.opened_at.timestamp()]), np.array([question.prior])
    found = columns_of(_FILLS, question.pk, ended_at)
    if found is not None:
        starts, said = np.concatenate([starts, found[1]]), np.concatenate([said, found[0]])
    return Line(starts, np.append(starts[1:], np.inf), said)


def _methods(question: Question) -> list[Method]:
    by_bin = {Method.MEDIAN, Method.RECENCY_WEIGHTED_MEDIAN}
    return [method for method in Method if question.bins is None or method not in by_bin]


def _crowd(intervals: Intervals, method: Method) -> Line:
    """What the forecasts that stood in each stretch come to."""
    stood = intervals.start < intervals.end
    instants = np.unique(np.concatenate([intervals.start[stood], intervals.end[stood]]))
    starts, ends, said = [], [], []
    for start, end in pairwise(instants):
        stands = (intervals.start <= start) & (start < intervals.end)
        if stands.any():
            starts.append(start)
            ends.append(end)
            said.append(aggregate(intervals.probabilities[stands], method).centre)
    outcome_count = intervals.probabilities.shape[1]
    return Line(np.array(starts), np.array(ends), np.reshape(said, (len(said), outcome_count)))
