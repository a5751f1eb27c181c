"""What the market and the crowd said over the life of a question, as lines to be scored."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from markets.core.aggregation import MEDIANS, Method, aggregate
from markets.core.crowd_history import crowd_history
from markets.models import Question, ScoredSeries
from markets.queries.stated import Ids, Intervals, Matrix, Vector, columns_of

EACH_CHANGE_MAX = 500_000_000
"""Forecasts times forecasters times outcomes, up to which the crowd is taken after each change.
All methods together took 26 s of processor time for 100 000 forecasts by 10 000 on two outcomes,
which is four times as much; a task has a minute and a half."""

SAMPLES = 200
"""How many evenly spaced instants a larger crowd is taken at."""

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


def line_of(
    series: ScoredSeries, question: Question, intervals: Intervals | None, *, ended_at: datetime
) -> Line | None:
    """One of the lines, without computing the others; None of a crowd of nobody."""
    if series == ScoredSeries.MARKET:
        return _market(question, ended_at)
    return None if intervals is None else _crowd(intervals, Method(series))


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
    """All of them; but medians bin by bin say nothing of a range.

    That weighted by track records takes them as they were when each forecast was made, so that it
    does not matter in which order questions are scored.
    """
    return [method for method in Method if question.bins is None or method not in MEDIANS]


def _crowd(intervals: Intervals, method: Method) -> Line:
    """What the forecasts that stood come to, after each change of one of them."""
    people, outcome_count = len(np.unique(intervals.forecaster)), intervals.probabilities.shape[1]
    if len(intervals.forecaster) * people * outcome_count > EACH_CHANGE_MAX:
        return _sampled(intervals, method)
    forecaster, at, probabilities, weights = _events(intervals)
    history = crowd_history(
        forecaster=forecaster, probabilities=probabilities, method=method, weights=weights
    )
    is_last = np.append(at[1:] != at[:-1], np.ones(min(1, len(at)), dtype=bool))
    starts, centre = at[is_last], history.centre[is_last]
    ends = np.append(starts[1:], np.full(min(1, len(at)), np.inf))
    somebody = history.forecaster_count[is_last] > 0
    return Line(starts[somebody], ends[somebody], centre[somebody])


def _sampled(intervals: Intervals, method: Method) -> Line:
    """The same at evenly spaced instants only, each until the next; nothing while nobody stands."""
    stood = intervals.start < intervals.end
    if not stood.any():
        return Line(np.empty(0), np.empty(0), intervals.probabilities[:0])
    edges = np.linspace(intervals.start[stood].min(), intervals.end[stood].max(), SAMPLES + 1)
    kept, said = [], []
    for place, at in enumerate(edges[:-1]):
        stands = np.flatnonzero((intervals.start <= at) & (at < intervals.end))
        if len(stands):
            oldest_first = stands[np.lexsort((intervals.forecast[stands], intervals.start[stands]))]
            crowd = aggregate(
                intervals.probabilities[oldest_first], method,
                weights=intervals.track_weight[oldest_first],
            )  # fmt: skip
            kept.append(place)
            said.append(crowd.centre)
    return Line(edges[:-1][kept], edges[1:][kept], np.array(said))


def _events(intervals: Intervals) -> tuple[Ids, Vector, Matrix, Vector]:
    """Who, when, what and its weight: each forecast that stood, and a row of NaN where it ended.

    One that is replaced in the instant that it ends needs no end.
    """
    stood = np.flatnonzero(intervals.start < intervals.end)
    order = stood[np.lexsort((intervals.start[stood], intervals.forecaster[stood]))]
    who, start, end = intervals.forecaster[order], intervals.start[order], intervals.end[order]
    is_replaced = np.zeros(len(order), dtype=bool)
    is_replaced[:-1] = (who[:-1] == who[1:]) & (end[:-1] == start[1:])
    ending = np.flatnonzero(~is_replaced)
    said = intervals.probabilities[order]
    nothing = np.full((len(ending), said.shape[1]), np.nan)
    at = np.concatenate([start, end[ending]])
    # Of several at one instant the ends come first, and then forecasts in the order of their ids.
    number = np.concatenate([intervals.forecast[order], np.zeros(len(ending), dtype=np.int64)])
    in_time = np.lexsort((number, at))
    return (
        np.concatenate([who, who[ending]])[in_time],
        at[in_time],
        np.concatenate([said, nothing])[in_time],
        np.concatenate([intervals.track_weight[order], np.ones(len(ending))])[in_time],
    )
