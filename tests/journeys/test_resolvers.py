"""A source looked at by a real worker, which takes its work from the queue that beat fills."""

from datetime import timedelta

import pytest

from config.celery import app
from markets.models import Resolver, ResolverRun
from markets.services.resolvers import make_resolver
from markets.services.trading import database_clock
from markets.tasks import run_resolvers
from tests.markets.resolvers.settings import json_settings, settings
from tests.processes import celery, eventually, running

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_looks_at_what_is_due_and_never_at_a_private_address(publish, eve):
    now = database_clock()
    question = publish(
        at=now, closes_at=now + timedelta(days=1), resolve_by=now + timedelta(days=2)
    )
    for chosen in (
        json_settings(url="http://127.0.0.1/trains.json", first_at=now),
        settings("manual", note="Ask the ministry.", first_at=now),
    ):
        make_resolver(question_id=question.pk, settings=chosen, editor=eve, now=now)
    (entry,) = (
        each for each in app.conf.beat_schedule.values() if each["task"] == run_resolvers.name
    )
    queue = entry["options"]["queue"]

    worker = celery(
        "worker", "--queues", queue, "--concurrency", "1", "--loglevel", "WARNING",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    )  # fmt: skip
    with running(worker):
        for _ in range(3):  # a message is only a hint: more of them change nothing
            run_resolvers.apply_async(queue=queue)
        eventually(lambda: ResolverRun.objects.count() == 2)

    source, reminder = Resolver.objects.order_by("pk")
    assert (source.last_error_code, source.failures, source.leased_until) == (
        "source_refused", 1, None,
    )  # fmt: skip
    assert source.next_attempt_at > database_clock()
    assert reminder.reminded_at is not None
