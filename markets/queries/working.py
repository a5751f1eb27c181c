"""Every number that a stored score follows from, for whoever wants to add it up by hand."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db.models import QuerySet

from markets.core.errors import MarketError
from markets.core.scoring_rules import Yardstick
from markets.core.standing import Life, Stated, Vector
from markets.core.working import Spot, Working, working_of, working_of_series
from markets.models import Fill, Forecast, Question, Score, ScoredSeries, SeriesScore
from markets.queries.kept import kept
from markets.queries.scored import ScoringState, scores_on, scoring_state, series_on
from markets.queries.scores import Case, case_of, stated_by, stated_in
from markets.queries.series import line_of
from markets.queries.stated import intervals_on

ROWS_MAX = 1_000
"""How many steps, forecasts and days one window of a working holds."""

WORKED_MAX = 100_000
"""Forecasts times outcomes, up to which a working is worked out for whoever asks: all of them are
read for it. Of the market's own working it is fills times outcomes, too."""


class ScoreNotFound(MarketError):
    code = "score_not_found"
    field = "forecaster"


class WorkingTooLarge(MarketError):
    code = "working_too_large"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedForecast:
    """One stretch in which nothing changed, how good it was, and what it adds to two scores.

    `forecast_id` is None of odds that nobody stated. `baseline` and `peer` are in points, already
    weighted by the share of the time. `crowd` is the geometric mean of G meanwhile, None where
    nobody stood.
    """

    forecast_id: int | None
    starts_at: datetime
    ends_at: datetime
    probability_of_truth: float
    brier: float
    crps: float | None
    baseline: float
    peer: float
    crowd: float | None


@dataclass(frozen=True, slots=True)
class CrowdStep:
    """From `at` until the next step so many stood, whose ln p had this mean; None for nobody."""

    at: datetime
    forecaster_count: int
    log_mean: float | None


@dataclass(frozen=True, slots=True)
class WorkedDay:
    """A day's end: one's own Brier score, and the median of all who stood."""

    ends_at: datetime
    brier: float
    median: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedScore:
    """A score and its working in a window of time, which ends at `next`; None: there is no more.

    In it are the forecasts that begin in it, the days that end in it, and who stood.
    """

    question: Question
    score: Score | SeriesScore
    life: Life
    spot_at: datetime
    spot: Spot
    yardstick: Yardstick
    forecasts: tuple[WorkedForecast, ...]
    steps: tuple[CrowdStep, ...]
    next: datetime | None
    days: tuple[WorkedDay, ...]
    forecast_count: int
    """How many forecasts there are in all windows together, and so `day_count`."""
    day_count: int

    @property
    def opened_at(self) -> datetime:
        return moment(self.life.opened_at)

    @property
    def closes_at(self) -> datetime:
        return moment(self.life.closes_at)

    @property
    def ended_at(self) -> datetime:
        return moment(self.life.ended_at)


def worked_score(
    question: Question,
    name: str,
    *,
    start: datetime | None = None,
    rows_max: int | None = ROWS_MAX,
) -> WorkedScore:
    """The working of a forecaster's scores on a question, in a window of time from `start` on.

    Raises:
        ScoreNotFound: where nothing of theirs was scored, or nothing is scored yet.
        WorkingTooLarge
    """
    score = scores_on(question).filter(forecaster__name=name).first()
    case = case_of(question.resolution) if score and question.resolution else None
    if score is None or case is None:
        raise ScoreNotFound(_why_none(question))
    _require_few(Forecast.objects.filter(question_id=question.pk), question, "forecasts")
    intervals = intervals_on(question.pk, ended_at=case.ended_at)
    stated = stated_in(case, intervals)
    working = working_of(score.forecaster_id, stated, case.life, case.truth.yardstick)
    if working is None or intervals is None:
        raise AssertionError("who has a score had a forecast that stood")
    ids = intervals.forecast[working.row].tolist()
    return _told(case, score, stated, working, ids, start, rows_max)


def worked_series(
    question: Question,
    series: ScoredSeries,
    *,
    start: datetime | None = None,
    rows_max: int | None = ROWS_MAX,
) -> WorkedScore:
    """The working of what the market or a method of the crowd would have scored.

    Raises:
        ScoreNotFound: where that was not scored, or nothing is scored yet.
        WorkingTooLarge
    """
    score = next((each for each in series_on(question) if each.series == series), None)
    case = case_of(question.resolution) if score and question.resolution else None
    if score is None or case is None:
        raise ScoreNotFound(_why_none(question))
    _require_few(Forecast.objects.filter(question_id=question.pk), question, "forecasts")
    if series == ScoredSeries.MARKET:
        _require_few(Fill.objects.filter(market_id=question.pk), question, "fills")
    intervals = intervals_on(question.pk, ended_at=case.ended_at)
    # What a version of the answer was scored from never changes.
    line = kept(
        "series_line", (case.resolution.pk, score.scored_at, series.value),
        lambda: line_of(series, question, intervals, ended_at=case.ended_at),
    )  # fmt: skip
    if line is None:
        raise AssertionError("a method of the crowd has a score where somebody forecast")
    said, stated = stated_by(case, [line]), stated_in(case, intervals)
    working = working_of_series(0, said, stated, case.life, case.truth.yardstick)
    if working is None:
        raise AssertionError("what has a score stood")
    return _told(case, score, said, working, [None] * len(working.row), start, rows_max)


