"""The working of a score as a drawing and in words: what was said, against what everybody said."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from markets.models import SeriesScore
from markets.queries.working import WorkedForecast, WorkedScore
from markets.web import wording
from markets.web.charts import SIDE, Tick, rise_ticks, time_ticks

Stretch = tuple[datetime, datetime, float | None]
"""From when till when a line holds a value; None where it has none."""


@dataclass(frozen=True)
class Drawing:
    """One's own probability of the truth (`own`) against the geometric mean of all (`crowd`).

    `standing` is the outline of how many stood, of `most` at the top. `ended` is where the answer
    was known, in percent of the width; None where that was when the question was to close.
    """

    own: str
    crowd: str
    standing: str
    most: int
    ended: float | None
    ignorance: float | None
    rises: tuple[Tick, ...]
    times: tuple[Tick, ...]

    @property
    def after(self) -> float:
        """How much of the width comes after `ended`, in percent."""
        return round(100 - (100 if self.ended is None else self.ended), 2)


@dataclass(frozen=True)
class Part:
    """One forecast in the table, and how long it stood as a share of T."""

    forecast: WorkedForecast
    share: float


@dataclass(frozen=True)
class StandingStep:
    """A time in which nobody's forecast began or ended; `mean` is None where nobody stood."""

    starts_at: datetime
    ends_at: datetime
    forecaster_count: int
    mean: float | None


@dataclass(frozen=True)
class Told:
    """One kind of score, its value, and how it follows in a sentence with its numbers."""

    name: str
    value: str
    how: str


def draw(worked: WorkedScore) -> Drawing:
    start, end = worked.opened_at, worked.closes_at
    own: list[Stretch] = [
        (each.starts_at, each.ends_at, each.probability_of_truth) for each in worked.forecasts
    ]
    crowd = list(_crowd(worked))
    ignorance = worked.yardstick.ignorance
    highest = max([ignorance, *(value for *_, value in (*own, *crowd) if value is not None)])
    top = 1.0 if highest > 0.5 else max(0.05, math.ceil(highest / 0.05) * 0.05)
    most = max((step.forecaster_count for step in worked.steps), default=0)
    counts = [
        (begin, stop, step.forecaster_count / most if most else 0.0)
        for (begin, stop, _), step in zip(crowd, worked.steps, strict=True)
    ]
    return Drawing(
        own=gapped_path(_scaled(own, top), start, end),
        crowd=gapped_path(_scaled(crowd, top), start, end),
        standing=area_path(counts, start, end),
        most=most,
        ended=round(100 * worked.life.attainable_coverage, 2)
        if worked.ended_at < worked.closes_at
        else None,
        ignorance=round(100 * (1 - ignorance / top), 2),
        rises=rise_ticks(top),
        times=time_ticks(start, end),
    )


def parts(worked: WorkedScore) -> list[Part]:
    """The forecasts with their share of the time."""
    return [
        Part(
            each,
            (each.ends_at - each.starts_at).total_seconds() / worked.life.length,
        )
        for each in worked.forecasts
    ]


def steps(worked: WorkedScore) -> list[StandingStep]:
    """How many stood when, and the geometric mean of what they said of the truth."""
    return [
        StandingStep(begin, stop, step.forecaster_count, mean)
        for (begin, stop, mean), step in zip(_crowd(worked), worked.steps, strict=True)
        if begin < stop
    ]


