"""The geometry of track records: calibration curves, sums over time, differences around zero.

As in `charts`, everything is placed in percent, or for paths in a square of 1000 by 1000.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markets.core.calibration import RANGE_LEVELS, Curve
from markets.core.comparison import Difference
from markets.queries.track_record import Reached
from markets.web.charts import SIDE, Tick, time_ticks
from markets.web.wording import score

DOT_MIN, DOT_MAX = 3.5, 9.0
BARS_ARE_APART = 0.18
TICKS_MAX = 5


@dataclass(frozen=True)
class Dot:
    """One bucket: where it lies, how surely, and how much there is of it; in percent and pixels."""

    name: str
    x: float
    y: float
    high_y: float
    low_y: float
    radius: float
    bar_x: float
    bar_width: float
    bar_height: float
    stated: float
    observed: float
    low: float
    high: float
    count: float
    is_off: bool


def draw_curve(curve: Curve, *, is_of_ranges: bool = False) -> tuple[Dot, ...]:
    """The buckets of a calibration curve as dots with whiskers, and as bars of how many."""
    most = max(point.count for point in curve.points)
    names = [f"{level:.0%}" for level in RANGE_LEVELS] if is_of_ranges else _BUCKET_NAMES
    return tuple(
        Dot(
            name=names[point.bucket],
            x=_percent(point.stated), y=_percent(1 - point.observed),
            high_y=_percent(1 - point.high), low_y=_percent(1 - point.low),
            radius=round(DOT_MIN + (DOT_MAX - DOT_MIN) * math.sqrt(point.count / most), 1),
            **_bar(point.bucket, point.count / most), stated=point.stated,
            observed=point.observed, low=point.low, high=point.high, count=point.count,
            is_off=point.is_off,
        )
        for point in curve.points
    )  # fmt: skip


_BUCKET_NAMES = ["0–5%", *(f"{10 * place - 5}–{10 * place + 5}%" for place in range(1, 10)),
                 "95–100%"]  # fmt: skip


def _bar(bucket: int, share: float) -> dict[str, float]:
    low, high = max(0.0, bucket / 10 - 0.05), min(1.0, bucket / 10 + 0.05)
    gap = (high - low) * BARS_ARE_APART / 2
    return {
        "bar_x": _percent(low + gap), "bar_width": _percent(high - low - 2 * gap),
        "bar_height": _percent(share),
    }  # fmt: skip


@dataclass(frozen=True)
class Sum:
    """A sum over time as a step line, with the line of zero and the ticks of both axes."""

    path: str
    area: str
    zero_y: float
    rises: tuple[Tick, ...]
    times: tuple[Tick, ...]
    rows: tuple[Reached, ...]


def draw_sum(reached: Sequence[Reached], *, now: datetime) -> Sum:
    """Peer scores added up, from nothing just before the first question until now."""
    first = reached[0].at
    start = first - max(timedelta(hours=12), (now - first) * 0.04)
    end = max(now, first + timedelta(hours=1))
    values = [0.0, *(each.peer_sum for each in reached)]
    step = _step(max(values) - min(values))
    floor = math.floor(min(values) / step) * step
    top = max(math.ceil(max(values) / step) * step, floor + step)

    def down(value: float) -> int:
        return round((top - value) / (top - floor) * SIDE)

    path = f"M0 {down(0)}"
    for each in reached:
        path += f"H{round((each.at - start) / (end - start) * SIDE)}V{down(each.peer_sum)}"
    path += f"H{SIDE}"
    count = round((top - floor) / step)
    return Sum(
        path=path,
        area=f"{path}V{down(0)}H0Z",
        zero_y=down(0) / SIDE * 100,
        rises=tuple(
            Tick(round(100 - 100 * place / count, 2), _tick_words(floor + place * step))
            for place in range(count + 1)
        ),
        times=time_ticks(start, end),
        rows=tuple(reversed(reached)),
    )


def _tick_words(value: float) -> str:
    """A round number with its sign.

    >>> _tick_words(100.0), _tick_words(-0.5), _tick_words(0.0)
    ('+100', '−0.5', '0')
    """
    return score(value).removesuffix(".0")


def _step(spread: float) -> float:
    """The roundest step of which at most a few span so much.

    >>> _step(100.0), _step(43.0), _step(0.0)
    (50.0, 10.0, 1.0)
    """
    if spread <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(spread / TICKS_MAX))
    return next(size * part for part in (1, 2, 5, 10) if spread / (size * part) < TICKS_MAX)


@dataclass(frozen=True)
class Whisker:
    """A difference and its interval, in percent of a line whose middle is zero."""

    at: float
    low: float
    high: float


def draw_differences(differences: Sequence[Difference]) -> tuple[Whisker, ...]:
    """Differences on one common line, which the widest interval fills.

    >>> [mark.at for mark in draw_differences([Difference(0.0, -1, 1, 2), Difference(1, 1, 2, 3)])]
    [50.0, 75.0]
    """
    bounds = [
        abs(bound)
        for each in differences
        for bound in (each.mean, each.low, each.high)
        if bound is not None
    ]
    reach = max(bounds, default=0.0) or 1.0

    def place(value: float | None, mean: float) -> float:
        return round(50 + 50 * (mean if value is None else value) / reach, 2)

    return tuple(
        Whisker(
            place(each.mean, each.mean), place(each.low, each.mean), place(each.high, each.mean)
        )
        for each in differences
    )


def _percent(share: float) -> float:
    return round(100 * share, 2)
