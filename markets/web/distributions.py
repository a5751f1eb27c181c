"""Distributions over bins: their geometry as bars, their past as a line, and both in words.

As in `charts`, everything is placed in percent of the drawing's width or height. Inner bins share
the width evenly along the scale; an open tail stands apart, because it has no width of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from markets.core.bin_words import (
    brief_words,
    claim_words,
    labels,
    quantile_words,
    spelled,
    tick_words,
)
from markets.core.distribution import median_place, quantiles
from markets.core.numeric import Bins
from markets.models import Question
from markets.queries.history import History, Point
from markets.queries.odds import Odds
from markets.web import charts
from markets.web.wording import percent

TAIL_WIDTH, TAIL_GAP = 7.0, 2.0
HEADROOM = 1.12
"""How much higher than the highest inner bin the chart reaches; a higher tail is cut there."""

GAPLESS_FROM = 60
"""So many bins touch each other: gaps would be as wide as they are."""

TICKS_MAX = 5
BAND_SHARES = (0.25, 0.75)


@dataclass(frozen=True)
class Bar:
    """One outcome, in percent of the drawing; `crowd` is how high the crowd stands there."""

    index: int
    label: str
    probability: float
    x: float
    width: float
    y: float
    height: float
    crowd: float | None
    is_tail: bool
    is_answer: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 3)


@dataclass(frozen=True)
class Distribution:
    bars: tuple[Bar, ...]
    ticks: tuple[charts.Tick, ...]
    median_x: float
    band_x: float
    band_width: float
    crowd_path: str
    answer_x: float | None
    is_gapless: bool


@dataclass(frozen=True)
class RangeWords:
    """What a distribution says: its median, and the range that has even odds."""

    median: str
    band: str
    brief_band: str


@dataclass(frozen=True)
class Holding:
    """Equally many shares of the outcomes from `begin` to before `end`."""

    label: str
    shares: int
    begin: int
    end: int


@dataclass(frozen=True)
class MedianChart:
    """The median over time, as a chart of one line, with the middle half around it."""

    chart: charts.Chart
    band_path: str
    rows: tuple[tuple[datetime, tuple[str, ...]], ...]


def draw(
    bins: Bins,
    probabilities: Sequence[float],
    *,
    crowd: Sequence[float] | None = None,
    answer: float | None = None,
    answer_index: int | None = None,
) -> Distribution:
    """The bars of the market, the crowd's line over them, and where the answer lies."""
    names, spans = labels(bins), [_span(bins, index) for index in range(bins.count)]
    top = _top(bins, [probabilities, *([crowd] if crowd else [])])
    bars = []
    for index, (x, width) in enumerate(spans):
        height = min(100.0, 100 * probabilities[index] / top)
        bars.append(
            Bar(
                index=index, label=names[index], probability=probabilities[index],
                x=round(x, 3), width=round(width, 3), y=round(100 - height, 2),
                height=round(height, 2), crowd=crowd[index] if crowd else None,
                is_tail=None in bins.bounds(index), is_answer=index == answer_index,
            )
        )  # fmt: skip
    low, high = (_place(bins, probabilities, share) for share in BAND_SHARES)
    return Distribution(
        bars=tuple(bars),
        ticks=_ticks(bins),
        median_x=round(_place(bins, probabilities, 0.5), 3),
        band_x=round(low, 3),
        band_width=round(high - low, 3),
        crowd_path=_steps(spans, crowd, top) if crowd else "",
        answer_x=None if answer is None else round(_x(bins, bins.position(answer)), 3),
        is_gapless=bins.inner_count >= GAPLESS_FROM,
    )


