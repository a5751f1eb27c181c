"""Celery's doorway: each task wakes up, finds the rows that are due, and makes one call for each.

Every task may run twice, late, or at the same time on ten machines without harm.
"""

from random import random
from time import monotonic

import structlog
from celery import shared_task
from django.utils import timezone

from articles.models import ConsultationState
from articles.services.consultations import Consulted, consult_next
from articles.services.feed_entries import forget_entries
from articles.services.feeds import Poll, PollAnswer, poll_next
from articles.services.ingest import FetchingIsOff
from articles.services.providers.language_model import ModelIsOff

logger = structlog.get_logger(__name__)

SWEEP_SECONDS = 15.0
"""With the longest poll after them (some 70 seconds), less than the soft limit of a task."""

ASK_SECONDS_MAX = 210
"""More than a sweep and the longest consultation after it (LLM_SECONDS_MAX in config/env.py)."""


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


@shared_task(soft_time_limit=ASK_SECONDS_MAX, time_limit=ASK_SECONDS_MAX + 30)
def ask_language_model() -> None:
    """Ask the language model about new texts, one after the other, until something is amiss."""
    ends = monotonic() + SWEEP_SECONDS
    while monotonic() < ends:
        try:
            consulted = consult_next(now=timezone.now(), jitter=random())  # noqa: S311
        except ModelIsOff:
            return
        except Exception:  # its lease keeps the text out of the way for a while
            logger.exception("the language model could not be asked")
            return
        if consulted is None:
            return
        _report_asked(consulted)
        if consulted.state not in {ConsultationState.ANSWERED, ConsultationState.REFUSED}:
            return


def _report_asked(consulted: Consulted) -> None:
    """Counts and codes only: neither the article nor what the model said belongs into a log."""
    is_failed = consulted.state is ConsultationState.FAILED
    (logger.warning if is_failed else logger.info)(
        "language model asked",
        version=consulted.version_id,
        attempt=consulted.attempt,
        state=consulted.state or "overtaken",
        error=consulted.error_code,
        calls=consulted.usage.calls,
        tokens_in=consulted.usage.tokens_in,
        tokens_out=consulted.usage.tokens_out,
        seconds=round(consulted.duration.total_seconds(), 3),
        made=consulted.heard.made_count,
        agreed=consulted.heard.agreed_count,
        dropped=len(consulted.heard.dropped),
    )
