"""A resolver is no second person: who set it up or ran it neither confirms nor gains by it."""

import pytest

from markets.core.money import MICRO
from markets.models import Question, Resolution, Settlement
from markets.services import resolution
from markets.services.authority import ConflictOfInterest
from markets.services.resolution import SecondPersonNeeded
from markets.services.resolver_runs import run_now, try_out
from markets.services.resolvers import edit_resolver, pause_resolver, resume_resolver
from markets.services.trading import place_order
from tests.instants import NOON
from tests.markets.resolvers.conftest import document
from tests.markets.resolvers.settings import CONFIRMED, DUE, HOUR, MINUTE, json_settings

pytestmark = pytest.mark.django_db

TRAINS = document({"corridor": {"trains": 3}})


@pytest.fixture(autouse=True)
def trains(ministry):
    ministry.answers["/corridor"] = TRAINS


def edit(resolver, editor, ministry, *, at):
    edit_resolver(
        resolver_id=resolver.pk, editor=editor, now=at, guard=ministry.guard(),
        settings=json_settings(url=ministry.url("/corridor"), ends_early=True),
    )  # fmt: skip


def buy(trader, question, *, at=NOON):
    place_order(
        trader=trader, market_id=question.pk, claim=(0,), side="buy", budget=5 * MICRO,
        request_key="buys", clock=lambda: at,
    )  # fmt: skip


def confirm(question, editor, *, at=CONFIRMED):
    return resolution.confirm(question_id=question.pk, editor=editor, now=at)


def refused(question, editor):
    with pytest.raises(SecondPersonNeeded):
        confirm(question, editor)
    assert Settlement.objects.count() == 0
    assert Question.objects.get().status == "proposed"


def test_who_set_a_resolver_up_does_not_confirm_what_it_proposed(question, watch, run, eve, erin):
    watch()
    run(DUE)
    run(CONFIRMED)

    refused(question, eve)
    assert confirm(question, erin).confirmed_by == erin


def test_who_changed_a_resolver_last_does_not_confirm_either(
    question, watch, run, ministry, eve, erin
):
    resolver = watch()
    edit(resolver, erin, ministry, at=NOON + HOUR)
    pause_resolver(resolver_id=resolver.pk, reason="Is it so?", editor=eve, now=NOON + HOUR)
    resume_resolver(resolver_id=resolver.pk, editor=eve, now=NOON + HOUR)
    run(DUE)
    run(CONFIRMED)

    refused(question, erin)
    refused(question, eve)


def test_who_had_it_look_when_it_proposed_does_not_confirm(question, watch, ministry, erin):
    resolver = watch()
    for at in (DUE, CONFIRMED):
        made = run_now(
            resolver_id=resolver.pk, editor=erin, now=at, jitter=0.0, guard=ministry.guard()
        )
    assert made.outcome == "answer"

    refused(question, erin)


def test_a_resolver_proposes_nothing_once_who_set_it_up_has_a_stake(question, watch, run, eve):
    watch(ends_early=True)
    buy(eve, question)

    run(NOON + HOUR)
    last = run(NOON + HOUR + 10 * MINUTE)

    assert last.reason == "not_proposed"
    assert "has traded or forecast on the question since" in last.detail
    assert Resolution.objects.count() == 0
    assert Question.objects.get().status == "open"


def test_nor_once_who_changed_it_last_has_one(question, watch, run, ministry, erin):
    resolver = watch()
    edit(resolver, erin, ministry, at=NOON)
    buy(erin, question)

    run(NOON + HOUR)

    assert run(NOON + HOUR + 10 * MINUTE).reason == "not_proposed"
    assert Resolution.objects.count() == 0


def test_who_has_a_stake_confirms_no_answer_of_a_resolver(question, watch, run, erin):
    watch()
    buy(erin, question)
    run(DUE)
    run(CONFIRMED)

    with pytest.raises(ConflictOfInterest):
        confirm(question, erin)
    assert Settlement.objects.count() == 0


def test_who_has_a_stake_tries_nothing_out(question, ministry, eve):
    buy(eve, question)

    with pytest.raises(ConflictOfInterest):
        try_out(
            question_id=question.pk, settings=json_settings(url=ministry.url("/corridor")),
            editor=eve, now=NOON, guard=ministry.guard(),
        )  # fmt: skip
    assert ministry.requests == []
