"""The geometry of charts: histories as step lines that an SVG draws without any script.

Everything is placed in percent of the drawing's width or, for paths, in a square of 1000 × 1000
that the page stretches, so one drawing fits every screen and no style needs to be written inline.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from markets.queries.history import History, Marker, Point

SIDE = 1000
LINES_MAX = 8
"""As many as have a colour and a dash of their own; the likeliest outcomes are drawn."""

TABLE_ROWS_MAX = 24
RANGES: dict[str, timedelta | None] = {
    "1d": timedelta(days=1),
    "1w": timedelta(days=7),
    "1m": timedelta(days=30),
    "all": None,
}
_TICK_COUNT = 5


Step: TypeAlias = tuple[datetime, float | None]
"""From when on a line has a value, or None."""


@dataclass(frozen=True)
class Line:
    """One outcome's probability over time, said by the market or by the crowd."""

    place: int
    index: int
    label: str
    is_crowd: bool
    path: str


@dataclass(frozen=True)
class Tick:
    percent: float
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class ArticleMark:
    percent: float
    number: int
    title: str


@dataclass(frozen=True)
class Chart:
    lines: tuple[Line, ...]
    rises: tuple[Tick, ...]
    times: tuple[Tick, ...]
    articles: tuple[ArticleMark, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[datetime, tuple[float | None, ...]], ...]
    has_crowd: bool
    is_single: bool
    top: float


