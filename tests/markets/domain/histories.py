"""Invariant 9 and the past: what was written stays, and each life is a path through its table."""

from collections import Counter
from typing import Any

from django.db import connection

from tests.markets.domain.rows import Rows, by_id

APPEND_ONLY = {
    "transfer", "fill", "liquiditychange", "forecast", "withdrawal", "crowdsnapshot", "resolution",
    "statuschange", "lintoverride", "undone",
}  # fmt: skip
GROW_ONLY = {
    "order",
    "challenge",
    "settlement",
    "account",
    "market",
    "question",
    "position",
    "correction",
}
"""Tables whose rows change, and of which none ever goes."""

STEPS = {
    "draft": {"scheduled"},
    "scheduled": {"open", "annulled"},
    "open": {"halted", "closed", "proposed", "annulled"},
    "halted": {"open", "closed", "annulled"},
    "closed": {"proposed", "annulled"},
    "proposed": {"resolved", "challenged", "annulled"},
    "challenged": {"resolved", "proposed", "annulled"},
    "resolved": {"final", "resolved"},
    "final": {"resolved"},
    "annulled": set(),
}
"""The life of a question as the design draws it."""

_TRY_ALL = """
DO $$
DECLARE
    past text;
    act text;
BEGIN
    FOREACH past IN ARRAY ARRAY[{tables}]::text[] LOOP
        FOREACH act IN ARRAY ARRAY['UPDATE {{0}} SET id = id', 'DELETE FROM {{0}}'] LOOP
            act := replace(act || ' WHERE id = (SELECT max(id) FROM {{0}})', '{{0}}', past);
            BEGIN
                EXECUTE act;
                RAISE EXCEPTION '% was taken', act USING ERRCODE = 'ZZ001';
            EXCEPTION WHEN raise_exception THEN NULL;  -- the table's own trigger refused it
            END;
        END LOOP;
    END LOOP;
END $$
"""


def require_append_only(rows: Rows) -> None:
    """9. The database itself refuses to change or delete what happened."""
    tables = sorted(f"'markets_{name}'" for name in APPEND_ONLY if getattr(rows, name))
    with connection.cursor() as cursor:
        cursor.execute(_TRY_ALL.format(tables=", ".join(tables)))


def require_only_added(before: Rows, after: Rows) -> None:
    """What had happened before still has, and has happened in the same way."""
    for name in APPEND_ONLY:
        earlier = getattr(before, name)
        assert getattr(after, name)[: len(earlier)] == earlier, f"{name} was rewritten"
    for name in GROW_ONLY:
        lost = {_key(row) for row in getattr(before, name)} - {
            _key(row) for row in getattr(after, name)
        }
        assert not lost, f"{name} lost {lost}"


def _key(row: Any) -> int:
    for name in ("id", "resolution_id", "question_id"):
        if hasattr(row, name):
            return int(getattr(row, name))
    raise AssertionError(row)


def require_lives(rows: Rows) -> None:
    """Each question went from status to status as its table allows, and each step is logged."""
    latest = {question.id: "draft" for question in rows.question}
    stamps: Counter[tuple[int, str]] = Counter()
    resolutions = by_id(rows.resolution)
    for change in rows.statuschange:
        assert change.from_status == latest[change.question_id], f"{change} skips a step"
        assert change.to_status in STEPS[change.from_status], f"{change} is no step"
        latest[change.question_id] = change.to_status
        stamps[change.question_id, change.to_status] += 1
    for question in rows.question:
        assert question.status == latest[question.id]
        assert (question.opened_at is not None) == (stamps[question.id, "open"] > 0)
        ended = question.status in {
            "closed", "proposed", "challenged", "resolved", "final", "annulled",
        }  # fmt: skip
        assert (question.closed_at is not None) == ended
        answer = resolutions.get(question.resolution_id)
        happened_at = None
        if question.status in {"resolved", "final"} and answer.verdict == "outcome":
            was_closed = stamps[question.id, "closed"] > 0
            ends_at = question.closed_at if was_closed else question.closes_at
            if answer.effective_at < min(ends_at, question.closes_at):
                happened_at = answer.effective_at
        assert question.occurred_at == happened_at


def require_challenges(rows: Rows) -> None:
    """A bond is held for each challenge, and has gone back for each that was upheld."""
    resolutions, questions = by_id(rows.resolution), by_id(rows.question)
    waiting = {each.resolution_id for each in rows.correction if not each.decision}
    bonds = {transfer.id: transfer for transfer in rows.transfer if transfer.code == "bond"}
    returned = {
        transfer.reverses_id: transfer.amount
        for transfer in rows.transfer
        if transfer.code == "reversal"
    }
    assert len(bonds) == len(rows.challenge)
    for challenge in rows.challenge:
        (bond,) = (each for each in bonds.values() if each.key == f"bond:{challenge.resolution_id}")
        assert bond.amount == challenge.bond
        assert returned.pop(bond.id, None) == (bond.amount if challenge.upheld else None)
        question = questions[resolutions[challenge.resolution_id].question_id]
        waits = question.status == "challenged" and (
            question.resolution_id == challenge.resolution_id
        )
        waits = waits or challenge.resolution_id in waiting
        assert (challenge.upheld is None) == waits
    assert not returned


def require_crowds(rows: Rows) -> None:
    """The crowd counts those whose latest forecast stood when it was aggregated."""
    withdrawn = {withdrawal.forecast_id for withdrawal in rows.withdrawal}
    for question in rows.question:
        latest = {
            forecast.forecaster_id: forecast
            for forecast in rows.forecast
            if forecast.question_id == question.id
        }
        if not latest:
            continue
        standing = sum(
            forecast.id not in withdrawn
            and (forecast.ends_at is None or forecast.ends_at > question.crowd_as_of)
            for forecast in latest.values()
        )
        assert question.forecaster_count == standing, f"the crowd of question {question.id}"
