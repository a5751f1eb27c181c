from datetime import timedelta

import pytest

from markets.core.money import MICRO
from markets.models import LiquidityChange, Market, Question, Resolution
from markets.queries.changes import MOMENT
from markets.queries.odds import odds_for
from markets.queries.past import InstantOutOfRange, odds_at
from markets.services import forecasting, lifecycle, resolution
from markets.services.candles import roll_up_due
from tests.instants import NOON
from tests.markets.queries.pasts import DAY, HOUR, MINUTE, MOMENTS, buy, say, trade_at_every_moment

pytestmark = pytest.mark.django_db

LATER = NOON + 30 * DAY


def read(question):
    return Question.objects.select_related("market", "resolution").get(pk=question.pk)


def then(question, as_of):
    return odds_at(read(question), as_of=as_of, now=LATER)


def without_traders(odds):
    return {**vars(odds), "trader_count": None}


@pytest.mark.parametrize("rolled_up", [False, True], ids=["fresh", "rolled up"])
def test_the_odds_of_an_instant_are_what_was_answered_then(alice, bob, question, rolled_up):
    answered = {}
    for number, at in enumerate(MOMENTS):
        buy(alice, question, at, key=str(number), claim=(number % 2,), budget=(5 + number) * MICRO)
        if number % 3 == 0:
            say(bob, question, at, 0.3 + number / 100, 0.7 - number / 100)
        answered[at] = odds_for(read(question), now=at)
    if rolled_up:
        roll_up_due()

    for at, odds in answered.items():
        assert without_traders(then(question, at)) == without_traders(odds), at
        assert then(question, at).trader_count is None


def test_before_the_first_fill_the_prior_stood(alice, question):
    buy(alice, question, NOON + HOUR, key="first")

    odds = then(question, NOON + HOUR - MOMENT)

    assert (odds.seq, odds.price_source, odds.volume) == (0, "prior", 0)
    assert [outcome.probability for outcome in odds.outcomes] == [0.5, 0.5]


def test_the_status_is_that_of_then(question, eve):
    lifecycle.halt(question_id=question.pk, editor=eve, reason="News.", now=NOON + HOUR)
    lifecycle.resume(question_id=question.pk, editor=eve, reason="Read.", now=NOON + 2 * HOUR)
    lifecycle.advance_due(now=NOON + 11 * DAY)

    assert [
        then(question, at).status
        for at in (NOON, NOON + HOUR, NOON + 2 * HOUR, NOON + 10 * DAY - MOMENT, NOON + 10 * DAY)
    ] == ["open", "halted", "open", "open", "closed"]


def test_the_answer_is_not_known_before_it_was_given(alice, question, eve, erin):
    buy(alice, question, NOON, key="first")
    resolution.propose(
        question_id=question.pk, outcome_weights=[0.0, 1.0], proposer=eve, now=NOON + HOUR
    )
    resolution.confirm(question_id=question.pk, editor=erin, now=NOON + 2 * HOUR)

    before = then(question, NOON + 2 * HOUR - MOMENT)
    after = then(question, NOON + 2 * HOUR)

    assert (before.status, before.price_source) == ("proposed", "maker")
    assert before.outcomes[0].probability == pytest.approx(0.506883, abs=1e-6)
    assert (after.status, after.price_source) == ("resolved", "settlement")
    assert [outcome.probability for outcome in after.outcomes] == [0.0, 1.0]


def test_a_correction_is_not_known_before_it_was_made(question, eve, erin):
    resolution.propose(
        question_id=question.pk, outcome_weights=[0.0, 1.0], proposer=eve, now=NOON + HOUR
    )
    resolution.confirm(question_id=question.pk, editor=erin, now=NOON + 2 * HOUR)
    Resolution.objects.create(
        question=question, version=2, outcome_weights=[1.0, 0.0], effective_at=NOON,
        proposer=eve, proposed_at=NOON + 4 * HOUR, challenge_until=NOON + 4 * HOUR,
    )  # fmt: skip

    assert [outcome.probability for outcome in then(question, NOON + 3 * HOUR).outcomes] == [0, 1]
    assert [outcome.probability for outcome in then(question, NOON + 4 * HOUR).outcomes] == [1, 0]


def test_a_crowd_that_was_hidden_then_stays_hidden_as_of_then(alice, publish):
    question = publish(reveal_at=NOON + DAY)
    say(alice, question, NOON + HOUR, 0.8, 0.2)

    hidden, revealed = then(question, NOON + DAY - MOMENT).crowd, then(question, NOON + DAY).crowd

    assert (hidden.centre, hidden.forecaster_count) == (None, 1)
    assert hidden.reveal_at == NOON + DAY
    assert revealed.centre == (0.8, 0.2)


def test_a_crowd_that_came_later_was_not_there(alice, question):
    forecast = say(alice, question, NOON + HOUR, 0.8, 0.2)
    forecasting.withdraw_forecast(forecast_id=forecast.pk, forecaster=alice, now=NOON + 2 * HOUR)

    assert then(question, NOON + HOUR - MOMENT).crowd is None
    assert then(question, NOON + HOUR).crowd.centre == (0.8, 0.2)
    assert then(question, NOON + 2 * HOUR).crowd is None


def test_the_liquidity_is_that_of_then(alice, question, eve):
    opening = question.market.liquidity
    LiquidityChange.objects.create(
        market=question.market, seq=0, subsidy=MICRO, liquidity=2 * opening, prior=[0.5, 0.5],
        request_key="more", added_by=eve, added_at=NOON + HOUR,
    )  # fmt: skip
    Market.objects.update(liquidity=2 * opening)

    assert then(question, NOON + HOUR - MOMENT).liquidity == opening
    assert then(question, NOON + HOUR).liquidity == 2 * opening


@pytest.mark.parametrize("as_of", [NOON - MOMENT, LATER + MOMENT], ids=["too early", "to come"])
def test_an_instant_that_was_not_public_is_refused(question, as_of):
    with pytest.raises(InstantOutOfRange):
        then(question, as_of)


def test_what_never_opened_has_no_past(publish):
    question = publish(opens_at=NOON + DAY)

    with pytest.raises(InstantOutOfRange):
        then(question, NOON)


def test_reading_the_past_changes_nothing(alice, question):
    trade_at_every_moment(alice, question)
    known = read(question)
    before = Market.objects.values().get(), Question.objects.values().get()

    odds_at(known, as_of=NOON + MINUTE, now=LATER)

    assert (Market.objects.values().get(), Question.objects.values().get()) == before
    assert known.market.seq == len(MOMENTS)
    assert known.status == "open"


def test_the_past_costs_a_fixed_number_of_queries(alice, question, django_assert_num_queries):
    trade_at_every_moment(alice, question)
    known = read(question)

    with django_assert_num_queries(9):
        odds_at(known, as_of=NOON + timedelta(hours=2), now=LATER)
