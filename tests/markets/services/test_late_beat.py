"""Editors who decide before the sweep comes by find a question that closed when it was to."""

import pytest

from markets.core.lifecycle import TransitionRefused
from markets.models import Resolution, StatusChange
from markets.services import lifecycle, resolution
from tests.instants import NOON
from tests.markets.services.answering import CLOSED, DAY, fresh, propose

pytestmark = pytest.mark.django_db

LATE = CLOSED + DAY / 24


def steps(question):
    taken = StatusChange.objects.filter(question=question).order_by("pk")
    return [(each.to_status, each.changed_at, each.actor) for each in taken][2:]


def test_a_proposal_finds_the_scheduled_close(question, eve):
    made = propose(question, eve, at=LATE)

    assert (made.effective_at, fresh(question).closed_at) == (CLOSED, CLOSED)
    assert steps(question) == [("closed", CLOSED, None), ("proposed", LATE, eve)]


def test_so_does_one_on_a_question_whose_trading_was_halted(question, eve):
    lifecycle.halt(question_id=question.pk, editor=eve, reason="Rumours.", now=NOON + DAY)

    assert propose(question, eve, at=LATE).effective_at == CLOSED


def test_an_annulment_finds_the_scheduled_close(question, eve):
    resolution.annul(question_id=question.pk, editor=eve, reason="Two trains.", now=LATE)

    assert (Resolution.objects.get().effective_at, fresh(question).closed_at) == (CLOSED, CLOSED)
    assert steps(question) == [("closed", CLOSED, None), ("annulled", LATE, eve)]


def test_closing_what_should_have_closed_is_what_the_clock_would_have_done(question, eve):
    lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=LATE)

    assert (fresh(question).status, fresh(question).closed_at) == ("closed", CLOSED)
    assert steps(question) == [("closed", CLOSED, None)]


def test_a_question_that_nobody_opened_in_time_is_opened_before_it_is_closed(publish, eve):
    question = publish(opens_at=NOON + DAY)
    at = NOON + 2 * DAY

    lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=at)

    assert (fresh(question).opened_at, fresh(question).closed_at) == (NOON + DAY, at)


def test_what_is_closed_is_not_closed_again(question, eve):
    lifecycle.advance_due(now=CLOSED)

    with pytest.raises(TransitionRefused):
        lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=LATE)
    assert steps(question) == [("closed", CLOSED, None)]
