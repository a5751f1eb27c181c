"""Payments on the desk: how far they are, what went wrong, and trying again."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from markets.models import Account, Settlement
from markets.services import lifecycle, resolution, scoring, settlement
from tests.holders import give_positions
from tests.instants import NOON
from tests.markets.admin.desk import url

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:markets_settlement_progress")
LATER = NOON + timedelta(days=1)


@pytest.fixture
def decided(question, eve, erin):
    """A hundred positions, half of which are to be paid."""
    give_positions(question, count=100, at=NOON)
    lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=LATER)
    resolution.propose(question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=LATER)
    due = resolution.confirm(question_id=question.pk, editor=erin, now=LATER)
    return due.resolution


@pytest.fixture
def half_paid(decided):
    for _ in range(3):
        settlement.settle_chunk(resolution_id=decided.pk, now=LATER, chunk=25)
    return decided


@pytest.fixture
def failed(half_paid):
    Account.objects.filter(kind="escrow").update(balance=0)
    with pytest.raises(Exception, match="account_never_overdrawn"):
        settlement.settle(resolution_id=half_paid.pk, now=LATER)
    return half_paid


def shown(client, page=PAGE, **headers):
    with time_machine.travel(LATER + timedelta(seconds=10), tick=False):
        return client.get(page, headers=headers)


def test_a_payment_shows_how_far_it_is_how_fast_and_how_long_it_will_take(as_erin, half_paid):
    answer = shown(as_erin)

    (card,) = answer.context["cards"]
    assert (card.state, card.percent, card.positions) == (
        "is being paid", "50%", "50 of 100 positions"
    )  # fmt: skip
    facts = dict(card.facts)
    assert (facts["Positions a second"], facts["Left"]) == ("5", "10 s")
    assert 'hx-trigger="every 2s"' in answer.content.decode()


def test_the_page_asks_for_its_cards_alone_again(as_erin, half_paid):
    whole, part = shown(as_erin), shown(as_erin, **{"HX-Request": "true"})

    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert "50 of 100 positions" in part.content.decode()


def test_a_question_s_page_follows_its_payment_while_there_is_one(as_erin, half_paid, question):
    part = reverse("admin:markets_settlement_question", args=[question.pk])
    assert f'hx-get="{part}"' in shown(as_erin, url(question)).content.decode()

    settlement.settle(resolution_id=half_paid.pk, now=LATER)

    answer = shown(as_erin, part).content.decode()
    assert "100 of 100 positions" in answer
    assert "hx-get" not in answer


def test_a_payment_that_failed_says_why_and_when_it_is_tried_again(as_erin, failed):
    answer = shown(as_erin)

    (card,) = answer.context["cards"]
    assert (card.state, card.percent) == ("failed", "50%")
    text = answer.content.decode()
    assert "Failed 1 time in a row." in text
    assert "account_never_overdrawn" in text
    assert "12:00:02" in text


def test_an_editor_has_it_tried_again(as_erin, failed):
    (card,) = shown(as_erin).context["cards"]

    with time_machine.travel(LATER, tick=False):
        answer = as_erin.post(card.retry_url, follow=True)

    assert Settlement.objects.get().next_attempt_at == LATER
    assert "It is tried again within a second or two." in answer.content.decode()


def test_there_is_nothing_to_try_again_where_nothing_failed(as_erin, half_paid):
    before = Settlement.objects.values().get()

    answer = as_erin.post(reverse("admin:markets_settlement_retry", args=[half_paid.pk]))

    assert answer.status_code == 422
    assert "does not wait after a failure" in answer.content.decode()
    assert Settlement.objects.values().get() == before


def test_the_page_costs_the_same_however_many_payments_there_are(
    as_erin, half_paid, publish, eve, erin, django_assert_num_queries
):
    with django_assert_num_queries(7):
        shown(as_erin)
    for number in range(3):
        other = publish(title=f"Another {number}?")
        resolution.propose(question_id=other.pk, outcome_weights=(1, 0), proposer=eve, now=LATER)
        resolution.confirm(question_id=other.pk, editor=erin, now=LATER)

    with django_assert_num_queries(7):
        assert len(shown(as_erin).context["cards"]) == 4


def test_nothing_waits_on_a_new_desk(as_erin):
    assert "Nothing waits to be paid" in shown(as_erin).content.decode()


def test_scoring_that_fails_is_shown_with_its_error_and_tried_again(as_erin, decided, monkeypatch):
    settlement.settle(resolution_id=decided.pk, now=LATER - timedelta(days=9))
    monkeypatch.setattr(scoring, "computed_scores", lambda resolution: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        scoring.score(resolution_id=decided.pk, now=LATER)

    answer = shown(as_erin)

    (card,) = answer.context["cards"]
    assert (card.state, card.tone, card.percent) == ("paid, but scoring failed", "warn", "100%")
    text = answer.content.decode()
    assert "ZeroDivisionError: division by zero" in text
    assert "Everybody was paid; no scores were stored." in text
    with time_machine.travel(LATER, tick=False):
        as_erin.post(card.retry_url)
    assert Settlement.objects.get().next_attempt_at == LATER