def in_words(bins: Bins, probabilities: Sequence[float]) -> RangeWords:
    """The median and the middle half, each to about a tenth of a bin.

    >>> bins = Bins(lower=10, upper=12, count=6, open_below=True, open_above=True, unit="%")
    >>> in_words(bins, [0.1, 0.2, 0.3, 0.2, 0.1, 0.1])
    RangeWords(median='10.83%', band='10.38% to 11.38%', brief_band='10.38 to 11.38')
    >>> in_words(bins, [0.3, 0.2, 0.1, 0.1, 0.1, 0.2]).band
    'below 10% to 11.75%'
    """
    low, median, high = (
        quantile_words(bins, probabilities, share)
        for share in (BAND_SHARES[0], 0.5, BAND_SHARES[1])
    )
    brief = [brief_words(bins, probabilities, share) for share in BAND_SHARES]
    return RangeWords(median, *(_from_to(*ends) for ends in ((low, high), brief)))


def _from_to(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


def stated_words(bins: Bins | None, names: Sequence[str], probabilities: Sequence[float]) -> str:
    """A forecast in a few words: the first of two outcomes, every one of several, or the range."""
    if bins is not None:
        said = in_words(bins, probabilities)
        return f"{said.median}, with even odds on {said.band},"
    if len(names) == 2:
        return percent(probabilities[0])
    parts = zip(names, probabilities, strict=True)
    return ", ".join(f"{name} {percent(part)}" for name, part in parts)


def value_words(bins: Bins | None, value: float | None) -> str:
    """A known value with its unit; nothing where there is none."""
    return "" if bins is None or value is None else spelled(bins, value)


def draw_medians(
    history: History,
    bins: Bins,
    *,
    numbers: dict[int, int],
    start: datetime,
    end: datetime,
) -> MedianChart:
    """How the median moved between two instants, along the question's own scale."""
    medians = replace(
        history,
        market=_medians(bins, history.market),
        crowd=_medians(bins, history.crowd),
    )
    chart = charts.draw(medians, labels=("median", ""), numbers=numbers, start=start, end=end)
    low, high = (
        [(point.at, _position(bins, point.probabilities, share)) for point in history.market]
        for share in BAND_SHARES
    )
    return MedianChart(
        chart=replace(
            chart, rises=_rises(bins), columns=tuple(c.split(":")[0] for c in chart.columns)
        ),
        band_path=charts.band_path(low, high, start, end),
        rows=_median_rows(history, bins, [moment for moment, _ in chart.rows]),
    )


def holdings(bins: Bins | None, names: Sequence[str], shares: Sequence[int]) -> list[Holding]:
    """What a position holds: each outcome, or each run of bins with equally many shares."""
    if bins is None:
        return [
            Holding(name, amount, index, index + 1)
            for index, (name, amount) in enumerate(zip(names, shares, strict=True))
            if amount
        ]
    changes = (place for place in range(1, len(shares)) if shares[place] != shares[place - 1])
    return [
        Holding(claim_words(bins, range(begin, end)), shares[begin], begin, end)
        for begin, end in pairwise([0, *changes, len(shares)])
        if shares[begin]
    ]


def range_parts(asked: Question, odds: Odds) -> dict[str, Any]:
    """What a page shows of a number or a date: its bars, and its odds in words; else nothing.

    Once it is decided these are the market's last odds, with the answer marked among them.
    """
    bins, market = asked.bins, getattr(asked, "market", None)
    if bins is None:
        return {}
    probabilities = market.probabilities if market else asked.prior
    crowd = odds.crowd.centre if odds.crowd else None
    answer = asked.resolution
    weights = (answer.outcome_weights if answer else None) or []
    return {
        "range_words": in_words(bins, probabilities),
        "crowd_words": in_words(bins, crowd) if crowd else None,
        "distribution": draw(
            bins, probabilities, crowd=crowd, answer=answer.value if answer else None,
            answer_index=weights.index(1.0) if 1.0 in weights else None,
        ),
    }  # fmt: skip


# --- Places -------------------------------------------------------------------------------------


def _span(bins: Bins, index: int) -> tuple[float, float]:
    """Where an outcome's bar begins, and how wide it is."""
    low, high = bins.bounds(index)
    if low is None:
        return 0.0, TAIL_WIDTH
    if high is None:
        return 100 - TAIL_WIDTH, TAIL_WIDTH
    begin, end = (_x(bins, bins.position(edge)) for edge in (low, high))
    return begin, end - begin


def _x(bins: Bins, position: float) -> float:
    left = (TAIL_WIDTH + TAIL_GAP) * bins.open_below
    right = (TAIL_WIDTH + TAIL_GAP) * bins.open_above
    return left + position * (100 - left - right)


def _place(bins: Bins, probabilities: Sequence[float], share: float) -> float:
    """Where a quantile lies in the drawing; inside a tail, in the middle of its bar."""
    (value,) = quantiles(bins, probabilities, [share])
    if value is not None:
        return _x(bins, bins.position(value))
    return TAIL_WIDTH / 2 if _lies_below(bins, probabilities, share) else 100 - TAIL_WIDTH / 2


def _position(bins: Bins, probabilities: Sequence[float], share: float) -> float:
    """A quantile along the scale, 0 to 1, cut to the bounds."""
    (value,) = quantiles(bins, probabilities, [share])
    if value is not None:
        return bins.position(value)
    return 0.0 if _lies_below(bins, probabilities, share) else 1.0


def _lies_below(bins: Bins, probabilities: Sequence[float], share: float) -> bool:
    return bins.open_below and share < probabilities[0]


def _top(bins: Bins, drawn: Sequence[Sequence[float]]) -> float:
    inner = slice(int(bins.open_below), bins.count - int(bins.open_above))
    return max(max(each[inner]) for each in drawn) * HEADROOM


def _steps(spans: Sequence[tuple[float, float]], crowd: Sequence[float], top: float) -> str:
    """The crowd as a path of level steps over the bars, in a square of 1000 by 1000."""
    side = charts.SIDE
    path, reached = "", -1.0
    for (x, width), probability in zip(spans, crowd, strict=True):
        left, right = round(x / 100 * side), round((x + width) / 100 * side)
        down = round(side * (1 - min(1.0, probability / top)))
        joins = path and abs(left - reached) <= 1
        path += f"V{down}H{right}" if joins else f"M{left} {down}H{right}"
        reached = right
    return path


def _ticks(bins: Bins) -> tuple[charts.Tick, ...]:
    """A few edges to read the others by, evenly chosen, with both bounds."""
    count = bins.inner_count
    steps = max(step for step in range(1, TICKS_MAX) if count % step == 0 or step == 1)
    if steps == 1 and count > 2 * TICKS_MAX:
        steps = TICKS_MAX - 1
    places = sorted({round(count * part / steps) for part in range(steps + 1)})
    return tuple(
        charts.Tick(
            round(_x(bins, bins.position(bins.edges[place])), 2),
            tick_words(bins, bins.edges[place]),
            _anchor(bins, place),
        )
        for place in places
    )


def _anchor(bins: Bins, place: int) -> str:
    """The outermost are written inwards: beside them is the edge of the drawing, or a tail."""
    return {0: "start", bins.inner_count: "end"}.get(place, "middle")


def _rises(bins: Bins) -> tuple[charts.Tick, ...]:
    return tuple(
        charts.Tick(round(100 * (1 - bins.position(edge)), 2), tick_words(bins, edge))
        for edge in (bins.edges[round(bins.inner_count * part / 4)] for part in range(5))
    )


# --- The past -----------------------------------------------------------------------------------


def _medians(bins: Bins, points: Sequence[Point]) -> tuple[Point, ...]:
    medians = []
    for point in points:
        place = median_place(bins, point.probabilities) if point.probabilities else None
        medians.append(Point(point.at, () if place is None else (place, 1 - place)))
    return tuple(medians)


def _median_rows(
    history: History, bins: Bins, moments: Sequence[datetime]
) -> tuple[tuple[datetime, tuple[str, ...]], ...]:
    sources = [history.market, *([history.crowd] if history.crowd else [])]
    return tuple(
        (moment, tuple(_median_at(bins, points, moment) for points in sources))
        for moment in moments
    )


def _median_at(bins: Bins, points: Sequence[Point], moment: datetime) -> str:
    stood = [point for point in points if point.at <= moment]
    if not stood or not stood[-1].probabilities:
        return "–"
    return in_words(bins, stood[-1].probabilities).median
