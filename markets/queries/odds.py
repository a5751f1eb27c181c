"""The odds that questions show now: the market's and the crowd's, never one for the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import prefetch_related_objects

from markets.core.distribution import Summary, summary
from markets.core.lifecycle import QuestionStatus
from markets.core.numeric import Bins
from markets.models import CrowdSnapshot, Market, Question
from markets.queries.instants import Instant, probabilities_at

LAGS = {
    "change_1h": timedelta(hours=1),
    "change_24h": timedelta(days=1),
    "change_7d": timedelta(days=7),
}
_DECIDED = {QuestionStatus.RESOLVED, QuestionStatus.FINAL}


@dataclass(frozen=True, kw_only=True)
class OutcomeOdds:
    """One outcome's probability in the market; None where there has never been a market.

    `bins` are those of which it is one, where the question asks for a number or a date.
    """

    id: int
    index: int
    key: str
    label: str
    bins: Bins | None
    probability: float | None
    change_1h: float | None
    change_24h: float | None
    change_7d: float | None


@dataclass(frozen=True, kw_only=True)
class CrowdOdds:
    """The aggregate of standing forecasts; the numbers are None until it is revealed.

    `summary` only exists for numbers and dates. The changes are those of the centre since so long
    ago, None where nobody stood then.
    """

    method: str
    centre: tuple[float, ...] | None
    lower: tuple[float, ...] | None
    upper: tuple[float, ...] | None
    forecaster_count: int
    as_of: datetime
    reveal_at: datetime | None
    summary: Summary | None = None
    change_1h: tuple[float, ...] | None = None
    change_24h: tuple[float, ...] | None = None
    change_7d: tuple[float, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Odds:
    """What a question shows; of a number or a date also its bins, and until decided a summary."""

    question_id: int
    seq: int
    as_of: datetime
    status: str
    price_source: str
    outcomes: tuple[OutcomeOdds, ...]
    crowd: CrowdOdds | None
    volume: int
    liquidity: int
    trader_count: int | None
    bins: Bins | None = None
    summary: Summary | None = None


def odds_for(question: Question, *, now: datetime) -> Odds:
    return odds_of([question], now=now)[question.pk]


def odds_of(
    questions: Sequence[Question], *, now: datetime, crowd_by: datetime | None = None
) -> dict[int, Odds]:
    """Return the odds of many questions by id, in a number of queries that does not grow.

    The crowd is the newest; of the past, that which stood at `crowd_by`.
    """
    prefetch_related_objects(list(questions), "outcomes", "market", "resolution")
    for question in questions:
        if question.resolution is not None:
            question.resolution.question = question  # known, so nobody needs to ask for it
    ids = [question.pk for question in questions]
    crowds = _crowds(ids, [crowd_by, *(now - lag for lag in LAGS.values())])
    asked = [(question_id, now - lag) for question_id in ids for lag in LAGS.values()]
    earlier = dict(zip(asked, probabilities_at(asked), strict=True))
    return {
        question.pk: _odds(question, crowds[question.pk], earlier, now=now)
        for question in questions
    }


def _odds(
    question: Question,
    crowds: Sequence[CrowdSnapshot | None],
    earlier: dict[Instant, tuple[float, ...] | None],
    *,
    now: datetime,
) -> Odds:
    market: Market | None = getattr(question, "market", None)
    probabilities, source = _probabilities(question, market)
    bins = question.bins
    outcomes = []
    for outcome in sorted(question.outcomes.all(), key=lambda each: each.index):
        probability = probabilities[outcome.index] if probabilities else None
        moved = None if source == "settlement" else probability  # an answer is no movement of odds
        changes = {
            name: _change(moved, earlier[question.pk, now - lag], outcome.index)
            for name, lag in LAGS.items()
        }
        outcomes.append(
            OutcomeOdds(
                id=outcome.pk, index=outcome.index, key=outcome.key, label=outcome.label,
                bins=bins, probability=probability, **changes,
            )
        )  # fmt: skip
    is_undecided = probabilities is not None and source != "settlement"
    return Odds(
        question_id=question.pk,
        seq=market.seq if market else 0,
        as_of=now,
        status=question.status,
        price_source=source,
        outcomes=tuple(outcomes),
        crowd=_crowd(question, crowds, now),
        volume=market.volume if market else 0,
        liquidity=market.liquidity if market else 0,
        trader_count=market.trader_count if market else 0,
        bins=bins,
        summary=summary(bins, probabilities or []) if bins and is_undecided else None,
    )


def _probabilities(question: Question, market: Market | None) -> tuple[list[float] | None, str]:
    """What the market says, and why: the answer once decided, else its maker or the prior."""
    resolution = question.resolution
    if question.status in _DECIDED and resolution is not None and resolution.outcome_weights:
        return resolution.outcome_weights, "settlement"
    if market is None:
        return None, "prior"
    return market.probabilities, "maker" if market.seq else "prior"


def _change(now: float | None, then: tuple[float, ...] | None, index: int) -> float | None:
    return None if now is None or then is None else now - then[index]


def is_hidden(question: Question, now: datetime) -> bool:
    """Is the crowd of a question a secret yet?

    Once decided it is none any more, whenever it was to be revealed: scores tell what was said.
    """
    if question.reveal_at is None or question.status in {*_DECIDED, QuestionStatus.ANNULLED}:
        return False
    return now < question.reveal_at


def _crowd(
    question: Question, snapshots: Sequence[CrowdSnapshot | None], now: datetime
) -> CrowdOdds | None:
    """The crowd of the first snapshot; the others are those of each lag."""
    snapshot, *earlier = snapshots
    if snapshot is None or not snapshot.forecaster_count:
        return None
    if is_hidden(question, now):
        return CrowdOdds(
            method=snapshot.method, centre=None, lower=None, upper=None,
            forecaster_count=snapshot.forecaster_count, as_of=snapshot.as_of,
            reveal_at=question.reveal_at,
        )  # fmt: skip
    bins = question.bins
    changes = {
        name: _crowd_change(snapshot, then) for name, then in zip(LAGS, earlier, strict=True)
    }
    return CrowdOdds(
        method=snapshot.method,
        centre=tuple(snapshot.centre),
        lower=tuple(snapshot.lower),
        upper=tuple(snapshot.upper),
        forecaster_count=snapshot.forecaster_count,
        as_of=snapshot.as_of,
        reveal_at=None,
        summary=summary(bins, snapshot.centre) if bins else None,
        **changes,
    )


def _crowd_change(now: CrowdSnapshot, then: CrowdSnapshot | None) -> tuple[float, ...] | None:
    if then is None or not then.forecaster_count:
        return None
    return tuple(after - before for after, before in zip(now.centre, then.centre, strict=True))


def _crowds(
    ids: Sequence[int], instants: Sequence[datetime | None]
) -> dict[int, list[CrowdSnapshot | None]]:
    """Of each question what the crowd said at each instant (None: now), all in one query."""
    newest = CrowdSnapshot.objects.raw(
        """
        SELECT snapshot.*, asked.place
        FROM unnest(%s::bigint[]) AS wanted (question_id)
        CROSS JOIN unnest(%s::timestamptz[]) WITH ORDINALITY AS asked (at, place)
        CROSS JOIN LATERAL (
            SELECT * FROM markets_crowdsnapshot AS each
            WHERE each.question_id = wanted.question_id
              AND each.as_of <= COALESCE(asked.at, 'infinity')
            ORDER BY each.as_of DESC, each.id DESC LIMIT 1
        ) AS snapshot
        """,
        [list(ids), list(instants)],
    )
    found: dict[int, list[CrowdSnapshot | None]] = {each: [None] * len(instants) for each in ids}
    for snapshot in newest:
        found[snapshot.question_id][snapshot.place - 1] = snapshot  # type: ignore[attr-defined]  # of the query
    return found