def _require_few(rows: QuerySet[Any], question: Question, what: str) -> None:
    """No more are counted than matter."""
    most = WORKED_MAX // len(question.prior)
    if rows.values("pk")[: most + 1].count() > most:
        raise WorkingTooLarge(
            f"This question has more than {most:,} {what}, too many to take a score apart for a "
            "reader. All scores are listed, without their working."
        )


def _why_none(question: Question) -> str:
    if scoring_state(question) == ScoringState.SCORED:
        return "Nobody of that name had a forecast that stood on this question."
    return "This question has not been scored."


@dataclass(frozen=True, slots=True)
class _Window:
    """From `start` on until before `end`, in seconds; None for no bound."""

    start: float | None
    end: float | None

    def cut(self, instants: Vector) -> slice:
        """Which of these instants, in their order, lie in it."""
        first = 0 if self.start is None else int(np.searchsorted(instants, self.start))
        last = len(instants) if self.end is None else int(np.searchsorted(instants, self.end))
        return slice(first, last)


def _window(working: Working, start: datetime | None, rows_max: int | None) -> _Window:
    """The longest from `start` on in which no list has more than so many rows."""
    begin = None if start is None else start.timestamp()
    if rows_max is None:
        return _Window(begin, None)
    ends = []
    for instants in (working.instants, working.starts, working.days.ends):
        last = _Window(begin, None).cut(instants).start + rows_max
        if last < len(instants):
            ends.append(float(instants[last]))
    return _Window(begin, min(ends, default=None))


def _told(
    case: Case,
    score: Score | SeriesScore,
    stated: Stated,
    working: Working,
    ids: list[int] | list[None],
    start: datetime | None,
    rows_max: int | None,
) -> WorkedScore:
    window, days = _window(working, start, rows_max), working.days
    shown = window.cut(days.ends)
    return WorkedScore(
        question=case.question,
        score=score,
        life=case.life,
        spot_at=moment(working.spot.at),
        spot=working.spot,
        yardstick=case.truth.yardstick,
        forecasts=_forecasts(stated, working, ids, window),
        steps=_steps(working, window),
        next=None if window.end is None else moment(window.end),
        days=tuple(
            WorkedDay(moment(end), brier, median)
            for end, brier, median in zip(
                days.ends[shown].tolist(), days.brier[shown].tolist(),
                days.median[shown].tolist(), strict=True,
            )
        ),
        forecast_count=len(working.starts),
        day_count=len(days.ends),
    )  # fmt: skip


def _forecasts(
    stated: Stated, working: Working, ids: list[int] | list[None], window: _Window
) -> tuple[WorkedForecast, ...]:
    shown = window.cut(working.starts)
    rows = working.row[shown]
    crps = None if stated.crps is None else np.asarray(stated.crps)[rows].tolist()
    columns = (
        working.starts[shown], working.ends[shown],
        np.asarray(stated.probability_of_truth)[rows], np.asarray(stated.brier)[rows],
        working.baseline[shown], working.peer[shown], np.exp(working.crowd[shown]),
    )  # fmt: skip
    return tuple(
        WorkedForecast(
            forecast_id=ids[shown.start + place],
            starts_at=moment(start),
            ends_at=moment(end),
            probability_of_truth=said,
            brier=brier,
            crps=None if crps is None else crps[place],
            baseline=baseline,
            peer=peer,
            crowd=None if math.isnan(crowd) else crowd,
        )
        for place, (start, end, said, brier, baseline, peer, crowd) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        )
    )


def _steps(working: Working, window: _Window) -> tuple[CrowdStep, ...]:
    """Who stood in the window. What stood at its start is told from there on."""
    shown = window.cut(working.instants)
    instants = working.instants[shown]
    # At the last instant everything has ended, and nobody stands.
    counts = np.append(working.forecaster_count, 0)
    means = np.append(working.log_mean, np.nan)
    first, at = shown.start, instants.tolist()
    if window.start is not None and first > 0 and window.start not in at[:1]:
        first, at = first - 1, [window.start, *at]
    return tuple(
        CrowdStep(moment(each), count, mean if count else None)
        for each, count, mean in zip(
            at, counts[first : shown.stop].tolist(), means[first : shown.stop].tolist(),
            strict=True,
        )
    )  # fmt: skip


def moment(seconds: float) -> datetime:
    """The instant that so many seconds since 1970 are."""
    return datetime.fromtimestamp(seconds, UTC)
