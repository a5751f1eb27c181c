"""Celery's doorway: each task wakes up, finds the rows that are due, and makes one call for each.

Every task may run twice, late, or at the same time on ten machines without harm.
"""

from datetime import timedelta
from random import random
from time import monotonic

import structlog
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from markets.queries.audit.scores import score_findings, scored_resolutions, unscored_findings
from markets.queries.audit.tallies import tally_findings
from markets.queries.ledger import audit
from markets.queries.links import articles_to_link, questions_to_mirror, versions_to_read
from markets.queries.settlements import settlements_due, settlements_to_score
from markets.queries.tallies import questions_to_tally
from markets.services import (
    candles,
    forecasting,
    lifecycle,
    links,
    resolution,
    resolver_runs,
    scoring,
    settlement,
    tallying,
    trading,
)
from markets.services.sweeps import for_each

logger = structlog.get_logger(__name__)

ROLL_UP_SECONDS = 50.0
"""Less than a minute, when the next run begins, and than the soft limit of a task."""

AUDIT_SCORES_SECONDS = 60.0
"""Less than the soft limit of a task; what is left over is said, and is for `manage.py audit`."""

AUDITED_SINCE = timedelta(days=2)
"""How far back the nightly audit of scores reaches: two nights, so that one may be missed."""

SETTLE_SECONDS = 10.0
"""How long a sweep pays one resolution, however large, before it turns to the next."""
RESOLVE_SECONDS = 15.0
"""With the longest look after them (some 25 seconds), less than the soft limit of a task."""


@shared_task
def advance_lifecycle() -> None:
    """Open and close what is due, and resolve what nobody challenged in time."""
    now = timezone.now()
    moved = lifecycle.advance_due(now=now)
    resolved = resolution.confirm_uncontested(now=now)
    if moved or resolved:
        logger.info("lifecycle advanced", moved=moved, resolved=resolved)


@shared_task
def settle_due() -> None:
    """Pay every resolution that is due, going on where a worker that died left off."""
    settled = for_each(settlements_due(now=timezone.now()), _settle_for_a_while)
    if settled:
        logger.info("settled", resolutions=settled)


def _settle_for_a_while(resolution_id: int) -> bool:
    """Pay until it is done or its share of the time is over, so that all others have theirs."""
    ends = monotonic() + SETTLE_SECONDS
    return settlement.settle(
        resolution_id=resolution_id, now=timezone.now(), may_go_on=lambda: monotonic() < ends
    )


@shared_task
def score_due() -> None:
    """Score every resolution that has been settled."""
    scored = for_each(
        settlements_to_score(now=timezone.now()),
        lambda resolution_id: scoring.score(resolution_id=resolution_id, now=timezone.now()),
    )
    if scored:
        logger.info("scored", resolutions=scored)


@shared_task
def tally_due() -> None:
    """Bring leaderboards and calibration up to date with what was scored or corrected."""
    tallied = for_each(
        questions_to_tally(),
        lambda question_id: tallying.tally(question_id=question_id, now=timezone.now()),
    )
    if tallied:
        logger.info("tallied", questions=tallied)


@shared_task
def expire_orders() -> None:
    """End the resting orders whose time has run out in markets where nobody trades."""
    expired = trading.expire_orders(now=timezone.now())
    if expired:
        logger.info("expired orders", markets=expired)


@shared_task
def refresh_crowds() -> None:
    """Let forecasts that ended by themselves leave the crowd."""
    forecasting.refresh_crowds(now=timezone.now())


@shared_task
def roll_up_candles() -> None:
    """Bring every candle up to date, chunk by chunk; the next run goes on where time ran out."""
    ends = monotonic() + ROLL_UP_SECONDS
    added = count = candles.roll_up_due()
    while count and monotonic() < ends:
        count = candles.roll_up_due()
        added += count
    if added:
        logger.info("rolled up candles", changes=added)


@shared_task
def run_resolvers() -> None:
    """Look at the sources that are due, one after the other, until none is or time has run out."""
    ends = monotonic() + RESOLVE_SECONDS
    while monotonic() < ends:
        try:
            run = resolver_runs.run_next(now=timezone.now(), jitter=random())  # noqa: S311 - spreads tries
        except SoftTimeLimitExceeded:
            raise
        except (DatabaseError, InterfaceError):  # the next one would hardly fare better
            logger.exception("a resolver could not be run")
            return
        except Exception:  # counted as a failure, which keeps it out of the way of the others
            logger.exception("a resolver could not be run")
            continue
        if run is None:
            return
        logger.info(
            "resolver run",
            resolver=run.resolver_id, question=run.resolver.question_id, outcome=run.outcome,
            reason=run.reason,
        )  # fmt: skip


@shared_task
def suggest_links() -> None:
    """Read new articles, and suggest them for questions; look through earlier ones for new ones."""
    now = timezone.now()
    for_each(versions_to_read(), lambda each: links.read_article(version_id=each, now=now))
    links.recount_terms(now=now)
    linked = for_each(articles_to_link(), lambda each: links.link_article(article_id=each, now=now))
    mirrored = for_each(
        questions_to_mirror(), lambda each: links.mirror_question(question_id=each, now=now)
    )
    if linked or mirrored:
        logger.info("suggested links", articles=linked, questions=mirrored)


@shared_task
def audit_ledger() -> None:
    """Check the books; trading stops on every market that they do not add up for."""
    for finding in audit():
        logger.error("audit finding", line=finding.line, sentence=finding.sentence)
        if finding.market_id is not None:
            lifecycle.halt_on_finding(
                market_id=finding.market_id, reason=f"audit: {finding.sentence}"[:300],
                now=timezone.now(),
            )  # fmt: skip


@shared_task
def audit_scores() -> None:
    """Compute anew what was scored of late, and compare."""
    ends = monotonic() + AUDIT_SCORES_SECONDS
    for finding in (*unscored_findings(), *tally_findings()):
        logger.error("audit finding", line=finding.line, sentence=finding.sentence)
    resolutions = scored_resolutions(since=timezone.now() - AUDITED_SINCE)
    for done, resolution_id in enumerate(resolutions):
        if monotonic() > ends:
            logger.warning("scores left unaudited", resolutions=len(resolutions) - done)
            break
        for finding in score_findings(resolution_id):
            logger.error("audit finding", line=finding.line, sentence=finding.sentence)