def period_of(
    name: str, *, opened_at: datetime, ended_at: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """The start and the end of a named range, never before the opening nor after the end."""
    end = min(now, ended_at or now)
    span = RANGES[name]
    start = opened_at if span is None else max(opened_at, end - span)
    return min(start, end - timedelta(minutes=1)), end


def draw(
    history: History,
    *,
    labels: Sequence[str],
    numbers: dict[int, int],
    start: datetime,
    end: datetime,
) -> Chart:
    """The chart of a history between two instants.

    Args:
        labels: one per outcome, in order.
        numbers: the number by which the page lists each article, by article id.
    """
    drawn = drawn_outcomes(history, len(labels))
    top = top_of(history, drawn)
    lines = [
        Line(place, index, labels[index], is_crowd, step_path(_one(points, index, top), start, end))
        for is_crowd, points in ((False, history.market), (True, history.crowd))
        for place, index in enumerate(drawn)
        if points
    ]
    return Chart(
        lines=tuple(lines),
        rises=rise_ticks(top),
        times=time_ticks(start, end),
        articles=_article_marks(history.articles, numbers, start, end),
        columns=_columns(history, drawn, labels),
        rows=_rows(history, drawn, start, end),
        has_crowd=bool(history.crowd),
        is_single=len(drawn) == 1,
        top=top,
    )


def drawn_outcomes(history: History, outcome_count: int) -> tuple[int, ...]:
    """Which outcomes have a line: "yes" alone of two, else the likeliest now, in their order."""
    if outcome_count == 2:
        return (0,)
    if not history.market or outcome_count <= LINES_MAX:
        return tuple(range(min(outcome_count, LINES_MAX)))
    newest = history.market[-1].probabilities
    likeliest = sorted(range(outcome_count), key=lambda index: -newest[index])
    return tuple(sorted(likeliest[:LINES_MAX]))


def step_path(points: Iterable[Step], start: datetime, end: datetime) -> str:
    """An SVG path that holds each value until the next; the last until the end; None is a break.

    >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> hour = timedelta(hours=1)
    >>> step_path([(noon, 0.5), (noon + hour, 0.75)], noon, noon + 2 * hour)
    'M0 500H500V250H1000'
    >>> step_path([(noon, 0.5), (noon + hour, None)], noon, noon + 2 * hour)
    'M0 500H500'
    """
    path, goes_on = "", False
    for at, value in points:
        across = round(_share(at, start, end) * SIDE)
        if value is None:
            path += f"H{across}" if goes_on else ""
        else:
            down = round((1 - value) * SIDE)
            path += f"H{across}V{down}" if goes_on else f"M{across} {down}"
        goes_on = value is not None
    return f"{path}H{SIDE}" if goes_on else path


def band_path(
    low: Iterable[tuple[datetime, float]],
    high: Iterable[tuple[datetime, float]],
    start: datetime,
    end: datetime,
) -> str:
    """An SVG path around all between two step lines that change at the same instants.

    >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> band_path([(noon, 0.25)], [(noon, 0.75)], noon, noon + timedelta(hours=1))
    'M0 750H1000V250H0Z'
    """
    steps = [
        (round(_share(at, start, end) * SIDE), round((1 - bottom) * SIDE), round((1 - top) * SIDE))
        for (at, bottom), (_, top) in zip(low, high, strict=True)
    ]
    if not steps:
        return ""
    along = "".join(f"H{across}V{bottom}" for across, bottom, _ in steps[1:])
    back = "".join(f"V{top}H{across}" for across, _, top in reversed(steps))
    across, bottom, _ = steps[0]
    return f"M{across} {bottom}{along}H{SIDE}{back}Z"


def sparkline_path(values: Sequence[float], *, width: int = 100, height: int = 28) -> str:
    """A step line through evenly spaced values, stretched between their least and greatest.

    A line that hardly moved stays level: five points fill the height at the least.

    >>> sparkline_path([0.2, 0.4])
    'M0 28H100V0'
    """
    if len(values) < 2:
        return ""
    spread = max(0.05, max(values) - min(values))
    floor = min(*values, (max(values) + min(values) - spread) / 2)
    step = width / (len(values) - 1)
    path = ""
    for place, value in enumerate(values):
        down = round(height * (1 - (value - floor) / spread))
        path += f"H{round(place * step)}V{down}" if path else f"M0 {down}"
    return path


def series(
    history: History, *, drawn: Sequence[int], end: datetime
) -> dict[str, list[float | None]]:
    """The lines as columns over one common time axis, for the script that draws on hover.

    The axis is epoch seconds; each column carries its last value forward, up to `end`, and is
    empty before its first and while nobody stands.
    """
    moments = sorted({point.at for point in (*history.market, *history.crowd)} | {end})
    columns: dict[str, list[float | None]] = {"at": [moment.timestamp() for moment in moments]}
    for name, points in (("market", history.market), ("crowd", history.crowd)):
        if points:
            for index in drawn:
                columns[f"{name}_{index}"] = [_rounded(value_at(points, index, m)) for m in moments]
    return columns


def value_at(points: Sequence[Point], index: int, moment: datetime) -> float | None:
    """The value that stood at a moment: that of the last point not after it, if it has one."""
    standing: float | None = None
    for point in points:
        if point.at > moment:
            break
        standing = point.probabilities[index] if point.probabilities else None
    return standing


def top_of(history: History, drawn: Sequence[int]) -> float:
    """How high the chart reaches: to 1 for "yes" alone, else to the quarter above every line."""
    if len(drawn) == 1:
        return 1.0
    heights = [
        point.probabilities[index]
        for point in (*history.market, *history.crowd)
        for index in drawn
        if point.probabilities
    ]
    return min(1.0, math.ceil(max(heights, default=1.0) / 0.25) * 0.25)


def _one(points: Sequence[Point], index: int, top: float) -> Iterable[Step]:
    return (
        (point.at, point.probabilities[index] / top if point.probabilities else None)
        for point in points
    )


def rise_ticks(top: float) -> tuple[Tick, ...]:
    """A line at each quarter; where the chart is lower than half, at each twentieth."""
    step = 25 if top >= 0.5 else 5
    return tuple(
        Tick(round(100 - share / top, 2), f"{share}%")
        for share in range(0, round(top * 100) + 1, step)
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _share(at: datetime, start: datetime, end: datetime) -> float:
    return min(1.0, max(0.0, (at - start) / (end - start)))


def time_ticks(start: datetime, end: datetime) -> tuple[Tick, ...]:
    span = end - start
    anchors = ["start", *["middle"] * (_TICK_COUNT - 2), "end"]
    ticks: list[Tick] = []
    for place, anchor in enumerate(anchors):
        share = place / (_TICK_COUNT - 1)
        moment = (start + span * share).astimezone(UTC)
        day = f"{moment.day} {moment:%b}"
        label = f"{moment:%H:%M}" if span <= timedelta(days=2) else day
        if not ticks or ticks[-1].label != label:
            ticks.append(Tick(share * 100, label, anchor))
    return tuple(ticks)


def _article_marks(
    markers: Sequence[Marker], numbers: dict[int, int], start: datetime, end: datetime
) -> tuple[ArticleMark, ...]:
    return tuple(
        ArticleMark(
            round(_share(marker.at, start, end) * 100, 2), numbers[marker.article_id], marker.title
        )
        for marker in markers
        if start <= marker.at <= end and marker.article_id in numbers
    )


def _columns(history: History, drawn: Sequence[int], labels: Sequence[str]) -> tuple[str, ...]:
    market = tuple(f"Market: {labels[index]}" for index in drawn)
    crowd = tuple(f"Crowd: {labels[index]}" for index in drawn) if history.crowd else ()
    return market + crowd


def _rows(
    history: History, drawn: Sequence[int], start: datetime, end: datetime
) -> tuple[tuple[datetime, tuple[float | None, ...]], ...]:
    """Evenly spaced instants, newest first, with what each line said."""
    sources = [history.market, *([history.crowd] if history.crowd else [])]
    last = TABLE_ROWS_MAX - 1
    moments = [start + (end - start) * (place / last) for place in range(last, -1, -1)]
    return tuple(
        (moment, tuple(value_at(points, index, moment) for points in sources for index in drawn))
        for moment in moments
    )
