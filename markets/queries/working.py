"""Every number that a stored score follows from, for whoever wants to add it up by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from markets.core.errors import MarketError
from markets.core.scoring_rules import Yardstick
from markets.core.standing import Life, Stated, Vector
from markets.core.working import Spot, Working, working_of, working_of_series
from markets.models import Question, Score, ScoredSeries, SeriesScore
from markets.queries.scored import ScoringState, scores_on, scoring_state, series_on
from markets.queries.scores import Case, case_of, series_stated, stated_in
from markets.queries.stated import intervals_on

STEPS_MAX = 1_000


class ScoreNotFound(MarketError):
    code = "score_not_found"
    field = "forecaster"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedForecast:
    """One stretch in which nothing changed, how good it was, and what it adds to two scores.

    `forecast_id` is None of odds that nobody stated. `baseline` and `peer` are in points, already
    weighted by the share of the time.
    """

    forecast_id: int | None
    starts_at: datetime
    ends_at: datetime
    probability_of_truth: float
    brier: float
    crps: float | None
    baseline: float
    peer: float


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
    """A score and its working. `next` is where the steps go on, None where they are all here."""

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
    steps_max: int | None = STEPS_MAX,
) -> WorkedScore:
    """The working of a forecaster's scores on a question; steps from `start` on.

    Raises:
        ScoreNotFound: where nothing of theirs was scored, or nothing is scored yet.
    """
    score = scores_on(question).filter(forecaster__name=name).first()
    case = case_of(question.resolution) if score and question.resolution else None
    if score is None or case is None:
        raise ScoreNotFound(_why_none(question))
    intervals = intervals_on(question.pk, ended_at=case.ended_at)
    stated = stated_in(case, intervals)
    working = working_of(score.forecaster_id, stated, case.life, case.truth.yardstick)
    if working is None or intervals is None:
        raise AssertionError("who has a score had a forecast that stood")
    ids = intervals.forecast[working.row].tolist()
    return _told(case, score, stated, working, ids, start, steps_max)


def worked_series(
    question: Question,
    series: ScoredSeries,
    *,
    start: datetime | None = None,
    steps_max: int | None = STEPS_MAX,
) -> WorkedScore:
    """The working of what the market or a method of the crowd would have scored.

    Raises:
        ScoreNotFound: where that was not scored, or nothing is scored yet.
    """
    score = next((each for each in series_on(question) if each.series == series), None)
    case = case_of(question.resolution) if score and question.resolution else None
    if score is None or case is None:
        raise ScoreNotFound(_why_none(question))
    intervals = intervals_on(question.pk, ended_at=case.ended_at)
    names, said = series_stated(case, intervals)
    stated = stated_in(case, intervals)
    working = working_of_series(names.index(series), said, stated, case.life, case.truth.yardstick)
    if working is None:
        raise AssertionError("what has a score stood")
    return _told(case, score, said, working, [None] * len(working.row), start, steps_max)


def _why_none(question: Question) -> str:
    if scoring_state(question) == ScoringState.SCORED:
        return "Nobody of that name had a forecast that stood on this question."
    return "This question has not been scored."


def _told(
    case: Case,
    score: Score | SeriesScore,
    stated: Stated,
    working: Working,
    ids: list[int] | list[None],
    start: datetime | None,
    steps_max: int | None,
) -> WorkedScore:
    steps, goes_on = _steps(working, start, steps_max)
    return WorkedScore(
        question=case.question,
        score=score,
        life=case.life,
        spot_at=moment(working.spot.at),
        spot=working.spot,
        yardstick=case.truth.yardstick,
        forecasts=_forecasts(stated, working, ids),
        steps=steps,
        next=goes_on,
        days=tuple(
            WorkedDay(moment(end), brier, median)
            for end, brier, median in zip(
                working.days.ends.tolist(), working.days.brier.tolist(),
                working.days.median.tolist(), strict=True,
            )
        ),
    )  # fmt: skip


def _forecasts(
    stated: Stated, working: Working, ids: list[int] | list[None]
) -> tuple[WorkedForecast, ...]:
    said, brier = (
        np.asarray(each)[working.row].tolist()
        for each in (stated.probability_of_truth, stated.brier)
    )
    no_crps: list[None] = [None] * len(ids)
    crps = no_crps if stated.crps is None else np.asarray(stated.crps)[working.row].tolist()
    return tuple(
        WorkedForecast(
            forecast_id=ids[place],
            starts_at=moment(start),
            ends_at=moment(end),
            probability_of_truth=said[place],
            brier=brier[place],
            crps=crps[place],
            baseline=float(working.baseline[place]),
            peer=float(working.peer[place]),
        )
        for place, (start, end) in enumerate(
            zip(working.starts.tolist(), working.ends.tolist(), strict=True)
        )
    )


def _steps(
    working: Working, start: datetime | None, steps_max: int | None
) -> tuple[tuple[CrowdStep, ...], datetime | None]:
    """So many steps from the one in which `start` lies, and where they go on."""
    instants: Vector = working.instants
    first = 0
    if start is not None:
        first = max(0, int(np.searchsorted(instants, start.timestamp(), side="right")) - 1)
    last = len(instants) if steps_max is None else min(first + steps_max, len(instants))
    # At the last instant everything has ended, and nobody stands.
    counts = np.append(working.forecaster_count, 0)[first:last].tolist()
    means = np.append(working.log_mean, np.nan)[first:last].tolist()
    steps = tuple(
        CrowdStep(moment(at), count, mean if count else None)
        for at, count, mean in zip(instants[first:last].tolist(), counts, means, strict=True)
    )
    return steps, moment(float(instants[last])) if last < len(instants) else None


def moment(seconds: float) -> datetime:
    """The instant that so many seconds since 1970 are."""
    return datetime.fromtimestamp(seconds, UTC)
