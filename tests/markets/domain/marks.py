"""What forecasters score and traders make, worked out from their forecasts by the definitions."""

from math import isclose, log
from typing import Any

from markets.core.scoring_rules import Yardstick
from markets.queries.audit.scores import score_findings, scored_resolutions, unscored_findings
from tests.markets.core.reference_scores import plain_scores
from tests.markets.domain.payments import owed
from tests.markets.domain.rows import Rows, by_id

WATCHED = ("score", "seriesscore", "profit", "settlement")


def require_marks(before: Rows | None, rows: Rows) -> None:
    """Scores are those of the definitions, for whoever stood; the audit of scores is clean."""
    if before and all(getattr(before, name) == getattr(rows, name) for name in WATCHED):
        return
    assert list(unscored_findings()) == []
    for resolution_id in scored_resolutions():
        assert score_findings(resolution_id) == []
    resolutions = by_id(rows.resolution)
    scored = {each.resolution_id for each in rows.settlement if each.state == "scored"}
    for question in rows.question:
        if question.resolution_id in scored:
            _require_profits(rows, resolutions[question.resolution_id])
            _require_scores(rows, question, resolutions[question.resolution_id])


def _require_profits(rows: Rows, resolution: Any) -> None:
    stored = {
        each.trader_id: each.amount for each in rows.profit if each.resolution_id == resolution.id
    }
    made = {
        each.trader_id: each.received + owed(each, resolution, rows) - each.spent
        for each in rows.position
        if each.market_id == resolution.question_id
    }
    assert stored == (made if resolution.outcome_weights else {})


def _require_scores(rows: Rows, question: Any, resolution: Any) -> None:
    stored = {
        each.forecaster_id: each for each in rows.score if each.resolution_id == resolution.id
    }
    if not resolution.outcome_weights:
        assert not stored
        return
    assert isclose(sum(each.peer for each in stored.values()), 0, abs_tol=1e-6)
    if max(resolution.outcome_weights) < 1:
        return  # a truth that is split has definitions of its own
    ended_at = min(question.closed_at, resolution.effective_at)
    truth = resolution.outcome_weights.index(1)
    expected = plain_scores(
        [
            (each.forecaster_id, each.made_at.timestamp(), _end(rows, each, ended_at).timestamp(),
             each.probabilities[truth], 0.0)
            for each in rows.forecast
            if each.question_id == question.id
        ],
        opened_at=question.opened_at.timestamp(), closes_at=question.closes_at.timestamp(),
        ended_at=ended_at.timestamp(), spot_at=None, yardstick=_yardstick(question, truth),
    )  # fmt: skip
    assert stored.keys() == expected.keys()
    for forecaster, scores in expected.items():
        for kind in ("baseline", "peer", "coverage"):
            mine = getattr(stored[forecaster], kind)
            assert isclose(mine, scores[kind], rel_tol=1e-6, abs_tol=1e-6), (
                f"{kind} of {forecaster} on question {question.id}: {mine}, not {scores[kind]}"
            )


def _end(rows: Rows, forecast: Any, ended_at: Any) -> Any:
    """When a forecast stopped standing: replaced, withdrawn, at its own end, or with all."""
    later = [
        each.made_at
        for each in rows.forecast
        if each.question_id == forecast.question_id
        and each.forecaster_id == forecast.forecaster_id
        and each.id > forecast.id
    ]
    gone = [each.withdrawn_at for each in rows.withdrawal if each.forecast_id == forecast.id]
    return min([*later[:1], *gone, ended_at, forecast.ends_at or ended_at])


def _yardstick(question: Any, truth: int) -> Yardstick:
    count = len(question.prior)
    if question.lower is None:
        return Yardstick(1 / count, log(count), 1.0)
    tails = question.open_below + question.open_above
    is_tail = (question.open_below and truth == 0) or (question.open_above and truth == count - 1)
    return Yardstick(0.05 if is_tail else (1 - 0.05 * tails) / (count - tails), 2.0, 0.5)
