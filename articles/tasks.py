"""Celery's doorway: each task wakes up, finds the rows that are due, and makes one call for each.

Every task may run twice, late, or at the same time on ten machines without harm.
"""

from random import random
from time import monotonic

import structlog
from celery import shared_task
from django.utils import timezone

from articles.services.feed_entries import forget_entries
from articles.services.feeds import Poll, PollAnswer, poll_next
from articles.services.ingest import FetchingIsOff

logger = structlog.get_logger(__name__)

SWEEP_SECONDS = 15.0
"""With the longest poll after them (some 70 seconds), less than the soft limit of a task."""


@shared_task
def poll_due_feeds() -> None:
    """Ask the feeds that are due, one after the other, until none is or time has run out."""
    ends = monotonic() + SWEEP_SECONDS
    while monotonic() < ends:
        try:
            polled = poll_next(now=timezone.now(), jitter=random())  # noqa: S311 - spreads polls
        except FetchingIsOff:
            return
        except Exception:  # its lease keeps the feed out of the way of the others
            logger.exception("a feed could not be polled")
            continue
        if polled is None:
            return
        _report(polled)


@shared_task
def forget_feed_entries() -> None:
    """Forget what feeds showed half a year ago, chunk by chunk."""
    while forgotten := forget_entries(now=timezone.now()):
        logger.info("feed entries forgotten", count=forgotten)


def _report(polled: Poll) -> None:
    if polled.answer is PollAnswer.DISABLED:
        logger.warning("feed switched off", feed=polled.url, reason=polled.sentence)
    elif polled.taken.new_count or polled.answer is PollAnswer.FAILED:
        logger.info("feed polled", feed=polled.url, answer=polled.answer, said=polled.sentence)
