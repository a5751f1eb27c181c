from datetime import timedelta

import pytest

from markets.core.money import MICRO
from markets.queries.cards import cards_of
from markets.queries.instants import probabilities_at
from markets.queries.search import public_questions
from markets.services import resolution, trading
from tests.instants import NOON

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def buy(trader, question, at, *, claim=(0,), key="first"):
    order = trading.place_order(
        trader=trader, market_id=question.pk, claim=claim, side="buy", budget=20 * MICRO,
        request_key=key, clock=lambda: at,
    )  # fmt: skip
    return tuple(order.fills.get().probabilities)


def test_odds_at_an_instant_are_those_of_the_last_fill_by_then(alice, question):
    after = buy(alice, question, NOON + 2 * HOUR)

    stood = probabilities_at(
        [
            (question.pk, NOON + 3 * HOUR),
            (question.pk, NOON + 2 * HOUR),
            (question.pk, NOON + HOUR),
            (question.pk, NOON),
            (question.pk, NOON - HOUR),
            (question.pk + 1, NOON + HOUR),
        ]
    )

    assert stood == [after, after, (0.5, 0.5), (0.5, 0.5), None, None]
    assert probabilities_at([]) == []


def test_a_card_leads_with_yes_even_when_no_is_likelier(alice, question):
    buy(alice, question, NOON + HOUR, claim=(1,))

    [card] = cards_of(public_questions(), now=NOON + 2 * HOUR)

    assert card.leading.label == "Yes"
    assert card.leading.probability < 0.5
    assert not card.is_decided


def test_of_many_outcomes_a_card_leads_with_the_likeliest(publish):
    publish(type="multiple_choice", outcomes=("A", "B", "C"), prior=(0.2, 0.5, 0.3))

    [card] = cards_of(public_questions(), now=NOON + HOUR)

    assert card.leading.label == "B"


def test_a_decided_card_leads_with_the_answer(question, eve, erin):
    resolution.propose(
        question_id=question.pk, outcome_weights=[0.0, 1.0], proposer=eve, now=NOON + HOUR
    )
    resolution.confirm(question_id=question.pk, editor=erin, now=NOON + 2 * HOUR)

    [card] = cards_of(public_questions(), now=NOON + 3 * HOUR)

    assert card.is_decided
    assert card.leading.label == "No"


def test_a_sparkline_begins_where_the_market_did_and_ends_now(alice, question):
    after = buy(alice, question, NOON + 20 * HOUR)

    [card] = cards_of(public_questions(), now=NOON + 24 * HOUR)

    assert card.sparkline == (0.5, 0.5, 0.5, 0.5, after[0])


def test_a_sparkline_holds_a_week_at_most(question):
    [card] = cards_of(public_questions(), now=NOON + timedelta(days=9))

    assert card.sparkline == (0.5,) * 29
