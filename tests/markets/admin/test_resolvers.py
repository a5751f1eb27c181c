"""Setting resolvers up on the desk, trying them out, looking after them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from markets.models import Resolver, ResolverRun
from markets.services.resolver_runs import run_next
from markets.services.resolvers import make_resolver
from tests.instants import NOON
from tests.markets.admin.desk import refusals, said, url
from tests.markets.resolvers.settings import json_settings, settings

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
QUEUE = reverse("admin:markets_resolver_queue")


def page(resolver, name="change"):
    return reverse(f"admin:markets_resolver_{name}", args=[resolver.pk])


def set_up(question, kind):
    return reverse("admin:markets_resolver_set_up", args=[question.pk, kind])


def typed(**changes):
    """A JSON source as an editor types it."""
    return {
        "url": "https://rail.example/trains.json", "expression": "corridor.trains",
        "comparison": ">=", "threshold": "1", "unit": "trains", "multiplier": "1",
        "grace_hours": "36", "confirmations": "3", "confirm_minutes": "20", "every": "360",
        **changes,
    }  # fmt: skip


@pytest.fixture
def resolver(question, eve):
    return make_resolver(
        question_id=question.pk, editor=eve, now=NOON,
        settings=json_settings(url="https://10.0.0.7/trains.json", unit="trains"),
    )  # fmt: skip


def test_an_editor_sets_up_a_source(as_eve, question, eve):
    answer = as_eve.post(set_up(question, "json"), typed(ends_early="on"), follow=True)

    made = Resolver.objects.get()
    assert said(answer) == ["Set up: it looks from now on."]
    assert (made.url, made.expression, made.comparison, made.threshold) == (
        "https://rail.example/trains.json", "corridor.trains", ">=", 1.0,
    )  # fmt: skip
    assert (made.grace, made.confirmations, made.confirm_after, made.every) == (
        timedelta(hours=36), 3, timedelta(minutes=20), timedelta(hours=6),
    )  # fmt: skip
    assert (made.ends_early, made.first_at, made.next_attempt_at, made.made_by) == (
        True, NOON, NOON, eve,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (
            "csv",
            {**typed(), "column": "trains", "row_column": "month", "row_value": "2026-11",
             "delimiter": "tab"},
            {"column": "trains", "row_value": "2026-11", "delimiter": "\t", "expression": ""},
        ),
        (
            "json",
            typed(comparison="", threshold="", text_0="open|opened", text_1="closed"),
            {"texts": ["open|opened", "closed"], "threshold": None},
        ),
        (
            "article",
            {"phrases": "train crossed\nfirst train", "outcome": "0", "every": "60"},
            {"phrases": ["train crossed", "first train"], "outcome": 0},
        ),
        ("manual", {"note": "Ask them.", "every": "1440"}, {"note": "Ask them."}),
    ],
)  # fmt: skip
def test_every_kind_has_a_form_of_its_own(as_eve, question, kind, given, kept):
    assert as_eve.get(set_up(question, kind)).status_code == 200
    as_eve.post(set_up(question, kind), given)

    made = Resolver.objects.get()
    assert made.kind == kind
    assert {name: getattr(made, name) for name in kept} == kept


def test_an_answer_that_follows_is_set_up_and_tried_out(as_eve, question, publish):
    other = publish(title="Will the second train cross by 2 December 2026?")
    given = {"expression": f"{other.pk}=yes", "grace_hours": "0", "confirmations": "1",
             "confirm_minutes": "10", "every": "60"}  # fmt: skip

    trial = as_eve.post(set_up(question, "question"), {**given, "do": "try"})

    assert (trial.context["trial"].reason, Resolver.objects.count()) == ("parts_undecided", 0)
    assert "Questions of the rule are still undecided." in trial.content.decode()
    as_eve.post(set_up(question, "question"), given)
    assert list(Resolver.objects.get().asks.all()) == [other]


def test_a_trial_says_what_a_source_answers_and_records_nothing(as_eve, question):
    answer = as_eve.post(set_up(question, "json"), {**typed(url="http://127.0.0.1/"), "do": "try"})

    assert answer.status_code == 200
    assert "source_refused" in answer.content.decode()
    assert (Resolver.objects.count(), ResolverRun.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "ftp://rail.example/t"}, "url"),
        ({"expression": "corridor.."}, "expression"),
        ({"threshold": ""}, "threshold"),
        ({"comparison": "", "threshold": ""}, "comparison"),
        ({"text_0": "open"}, "comparison"),
        ({"confirmations": "1"}, "confirmations"),
        ({"grace_hours": "-1"}, "grace_hours"),
        ({"until": "2026-11-01T00:00:00"}, "until"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_box(as_eve, question, changes, field):
    answer = as_eve.post(set_up(question, "json"), typed(**changes))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Resolver.objects.count() == 0


def test_a_change_begins_with_what_is_set_up_and_forgets_what_was_read(as_eve, resolver):
    Resolver.objects.update(last_text="3", last_outcome=0, failures=2, last_error="Down.",
                            last_error_code="source_down")  # fmt: skip
    begun = as_eve.get(page(resolver, "edit")).context["form"]

    assert begun["threshold"].value() == 1.0
    assert begun["every"].value() == "1440"
    as_eve.post(page(resolver, "edit"), typed(threshold="2"))

    resolver.refresh_from_db()
    assert (resolver.threshold, resolver.last_text, resolver.failures) == (2.0, "", 0)


def test_run_now_says_what_came_of_it_and_the_page_shows_the_run(as_eve, resolver, question):
    answer = as_eve.post(page(resolver, "run"), follow=True)

    run = ResolverRun.objects.get()
    assert said(answer) == [f"Undetermined (source_refused): {run.detail}"]
    assert run.ran_by.name == "eve"
    for shown in (answer, as_eve.get(url(question))):
        assert "source_refused" in shown.content.decode()


def test_a_resolver_is_paused_for_a_reason_and_resumed(as_eve, resolver):
    assert as_eve.post(page(resolver, "pause"), {"reason": ""}).status_code == 422
    as_eve.post(page(resolver, "pause"), {"reason": "It reads the wrong line."})
    resolver.refresh_from_db()
    assert (resolver.is_active, resolver.paused_reason) == (False, "It reads the wrong line.")
    assert "It reads the wrong line." in as_eve.get(page(resolver)).content.decode()

    as_eve.post(page(resolver, "resume"))
    resolver.refresh_from_db()
    assert (resolver.is_active, resolver.next_attempt_at) == (True, NOON)


def test_looking_at_an_act_does_nothing(as_eve, resolver):
    for name in ("run", "resume", "dismiss"):
        assert as_eve.get(page(resolver, name)).status_code == 302
    assert Resolver.objects.get().run_count == 0


def test_the_queue_shows_what_keeps_failing_with_its_error(as_eve, resolver):
    assert list(as_eve.get(QUEUE).context["resolvers"]) == []
    Resolver.objects.update(
        failures=5, last_error_code="source_down", last_error="The source answered 503."
    )

    shown = as_eve.get(QUEUE)

    assert list(shown.context["resolvers"]) == [resolver]
    assert "The source answered 503." in shown.content.decode()
    assert page(resolver, "run") in shown.content.decode()
    tiles = as_eve.get(reverse("admin:index")).context["tiles"]
    assert {each.label: each.count for each in tiles}["Sources to look at"] == 1


def test_a_reminder_is_in_the_queue_until_it_was_seen(as_eve, question, eve):
    reminder = make_resolver(
        question_id=question.pk, editor=eve, now=NOON,
        settings=settings("manual", note="Ask the ministry."),
    )  # fmt: skip
    run_next(now=NOON, jitter=0.0)

    assert "Ask the ministry." in as_eve.get(QUEUE).content.decode()
    as_eve.post(page(reminder, "dismiss"))
    assert list(as_eve.get(QUEUE).context["resolvers"]) == []


def test_an_editor_with_a_stake_changes_nothing(as_erin, erin, question, resolver, buy):
    buy(erin, question, (0,), 5)

    answer = as_erin.post(page(resolver, "edit"), typed(threshold="9"))
    ran = as_erin.post(page(resolver, "run"), follow=True)

    assert refusals(answer) == [
        "You have traded or forecast on this question, so another editor has to decide it."
    ]
    assert said(ran) == refusals(answer)
    assert (Resolver.objects.get().threshold, ResolverRun.objects.count()) == (1.0, 0)


def test_a_question_with_an_answer_takes_no_resolver(as_eve, question, eve):
    from markets.services import resolution

    resolution.propose(question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=NOON)

    answer = as_eve.post(set_up(question, "json"), typed())

    assert refusals(answer) == ["Only a published question without an answer takes resolvers."]
    assert Resolver.objects.count() == 0
