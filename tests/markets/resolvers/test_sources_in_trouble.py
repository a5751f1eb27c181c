"""Sources that are down, late, slow, changed, too large or hostile: undetermined, never a guess."""

from datetime import timedelta

import jmespath
import pytest
from celery.exceptions import SoftTimeLimitExceeded

from markets.models import Resolution, Resolver, ResolverRun
from tests.articles.services.hosts import (
    answer,
    broken_off,
    dripping,
    dripping_headers,
    endless,
    redirect,
    zipped,
)
from tests.markets.resolvers.conftest import document, in_turn, table
from tests.markets.resolvers.settings import DUE, HOUR, MINUTE

pytestmark = pytest.mark.django_db

TRAINS = document({"corridor": {"trains": 3}})
BIG = b'{"corridor": {"trains": 3}, "rest": "' + b"x" * 2_100_000 + b'"}'


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (answer(b"", status=500), "source_down"),
        (answer(b"", status=429), "source_down"),
        (broken_off(declared=10_000), "source_changed"),  # it calls itself a page besides
        (answer(b"", status=404), "source_gone"),
        (answer(b"", status=410), "source_gone"),
        (answer(b"", status=403), "source_gone"),
        (answer(b"<html>Moved.</html>"), "source_changed"),
        (answer(b"<html>3</html>", content_type="application/json"), "source_changed"),
        (answer(b'{"corridor": {"trains"', content_type="application/json"), "source_changed"),
        (answer(b"\xff\xfe", content_type="application/json"), "source_changed"),
        (answer(b"", content_type="application/json"), "source_changed"),
        (answer(b"[" * 100_000, content_type="application/json"), "source_changed"),
        (
            answer(b'{"corridor": {"trains": 1, "trains": 0}}', content_type="application/json"),
            "source_changed",
        ),
        (answer(b'{"corridor": {"trains": NaN}}', content_type="text/json"), "source_changed"),
        (document({"corridor": {"trains": "three"}}), "not_a_number"),
        (document({"corridor": {"trains": True}}), "not_a_number"),
        (document({"corridor": {"trains": [3]}}), "not_a_number"),
        (document({"corridor": {"trains": "1,5"}}), "not_a_number"),
        (
            answer(b'{"corridor": {"trains": 1e999}}', content_type="application/json"),
            "not_a_number",
        ),
        (document({"corridor": {"trains": None}}), "source_late"),
        (document({"corridor": {}}), "source_late"),
        (answer(BIG, content_type="application/json"), "source_refused"),
        (zipped(b'"' + b"x" * 5_000_000 + b'"'), "source_changed"),  # a page, by its type
        (redirect("http://10.0.0.1/corridor"), "source_refused"),
        (redirect("http://169.254.169.254/latest"), "source_refused"),
        (redirect("ftp://rail.example/corridor"), "source_refused"),
        (redirect("/corridor"), "source_refused"),
    ],
)
def test_trouble_is_undetermined_for_a_reason(watch, run, ministry, said, reason):
    watch()
    ministry.answers["/corridor"] = said

    logged = run(DUE)

    assert (logged.outcome, logged.reason) == ("undetermined", reason)
    assert logged.detail != ""
    assert Resolution.objects.count() == 0
    resolver = Resolver.objects.get()
    assert (resolver.failures, resolver.last_error_code) == (1, reason)
    assert resolver.next_attempt_at == DUE + timedelta(minutes=5)


@pytest.mark.parametrize("said", [dripping_headers, dripping, endless])
def test_a_slow_or_endless_source_is_cut_off(watch, run, ministry, said):
    watch()
    ministry.answers["/corridor"] = said

    assert run(DUE, total_seconds=0.5).reason in {"source_down", "source_changed"}


def test_a_source_that_does_not_answer_at_all_is_down(watch, run, ministry):
    watch(url=f"http://127.0.0.1:{ministry.port}/corridor")
    ministry.answers["/corridor"] = lambda handler: handler.connection.close()

    assert run(DUE).reason == "source_down"


def test_a_private_address_is_never_read(watch, run, ministry):
    from markets.services.resolver_runs import run_next

    watch()
    ministry.answers["/corridor"] = TRAINS

    logged = run_next(now=DUE, jitter=0.0)  # with the guard that everything else has

    assert (logged.reason, ministry.requests) == ("source_refused", [])