def told(worked: WorkedScore) -> list[Told]:
    """Every kind of score that there is, with where its number comes from."""
    score, spot, number = worked.score, worked.spot, worked.day_count
    # A series is not one of those it is compared with; a forecaster is.
    alone = 0 if isinstance(score, SeriesScore) else 1
    found = [
        Told("Peer", wording.score(score.peer), "The sum of the peer column below."),
        Told("Baseline", wording.score(score.baseline), "The sum of the baseline column below."),
    ]
    if spot.probability_of_truth is not None:
        said = f"At {wording.instant(worked.spot_at)} {_percent(spot.probability_of_truth)} stood"
        others = (
            f", and the geometric mean of all {spot.forecaster_count} was "
            f"{_percent(math.exp(spot.log_mean))}."
            if spot.log_mean is not None and spot.forecaster_count > alone
            else "; nobody else’s did."
        )
        found += [
            Told("Spot peer", wording.score(score.spot_peer or 0.0), said + others),
            Told("Spot baseline", wording.score(score.spot_baseline or 0.0), f"{said}."),
        ]
    found.append(
        Told("Brier", f"{score.brier:.3f}", "The average over the time that a forecast stood.")
    )
    if score.relative_brier is not None:
        days = "1 day" if number == 1 else f"{number} days"
        found.append(
            Told(
                "Relative Brier",
                wording.signed_decimals(score.relative_brier),
                f"The average over {days} of the Brier score less the median of all.",
            )
        )
    found.append(Told("Log", wording.signed_decimals(score.log), "The average of ln p."))
    if score.crps is not None:
        found.append(Told("CRPS", f"{score.crps:.3f}", "The average, in shares of the range."))
    found.append(
        Told(
            "Coverage",
            wording.percent(score.coverage),
            f"Of the scheduled time; {wording.percent(score.attainable_coverage)} could be had.",
        )
    )
    return found


def gapped_path(stretches: Iterable[Stretch], start: datetime, end: datetime) -> str:
    """An SVG path of level lines, joined where one begins as the other ends, else with a gap.

    >>> from datetime import UTC, timedelta
    >>> noon, hour = datetime(2026, 11, 22, 12, tzinfo=UTC), timedelta(hours=1)
    >>> said = [(noon, noon + hour, 0.5), (noon + hour, noon + 2 * hour, 0.75),
    ...         (noon + 3 * hour, noon + 4 * hour, 0.2)]
    >>> gapped_path(said, noon, noon + 4 * hour)
    'M0 500H250V250H500M750 800H1000'
    """
    path, reached = "", None
    for begin, stop, value in _visible(stretches, start, end):
        down = round((1 - value) * SIDE)
        path += f"V{down}" if begin == reached else f"M{begin} {down}"
        path += f"H{stop}"
        reached = stop
    return path


def area_path(stretches: Iterable[Stretch], start: datetime, end: datetime) -> str:
    """The same as the outline of what lies below the lines.

    >>> from datetime import UTC, timedelta
    >>> noon, hour = datetime(2026, 11, 22, 12, tzinfo=UTC), timedelta(hours=1)
    >>> area_path([(noon, noon + hour, 0.5)], noon, noon + 2 * hour)
    'M0 1000V500H500V1000Z'
    """
    path, reached = "", None
    for begin, stop, value in _visible(stretches, start, end):
        if begin != reached:
            path += (f"V{SIDE}Z" if path else "") + f"M{begin} {SIDE}"
        path += f"V{round((1 - value) * SIDE)}H{stop}"
        reached = stop
    return path + (f"V{SIDE}Z" if path else "")


def _visible(
    stretches: Iterable[Stretch], start: datetime, end: datetime
) -> Iterable[tuple[int, int, float]]:
    """Those that are at least a thousandth wide, from and to in thousandths; of others none."""
    for begin, stop, value in stretches:
        across, along = (round((at - start) / (end - start) * SIDE) for at in (begin, stop))
        if value is not None and along > across:
            yield across, along, value


def _scaled(stretches: Sequence[Stretch], top: float) -> list[Stretch]:
    return [
        (begin, stop, None if value is None else value / top) for begin, stop, value in stretches
    ]


def _crowd(worked: WorkedScore) -> Iterable[Stretch]:
    """The geometric mean of all who stood, step by step, as far as the working goes."""
    ends = [step.at for step in worked.steps[1:]] + [worked.next or worked.ended_at]
    for step, stop in zip(worked.steps, ends, strict=True):
        yield step.at, stop, None if step.log_mean is None else math.exp(step.log_mean)


def _percent(probability: float) -> str:
    return wording.percent(probability)
