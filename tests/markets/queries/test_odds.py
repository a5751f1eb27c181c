from datetime import timedelta

import pytest

from markets.core.money import MICRO
from markets.models import Question
from markets.queries.odds import odds_for, odds_of
from markets.services import forecasting, lifecycle, questions, resolution, settlement
from markets.services.trading import place_order
from tests.cast import question_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def buy(trader, question, *, at, budget=50 * MICRO, claim=(0,)):
    return place_order(
        trader=trader, market_id=question.pk, claim=claim, side="buy", budget=budget,
        request_key=str(at), clock=lambda: at,
    )  # fmt: skip


def forecast(forecaster, question, probability, *, at=NOON):
    return forecasting.submit_forecast(
        forecaster=forecaster, question_id=question.pk, now=at, request_key=str(at),
        probabilities=(probability, 1 - probability),
    )  # fmt: skip


def odds(question, *, at):
    return odds_for(Question.objects.get(pk=question.pk), now=at)


def test_a_market_nobody_traded_shows_its_prior_and_says_so(publish):
    question = publish(prior=(0.3, 0.7))

    now = odds(question, at=NOON)

    assert now.price_source == "prior"
    assert [outcome.probability for outcome in now.outcomes] == [0.3, 0.7]
    assert (now.seq, now.crowd, now.volume) == (0, None, 0)
    assert now.liquidity > 0


def test_a_traded_market_shows_its_makers_price(alice, question):
    buy(alice, question, at=NOON)

    now = odds(question, at=NOON)

    assert (now.price_source, now.seq, now.trader_count) == ("maker", 1, 1)
    assert now.outcomes[0].probability == pytest.approx(0.5334835, abs=1e-6)
    assert [outcome.key for outcome in now.outcomes] == ["yes", "no"]


def test_changes_compare_with_what_was_public_then(alice, question):
    buy(alice, question, at=NOON + 30 * HOUR)

    yes = odds(question, at=NOON + 31 * HOUR - timedelta(minutes=1)).outcomes[0]

    assert yes.change_1h == pytest.approx(0.0334835, abs=1e-6)
    assert yes.change_24h == pytest.approx(0.0334835, abs=1e-6)
    assert yes.change_7d is None
    assert odds(question, at=NOON + 32 * HOUR).outcomes[0].change_1h == 0


def test_the_crowd_stands_beside_the_market_by_its_own_name(alice, bob, question):
    forecast(alice, question, 0.8)
    forecast(bob, question, 0.6, at=NOON + HOUR)

    now = odds(question, at=NOON + HOUR)

    assert now.outcomes[0].probability == 0.5
    assert now.crowd.centre == pytest.approx((0.7, 0.3))
    assert now.crowd.forecaster_count == 2
    assert now.crowd.as_of == NOON + HOUR


def test_the_crowd_is_hidden_until_its_reveal(alice, publish):
    question = publish(reveal_at=NOON + DAY)
    forecast(alice, question, 0.8)

    before, after = odds(question, at=NOON), odds(question, at=NOON + DAY)

    assert (before.crowd.centre, before.crowd.reveal_at) == (None, NOON + DAY)
    assert before.crowd.forecaster_count == 1
    assert after.crowd.centre == pytest.approx((0.8, 0.2))


def test_a_question_without_a_market_has_no_odds(eve):
    written = questions.draft_question(text=question_text(), editor=eve, now=NOON)

    now = odds(written, at=NOON)

    assert [outcome.probability for outcome in now.outcomes] == [None, None]
    assert now.outcomes[0].change_1h is None


def test_a_decided_question_shows_the_answer(question, eve):
    lifecycle.advance_due(now=question.closes_at)
    proposed = resolution.propose(
        question_id=question.pk, outcome_weights=(0, 1), proposer=eve, now=question.closes_at
    )
    resolution.confirm_uncontested(now=question.closes_at + DAY)
    settlement.settle(resolution_id=proposed.pk, now=question.closes_at + DAY)

    now = odds(question, at=question.closes_at + DAY)

    assert now.price_source == "settlement"
    assert {(each.change_1h, each.change_7d) for each in now.outcomes} == {(None, None)}
    assert [outcome.probability for outcome in now.outcomes] == [0, 1]


def test_many_questions_take_as_many_statements_as_one(alice, publish, django_assert_num_queries):
    asked = [publish(title=f"Number {number}?") for number in range(5)]
    buy(alice, asked[0], at=NOON)
    forecast(alice, asked[1], 0.7)

    for some in (asked[:1], asked):
        fresh = list(Question.objects.filter(pk__in=[each.pk for each in some]))
        with django_assert_num_queries(4):
            odds_of(fresh, now=NOON)