@pytest.mark.parametrize(
    ("text", "changes", "reason"),
    [
        ("month,wagons\n2026-11,3\n", {}, "source_changed"),
        ("trains,trains\n1,0\n", {}, "source_changed"),
        ("trains\n", {}, "source_late"),
        ("", {}, "source_changed"),
        ("month,trains\n2026-10,3\n", {"row_column": "month", "row_value": "2026-11"},
         "source_late"),
        ("month,trains\n2026-11,\n", {"row_column": "month", "row_value": "2026-11"},
         "source_late"),
        ("month,trains\n2026-11,1\n2026-11,0\n",
         {"row_column": "month", "row_value": "2026-11"}, "contradictory"),
        ("month,trains\n2026-11,1,extra\n", {}, "source_changed"),
        ('month,trains\n2026-11,"1\n', {}, "source_changed"),
        ("month;trains\n2026-11;1\n", {}, "source_changed"),
        ("trains\n1.000,5\n", {"delimiter": ";"}, "not_a_number"),
    ],
)  # fmt: skip
def test_a_table_that_does_not_fit_is_undetermined(
    question, run, ministry, eve, text, changes, reason
):
    from markets.services.resolvers import make_resolver
    from tests.markets.resolvers.settings import csv_settings

    make_resolver(
        question_id=question.pk,
        settings=csv_settings(url=ministry.url("/corridor"), **changes),
        editor=eve, now=DUE, guard=ministry.guard(),
    )  # fmt: skip
    ministry.answers["/corridor"] = table(text)

    assert run(DUE).reason == reason


def test_a_field_that_was_read_and_is_gone_means_that_the_source_changed(watch, run, ministry):
    watch()
    ministry.answers["/corridor"] = in_turn(TRAINS, document({"line": {"trains": 3}}))

    assert [run(DUE).reason, run(DUE + HOUR).reason] == ["unconfirmed", "source_changed"]


def test_a_source_is_only_late_once_its_answer_is_due(watch, run, ministry):
    watch()
    ministry.answers["/corridor"] = document({"corridor": {}})

    run(DUE - HOUR)
    before = Resolver.objects.get().failures
    run(DUE)

    assert (before, Resolver.objects.get().failures) == (0, 1)


def test_failures_back_off_and_are_shown_to_editors_when_they_go_on(watch, run, ministry):
    watch()
    ministry.answers["/corridor"] = answer(b"", status=503)

    waits, at = [], DUE
    for _ in range(5):
        assert Resolver.objects.needing_editors(at).count() == 0
        run(at)
        waits.append((Resolver.objects.get().next_attempt_at - at) / MINUTE)
        at = Resolver.objects.get().next_attempt_at

    assert waits == [5, 10, 20, 40, 80]
    assert Resolver.objects.needing_editors(at).count() == 1
    assert Resolver.objects.get().last_error == "The source answered 503."


def test_a_source_that_asks_for_patience_gets_it(watch, run, ministry):
    watch()
    ministry.answers["/corridor"] = answer(b"", status=503, Retry_After="7200")

    run(DUE)

    assert Resolver.objects.get().next_attempt_at == DUE + 2 * HOUR


def test_a_source_that_recovers_has_its_failures_forgotten(watch, run, ministry):
    watch()
    ministry.answers["/corridor"] = in_turn(answer(b"", status=503), TRAINS)

    run(DUE)
    run(DUE + HOUR)

    resolver = Resolver.objects.get()
    assert (resolver.failures, resolver.last_error_code, resolver.last_error) == (0, "", "")


@pytest.mark.parametrize("fault", [RuntimeError("a bug"), SoftTimeLimitExceeded()])
def test_a_run_that_breaks_off_is_counted_and_logged_and_put_off(
    watch, run, ministry, monkeypatch, fault
):
    watch()
    ministry.answers["/corridor"] = TRAINS

    def breaks(*given):
        raise fault

    monkeypatch.setattr(jmespath, "search", breaks)
    for at in (DUE, DUE + 5 * MINUTE):
        with pytest.raises(type(fault)):
            run(at)
    monkeypatch.undo()

    resolver = Resolver.objects.get()
    assert (resolver.failures, resolver.last_error_code) == (2, "run_failed")
    assert (resolver.leased_until, resolver.next_attempt_at) == (None, DUE + 15 * MINUTE)
    assert [each.reason for each in ResolverRun.objects.all()] == ["run_failed", "run_failed"]
    assert run(DUE + 15 * MINUTE).reason == "unconfirmed"
    assert Resolver.objects.get().failures == 0


def test_every_run_is_in_the_log_which_cannot_be_changed(watch, run, ministry):
    from django.db import DatabaseError, transaction

    watch()
    ministry.answers["/corridor"] = in_turn(answer(b"", status=503), TRAINS)
    run(DUE)
    run(DUE + HOUR)

    assert [each.number for each in ResolverRun.objects.order_by("pk")] == [1, 2]
    for change in (lambda: ResolverRun.objects.update(reason=""), ResolverRun.objects.all().delete):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            change()


def test_where_nothing_is_fetched_resolvers_of_sources_wait(watch, run, ministry, settings):
    settings.ARTICLES_FETCHING = False
    watch()

    assert run(DUE) is None
    assert Resolver.objects.get().run_count == 0


def test_what_the_source_says_is_kept_short_and_clean(watch, run, ministry):
    watch()
    ministry.answers["/corridor"] = document({"corridor": {"trains": "a\x00\u202e\n" + "b" * 500}})

    logged = run(DUE)

    assert (logged.reason, len(logged.excerpt)) == ("not_a_number", 300)
    assert logged.excerpt.startswith("a bbb")
