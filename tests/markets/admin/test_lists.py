"""Lists and queues: what they hold, and what they cost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.urls import reverse

from markets.admin.questions import QUEUES
from markets.models import Question
from markets.queries.desk import waiting
from markets.services import (
    corrections,
    forecasting,
    lifecycle,
    questions,
    resolution,
    scoring,
    settlement,
)
from markets.services.trading import place_order
from tests.cast import question_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db

QUESTIONS = reverse("admin:markets_question_changelist")
FRAME = 5
"""Session, user, and the three counts of the sidebar's queues."""


@pytest.fixture
def world(publish, eve, erin, alice, bob, buy):
    """Two questions with a trade and a forecast each, one of them paid and scored."""
    asked = [publish(title=f"Will it rain in week {number}?") for number in (1, 2)]
    for number, question in enumerate(asked):
        buy(alice, question, (0,), 10 + number) if number else buy(alice, question, (1,), 10)
        for forecaster in (alice, bob):
            forecasting.submit_forecast(
                forecaster=forecaster, question_id=question.pk, probabilities=[0.6, 0.4],
                request_key=f"f{number}", now=NOON,
            )  # fmt: skip
    standing = resolution.propose(
        question_id=asked[0].pk, outcome_weights=[1.0, 0.0], rationale="It did.", proposer=eve,
        now=NOON + timedelta(days=1),
    )  # fmt: skip
    resolution.confirm(question_id=asked[0].pk, editor=erin, now=NOON + timedelta(days=1))
    settlement.settle(resolution_id=standing.pk, now=NOON + timedelta(days=1))
    scoring.score(resolution_id=standing.pk, now=NOON + timedelta(days=1))
    return asked


@pytest.fixture
def one_in_each_queue(publish, eve, erin, alice):
    """A question for every queue of the desk."""
    named = {
        name: publish(title=f"{name} {each}?")
        for each, name in enumerate(QUEUES)
        if name != "scheduled"
    }
    draft = questions.draft_question(text=question_text(title="A"), editor=eve, now=NOON)
    review = questions.draft_question(text=question_text(title="B"), editor=eve, now=NOON)
    questions.submit_for_review(question_id=review.pk, editor=eve, now=NOON)
    named |= {"written": draft, "in_review": review}
    named["scheduled"] = publish(title="Later?", opens_at=NOON + timedelta(hours=1))
    due = named["due_for_resolution"]
    lifecycle.close(question_id=due.pk, editor=eve, reason="Over.", now=NOON)
    for name in ("proposed", "challenged", "settling", "corrections"):
        resolution.propose(
            question_id=named[name].pk, outcome_weights=[1.0, 0.0], rationale="Yes.",
            proposer=eve, now=NOON,
        )  # fmt: skip
    resolution.confirm(question_id=named["settling"].pk, editor=erin, now=NOON)
    decided = named["corrections"]
    standing = resolution.confirm(question_id=decided.pk, editor=erin, now=NOON)
    settlement.settle(resolution_id=standing.pk, now=NOON)
    scoring.score(resolution_id=standing.pk, now=NOON)
    corrections.propose_correction(
        question_id=decided.pk, outcome_weights=[0.0, 1.0], rationale="No.", proposer=eve, now=NOON
    )
    challenged = named["challenged"]
    Question.objects.filter(pk=challenged.pk).update(status="open")
    forecasting.submit_forecast(
        forecaster=alice, question_id=challenged.pk, probabilities=[0.5, 0.5], request_key="f",
        now=NOON,
    )  # fmt: skip
    Question.objects.filter(pk=challenged.pk).update(status="proposed")
    resolution.challenge(question_id=challenged.pk, challenger=alice, reason="No.", now=NOON)
    return named


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_lists_exactly_what_its_badge_counts(as_eve, one_in_each_queue, queue):
    listed = as_eve.get(f"{QUESTIONS}?queue={queue}").context["cl"].result_list

    assert list(listed) == [one_in_each_queue[queue]]
    assert getattr(waiting(now=NOON), queue) == 1


def test_a_question_open_past_its_date_is_due(as_eve, question, time_machine):
    time_machine.move_to(NOON + timedelta(days=12), tick=False)

    listed = as_eve.get(f"{QUESTIONS}?queue=due_for_resolution").context["cl"].result_list

    assert list(listed) == [question]


def test_the_list_says_the_leading_odds_and_the_answer_of_decided_questions(as_eve, world):
    listed = as_eve.get(QUESTIONS).context["cl"]

    said = {row.title: listed.model_admin.odds(row) for row in listed.result_list}
    assert said == {"Will it rain in week 1?": "Yes", "Will it rain in week 2?": "Yes 50.8%"}


def test_questions_are_found_by_their_words(as_eve, world):
    listed = as_eve.get(f"{QUESTIONS}?q=week+2").context["cl"].result_list

    assert [row.title for row in listed] == ["Will it rain in week 2?"]


def test_open_orders_are_found_with_what_they_hold_back(as_eve, alice, question):
    place_order(
        trader=alice, market_id=question.pk, claim=(0,), side="buy", budget=25_000_000,
        limit=Decimal("0.4"), time_in_force="gtc", request_key="a", clock=lambda: NOON,
    )  # fmt: skip
    address = reverse("admin:markets_order_changelist")

    shown = as_eve.get(f"{address}?status__exact=open&time_in_force__exact=gtc")
    others = as_eve.get(f"{address}?status__exact=filled")

    (order,) = shown.context["cl"].result_list
    assert (order.trader, order.reserved) == (alice, 25_000_000)
    assert "25.00 credits" in shown.content.decode()
    assert list(others.context["cl"].result_list) == []


@pytest.mark.parametrize(
    ("model", "count"),
    [
        ("question", 3),
        ("forecast", 2),
        ("order", 2),
        ("fill", 2),
        ("position", 2),
        ("resolution", 2),
        ("settlement", 2),
        ("score", 2),
        ("account", 2),
        ("transfer", 2),
    ],
)
def test_a_list_takes_the_same_queries_however_long_it_is(
    as_eve, world, django_assert_num_queries, model, count
):
    address = reverse(f"admin:markets_{model}_changelist")
    as_eve.get(address)

    with django_assert_num_queries(FRAME + count):
        answer = as_eve.get(address)

    assert answer.context["cl"].result_count >= 1


@pytest.mark.parametrize(
    "model",
    ["forecast", "order", "fill", "position", "resolution", "settlement", "score", "account",
     "transfer", "question"],
)  # fmt: skip
def test_rows_are_shown_and_never_changed_or_deleted(as_eve, world, model):
    of = apps.get_model("markets", model)
    row = of.objects.first()
    before = list(of.objects.order_by("pk").values())

    seen = as_eve.get(reverse(f"admin:markets_{model}_change", args=[row.pk]))
    deleted = as_eve.post(reverse(f"admin:markets_{model}_delete", args=[row.pk]), {"post": "yes"})
    changed = as_eve.post(reverse(f"admin:markets_{model}_change", args=[row.pk]), {"amount": "1"})

    assert seen.status_code == 200
    assert deleted.status_code == 403
    assert changed.status_code in {403, 422}
    assert list(of.objects.order_by("pk").values()) == before
