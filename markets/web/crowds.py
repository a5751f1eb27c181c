"""The crowd's panel: how many say what, what each method makes of it, and how far it has moved."""

from dataclasses import dataclass
from datetime import datetime

from markets.core.aggregation import HISTOGRAM_BUCKETS, Crowd
from markets.models import Question, ScoredSeries
from markets.queries.crowd import crowds_compared
from markets.queries.odds import Odds, OutcomeOdds
from markets.web.distributions import in_words
from markets.web.wording import percent

COUNTED_MAX = 4_000
"""Forecasters times outcomes: a page does not aggregate more than this by every method. The API
does, by one."""

LAGS = (("1 hour", "change_1h"), ("24 hours", "change_24h"), ("7 days", "change_7d"))


@dataclass(frozen=True)
class Column:
    """How many say between `low` and `high`; placed in percent of the drawing."""

    words: str
    count: int
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class MethodRow:
    """What one method says of the outcome, and in which range the middle half say."""

    name: str
    said: str
    band: str
    is_default: bool


@dataclass(frozen=True)
class MovementRow:
    """A series with its changes; None where it is not so old."""

    name: str
    changes: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True)
class CrowdPanel:
    outcome: OutcomeOdds
    forecaster_count: int
    methods: tuple[MethodRow, ...]
    movement: tuple[MovementRow, ...]
    columns: tuple[Column, ...]
    band: tuple[float, float]
    centre: float


def crowd_panel(
    question: Question, odds: Odds, outcome: OutcomeOdds, *, now: datetime
) -> CrowdPanel | None:
    """The panel about one outcome, or None where there is no crowd to show, or not yet."""
    said = odds.crowd
    if (
        said is None
        or said.centre is None
        or said.forecaster_count * len(odds.outcomes) > COUNTED_MAX
    ):
        return None
    crowds = crowds_compared(question, now=now)
    if not crowds:
        return None
    index, crowd = outcome.index, crowds[0]
    counts = [] if crowd.histogram is None else [int(each) for each in crowd.histogram[index]]
    is_ranged = odds.bins is not None
    low, high = float(crowd.lower[index]), float(crowd.upper[index])
    return CrowdPanel(
        outcome=outcome,
        forecaster_count=crowd.forecaster_count,
        methods=tuple(_method(each, odds, index, is_default=each is crowd) for each in crowds),
        movement=() if is_ranged else _movement(odds, index),
        columns=() if is_ranged else _columns(counts),
        band=(round(100 * low, 2), round(100 * (high - low), 2)),
        centre=round(100 * float(crowd.centre[index]), 2),
    )


def _method(crowd: Crowd, odds: Odds, index: int, *, is_default: bool) -> MethodRow:
    name = ScoredSeries(str(crowd.method)).label
    name = name[0].upper() + name[1:]
    if odds.bins is not None:
        words = in_words(odds.bins, crowd.centre.tolist())
        return MethodRow(name, words.median, words.brief_band, is_default)
    low, high = percent(float(crowd.lower[index])), percent(float(crowd.upper[index]))
    return MethodRow(name, percent(float(crowd.centre[index])), f"{low} to {high}", is_default)


def _movement(odds: Odds, index: int) -> tuple[MovementRow, ...]:
    if odds.crowd is None:
        return ()
    market, changes = odds.outcomes[index], []
    for _, name in LAGS:
        moved = getattr(odds.crowd, name)
        changes.append(None if moved is None else moved[index])
    names = [words for words, _ in LAGS]
    return (
        MovementRow("Market", tuple((words, getattr(market, name)) for words, name in LAGS)),
        MovementRow("Crowd", tuple(zip(names, changes, strict=True))),
    )


def _columns(counts: list[int]) -> tuple[Column, ...]:
    """The histogram from left to right; the fullest column is as high as the drawing.

    >>> [(each.words, each.x, each.y, each.height) for each in _columns([2, 0, 1])[:1]]
    [('0% to 5%', 0.0, 0.0, 100.0)]
    """
    width, most = 100 / HISTOGRAM_BUCKETS, max(counts)
    return tuple(
        Column(
            words=f"{place * width:.0f}% to {(place + 1) * width:.0f}%",
            count=count,
            x=round(place * width, 2),
            y=round(100 - 100 * count / most, 2),
            height=round(100 * count / most, 2),
        )
        for place, count in enumerate(counts)
    )
