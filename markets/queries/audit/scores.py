"""The rules of scores: what is stored is what the rows that never change make it.

Each resolution that stands is scored anew in memory, and compared. That is far more work than the
audit of the ledger, so it is not part of it: nightly for what was scored lately, in full on
request.
"""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from markets.models import Profit, Resolution, Score, SeriesScore, SettlementState
from markets.queries.audit.check import Check, Finding
from markets.queries.scores import KINDS, ComputedScores, Owner, ScoreTable, computed_scores

RIGHT, COMPLETE, NO_MORE = "scores right", "scores complete", "scores and no more"

RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE = 1e-9, 1e-9
"""By how much a stored score may differ: another processor, or library, adds in another order."""

_UNSCORED = (
    ("refunded unscored", "refunds every trade", "resolution.outcome_weights IS NULL"),
    (
        "scored after settling", "is not settled and scored",
        """resolution.outcome_weights IS NOT NULL
           AND settlement.state IS DISTINCT FROM 'scored'""",
    ),
)  # fmt: skip
_TABLES = (("score", "scores"), ("seriesscore", "scores of odds"), ("profit", "profits"))
UNSCORED = tuple(
    Check(
        line,
        f"version {{0}} {why}, but has {{2}} {rows} instead of {{1}}",
        f"""
        SELECT resolution.question_id, resolution.version, 0, count(*)
        FROM markets_{table} AS stored
        JOIN markets_resolution AS resolution ON resolution.id = stored.resolution_id
        LEFT JOIN markets_settlement AS settlement
          ON settlement.resolution_id = resolution.id
        WHERE {condition}
        GROUP BY resolution.question_id, resolution.version
        """,  # noqa: S608 - put together from the constants above
        counts=True,
    )
    for line, why, condition in _UNSCORED
    for table, rows in _TABLES
)

SCORE_RULES = (RIGHT, COMPLETE, NO_MORE, *dict.fromkeys(check.line for check in UNSCORED))
"""The names of the rules of this file."""


def scored_resolutions(*, since: datetime | None = None) -> list[int]:
    """The resolutions that stand and are scored, the newest first; of late, or all of them.

    Those count as of late whose rows were written since then, also where that was done anew.
    """
    found = Resolution.objects.filter(
        question__resolution=F("pk"), settlement__state=SettlementState.SCORED
    )
    if since is not None:
        anew = SeriesScore.objects.filter(scored_at__gte=since).values("resolution")
        found = found.filter(Q(settlement__scored_at__gte=since) | Q(pk__in=anew))
    return list(found.order_by("-settlement__scored_at", "-pk").values_list("pk", flat=True))


def unscored_findings() -> Iterator[Finding]:
    """The scores that nobody should have: of refunds, and of what is not settled."""
    for check in UNSCORED:
        yield from check.findings()


def score_findings(resolution_id: int) -> list[Finding]:
    """What is wrong with the stored scores of one resolution; nothing where it stands no more.

    A correction, or scores computed anew, may come while we compute: then what was read twice
    differs, and it is the next audit's.
    """
    resolution = _standing(resolution_id)
    if resolution is None:
        return []
    stored = _stored(resolution)
    computed = computed_scores(resolution)
    if _standing(resolution_id) is None or _stored(resolution) != stored:
        return []
    return list(_compare(resolution, stored, computed))


def _standing(resolution_id: int) -> Resolution | None:
    standing = Resolution.objects.select_related("question").filter(
        question__resolution=F("pk"), settlement__state=SettlementState.SCORED
    )
    return standing.filter(pk=resolution_id).first()


Rows = dict[Any, tuple[Any, ...]]


def _stored(resolution: Resolution) -> tuple[Rows, Rows, Rows]:
    """By whose they are: the stored scores of forecasters and of odds, and the profits."""
    return (
        _by_owner(Score.objects.filter(resolution=resolution), "forecaster_id", KINDS),
        _by_owner(SeriesScore.objects.filter(resolution=resolution), "series", KINDS),
        _by_owner(Profit.objects.filter(resolution=resolution), "trader_id", ("amount",)),
    )


def _by_owner(found: QuerySet[Any], owner: str, kinds: tuple[str, ...]) -> Rows:
    return {each: tuple(values) for each, *values in found.values_list(owner, *kinds)}


def _compare(
    resolution: Resolution, stored: tuple[Rows, Rows, Rows], computed: ComputedScores
) -> Iterator[Finding]:
    profits = {trader: (amount,) for trader, amount in computed.profits.items()}
    expected: tuple[tuple[str, tuple[str, ...], Rows], ...] = (
        ("forecaster {}'s score", KINDS, _rows(computed.forecasters)),
        ("the score of {}", KINDS, _rows(computed.series)),
        ("trader {}'s profit", ("amount",), dict(profits)),
    )
    for (whose, kinds, rows), found in zip(expected, stored, strict=True):
        for line, sentence in _differences(whose, kinds, rows, found):
            yield Finding(
                line=line, sentence=f"market {resolution.question_id}: {sentence}",
                market_id=resolution.question_id,
            )  # fmt: skip


def _differences(
    whose: str, kinds: tuple[str, ...], expected: Rows, found: Rows
) -> Iterator[tuple[str, str]]:
    for owner in sorted(expected.keys() | found.keys()):
        name = whose.format(owner)
        if owner not in found:
            yield COMPLETE, f"{name} is missing"
        elif owner not in expected:
            yield NO_MORE, f"{name} has nothing that it could be of"
        else:
            for kind, was, now in zip(kinds, found[owner], expected[owner], strict=True):
                if not _is_near(was, now):
                    yield RIGHT, f"{name} has {kind} {was}, which is {now} when computed anew"


def _rows(table: ScoreTable[Owner]) -> Rows:
    return {
        owner: tuple(table.columns[kind][row] for kind in KINDS)
        for row, owner in enumerate(table.owners)
    }


def _is_near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE, abs_tol=ABSOLUTE_TOLERANCE)
