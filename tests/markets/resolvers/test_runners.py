"""One run at a time, however many runners there are, and none lost with the one that dies."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from articles.services.outbound import Guard
from markets.models import Resolver, ResolverRun
from markets.services.resolver_runs import LEASE, ResolverBusy, ResolverPaused, run_next, run_now
from markets.services.resolvers import edit_resolver, pause_resolver, resume_resolver
from tests.markets.resolvers.conftest import document
from tests.markets.resolvers.settings import CONFIRMED, DUE, HOUR, MINUTE, json_settings

TRAINS = document({"corridor": {"trains": 3}})


def interrupted(ministry, act):
    """A guard that lets something happen after a run was claimed and before it fetches."""

    class Acting(Guard):
        def check_url(self, url):
            act()
            super().check_url(url)

    return Acting(allowed_addresses=ministry.guard().allowed_addresses)


def run_with(ministry, act, *, now):
    return run_next(now=now, jitter=0.0, guard=interrupted(ministry, act))


@pytest.mark.django_db(transaction=True)
def test_two_runners_at_once_make_one_run(watch, ministry):
    watch()
    asked, go_on = threading.Event(), threading.Event()

    def slow(handler):
        asked.set()
        go_on.wait(10)
        TRAINS(handler)

    ministry.answers["/corridor"] = slow

    def runner():
        try:
            return run_next(now=DUE, jitter=0.0, guard=ministry.guard())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        first = other.submit(runner)
        assert asked.wait(10)
        second = run_next(now=DUE, jitter=0.0, guard=ministry.guard())
        go_on.set()
        logged = first.result()

    assert second is None
    assert (logged.reason, len(ministry.requests)) == ("unconfirmed", 1)
    assert ResolverRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_source_thinks(watch, run, ministry):
    watch()
    found = []

    def look_at_the_database(handler):
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%%'"
                )
                found.append(cursor.fetchone()[0])
        finally:
            connection.close()
        TRAINS(handler)

    ministry.answers["/corridor"] = look_at_the_database

    run(DUE)

    assert found == [0]


@pytest.mark.django_db
def test_a_resolver_whose_runner_died_is_run_again_after_its_lease(watch, run, ministry):
    watch()
    ministry.answers["/corridor"] = TRAINS

    class Killed(BaseException):
        """What SIGKILL would leave behind: a lease, and nothing else."""

    def dies():
        raise Killed

    with pytest.raises(Killed):
        run_with(ministry, dies, now=DUE)

    assert run(DUE + LEASE - timedelta(seconds=1)) is None
    again = run(DUE + LEASE)
    assert (again.number, again.reason) == (2, "unconfirmed")
    assert [each.number for each in ResolverRun.objects.all()] == [2]


@pytest.mark.django_db
def test_whoever_comes_back_after_its_lease_writes_nothing(watch, run, ministry):
    resolver = watch()
    ministry.answers["/corridor"] = TRAINS
    others = []

    late = run_with(ministry, lambda: others.append(run(DUE + LEASE)), now=DUE)

    assert late is None
    assert others[0].number == 2
    assert [each.number for each in ResolverRun.objects.all()] == [2]
    resolver.refresh_from_db()
    assert (resolver.agreements, resolver.leased_until) == (1, None)


@pytest.mark.django_db
def test_a_resolver_that_is_set_up_anew_forgets_the_run_that_goes_on(watch, run, ministry, eve):
    resolver = watch()
    ministry.answers["/corridor"] = TRAINS

    def meanwhile():
        edit_resolver(
            resolver_id=resolver.pk, editor=eve, now=DUE, guard=ministry.guard(),
            settings=json_settings(url=ministry.url("/corridor"), threshold=5.0),
        )  # fmt: skip

    assert run_with(ministry, meanwhile, now=DUE) is None
    assert ResolverRun.objects.count() == 0
    assert run(DUE).outcome_weights == [0.0, 1.0]


@pytest.mark.django_db
def test_a_resolver_that_is_paused_forgets_the_run_that_goes_on(
    question, watch, run, ministry, eve
):
    resolver = watch()
    ministry.answers["/corridor"] = TRAINS
    run(DUE)

    def meanwhile():
        pause_resolver(resolver_id=resolver.pk, reason="Wrong table.", editor=eve, now=CONFIRMED)

    assert run_with(ministry, meanwhile, now=CONFIRMED) is None
    assert [each.number for each in ResolverRun.objects.all()] == [1]
    question.refresh_from_db()
    assert (question.status, question.resolution) == ("open", None)
    resume_resolver(resolver_id=resolver.pk, editor=eve, now=CONFIRMED)
    assert run(CONFIRMED).reason == "unconfirmed"


@pytest.mark.django_db
def test_an_editor_runs_a_resolver_before_its_time_but_that_confirms_nothing(
    watch, run, ministry, eve
):
    resolver = watch()
    ministry.answers["/corridor"] = TRAINS
    run(DUE)

    at_once = run_now(
        resolver_id=resolver.pk, editor=eve, now=DUE + MINUTE, jitter=0.0, guard=ministry.guard()
    )

    assert (at_once.ran_by, at_once.reason) == (eve, "unconfirmed")
    assert Resolver.objects.get().agreements == 1
    assert run(DUE + 11 * MINUTE).outcome == "answer"


@pytest.mark.django_db
def test_one_that_is_being_run_is_busy(watch, ministry, eve):
    resolver = watch()
    Resolver.objects.update(leased_until=DUE + MINUTE)

    with pytest.raises(ResolverBusy):
        run_now(resolver_id=resolver.pk, editor=eve, now=DUE, jitter=0.0)
    assert (Resolver.objects.get().run_count, ministry.requests) == (0, [])


@pytest.mark.django_db
def test_a_paused_resolver_is_not_run_until_it_is_resumed(watch, run, ministry, eve):
    resolver = watch()
    ministry.answers["/corridor"] = TRAINS
    pause_resolver(resolver_id=resolver.pk, reason=" Wrong  table. ", editor=eve, now=DUE)

    assert run(DUE) is None
    with pytest.raises(ResolverPaused, match="Wrong table"):
        run_now(resolver_id=resolver.pk, editor=eve, now=DUE, jitter=0.0)
    assert ResolverRun.objects.count() == 0

    resume_resolver(resolver_id=resolver.pk, editor=eve, now=CONFIRMED)
    assert run(CONFIRMED).reason == "unconfirmed"


@pytest.mark.django_db
def test_a_resolver_runs_from_its_first_time_until_its_last(watch, run, ministry):
    ministry.answers["/corridor"] = TRAINS
    watch(first_at=DUE, until=DUE + HOUR)

    assert run(DUE - MINUTE) is None
    assert run(DUE).reason == "unconfirmed"
    assert run(DUE + HOUR) is None
    assert Resolver.objects.needing_editors(DUE + HOUR).count() == 1


@pytest.mark.django_db
def test_the_one_that_has_waited_longest_runs_first(watch, run, ministry):
    later = watch(first_at=DUE)
    earlier = watch(first_at=DUE - HOUR)

    assert [run(DUE).resolver_id, run(DUE).resolver_id] == [earlier.pk, later.pk]
